"""What a worker does, once it is in its sandbox: look at a file that came in, render a job, clean a download.

    inspect   a file ─► what it is, the faces or tracks in it, pictures of it; or the sentence why it is refused
    render    a recipe ─► the finished file, its thumbnail, poster and hover preview; moments to look at on the way
    strip     a photo ─► the same photo without place, camera and names
    look, compare   for enhancing: see `enhancing`

Every task takes plain data and gives plain data back; files are written into the task's own folder only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from dreamreel.errors import DreamreelError
from dreamreel.graph import JSON, FrozenJSON, freeze
from dreamreel.studio import enhancing

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.media.images import Pixels
    from dreamreel.render.progress import Event
    from dreamreel.render.threads import Cancel

__all__ = ["TASKS", "Desk", "Task"]

THUMB, POSTER, LIVE = 320, 1280, 640
"""The longer side of the pictures made of items, in pixels."""
WAVES: Final = (1600, 160)
"""Width and height of the shape of a sound."""
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
    """Look at a file that came in. Raises what opening it raises, with the owner's name for the file."""
    from dreamreel.media.images import is_still
    from dreamreel.media.open import check_input

    path, name = Path(desk.text("path")), desk.text("name")
    try:
        return _photo(desk, path) if is_still(path, check_input(path)) else _recording(desk, path)
    except DreamreelError as error:
        raise type(error)(str(error).replace(path.name, name)) from error


def _photo(desk: Desk, path: Path) -> dict[str, JSON]:
    from dreamreel.engines import look_at
    from dreamreel.media.images import load_image, picture_info
    from dreamreel.ops.generate import opaque

    info, facts = picture_info(path), look_at(path)
    pixels = opaque(load_image(path))
    for side, file in ((THUMB, "thumb.jpg"), (POSTER, "poster.jpg")):
        _small(pixels, side, desk.folder / file)
    media_type, suffix = PHOTO_TYPES.get(info.format, ("application/octet-stream", ""))
    return {
        "kind": "photo", "media_type": media_type, "suffix": suffix, "width": info.width, "height": info.height,
        "facts": cast("JSON", asdict(facts)),
    }  # fmt: skip


def _recording(desk: Desk, path: Path) -> dict[str, JSON]:
    """A film or a sound: what probing finds is kept, so that work on it is planned without opening it again."""
    from dreamreel.media.probe import probe
    from dreamreel.ops.params import to_params
    from dreamreel.ops.source import content_hash
    from dreamreel.time import fraction_text

    found = probe(path)
    webm = "webm" in found.format and desk.text("name").lower().endswith(".webm")
    media_type, suffix = media_type_of("webm" if webm else found.format, film=found.main_video is not None)
    clip = load_file(path)
    _pictures_of(clip, desk.folder)
    video = found.main_video
    return {
        "kind": "video" if video else "sound", "media_type": media_type, "suffix": suffix,
        "width": video.width if video else None, "height": video.height if video else None,
        "duration": fraction_text(found.duration), "fps": fraction_text(video.rate) if video and video.rate else None,
        "facts": {"content": content_hash(path), "media": to_params(replace(found, path=Path(desk.text("name"))))},
    }  # fmt: skip


RECORDING_TYPES: Final = {
    "matroska": ("video/x-matroska", ".mkv"), "webm": ("video/webm", ".webm"), "mov": ("video/mp4", ".mp4"),
    "mp4": ("video/mp4", ".mp4"), "avi": ("video/x-msvideo", ".avi"), "mpegts": ("video/mp2t", ".ts"),
    "mpeg": ("video/mpeg", ".mpg"), "flv": ("video/x-flv", ".flv"), "asf": ("video/x-ms-asf", ".wmv"),
    "ogg": ("audio/ogg", ".ogg"), "mp3": ("audio/mpeg", ".mp3"), "flac": ("audio/flac", ".flac"),
    "wav": ("audio/wav", ".wav"), "aac": ("audio/aac", ".aac"), "aiff": ("audio/aiff", ".aiff"),
    "gif": ("image/gif", ".gif"), "apng": ("image/png", ".png"), "webp": ("image/webp", ".webp"),
    "m4a": ("audio/mp4", ".m4a"), "opus": ("audio/ogg", ".opus"), "mkv": ("video/x-matroska", ".mkv"),
    "ts": ("video/mp2t", ".ts"), "wmv": ("video/x-ms-asf", ".wmv"), "mxf": ("application/mxf", ".mxf"),
    "w64": ("audio/wav", ".w64"), "caf": ("audio/x-caf", ".caf"), "png": ("image/png", ".png"),
    "jpeg": ("image/jpeg", ".jpg"), "jpg": ("image/jpeg", ".jpg"), "tif": ("image/tiff", ".tif"),
    "tiff": ("image/tiff", ".tiff"), "mpg": ("video/mpeg", ".mpg"), "ac3": ("audio/ac3", ".ac3"),
    "heic": ("image/heic", ".heic"), "heif": ("image/heic", ".heif"), "avif": ("image/avif", ".avif"),
}  # fmt: skip
"""What FFmpeg, or this program, calls a container → its media type and suffix."""


def media_type_of(names: str, *, film: bool) -> tuple[str, str]:
    """Media type and suffix for the names that FFmpeg has for a container; MP4 without a picture is M4A."""
    known = set(names.split(","))
    if known & {"mp4", "mov"}:
        return ("video/mp4", ".mp4") if film else ("audio/mp4", ".m4a")
    if {"webm", "matroska"} <= known and film:
        return RECORDING_TYPES["matroska"]
    return next((RECORDING_TYPES[name] for name in names.split(",") if name in RECORDING_TYPES),
                ("application/octet-stream", ""))  # fmt: skip


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
    from dreamreel.ops.params import from_params
    from dreamreel.render.run import Options
    from dreamreel.render.run import render as write
    from dreamreel.render.target import Target

    out, store = desk.folder / desk.text("output"), Path(desk.text("store"))
    node = load_recipe(desk.text("recipe")).main
    if late := cast("dict[str, JSON] | None", desk.order.get("late")):
        if late["still"]:
            notes = enhancing.photo(desk, out, late)
            return {**_finished(desk, out), "notes": cast("JSON", notes)}
        node = enhancing.composed(Path(str(late["file"])), late)
    target = from_params(Target, cast("Mapping[str, FrozenJSON]", freeze(desk.order.get("target") or {})))
    asked = {item.name: getattr(target, item.name) for item in fields(target)}

    def on_segment(file: Path) -> None:
        # A moment to look at while the rest is drawn; a film does not fail because of it.
        try:
            _frame(load_file(file), Fraction(1, 2), LIVE, desk.folder / "live.jpg")
        except DreamreelError:
            return

    def on_event(event: Event) -> None:
        desk.say({"progress": event.as_json()})

    made = write(
        node, out,
        Options(**asked, on_event=on_event, on_segment=on_segment, cancel=desk.cancel, store=store,
                preflight=_fits(out, store)),
    )  # fmt: skip
    return {**_finished(desk, out), "concealed": made.concealed, "notes": list(made.notes)}


def _finished(desk: Desk, out: Path) -> dict[str, JSON]:
    made = load_file(out)
    _pictures_of(made, desk.folder)
    return _facts_of(made, out.suffix)


def load_file(path: Path) -> Clip:
    """A file of our own as a clip."""
    from dreamreel.making import open as open_clip

    return open_clip(path)


def _fits(out: Path, store: Path) -> Callable[..., None]:
    from dreamreel.errors import NoSpace, WillNotFit
    from dreamreel.machine import cores, free_memory
    from dreamreel.render.explain import estimate
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
    """Thumbnail, poster and hover preview of a film; of a sound, its waveform, once more see-through."""
    if made.info.audio is not None:
        _waves(made, folder)
    if made.info.video is None:
        _pictured(made, folder)
        return
    if made.info.video.still:
        _photographed(made, folder)
        return
    _frame(made, Fraction(2, 3), THUMB, folder / "thumb.jpg")
    _frame(made, Fraction(2, 3), POSTER, folder / "poster.jpg")
    start = max(Fraction(0), made.duration * Fraction(1, 4))
    end = min(made.duration, start + _PREVIEW_SECONDS)
    hover = _bounded(made[start:end].mute(), _PREVIEW_SIDE).fps(_PREVIEW_RATE)
    # Without a store of its own it takes the home folder, which in a worker is the task's and goes with it.
    hover.write(folder / "preview.mp4", embed=False, crf=30)


def _file(made: Clip) -> Path:
    from dreamreel.render.plan import source_path

    path = source_path(made.node)
    assert path is not None
    return path


def _photographed(made: Clip, folder: Path) -> None:
    from dreamreel.media.images import load_image
    from dreamreel.ops.generate import opaque

    pixels = opaque(load_image(_file(made)))
    for side, file in ((THUMB, "thumb.jpg"), (POSTER, "poster.jpg")):
        _small(pixels, side, folder / file)


def _waves(made: Clip, folder: Path) -> None:
    """The shape of the sound, to lie under marks. A film does not fail because its sound cannot be drawn."""
    from dreamreel.analyse.waveform import waveform
    from dreamreel.media.images import save_image

    try:
        save_image(folder / "waves.png", waveform(_file(made), *WAVES, ground="none", plain=True))
    except DreamreelError:
        return


def _pictured(made: Clip, folder: Path) -> None:
    from dreamreel.analyse.waveform import waveform
    from dreamreel.media.images import save_image

    path = _file(made)
    for side, file in ((THUMB, "thumb.jpg"), (POSTER, "poster.jpg")):
        save_image(folder / file, waveform(path, side, side * 9 // 16, plain=side == THUMB), quality=84)


def _facts_of(made: Clip, suffix: str) -> dict[str, JSON]:
    from dreamreel.time import fraction_text

    video = made.info.video
    media_type, _ = media_type_of(suffix.lstrip("."), film=video is not None)
    still = video is not None and video.still
    return {
        "kind": "sound" if video is None else "photo" if media_type.startswith("image/") else "video",
        "media_type": media_type, "suffix": suffix, "width": video.width if video else None,
        "height": video.height if video else None, "duration": None if still else fraction_text(made.duration),
        "fps": fraction_text(video.rate) if video and video.rate and not still else None,
    }  # fmt: skip


def strip(desk: Desk) -> dict[str, JSON]:
    """A photo without what its camera wrote: losslessly where the format allows, else as a JPEG of the same pixels."""
    from dreamreel.media.strip import stripped

    return {"file": stripped(Path(desk.text("path")), desk.folder / "clean").name}


TASKS: Final[dict[str, Task]] = {
    "inspect": inspect, "render": render, "strip": strip, "look": enhancing.look, "compare": enhancing.compare,
}  # fmt: skip
"""What a worker can be asked to do."""
