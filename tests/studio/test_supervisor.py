"""Jobs from the queue to the library, and everything that can come between: with real workers in their sandbox."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.studio.films import astronaut, ended, eventually, form, long_form, new_studio, segments, taken_in

from dreamreel.errors import DreamreelError, NotMedia, UnsafeMedia
from dreamreel.studio.service import Studio

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


@pytest.fixture
def studio(dreamreel_home: Path) -> Iterator[Studio]:
    made = new_studio(dreamreel_home)
    made.open()
    yield made
    made.close()


def photo(studio: Studio) -> str:
    return taken_in(studio, astronaut(studio.folders.root / "astronaut.png")).id


def workers() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "dreamreel.studio.worker" in said(child)
    ]


def said(process: psutil.Process) -> str:
    """What a process was started with; nothing of one that has just ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return ""


def family(leader: psutil.Process) -> list[psutil.Process]:
    return [leader, *leader.children(recursive=True)]


def test_a_dream_becomes_a_film_in_the_library(studio: Studio) -> None:
    job, _ = studio.submit("generate", form(photo(studio)))
    done = ended(studio, job)
    assert (done.state, done.error) == ("done", None)
    film = studio.library.get(str(done.result))
    assert (film.role, film.width, film.height, film.duration, film.fps) == ("result", 128, 128, "1", "6")
    assert film.title == "two sheep and a moon"
    assert studio.files.path(film.sha256).stat().st_size == film.bytes
    for name in ("thumb", "poster", "preview"):
        assert studio.files.derived(film.sha256, name).stat().st_size > 0


def test_the_same_request_is_the_same_film(studio: Studio) -> None:
    source = photo(studio)
    first = ended(studio, studio.submit("generate", form(source))[0])
    second = ended(studio, studio.submit("generate", form(source))[0])
    films = [studio.library.get(str(job.result)) for job in (first, second)]
    assert films[0].sha256 == films[1].sha256


def test_a_finished_job_leaves_nothing_in_the_work_folder(studio: Studio) -> None:
    ended(studio, studio.submit("generate", form(photo(studio)))[0])
    eventually(lambda: not list(studio.folders.work.iterdir()), "an empty work folder")


def test_cancel_frees_the_processor(studio: Studio) -> None:
    job, _ = studio.submit("generate", long_form(photo(studio)))
    leader = eventually(workers, "a worker")[0]
    eventually(lambda: (studio.ledger.get(job.id).progress or {}).get("frame"), "the first frame")
    group = family(leader)
    studio.ledger.cancel(job.id)
    studio.changed()
    gone, alive = psutil.wait_procs(group, timeout=5)
    assert alive == []
    assert len(gone) == len(group)
    assert eventually(lambda: studio.ledger.get(job.id).state == "cancelled", "the cancelled state")


def test_a_paused_job_keeps_what_is_finished_and_goes_on(studio: Studio, dreamreel_home: Path) -> None:
    job, _ = studio.submit("generate", long_form(photo(studio)))
    eventually(lambda: segments(dreamreel_home), "a finished segment")
    studio.ledger.pause(job.id)
    studio.changed()
    paused = eventually(lambda: (now := studio.ledger.get(job.id)).state == "paused" and now, "the pause")
    assert paused.reason == "user"
    before = segments(dreamreel_home)
    studio.ledger.resume(job.id)
    studio.changed()
    done = ended(studio, job)
    assert done.state == "done"
    assert before > 0
    events = [event.data.get("progress", {}) for event in studio.ledger.events(0, 500, job.id)]
    assert any("from before" in str(progress.get("message")) for progress in events)


def test_a_killed_worker_is_replaced_and_nothing_is_drawn_twice(studio: Studio, dreamreel_home: Path) -> None:
    job, _ = studio.submit("generate", long_form(photo(studio)))
    eventually(lambda: segments(dreamreel_home), "a finished segment")
    os.killpg(workers()[0].pid, signal.SIGKILL)
    done = ended(studio, job)
    assert (done.state, done.attempts) == ("done", 2)
    kinds = [event.kind for event in studio.ledger.events(0, 500, job.id)]
    assert kinds.count("done") == 1
    assert len(studio.library.items(role="result")[0]) == 1


def test_a_worker_that_always_dies_fails_its_job(studio: Studio) -> None:
    job, _ = studio.submit("generate", long_form(photo(studio)))
    killed: set[int] = set()
    while len(killed) < 3:
        leader = eventually(lambda: [one for one in workers() if one.pid not in killed], "a worker")[0]
        killed.add(leader.pid)
        os.killpg(leader.pid, signal.SIGKILL)
    failed = ended(studio, job)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "three times" in str(failed.error["detail"])


def test_a_closed_studio_goes_on_with_the_next(dreamreel_home: Path) -> None:
    first = new_studio(dreamreel_home)
    first.open()
    job, _ = first.submit("generate", long_form(photo(first)))
    eventually(lambda: segments(dreamreel_home), "a finished segment")
    first.close()
    assert workers() == []
    second = new_studio(dreamreel_home)
    assert second.ledger.get(job.id).state == "queued"
    second.open()
    try:
        assert ended(second, job).state == "done"
    finally:
        second.close()


def test_a_full_disk_parks_the_job_and_room_brings_it_back(dreamreel_home: Path) -> None:
    made = new_studio(dreamreel_home)
    job, _ = made.submit("generate", form(photo(made)))
    claim = made.ledger.claim("elsewhere/1/x", 60)
    assert claim is not None
    made.ledger.park(claim, "disk", "There is no room left.")
    assert made.ledger.get(job.id).reason == "disk"
    made.open()
    try:
        assert ended(made, job).state == "done"
    finally:
        made.close()


def test_the_queue_waits_while_it_is_paused(studio: Studio) -> None:
    source = photo(studio)
    studio.ledger.hold(True)
    job, _ = studio.submit("generate", form(source))
    other, _ = studio.submit("generate", form(source, seed=8))
    assert {studio.ledger.get(one.id).state for one in (job, other)} == {"queued"}
    studio.ledger.hold(False)
    studio.changed()
    assert ended(studio, other).state == "done"


def test_a_second_job_waits_for_its_memory(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    source = photo(studio)
    studio.settings.change(concurrency=2)
    studio.ledger.hold(True)
    first, _ = studio.submit("generate", long_form(source))
    second, _ = studio.submit("generate", form(source))
    both = sum(int(studio.ledger.get(one.id).output["estimate"]["memory"]) for one in (first, second))
    monkeypatch.setenv("DREAMREEL_MEMORY", str((both - 1) // 10**6))
    studio.ledger.hold(False)
    studio.changed()
    done = ended(studio, first)
    # The limit is a fixed number here, so the second also begins once the first has taken what it needs.
    assert ended(studio, second).started >= min(done.finished, done.started + 15)


def test_two_jobs_run_at_once_where_there_is_room(studio: Studio) -> None:
    source = photo(studio)
    studio.settings.change(concurrency=2)
    studio.ledger.hold(True)
    jobs = [studio.submit("generate", long_form(source) | {"seed": seed})[0] for seed in (1, 2)]
    studio.ledger.hold(False)
    studio.changed()
    eventually(lambda: studio.supervisor.running == 2, "two at once")
    for job in jobs:
        studio.ledger.cancel(job.id)
    studio.changed()
    assert {ended(studio, job).state for job in jobs} == {"cancelled"}


def test_a_missing_original_is_named(studio: Studio) -> None:
    source = photo(studio)
    studio.ledger.hold(True)
    job, _ = studio.submit("generate", form(source))
    studio.files.path(studio.library.get(source).sha256).unlink()
    studio.ledger.hold(False)
    studio.changed()
    failed = ended(studio, job)
    assert failed.error is not None
    assert failed.error["type"] == "InputMissing"
    assert "astronaut.png" in str(failed.error["detail"])


def test_drafts_are_small_and_belong_together(studio: Studio) -> None:
    film = ended(studio, studio.submit("generate", form(photo(studio)))[0])
    batch, jobs = studio.vary(str(film.result), 2)
    drafts = [ended(studio, job) for job in jobs]
    items = [studio.library.get(str(job.result)) for job in drafts]
    assert {item.role for item in items} == {"draft"}
    assert {item.batch for item in items} == {batch}
    assert len({str((item.request or {})["seed"]) for item in items}) == 2
    whole = ended(studio, studio.finish(items[0].id))
    assert whole.request == {**(film.request), "seed": (items[0].request or {})["seed"]}


def test_the_same_photo_twice_is_one_item(studio: Studio) -> None:
    first = photo(studio)
    assert photo(studio) == first
    assert len(studio.library.items(role="original")[0]) == 1


@pytest.mark.parametrize(
    ("name", "contents", "kind"),
    [
        ("film.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", UnsafeMedia),
        ("film.mp4", b"ffconcat version 1.0\nfile secret.mp4\n", UnsafeMedia),
        ("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", UnsafeMedia),
        ("photo.jpg", b"\xff\xd8\xff\xe0 cut short", DreamreelError),
        ("photo.png", b"hello", NotMedia),
    ],
)
def test_what_is_no_photo_is_refused_under_its_own_name(
    studio: Studio, name: str, contents: bytes, kind: type[DreamreelError]
) -> None:
    upload = studio.uploads.create(name, len(contents), None)
    studio.uploads.append(upload.id, 0, [contents])
    with pytest.raises(kind, match=name):
        studio.take_in(upload.id)
    assert studio.library.items()[0] == []
    assert list(studio.folders.work.iterdir()) == []
