"""Missing, orphaned, changed: three counters, and what becomes of them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from tests.studio.shelf import HOUR, Shelf, sha

from dreamreel.studio.integrity import Integrity


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_whole_library_has_nothing_to_tell(shelf: Shelf) -> None:
    shelf.photo()
    shelf.put(b"film")
    assert shelf.library.check() == Integrity()
    assert [kind for _, kind in shelf.events()] == ["added", "added"]


def test_an_item_without_contents_is_missing(shelf: Shelf) -> None:
    item, whole = shelf.put(b"gone"), shelf.put(b"whole")
    shelf.files.path(item.sha256).unlink()
    assert shelf.library.check() == Integrity(missing=(item.id,))
    assert shelf.library.get(item.id).state == "missing"
    assert shelf.library.get(whole.id).state == "ok"
    assert shelf.events()[-1] == (item.id, "changed")


def test_contents_with_another_hash_are_changed(shelf: Shelf) -> None:
    item = shelf.put(b"as it was")
    shelf.files.path(item.sha256).write_bytes(b"as it WAS")
    assert shelf.library.check() == Integrity(changed=(item.id,))
    assert shelf.library.get(item.id).state == "changed"


def test_what_cannot_be_read_is_changed(shelf: Shelf) -> None:
    item = shelf.put()
    shelf.files.path(item.sha256).unlink()
    shelf.files.path(item.sha256).mkdir()
    assert shelf.library.check() == Integrity(changed=(item.id,))


def test_contents_without_an_item_are_orphaned_after_an_hour(shelf: Shelf) -> None:
    sha256 = shelf.adopt(b"nobody's")
    shelf.clock.now += HOUR - 1
    assert shelf.library.check() == Integrity()
    shelf.clock.now += 1
    assert shelf.library.check() == Integrity(orphaned=(sha256,))


def test_all_items_that_share_contents_are_told(shelf: Shelf) -> None:
    items = [shelf.put(b"same"), shelf.put(b"same")]
    shelf.library.trash(items[1].id)
    shelf.files.path(sha(b"same")).unlink()
    assert set(shelf.library.check().missing) == {item.id for item in items}


def test_what_is_whole_again_is_ok_again(shelf: Shelf) -> None:
    item = shelf.put(b"back")
    path = shelf.files.path(item.sha256)
    path.write_bytes(b"rot")
    shelf.library.check()
    path.write_bytes(b"back")
    assert shelf.library.check() == Integrity()
    assert shelf.library.get(item.id).state == "ok"


def test_uploading_again_heals(shelf: Shelf) -> None:
    photo = shelf.photo(b"back")
    shelf.files.path(photo.sha256).write_bytes(b"rot")
    shelf.library.check()
    assert shelf.library.original(photo.sha256) is None
    assert shelf.photo(b"back") == photo
    assert shelf.library.check() == Integrity()


def test_what_is_healed_while_it_is_read_is_whole(shelf: Shelf) -> None:
    class Healing(threading.Event):
        """Asked before and during the reading of a file; the second time, the same photo comes in again."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            if self.asked == 2:
                shelf.clock.now += 1
                shelf.photo(b"back")
            return False

    photo = shelf.photo(b"back")
    shelf.files.path(photo.sha256).write_bytes(b"rot")
    assert shelf.library.check(stop=Healing()) == Integrity()
    assert shelf.library.get(photo.id).state == "ok"


def test_a_state_is_told_once(shelf: Shelf) -> None:
    item = shelf.put()
    shelf.files.path(item.sha256).unlink()
    assert shelf.library.check() == shelf.library.check()
    assert [kind for _, kind in shelf.events()] == ["added", "changed"]


def test_progress_counts_contents(shelf: Shelf) -> None:
    for content in (b"1", b"2", b"2", b"3"):
        shelf.put(content)
    told: list[tuple[int, int]] = []
    shelf.library.check(progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_check_can_be_stopped(shelf: Shelf) -> None:
    for content in (b"1", b"2", b"3"):
        shelf.files.path(shelf.put(content).sha256).unlink()
    stop = threading.Event()

    def after_one(done: int, total: int) -> None:
        if done == 1:
            stop.set()

    found = shelf.library.check(after_one, stop)
    assert found.stopped
    assert len(found.missing) == 1


def test_clean_up_removes_orphans_only(shelf: Shelf) -> None:
    item = shelf.put(b"somebody's")
    shelf.adopt(b"nobody's")
    shelf.clock.now += HOUR
    shelf.adopt(b"on its way")
    assert shelf.library.clean(["orphans"], shelf.root / "segments") == len(b"nobody's")
    assert sorted(shelf.blobs()) == sorted([item.sha256, sha(b"on its way")])


def test_a_crash_between_database_and_disk_leaves_an_orphan(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = shelf.put(b"deleted")
    shelf.library.trash(item.id)

    def lost(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lost)
        with pytest.raises(KeyboardInterrupt):
            shelf.library.delete(item.id)
    shelf.database.close()
    again = Shelf(shelf.root, shelf.clock)
    assert again.blobs() == [item.sha256]
    again.clock.now += HOUR
    assert again.library.check() == Integrity(orphaned=(item.sha256,))
    again.library.clean(["orphans"], shelf.root / "segments")
    assert again.blobs() == []
    assert again.library.check() == Integrity()


def test_contents_that_cannot_be_deleted_are_an_orphan(shelf: Shelf) -> None:
    item = shelf.put(b"stuck")
    path = shelf.files.path(item.sha256)
    path.unlink()
    path.mkdir()
    os.utime(path, (shelf.clock.now, shelf.clock.now))
    shelf.library.trash(item.id)
    shelf.library.delete(item.id)
    shelf.clock.now += HOUR
    assert shelf.library.check() == Integrity(orphaned=(item.sha256,))
