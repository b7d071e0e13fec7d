"""A real browser on a real studio: what a person sees and presses, by role and by the texts of the page.

    with browser() as chromium, running_studio(home) as studio:
        visit = Visit(chromium, studio)
        visit.open("/create"); visit.button("Choose a photo").click()
        visit.close(); assert visit.trouble == []

Everything the page asks for is kept. What goes anywhere but to the studio, and every complaint of the page, is trouble.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FileChooser,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from tests.studio.films import eventually
from tests.studio.serving import Serving

from dreamreel.studio.static import texts

__all__ = ["DESKTOP", "PHONE", "Asking", "Visit", "browser", "executable", "said"]

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
"""What takes two seconds may take this long on a machine that is busy with other things."""
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NOWHERE = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
TUS = "application/offset+octet-stream"
SETTLED = """async element => {
  for (let calm = 0; calm < 40; calm += 1) {
    await new Promise(done => { requestAnimationFrame(done); });
    if (element.ariaBusy === "true") calm = 0;
  }
}"""
"""Longer than the page waits after a key before it asks."""
DRAWN = """() => [...document.images].every(image => {
  const { top, bottom, left, right } = image.getBoundingClientRect();
  return image.complete || bottom < 0 || top > innerHeight || right < 0 || left > innerWidth;
})"""
Json = dict[str, Any]

expect.set_options(timeout=PATIENCE_MS)


def executable() -> str | None:
    """The browser's program, or None when this machine has none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window, which can reach nothing but this machine."""
    arguments = [f"--host-resolver-rules={NOWHERE}"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=arguments)
        try:
            yield chromium
        finally:
            chromium.close()


def said(key: str, language: str = "en", /, **values: object) -> str:
    """A text of the page, as `t(key, values)` in its scripts; of several forms the one for many."""
    found = texts(language)[key]
    text = found["one" if values.get("count") == 1 else "other"] if isinstance(found, dict) else found
    assert isinstance(text, str)
    return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], name[0])), text)


class Asking:
    """The studio's API, for what a test prepares or counts."""

    def __init__(self, studio: Serving) -> None:
        self._studio = studio

    @property
    def folder(self) -> Path:
        """The studio's data folder."""
        return self._studio.folder

    def __call__(self, method: str, path: str, body: Json | None = None, **params: Any) -> Any:
        """Ask, and return the JSON of the answer."""
        studio = self._studio
        answer = httpx2.request(
            method, f"{studio.address}/api/v1{path}", json=body, params=params, timeout=60,
            headers={"Authorization": f"Bearer {studio.token}"},
        )  # fmt: skip
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def send(self, photo: Path) -> Json:
        """Take a photo in, as the page does."""
        studio, data = self._studio, photo.read_bytes()
        headers = {"Authorization": f"Bearer {studio.token}", "Tus-Resumable": "1.0.0"}
        made = httpx2.post(
            f"{studio.address}/api/v1/uploads",
            headers={
                **headers,
                "Upload-Length": str(len(data)),
                "Upload-Metadata": "filename ZWlsZWVuLnBuZw==",
            },
        )
        done = httpx2.patch(
            studio.address + made.headers["Location"], content=data, timeout=60,
            headers={**headers, "Content-Type": TUS, "Upload-Offset": "0"},
        )  # fmt: skip
        done.raise_for_status()
        return self("GET", f"/items/{done.headers['Dreamreel-Item']}")

    def dream(self, photo: str, **more: Any) -> Json:
        """Ask for a tiny film."""
        request = {
            "photo": photo,
            "dream": "two sheep and a moon",
            "resolution": "128x128",
            "fps": 6,
            "duration": 1,
        }
        return self("POST", "/jobs", {"kind": "generate", "request": request | more})

    def jobs(self, **params: Any) -> list[Json]:
        """Jobs, by `state`."""
        return self("GET", "/jobs", **params)["jobs"]

    def until(self, job: Json, *states: str) -> Json:
        """Wait until a job is in one of these states."""

        def look() -> Json | None:
            now = self("GET", f"/jobs/{job['id']}")
            return now if now["state"] in states else None

        return eventually(look, f"{' or '.join(states)} of {job['title']!r}")

    def films(self) -> list[Json]:
        """Every finished film."""
        found: list[Json] = self("GET", "/items", role="result")["items"]
        return [item for item in found if item["kind"] == "video"]

    def quiet(self) -> None:
        """Stop whatever is being made, and let the queue run."""
        active = ["queued", "running", "paused"]
        for job in self.jobs(state=active):
            if job["wanted"] != "cancel":
                self("POST", f"/jobs/{job['id']}/cancel")
        self("POST", "/queue/resume")
        eventually(lambda: not self.jobs(state=active), "quiet")


class Visit:
    """A window on a studio. `options` are those of a browser context; `allowed` are complaints a test provokes.

    Nothing moves in it unless a test asks for movement: that is quicker, and animations take a core of their own.
    """

    patient = False
    """Whether walks wait for what is only good to look at."""

    def __init__(self, chromium: Browser, studio: Serving, *, allowed: str = "", **options: Any) -> None:
        self.studio = studio
        self.allowed = allowed
        self.asked: list[str] = []
        self.trouble: list[str] = []
        self.context = chromium.new_context(
            **{"viewport": DESKTOP, "locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", self._asked)
        self.context.on("page", self._follow)
        self.page: Page = self.context.new_page()

    def _follow(self, page: Page) -> None:
        page.on("console", self._told)
        # From the beginning, so that a key pressed at once cannot be faster than Playwright's own listening.
        page.on("filechooser", lambda _: None)
        page.on("pageerror", lambda error: self._complain(f"page error: {error}"))

    def _complain(self, words: str) -> None:
        if not (self.allowed and re.search(self.allowed, words)):
            self.trouble.append(words)

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complain(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, request: Request) -> None:
        self.asked.append(f"{request.method} {request.url.removeprefix(self.studio.address)}")
        if not request.url.startswith((self.studio.address + "/", "blob:", "data:")):
            self.trouble.append(f"asked another address: {request.url}")

    def open(self, path: str = "/create") -> None:
        """Show a page; the first time with the key."""
        if not self.context.cookies():
            self.enter()
        if self.page.url != self.studio.address + path:
            self.page.goto(self.studio.address + path)
        self.ready()

    def enter(self) -> None:
        """Come in with the key, as by the address that the terminal shows; no page is opened yet."""
        key = {
            "url": self.studio.address,
            "name": f"dreamreel_{self.studio.port}",
            "value": self.studio.token,
        }
        self.context.add_cookies([key])

    def ready(self) -> None:
        """Wait until the page of the address is drawn."""
        expect(self.page.locator("main[aria-busy]")).to_have_count(0)
        self.page.get_by_role("heading", level=1).wait_for()

    def drawn(self) -> None:
        """Wait for every picture that is in view."""
        self.page.wait_for_function(DRAWN)

    def role(self, role: Any, key: str, /, **values: object) -> Locator:
        """What has that role and is named by that text."""
        return self.page.get_by_role(role, name=said(key, **values), exact=True)

    def button(self, key: str, /, **values: object) -> Locator:
        """A button named by that text."""
        return self.role("button", key, **values)

    def text(self, key: str, /, **values: object) -> Locator:
        """Where that text stands."""
        return self.page.get_by_text(said(key, **values))

    def script(self, code: str, argument: Any = None) -> Any:
        """Run a line in the page."""
        return self.page.evaluate(code, argument)

    def chooser(self) -> FileChooser:
        """What opens when a photo is to be chosen."""
        with self.page.expect_file_chooser() as opened:
            self.button("create.pick").click()
        return opened.value

    def bring(self, *photos: Path) -> None:
        """Choose photos and wait until they are taken in."""
        self.chooser().set_files(photos)
        self.taken(*photos)

    def taken(self, *photos: Path) -> None:
        """Wait until these photos are taken in."""
        for photo in photos:
            thumb = self.page.get_by_role("button", name=photo.name, exact=True)
            expect(thumb.locator(".thumb-part")).to_have_count(0)
            expect(thumb).to_be_visible()

    def dream(self, words: str, resolution: str = "360p", seconds: str = "1") -> None:
        """Tell a dream, its size and its length; wait until the page says that it fits."""
        self.role("textbox", "create.dream").fill(words)
        self.page.get_by_role("radio", name=resolution).check(force=True)
        length = self.role("spinbutton", "create.lengthSeconds")
        length.fill(seconds)
        length.blur()
        self.weighed()

    def weighed(self) -> None:
        """Wait until the page says that the film fits, and asks no more."""
        check = self.role("group", "create.check")
        expect(check).to_contain_text(said("create.fits"))
        check.evaluate(SETTLED)

    def more(self, wanted: dict[str, str]) -> None:
        """Fill in numbers that are folded away."""
        self.page.locator("summary", has_text=said("create.more")).click()
        for name, value in wanted.items():
            number = self.role("spinbutton", f"create.option.{name}")
            number.fill(value)
            number.blur()

    def change(self) -> None:
        """Take the choices of a film that did not come to be back into the form."""
        self.button("create.change").click()
        expect(self.role("textbox", "create.dream")).to_be_focused()

    def finished(self) -> Locator:
        """Wait for the film, and return its player."""
        self.button("create.download").wait_for()
        return self.page.locator("video.film").first

    def close(self) -> None:
        """Close the window."""
        self.context.close()
