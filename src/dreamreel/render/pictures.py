"""Outputs that are not films of segments: GIF and animated WebP, and the first frame as a PNG or JPEG."""

from __future__ import annotations

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
) -> None:
    """Make an animation or a picture of `plan` as `target` says; complete or absent. Raises what rendering raises."""
    if plan.picture is None or plan.video is None:
        raise RenderFailed("a picture was asked of a clip that has none; this is a bug in the plan.")
    meter = Meter(plan.frames, 1, listener)
    meter.tell("plan")
    if plan.container.kind == "picture":
        _still(plan.picture, plan.video.alpha, out, plan.container.name, recipe, cancel)
    else:
        write_animation(
            out, lambda: _timed(plan, cancel, meter), plan.container, recipe=recipe, loop=target.loop,
            colours=target.colours, quality=_QUALITY if target.quality is None else max(1, round(target.quality)),
        )  # fmt: skip
    meter.tell("done")


def _still(
    picture: tree.Picture, alpha: bool, out: Path, container: str, recipe: str | None, cancel: Cancel
) -> None:
    """The frame on show at time 0."""
    with closing(frames(picture, Span(Fraction(0), Fraction(1, 1000)), Room(cancel))) as items:
        first = next(items, None)
    if first is None:
        raise DamagedMedia("no picture could be decoded; is the source cut short?")
    rgb = Reformatter("rgba" if alpha else "rgb24", SRGB)(first[1])
    save_image(out, cast("NDArray[np.uint8]", rgb.to_ndarray()).copy(), recipe=recipe, container=container)


def _timed(plan: Plan, cancel: Cancel, meter: Meter) -> Iterator[TimedFrame]:
    assert plan.picture is not None
    assert plan.video is not None
    end = plan.info.duration
    with closing(frames(plan.picture, Span(Fraction(0), end), Room(cancel))) as items:
        held = next(items, None)
        while held is not None:
            following = next(items, None)
            start = max(held[0], Fraction(0))
            yield start, (following[0] if following else end) - start, held[1]
            meter.drawn()
            held = following
