"""Outputs are complete or absent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dreamreel.errors import NoSpace, NotWritable
from dreamreel.media.atomic import atomic_write, check_writable

CHILD = """
import os, signal, sys
from pathlib import Path
from dreamreel.media.atomic import atomic_write
with atomic_write(Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""

FULL = """
import resource, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from dreamreel.errors import NoSpace
from tests.media.make import cfr_timing, write_video
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_video(Path(sys.argv[1]), cfr_timing(60, Fraction(25)), rate=Fraction(25), codec="ffv1")
except NoSpace as error:
    print(error)
    sys.exit(error.exit_code)
"""


def run_child(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(("src", "."))}
    return subprocess.run([sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True,
                          cwd=Path(__file__).parents[2], check=False)  # fmt: skip


def write_and_raise(path: Path, error: BaseException) -> None:
    with atomic_write(path) as part:
        part.write_bytes(b"half")
        raise error


def test_the_file_appears_only_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with atomic_write(path) as part:
        part.write_bytes(b"whole")
        assert part.parent == tmp_path
        assert part.suffix == ".part"
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="encoder"):
        write_and_raise(path, RuntimeError("encoder"))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_removes_the_part(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(tmp_path / "a.bin", KeyboardInterrupt())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_process_killed_before_the_rename_leaves_no_output(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    assert run_child(CHILD, path).returncode == -signal.SIGKILL
    assert not path.exists()
    path.write_bytes(b"")
    with atomic_write(path) as part:
        part.write_bytes(b"second try")
    assert path.read_bytes() == b"second try"


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to stand for a full disk")
def test_a_full_disk_is_one_sentence_and_no_file(tmp_path: Path) -> None:
    child = run_child(FULL, tmp_path / "a.mp4")
    assert child.returncode == NoSpace.exit_code, child.stderr
    assert "no room left to write a.mp4" in child.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "films" / "a.mp4"
    with pytest.raises(NotWritable, match="the folder films does not exist"):
        check_writable(path)
    with pytest.raises(NotWritable, match="the folder films does not exist"), atomic_write(path) as part:
        part.write_bytes(b"")


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="is a folder"):
        check_writable(tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="an administrator may write anywhere"
)
def test_a_read_only_folder_is_refused_early(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o555)
    with pytest.raises(NotWritable, match="does not allow writing"):
        check_writable(folder / "a.mp4")


def test_a_read_only_file_system_is_refused() -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc to stand for a read-only place")
    with pytest.raises(NotWritable, match="cannot be written"):
        check_writable(Path("/proc/self/a.mp4"))


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_very_long_name_still_gets_a_part(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".mp4")
    with atomic_write(path) as part:
        part.write_bytes(b"x")
    assert path.read_bytes() == b"x"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed by Linux only")
def test_what_a_library_leaves_open_of_a_failed_part_is_closed(tmp_path):
    left: list[int] = []

    def refuse():
        with atomic_write(tmp_path / "a.mp4") as part:
            left.append(os.open(part, os.O_CREAT | os.O_WRONLY))
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        refuse()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(left[0])
