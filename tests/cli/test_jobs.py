"""`dreamreel jobs` against a real studio: submit, watch, steer, order; in pipes, on a terminal, and as JSON."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
from PIL import Image
from tests.cli.terminal import command, environment, photo, typed
from tests.cli.test_generate import on_a_terminal
from tests.studio.serving import running_studio

from dreamreel import errors
from dreamreel.cli.tables import ago
from dreamreel.media.probe import probe
from dreamreel.studio.client import Client

SMALL = ("--resolution", "128x128", "--duration", "1", "--fps", "6", "--sound", "none")
JOB = re.compile(r"j[0-9a-f]{16}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with running_studio(tmp_path_factory.mktemp("studio")) as serving:
        yield serving


@pytest.fixture(scope="module")
def anna(studio):
    """A photo with a face, in the library already; its file and its id."""
    from skimage import data

    path = studio.home / "anna.jpg"
    Image.fromarray(data.astronaut()).resize((192, 192)).save(path)
    with Client(studio.address, studio.token) as client:
        return path, client.upload(path).id


@pytest.fixture(autouse=True)
def here(studio, anna, tmp_path, monkeypatch):
    """A folder with the photo in it, in which the studio is found; the queue runs and is empty."""
    monkeypatch.setenv("DREAMREEL_HOME", str(studio.home))
    monkeypatch.chdir(tmp_path)
    shutil.copy(anna[0], tmp_path / "anna.jpg")
    yield tmp_path
    with Client(studio.address, studio.token) as client:
        for job in client.iter_jobs(states=["queued", "paused"]):
            client.cancel(job.id)
        client.resume_queue()


@pytest.fixture
def jobs(capsys):
    """`dreamreel jobs ARGS`."""
    return lambda *args: typed(capsys, "jobs", *args)


@pytest.fixture
def waiting(jobs, anna):
    """Makes jobs that stay in the queue, because the queue is paused."""
    assert jobs("pause", "--queue").code == 0

    def submit(dream: str = "two sheep", *options: str) -> str:
        ran = jobs("submit", anna[1], dream, *SMALL, *options)
        assert ran.code == 0, ran.err
        return ran.out.strip()

    return submit


def test_submit_and_save(jobs, here):
    ran = jobs("submit", "anna.jpg", "a whale in the sea", *SMALL, "-o", "anna.mp4")
    assert (ran.code, ran.out) == (0, "anna.mp4\n"), ran.err
    assert probe(here / "anna.mp4").video[0].width == 128
    assert ran.err.splitlines()[-1] == "Done:"
    assert JOB.match(ran.err)


def test_submit_and_watch_later(jobs, anna):
    ran = jobs("submit", anna[1], "a kite in the wind", *SMALL)
    assert JOB.fullmatch(ran.out.strip())
    seen = jobs("watch", ran.out.strip())
    assert seen.code == 0
    assert re.fullmatch(r"i[0-9a-f]{16}\n", seen.out)
    assert "\x1b" not in seen.err
    again = jobs("watch", ran.out.strip())
    assert (again.code, again.out) == (0, seen.out)


def test_watching_as_json_is_the_job_each_time(jobs, anna):
    ran = jobs("submit", anna[1], "a red kite", *SMALL, "--watch", "--json")
    assert ran.code == 0
    assert {event["id"] for event in ran.events} == {ran.events[0]["id"]}
    assert ran.events[-1]["state"] == "done"
    assert ran.events[-1]["progress"]["frames"] == 6


def test_nothing_to_watch(jobs):
    ran = jobs("watch")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing to watch" in ran.err


def test_a_photo_that_is_none_is_not_submitted(jobs, here):
    (here / "b.jpg").write_text("words", encoding="utf-8")
    assert jobs("submit", "b.jpg", "a whale").code == 3
    ran = jobs("submit", "c.jpg", "a whale")
    assert (ran.code, ran.complaint) == (
        3,
        "c.jpg cannot be read (No such file or directory); check the name.",
    )


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["submit", "anna.jpg"], 2, "dream"),
        (["submit", "anna.jpg", "x", "--storyboard", "b.json"], 2, "not both"),
        (["submit", "anna.jpg", "x", "--sound", "a.mp3"], 2, "choose one of lullaby, ambience, none"),
        (["submit", "anna.jpg", "x", "--duration", "100"], 2, "out of range"),
        (["submit", "anna.jpg", "a whale", "--look", "oil"], 2, "plush"),
        (["submit", "anna.jpg", "a whale", "-o", "a.webm"], 2, "save it as .mp4"),
        (["submit", "i0000000000000000", "a whale"], 2, "no such item"),
        (["show", "j0"], 2, "There is no job 'j0'"),
        (["cancel", "../status"], 2, "is not an id"),
        (["list", "--state", "lost"], 2, "choose"),
        (["clear", "--state", "running"], 2, "done, failed, cancelled"),
        (["priority", "j0", "now"], 2, "later, usual, sooner"),
        (["pause"], 2, "dreamreel jobs pause --queue"),
        (["cancel"], 2, "JOB… is missing; see `dreamreel jobs cancel --help`."),
        (["lst"], 2, "There is no command 'jobs lst'; did you mean jobs list?"),
        (["show", "--wat"], 2, "There is no option --wat; see `dreamreel jobs show --help`."),
        (["show", "a", "b"], 2, "see `dreamreel jobs show --help`"),
        (["submit", "a.jpg", "three", "sheep"], 2, "put a dream in quotes"),
    ],
)
def test_wrong_usage_is_one_sentence(jobs, args, code, words):
    ran = jobs(*args)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.complaint
    assert ran.err.count("\n") == 1


def test_an_own_film_is_not_replaced(jobs, here):
    (here / "mine.mp4").write_bytes(b"mine")
    ran = jobs("submit", "anna.jpg", "a whale", *SMALL, "-o", "mine.mp4")
    assert ran.code == 5
    assert (here / "mine.mp4").read_bytes() == b"mine"


def test_a_dry_run_is_the_card(jobs, waiting):
    ran = jobs("submit", "anna.jpg", "a whale", *SMALL, "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    for words in ("anna.jpg", "128×128, 6 fps, 1 s", "once it is its turn", "of disk while it works"):
        assert words in ran.err
    told = jobs("submit", "anna.jpg", "a whale", *SMALL, "--dry-run", "--json").events[0]
    assert (told["frames"], told["fits"]) == (6, True)
    assert jobs("list", "--state", "queued").out == ""


def test_the_list_in_a_pipe_is_words_and_tabs(jobs, waiting):
    first, second = waiting("two sheep"), waiting("three sheep")
    lines = jobs("list", "--state", "queued").out.splitlines()
    assert [line.split("\t")[:3] for line in lines] == [
        [first, "queued", "two sheep"],
        [second, "queued", "three sheep"],
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line.split("\t")[3]) for line in lines)
    ran = jobs("list", "--state", "queued", "--limit", "1")
    assert ran.out.splitlines() == lines[:1]
    assert "--limit 0" in ran.err
    assert [job["id"] for job in jobs("list", "--state", "queued", "--json").events] == [first, second]


def test_a_job_is_steered(jobs, waiting):
    job = waiting()
    for word, state in (
        ("pause", "paused"),
        ("resume", "queued"),
        ("cancel", "cancelled"),
        ("retry", "queued"),
    ):
        assert jobs(word, job).err == f"Job {job} is {state}.\n"
    assert jobs("cancel", job, "--json").events[0]["state"] == "cancelled"
    ran = jobs("pause", job)
    assert (ran.code, ran.out) == (2, "")
    log = jobs("log", job).out.splitlines()
    assert [line.split("  ")[1] for line in log][:3] == ["queued", "paused (user)", "queued"]
    assert [event["kind"] for event in jobs("log", job, "--json").events][:3] == [
        "queued",
        "paused",
        "queued",
    ]
    assert jobs("remove", job).code == 0
    assert jobs("show", job).code == 2


def test_the_queue_is_put_in_order(jobs, waiting):
    first, second, third = waiting("one"), waiting("two"), waiting("three", "--sooner")

    def order() -> list[str]:
        return [line.split("\t")[0] for line in jobs("list", "--state", "queued").out.splitlines()]

    assert order() == [third, first, second]
    assert jobs("priority", third, "usual").code == 0
    assert jobs("move", second, "--before", first).code == 0
    assert order() == [second, first, third]
    assert jobs("move", second).code == 0
    assert order() == [first, third, second]


def test_finished_jobs_are_cleared(jobs, waiting):
    jobs("cancel", waiting(), waiting("a kite"))
    ran = jobs("clear", "--state", "cancelled")
    assert ran.code == 0
    assert re.match(r"[2-9] jobs taken off", ran.err)
    assert jobs("list", "--state", "cancelled").out == ""


def test_everything_about_a_job(jobs, waiting):
    job = waiting("two sheep", "--seed", "7")
    told = jobs("show", job).out
    for words in (job, "○ queued", "two sheep", "128x128, plush, 1 s, 6 fps, seed 7"):
        assert words in told
    assert json.loads(jobs("show", job, "--json").out)["request"]["seed"] == 7


def test_a_failure_keeps_its_exit_code(jobs, studio, here, waiting):
    photo(here / "gone.png", (64, 64))
    job = jobs("submit", "gone.png", "a whale", *SMALL).out.strip()
    with Client(studio.address, studio.token) as client:
        size = client.item(client.job(job).photo).bytes
    for blob in (studio.folder / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_size == size:
            blob.unlink()
    jobs("resume", "--queue")
    ran = jobs("watch", job)
    told = json.loads(jobs("show", job, "--json").out)
    assert told["state"] == "failed"
    assert ran.code == getattr(errors, told["error"]["type"]).exit_code
    assert told["error"]["detail"] in ran.err


def test_a_cancelled_job_says_how_to_go_on(jobs, waiting):
    job = waiting()
    jobs("cancel", job)
    ran = jobs("watch", job)
    assert (ran.code, ran.complaint) == (
        130, f"Job {job} was cancelled; `dreamreel jobs retry {job}` goes on from what is done.",
    )  # fmt: skip
    other = waiting("a kite")
    jobs("cancel", other)
    ran = jobs("watch", job, other)
    assert ran.code == 6
    assert ran.complaint.startswith("2 of 2 jobs")


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal here")
def test_ctrl_c_ends_the_watching_only(jobs, waiting):
    job = waiting()
    with subprocess.Popen(
        command("jobs", "watch", job), env=environment(), text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert process.stderr.readline() == f"{job} waits in the queue\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (
        130, "dreamreel: Stopped watching; the studio goes on without you.\n",
    )  # fmt: skip
    assert json.loads(jobs("show", job, "--json").out)["state"] == "queued"


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs a Unix")
def test_on_a_terminal_it_fits_and_has_headings(waiting):
    job = waiting("a whale and a great many sheep that fly over the sea in a balloon")
    code, said = on_a_terminal("", "jobs", "list", "--state", "queued", NO_COLOR="1")
    assert code == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said).splitlines()
    assert lines[0].split() == ["job", "state", "dream", "when"]
    assert lines[1].startswith(f"{job}  ○ queued  a whale")
    assert "…" in lines[1]
    assert max(map(len, lines)) <= 60


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs a Unix")
def test_on_a_terminal_there_is_a_bar(anna):
    code, said = on_a_terminal("", "jobs", "submit", anna[1], "a blue kite", *SMALL, "--watch")
    assert code == 0
    assert "a blue kite" in said
    assert "━" in said
    assert "✓" in said


def test_without_a_studio_every_command_says_so(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "nobody"))
    for args in (["list"], ["show", "j0"], ["submit", "anna.jpg", "a whale"], ["watch"], ["clear"]):
        ran = typed(capsys, "jobs", *args)
        assert (ran.code, ran.out) == (4, "")
        assert ran.complaint.endswith("start one with `dreamreel studio`.")


def test_without_a_command_the_help_is_shown_as_an_error(jobs):
    ran = jobs()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: dreamreel jobs COMMAND …")
    assert "Exit codes" not in ran.err


def test_ages_are_one_unit():
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 5, 5, 12, tzinfo=UTC)
    spans = {
        0: "just now",
        5: "5 s ago",
        90: "1 min ago",
        7300: "2 h ago",
        90_000: "1 day ago",
        180_000: "2 days ago",
    }
    assert [ago(now - timedelta(seconds=span), now) for span in spans] == list(spans.values())
    assert ago(now - timedelta(days=40), now) == "2026-03-26"
