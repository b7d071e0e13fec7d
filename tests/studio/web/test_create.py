"""From a photo and a dream to a film, as somebody does it who has just opened the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.studio.films import astronaut
from tests.studio.web.browsing import DESKTOP, PHONE, Asking, Visit, said

from dreamreel.media.metadata import read_recipe
from dreamreel.media.probe import probe

PLAYS = "film => film.readyState >= 3 && film.currentTime > 0"
LOOKS = {
    "desk by day": {"viewport": DESKTOP, "color_scheme": "light"},
    "desk by night": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone by day": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
    "phone by night": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True, "is_mobile": True},
}


def chip(visit: Visit, text: str) -> Locator:
    """The button that says a part of the dream."""
    return visit.page.get_by_role("button", name=text, exact=True)


def tripled(visit: Visit) -> None:
    """Make the two sheep three, by their chip."""
    chip(visit, "In the dream: 2 × sheep").click()
    visit.page.get_by_role("dialog").get_by_role("button", name=said("shell.more")).click()
    visit.page.keyboard.press("Escape")
    chip(visit, "In the dream: 3 × sheep").wait_for()


@pytest.mark.parametrize("look", LOOKS)
def test_a_photo_and_a_dream_become_a_film(
    visitor: Callable[..., Visit], photo: Path, tmp_path: Path, look: str
) -> None:
    visit = visitor(**LOOKS[look])
    visit.open()
    visit.bring(photo)
    visit.dream("two sheep and a moon")
    tripled(visit)
    visit.more(
        {"fps": "12", "seed": "7"}
    )  # the same seed: what one look has drawn, the next one finds in the store
    visit.button("create.generate").click()
    bar = visit.page.get_by_role("progressbar", name=said("create.progress")).first
    bar.wait_for()
    film = visit.finished()
    visit.page.wait_for_function(PLAYS, arg=film.element_handle())
    assert film.evaluate("film => film.duration") == pytest.approx(1, abs=0.05)
    visit.button("create.download").click()
    with visit.page.expect_download() as downloaded:
        visit.page.get_by_role("menuitem", name=said("create.download.keep")).click()
    downloaded.value.save_as(tmp_path / "film.mp4")
    video = probe(tmp_path / "film.mp4").main_video
    assert video is not None
    assert (video.width, video.height) == (360, 360)
    assert '"count":3' in read_recipe(tmp_path / "film.mp4").replace(" ", "")


def test_a_film_can_be_downloaded_without_words_inside(visit: Visit, ask: Asking, photo: Path) -> None:
    visit.open(f"/library/{finished_film(ask, photo)['id']}")
    visit.button("library.download").click()
    visit.page.get_by_role("switch", name=said("library.recipe")).uncheck(force=True)
    with visit.page.expect_download() as downloaded:
        visit.page.get_by_role("button", name="Save").click()
    assert "recipe=strip" in downloaded.value.url


def finished_film(ask: Asking, photo: Path) -> dict[str, Any]:
    """A film, made if there is none yet."""
    if not ask.films():
        job = ask.dream(ask.send(photo)["id"])
        ask.until(job, "done")
    return ask.films()[0]


def test_cancelled_and_made_after_all(visit: Visit, ask: Asking, photo: Path) -> None:
    before = len(ask.films())
    visit.open()
    visit.bring(photo)
    visit.dream("a whale in the sea", seconds="20")
    visit.button("create.generate").click()
    visit.text("create.stage.picture").first.wait_for()
    visit.button("shell.cancel").click()
    visit.page.get_by_role("heading", name=said("create.cancelled")).wait_for()
    assert ask.jobs(state=["queued", "running", "paused"]) == []
    visit.change()
    visit.dream("a whale in the sea", seconds="1")
    visit.button("create.generate").click()
    visit.finished()
    assert len(ask.films()) == before + 1


def test_five_photos_and_one_dream_become_five_films(visit: Visit, ask: Asking, tmp_path: Path) -> None:
    before = len(ask.films())
    photos = [astronaut(tmp_path / f"photo {side}.png", side) for side in (300, 320, 340, 360, 380)]
    visit.open()
    visit.bring(*photos)
    visit.dream("a star")
    visit.more({"fps": "6"})
    visit.button("create.generateMany", count=5).click()
    done = visit.text("create.batchDone", done=5, count=5)
    done.wait_for()
    assert len(ask.films()) == before + 5
    assert len({film["photo"] for film in ask.films()[:5]}) == 5
    tiles = visit.page.get_by_role("button", name=said("create.openFilm", title="a star"))
    expect(tiles).to_have_count(5)


def test_by_keyboard_alone(visit: Visit, photo: Path) -> None:
    page = visit.page
    visit.open()

    def tab_to(wanted: Locator) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if wanted.evaluate_all("found => found.includes(document.activeElement)"):
                return
        raise AssertionError(f"Tab never comes to {wanted}")

    tab_to(visit.button("create.pick"))
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files(photo)
    visit.taken(photo)
    tab_to(visit.role("textbox", "create.dream"))
    page.keyboard.type("two sheep")
    chip(visit, "Mood: calm").wait_for()
    tab_to(chip(visit, "Mood: calm"))
    page.keyboard.press("Enter")
    page.get_by_role("listbox", name=said("create.mood")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(chip(visit, "Mood: calm")).to_have_count(0)
    tab_to(page.get_by_role("radio", name="720p"))
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="360p")).to_be_checked()
    tab_to(visit.role("spinbutton", "create.lengthSeconds"))
    page.keyboard.press("Control+A")
    page.keyboard.type("1")
    tab_to(visit.button("create.generate"))
    page.keyboard.press("Enter")
    visit.finished()
    tab_to(visit.button("create.download"))
    page.keyboard.press("Enter")
    with page.expect_download():
        page.keyboard.press("Enter")


def test_words_that_are_not_known_are_said_and_replaced(visit: Visit) -> None:
    visit.open()
    visit.role("textbox", "create.dream").fill("a shep and a xylophone")
    visit.page.get_by_text("“xylophone”").wait_for()
    visit.button("create.replace", near="sheep", word="shep").click()
    expect(visit.role("textbox", "create.dream")).to_have_value("a sheep and a xylophone")


def test_without_a_photo_nothing_is_made_and_the_way_is_said(visit: Visit, ask: Asking) -> None:
    before = len(ask.jobs())
    visit.open()
    visit.role("textbox", "create.dream").fill("a star")
    visit.button("create.generate").click()
    expect(visit.page.get_by_role("alert")).to_contain_text(said("create.needPhoto"))
    expect(visit.button("create.pick")).to_be_focused()
    assert len(ask.jobs()) == before


def test_a_file_that_is_no_photo_is_refused_in_words(visitor: Callable[..., Visit], tmp_path: Path) -> None:
    visit = visitor(allowed="422")
    disguised = tmp_path / "list.png"
    disguised.write_text("#EXTM3U\nhttp://127.0.0.1/x", "utf-8")
    visit.open()
    visit.chooser().set_files(disguised)
    visit.page.get_by_role("heading", name=said("create.photoTrouble")).wait_for()


def test_the_form_is_kept_over_a_reload(visit: Visit, photo: Path) -> None:
    visit.open()
    visit.bring(photo)
    visit.dream("two sheep and a moon", seconds="3")
    tripled(visit)
    visit.page.reload()
    chip(visit, "In the dream: 3 × sheep").wait_for()
    expect(visit.role("spinbutton", "create.lengthSeconds")).to_have_value("3")
    visit.taken(photo)
