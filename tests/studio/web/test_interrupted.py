"""Whatever dies in the middle, the page comes back by itself, the work goes on, and nothing is made or sent twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, Response, Route, expect
from tests.studio.films import astronaut
from tests.studio.serving import Serving
from tests.studio.web.browsing import Asking, Visit, said

GONE = r"net::ERR_"
"""What a browser says of requests that nobody answers."""


@pytest.fixture
def cut_off(visitor: Callable[..., Visit]) -> Visit:
    """A window whose connection may break."""
    return visitor(allowed=GONE)


@pytest.fixture
def alone(ask: Asking) -> None:
    """Nothing else has been made: what is counted is of this test."""
    for job in ask.jobs():
        ask("DELETE", f"/jobs/{job['id']}")
    for film in ask.films():
        ask("DELETE", f"/items/{film['id']}")


def begin(visit: Visit, photo: Path) -> None:
    """Start a film and wait until its frames are drawn."""
    visit.open()
    visit.bring(photo)
    visit.dream("two sheep and a moon", seconds="4")
    visit.more({"fps": "12"})
    visit.button("create.generate").click()
    visit.text("create.stage.picture").first.wait_for()


def one_film(ask: Asking) -> None:
    """There is one job, it is done, and there is one film."""
    (job,) = ask.jobs()
    assert job["state"] == "done"
    assert [film["id"] for film in ask.films()] == [job["result"]]


@pytest.mark.usefixtures("alone")
def test_a_reload_in_the_middle_changes_nothing(visit: Visit, ask: Asking, photo: Path) -> None:
    begin(visit, photo)
    visit.page.reload()
    visit.page.get_by_role("progressbar", name=said("create.progress")).first.wait_for()
    visit.finished()
    one_film(ask)


@pytest.mark.usefixtures("alone")
def test_the_server_is_killed_and_comes_back(
    cut_off: Visit, studio: Serving, ask: Asking, photo: Path
) -> None:
    begin(cut_off, photo)
    studio.kill()
    banner = cut_off.page.get_by_role("status").filter(has_text=said("shell.offline"))
    banner.wait_for()
    studio.restart()
    banner.wait_for(state="hidden")
    cut_off.finished()
    one_film(ask)


@pytest.mark.usefixtures("alone")
def test_a_worker_is_killed_and_another_goes_on(
    visit: Visit, studio: Serving, ask: Asking, photo: Path
) -> None:
    begin(visit, photo)
    for worker in psutil.Process(studio.process.pid).children():
        worker.kill()
    visit.finished()
    one_film(ask)


class Pieces:
    """The pieces of a page's uploads: where each began, and how far the studio said it was after it.

    The first one that is not an upload's beginning is given to `meet` instead of to the studio.
    """

    def __init__(self, page: Page, meet: Callable[[Route], None]) -> None:
        self.begun: list[int] = []
        self.reached: list[int] = []
        self.met = False
        self._page, self._meet = page, meet
        page.route("**/api/v1/uploads/*", self._piece)
        page.on("response", self._answered)

    def _piece(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.fallback()
            return
        offset = int(route.request.headers["upload-offset"])
        if offset and not self.met:
            self.met = True
            self._meet(route)
            return
        self.begun.append(offset)
        route.continue_()

    def _answered(self, response: Response) -> None:
        if response.request.method == "PATCH" and response.ok:
            self.reached.append(int(response.headers["upload-offset"]))

    def each_once(self, photo: Path) -> None:
        """There was an interruption, and still every byte was sent exactly once."""
        while self.reached[-1:] != [photo.stat().st_size]:
            self._page.wait_for_event("response")  # the page may know before Playwright tells
        assert self.met
        assert self.begun == [0, *self.reached[:-1]]


def test_an_upload_that_is_cut_goes_on_where_it_was(cut_off: Visit, tmp_path: Path) -> None:
    large = astronaut(tmp_path / "large.bmp", 1300)
    cut_off.open()
    pieces = Pieces(cut_off.page, lambda route: route.abort("connectionreset"))
    cut_off.bring(large)
    pieces.each_once(large)


def test_an_upload_goes_on_after_the_server_was_killed(
    cut_off: Visit, studio: Serving, tmp_path: Path
) -> None:
    large = astronaut(tmp_path / "larger.bmp", 1310)

    def kill(route: Route) -> None:
        studio.kill()
        route.continue_()

    cut_off.open()
    pieces = Pieces(cut_off.page, kill)
    cut_off.chooser().set_files(large)
    cut_off.page.get_by_role("status").filter(has_text=said("shell.offline")).wait_for()
    studio.restart()
    cut_off.taken(large)
    pieces.each_once(large)


def test_an_upload_goes_on_after_a_reload(cut_off: Visit, tmp_path: Path) -> None:
    large = astronaut(tmp_path / "largest.bmp", 1320)
    cut_off.open()
    with cut_off.page.expect_event("requestfailed"):
        pieces = Pieces(cut_off.page, lambda _: cut_off.page.reload(wait_until="commit"))
        cut_off.chooser().set_files(large)
    cut_off.taken(large)
    pieces.each_once(large)


def test_the_page_opens_while_the_studio_is_down(cut_off: Visit, studio: Serving) -> None:
    cut_off.open()
    cut_off.script("navigator.serviceWorker.ready.then(() => true)")
    cut_off.page.reload()
    cut_off.ready()
    studio.kill()
    cut_off.page.goto(f"{studio.address}/library")
    banner = cut_off.page.get_by_role("status").filter(has_text=said("shell.offline"))
    expect(banner).to_contain_text(said("shell.offlineText"))
    studio.restart()
    cut_off.role("heading", "library.title").wait_for()
    expect(banner).to_be_hidden()
