"""Outputs that are not films of segments: GIF and animated WebP, and the first frame as a PNG or JPEG."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dreamreel.errors import DamagedMedia, RenderFailed
from dreamreel.media.animation import TimedFrame, write_animation
from dreamreel.media.colour import SRGB, Reformatter
from dreamreel.media.images import save_image
from dreamreel.render import tree
from dreamreel.render.frames import Room, frames
from dreamreel.render.plan import Plan
from dreamreel.render.progress import Listener, Meter
from dreamreel.render.target import Target
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["write_pictures"]

_QUALITY = 85
"""Of a WebP, where nothing says it."""


def write_pictures(
    plan: Plan, out: Path, target: Target, recipe: str | None, cancel: Cancel, listener: Listener | None
) -> int:
    """Make an animation or a picture of `plan` as `target` says; complete or absent. Raises what rendering raises.

    Returns how many pictures of the sources could not be decoded.
    """
    if plan.picture is None or plan.video is None:
        raise RenderFailed("a picture was asked of a clip that has none; this is a bug in the plan.")
    meter, room = Meter(plan.frames, 1, listener), Room(cancel)
    meter.tell("plan")
    if plan.container.kind == "picture":
        _still(plan.picture, plan.video.alpha, out, plan.container.name, recipe, room)
    elif plan.container.kind == "sequence":
        _numbered(plan, out, room, meter)
    else:
        write_animation(
            out, lambda: _timed(plan, room, meter), plan.container, recipe=recipe, loop=target.loop,
            colours=target.colours, quality=_QUALITY if target.quality is None else max(1, round(target.quality)),
        )  # fmt: skip
    meter.damaged(room.damage)
    meter.tell("done")
    return len(set(room.damage))


def _still(
    picture: tree.Picture, alpha: bool, out: Path, container: str, recipe: str | None, room: Room
) -> None:
    """The frame on show at time 0."""
    with closing(frames(picture, Span(Fraction(0), Fraction(1, 1000)), room)) as items:
        first = next(items, None)
    if first is None:
        raise DamagedMedia("no picture could be decoded; is the source cut short?")
    rgb = Reformatter("rgba" if alpha else "rgb24", SRGB)(first[1])
    save_image(out, cast("NDArray[np.uint8]", rgb.to_ndarray()).copy(), recipe=recipe, container=container)


def _numbered(plan: Plan, out: Path, room: Room, meter: Meter) -> None:
    """A file for every frame, numbered from 1 in the place of `%05d`; all of them, or none."""
    assert plan.video is not None
    rgb = Reformatter("rgba" if plan.video.alpha else "rgb24", SRGB)
    with tempfile.TemporaryDirectory(prefix=".dreamreel-", dir=out.parent) as folder:
        made: list[Path] = []
        for number, (_, _, frame) in enumerate(_timed(plan, room, meter), 1):
            made.append(Path(folder) / (out.name % number))
            pixels = cast("NDArray[np.uint8]", rgb(frame).to_ndarray()).copy()
            save_image(made[-1], pixels, container=plan.container.name)
        if not made:
            raise DamagedMedia("no picture could be decoded; is the source cut short?")
        for path in made:
            path.replace(out.parent / path.name)


def _timed(plan: Plan, room: Room, meter: Meter) -> Iterator[TimedFrame]:
    assert plan.picture is not None
    assert plan.video is not None
    end = plan.info.duration
    with closing(frames(plan.picture, Span(Fraction(0), end), room)) as items:
        held = next(items, None)
        while held is not None:
            following = next(items, None)
            start = max(held[0], Fraction(0))
            yield start, (following[0] if following else end) - start, held[1]
            meter.drawn()
            held = following
