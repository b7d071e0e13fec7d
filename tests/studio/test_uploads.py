"""Uploads: what arrived counts, whatever cut it; what was announced is what must come; names are harmless."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dreamreel.errors import (
    BadParameter,
    Conflict,
    DamagedMedia,
    InputRejected,
    NoSpace,
    NotFound,
    NotWritable,
    TooLarge,
)
from dreamreel.studio.database import Database
from dreamreel.studio.uploads import Uploads, safe_name

LIMIT = 20 * 10**9
HOUR = 3600.0


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A folder, a database and the uploads in them."""

    def __init__(self, root: Path) -> None:
        self.clock = Clock()
        self.folder = root / "uploads"
        self.folder.mkdir()
        self.database = Database(root / "studio.db")
        self.uploads = self.again()

    def again(self) -> Uploads:
        """As after a restart."""
        return Uploads(self.database, self.folder, lambda: LIMIT, self.clock)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


class Cut(ConnectionResetError):
    """The other end has gone."""


def cut_after(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise Cut


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Files end at this size, as on a full disk: the kernel takes what fits and refuses the rest."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# A whole upload.


def test_a_file_arrives_in_parts(desk):
    content = os.urandom(10_000)
    made = desk.uploads.create("anna.jpg", len(content), hashlib.sha256(content).hexdigest())
    assert desk.uploads.offset(made.id) == 0
    assert desk.uploads.append(made.id, 0, [content[:4000], content[4000:5000]]) == 5000
    assert desk.uploads.offset(made.id) == 5000
    assert desk.uploads.append(made.id, 5000, [content[5000:]]) == 10_000
    assert desk.uploads.complete(made.id).read_bytes() == content


def test_it_is_private_and_named_by_its_id_alone(desk):
    made = desk.uploads.create("../../anna.jpg", 5)
    assert made.name == "anna.jpg"
    assert desk.names() == [f"{made.id}.part"]
    assert stat.S_IMODE((desk.folder / f"{made.id}.part").stat().st_mode) == 0o600


def test_once_in_the_library_it_names_its_item(desk):
    made = desk.uploads.create("anna.jpg", 3)
    desk.uploads.append(made.id, 0, [b"abc"])
    desk.uploads.complete(made.id).rename(desk.folder / "blob")
    desk.uploads.done(made.id, "i1")
    assert desk.uploads.get(made.id).item == "i1"
    assert desk.uploads.offset(made.id) == 3
    with pytest.raises(Conflict):
        desk.uploads.append(made.id, 3, [b""])
    with pytest.raises(Conflict):
        desk.uploads.complete(made.id)


def test_a_part_that_the_library_had_already_is_deleted(desk):
    made = desk.uploads.create("anna.jpg", 3)
    desk.uploads.append(made.id, 0, [b"abc"])
    desk.uploads.done(made.id, "i1")
    assert desk.names() == []


def test_once_refused_it_says_why(desk):
    made = desk.uploads.create("anna.jpg", 3)
    desk.uploads.append(made.id, 0, [b"abc"])
    desk.uploads.failed(made.id, "anna.jpg is a poem; send a picture.")
    assert desk.names() == []
    for ask in (
        lambda: desk.uploads.offset(made.id),
        lambda: desk.uploads.append(made.id, 3, []),
        lambda: desk.uploads.complete(made.id),
    ):
        with pytest.raises(InputRejected, match=r"anna\.jpg is a poem"):
            ask()


# What is announced.


@pytest.mark.parametrize(
    ("length", "error"), [(0, DamagedMedia), (-1, BadParameter), (LIMIT + 1, TooLarge), (2**62, TooLarge)]
)
def test_lengths_that_cannot_be_are_refused(desk, length, error):
    with pytest.raises(error, match=r"anna\.jpg"):
        desk.uploads.create("anna.jpg", length)
    assert desk.names() == []


@pytest.mark.parametrize("sha256", ["", "x" * 64, "0" * 63, "0" * 65, "../" + "0" * 61])
def test_what_is_no_hash_is_refused(desk, sha256):
    with pytest.raises(BadParameter):
        desk.uploads.create("anna.jpg", 5, sha256)


def test_a_hash_may_be_in_capitals(desk):
    made = desk.uploads.create("anna.jpg", 3, hashlib.sha256(b"abc").hexdigest().upper())
    desk.uploads.append(made.id, 0, [b"abc"])
    assert desk.uploads.complete(made.id).is_file()


def test_a_disk_without_room_for_it_refuses_at_once(desk, monkeypatch):
    free = shutil.disk_usage(desk.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free._replace(free=10**8))
    desk.uploads.create("small.jpg", 10**6)
    with pytest.raises(NoSpace, match="100 MB"):
        desk.uploads.create("anna.mov", 10**8)
    assert len(desk.names()) == 1


def test_a_folder_that_is_gone_is_told(desk):
    desk.folder.rmdir()
    with pytest.raises(NotWritable):
        desk.uploads.create("anna.jpg", 5)


# What arrives.


@pytest.mark.parametrize("at", [-1, 0, 2, 4, 10**12])
def test_another_offset_is_refused_and_changes_nothing(desk, at):
    made = desk.uploads.create("anna.jpg", 10)
    desk.uploads.append(made.id, 0, [b"abc"])
    with pytest.raises(Conflict, match="goes on at byte 3"):
        desk.uploads.append(made.id, at, [b"x"])
    assert (desk.folder / f"{made.id}.part").read_bytes() == b"abc"


def test_more_than_was_announced_is_refused(desk):
    made = desk.uploads.create("anna.jpg", 5)
    with pytest.raises(TooLarge, match="5 bytes"):
        desk.uploads.append(made.id, 0, [b"abc", b"def"])
    assert desk.uploads.offset(made.id) == 3
    assert desk.uploads.append(made.id, 3, [b"de"]) == 5
    with pytest.raises(TooLarge):
        desk.uploads.append(made.id, 5, [b"f"])


def test_nothing_is_a_part_too(desk):
    made = desk.uploads.create("anna.jpg", 3)
    assert desk.uploads.append(made.id, 0, []) == 0
    assert desk.uploads.append(made.id, 0, [b"", b"abc", b""]) == 3
    assert desk.uploads.append(made.id, 3, [b""]) == 3


def test_a_cut_keeps_what_arrived(desk):
    made = desk.uploads.create("anna.jpg", 6)
    with pytest.raises(Cut):
        desk.uploads.append(made.id, 0, cut_after(b"ab", b"cd"))
    assert desk.again().offset(made.id) == 4
    assert desk.again().append(made.id, 4, [b"ef"]) == 6
    assert desk.uploads.complete(made.id).read_bytes() == b"abcdef"


def test_a_full_disk_keeps_what_fitted(desk):
    made = desk.uploads.create("anna.jpg", 3000)
    with full_after(1000), pytest.raises(NoSpace, match=r"anna\.jpg"):
        desk.uploads.append(made.id, 0, [b"a" * 700, b"b" * 700])
    assert desk.uploads.offset(made.id) == 1000
    assert desk.uploads.append(made.id, 1000, [b"b" * 400 + b"c" * 1600]) == 3000
    assert desk.uploads.complete(made.id).read_bytes() == b"a" * 700 + b"b" * 700 + b"c" * 1600


def test_a_second_connection_waits_for_the_first(desk):
    made = desk.uploads.create("anna.jpg", 4)
    told, answered = [], threading.Event()

    def second() -> None:
        try:
            desk.uploads.append(made.id, 2, [b"xx"])
        except Conflict as error:
            told.append(str(error))
        answered.set()

    other = threading.Thread(target=second)

    def first() -> Iterator[bytes]:
        yield b"ab"
        other.start()
        # It is not answered while this one writes; were it let in, it would be, and at once.
        assert not answered.wait(0.3)
        yield b"cd"

    desk.uploads.append(made.id, 0, first())
    other.join()
    assert desk.uploads.complete(made.id).read_bytes() == b"abcd"
    assert "goes on at byte 4" in told[0]


def test_a_link_in_the_place_of_a_part_is_not_followed(desk, tmp_path):
    made = desk.uploads.create("anna.jpg", 10_000)
    (tmp_path / "diary").touch()
    part = desk.folder / f"{made.id}.part"
    part.unlink()
    part.symlink_to(tmp_path / "diary")
    with pytest.raises(NotWritable):
        desk.uploads.append(made.id, desk.uploads.offset(made.id), [b"x"])
    assert (tmp_path / "diary").read_bytes() == b""


# The end.


def test_an_unfinished_file_is_not_complete(desk):
    made = desk.uploads.create("anna.jpg", 5)
    desk.uploads.append(made.id, 0, [b"abc"])
    with pytest.raises(Conflict, match="3 of 5 bytes"):
        desk.uploads.complete(made.id)
    assert desk.uploads.offset(made.id) == 3


def test_other_contents_than_announced_are_thrown_away(desk):
    made = desk.uploads.create("anna.jpg", 3, hashlib.sha256(b"abc").hexdigest())
    desk.uploads.append(made.id, 0, [b"abd"])
    with pytest.raises(DamagedMedia, match="damaged on its way"):
        desk.uploads.complete(made.id)
    assert desk.names() == []
    with pytest.raises(NotFound):
        desk.uploads.get(made.id)


def test_a_removed_upload_is_gone(desk):
    made = desk.uploads.create("anna.jpg", 3)
    desk.uploads.remove(made.id)
    assert desk.names() == []
    with pytest.raises(NotFound):
        desk.uploads.remove(made.id)


@pytest.mark.parametrize(
    "name", ["", "u", "u0123456789abcdef", "../u0123456789abcdef", "u0123456789abcdeg", "U" + "0" * 16]
)
def test_unknown_uploads_are_not_found(desk, name):
    for ask in (
        desk.uploads.get, desk.uploads.offset, desk.uploads.complete, desk.uploads.remove,
        lambda name: desk.uploads.append(name, 0, [b"x"]), lambda name: desk.uploads.done(name, "i1"),
        lambda name: desk.uploads.failed(name, "no"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            ask(name)
    assert desk.names() == []


def test_a_part_that_went_away_is_told(desk):
    made = desk.uploads.create("anna.jpg", 3)
    (desk.folder / f"{made.id}.part").unlink()
    with pytest.raises(NotFound, match=r"anna\.jpg"):
        desk.uploads.offset(made.id)


def test_what_nobody_goes_on_with_is_swept(desk):
    old, kept = desk.uploads.create("old.jpg", 3), desk.uploads.create("kept.jpg", 3)
    done = desk.uploads.create("done.jpg", 3)
    desk.uploads.append(done.id, 0, [b"abc"])
    desk.uploads.done(done.id, "i1")
    desk.clock.now += HOUR
    desk.uploads.append(kept.id, 0, [b"a"])
    desk.clock.now += HOUR
    assert desk.uploads.sweep(1.5 * HOUR) == 2
    assert desk.uploads.offset(kept.id) == 1
    assert desk.names() == [f"{kept.id}.part"]
    for upload in (old, done):
        with pytest.raises(NotFound):
            desk.uploads.get(upload.id)


def test_parts_that_nobody_knows_are_swept(desk):
    for name in ("u0000000000000000.part", "notes.txt"):
        (desk.folder / name).touch()
        os.utime(desk.folder / name, (desk.clock.now, desk.clock.now))
    desk.uploads.sweep(HOUR)
    assert len(desk.names()) == 2
    desk.clock.now += 2 * HOUR
    desk.uploads.sweep(HOUR)
    assert desk.names() == ["notes.txt"]


class Step(NamedTuple):
    """One try to send: from where, how much in which pieces, and whether it is cut."""

    back: int
    sizes: list[int]
    cut: bool


STEPS = st.lists(
    st.builds(Step, st.integers(-2, 2), st.lists(st.integers(0, 400), max_size=4), st.booleans()), max_size=12
)


@given(length=st.integers(1, 2000), steps=STEPS)
def test_whatever_happens_on_the_way_the_file_arrives(tmp_path_factory, length, steps):
    """A sender that asks for the offset and goes on sends every byte once, through wrong offsets, cuts and restarts."""
    desk = Desk(tmp_path_factory.mktemp("uploads"))
    content = bytes(number * 31 % 251 for number in range(length))
    made = desk.uploads.create("anna.jpg", length, hashlib.sha256(content).hexdigest())
    for back, sizes, cut in [*steps, Step(0, [length], cut=False)]:
        uploads = desk.again()
        offset = uploads.offset(made.id)
        assert (desk.folder / f"{made.id}.part").read_bytes() == content[:offset]
        chunks, at = [], offset
        for size in sizes:
            chunks.append(content[at : at + size])
            at += len(chunks[-1])
        try:
            arrived = uploads.append(made.id, offset - back, cut_after(*chunks) if cut else chunks)
        except Cut:
            arrived = at
        except Conflict:
            assert back
            arrived = offset
        assert uploads.offset(made.id) == arrived
    assert desk.uploads.complete(made.id).read_bytes() == content
    desk.database.close()


# Names.


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("anna.jpg", "anna.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\fakepath\\anna.jpg", "anna.jpg"),
        ("/", "unnamed"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("\0", "unnamed"),
        (".bashrc", "bashrc"),
        ("...anna.jpg", "anna.jpg"),
        ("anna\0.jpg", "anna.jpg"),
        ("anna\r\nSet-Cookie: a=b.jpg", "anna Set-Cookie: a=b.jpg"),
        ("  anna  6\tweeks .jpg ", "anna 6 weeks.jpg"),
        ("\u202egpj.anna", "gpj.anna"),
        ("anna/", "anna"),
        ("👶🏽 schläft 夢.jpg", "👶🏽 schläft 夢.jpg"),
        ("Schla\u0308ft.jpg", "Schläft.jpg"),
        ("a" * 10_000 + ".jpg", "a" * 116 + ".jpg"),
        ("a." + "b" * 10_000, "a." + "b" * 118),
        ("anna.", "anna"),
        ("\ud800.jpg", "jpg"),
    ],
)
def test_names_become_harmless(name, safe):
    assert safe_name(name) == safe


@given(st.text(st.characters() | st.sampled_from("./\\ \0\n👶\u202e\u0308\ud800"), max_size=400))
@example("👶" * 10_000 + ".jpg")
@example("a" * 200 + "." + "👶" * 15)
@example("." * 10_000)
@example(". " * 200 + "x")
def test_every_name_becomes_one(name):
    safe = safe_name(name)
    assert 1 <= len(safe) <= 120
    assert len(safe.encode()) <= 240
    assert safe.isprintable()
    assert not set(safe) & set("/\\")
    assert safe[0] not in " ."
    assert safe[-1] not in " ."
    assert unicodedata.is_normalized("NFC", safe)
    assert safe_name(safe) == safe
