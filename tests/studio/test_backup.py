"""A backup is the whole studio; a restore is all of it or nothing, whatever the archive says."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.studio.shelf import Shelf, sha

from dreamreel.errors import (
    Conflict,
    DatabaseTooNew,
    InputMissing,
    InputRejected,
    NoSpace,
    NotFound,
    NotWritable,
    StudioInUse,
)
from dreamreel.studio import backup as room
from dreamreel.studio.backup import FORMAT, backup, restore
from dreamreel.studio.config import Folders, Settings, sole
from dreamreel.studio.integrity import Integrity
from dreamreel.studio.schema import VERSION

FULL = """
import resource, signal, sys
from pathlib import Path
from dreamreel.errors import NoSpace
from dreamreel.studio.backup import backup, restore
from dreamreel.studio.config import Folders
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    folders, archive = Folders(Path(sys.argv[2])), Path(sys.argv[3])
    backup(folders, archive) if sys.argv[1] == "backup" else restore(archive, folders)
except NoSpace as error:
    print(error)
    sys.exit(error.exit_code)
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from dreamreel.studio.backup import restore
from dreamreel.studio.config import Folders
real, left = os.fsync, [int(sys.argv[3])]
def dying(handle):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = dying
restore(Path(sys.argv[1]), Folders(Path(sys.argv[2])), replace=True)
"""


@pytest.fixture
def studio(tmp_path: Path) -> Folders:
    """A studio with a photo, a result in the trash, and what does not belong into a backup."""
    folders = Folders(tmp_path / "here" / "studio")
    folders.ensure()
    shelf = Shelf(folders.root)
    photo = shelf.photo(b"the photo", name="Änna.png")
    shelf.library.change(photo.id, tags=["sea"], note="asleep")
    shelf.library.trash(shelf.put(b"the film", photo=photo.id).id)
    shelf.files.derived(photo.sha256, "thumb").write_bytes(b"small")
    Settings(shelf.database).change(language="de")
    shelf.database.close()
    folders.token.write_text("secret-token")
    (folders.uploads / "u1.part").write_bytes(b"half")
    (folders.work / "j1").mkdir()
    return folders


@pytest.fixture
def archive(studio: Folders, tmp_path: Path) -> Path:
    backup(studio, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


@pytest.fixture
def there(tmp_path: Path) -> Folders:
    """Where nothing is yet."""
    return Folders(tmp_path / "there" / "studio")


def state(folders: Folders) -> dict[str, bytes]:
    """All files of a data folder but the lock."""
    return {
        str(path.relative_to(folders.root)): path.read_bytes()
        for path in sorted(folders.root.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def told(folders: Folders) -> list[tuple[str, str, tuple[str, ...], str, bool]]:
    """What the library of a data folder says."""
    shelf = Shelf(folders.root)
    items = [*shelf.library.items()[0], *shelf.library.items(trashed=True)[0]]
    assert shelf.library.check() == Integrity()
    shelf.database.close()
    return [(item.id, item.name, item.tags, item.note, item.trashed is not None) for item in items]


def members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as opened:
        return {member.name: opened.extractfile(member).read() for member in opened.getmembers()}  # type: ignore[union-attr]


def header(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.type, made.linkname = len(content), kind, link
    return made


def written(path: Path, entries: list[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.GNU_FORMAT) -> Path:
    with tarfile.open(path, "w", format=form) as opened:  # type: ignore[call-overload]
        for made, content in entries:
            opened.addfile(made, io.BytesIO(content))
    return path


def entries(files: dict[str, bytes]) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [(header(name, content), content) for name, content in files.items()]


def listed(files: dict[str, bytes], **said: object) -> dict[str, bytes]:
    """Files with a list that is right for them."""
    inner = {name: content for name, content in files.items() if name not in {"backup.json", "manifest.json"}}
    last = {"files": {name: sha(content) for name, content in inner.items()}, "missing": []} | said
    first = files.get("backup.json", b"")
    return {"backup.json": first, **inner, "manifest.json": json.dumps(last).encode()}


def altered(content: bytes, *statements: str) -> bytes:
    """A database after some statements."""
    with closing(sqlite3.connect(":memory:")) as rows:
        rows.deserialize(content)
        rows.execute("pragma writable_schema=on")
        for statement in statements:
            rows.execute(statement)
        rows.commit()
        return rows.serialize()


def refused(archive: Path, there: Folders, match: str, kind: type[Exception] = InputRejected) -> None:
    """It is one sentence, and nothing is left where it would have gone."""
    with pytest.raises(kind, match=match) as error:
        restore(archive, there)
    assert "\n" not in str(error.value)
    assert not there.root.exists()
    assert not there.root.parent.exists() or list(there.root.parent.iterdir()) == []


# ── out and back ──


def test_what_comes_back_is_what_was_there(studio: Folders, archive: Path, there: Folders) -> None:
    restored = restore(archive, there)
    assert (restored.files, restored.bytes, restored.kept) == (2, len(b"the photothe film"), None)
    assert told(there) == told(studio)
    assert [(name, trashed) for _, name, _, _, trashed in told(there)] == [
        ("Änna.png", False),
        ("anna.mp4", True),
    ]
    shelf = Shelf(there.root)
    assert Settings(shelf.database).get().language == "de"


def test_a_backup_tells_what_is_in_it(studio: Folders, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    made = backup(studio, tmp_path / "backup.tar", progress=lambda *step: steps.append(step))
    assert (made.files, made.bytes, made.missing, made.damaged) == (2, 17, (), ())
    assert steps[-1] == (17, 17)


def test_only_the_database_and_contents_are_in_it(archive: Path) -> None:
    blobs = sorted(f"blobs/{sha256[:2]}/{sha256}" for sha256 in (sha(b"the photo"), sha(b"the film")))
    assert list(members(archive)) == ["backup.json", "studio.db", *blobs, "manifest.json"]


def test_no_token_is_in_it(archive: Path) -> None:
    assert b"secret-token" not in archive.read_bytes()


def test_what_was_deleted_is_not_in_it(studio: Folders, tmp_path: Path) -> None:
    shelf = Shelf(studio.root)
    item = shelf.library.change(shelf.put(b"deleted").id, note="nobody should read this " * 400)
    shelf.library.trash(item.id)
    shelf.library.delete(item.id)
    backup(studio, tmp_path / "backup.tar")
    assert b"nobody should read this" not in (tmp_path / "backup.tar").read_bytes()
    with closing(sqlite3.connect(":memory:")) as rows:
        rows.deserialize(members(tmp_path / "backup.tar")["studio.db"])
        assert rows.execute("pragma freelist_count").fetchone()[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="no permission bits on this system")
def test_everything_is_private(archive: Path, there: Folders) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    restore(archive, there)
    for path in (there.root, *there.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_a_backup_is_complete_while_a_studio_is_at_work(
    studio: Folders, tmp_path: Path, there: Folders
) -> None:
    stop, ready, added = threading.Event(), threading.Event(), [0]

    def work() -> None:
        shelf = Shelf(studio.root)
        while not stop.is_set():
            shelf.put(f"film {added[0]}".encode())
            added[0] += 1
            ready.set()
        shelf.database.close()

    with sole(studio):
        thread = threading.Thread(target=work)
        thread.start()
        ready.wait()
        try:
            for number in range(5):
                backup(studio, tmp_path / f"{number}.tar")
        finally:
            stop.set()
            thread.join()
    for number in range(5):
        restore(tmp_path / f"{number}.tar", there, replace=True)
        assert len(told(there)) >= 3


def test_an_unfinished_upload_does_not_come_back(studio: Folders, tmp_path: Path, there: Folders) -> None:
    shelf = Shelf(studio.root)
    with shelf.database.write() as rows:
        rows.execute("insert into upload (id, name, length, created) values ('u1', 'anna.png', 9, 0)")
    backup(studio, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", there)
    with Shelf(there.root).database.read() as rows:
        assert rows.execute("select id from upload").fetchall() == []


def test_what_is_missing_or_damaged_is_told_and_the_rest_is_saved(
    studio: Folders, tmp_path: Path, there: Folders
) -> None:
    shelf = Shelf(studio.root)
    shelf.files.path(sha(b"the photo")).unlink()
    shelf.files.path(sha(b"the film")).write_bytes(b"the FILM")
    made = backup(studio, tmp_path / "backup.tar")
    assert (made.missing, made.damaged) == ((sha(b"the photo"),), (sha(b"the film"),))
    restore(tmp_path / "backup.tar", there)
    found = Shelf(there.root).library.check()
    assert len(found.missing) == len(found.changed) == 1


def test_contents_above_8_gb_fit_the_headers(tmp_path: Path) -> None:
    block = room._header("blobs/aa/" + "a" * 64, 9 * 2**30).tobuf(tarfile.GNU_FORMAT, "ascii", "strict")
    assert len(block) == 512
    assert tarfile.TarInfo.frombuf(block, "ascii", "strict").size == 9 * 2**30


def test_nothing_to_back_up_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no studio in"):
        backup(Folders(tmp_path / "studio"), tmp_path / "backup.tar")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_leaves_the_old_one(
    studio: Folders, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = archive.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoSpace, match="no room left"):
        backup(studio, archive)
    assert archive.read_bytes() == before
    assert sorted(path.name for path in archive.parent.iterdir()) == ["backup.tar", "here"]


def test_a_folder_that_is_not_there_is_one_sentence(studio: Folders, tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="the folder disk does not exist"):
        backup(studio, tmp_path / "disk" / "backup.tar")


def run_child(code: str, *given: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(("src", "."))}
    return subprocess.run([sys.executable, "-c", code, *map(str, given)], env=environment, capture_output=True,
                          text=True, cwd=Path(__file__).parents[2], check=False)  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to stand for a full disk")
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    studio: Folders, tmp_path: Path, there: Folders, what: str
) -> None:
    shelf = Shelf(studio.root)
    shelf.put(b"a long film" * 40_000)
    shelf.database.close()
    archive = tmp_path / "backup.tar"
    if what == "restore":
        backup(studio, archive)
    child = run_child(FULL, what, studio.root if what == "backup" else there.root, archive)
    assert child.returncode == NoSpace.exit_code, child.stderr
    assert "no room left" in child.stdout
    assert archive.exists() == (what == "restore")
    assert not there.root.parent.exists() or list(there.root.parent.iterdir()) == []


def test_an_archive_that_cannot_fit_is_refused_before_it_is_unpacked(
    archive: Path, there: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Little:
        free = 1000

    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Little)
    refused(archive, there, "no room left to restore backup.tar", NoSpace)


# ── what is there already ──


def test_a_studio_that_is_there_is_not_replaced_unasked(studio: Folders, archive: Path) -> None:
    before = state(studio)
    with pytest.raises(Conflict, match="restore with --replace to keep that one under another name"):
        restore(archive, studio)
    assert state(studio) == before


def test_a_studio_that_is_replaced_is_kept(studio: Folders, archive: Path, there: Folders) -> None:
    there.ensure()
    shelf = Shelf(there.root)
    shelf.put(b"another studio's")
    shelf.database.close()
    before = state(there)
    restored = restore(archive, there, replace=True)
    assert restored.kept is not None
    assert restored.kept.parent == there.root.parent
    assert state(Folders(restored.kept)) == before
    assert told(there) == told(studio)
    assert sorted(there.root.parent.iterdir()) == sorted([there.root, restored.kept])


def test_a_studio_that_was_never_used_is_in_nobodys_way(archive: Path, there: Folders) -> None:
    there.ensure()
    there.token.write_text("token")
    with sole(there):
        pass
    assert restore(archive, there).kept is None
    assert list(there.root.parent.iterdir()) == [there.root]
    assert not there.token.exists()


def test_nothing_is_restored_under_a_studio_that_runs(studio: Folders, archive: Path) -> None:
    before = state(studio)
    with sole(studio), pytest.raises(StudioInUse, match=f"process {os.getpid()}"):
        restore(archive, studio, replace=True)
    assert state(studio) == before


def test_two_restores_at_once_do_not_mix(archive: Path, there: Folders) -> None:
    fresh = Folders(there.root.with_name(".studio.restore"))
    fresh.ensure()
    with sole(fresh), pytest.raises(StudioInUse):
        restore(archive, there)
    assert not there.root.exists()


def test_a_bad_archive_changes_nothing(studio: Folders, tmp_path: Path) -> None:
    before = state(studio)
    (tmp_path / "bad.tar").write_bytes(b"no tar" * 1000)
    with pytest.raises(InputRejected, match="it is no backup"):
        restore(tmp_path / "bad.tar", studio, replace=True)
    assert state(studio) == before
    assert list(studio.root.parent.iterdir()) == [studio.root]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("number", [1, 2, 3, 5, 7])
def test_killed_anywhere_the_old_studio_is_there_and_the_next_restore_works(
    studio: Folders, archive: Path, number: int
) -> None:
    before = state(studio)
    child = run_child(KILLED, archive, studio.root, str(number))
    assert child.returncode == -signal.SIGKILL, child.stderr
    if number < 7:
        assert state(studio) == before
    (studio.root.with_name(".studio.restore") / "rest").mkdir(parents=True, exist_ok=True)
    restored = restore(archive, studio, replace=True)
    assert restored.kept is not None
    assert not studio.root.with_name(".studio.restore").exists()
    assert len(told(studio)) == 2


def test_a_rename_that_fails_puts_the_old_studio_back(
    studio: Folders, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rename = state(studio), Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if path.name == ".studio.restore":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(NotWritable, match=r"cannot be restored.*check the permissions"):
        restore(archive, studio, replace=True)
    assert state(studio) == before
    assert list(studio.root.parent.iterdir()) == [studio.root]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on this system")
def test_a_link_to_the_data_folder_stays_a_link(studio: Folders, archive: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(studio.root)
    restore(archive, Folders(link), replace=True)
    assert link.is_symlink()
    assert len(told(studio)) == 2


# ── what is no backup ──


def test_a_missing_archive_is_one_sentence(tmp_path: Path, there: Folders) -> None:
    refused(tmp_path / "backup.tar", there, "no backup backup.tar there", InputMissing)


@pytest.mark.parametrize("content", [b"", b"\0" * 1024, b"\0" * 10_240, b"PK\x03\x04" * 300, b"x" * 100])
def test_other_files_are_no_backup(tmp_path: Path, there: Folders, content: bytes) -> None:
    path = tmp_path / "other.tar"
    path.write_bytes(content)
    refused(path, there, "cannot be restored because it")


def test_a_compressed_backup_is_not_unpacked(archive: Path, tmp_path: Path, there: Folders) -> None:
    path = tmp_path / "backup.tar.gz"
    with tarfile.open(path, "w:gz") as opened:
        for made, content in entries(members(archive)):
            opened.addfile(made, io.BytesIO(content))
    refused(path, there, "it is no backup")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_backup_that_ends_early_is_refused(archive: Path, there: Folders, share: float) -> None:
    content = archive.read_bytes().rstrip(b"\0")
    archive.write_bytes(content[: int(len(content) * share)])
    refused(archive, there, "ends early or is damaged|no backup")


def test_a_backup_without_its_end_is_refused(archive: Path, there: Folders) -> None:
    files = members(archive)
    del files["manifest.json"]
    refused(written(archive, entries(files)), there, "ends early")


def test_every_changed_byte_of_contents_is_found(archive: Path, there: Folders) -> None:
    content = archive.read_bytes()
    assert content.count(b"the film") == 1
    archive.write_bytes(content.replace(b"the film", b"the FILM"))
    refused(archive, there, "is not what its list says")


HOSTILE: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
    "above": [(header("../evil", b"x"), b"x")],
    "above a blob": [(header(f"blobs/../{'a' * 64}", b"x"), b"x")],
    "under a blob": [(header(f"blobs/aa/{'a' * 64}/x", b"x"), b"x")],
    "backslashes": [(header("blobs\\aa\\evil", b"x"), b"x")],
    "drive": [(header("C:/evil", b"x"), b"x")],
    "token": [(header("token", b"x"), b"x")],
    "another file": [(header("blobs/notes.txt", b"x"), b"x")],
    "wrong folder": [(header(f"blobs/bb/{'a' * 64}", b"x"), b"x")],
    "capitals": [(header(f"blobs/AA/{'A' * 64}", b"x"), b"x")],
    "no name": [(header("", b"x"), b"x")],
    "not ascii": [(header("blöbs/x", b"x"), b"x")],
    "line in a name": [(header("a\nb", b"x"), b"x")],
    "long name": [(header("x" * 300, b"x"), b"x")],
    "symbolic link": [(header(f"blobs/aa/{'a' * 64}", kind=tarfile.SYMTYPE, link="/etc/passwd"), b"")],
    "hard link": [(header(f"blobs/aa/{'a' * 64}", kind=tarfile.LNKTYPE, link="studio.db"), b"")],
    "link folder": [(header("blobs", kind=tarfile.SYMTYPE, link="/tmp"), b"")],
    "folder": [(header("blobs/aa", kind=tarfile.DIRTYPE), b"")],
    "pipe": [(header(f"blobs/aa/{'a' * 64}", kind=tarfile.FIFOTYPE), b"")],
    "device": [(header(f"blobs/aa/{'a' * 64}", kind=tarfile.CHRTYPE), b"")],
    "twice": [(header(f"blobs/aa/{'a' * 64}", b"x"), b"x"), (header(f"blobs/aa/{'a' * 64}", b"y"), b"y")],
    "database twice": [(header("studio.db", b"x"), b"x")],
    "beginning twice": [(header("backup.json", b"{}"), b"{}")],
    "not in the list": [(header(f"blobs/{sha(b'x')[:2]}/{sha(b'x')}", b"x"), b"x")],
}


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("what", HOSTILE)
def test_what_no_backup_holds_is_refused(archive: Path, there: Folders, what: str, form: int) -> None:
    plain = entries(members(archive))
    written(archive, [*plain[:-1], *HOSTILE[what], plain[-1]], form)
    refused(archive, there, "cannot be restored because")
    assert not list(there.root.parent.parent.rglob("evil"))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.CONTTYPE, tarfile.AREGTYPE],
)
def test_links_and_devices_are_refused_even_if_they_are_in_the_list(
    archive: Path, there: Folders, kind: bytes
) -> None:
    name = f"blobs/{sha(b'')[:2]}/{sha(b'')}"
    files = listed(members(archive) | {name: b""})
    link = "/etc/passwd" if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE} else ""
    made = [
        (header(name, b"", kind, link) if each.name == name else each, text) for each, text in entries(files)
    ]
    refused(written(archive, made), there, "in it is no plain file")


def test_an_absolute_name_is_refused(archive: Path, there: Folders, tmp_path: Path) -> None:
    plain = entries(members(archive))
    written(archive, [*plain[:-1], (header(f"{tmp_path}/evil", b"x"), b"x"), plain[-1]])
    refused(archive, there, "which no backup does")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("size", [-1, -512, 2**62, 10**12])
def test_a_size_that_cannot_be_is_refused(archive: Path, there: Folders, size: int) -> None:
    made = header(f"blobs/aa/{'a' * 64}")
    made.size = size
    content = archive.read_bytes()
    first = 1024  # The beginning's own header and its few lines.
    archive.write_bytes(content[:first] + made.tobuf(tarfile.GNU_FORMAT) + content[first:])
    refused(archive, there, "cannot be restored because")


@pytest.mark.parametrize("name", ["backup.json", "manifest.json"])
@pytest.mark.parametrize("text", [b"", b"{", b"{}", b"[]", b"null", b"[" * 100_000, b'{"files": 1}', b"\xff"])
def test_what_it_says_about_itself_must_make_sense(
    archive: Path, there: Folders, name: str, text: bytes
) -> None:
    files = members(archive)
    files[name] = text
    refused(written(archive, entries(files)), there, "damaged")


@pytest.mark.parametrize("wrong", [{"format": 0}, {"format": "1"}, {"format": True}, {"database": None}])
def test_versions_are_numbers(archive: Path, there: Folders, wrong: dict[str, object]) -> None:
    files = members(archive)
    files["backup.json"] = json.dumps({"format": FORMAT, "database": VERSION} | wrong).encode()
    refused(written(archive, entries(files)), there, "damaged")


@pytest.mark.parametrize("newer", [{"format": FORMAT + 1}, {"database": VERSION + 1}])
def test_a_newer_backup_is_refused_at_once(archive: Path, there: Folders, newer: dict[str, int]) -> None:
    first = json.dumps({"format": FORMAT, "database": VERSION} | newer).encode()
    written(archive, entries({"backup.json": first, "what/newer/ones/hold": b"x"}))
    refused(archive, there, "written by a newer Dreamreel.*update Dreamreel", DatabaseTooNew)


def test_contents_that_items_need_must_be_in_it(archive: Path, there: Folders) -> None:
    files = members(archive)
    del files[f"blobs/{sha(b'the film')[:2]}/{sha(b'the film')}"]
    refused(written(archive, entries(files)), there, "is missing")
    refused(written(archive, entries(listed(files))), there, "contents that its items need are not in it")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: b"no database" * 100, "its database is damaged"),
        (lambda content: content[: len(content) // 2], "its database is damaged"),
        (lambda content: altered(content, "create trigger t after insert on item begin delete from item; end"),
         "other tables"),
        (lambda content: altered(content, "create view v as select 1"), "other tables"),
        (lambda content: altered(content, "drop table setting"), "other tables"),
        (lambda content: altered(content, "create table more (x)"), "other tables"),
        (lambda content: altered(content, f"pragma user_version={VERSION + 1}"), "another version"),
        (lambda content: altered(content, "update item set sha256 = '../../etc/passwd'"), "database is damaged"),
        (lambda content: altered(content, "update item set sha256 = 7"), "database is damaged"),
    ],
)  # fmt: skip
def test_a_database_that_is_no_studios_is_refused(
    archive: Path, there: Folders, change: Callable[[bytes], bytes], why: str
) -> None:
    files = members(archive)
    files["studio.db"] = change(files["studio.db"])
    refused(written(archive, entries(listed(files))), there, why)


def test_an_archive_without_a_database_is_refused(archive: Path, there: Folders) -> None:
    files = members(archive)
    del files["studio.db"]
    refused(written(archive, entries(listed(files))), there, "list of files is damaged")


def test_an_archive_made_from_its_own_files_is_taken(archive: Path, there: Folders) -> None:
    written(archive, entries(listed(members(archive))))
    assert restore(archive, there).files == 2
    assert hashlib.sha256(b"the film").hexdigest() in {path.name for path in there.blobs.glob("*/*")}
