"""What holds for every page: its weight, its stillness, its languages, its directions, and that it asks nobody else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.studio.web.browsing import PHONE, Asking, Visit, said

PAGES = ("/create", "/enhance", "/models", "/jobs", "/library", "/library?view=storage", "/settings")
SCRIPTS = 150_000
"""Bytes of scripts that a page may load, unpacked."""
NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
"""As narrow as WCAG 2.2 asks (1.4.10), and narrower than any phone that is sold."""

WEIGHED = """() => performance.getEntriesByType("resource")
  .filter(one => new URL(one.name).pathname.endsWith(".js"))
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
SHIFTED = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
WIDER = """() => {
  const reached = [9999, -9999].map(far => { scrollTo(far, 0); return Math.abs(scrollX); });
  scrollTo(0, 0);
  return Math.max(...reached);
}"""
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter(one => {
  const { left, right, width } = one.getBoundingClientRect();
  return width && (left < -1 || right > innerWidth + 1) && getComputedStyle(one).position !== "absolute";
}).map(one => one.outerHTML.slice(0, 120)).slice(0, 5)"""
ENDLESS = """() => document.getAnimations()
  .filter(one => one.playState === "running" && one.effect.getTiming().iterations === Infinity).length"""


@pytest.fixture(scope="module", autouse=True)
def furnished(studio: Any, photo: Path) -> dict[str, Any]:
    """A photo and a film, so that no page is empty."""
    ask = Asking(studio)
    return ask.until(ask.dream(ask.send(photo)["id"]), "done")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_nothing_in_it_jumps(visitor: Callable[..., Visit], path: str) -> None:
    visitor().open(path)  # the first visit goes through the door
    visit = visitor()
    visit.enter()
    visit.open(path)
    visit.page.wait_for_load_state("load")
    expect(visit.page.locator("main .skeleton")).to_have_count(0)
    paint, weight = visit.script(PAINTED), visit.script(WEIGHED)
    sys.stdout.write(f"{path}: first paint after {paint:.0f} ms, {weight} bytes of scripts\n")
    assert 0 < weight <= SCRIPTS
    assert visit.script(SHIFTED) < 0.01


@pytest.mark.parametrize("language", ["de", "ja"])
def test_another_language_is_one_choice_away(visit: Visit, ask: Asking, language: str) -> None:
    visit.open("/settings")
    try:
        visit.role("combobox", "settings.language").select_option(language)
        visit.page.get_by_role(
            "heading", level=1, name=said("settings.title", language), exact=True
        ).wait_for()
        assert visit.script("document.documentElement.lang") == language
        visit.open("/create")
        visit.page.get_by_role(
            "heading", level=1, name=said("create.heading", language), exact=True
        ).wait_for()
    finally:
        ask("PATCH", "/settings", {"language": "auto"})


@pytest.mark.parametrize("language", ["de", "ja"])
def test_nothing_sticks_out_of_a_narrow_phone_in_either_direction(
    visitor: Callable[..., Visit], ask: Asking, furnished: dict[str, Any], language: str
) -> None:
    job, film, photo = furnished["id"], furnished["result"], furnished["photo"]
    paths = (
        *PAGES,
        f"/jobs?job={job}",
        f"/library/{film}",
        f"/create?again={film}",
        f"/create?photo={photo}",
    )
    ask("PATCH", "/settings", {"language": language})
    try:
        visit = visitor(**NARROW)
        for path in paths:
            visit.open(path)
            expect(visit.page.locator(".skeleton")).to_have_count(0)
            if path.startswith("/create?"):
                visit.page.locator(".chips .chip").first.wait_for()
            for direction in ("ltr", "rtl"):
                visit.script("direction => { document.documentElement.dir = direction; }", direction)
                assert visit.script(WIDER) == 0, f"{path} {direction}: {visit.script(STICKING_OUT)}"
    finally:
        ask("PATCH", "/settings", {"language": "auto"})


def test_a_theme_is_chosen_at_once_and_kept(visit: Visit, ask: Asking) -> None:
    paper = "() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    visit.open("/settings")
    before = visit.script(paper)
    try:
        visit.page.get_by_role("radio", name=said("settings.theme.dark")).check(force=True)
        visit.page.wait_for_function("paper => document.documentElement.dataset.theme === 'dark'")
        visit.text("settings.saved").wait_for()
        assert visit.script(paper) != before
        visit.page.reload(wait_until="commit")
        visit.ready()
        assert visit.script("document.documentElement.dataset.theme") == "dark"
    finally:
        ask("PATCH", "/settings", {"theme": "auto"})


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
def test_who_asks_for_calm_has_it(visitor: Callable[..., Visit], wish: str) -> None:
    visit = visitor(reduced_motion=wish)
    visit.open("/create")
    visit.button("create.pick").wait_for()
    assert (visit.script(ENDLESS) > 0) == (wish == "no-preference")


def test_two_tabs_see_the_same_and_share_one_stream(
    visit: Visit, ask: Asking, furnished: dict[str, Any]
) -> None:
    visit.open("/library")
    heart = visit.button("library.like", title=furnished["title"])
    expect(heart).to_have_attribute("aria-pressed", "false")
    other = visit.context.new_page()
    other.goto(f"{visit.studio.address}/library/{furnished['result']}")
    other.get_by_role("dialog").get_by_role("button", name=said("library.favourite")).click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    assert sum("/api/v1/events" in asked for asked in visit.asked) == 1
    visit.page.close()  # the tab that listened for both
    ask("PATCH", f"/items/{furnished['result']}", {"favourite": False})
    other.keyboard.press("Escape")
    again = other.get_by_role("button", name=said("library.like", title=furnished["title"]), exact=True)
    expect(again).to_have_attribute("aria-pressed", "false")


def test_a_phone_has_its_pages_at_the_thumb(visitor: Callable[..., Visit]) -> None:
    visit = visitor(viewport=PHONE, has_touch=True, is_mobile=True)
    visit.open("/jobs")
    links = visit.role("navigation", "shell.pages").get_by_role("link")
    boxes = [box for link in links.all() if (box := link.bounding_box())]
    assert len(boxes) == 6
    assert all(box["y"] > PHONE["height"] * 0.85 and box["height"] >= 44 for box in boxes)


def test_a_browser_without_the_key_is_told_the_way(visitor: Callable[..., Visit]) -> None:
    visit = visitor(allowed="401")
    visit.page.goto(f"{visit.studio.address}/library")
    expect(visit.page.get_by_role("heading")).to_have_text("Dreamreel is asleep behind this door")
    assert "terminal" in visit.page.get_by_role("main").inner_text()
