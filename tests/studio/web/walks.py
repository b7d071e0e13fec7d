"""Walks through the studio: each comes by every state of a page and stops there, for whoever looks at it.

for state in walk(visit, ask, photo):      "create-empty", "create-ready", …
    look(state)                            axe measures it, or a picture is taken of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from playwright.sync_api import expect
from tests.render.film import film, ramp
from tests.studio.films import astronaut
from tests.studio.web.browsing import Asking, Visit, said

__all__ = ["WALKS", "Walk"]

LAST_MOMENT = """film => new Promise(done => {
  film.addEventListener("seeked", done, { once: true });
  film.pause();
  film.currentTime = film.duration * 0.9 || 0.9;
})"""
Walk = Callable[[Visit, Asking, Path], Iterator[str]]


def create(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The Create page, from nothing to a film."""
    page = visit.page
    visit.open("/create")
    visit.button("create.pick").wait_for()
    yield "create-empty"
    visit.button("create.generate").click()
    page.get_by_role("alert").get_by_text(said("create.needPhoto")).wait_for()
    yield "create-no-photo"
    visit.bring(photo)
    visit.dream("three pink sheep jump over the moon and a xylophone", seconds="20")
    page.locator(".stage .sketch-actor").first.wait_for()
    yield "create-ready"
    yield from changes(visit)
    yield from making(visit)
    yield from made(visit, ask)


def changes(visit: Visit) -> Iterator[str]:
    """What can be changed before it begins."""
    page = visit.page
    page.locator("[data-chip=actor-sheep]").click()
    yield "create-actor"
    page.keyboard.press("Escape")
    page.locator("[data-chip=add]").click()
    page.get_by_role("listbox").wait_for()
    yield "create-cast"
    page.keyboard.press("Escape")
    visit.more({"seed": "7"})
    visit.weighed()
    page.locator(".composer .more").evaluate("more => more.scrollIntoView({ block: 'center' })")
    yield "create-choices"
    page.locator("summary", has_text=said("create.more")).click()
    page.locator("summary", has_text=said("create.faces")).click()
    page.get_by_role("radio", name=said("create.byHand")).check(force=True)
    visit.weighed()
    page.locator(".face-layer").evaluate("layer => layer.scrollIntoView({ block: 'center' })")
    yield "create-face"
    page.get_by_role("radio", name=said("create.faceAuto")).check(force=True)
    page.locator("summary", has_text=said("create.faces")).click()


def making(visit: Visit) -> Iterator[str]:
    """A film while it is made, and one that was stopped."""
    visit.button("create.generate").click()
    visit.text("create.stage.picture").first.wait_for()
    visit.page.locator(".stage .moment").first.wait_for()
    yield "create-making"
    visit.button("shell.cancel").click()
    visit.page.get_by_role("heading", name=said("create.cancelled")).wait_for()
    yield "create-cancelled"
    visit.change()


def made(visit: Visit, ask: Asking) -> Iterator[str]:
    """A finished film, and what can be done with it."""
    visit.dream("three pink sheep jump over the moon")
    visit.button("create.generate").click()
    visit.finished().evaluate(LAST_MOMENT)
    visit.script("scrollTo(0, 0)")
    yield "create-film"
    visit.button("create.download").click()
    yield "create-download"
    visit.page.keyboard.press("Escape")
    visit.button("create.vary").click()
    visit.page.get_by_role("heading", name=said("create.drafts")).wait_for()
    if visit.patient:
        expect(visit.button("create.finish")).to_have_count(4, timeout=300_000)
    yield "create-drafts"
    ask.quiet()


def convert(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The Convert page, from nothing to converted files, and Cut."""
    del ask
    page = visit.page
    visit.open("/convert")
    visit.button("convert.pick").wait_for()
    yield "convert-empty"
    folder = photo.parent
    files = [film(folder / "birthday party.mkv", 100), ramp(folder / "song.wav"), folder / "broken.mp4"]
    files[2].write_bytes(b"no film at all")
    with page.expect_file_chooser() as opened:
        visit.button("convert.pick").click()
    opened.value.set_files(files)
    expect(page.locator(".tracks")).to_have_count(2)
    page.locator(".file-row .note.is-bad").wait_for()
    yield "convert-ready"
    page.locator(".preset").click()
    page.get_by_role("listbox").wait_for()
    yield "convert-presets"
    page.keyboard.press("Escape")
    page.get_by_role("radio", name=said("convert.by.format")).check(force=True)
    page.get_by_role("radio", name=said("convert.large.quality")).check(force=True)
    page.locator("summary", has_text=said("convert.moreHint")).click()
    yield "convert-choices"
    page.get_by_role("radio", name=said("convert.large.auto")).check(force=True)
    visit.button("convert.goAll", count=2).click()
    visit.button("convert.downloadAll").wait_for()
    yield "convert-done"
    page.locator("[data-act=cut]").first.click()
    page.locator(".cut .tracks").wait_for()
    visit.button("convert.another").click()
    yield "convert-cut"
    page.get_by_role("link", name=said("convert.back")).click()
    page.locator("[data-act=cut]").nth(1).click()
    page.locator(".cut-waves").wait_for()
    yield "convert-cut-sound"


def enhance(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The Enhance page, from nothing to a film before and after, and a photo that is finished; then Models."""
    page = visit.page
    visit.open("/enhance")
    visit.button("enhance.pick").wait_for()
    yield "enhance-empty"
    films = ask.films() or [ask.send(film(photo.with_name("party.mp4"), 25))]
    item = max(films, key=lambda one: one["width"] or 0)
    visit.open(f"/enhance?item={item['id']}")
    page.locator(".steps").first.wait_for()
    visit.role("combobox", "enhance.to").select_option("x2")
    page.get_by_role("radio", name=said("enhance.size.s"), exact=True).check(force=True)
    expect(page.locator(".enhance-card")).to_contain_text("· s")
    visit.script("scrollTo(0, 0)")
    yield "enhance-ready"
    page.locator("summary", has_text=said("enhance.moreHint")).click()
    yield "enhance-choices"
    page.locator("summary", has_text=said("enhance.moreHint")).click()
    visit.button("enhance.preview").click()
    page.locator(".compare").wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.compare video')].every(one => one.readyState >= 2)"
    )
    yield "enhance-compare"
    small = ask.send(astronaut(photo.with_name("small.png"), 240))
    visit.open(f"/enhance?item={small['id']}")
    page.locator(".enhance-card .facts").wait_for()
    visit.button("enhance.go").click()
    visit.button("enhance.download").wait_for()
    visit.script("scrollTo(0, 0)")
    yield "enhance-done"
    page.get_by_role("link", name=said("enhance.models"), exact=True).click()
    page.locator(".model").first.wait_for()
    yield "models"


def library(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The Library, from nothing to the trash."""
    page = visit.page
    if not ask.films():
        visit.open("/library")
        visit.page.get_by_role("heading", name=said("library.empty")).wait_for()
        yield "library-empty"
    if not ask.films():
        ask.until(ask.dream(ask.send(photo)["id"]), "done")
    film = max(ask.films(), key=lambda film: film["width"] or 0)
    ask(
        "PATCH",
        f"/items/{film['id']}",
        {"rating": 5, "favourite": True, "tags": ["grandma"], "note": "For her birthday."},
    )
    visit.open("/library")
    page.get_by_role("link", name=film["title"], exact=True).first.wait_for()
    visit.drawn()
    yield "library"
    visit.button("library.choose").click()
    page.get_by_role("checkbox").first.check(force=True)
    yield "library-choosing"
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("no such dream")
    page.get_by_role("heading", name=said("library.noneSuch")).wait_for()
    yield "library-nothing"
    yield from items(visit, ask, film)
    yield from storage(visit)


def items(visit: Visit, ask: Asking, film: dict[str, str]) -> Iterator[str]:
    """One film, one photo, and the trash."""
    page = visit.page
    visit.open(f"/library/{film['id']}")
    page.locator("dialog video").evaluate(LAST_MOMENT)
    page.locator(".family").wait_for()
    yield "library-film"
    visit.button("library.download").click()
    page.get_by_role("switch", name=said("library.recipe")).wait_for()
    yield "library-download"
    visit.open(f"/library/{film['photo']}")
    page.locator(".family").wait_for()
    yield "library-photo"
    ask("DELETE", f"/items/{film['id']}")
    visit.open("/library?show=trash")
    page.get_by_role("link", name=film["title"], exact=True).wait_for()
    yield "library-trash"
    visit.button("library.clean.trash").click()
    page.get_by_role("dialog").wait_for()
    yield "library-erase"
    page.keyboard.press("Escape")
    ask("POST", f"/items/{film['id']}/restore")


def storage(visit: Visit) -> Iterator[str]:
    """What takes room, and whether everything is whole."""
    visit.open("/library?view=storage")
    visit.button("library.check.begin").or_(visit.button("library.check.again")).click()
    visit.button("library.check.again").wait_for()
    yield "library-storage"


def jobs(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The Jobs page, from nothing to jobs of every state."""
    page = visit.page
    ask.quiet()
    ask("POST", "/jobs/clear", {"states": ["done", "failed", "cancelled"]})
    visit.open("/jobs")
    page.get_by_role("heading", name=said("jobs.empty")).wait_for()
    yield "jobs-empty"
    item = ask.send(photo)["id"]
    without = lost(ask, photo.with_name("lost.png"))
    failed = ask.dream(without, dream="a whale sings to the stars")
    done = ask.dream(item, dream="a toy train through candy land")
    ask.until(failed, "failed")
    ask.until(done, "done")
    running = ask.dream(item, dream="three sheep jump over the moon", resolution="360p", duration=60, fps=24)
    dreams = ("a rocket flies to the moon", "two rabbits", "an owl and a star")
    waiting = [ask.dream(item, dream=dream) for dream in dreams]
    ask("POST", f"/jobs/{waiting[2]['id']}/pause")
    ask("POST", f"/jobs/{ask.dream(item, dream='a castle')['id']}/cancel")
    row = page.locator(f"li.job.is-running[data-id={running['id']}]")
    row.locator(".job-moment").first.wait_for()
    expect(page.locator("li.job")).to_have_count(7)
    yield "jobs"
    page.get_by_role("heading", name=said("jobs.finished")).evaluate("one => one.scrollIntoView()")
    yield "jobs-finished"
    yield from opened(visit, running)
    visit.button("jobs.pauseQueue").click()
    visit.text("jobs.queuePaused").wait_for()
    yield "jobs-held"
    visit.button("jobs.resumeQueue").click()
    ask.quiet()
    ask("DELETE", f"/items/{without}")
    ask("DELETE", f"/items/{without}", forever=True)


def opened(visit: Visit, running: dict[str, str]) -> Iterator[str]:
    """Menus and dialogs of the jobs."""
    page = visit.page
    visit.button("jobs.moreOne", title="two rabbits").click()
    page.get_by_role("menu").wait_for()
    yield "jobs-menu"
    page.keyboard.press("Escape")
    visit.button("jobs.cancelOne", title=running["title"]).click()
    page.get_by_role("dialog").wait_for()
    yield "jobs-cancel"
    page.keyboard.press("Escape")
    visit.button("jobs.detailsOne", title=running["title"]).click()
    page.get_by_role("heading", name=said("jobs.log")).wait_for()
    yield "jobs-details"
    page.keyboard.press("Escape")


def lost(ask: Asking, path: Path) -> str:
    """An item whose file has gone from the disk behind the studio's back."""
    item = ask.send(astronaut(path, 200))
    name = sha256(path.read_bytes()).hexdigest()
    (ask.folder / "blobs" / name[:2] / name).unlink()
    return item["id"]


def settings(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """Settings, and what is said about privacy."""
    del ask, photo
    visit.open("/settings")
    visit.role("heading", "settings.about").wait_for()
    yield "settings"
    visit.page.locator("#badge").click()
    visit.page.get_by_role("dialog").wait_for()
    yield "privacy"
    visit.page.keyboard.press("Escape")


def tour(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The three cards of a first visit."""
    del photo
    ask("PATCH", "/settings", {"tour_done": False})
    visit.open("/create")
    for step in (1, 2, 3):
        visit.text("tour.step", step=step, steps=3).wait_for()
        yield f"tour-{step}"
        visit.button("tour.next" if step < 3 else "tour.done").click()


def refused(visit: Visit, ask: Asking, photo: Path) -> Iterator[str]:
    """The door, for a browser without the key."""
    del ask, photo
    visit.page.goto(f"{visit.studio.address}/create")
    visit.page.get_by_role("heading").wait_for()
    yield "refused"


WALKS: Final[dict[str, Walk]] = {
    "refused": refused, "tour": tour, "library": library, "create": create, "enhance": enhance, "convert": convert,
    "jobs": jobs, "settings": settings,
}  # fmt: skip
"""Every walk, in an order that comes by empty pages too."""
