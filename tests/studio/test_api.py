"""The API as its clients see it: one shape of error, idempotency, pages, ranges, events with replay, downloads."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from skimage import data
from tests.studio.films import astronaut, ended, form, long_form
from tests.studio.within import Caller, opened

from dreamreel.media.metadata import read_recipe
from tools import openapi

API = "/api/v1"


@pytest.fixture
def client(dreamreel_home: Path) -> Iterator[Caller]:
    with opened(Caller, dreamreel_home) as made:
        yield made


def announce(client: Caller, name: str, length: int, **more: str) -> str:
    told = ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}"
        for key, value in {"filename": name, **more}.items()
    )
    answer = client.post(f"{API}/uploads", headers={"Upload-Length": str(length), "Upload-Metadata": told})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def send(client: Caller, where: str, offset: int, part: bytes) -> Any:
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(where, content=part, headers=headers)


def photo(client: Caller, folder: Path) -> str:
    contents = astronaut(folder / "anna.png", 256).read_bytes()
    answer = send(client, announce(client, "anna.png", len(contents)), 0, contents)
    assert answer.status_code == 204, answer.text
    return answer.headers["Dreamreel-Item"]


def film(client: Caller, folder: Path) -> dict[str, Any]:
    job = client.post(f"{API}/jobs", json={"kind": "generate", "request": form(photo(client, folder))}).json()
    done = ended(client.studio, client.studio.ledger.get(job["id"]))
    return client.get(f"{API}/items/{done.result}").json()


def test_the_description_is_the_one_in_the_documentation() -> None:
    assert openapi.PAGE.read_text("utf-8") == openapi.described(), "run `.venv/bin/python tools/openapi.py`"


def test_every_operation_has_its_own_name() -> None:
    document = json.loads(openapi.PAGE.read_text("utf-8"))
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) > 40


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/jobs/j0", None, 404, "NotFound"),
        ("GET", "/items/../../etc/passwd", None, 404, "Refused"),
        ("GET", "/nothing", None, 404, "Refused"),
        ("PUT", "/jobs", None, 405, "Refused"),
        ("POST", "/jobs", {"kind": "nonsense", "request": {}}, 404, "NotFound"),
        ("POST", "/jobs", {"kind": "generate", "request": {}}, 422, "BadParameter"),
        (
            "POST",
            "/jobs",
            {"kind": "generate", "request": {"photo": "i0", "dream": "a cat"}},
            404,
            "NotFound",
        ),
        ("POST", "/jobs", {"kind": "generate"}, 422, "BadParameter"),
        ("POST", "/dream", {"text": "   "}, 422, "EmptyPrompt"),
        ("GET", "/jobs?cursor=nonsense", None, 422, "BadParameter"),
        ("GET", "/jobs?limit=100000", None, 422, "BadParameter"),
        ("PATCH", "/settings", {"concurrency": -1}, 422, "BadParameter"),
        ("PATCH", "/settings", {"colour": "blue"}, 422, "BadParameter"),
        ("DELETE", "/uploads/../../x", None, 404, "Refused"),
        ("POST", "/storage/clean", {"what": ["everything"]}, 422, "BadParameter"),
    ],
)
def test_every_error_has_one_shape(
    client: Caller, method: str, path: str, body: object, status: int, code: str
) -> None:
    answer = client.request(method, API + path, json=body)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "detail", "code", "errors"}
    assert told["detail"].endswith(".")
    assert "Traceback" not in answer.text


def test_what_is_not_json_is_said_so(client: Caller) -> None:
    answer = client.post(f"{API}/dream", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "Refused")


def test_an_upload_goes_on_after_a_cut(client: Caller, tmp_path: Path) -> None:
    contents = astronaut(tmp_path / "anna.png", 256).read_bytes()
    where = announce(client, "anna.png", len(contents))
    assert send(client, where, 0, contents[:1000]).headers["Upload-Offset"] == "1000"
    assert send(client, where, 5, contents[5:10]).status_code == 409
    assert client.head(where).headers["Upload-Offset"] == "1000"
    answer = send(client, where, 1000, contents[1000:])
    item = client.get(f"{API}/items/{answer.headers['Dreamreel-Item']}").json()
    assert (item["name"], item["width"], item["bytes"]) == ("anna.png", 256, len(contents))
    assert client.head(where).headers["Dreamreel-Item"] == item["id"]


def test_a_wrong_hash_is_refused(client: Caller) -> None:
    answer = send(client, announce(client, "anna.png", 3, sha256="0" * 64), 0, b"abc")
    assert (answer.status_code, answer.json()["code"]) == (422, "DamagedMedia")


def test_a_disguised_playlist_is_refused(client: Caller) -> None:
    text = b"#EXTM3U\nfile:///etc/hostname\n"
    answer = send(client, announce(client, "film.mp4", len(text)), 0, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "UnsafeMedia")


@pytest.mark.parametrize(("length", "status"), [("0", 422), ("-1", 422), (str(10**14), 413), ("many", 422)])
def test_lengths_that_cannot_be(client: Caller, length: str, status: int) -> None:
    answer = client.post(f"{API}/uploads", headers={"Upload-Length": length})
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.png", "🐑🌙.png", "x" * 3000, ""])
def test_names_are_only_names(client: Caller, name: str, tmp_path: Path) -> None:
    contents = astronaut(tmp_path / "anna.png", 64).read_bytes()
    answer = send(client, announce(client, name, len(contents)), 0, contents)
    shown = client.get(f"{API}/items/{answer.headers['Dreamreel-Item']}").json()["name"]
    assert "/" not in shown
    assert "\0" not in shown
    assert 0 < len(shown) <= 130
    inside = {path.name for path in client.studio.folders.root.rglob("*")}
    assert shown not in inside


def test_the_same_key_is_the_same_job(client: Caller, tmp_path: Path) -> None:
    wanted = {"kind": "generate", "request": form(photo(client, tmp_path))}
    key = {"Idempotency-Key": "one"}
    first, second = (client.post(f"{API}/jobs", json=wanted, headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert first.headers["Location"] == f"{API}/jobs/{first.json()['id']}"
    other = {"kind": "generate", "request": form(photo(client, tmp_path), seed=9)}
    assert client.post(f"{API}/jobs", json=other, headers=key).status_code == 409


def test_jobs_come_page_by_page(client: Caller, tmp_path: Path) -> None:
    source = photo(client, tmp_path)
    client.post(f"{API}/queue/pause")
    made = [
        client.post(f"{API}/jobs", json={"kind": "generate", "request": form(source, seed=n)}).json()["id"]
        for n in range(5)
    ]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"{API}/jobs", params={"limit": 2, **cursor}).json()
        seen += [job["id"] for job in page["jobs"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == made


def test_a_film_is_served_in_ranges(client: Caller, tmp_path: Path) -> None:
    made = film(client, tmp_path)
    where = f"{API}/items/{made['id']}/file"
    whole = client.get(where)
    part = client.get(where, headers={"Range": "bytes=10-19"})
    assert (whole.status_code, part.status_code) == (200, 206)
    assert part.content == whole.content[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{made['bytes']}"
    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"


def test_a_download_has_its_recipe_or_not(client: Caller, tmp_path: Path) -> None:
    made = film(client, tmp_path)
    for choice, name in (("keep", "with.mp4"), ("strip", "without.mp4")):
        answer = client.get(f"{API}/items/{made['id']}/download", params={"recipe": choice})
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        (tmp_path / name).write_bytes(answer.content)
    assert "two sheep" not in json.dumps(made["notes"])
    assert "dream.generate" in read_recipe(tmp_path / "with.mp4")
    assert b"dreamreel" not in (tmp_path / "without.mp4").read_bytes().lower()[-2000:]
    from dreamreel.errors import NoRecipe

    with pytest.raises(NoRecipe):
        read_recipe(tmp_path / "without.mp4")


def test_a_photo_is_downloaded_without_its_place(client: Caller, tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x010E] = "Grandmother's garden"
    picture = tmp_path / "anna.jpg"
    Image.fromarray(data.astronaut()[:128, :128]).save(picture, exif=tags)
    contents = picture.read_bytes()
    item = send(client, announce(client, "anna.jpg", len(contents)), 0, contents).headers["Dreamreel-Item"]
    clean = client.get(f"{API}/items/{item}/download").content
    asked = client.get(f"{API}/items/{item}/download", params={"location": "keep"}).content
    assert b"garden" not in clean
    assert asked == contents
    thumb = client.get(f"{API}/items/{item}/thumb").content
    assert b"garden" not in thumb


def test_the_card_says_what_it_costs(client: Caller, tmp_path: Path) -> None:
    wanted = {"kind": "generate", "request": form(photo(client, tmp_path), resolution="720p", duration=8)}
    card = client.post(f"{API}/estimates", json=wanted).json()
    assert (card["width"], card["height"], card["duration"], card["fits"]) == (720, 720, 8.0, True)
    assert card["estimate"]["memory"] > 0


def test_what_does_not_fit_has_a_nearest_that_does(
    client: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = photo(client, tmp_path)
    monkeypatch.setenv("DREAMREEL_MEMORY", "600")
    wanted = {"kind": "generate", "request": form(source, resolution="2160p", duration=8)}
    card = client.post(f"{API}/estimates", json=wanted).json()
    assert card["fits"] is False
    assert "memory" in card["problem"]
    smaller = {"kind": "generate", "request": {**wanted["request"], **card["nearest"]}}
    assert client.post(f"{API}/estimates", json=smaller).json()["fits"] is True


def test_the_log_holds_nothing_that_was_written(client: Caller, tmp_path: Path) -> None:
    made = film(client, tmp_path)
    log = client.get(f"{API}/jobs/{made['job']}/log").text
    assert "sheep" not in log
    assert "anna" not in log
    assert "done" in log


def test_a_setting_is_kept(client: Caller) -> None:
    assert (
        client.patch(f"{API}/settings", json={"theme": "dark", "tour_done": True}).json()["theme"] == "dark"
    )
    told = client.get(f"{API}/settings").json()
    assert (told["theme"], told["tour_done"], told["trash_days"]) == ("dark", True, 30)


def test_into_the_trash_back_and_gone(client: Caller, tmp_path: Path) -> None:
    item = photo(client, tmp_path)
    assert client.delete(f"{API}/items/{item}", params={"forever": True}).status_code == 409
    assert client.delete(f"{API}/items/{item}").status_code == 204
    assert client.get(f"{API}/items").json()["items"] == []
    assert client.post(f"{API}/items/{item}/restore").json()["trashed"] is None
    client.delete(f"{API}/items/{item}")
    assert client.post(f"{API}/trash/empty").json() == {"removed": 1}
    assert client.get(f"{API}/items/{item}").status_code == 404


def test_the_page_and_its_files_are_there(client: Caller) -> None:
    for address in (
        "/create",
        "/library/i123",
        "/web/app.js",
        "/pages/create/page.js",
        "/texts/de.json",
        "/sw.js",
    ):
        assert client.get(address).status_code == 200, address
    for address in (
        "/web/../server.py",
        "/pages/create/form.py",
        "/pages/create/texts/en.json",
        "/etc/passwd",
    ):
        assert client.get(address).status_code == 404, address


def test_two_pages_see_what_one_does(client: Caller, tmp_path: Path) -> None:
    item = photo(client, tmp_path)
    before = client.studio.ledger.newest()
    client.patch(f"{API}/items/{item}", json={"rating": 4})
    told = client.studio.ledger.events(before)
    assert [(event.topic, event.kind, event.subject) for event in told] == [("item", "changed", item)]


def test_a_cancelled_job_can_be_retried(client: Caller, tmp_path: Path) -> None:
    wanted = {"kind": "generate", "request": long_form(photo(client, tmp_path))}
    client.post(f"{API}/queue/pause")
    job = client.post(f"{API}/jobs", json=wanted).json()["id"]
    assert client.post(f"{API}/jobs/{job}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{API}/jobs/{job}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{API}/jobs/{job}/retry").json()["state"] == "queued"
    assert client.delete(f"{API}/jobs/{job}").status_code == 409
