"""What a worker does for enhancing, once it is in its sandbox: look at an item closely, and show a proposal.

look      a film or photo ─► findings, and the precision that is fastest on this machine
compare   a proposal ─► before.mp4 and after.mp4 of the hardest seconds; of a photo before.jpg and after.jpg
composed  a proposal whose steps must measure the file first ─► the clip to render
photo     a proposal for a photo ─► the photo
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from dreamreel import __version__
from dreamreel.errors import DreamreelError

if TYPE_CHECKING:
    from dreamreel.clip import Clip
    from dreamreel.enhance.proposal import Proposal
    from dreamreel.graph import JSON, Node
    from dreamreel.media.images import Pixels
    from dreamreel.neural.catalog import Precision
    from dreamreel.render.progress import Event
    from dreamreel.studio.tasks import Desk

__all__ = ["compare", "composed", "look", "photo"]

_SIDE: Final = 1920
"""Pixels of the longer side of what is shown, at the most."""
_HDR: Final = frozenset({16, 18})
_BEFORE: Final = 0.1
"""Share of the work that showing the original takes."""


def look(desk: Desk) -> dict[str, JSON]:
    """Look closely at an item. Raises what opening it raises, with the owner's name for the file."""
    from dreamreel.enhance.data import dump
    from dreamreel.enhance.look import look as looked
    from dreamreel.media.probe import probe
    from dreamreel.neural.machine import fastest
    from dreamreel.ops.params import to_params
    from dreamreel.ops.source import content_hash

    path, name = Path(desk.text("path")), desk.text("name")

    def tell(done: int, whole: int) -> None:
        desk.say({"part": done / max(1, whole)})

    try:
        findings = replace(looked(path, tell=tell, cancel=desk.cancel), name=name)
        media = to_params(replace(probe(path), path=Path(name)))
    except DreamreelError as error:
        raise type(error)(str(error).replace(path.name, name)) from error
    precision = desk.order.get("precision") or fastest()
    return {
        "findings": dump(findings), "media": media, "content": content_hash(path), "precision": precision,
        "program": __version__,
    }  # fmt: skip


def compare(desk: Desk) -> dict[str, JSON]:
    """The hardest seconds as they are, and as a proposal makes them. Raises what rendering raises."""
    from dreamreel.enhance.compose import enhanced
    from dreamreel.enhance.data import load
    from dreamreel.enhance.proposal import Proposal
    from dreamreel.neural.machine import settle
    from dreamreel.render.run import Options, render

    settle(cast("Precision", desk.text("precision")))
    path, proposal = Path(desk.text("path")), load(Proposal, desk.order["proposal"])
    before = _source(path)
    if before.info.video is not None and before.info.video.still:
        return _compare_photo(desk, path, proposal)
    after = enhanced(before, proposal)
    start, end = (Fraction(desk.text(name)) for name in ("start", "end"))
    for clip, file, base, share in (
        (before, "before.mp4", 0.0, _BEFORE),
        (after, "after.mp4", _BEFORE, 1 - _BEFORE),
    ):
        part = _shown(clip)[start : min(end, clip.duration)].mute()

        def tell(event: Event, base: float = base, share: float = share) -> None:
            desk.say({"part": base + share * event.frame / max(1, event.frames)})

        render(
            part.node,
            desk.folder / file,
            Options(
                crf=15, preset="veryfast", pix_fmt="yuv420p", embed=False, on_event=tell, cancel=desk.cancel
            ),
        )
    return {"kind": "video"}


def _compare_photo(desk: Desk, path: Path, proposal: Proposal) -> dict[str, JSON]:
    import cv2

    from dreamreel.enhance.photo import enhance_photo
    from dreamreel.media.images import load_image, save_image
    from dreamreel.ops.generate import opaque

    full = desk.folder / "after.png"
    enhance_photo(
        path, full, proposal, first=True, cancel=desk.cancel,
        on_event=lambda event: desk.say({"part": event.frame / max(1, event.frames)}),
    )  # fmt: skip
    for file, name in ((path, "before.jpg"), (full, "after.jpg")):
        pixels = opaque(load_image(file))
        high, wide = pixels.shape[:2]
        scale = min(1.0, _SIDE / max(high, wide))
        size = max(1, round(wide * scale)), max(1, round(high * scale))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
        save_image(desk.folder / name, cast("Pixels", small), quality=92)
    full.unlink()
    return {"kind": "photo"}


def composed(path: Path, late: dict[str, JSON]) -> Node:
    """The clip of a proposal for a file, everything measured. Raises what the verbs raise."""
    from dreamreel.enhance.compose import enhanced
    from dreamreel.enhance.data import load
    from dreamreel.enhance.proposal import Proposal
    from dreamreel.neural.machine import settle

    settle(cast("Precision", str(late["precision"])))
    return enhanced(_source(path), load(Proposal, late["proposal"])).node


def photo(desk: Desk, out: Path, late: dict[str, JSON]) -> list[str]:
    """Make a photo as a proposal says; what was converted or lost besides its size. Raises what enhancing it raises."""
    from dreamreel.enhance.data import load
    from dreamreel.enhance.photo import enhance_photo
    from dreamreel.enhance.proposal import Proposal
    from dreamreel.neural.machine import settle

    settle(cast("Precision", str(late["precision"])))
    made = enhance_photo(
        Path(str(late["file"])), out, load(Proposal, late["proposal"]), cancel=desk.cancel,
        on_event=lambda event: desk.say({"progress": event.as_json()}),
    )  # fmt: skip
    converted = [one for one in cast("list[str]", made["converted"]) if not one.startswith("its size")]
    return [*converted, *(f"lost: {one}" for one in cast("list[str]", made["lost"]))]


def _source(path: Path) -> Clip:
    from dreamreel.clip import Clip
    from dreamreel.ops.source import from_file

    return Clip.of(from_file(path))


def _shown(clip: Clip) -> Clip:
    """A clip as a browser can show it: square pixels, not too large, not HDR."""
    video = clip.info.video
    assert video is not None
    if video.colour.transfer in _HDR:
        clip = clip.tone_map()
    wide = round(video.width * video.sar)
    scale = min(Fraction(1), Fraction(_SIDE, max(wide, video.height)))
    step = 1 if video.still else 2
    size = tuple(max(step, step * round(side * scale / step)) for side in (wide, video.height))
    return clip if size == (video.width, video.height) else clip.resize(*size, mode="stretch")
