"""Whether a spliced film is what it should be: pictures around every seam, counted, timed, compared with the source's.

output ─► decode around a seam ─► as many as planned? at their times? ─┐
source ─► decode the same ────► copied pictures bit for bit the same? ─┴─► what is wrong, or nothing
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.format import VideoFormatComponent

from dreamreel.errors import DamagedMedia
from dreamreel.media.decode import VideoReader
from dreamreel.media.open import open_media
from dreamreel.media.runs import track_reader
from dreamreel.media.splice import Shown, Splice
from dreamreel.media.timing import is_cover
from dreamreel.time import Span

__all__ = ["fault", "picture_hash"]

_BEFORE, _AFTER = 6, 24
"""Pictures that are looked at on both sides of a seam: more than the deepest reordering after it."""


def picture_hash(frame: av.VideoFrame) -> bytes:
    """A hash of the samples of a picture, without the padding of its rows."""
    made = hashlib.blake2b(digest_size=16)
    parts = list(cast("Sequence[VideoFormatComponent]", frame.format.components))
    deep = (parts[0].bits + 7) // 8
    planes = len(frame.planes)
    for number, plane in enumerate(frame.planes):
        rows = np.frombuffer(bytes(plane), np.uint8)[: plane.line_size * plane.height]
        if planes == 1 and len(parts) > 1:  # Packed: all components of a pixel side by side.
            size = plane.width * frame.format.padded_bits_per_pixel // 8
        else:
            # NV12 and the like have two samples side by side in their last plane.
            size = plane.width * deep * (2 if len(parts) > planes and number == planes - 1 else 1)
        made.update(rows.reshape(plane.height, -1)[:, :size].tobytes())
    return made.digest()


def fault(out: Path, splice: Splice) -> str | None:
    """What is wrong with the picture of `out`, which was made of `splice`, or None.

    Looks around every seam, at the beginning and at the end.
    """
    shown = splice.shown()
    windows = _windows([picture.pts for picture in shown], splice.seams())
    with ExitStack() as stack:
        made = stack.enter_context(track_reader(out, _first(out)))
        readers = [stack.enter_context(track_reader(part.path, part.index.stream)) for part in splice.parts]
        try:
            for low, high in windows:
                if (
                    words := _window(made, readers, splice, shown[low:high], shown[high : high + 1])
                ) is not None:
                    return words
        except DamagedMedia as error:
            return str(error)
    return None


def _first(out: Path) -> int:
    with open_media(out) as made:
        return next(one.index for one in made.streams.video if not is_cover(one))


def _windows(times: Sequence[int], seams: Iterable[int]) -> list[tuple[int, int]]:
    """Stretches of pictures, by number, around the seams and at the end; those that meet are one."""
    places = [np.searchsorted(times, seam).item() for seam in seams]
    found: list[tuple[int, int]] = []
    for place in [*places, len(times)]:
        low, high = max(0, place - _BEFORE), min(len(times), place + _AFTER)
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return found


def _window(
    made: VideoReader, readers: Sequence[VideoReader], splice: Splice, wanted: Sequence[Shown],
    following: Sequence[Shown],
) -> str | None:  # fmt: skip
    tick = max(splice.base, made.time_base)
    step = _step(wanted, splice.base)
    start = wanted[0].pts * splice.base
    # Up to the middle of the last picture's time: whether one too many comes is seen at the next one.
    end = following[0].pts * splice.base - step / 2 if following else start + 1_000_000
    found = [(time, frame) for time, frame in made.frames(Span(max(Fraction(0), start - tick), end))
             if time >= start - step / 2]  # fmt: skip
    if len(found) != len(wanted):
        return f"around {float(start):.3f} s there are {len(found)} pictures instead of {len(wanted)}"
    for picture, (time, _) in zip(wanted, found, strict=True):
        if abs(picture.pts * splice.base - time) > 2 * tick:
            return f"the picture at {float(picture.pts * splice.base):.3f} s is shown at {float(time):.3f} s"
    for (part, originals), copies in _copied(wanted, [frame for _, frame in found]):
        index = splice.parts[part].index
        if _hashes(readers[part], index.base, index.origin, originals) != [
            picture_hash(one) for one in copies
        ]:
            return f"a copied picture after {float(start):.3f} s is not the source's"
    return None


def _step(wanted: Sequence[Shown], base: Fraction) -> Fraction:
    """The shortest time between two pictures."""
    steps = [two.pts - one.pts for one, two in pairwise(wanted)]
    return min(steps, default=1) * base


def _copied(
    wanted: Sequence[Shown], frames: Sequence[av.VideoFrame]
) -> Iterator[tuple[tuple[int, list[int]], list[av.VideoFrame]]]:
    """Runs of copied pictures that rise in one source: its part and times there, and the pictures of the output."""
    run: list[int] = []
    copies: list[av.VideoFrame] = []
    part = -1
    for picture, frame in zip(wanted, frames, strict=True):
        broken = picture.source is None or picture.part != part or (run and picture.source < run[-1])
        if broken and run:
            yield (part, run), copies
            run, copies = [], []
        if picture.source is not None:
            part = picture.part
            run.append(picture.source)
            copies.append(frame)
    if run:
        yield (part, run), copies


def _hashes(reader: VideoReader, base: Fraction, origin: Fraction, times: Sequence[int]) -> list[bytes]:
    wanted = set(times)
    span = Span(max(Fraction(0), times[0] * base - origin - 2 * base), times[-1] * base - origin + 2 * base)
    return [picture_hash(frame) for _, frame in reader.frames(span) if frame.pts in wanted]
