"""The data folder is private, local and one studio's; settings are checked before they are kept."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dreamreel.errors import BadParameter, NoSpace, NotWritable, StudioInUse
from dreamreel.studio.config import Chosen, Folders, Settings, data_folder, network_disk, sole
from dreamreel.studio.database import Database

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/people /people nfs4 rw,vers=4.2 0 0
/dev/sdb1 /people/anna/local xfs rw 0 0
//nas/media /mnt/My\\040films cifs rw 0 0
anna@host: /mnt/ssh fuse.sshfs rw 0 0
C:\\134 /mnt/c 9p rw,dirsync,aname=drvfs 0 0
"""

HOLDER = """
import sys
from pathlib import Path
from dreamreel.studio.config import Folders, sole
with sole(Folders(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "studio")
    made.ensure()
    return made


@pytest.fixture
def settings(folders: Folders) -> Settings:
    return Settings(Database(folders.database))


# ── folders ──


def test_the_data_folder_is_where_the_owner_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "studio"


def test_the_data_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DREAMREEL_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder().parts[-2:] == ("dreamreel", "studio")


def test_everything_has_its_place(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "deep" / "studio")
    folders.ensure()
    folders.ensure()
    assert sorted(path.name for path in folders.root.iterdir()) == ["blobs", "thumbs", "uploads", "work"]
    places = (
        folders.database,
        folders.token,
        folders.lock,
        folders.blobs,
        folders.thumbs,
        folders.uploads,
        folders.work,
    )
    assert {place.parent for place in places} == {folders.root}


@pytest.mark.skipif(os.name != "posix", reason="no permission bits on this system")
def test_folders_are_private_even_if_they_were_not(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "studio")
    folders.root.mkdir(mode=0o755)
    folders.ensure()
    for folder in (folders.root, folders.blobs, folders.thumbs, folders.uploads, folders.work):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_read_only_place_is_one_sentence() -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc to stand for a read-only place")
    with pytest.raises(
        NotWritable, match=r"cannot be written \(.*\); check its permissions, or set DREAMREEL_HOME"
    ):
        Folders(Path("/proc/self/studio")).ensure()


@pytest.mark.parametrize(
    ("number", "told"), [(errno.EROFS, NotWritable), (errno.EACCES, NotWritable), (errno.ENOSPC, NoSpace)]
)
def test_a_folder_that_cannot_be_written_is_found_at_once(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, number: int, told: type[Exception]
) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(told, match="data folder"):
        folders.ensure()


def test_a_file_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "studio").write_bytes(b"")
    with pytest.raises(NotWritable, match="cannot be written"):
        Folders(tmp_path / "studio").ensure()


@pytest.mark.skipif(os.name != "posix", reason="paths of this kind")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/studio", None),
        ("/people/anna/studio", "nfs4"),
        ("/peoples/studio", None),
        ("/people/anna/local/studio", None),
        ("/mnt/My films/studio", "cifs"),
        ("/mnt/ssh", "fuse.sshfs"),
        ("/mnt/c/Users/Anna/studio", "9p"),
    ],
)
def test_network_file_systems_are_known(path: str, kind: str | None) -> None:
    assert network_disk(Path(path), MOUNTS) == kind


@pytest.mark.skipif(os.name != "posix", reason="paths of this kind")
def test_the_mount_on_top_counts() -> None:
    assert network_disk(Path("/data/studio"), "a /data nfs rw 0 0\nb /data ext4 rw 0 0\n") is None
    assert network_disk(Path("/data/studio"), "b /data ext4 rw 0 0\na /data nfs rw 0 0\n") == "nfs"


@pytest.mark.parametrize("mounts", ["", "\n", "one two\n", "none / 9p rw 0 0\n"])
def test_what_is_not_known_is_not_refused(mounts: str, tmp_path: Path) -> None:
    assert network_disk(tmp_path, mounts) is None


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_text

    def mounted(path: Path, *given: object, **named: object) -> str:
        if path == Path("/proc/mounts"):
            return f"server:/x {tmp_path} nfs4 rw 0 0\n"
        return read(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", mounted)
    with pytest.raises(NotWritable, match=r"network file system \(nfs4\).*local disk"):
        Folders(tmp_path / "studio").ensure()
    assert list(tmp_path.iterdir()) == []


# ── the lock ──


def held(folders: Folders) -> subprocess.Popen[str]:
    """Another process that has the folder open."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(("src", "."))}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folders.root)], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_studio_is_told_who_has_the_folder(folders: Folders) -> None:
    with held(folders) as process:
        with (
            pytest.raises(StudioInUse, match=rf"already \(process {process.pid}\); use that one, or stop it"),
            sole(folders),
        ):
            pass
        process.communicate()


def test_the_folder_is_free_when_the_studio_has_ended(folders: Folders) -> None:
    with sole(folders):
        pass
    with sole(folders):
        assert folders.lock.read_text() == str(os.getpid())


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_the_folder_is_free_when_the_studio_was_killed(folders: Folders) -> None:
    with held(folders) as process:
        process.kill()
    with sole(folders):
        pass


def test_two_studios_in_one_process_are_two(folders: Folders) -> None:
    with sole(folders), pytest.raises(StudioInUse), sole(folders):
        pass


def test_a_lock_in_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="cannot be written"), sole(Folders(tmp_path / "studio")):
        pass


@pytest.mark.skipif(os.name != "posix", reason="no permission bits on this system")
def test_the_lock_file_is_private(folders: Folders) -> None:
    with sole(folders):
        assert stat.S_IMODE(folders.lock.stat().st_mode) == 0o600


# ── settings ──


def test_nobody_has_chosen_yet(settings: Settings) -> None:
    assert settings.get() == Chosen()
    assert settings.get().trash_days == 30
    assert settings.get().upload_max == 20_000_000_000


def test_a_choice_is_kept_and_leaves_the_rest(settings: Settings, folders: Folders) -> None:
    settings.change(language="de", trash_days=0)
    assert settings.change(tour_done=True) == Chosen(language="de", trash_days=0, tour_done=True)
    assert Settings(Database(folders.database)).get() == Chosen(language="de", trash_days=0, tour_done=True)


@pytest.mark.parametrize(
    "wrong",
    [{"language": "xx"}, {"language": None}, {"theme": ["dark"]}, {"tour_done": 1}, {"concurrency": -1},
     {"concurrency": 65}, {"concurrency": True}, {"trash_days": 3651}, {"trash_days": 1.5}, {"upload_max": 0},
     {"upload_max": 10**14}, {"upload_max": "1"}, {"colour": "red"}, {"queue": "paused"}],
)  # fmt: skip
def test_a_wrong_choice_is_one_sentence_and_changes_nothing(
    settings: Settings, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadParameter, match=r"[Ss]etting '?\w+'?.*; use"):
        settings.change(**({"language": "de"} | wrong))  # type: ignore[arg-type]
    assert settings.get() == Chosen()


@pytest.mark.parametrize("value", ["{", '"xx"', "7", "paused"])
def test_what_is_not_understood_is_as_if_nobody_had_chosen(
    settings: Settings, folders: Folders, value: str
) -> None:
    with Database(folders.database).write() as rows:
        rows.execute("insert into setting (name, value) values ('language', ?), ('queue', ?)", [value, value])
    assert settings.get() == Chosen()
