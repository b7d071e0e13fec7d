"""Stopping and going on: Ctrl-C and kill −9 in the middle of a dream, then the same command again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from tests.cli.terminal import Ran, command, environment, photo, started

LONGEST_S = 120
"""No test takes this long; it only keeps a broken one from hanging."""


def request(folder: Path) -> list[str | Path]:
    """Four seconds in four segments."""
    small = ["--resolution", "176x144", "--duration", "4", "--fps", "6"]
    return ["generate", folder / "anna.png", "a whale in the sea", *small, "--json", "-o", folder / "out.mp4"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a render that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    photo(folder / "anna.png")
    ran = started(*request(folder), DREAMREEL_HOME=str(folder / "home"))
    assert ran.code == 0, ran.err
    return (folder / "out.mp4").read_bytes()


def stopped(folder: Path, number: signal.Signals) -> tuple[Ran, list[psutil.Process]]:
    """Run until the first segment is finished, send a signal, and say how it ended and whom it left behind."""
    photo(folder / "anna.png")
    with subprocess.Popen(
        command(*request(folder)), env=environment(DREAMREEL_HOME=str(folder / "home")), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if json.loads(line).get("segment"):
                break
        children = psutil.Process(process.pid).children(recursive=True)
        assert children, "the workers should be at work"
        os.kill(process.pid, number)
        rest, err = process.communicate(timeout=LONGEST_S)
    _, left = psutil.wait_procs(children, timeout=LONGEST_S)
    return Ran(process.returncode, "".join(said) + rest, err), left


def goes_on(folder: Path, whole: bytes) -> None:
    """The same command finishes, uses what is done, and gives the same file."""
    done = [path.with_suffix(".mp4") for path in (folder / "home/segments").glob("*/*.json")]
    kept = {path: path.stat().st_mtime_ns for path in done}
    assert kept
    ran = started(*request(folder), DREAMREEL_HOME=str(folder / "home"))
    assert ran.code == 0, ran.err
    found = [event for event in ran.events if event.get("stage") == "plan" and event["segment"]]
    assert 1 <= found[0]["segment"] <= len(kept)  # The sound is kept there too.
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert (folder / "out.mp4").read_bytes() == whole


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(tmp_path, whole):
    ran, left = stopped(tmp_path, signal.SIGINT)
    assert ran.code == 130
    assert ran.complaint == (
        "Stopped before out.mp4 was finished; run the same again and it goes on from what is done."
    )
    assert left == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna.png", "home"]
    assert list((tmp_path / "home").rglob("*.part")) == []
    goes_on(tmp_path, whole)


def test_after_kill_9_the_same_command_goes_on(tmp_path, whole):
    ran, left = stopped(tmp_path, signal.SIGKILL)
    assert ran.code == -signal.SIGKILL
    assert left == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anna.png", "home"]
    goes_on(tmp_path, whole)


def test_ctrl_c_before_the_work_begins_is_a_sentence(tmp_path):
    code = (
        "import os, signal\nfrom dreamreel.cli import main\n"
        "import dreamreel.analyse.faces as faces\n"
        "faces.find_faces = lambda *rest: os.kill(os.getpid(), signal.SIGINT)\nmain()"
    )
    photo(tmp_path / "anna.png")
    words = command(*request(tmp_path))
    words[2] = code
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "dreamreel: Stopped before the work began.\n")
    assert not (tmp_path / "out.mp4").exists()
