"""`dreamreel library`, `backup` and `restore` against a real studio."""

from __future__ import annotations

import json
import re
import sys

import pytest
from tests.cli.terminal import photo, typed
from tests.cli.test_generate import on_a_terminal
from tests.studio.serving import running_studio

from dreamreel.studio.client import Client

SMALL = ("--resolution", "128x128", "--duration", "1", "--fps", "4", "--sound", "none")
ITEM = re.compile(r"i[0-9a-f]{16}")


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with running_studio(tmp_path_factory.mktemp("studio")) as serving:
        yield serving


@pytest.fixture(scope="module")
def shelf(studio, tmp_path_factory):
    """A photo and a film of it: their ids."""
    folder = tmp_path_factory.mktemp("photos")
    with Client(studio.address, studio.token) as client:
        item = client.upload(photo(folder / "anna.png"))
        small = {"resolution": "128x128", "duration": 1, "fps": 4, "sound": "none", "seed": 1}
        job = client.submit("generate", {"photo": item.id, "dream": "a whale in the sea", **small})
        return item.id, client.wait(job.id).result


@pytest.fixture(autouse=True)
def here(studio, shelf, tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(studio.home))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def library(capsys):
    """`dreamreel library ARGS`."""
    return lambda *args: typed(capsys, "library", *args)


def ids(ran) -> list[str]:
    """The first column."""
    assert ran.code == 0, ran.err
    return [line.split("\t")[0] for line in ran.out.splitlines()]


def added(library, here, number: int) -> str:
    """A photo of a size that no other one has."""
    (item,) = ids(library("add", photo(here / f"boat-{number}.png", (64 + number, 48))))
    return item


def test_what_is_taken_in_is_listed(library, here, shelf):
    item = added(library, here, 1)
    assert ITEM.fullmatch(item)
    line = next(line for line in library("list", "--kind", "photo").out.splitlines() if line.startswith(item))
    assert line.split("\t")[1:3] == ["photo", "boat-1.png"]
    assert added(library, here, 1) == item, "the same photo is one item"


def test_the_list_can_be_narrowed(library, here, shelf):
    picture, film = shelf
    assert ids(library("list", "whale")) == [film]
    assert ids(library("list", "--kind", "film")) == [film]
    assert film in ids(library("list", "--photo", picture))
    assert ids(library("list", "--role", "draft")) == []
    assert [item["id"] for item in library("list", "whale", "--json").events] == [film]
    ran = library("list", "--sort", "oldest", "--limit", "1")
    assert ids(ran) == [picture]
    assert "--limit 0" in ran.err


def test_a_film_is_saved_under_its_own_or_another_name(library, here, shelf):
    ran = library("download", shelf[1])
    assert (ran.code, ran.out) == (0, "anna-dream.mp4\n")
    assert library("download", shelf[1]).out == "anna-dream-2.mp4\n"
    (here / "films").mkdir()
    assert library("download", shelf[1], "-o", "films").out == "films/anna-dream.mp4\n"
    bare = library("download", shelf[1], "-o", "bare.mp4", "--no-recipe")
    assert bare.code == 0
    assert (here / "bare.mp4").stat().st_size < (here / "anna-dream.mp4").stat().st_size


def test_a_file_is_replaced_only_when_told_to(library, here, shelf):
    (here / "a.mp4").write_bytes(b"mine")
    ran = library("download", shelf[1], "-o", "a.mp4")
    assert ran.code == 5
    assert (here / "a.mp4").read_bytes() == b"mine"
    assert library("download", shelf[1], "-o", "a.mp4", "--yes").code == 0
    assert (here / "a.mp4").stat().st_size > 1000


def test_what_an_owner_says(library, here):
    item = added(library, here, 2)
    assert library("rate", item, "4").err == f"{item}: 4 stars.\n"
    assert library("tag", item, "sea", "night").err.startswith(f"{item}: tags: ")
    assert library("tag", item, "night", "--remove").err == f"{item}: tags: sea.\n"
    assert library("note", item, "she laughed").code == 0
    assert library("favourite", item).code == 0
    told = json.loads(library("show", item, "--json").out)
    assert (told["rating"], told["tags"], told["note"], told["favourite"]) == (
        4,
        ["sea"],
        "she laughed",
        True,
    )
    words = library("show", item).out
    for part in ("boat-2.png", "photo, 66×48", "♥ ★★★★", "sea", "she laughed"):
        assert part in words
    assert ids(library("list", "--favourite", "--rating", "3", "--tag", "sea")) == [item]
    assert "sea\t1" in library("tags").out
    assert library("favourite", item, "--off").err == f"{item}: no favourite.\n"
    assert json.loads(library("rate", item, "0", "--json").out)["rating"] == 0


def test_into_the_trash_back_and_gone(library, here):
    item = added(library, here, 3)
    assert library("delete", item, "--yes").code == 2, "only what is in the trash"
    assert library("trash", item).code == 0
    assert ids(library("list", "--trash")) == [item]
    assert library("restore", item).code == 0
    library("trash", item)
    ran = library("delete", item)
    assert (ran.code, ran.complaint) == (2, "Nothing was removed; say --yes to do it without being asked.")
    assert library("delete", item, "--yes").code == 0
    assert library("show", item).code == 2


def test_room_is_shown_and_made(library, here):
    item = added(library, here, 4)
    library("trash", item)
    told = json.loads(library("storage", "--json").out)
    assert told["trash"] > 0
    assert "what was deleted and can be restored" in library("storage").out
    assert library("clean", "trash").code == 2
    ran = library("clean", "trash", "--yes")
    assert ran.code == 0
    assert ran.err.endswith("freed.\n")
    assert json.loads(library("storage", "--json").out)["trash"] == 0
    assert json.loads(library("clean", "uploads", "--json").out)["freed"] == 0


def test_a_check_finds_what_is_missing(library, here, studio):
    ran = library("check")
    assert ran.code == 0
    assert "all whole" in ran.err
    item = added(library, here, 5)
    size = json.loads(library("show", item, "--json").out)["bytes"]
    for blob in (studio.folder / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_size == size:
            blob.unlink()
    ran = library("check")
    assert (ran.code, ran.out) == (6, f"{item}\tmissing\n")
    assert "1 missing" in ran.complaint
    assert json.loads(library("check", "--json").out)["missing"] == [item]
    assert "missing" in library("show", item).out
    library("trash", item)
    library("delete", item, "--yes")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["show", "i0"], "no such item"),
        (["rate", "i0", "6"], "STARS"),
        (["list", "--kind", "cake"], "photo, film, sound"),
        (["list", "--sort", "colour"], "newest"),
        (["clean", "films"], "trash, drafts, uploads, segments, derived"),
        (["tag", "i0"], "TAG… is missing"),
        (["lend"], "There is no command 'library lend'; "),
    ],
)
def test_wrong_usage_is_one_sentence(library, args, words):
    ran = library(*args)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.complaint


def test_what_is_no_photo_is_refused(library, here):
    (here / "a.jpg").write_text("words", encoding="utf-8")
    ran = library("add", "a.jpg")
    assert (ran.code, ran.out) == (3, "")


def test_without_a_command_the_help_is_shown_as_an_error(library):
    ran = library()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: dreamreel library COMMAND …")


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs a Unix")
def test_on_a_terminal_it_fits_and_has_headings(shelf):
    code, said = on_a_terminal("", "library", "list", NO_COLOR="1", columns=70)
    assert code == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said).splitlines()
    assert lines[0].split() == ["item", "what", "name", "length", "size", "when"]
    assert max(map(len, lines)) <= 70


def test_a_backup_is_restored_elsewhere(capsys, here, shelf, studio, monkeypatch):
    ran = typed(capsys, "backup", "studio.tar")
    assert (ran.code, ran.out) == (0, "studio.tar\n"), ran.err
    assert typed(capsys, "backup", "studio.tar").code == 5, "it exists already"
    assert json.loads(typed(capsys, "backup", "studio.tar", "--yes", "--json").out)["missing"] == []
    monkeypatch.setenv("DREAMREEL_HOME", str(here / "new"))
    ran = typed(capsys, "restore", "studio.tar")
    assert (ran.code, ran.out) == (0, f"{here / 'new' / 'studio'}\n"), ran.err
    ran = typed(capsys, "restore", "studio.tar")
    assert ran.code == 2
    assert "--replace" in ran.complaint
    assert json.loads(typed(capsys, "restore", "studio.tar", "--replace", "--json").out)["kept"]
    with running_studio(here / "new") as restored, Client(restored.address, restored.token) as client:
        assert client.item(shelf[1]).title == "a whale in the sea"


def test_a_backup_needs_a_studio_and_a_restore_a_backup(capsys, here, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(here / "nobody"))
    ran = typed(capsys, "backup", "a.tar")
    assert (ran.code, (here / "a.tar").exists()) == (2, False)
    assert typed(capsys, "restore", "a.tar").code == 3
    (here / "b.tar").write_bytes(b"no backup" * 1000)
    assert typed(capsys, "restore", "b.tar").code == 3


def test_a_running_studio_is_not_restored_over(capsys, here, studio):
    typed(capsys, "backup", "studio.tar")
    ran = typed(capsys, "restore", "studio.tar", "--replace")
    assert ran.code == 5
    assert "stop it first" in ran.complaint
