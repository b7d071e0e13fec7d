"""Killed five times in the middle, and the same file as without."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

from tests.media.make import cfr_timing, click_track, write_film

SCRIPT = """
import os, signal, sys
from pathlib import Path
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.job import enhance_one
from dreamreel.render import plan
plan._SHORT_SEGMENT = plan.Fraction(1, 4)
finished = 0
def hear(event):
    global finished
    if event.stage == "picture" and event.segment and event.frame >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
enhance_one(Asked(to="x2", size="s"), Path(sys.argv[1]), Path(sys.argv[2]), judge=False, on_event=hear)
"""


def enhanced(home: Path, source: Path, out: Path, until: int) -> int:
    """Enhance until `until` frames are made, then kill; the exit code."""
    command = [sys.executable, "-c", SCRIPT, str(source), str(out), str(until)]
    env = {**os.environ, "DREAMREEL_HOME": str(home)}
    done = subprocess.run(command, env=env, check=False, capture_output=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


def test_killed_five_times_it_ends_with_the_same_file(tmp_path):
    source = tmp_path / "a.mp4"
    write_film(source, cfr_timing(60, Fraction(20)), sound=click_track(3))
    home = tmp_path / "home"
    kills = sum(enhanced(home, source, tmp_path / "b.mp4", 10 * n) != 0 for n in range(1, 6))
    assert kills == 5
    assert not (tmp_path / "b.mp4").exists()
    assert enhanced(home, source, tmp_path / "b.mp4", 1000) == 0
    (tmp_path / "other").mkdir()
    shutil.copy(home / "precision.json", tmp_path / "other")  # Another precision would make other samples.
    assert enhanced(tmp_path / "other", source, tmp_path / "c.mp4", 1000) == 0
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "c.mp4").read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
