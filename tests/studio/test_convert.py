"""Converting through the API: what would become of a file is told, jobs make it, and nothing else is let in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.render.damage import damaged
from tests.render.film import film, ramp, read
from tests.studio import within
from tests.studio.films import ended, taken_in
from tests.studio.within import opened

from dreamreel.media.images import load_image
from dreamreel.media.probe import probe

API = "/api/v1"


class Caller(within.Caller):
    """A client that converts."""

    def told(self, source: str, **form: Any) -> Any:
        """What would become of an item."""
        answer = self.post(f"{API}/convert/plan", json={"source": source, **form})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def made(self, source: str, **form: Any) -> tuple[dict[str, Any], Path]:
        """Convert an item; the result's row and its contents."""
        request = {"source": source, **form}
        answer = self.post(f"{API}/jobs", json={"kind": "convert", "request": request})
        assert answer.status_code == 202, answer.text
        job = ended(self.studio, self.studio.ledger.get(answer.json()["id"]))
        assert job.state == "done", job.error
        item = self.studio.library.get(str(job.result))
        return self.get(f"{API}/items/{item.id}").json(), self.studio.files.path(item.sha256)


@pytest.fixture
def client(dreamreel_home: Path) -> Iterator[Caller]:
    with opened(Caller, dreamreel_home) as made:
        yield made


@pytest.fixture
def clip(client: Caller, tmp_path: Path) -> str:
    """A film of two seconds in the library."""
    return taken_in(client.studio, film(tmp_path / "party.mkv", 50)).id


@pytest.fixture
def song(client: Caller, tmp_path: Path) -> str:
    """A sound of four seconds in the library."""
    return taken_in(client.studio, ramp(tmp_path / "song.wav")).id


def test_pictures_that_cannot_be_decoded_are_told_with_the_result(client: Caller, tmp_path: Path) -> None:
    source = taken_in(client.studio, damaged(tmp_path, (20,))).id
    row, _ = client.made(source, container="mkv", short_side=32)
    assert "1 picture is damaged; what is beside or before stands in" in row["notes"]
    job = client.get(f"{API}/jobs/{row['job']}").json()
    assert job["progress"]["concealed"] == 1
    assert row["notes"][-1] == job["notes"][-1]


def test_what_would_become_of_a_film_is_told(client: Caller, clip: str) -> None:
    told = client.told(clip, container="mp4")
    assert (told["name"], told["container"], told["whole"]) == ("party.mp4", "mp4", True)
    assert [(track["kind"], track["action"]) for track in told["tracks"]] == [("video", "copy")]
    assert told["bytes"] <= told["bytes_in"] * 1.03
    encoded = client.told(clip, container="webm")
    assert (encoded["tracks"][0]["action"], encoded["tracks"][0]["codec"]) == ("encode", "vp9")
    assert client.told(clip, container="mp4", target_size=20_000)["bytes"] <= 20_000


def test_there_is_something_to_choose_from(client: Caller) -> None:
    found = client.get(f"{API}/convert/choices").json()
    presets = {one["name"]: one for family in found["families"] for one in family["presets"]}
    assert len(presets) >= 60
    assert presets["whatsapp"]["size"] == 16_000_000
    assert {"mp4", "webm", "mkv", "mp3", "flac", "gif"} <= {one["name"] for one in found["formats"]}


def test_a_film_is_copied_into_another_container(client: Caller, clip: str) -> None:
    item, path = client.made(clip, container="mp4")
    assert (item["name"], item["media_type"], item["kind"]) == ("party.mp4", "video/mp4", "video")
    assert [number for _, number in read(path)] == list(range(50))


def test_a_film_that_was_renamed_is_converted_under_its_new_name(client: Caller, clip: str) -> None:
    assert client.patch(f"{API}/items/{clip}", json={"name": "birthday.mkv"}).status_code == 200
    item, made = client.made(clip, container="mp4")
    assert item["name"] == "birthday.mp4"
    assert [number for _, number in read(made)] == list(range(50))


def test_a_film_is_encoded(client: Caller, clip: str) -> None:
    item, path = client.made(clip, container="webm", short_side=32)
    video = probe(path).main_video
    assert video is not None
    assert (item["media_type"], item["height"], video.codec) == ("video/webm", 32, "vp9")


def test_two_parts_are_cut_out(client: Caller, clip: str) -> None:
    parts = [{"start": 1.2, "end": 1.6}, {"start": 0.2, "end": 0.4}]
    assert client.told(clip, parts=parts)["tracks"][0]["action"] in ("cut", "encode")
    item, path = client.made(clip, parts=parts)
    assert item["name"] == "party-cut.mkv"
    assert [number for _, number in read(path)] == [*range(30, 40), *range(5, 10)]


def test_a_sound_becomes_another(client: Caller, song: str) -> None:
    card = client.post(f"{API}/estimates", json={"kind": "convert", "request": {"source": song}}).json()
    assert (card["width"], card["fps"], card["fits"]) == (None, None, True)
    item, path = client.made(song, container="mp3")
    assert (item["name"], item["kind"], item["media_type"]) == ("song.mp3", "sound", "audio/mpeg")
    assert float(probe(path).duration) == pytest.approx(4, abs=0.1)
    picture = client.get(f"{API}/items/{item['id']}/poster")
    assert picture.headers["Content-Type"] == "image/jpeg"


def test_the_shape_of_a_sound_is_there_and_see_through(client: Caller, song: str, tmp_path: Path) -> None:
    shape = client.get(f"{API}/items/{song}/waves")
    assert shape.headers["Content-Type"] == "image/png"
    (tmp_path / "shape.png").write_bytes(shape.content)
    pixels = load_image(tmp_path / "shape.png").pixels
    assert pixels.shape == (160, 1600, 4)
    assert (pixels[..., 3].min(), pixels[..., 3].max()) == (0, 255)


def test_a_silent_film_has_no_shape_of_sound(client: Caller, clip: str) -> None:
    assert client.get(f"{API}/items/{clip}/waves").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {"preset": "/etc/passwd"},
        {"container": "../mp4"},
        {"watermark": "a.png"},
        {"burn": "track:1"},
        {"subtitle_files": ["a.srt"]},
        {"parts": [{"start": 0, "end": 1, "file": "b.mp4"}]},
        {"subtitles": "/tmp/a.srt"},
    ],
)
def test_a_form_that_names_files_is_refused(client: Caller, clip: str, form: dict[str, Any]) -> None:
    for where, body in (
        ("convert/plan", {"source": clip, **form}),
        ("jobs", {"kind": "convert", "request": {"source": clip, **form}}),
    ):
        answer = client.post(f"{API}/{where}", json=body)
        assert answer.status_code == 422
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"preset": "mp5"}, "mp5"),
        ({"container": "mp5"}, "mp5"),
        ({"parts": [{"start": 90, "end": 95}]}, "90"),
    ],
)
def test_what_does_not_exist_is_said_in_one_sentence(
    client: Caller, clip: str, form: dict[str, Any], words: str
) -> None:
    answer = client.post(f"{API}/convert/plan", json={"source": clip, **form})
    assert answer.status_code in (404, 422), answer.text
    detail = answer.json()["detail"]
    assert words in detail
    assert "\n" not in detail


def test_a_conversion_has_no_drafts(client: Caller, clip: str) -> None:
    item, _ = client.made(clip, container="mp4")
    answer = client.post(f"{API}/items/{item['id']}/vary", json={"count": 2})
    assert answer.status_code == 422
    assert "drafts" in answer.json()["detail"]
