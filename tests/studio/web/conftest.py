"""A browser, a studio and a window on it. A studio and a browser serve all tests of a module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.studio.films import astronaut
from tests.studio.serving import Serving, running_studio
from tests.studio.web.browsing import Asking, Visit, browser, executable


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each module's tests together in one process of xdist (`--dist loadgroup`): they share a studio."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group(f"web-{item.path.stem}"))


# Of a module, not of the session: while Playwright runs, no other test could have an event loop of its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. Without one the tests are skipped, except in continuous integration, which must have one."""
    if executable() is None:
        reason = "there is no Chromium on this machine; `make test` installs it where it may"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A studio whose owner has seen the tour."""
    with running_studio(tmp_path_factory.mktemp("studio")) as running:
        Asking(running)("PATCH", "/settings", {"tour_done": True})
        yield running


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real photo: Eileen Collins (NASA, public domain)."""
    return astronaut(tmp_path_factory.mktemp("photos") / "eileen.png")


@pytest.fixture
def ask(studio: Serving) -> Iterator[Asking]:
    """The studio's API; nothing is left running behind a test."""
    asking = Asking(studio)
    yield asking
    if studio.process.poll() is None:
        asking.quiet()


@pytest.fixture
def visitor(chromium: Browser, studio: Serving) -> Iterator[Callable[..., Visit]]:
    """Opens windows with the options of a browser context; afterwards none of them may have had trouble."""
    visits: list[Visit] = []

    def opened(**options: Any) -> Visit:
        visits.append(Visit(chromium, studio, **options))
        return visits[-1]

    yield opened
    for visit in visits:
        visit.close()
    trouble = [words for visit in visits for words in visit.trouble]
    if trouble:
        pytest.fail("\n".join(trouble), pytrace=False)


@pytest.fixture
def visit(visitor: Callable[..., Visit]) -> Visit:
    """A window of a desk, in daylight."""
    return visitor()
