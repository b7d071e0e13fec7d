"""What a worker does, once it is in its sandbox: look at a file that came in, render a job, clean a download.

    inspect   a file ─► what it is, the faces in it, a thumbnail and a poster; or the sentence why it is refused
    render    a recipe ─► the finished file, its thumbnail, poster and hover preview; moments to look at on the way
    strip     a photo ─► the same photo without place, camera and names

Every task takes plain data and gives plain data back; files are written into the task's own folder only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from dreamreel.errors import DreamreelError, NotMedia
from dreamreel.graph import JSON

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.media.images import Pixels
    from dreamreel.render.progress import Event
    from dreamreel.render.threads import Cancel

__all__ = ["TASKS", "Desk", "Task"]

THUMB, POSTER, LIVE = 320, 1280, 640
"""The longer side of the pictures made of items, in pixels."""
_PREVIEW_SECONDS, _PREVIEW_SIDE, _PREVIEW_RATE = 4, 320, 12
PHOTO_TYPES: Final = {
    "jpeg": ("image/jpeg", ".jpg"), "png": ("image/png", ".png"), "webp": ("image/webp", ".webp"),
    "gif": ("image/gif", ".gif"), "bmp": ("image/bmp", ".bmp"), "tiff": ("image/tiff", ".tif"),
    "heif": ("image/heic", ".heic"), "avif": ("image/avif", ".avif"), "mpo": ("image/jpeg", ".jpg"),
}  # fmt: skip
"""What `media.images` calls a format → its media type and suffix."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a task has at hand."""

    order: dict[str, JSON]
    """What is to be done, as the supervisor wrote it."""
    folder: Path
    """The only folder to write into, besides the store of segments."""
    say: Callable[[dict[str, JSON]], None]
    """Tell the supervisor something now."""
    cancel: Cancel

    def text(self, name: str) -> str:
        """A text of the order."""
        return str(self.order[name])


Task = Callable[[Desk], dict[str, JSON]]


def inspect(desk: Desk) -> dict[str, JSON]:
    """Look at a photo that came in. Raises what opening it raises, with the owner's name for the file."""
    from dreamreel.engines import look_at
    from dreamreel.media.images import is_still, load_image, picture_info
    from dreamreel.media.open import check_input
    from dreamreel.ops.generate import opaque

    path, name = Path(desk.text("path")), desk.text("name")
    try:
        _check_photo(path, is_still(path, check_input(path)))
        info, facts = picture_info(path), look_at(path)
        pixels = opaque(load_image(path))
    except DreamreelError as error:
        raise type(error)(str(error).replace(path.name, name)) from error
    for side, file in ((THUMB, "thumb.jpg"), (POSTER, "poster.jpg")):
        _small(pixels, side, desk.folder / file)
    media_type, suffix = PHOTO_TYPES.get(info.format, ("application/octet-stream", ""))
    return {
        "kind": "photo", "media_type": media_type, "suffix": suffix, "width": info.width, "height": info.height,
        "facts": cast("JSON", asdict(facts)),
    }  # fmt: skip


def _check_photo(path: Path, still: bool) -> None:
    """Raise the sentence that fits a file that is not a picture."""
    if still:
        return
    from dreamreel.media.open import open_media

    with open_media(path):
        raise NotMedia(f"{path.name} is a video or a sound, and a dream needs a photo; choose a picture.")


def _small(pixels: Pixels, side: int, out: Path) -> None:
    import cv2

    from dreamreel.media.images import save_image

    high, wide = pixels.shape[:2]
    scale = min(1.0, side / max(high, wide))
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    save_image(out, cast("Pixels", cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)), quality=84)


def render(desk: Desk) -> dict[str, JSON]:
    """Render the recipe of a job; what was finished before is found again."""
    from dreamreel.ops import load_recipe
    from dreamreel.render.run import Options
    from dreamreel.render.run import render as write

    out, store = desk.folder / desk.text("output"), Path(desk.text("store"))
    node = load_recipe(desk.text("recipe")).main

    def on_segment(file: Path) -> None:
        # A moment to look at while the rest is drawn; a film does not fail because of it.
        try:
            _frame(load_file(file), Fraction(1, 2), LIVE, desk.folder / "live.jpg")
        except DreamreelError:
            return

    def on_event(event: Event) -> None:
        desk.say({"progress": event.as_json()})

    write(
        node, out,
        Options(on_event=on_event, on_segment=on_segment, cancel=desk.cancel, store=store, preflight=_fits(out, store)),
    )  # fmt: skip
    made = load_file(out)
    _pictures_of(made, desk.folder)
    return _facts_of(made)


def load_file(path: Path) -> Clip:
    """A file of our own as a clip."""
    from dreamreel.making import open as open_clip

    return open_clip(path)


def _fits(out: Path, store: Path) -> Callable[..., None]:
    from dreamreel.errors import NoSpace, WillNotFit
    from dreamreel.render.explain import estimate
    from dreamreel.render.machine import cores, free_memory
    from dreamreel.render.plan import Plan
    from dreamreel.render.preflight import disk_fits, memory_fits

    def check(plan: Plan) -> None:
        cost = estimate(plan, cores(), free_memory())
        memory_fits(cost)
        try:
            disk_fits(cost, out, store)
        except WillNotFit as error:
            raise NoSpace(str(error)) from None

    return check


def _frame(clip: Clip, at: Fraction, side: int, out: Path) -> None:
    """The frame at part `at` of a clip, its longer side at most `side` pixels."""
    moment = clip.duration * at
    _bounded(clip[moment : clip.duration], side).write(out, embed=False)


def _bounded(clip: Clip, side: int) -> Clip:
    """The clip scaled down so that its longer side is at most `side` pixels."""
    video = clip.info.video
    assert video is not None
    scale = min(Fraction(1), Fraction(side, max(video.width, video.height)))
    wide, high = (max(2, 2 * round(length * scale / 2)) for length in (video.width, video.height))
    return clip.resize(wide, high)


def _pictures_of(made: Clip, folder: Path) -> None:
    """Thumbnail, poster and hover preview of a finished film."""
    _frame(made, Fraction(2, 3), THUMB, folder / "thumb.jpg")
    _frame(made, Fraction(2, 3), POSTER, folder / "poster.jpg")
    start = max(Fraction(0), made.duration * Fraction(1, 4))
    end = min(made.duration, start + _PREVIEW_SECONDS)
    hover = _bounded(made[start:end].mute(), _PREVIEW_SIDE).fps(_PREVIEW_RATE)
    # Without a store of its own it takes the home folder, which in a worker is the task's and goes with it.
    hover.write(folder / "preview.mp4", embed=False, crf=30)


def _facts_of(made: Clip) -> dict[str, JSON]:
    from dreamreel.time import fraction_text

    video = made.info.video
    assert video is not None
    return {
        "kind": "video", "media_type": "video/mp4", "suffix": ".mp4", "width": video.width, "height": video.height,
        "duration": fraction_text(made.duration), "fps": fraction_text(video.rate) if video.rate else None,
    }  # fmt: skip


def strip(desk: Desk) -> dict[str, JSON]:
    """A photo without what its camera wrote: losslessly where the format allows, else as a JPEG of the same pixels."""
    from dreamreel.media.strip import stripped

    return {"file": stripped(Path(desk.text("path")), desk.folder / "clean").name}


TASKS: Final[dict[str, Task]] = {"inspect": inspect, "render": render, "strip": strip}
"""What a worker can be asked to do."""
