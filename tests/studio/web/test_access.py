"""Nobody is shut out: axe finds nothing to object to in any state, in any theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.studio.web.browsing import Asking, Visit
from tests.studio.web.walks import WALKS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
WHERE_THEY_ARE = 'class="face-dot"'
"""The points of a face lie where the face has them, close or not: WCAG 2.5.8 excepts what is essential, and what has an
equivalent, as these have in fields for numbers."""
DRESS = """async theme => {
  const frame = () => new Promise(done => { requestAnimationFrame(done); });
  document.documentElement.dataset.theme = theme;
  await frame();
  await frame();
  const going = document.getAnimations().filter(one => one instanceof CSSTransition);
  await Promise.allSettled(going.map(one => one.finished));
}"""


def objections(page: Page, options: dict[str, object]) -> list[str]:
    """What axe says against a page."""
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
        if not (one["id"] == "target-size" and WHERE_THEY_ARE in node["html"])
    ]


def of_every_theme(page: Page) -> list[str]:
    """What axe says; themes differ in their colours only, so the others are asked about these."""
    found = objections(page, EVERYTHING)
    for theme in ("dark", "contrast"):
        page.evaluate(DRESS, theme)
        found += [f"{theme}: {words}" for words in objections(page, COLOURS)]
    page.evaluate(DRESS, "light")
    return found


@pytest.mark.parametrize("walk", WALKS)
def test_axe_has_no_objections(visitor: Callable[..., Visit], ask: Asking, photo: Path, walk: str) -> None:
    visit = visitor(allowed={"refused": "401", "convert": "422"}.get(walk, ""))
    found = [
        f"{state}: {words}"
        for state in WALKS[walk](visit, ask, photo)
        for words in of_every_theme(visit.page)
    ]
    assert not found, "\n".join(found)


def test_axe_would_object(visit: Visit) -> None:
    visit.open("/settings")
    visit.script(
        "document.querySelector('#badge').replaceChildren(); document.querySelector('#badge').ariaLabel = ''"
    )
    assert any("button-name" in words for words in objections(visit.page, EVERYTHING))
