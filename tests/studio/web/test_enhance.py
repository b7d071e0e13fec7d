"""From a small film to a large one, as somebody does it who has just opened the page; and the networks that do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests.analyse.footage import film as footage
from tests.analyse.test_interlace import fields
from tests.render.film import film, ramp
from tests.studio.films import astronaut
from tests.studio.web.browsing import PHONE, Asking, Visit, said

from dreamreel.media.probe import probe

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TIMES = "() => [...document.querySelectorAll('.compare video')].map(one => one.currentTime)"
READY = (
    "() => [...document.querySelectorAll('.compare video')].every(one => one.readyState >= 2 && !one.seeking)"
)
HEIGHTS = "() => [...document.querySelectorAll('.compare video')].map(one => one.videoHeight)"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A film of a second, 96×64."""
    return film(tmp_path / "party.mkv", 25, size=(96, 64))


def bring(visit: Visit, file: Path) -> None:
    """Choose a file and wait until it is said what will be done."""
    visit.open("/enhance")
    with visit.page.expect_file_chooser() as opened:
        visit.button("enhance.pick").click()
    opened.value.set_files(file)
    expect(visit.page.locator(".steps")).not_to_have_count(0)


def doubled(visit: Visit) -> None:
    """Wish for twice the size, quickly; wait until the card says so."""
    visit.role("combobox", "enhance.to").select_option("x2")
    visit.page.get_by_role("radio", name=said("enhance.size.s"), exact=True).check(force=True)
    expect(visit.page.locator(".enhance-card")).to_contain_text("192 × 128")
    expect(visit.page.locator(".enhance-card")).to_contain_text("· s")


def slider(visit: Visit) -> Locator:
    """The slider between before and after."""
    return visit.role("slider", "enhance.slider")


def test_a_film_is_shown_before_and_after_and_enhanced(visit: Visit, clip: Path, tmp_path: Path) -> None:
    page = visit.page
    bring(visit, clip)
    expect(page.locator(".found")).to_contain_text(said("enhance.found.no.noise"))
    doubled(visit)
    visit.button("enhance.preview").click()
    handle = slider(visit)
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", said("enhance.sliderAt", before="51%", after="49%"))
    page.wait_for_function(READY)
    assert visit.script(HEIGHTS) == [64, 128]
    for key in (".", ".", ",", "."):
        page.keyboard.press(key)
        page.wait_for_function(READY)
    one, two = visit.script(TIMES)
    assert one == two == pytest.approx(0.08, abs=0.03)
    page.keyboard.press(" ")
    page.wait_for_function("() => [...document.querySelectorAll('.compare video')].every(one => !one.paused)")
    page.keyboard.press(" ")
    visit.button("enhance.go").click()
    with page.expect_download() as downloaded:
        visit.button("enhance.download").click()
    assert downloaded.value.suggested_filename == "party-enhanced.mkv"
    downloaded.value.save_as(tmp_path / "made.mkv")
    track = probe(tmp_path / "made.mkv").main_video
    assert track is not None
    assert (track.width, track.height) == (192, 128)
    page.reload()
    expect(page.get_by_role("link", name=said("enhance.open"), exact=True)).to_be_visible()


def test_a_step_that_is_switched_off_is_not_done(visit: Visit, clip: Path) -> None:
    bring(visit, clip)
    doubled(visit)
    for switch in visit.page.locator(".step").get_by_role("switch").all():
        switch.click(force=True)
    expect(visit.button("enhance.go")).to_be_disabled()
    # Stretches that need more and less of it have a step each.
    visit.page.locator(".step[data-verb=upscale]").get_by_role("switch").first.click(force=True)
    expect(visit.button("enhance.go")).to_be_enabled()


def test_what_makes_whole_pictures_is_asked_of_an_interlaced_film_only(
    visit: Visit, clip: Path, tmp_path: Path
) -> None:
    bring(visit, clip)
    chosen = visit.role("combobox", "enhance.fields")
    expect(chosen).to_have_count(0)
    tape = footage(tmp_path / "tape.mkv", fields(12, "tff"), codec="ffv1", options={}, pix_fmt="yuv422p")
    with visit.page.expect_file_chooser() as opened:
        visit.page.locator("[data-act=pick]").first.click()
    opened.value.set_files(tape)
    step = visit.page.locator(".step[data-verb=deinterlace]")
    expect(step.locator(".pill")).to_have_count(1)
    chosen.select_option(label=said("enhance.fields.bwdif"))
    expect(step.locator(".pill")).to_have_count(0)
    for side in visit.page.locator(".photo-strip > li").all():
        box = side.bounding_box()
        assert box is not None
        assert box["width"] == box["height"] == pytest.approx(68, abs=1)


def test_a_photo_is_enhanced_by_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    visit.open("/enhance")
    visit.button("enhance.pick").wait_for()

    def reach(target: Locator) -> None:
        target.wait_for()
        for _ in range(60):
            if target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"no way to {target}")

    reach(visit.button("enhance.pick"))
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files(astronaut(tmp_path / "eileen.png", 96))
    reach(visit.button("enhance.preview"))
    page.keyboard.press("Enter")
    reach(slider(visit))
    page.keyboard.press("Home")
    expect(slider(visit)).to_have_value("0")
    reach(visit.button("enhance.go"))
    page.keyboard.press("Enter")
    reach(visit.button("enhance.download"))


def test_the_slider_follows_a_finger_and_nothing_sticks_out(
    visitor: Callable[..., Visit], tmp_path: Path
) -> None:
    visit = visitor(viewport={**PHONE, "width": 320}, has_touch=True, is_mobile=True)
    bring(visit, astronaut(tmp_path / "eileen.png", 96))
    assert visit.script(WIDER) == 0
    visit.button("enhance.preview").click()
    slider(visit).wait_for(state="attached")
    assert visit.script(WIDER) == 0
    box = visit.page.locator(".compare-box").bounding_box()
    assert box is not None
    visit.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(slider(visit)).to_have_value("80")


def test_a_sound_is_refused_in_one_sentence(visit: Visit, tmp_path: Path) -> None:
    visit.open("/enhance")
    with visit.page.expect_file_chooser() as opened:
        visit.button("enhance.pick").click()
    opened.value.set_files(ramp(tmp_path / "song.wav"))
    visit.text("enhance.notAPicture").wait_for()


def test_what_cannot_be_read_says_so(visit: Visit, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all")
    visit.allowed = "422|Failed to load"
    visit.open("/enhance")
    with visit.page.expect_file_chooser() as opened:
        visit.button("enhance.pick").click()
    opened.value.set_files(broken)
    expect(visit.page.locator(".note.is-bad")).to_contain_text("broken.mp4")
    expect(visit.button("enhance.go")).to_be_disabled()


def test_the_library_leads_to_enhance(visit: Visit, ask: Asking, clip: Path) -> None:
    item = ask.send(clip)
    visit.open(f"/library/{item['id']}")
    visit.page.get_by_role("dialog").get_by_role("link", name=said("library.enhance"), exact=True).click()
    expect(visit.page.locator(".steps")).not_to_have_count(0)


def test_networks_are_shown_with_their_licences(visit: Visit) -> None:
    visit.open("/enhance")
    visit.page.get_by_role("link", name=said("enhance.models"), exact=True).click()
    own = visit.page.locator(".model", has_text="clean-s-x2")
    expect(own).to_contain_text("MIT")
    other = visit.page.locator("section", has=visit.role("heading", "models.how")).locator("code").first
    expect(other).to_have_text("dreamreel models add FILE")
    visit.page.locator(".model summary").first.click()
    expect(visit.page.locator(".model details[open]")).to_have_count(1)
