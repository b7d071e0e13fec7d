"""From many files to other files, and cutting one, as somebody does it who has just opened the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.render.film import film, ramp, read
from tests.studio.web.browsing import PHONE, Asking, Visit, said

from dreamreel.media.probe import probe

DROP = """async files => {
  const data = new DataTransfer();
  for (const [name, bytes] of files) data.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.querySelector(".convert-files").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
  }
}"""  # noqa: E501


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A film of two seconds and a sound of four."""
    return [film(tmp_path / "party.mkv", 50), ramp(tmp_path / "song.wav")]


def bring(visit: Visit, *files: Path) -> None:
    """Choose files and wait until it is said what becomes of them."""
    visit.open("/convert")
    with visit.page.expect_file_chooser() as opened:
        visit.button("convert.pick").click()
    opened.value.set_files(files)
    expect(visit.page.locator(".file-row .tracks")).to_have_count(len(files))


def row(page: Page, name: str) -> Locator:
    """The row of a file."""
    return page.locator(".file-row", has=page.get_by_role("heading", name=name, exact=True))


def choose(visit: Visit, words: str, title: str) -> None:
    """Choose a preset by searching for it."""
    visit.page.locator(".preset").click()
    visit.role("searchbox", "convert.search").fill(words)
    visit.page.get_by_role("option", name=title, exact=True).click()


def test_files_are_dropped_and_come_back_as_other_files(
    visit: Visit, files: list[Path], tmp_path: Path
) -> None:
    from base64 import b64encode

    page = visit.page
    visit.allowed = "422"  # A sound cannot become a film in which nothing is encoded, and its row says so.
    visit.open("/convert")
    visit.button("convert.pick").wait_for()
    visit.script(DROP, [[file.name, b64encode(file.read_bytes()).decode()] for file in files])
    expect(page.locator(".file-row .tracks")).to_have_count(2)
    party = row(page, "party.mkv")
    expect(party).to_contain_text(said("convert.does.copy"))
    expect(row(page, "song.wav")).to_contain_text("AAC")
    choose(visit, "nothing encoded", "MP4, nothing encoded")
    expect(party).to_contain_text(said("convert.whole"))
    choose(visit, "plays everywhere", "MP4, plays everywhere")
    visit.button("convert.goAll", count=2).click()
    visit.button("convert.downloadAll").wait_for()
    with page.expect_download() as downloaded:
        party.locator("[data-act=download]").click()
    assert downloaded.value.suggested_filename == "party.mp4"
    downloaded.value.save_as(tmp_path / "made.mp4")
    assert [number for _, number in read(tmp_path / "made.mp4")] == list(range(50))
    names: list[str] = []
    page.on("download", lambda download: names.append(download.suggested_filename))
    visit.button("convert.downloadAll").click()
    page.wait_for_event("download")
    page.reload()
    expect(row(page, "party.mkv")).to_contain_text(said("convert.done"))


def test_a_photo_is_no_film_and_a_film_is_no_photo(visit: Visit, files: list[Path], photo: Path) -> None:
    visit.open("/convert")
    with visit.page.expect_file_chooser() as opened:
        visit.button("convert.pick").click()
    opened.value.set_files([photo])
    visit.text("convert.notAFilm").wait_for()
    visit.open("/create")
    visit.chooser().set_files(files[:1])
    visit.text("create.notAFilm").wait_for()


def test_what_cannot_be_read_says_so_and_stops_nobody(
    visit: Visit, files: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all")
    visit.allowed = "422|Failed to load"
    visit.open("/convert")
    with visit.page.expect_file_chooser() as opened:
        visit.button("convert.pick").click()
    opened.value.set_files([broken, files[1]])
    expect(row(visit.page, "broken.mp4").locator(".note.is-bad")).to_contain_text("broken.mp4")
    expect(visit.button("convert.go")).to_be_enabled()


def test_a_film_is_cut_by_keyboard(visit: Visit, files: list[Path], ask: Asking) -> None:
    page = visit.page
    bring(visit, files[0])
    row(page, "party.mkv").locator("[data-act=cut]").focus()
    page.keyboard.press("Enter")
    page.locator(".cut .tracks").wait_for()
    expect(page.locator(".cut-stage")).to_be_focused()
    for key in "." * 5 + "i" + "." * 4 + "o":
        page.keyboard.press(key)
    expect(visit.role("textbox", "convert.partStart", number=1)).to_have_value("0:00:00.200")
    expect(visit.role("textbox", "convert.partEnd", number=1)).to_have_value("0:00:00.400")
    visit.button("convert.another").press("Enter")
    start = visit.role("textbox", "convert.partStart", number=2)
    expect(start).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("1,2")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("0:00:01.600")
    page.keyboard.press("Tab")
    visit.button("convert.partUp", number=2).press("Enter")
    expect(visit.role("textbox", "convert.partStart", number=1)).to_have_value("0:00:01.200")
    page.get_by_role("button", name=said("convert.cutGo"), exact=True).press("Enter")
    page.locator(".cut-state [data-act=download]").wait_for()
    made = next(item for item in ask.films() if item["name"] == "party-cut.mkv")
    assert made["duration"] == pytest.approx(0.6, abs=0.05)


def test_a_whole_walk_by_keyboard_alone(visit: Visit, files: list[Path]) -> None:
    page = visit.page
    visit.open("/convert")
    visit.button("convert.pick").wait_for()

    def reach(target: Locator) -> None:
        for _ in range(60):
            if target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way to {target}")

    reach(visit.button("convert.pick"))
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files(files[1])
    expect(page.locator(".file-row .tracks")).to_have_count(1)
    reach(page.locator(".preset"))
    page.keyboard.press("Enter")
    expect(visit.role("searchbox", "convert.search")).to_be_visible()
    visit.role("searchbox", "convert.search").focus()
    page.keyboard.type("MP3, 128")
    page.keyboard.press("Enter")
    expect(page.locator(".preset")).to_be_focused()
    expect(page.locator(".track")).to_contain_text("MP3")
    reach(visit.button("convert.go"))
    page.keyboard.press("Enter")
    page.locator("[data-act=download]").wait_for()


def test_a_size_is_aimed_at(visit: Visit, tmp_path: Path) -> None:
    bring(visit, film(tmp_path / "long.mkv", 250, size=(624, 352)))
    visit.page.get_by_role("radio", name=said("convert.large.size")).check(force=True)
    number = visit.role("spinbutton", "convert.megabytes")
    number.fill("0.05")
    number.blur()
    expect(row(visit.page, "long.mkv").locator(".plan-line")).to_contain_text("50 kB")


def test_on_a_phone_nothing_sticks_out(visitor: Callable[..., Visit], files: list[Path]) -> None:
    visit = visitor(viewport={**PHONE, "width": 320}, has_touch=True, is_mobile=True)
    bring(visit, *files)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert visit.script(wider) == 0
    visit.page.locator("[data-act=cut]").first.click()
    visit.page.locator(".cut .tracks").wait_for()
    assert visit.script(wider) == 0


def test_a_sound_is_heard_in_the_library(visit: Visit, files: list[Path], ask: Asking) -> None:
    item = ask.send(files[1])
    visit.open(f"/library/{item['id']}")
    audio = visit.page.locator("dialog audio")
    audio.wait_for()
    visit.page.wait_for_function("one => one.readyState >= 2", arg=audio.element_handle())
    assert probe(files[1]).main_video is None
    link = visit.page.get_by_role("dialog").get_by_role("link", name=said("library.convert"))
    expect(link).to_have_attribute("href", f"/convert?item={item['id']}")
