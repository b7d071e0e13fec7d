"""Contents are whole under their hash, or not there."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.studio.shelf import HOUR, Clock, sha

from dreamreel.errors import DamagedMedia, NoSpace, NotFound, NotWritable
from dreamreel.studio.files import DERIVED, Files

CONTENT = b"a photo of Anna" * 1000

KILLED = """
import os, signal, sys
from pathlib import Path
from dreamreel.studio.files import Files
name, number, after = sys.argv[2], int(sys.argv[3]), sys.argv[4] == "after"
real, seen = getattr(os, name), [0]
def dying(*given, **named):
    seen[0] += 1
    if seen[0] == number and not after:
        os.kill(os.getpid(), signal.SIGKILL)
    said = real(*given, **named)
    if seen[0] == number and after:
        os.kill(os.getpid(), signal.SIGKILL)
    return said
setattr(os, name, dying)
root = Path(sys.argv[1])
Files(root).adopt(root / "new.part")
"""


def part(root: Path, content: bytes = CONTENT) -> Path:
    path = root / "new.part"
    path.write_bytes(content)
    return path


def run_child(code: str, *given: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(("src", "."))}
    return subprocess.run([sys.executable, "-c", code, *map(str, given)], env=environment, capture_output=True,
                          text=True, cwd=Path(__file__).parents[2], check=False)  # fmt: skip


def test_adopting_moves_a_file_to_the_place_of_its_hash(tmp_path: Path) -> None:
    files = Files(tmp_path)
    given = part(tmp_path)
    assert files.adopt(given) == (sha(CONTENT), len(CONTENT))
    assert files.path(sha(CONTENT)) == tmp_path / "blobs" / sha(CONTENT)[:2] / sha(CONTENT)
    assert files.path(sha(CONTENT)).read_bytes() == CONTENT
    assert not given.exists()


def test_equal_contents_are_kept_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    assert files.adopt(part(tmp_path)) == files.adopt(part(tmp_path))
    assert [sha256 for sha256, _ in files.every()] == [sha(CONTENT)]


def test_coming_in_again_heals_damaged_contents(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.adopt(part(tmp_path))
    files.path(sha(CONTENT)).write_bytes(b"rot")
    files.adopt(part(tmp_path))
    assert files.path(sha(CONTENT)).read_bytes() == CONTENT


@pytest.mark.skipif(os.name != "posix", reason="no permission bits on this system")
def test_contents_are_private(tmp_path: Path) -> None:
    files = Files(tmp_path)
    given = part(tmp_path)
    given.chmod(0o664)
    files.adopt(given)
    path = files.path(sha(CONTENT))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(files.derived(sha(CONTENT), "thumb").parent.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("name", "number"), [("fsync", 1), ("fsync", 2), ("replace", 1), ("fsync", 3)])
def test_killed_anywhere_contents_are_whole_or_still_a_part(
    tmp_path: Path, name: str, number: int, when: str
) -> None:
    given = part(tmp_path)
    assert run_child(KILLED, tmp_path, name, str(number), when).returncode == -signal.SIGKILL
    kept = [path.read_bytes() for _, path in Files(tmp_path).every()]
    assert kept == ([] if given.exists() else [CONTENT])
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [
        path for _, path in Files(tmp_path).every()
    ]
    Files(tmp_path).adopt(part(tmp_path))
    assert [path.read_bytes() for _, path in Files(tmp_path).every()] == [CONTENT]


def test_a_full_disk_is_one_sentence_and_leaves_the_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    given = part(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoSpace, match="no room left to keep a file in the library; free some disk space"):
        Files(tmp_path).adopt(given)
    assert given.read_bytes() == CONTENT
    assert list(Files(tmp_path).every()) == []


def test_a_read_only_place_is_one_sentence(tmp_path: Path) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc to stand for a read-only place")
    given = part(tmp_path)
    with pytest.raises(NotWritable, match="data folder does not allow writing; check its permissions"):
        Files(Path("/proc/self")).adopt(given)
    assert given.read_bytes() == CONTENT


@pytest.mark.skipif(os.name != "posix", reason="links need rights on this system")
def test_a_link_is_not_taken_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"the owner's")
    link = tmp_path / "new.part"
    link.symlink_to(secret)
    with pytest.raises(DamagedMedia, match="is no file"):
        Files(tmp_path).adopt(link)
    assert secret.read_bytes() == b"the owner's"


def test_a_folder_is_not_taken_in(tmp_path: Path) -> None:
    with pytest.raises(DamagedMedia, match="is no file"):
        Files(tmp_path).adopt(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_taken_in(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "new.part")
    with pytest.raises(DamagedMedia, match="is no file"):
        Files(tmp_path).adopt(tmp_path / "new.part")


def test_a_part_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DamagedMedia, match="went away"):
        Files(tmp_path).adopt(tmp_path / "new.part")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_only_hashes_name_contents(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    with pytest.raises(NotFound, match="named by no hash"):
        files.path(name)
    with pytest.raises(NotFound, match="named by no hash"):
        files.derived(name, "thumb")
    with pytest.raises(NotFound, match="named by no hash"):
        files.remove(name)


def test_removing_takes_what_was_made_from_the_contents_too(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.adopt(part(tmp_path))
    files.settled(sha(CONTENT))
    for name in DERIVED:
        files.derived(sha(CONTENT), name).write_bytes(b"small")
    assert files.remove(sha(CONTENT)) == len(CONTENT) + len(DERIVED) * len(b"small")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_contents_on_their_way_to_an_item_are_not_removed(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.adopt(part(tmp_path))
    assert files.remove(sha(CONTENT)) == 0
    assert files.path(sha(CONTENT)).exists()
    files.settled(sha(CONTENT))
    assert files.remove(sha(CONTENT)) == len(CONTENT)


def test_contents_whose_item_never_came_may_be_removed_after_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    files = Files(tmp_path, clock)
    files.adopt(part(tmp_path))
    clock.now += HOUR
    assert files.remove(sha(CONTENT)) == len(CONTENT)


def test_only_contents_are_listed(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.adopt(part(tmp_path))
    for name in ("notes.txt", "ab" * 32, ".new.part"):
        (files.path(sha(CONTENT)).parent / name).write_bytes(b"")
    assert list(files.every()) == [(sha(CONTENT), files.path(sha(CONTENT)))]
