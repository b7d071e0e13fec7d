"""Everything that can be wrong with what a running studio is told: hostile forms, endless lists, clocks that jump."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.studio.crowd import percentile
from tests.studio.films import astronaut, ended, form, new_studio, taken_in

from dreamreel.studio.ledger import NewJob
from dreamreel.studio.pages.create.form import GenerateForm
from dreamreel.studio.server import Address, create_app, guarded
from dreamreel.studio.service import Studio

TOKEN = "t" * 43
API = "/api/v1"
MANY = 10_000


def client_of(studio: Studio) -> TestClient:
    """A client of a studio in this process; its jobs wait."""
    app = guarded(create_app(studio), TOKEN, Address())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return TestClient(app, base_url="http://127.0.0.1:7788", headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """A client, and the photo it may use."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("DREAMREEL_HOME", str(home))
        studio = new_studio(home)
        photo = taken_in(studio, astronaut(home / "anna.png", 128)).id
        with client_of(studio) as client:
            yield client, photo
        studio.close()


# ── forms ──


def deep(levels: int) -> Any:
    """Lists in lists."""
    found: Any = "a sheep"
    for _ in range(levels):
        found = [found]
    return found


WORDS = st.sampled_from(
    ["", "\0", "\ud800", "\u202e\u2066", "🐑" * 500, "x" * 100_000, "../../etc/passwd", "NaN", "-1", "720p\n", "٣",
     "''; drop table job; --"]
)  # fmt: skip
NUMBERS = st.sampled_from(
    [float("nan"), float("inf"), -float("inf"), -0.0, 1e-320, 1e308, -1, 0, 2**31, 2**53, 2**63, 2**64, -(10**30),
     10**400, True]
)  # fmt: skip
SHAPES = st.sampled_from([None, [], {}, [[]], {"a": None}, deep(90), deep(900), {"kind": deep(200)}])
BOARDS = st.fixed_dictionaries(
    {},
    optional={
        "setting": st.fixed_dictionaries(
            {"kind": WORDS | st.just("meadow")}, optional={"time": WORDS, "weather": WORDS}
        ),
        "actors": st.lists(
            st.fixed_dictionaries(
                {"kind": WORDS | st.sampled_from(["sheep", "moon"])},
                optional={
                    "count": NUMBERS | st.just(3), "colour": WORDS | st.just("#ff00ff"), "to": WORDS, "action": WORDS,
                },
            ),
            max_size=40,
        ),
        "palette": WORDS,
        "camera": WORDS | st.just("into"),
        "notes": st.lists(WORDS, max_size=3),
        "not_understood": SHAPES,
    },
)  # fmt: skip
HOSTILE = WORDS | NUMBERS | SHAPES | BOARDS | st.lists(NUMBERS, min_size=9, max_size=11)
KINDS = ["", "\0", "generate", "\ud800", "x" * 99, None]
FIELDS = (*GenerateForm.model_fields, "unheard_of")


@pytest.mark.parametrize("where", ["/estimates", "/jobs"])
@pytest.mark.parametrize("field", FIELDS)
def test_no_value_of_a_field_breaks_the_server(place: tuple[TestClient, str], field: str, where: str) -> None:
    client, photo = place

    @settings(max_examples=25)
    @given(BOARDS if field == "storyboard" else HOSTILE)
    def ask(value: Any) -> None:
        request = {**form(photo), field: value}
        answer = client.post(
            API + where,
            content=json.dumps({"kind": "generate", "request": request}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (200, 202, 400, 404, 413, 422), answer.text
        if answer.status_code >= 400:
            told = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert told["detail"].endswith(".")
            assert "Traceback" not in answer.text

    ask()


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(FIELDS), HOSTILE, max_size=4),
    st.sampled_from(["", "\0", "generate", "x" * 99, None]),
)
def test_no_form_breaks_the_server(place: tuple[TestClient, str], changed: dict[str, Any], kind: Any) -> None:
    client, photo = place
    body = json.dumps({"kind": kind, "request": {**form(photo), **changed}})
    answer = client.post(f"{API}/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (202, 400, 404, 413, 422), answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b'{"kind":"generate","request":' + b"[" * 100_000, b"\xff\xfe", b"1e999",
        b'"' + b"a" * 1_000_000, b'{"kind":"generate","request":{"photo":"\\ud800"}}', b'{"\\udfff":1}',
        b'{"text":"\\ud800"}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/jobs", "/estimates", "/dream", "/storage/clean", "/jobs/clear"])
def test_what_is_no_form_is_refused(place: tuple[TestClient, str], path: str, body: bytes) -> None:
    answer = place[0].post(API + path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_job_that_was_accepted_can_be_shown(place: tuple[TestClient, str]) -> None:
    client, photo = place
    client.post(f"{API}/jobs", json={"kind": "generate", "request": form(photo)})
    seen, cursor = 0, {}
    while True:
        page = client.get(f"{API}/jobs", params={"limit": 200, **cursor})
        assert page.status_code == 200, page.text
        seen += len(page.json()["jobs"])
        if page.json()["next"] is None:
            break
        cursor = {"cursor": page.json()["next"]}
    assert seen > 0


# ── ten thousand jobs ──


def test_ten_thousand_jobs_are_listed_completely(dreamreel_home: Path) -> None:
    studio = new_studio(dreamreel_home)
    studio.ledger.hold(True)
    with studio.database.write() as rows:
        for number in range(MANY):
            wish = NewJob(
                kind="generate", title=f"dream {number}", request={"dream": "a sheep"}, recipe="x" * 4000,
                output={"name": "a.mp4", "notes": []}, batch="b1" if number % 2 else None,
            )  # fmt: skip
            studio.ledger.submit(wish)
        rows.execute(
            "update job set state='done', finished=created where cast(substr(title, 7) as integer) % 3 = 0"
        )
    studio.open()
    with client_of(studio) as client:
        waits: list[float] = []
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            began = time.monotonic()
            page = client.get(f"{API}/jobs", params={"limit": 200, **cursor}).json()
            waits.append(1000 * (time.monotonic() - began))
            seen += [job["title"] for job in page["jobs"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        began = time.monotonic()
        status = client.get(f"{API}/status").json()
        counting = 1000 * (time.monotonic() - began)
        waiting = [f"dream {number}" for number in range(MANY) if number % 3]
        assert seen[: len(waiting)] == waiting
        assert sorted(seen) == sorted(f"dream {number}" for number in range(MANY))
        assert status["queue"]["queued"] == len(waiting)
        assert len(client.get(f"{API}/jobs", params={"batch": "b1", "state": "done"}).json()["jobs"]) == 50
        told = (
            f"{len(waits)} pages, p50 {percentile(waits, 0.5):.0f} ms, p95 {percentile(waits, 0.95):.0f} ms"
        )
        sys.stdout.write(f"\n{told}, status {counting:.0f} ms\n")
    studio.close()


# ── clocks ──


class Clock:
    """A clock that jumps."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.mark.parametrize("jump", [10 * 365 * 86_400.0, -10 * 365 * 86_400.0])
def test_a_clock_that_jumps_loses_and_doubles_no_job(dreamreel_home: Path, jump: float) -> None:
    from dreamreel.studio.config import Folders

    clock = Clock()
    studio = Studio(Folders(dreamreel_home / "studio"), clock)
    studio.open()
    with client_of(studio) as client:
        photo = taken_in(studio, astronaut(dreamreel_home / "anna.png", 128)).id
        jobs = [studio.submit("generate", form(photo, seed=seed))[0] for seed in range(2)]
        for job in jobs:
            clock.ahead = jump - clock.ahead
            assert ended(studio, job).state == "done"
        shown = client.get(f"{API}/jobs").json()["jobs"]
        assert [job["attempts"] for job in shown] == [1, 1]
        assert sorted(item.job or "" for item in studio.library.items(role="result")[0]) == sorted(
            job.id for job in jobs
        )
        assert len(client.get(f"{API}/items").json()["items"]) == 3
    studio.close()
