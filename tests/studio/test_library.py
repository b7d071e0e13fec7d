"""Items: coming in, being found and named, and the way out through the trash."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.studio.shelf import HOUR, Shelf, sha

from dreamreel.errors import BadParameter, Conflict, NotFound
from dreamreel.graph import JSON
from dreamreel.studio.items import NewItem
from dreamreel.studio.library import Library
from dreamreel.studio.search import ORDERS

DAY = 24 * HOUR


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def found(shelf: Shelf, **wanted: object) -> list[str]:
    """The names of all items that are found, newest last."""
    items, _ = shelf.library.items(sort="oldest", **wanted)  # type: ignore[arg-type]
    return [item.name for item in items]


def many(library: Library, number: int, start: int = 0) -> None:
    """Items that differ and tie in every column that lists are sorted by; without contents."""
    with library._database.write() as rows:
        for index in range(start, start + number):
            item = library.add(
                NewItem(role="result", kind="video", sha256=f"{index:064x}", bytes=index * 7919 % 50,
                        media_type="video/mp4", suffix=".mp4", name=f"{'aÄb文'[index % 4]}{index * 31 % 97}.mp4"),
                rows,
            )  # fmt: skip
            rows.execute(
                "update item set rating = ?, created = ? where id = ?",
                [index % 6, float(index // 3), item.id],
            )


# ── coming in ──


def test_an_item_keeps_everything_it_was_added_with(shelf: Shelf) -> None:
    photo = shelf.photo()
    facts: dict[str, JSON] = {"faces": [{"points": [1, 2], "score": 0.5}], "notes": ["文"]}
    new = shelf.new(b"film", width=64, height=36, duration="24/5", fps="30000/1001", facts=facts, title="a whale",
                    request={"seed": 7}, photo=photo.id, job="j1", batch="b1")  # fmt: skip
    item = shelf.library.get(shelf.library.add(new).id)
    assert {name: getattr(item, name) for name in NewItem.__slots__} == {
        name: getattr(new, name) for name in NewItem.__slots__
    }
    assert (item.created, item.favourite, item.rating, item.note) == (shelf.clock.now, False, 0, "")
    assert (item.trashed, item.state, item.tags) == (None, "ok", ())


def test_the_same_photo_twice_is_one_item(shelf: Shelf) -> None:
    first = shelf.photo(b"same", name="anna.png")
    assert shelf.photo(b"same", name="again.png") == first
    assert found(shelf) == ["anna.png"]


def test_a_known_photo_need_not_be_uploaded(shelf: Shelf) -> None:
    photo = shelf.photo(b"same")
    assert shelf.library.original(sha(b"same")) == photo
    assert shelf.library.original(sha(b"other")) is None


def test_a_result_is_no_uploaded_photo(shelf: Shelf) -> None:
    shelf.put(b"same")
    assert shelf.library.original(sha(b"same")) is None


def test_uploading_a_photo_from_the_trash_restores_it(shelf: Shelf) -> None:
    photo = shelf.photo(b"same")
    shelf.library.trash(photo.id)
    assert shelf.library.original(sha(b"same")) == photo
    shelf.library.trash(photo.id)
    assert shelf.photo(b"same") == photo
    assert [kind for _, kind in shelf.events()] == ["added", "trashed", "restored", "trashed", "restored"]


def test_a_photo_whose_file_is_gone_has_to_be_uploaded_again(shelf: Shelf) -> None:
    photo = shelf.photo(b"same")
    shelf.files.path(photo.sha256).unlink()
    assert shelf.library.original(photo.sha256) is None
    assert shelf.photo(b"same") == photo
    assert shelf.library.original(photo.sha256) == photo


def test_an_item_can_come_in_with_its_job(shelf: Shelf) -> None:
    with shelf.database.write() as rows:
        shelf.library.add(shelf.new(), rows)
        rows.execute("rollback")
        rows.execute("begin")
    assert found(shelf) == []
    assert shelf.events() == []
    with shelf.database.write() as rows:
        shelf.library.add(shelf.new(), rows)
    assert found(shelf) == ["anna.mp4"]


def test_a_result_of_a_photo_that_is_gone_has_none(shelf: Shelf) -> None:
    assert shelf.put(photo="i0").photo is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/anna.png", "anna.png"),
        ("C:\\photos\\anna.png", "anna.png"),
        ("an\x00na\r\n.png", "an na .png"),
        ("", "untitled.png"),
        ("\ud800.png", ".png"),
        ("n" * 500 + ".png", "n" * 196 + ".png"),
        ("👩\u200d👧.png", "👩\u200d👧.png"),
    ],
)
def test_names_from_elsewhere_are_made_storable(shelf: Shelf, name: str, kept: str) -> None:
    assert shelf.photo(name=name).name == kept


# ── looking ──


@pytest.mark.parametrize("item_id", ["", "i0123", "../x", "\ud800", "i" * 1000])
def test_an_unknown_item_is_not_found(shelf: Shelf, item_id: str) -> None:
    with pytest.raises(NotFound, match="no such item"):
        shelf.library.get(item_id)


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_have_no_repeats_and_no_gaps_while_items_are_added(shelf: Shelf, sort: str) -> None:
    many(shelf.library, 10_000)
    with shelf.database.read() as rows:
        before = {row["id"] for row in rows.execute("select id from item")}
    seen: list[str] = []
    cursor, more = None, 10_000
    while True:
        items, cursor = shelf.library.items(sort=sort, cursor=cursor, limit=500)
        seen += [item.id for item in items]
        if cursor is None:
            break
        many(shelf.library, 10, more)
        more += 10
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("newest", ["c", "b", "a"]),
        ("oldest", ["a", "b", "c"]),
        ("name", ["a", "b", "c"]),
        ("rating", ["b", "c", "a"]),
        ("size", ["a", "c", "b"]),
    ],
)
def test_each_order(shelf: Shelf, sort: str, names: list[str]) -> None:
    for name, size in (("a", 9), ("b", 1), ("c", 4)):
        shelf.clock.now += 1
        item = shelf.put(name.encode() * size, name=name)
        shelf.library.change(item.id, rating={"b": 5}.get(name, 0))
    assert [item.name for item in shelf.library.items(sort=sort)[0]] == names


def test_the_last_page_says_so(shelf: Shelf) -> None:
    for number in range(4):
        shelf.put(bytes([number]))
    items, cursor = shelf.library.items(limit=2)
    assert len(items) == 2
    items, cursor = shelf.library.items(limit=2, cursor=cursor)
    assert len(items) == 2
    assert cursor is None


@pytest.mark.parametrize(
    "cursor",
    ["x", "bm8", "e30", "WyJuZXdlc3QiXQ", "WyJuZXdlc3QiLCJcdWQ4MDAiLCJpMSJd", "WyJuZXdlc3QiLE5hTiwiaTEiXQ", "é"]
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(shelf: Shelf, cursor: str) -> None:
    with pytest.raises(BadParameter, match="unknown cursor"):
        shelf.library.items(cursor=cursor)


def test_a_cursor_of_another_order_is_refused(shelf: Shelf) -> None:
    for number in range(2):
        shelf.put(bytes([number]))
    _, cursor = shelf.library.items(limit=1, sort="name")
    with pytest.raises(BadParameter, match="unknown cursor"):
        shelf.library.items(limit=1, sort="newest", cursor=cursor)


@pytest.mark.parametrize("wanted", [{"sort": "colour"}, {"limit": 0}, {"limit": 501}])
def test_an_unknown_order_or_size_of_a_page_is_refused(shelf: Shelf, wanted: dict[str, object]) -> None:
    with pytest.raises(BadParameter):
        found(shelf, **wanted) if "sort" not in wanted else shelf.library.items(sort="colour")


@pytest.mark.parametrize(
    "query",
    ["whale", "WHALE", "wha", "ÉLÉPHANT", "e\u0301le\u0301phant", "grosse strasse", "anna", "ANNA.MP4", "holiday",
     "鲸鱼", "ｗｈａｌｅ", "whale holiday anna", "100%", "a_b", "🐳"],
)  # fmt: skip
def test_words_are_found_in_title_name_note_and_tags(shelf: Shelf, query: str) -> None:
    item = shelf.put(title="A Whale and an éléphant, 100% a_b", name="Anna.mp4")
    shelf.library.change(item.id, note="Große Straße 🐳", tags=["Holiday", "鲸鱼"])
    shelf.put(b"other", title="nothing", name="else.mp4")
    assert found(shelf, query=query) == ["Anna.mp4"]


@pytest.mark.parametrize(
    "query", ["whale elephant", "%", "_", "w%e", "w_ale", "\\", "'", '"', "\ud800", "whale\nx"]
)
def test_what_is_not_there_is_not_found(shelf: Shelf, query: str) -> None:
    shelf.put(title="a whale", name="anna.mp4")
    assert found(shelf, query=query) == []


def test_searching_turns_pages_too(shelf: Shelf) -> None:
    many(shelf.library, 1200)
    with shelf.database.write() as rows:
        rows.execute("update item set title = 'whale' where sha256 like '%00'")
    names: list[str] = []
    cursor = None
    while True:
        items, cursor = shelf.library.items(query="whale", limit=2, cursor=cursor)
        names += [item.sha256[-3:] for item in items]
        if cursor is None:
            break
    assert names == ["400", "300", "200", "100", "000"]


def test_items_are_picked_by_what_they_are(shelf: Shelf) -> None:
    photo = shelf.photo(name="photo")
    shelf.clock.now += 1
    result = shelf.put(b"1", name="result", photo=photo.id)
    shelf.clock.now += 1
    shelf.put(b"2", name="draft", role="draft")
    gone = shelf.put(b"3", name="gone", photo=photo.id)
    shelf.library.change(result.id, favourite=True, rating=3, tags=["sea"])
    shelf.library.trash(gone.id)
    assert found(shelf) == ["photo", "result", "draft"]
    assert found(shelf, role="draft") == ["draft"]
    assert found(shelf, kind="photo") == ["photo"]
    assert found(shelf, tag="sea") == ["result"]
    assert found(shelf, tag="\ud800") == []
    assert found(shelf, favourite=True) == ["result"]
    assert found(shelf, favourite=False) == ["photo", "draft"]
    assert found(shelf, min_rating=3) == ["result"]
    assert found(shelf, min_rating=4) == []
    assert found(shelf, photo=photo.id) == ["result"]
    assert found(shelf, photo=photo.id, trashed=True) == ["gone"]


# ── what the owner says ──


def test_a_change_leaves_the_rest(shelf: Shelf) -> None:
    item = shelf.put(title="a whale")
    shelf.library.change(item.id, favourite=True, rating=4, note="two\nlines", tags=["sea"])
    changed = shelf.library.change(item.id, title="")
    assert (changed.title, changed.name, changed.favourite, changed.rating) == ("", "anna.mp4", True, 4)
    assert (changed.note, changed.tags) == ("two\nlines", ("sea",))
    assert shelf.events() == [(item.id, "added"), (item.id, "changed"), (item.id, "changed")]


@pytest.mark.parametrize(
    "wrong",
    [{"rating": 6}, {"rating": -1}, {"name": " "}, {"name": "a/b"}, {"name": "a\nb"}, {"name": "n" * 201},
     {"title": "t" * 1001}, {"note": "n" * 10_001}, {"note": "\0"}, {"title": "\ud800"}, {"tags": [""]},
     {"tags": ["t" * 61]}, {"tags": [str(number) for number in range(51)]}],
)  # fmt: skip
def test_a_wrong_change_changes_nothing(shelf: Shelf, wrong: dict[str, object]) -> None:
    item = shelf.put()
    with pytest.raises(BadParameter):
        shelf.library.change(item.id, **({"favourite": True} | wrong))  # type: ignore[arg-type]
    assert shelf.library.get(item.id) == item


def test_tags_are_tidy_and_there_once_whatever_their_case(shelf: Shelf) -> None:
    item = shelf.put()
    assert shelf.library.change(item.id, tags=[" the  sea ", "THE SEA", "Anna"]).tags == ("Anna", "the sea")


def test_a_tag_is_spelled_as_the_library_spells_it(shelf: Shelf) -> None:
    shelf.library.change(shelf.put(b"1").id, tags=["Été"])
    assert shelf.library.change(shelf.put(b"2").id, tags=["été"]).tags == ("Été",)


def test_tags_are_counted_without_the_trash(shelf: Shelf) -> None:
    for number, tags in enumerate((["sea", "anna"], ["sea"], ["gone"])):
        item = shelf.library.change(shelf.put(bytes([number])).id, tags=tags)
    shelf.library.trash(item.id)
    assert shelf.library.tags() == [("sea", 2), ("anna", 1)]


def test_a_draft_becomes_a_result(shelf: Shelf) -> None:
    draft = shelf.put(role="draft")
    assert shelf.library.promote(draft.id).role == "result"
    assert shelf.library.promote(draft.id).role == "result"
    assert shelf.events() == [(draft.id, "added"), (draft.id, "changed")]


def test_a_photo_is_no_draft(shelf: Shelf) -> None:
    with pytest.raises(Conflict, match="only a draft"):
        shelf.library.promote(shelf.photo().id)


def test_a_draft_in_the_trash_is_restored_first(shelf: Shelf) -> None:
    draft = shelf.library.trash(shelf.put(role="draft").id)
    with pytest.raises(Conflict, match="restore it"):
        shelf.library.promote(draft.id)


# ── going out ──


def test_the_trash_removes_nothing(shelf: Shelf) -> None:
    item = shelf.put()
    trashed = shelf.library.trash(item.id)
    assert trashed.trashed == shelf.clock.now
    assert found(shelf) == []
    assert found(shelf, trashed=True) == [item.name]
    assert shelf.blobs() == [item.sha256]


def test_an_item_comes_back_from_the_trash(shelf: Shelf) -> None:
    item = shelf.library.change(shelf.put().id, tags=["sea"])
    shelf.library.trash(item.id)
    assert shelf.library.restore(item.id) == item
    assert found(shelf) == [item.name]


def test_twice_into_the_trash_is_once(shelf: Shelf) -> None:
    item = shelf.library.trash(shelf.put().id)
    shelf.clock.now += 1
    assert shelf.library.trash(item.id) == item
    shelf.library.restore(item.id)
    shelf.library.restore(item.id)
    assert [kind for _, kind in shelf.events()] == ["added", "trashed", "restored"]


def test_an_item_leaves_only_by_way_of_the_trash(shelf: Shelf) -> None:
    item = shelf.put()
    with pytest.raises(Conflict, match="not in the trash"):
        shelf.library.delete(item.id)
    assert shelf.library.get(item.id) == item
    assert shelf.blobs() == [item.sha256]


def test_deleting_removes_the_item_its_contents_and_its_thumbs(shelf: Shelf) -> None:
    item = shelf.library.change(shelf.put().id, tags=["sea"])
    thumb = shelf.files.derived(item.sha256, "thumb")
    thumb.write_bytes(b"small")
    shelf.library.trash(item.id)
    shelf.library.delete(item.id)
    with pytest.raises(NotFound):
        shelf.library.get(item.id)
    assert shelf.blobs() == []
    assert not thumb.exists()
    assert shelf.library.tags() == []
    assert shelf.events()[-1] == (item.id, "deleted")


def test_contents_stay_while_another_item_has_them(shelf: Shelf) -> None:
    first, second = shelf.put(b"same"), shelf.put(b"same")
    assert first.id != second.id
    for item in (first, second):
        assert shelf.blobs() == [sha(b"same")]
        shelf.library.trash(item.id)
        shelf.library.delete(item.id)
    assert shelf.blobs() == []


def test_contents_on_their_way_to_another_item_stay(shelf: Shelf) -> None:
    item = shelf.put(b"same")
    arriving = shelf.new(b"same")
    shelf.library.trash(item.id)
    shelf.library.delete(item.id)
    assert shelf.blobs() == [sha(b"same")]
    shelf.library.add(arriving)
    assert shelf.library.check().missing == ()


def test_contents_are_whole_whoever_comes_and_goes(shelf: Shelf) -> None:
    rounds, failed = 40, []

    def come_and_go() -> None:
        try:
            for _ in range(rounds):
                path = shelf.root / "uploads" / f"{threading.get_ident()}.part"
                path.write_bytes(b"same")
                shelf.files.adopt(path)
                item = shelf.library.add(
                    NewItem(role="result", kind="photo", sha256=sha(b"same"), bytes=4, media_type="image/png",
                            suffix=".png", name="a.png")
                )  # fmt: skip
                assert shelf.files.path(item.sha256).read_bytes() == b"same"
                shelf.library.trash(item.id)
                shelf.library.delete(item.id)
        except BaseException as error:
            failed.append(error)
            raise

    (shelf.root / "uploads").mkdir()
    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert shelf.blobs() == []


def test_results_stay_when_their_photo_is_deleted(shelf: Shelf) -> None:
    photo = shelf.photo()
    result = shelf.put(b"film", photo=photo.id)
    shelf.library.trash(photo.id)
    assert shelf.library.get(result.id).photo == photo.id
    shelf.library.delete(photo.id)
    assert shelf.library.get(result.id).photo is None
    assert shelf.blobs() == [result.sha256]
    assert (result.id, "changed") in shelf.events()


@pytest.mark.parametrize("state", ["queued", "running", "paused"])
def test_a_photo_that_an_unfinished_job_needs_stays(shelf: Shelf, state: str) -> None:
    photo = shelf.photo()
    shelf.job(photo.id, state)
    shelf.library.trash(photo.id)
    with pytest.raises(Conflict, match="A job that is not finished needs this photo"):
        shelf.library.delete(photo.id)
    assert shelf.library.empty_trash() == 0
    assert shelf.blobs() == [photo.sha256]


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_finished_job_needs_no_photo(shelf: Shelf, state: str) -> None:
    photo = shelf.photo()
    shelf.job(photo.id, state)
    shelf.library.trash(photo.id)
    shelf.library.delete(photo.id)
    assert shelf.blobs() == []


def test_emptying_takes_what_has_been_in_the_trash_long_enough(shelf: Shelf) -> None:
    for name in ("old", "new"):
        shelf.library.trash(shelf.put(name.encode(), name=name).id)
        shelf.clock.now += 30 * DAY
    assert shelf.library.empty_trash(older_than=31 * DAY) == 1
    assert found(shelf, trashed=True) == ["new"]
    assert shelf.blobs() == [sha(b"new")]


def test_emptying_takes_everything_in_the_trash_and_nothing_else(shelf: Shelf) -> None:
    for number in range(450):
        item = shelf.put(bytes([number % 250, number // 250]))
        if number:
            shelf.library.trash(item.id)
    assert shelf.library.empty_trash() == 449
    assert len(shelf.blobs()) == 1
    assert len(found(shelf)) == 1


def test_originals_are_never_changed(shelf: Shelf) -> None:
    photo = shelf.photo(b"the photo")
    path = shelf.files.path(photo.sha256)
    shelf.library.change(
        photo.id, name="other.png", title="x", favourite=True, rating=5, note="y", tags=["z"]
    )
    shelf.library.trash(photo.id)
    shelf.library.restore(photo.id)
    shelf.library.check()
    shelf.library.clean(["drafts", "trash", "derived", "orphans", "uploads"], shelf.root / "segments")
    assert path.read_bytes() == b"the photo"


# ── room on the disk ──


def test_each_content_is_counted_once(shelf: Shelf) -> None:
    shelf.photo(b"1" * 10)
    shelf.put(b"2" * 20)
    shelf.put(b"2" * 20, role="draft")
    shelf.put(b"3" * 30, role="draft")
    shelf.library.trash(shelf.put(b"4" * 40).id)
    shelf.files.derived(sha(b"1" * 10), "thumb").write_bytes(b"5" * 50)
    shelf.part(b"6" * 60)
    (shelf.root / "segments" / "ab").mkdir(parents=True)
    (shelf.root / "segments" / "ab" / "abc.mp4").write_bytes(b"7" * 70)
    told = shelf.library.storage(shelf.root / "segments")
    assert (told.originals, told.results, told.drafts, told.trash) == (10, 20, 30, 40)
    assert (told.derived, told.uploads, told.segments) == (50, 60, 70)
    assert told.free > 0


def test_nothing_takes_no_room(shelf: Shelf) -> None:
    told = shelf.library.storage(shelf.root / "segments")
    assert told.originals == told.results == told.derived == told.segments == 0


def test_cleaning_drafts_leaves_results(shelf: Shelf) -> None:
    shelf.put(b"draft", role="draft")
    shelf.put(b"result")
    shelf.library.trash(shelf.put(b"in the trash").id)
    assert shelf.library.clean(["drafts"], shelf.root / "segments") == len(b"draft")
    assert sorted(shelf.blobs()) == sorted([sha(b"result"), sha(b"in the trash")])


def test_cleaning_the_trash_tells_what_it_freed(shelf: Shelf) -> None:
    shelf.library.trash(shelf.put(b"in the trash").id)
    assert shelf.library.clean(["trash"], shelf.root / "segments") == len(b"in the trash")


def test_uploads_are_given_up_after_an_hour(shelf: Shelf) -> None:
    part = shelf.part(b"half")
    shelf.clock.now = part.stat().st_mtime
    with shelf.database.write() as rows:
        rows.execute("insert into upload (id, name, length, created) values ('u1', 'anna.png', 9, 0)")
    assert shelf.library.clean(["uploads"], shelf.root / "segments") == 0
    shelf.clock.now += HOUR
    assert shelf.library.clean(["uploads"], shelf.root / "segments") == len(b"half")
    with shelf.database.read() as rows:
        assert rows.execute("select id from upload").fetchall() == []


def test_thumbs_can_be_cleaned(shelf: Shelf) -> None:
    item = shelf.put()
    shelf.files.derived(item.sha256, "poster").write_bytes(b"small")
    assert shelf.library.clean(["derived"], shelf.root / "segments") == len(b"small")
    assert shelf.blobs() == [item.sha256]


def test_segments_can_be_cleaned(shelf: Shelf) -> None:
    folder = shelf.root / "segments" / "ab"
    folder.mkdir(parents=True)
    (folder / "abc.mp4").write_bytes(b"film")
    (folder / "abc.json").write_bytes(b"{}")
    assert shelf.library.clean(["segments"], shelf.root / "segments") == len(b"film")
    assert list(folder.iterdir()) == []


def test_segments_stay_while_a_job_is_running(shelf: Shelf) -> None:
    shelf.job(state="running")
    draft = shelf.put(role="draft")
    with pytest.raises(Conflict, match="A running job needs"):
        shelf.library.clean(["drafts", "segments"], shelf.root / "segments")
    assert shelf.library.get(draft.id) == draft


def test_only_what_is_known_is_cleaned(shelf: Shelf) -> None:
    with pytest.raises(BadParameter, match="'originals' cannot be cleaned"):
        shelf.library.clean(["originals"], shelf.root / "segments")
