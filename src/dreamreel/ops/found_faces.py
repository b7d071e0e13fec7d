"""Faces that are found by looking at a clip's file, for the op that enlarges them.

node ─► the one file it is made of ─► tracks in it ─► moved as what is cut off and steadied moves them ─► a table
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dreamreel.errors import BadParameter, InputMissing
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops import op_of
from dreamreel.ops.base import Filter, Frames, Op, need_video
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces, check_faces, face_network_for
from dreamreel.ops.geometry import Crop, Flip, Pad, Rotate
from dreamreel.ops.motion import Stabilise
from dreamreel.ops.source import FileSource
from dreamreel.ops.time_ import Trim

if TYPE_CHECKING:
    from dreamreel.analyse.face_tracks import Seen, Track
    from dreamreel.graph import Node
    from dreamreel.neural.catalog import Network

__all__ = ["faces_for", "packed"]

_WHY = "face: faces are looked for in a film"


def faces_for(
    node: Node,
    info: ClipInfo,
    base: Enlarge,
    share: float,
    *,
    faces: str | None = None,
    face: Network | None = None,
) -> EnlargeFaces | Enlarge:
    """The op that enlarges a clip by `base` and its faces by the network `face`; `base` where there are no faces.

    Without `face` it is the network of the family for faces. `faces` is what was found in the clip's file (`packed`),
    where somebody has looked already; else the part of the file that the clip shows is decoded now. The clip is a file,
    a trim of it, or what changes its looks, cuts borders off or steadies it. Raises `BadParameter` for other clips, and
    `CapabilityMissing` where there is no network for faces.
    """
    check_faces(share)
    if need_video("face", info).still:
        raise BadParameter(f"{_WHY}, and this clip is a picture; leave face out.")
    chosen = face or face_network_for(base)
    chain, source = _chain(node)
    trims = [op for op, _ in chain if isinstance(op, Trim)]
    start = sum((trim.start for trim in trims), Fraction(0))
    end = start + (trims[-1].end - trims[-1].start) if trims else source.info.duration
    found = _found(Path(source.path), start, end) if faces is None else _part(_unpacked(faces), start, end)
    tracks = [track for one in found if (track := _moved(one, start, chain))]
    if not tracks:
        return base
    exact = replace(base, tolerance=0)
    return EnlargeFaces(exact, chosen.name, chosen.sha256[:16], packed(tracks), round(share, 4))


def _found(path: Path, start: Fraction, end: Fraction) -> Iterable[Track]:
    """By looking; times count from `start`."""
    from dreamreel.analyse.face_tracks import detect

    if not path.is_file():
        raise InputMissing(f"{path.name} is not there any more, so it cannot be looked at.")
    return detect(path, start, end)


def _part(tracks: Iterable[Track], start: Fraction, end: Fraction) -> Iterator[Track]:
    """What of the tracks of a file lies in a stretch; times count from its start."""
    from dreamreel.analyse.face_tracks import between

    for track in tracks:
        pairs = [(one, other) for one, other in pairwise(track) if one.time < end and other.time > start]
        if pairs:
            seen = [between(one, other, max(start, one.time)) for one, other in pairs]
            seen.append(between(*pairs[-1], min(end, pairs[-1][1].time)))
            yield tuple(replace(one, time=one.time - start) for one in seen)


def _chain(node: Node) -> tuple[list[tuple[Op, VideoInfo]], FileSource]:
    """The ops of a clip from its file upwards, each with the picture that it is given."""
    ops: list[Op] = []
    while node.inputs:
        op = op_of(node)
        outline = isinstance(op, (Filter, Enlarge, Frames)) and not isinstance(op, (Pad, Rotate, Flip))
        if len(node.inputs) != 1 or not (outline or isinstance(op, Trim)):
            raise BadParameter(
                f"{_WHY}; use it before clips are joined, retimed, padded, turned or drawn on."
            )
        ops.append(op)
        node = node.inputs[0]
    source = op_of(node)
    if not isinstance(source, FileSource):
        raise BadParameter(f"{_WHY}, and this clip is not made of one; leave face out.")
    info, chain = source.info, list[tuple[Op, VideoInfo]]()
    for op in reversed(ops):
        chain.append((op, need_video("face", info)))
        info = op.infer(info)
    return chain, source


def _moved(track: Track, start: Fraction, chain: list[tuple[Op, VideoInfo]]) -> Track:
    """A track as its face is seen after what a clip does to its file; times stay those of the clip."""
    late = start
    for op, video in chain:
        if isinstance(op, Trim):
            late -= op.start
        elif isinstance(op, Crop):
            track = _cropped(track, op, video)
        elif isinstance(op, Stabilise):
            track = _steadied(track, op, video, late)
    return track


def _cropped(track: Track, op: Crop, video: VideoInfo) -> Track:
    """In shares of what is left; nothing of a face that is never in it."""
    across, down = video.width / op.width, video.height / op.height
    left, top = op.x / video.width, op.y / video.height
    made = tuple(
        replace(one, box=replace(one.box, x=(one.box.x - left) * across, y=(one.box.y - top) * down,
                                 wide=one.box.wide * across, high=one.box.high * down))
        for one in track
    )  # fmt: skip
    return made if any(-0.5 < one.box.x < 1.5 and -0.5 < one.box.y < 1.5 for one in made) else ()


def _steadied(track: Track, op: Stabilise, video: VideoInfo, late: Fraction) -> Track:
    """Where a steady camera sees the face; `late` is when the clip begins in the time of the steadied one."""
    import numpy as np

    from dreamreel.motion.steady import matrix

    found, aspect = op.corrections(), video.height / float(video.width * video.sar)
    made: list[Seen] = []
    for one in track:
        number, _ = found.place(one.time + late)
        zoom = op.zooms[int(found.shots[number])] if found.shots is not None else 1.0
        onto, box = matrix(found.at(one.time + late), zoom), one.box
        x, y, _ = (float(value) for value in onto @ np.array([box.x - 0.5, (box.y - 0.5) * aspect, 1.0]))
        grown = float(np.hypot(onto[0, 0], onto[1, 0]))
        moved = replace(box, x=x + 0.5, y=y / aspect + 0.5, wide=box.wide * grown, high=box.high * grown)
        made.append(replace(one, box=moved))
    return tuple(made)


def packed(tracks: Iterable[Track]) -> str:
    """Tracks as one short text; empty for none.

    Times are those of the millisecond before, so that a face never reaches beyond a cut.
    """
    import numpy as np

    from dreamreel.motion.columns import pack
    from dreamreel.neural.faces import SPACE

    rows = [
        (number, int(one.time * 1000), round(one.box.x * SPACE), round(one.box.y * SPACE),
         round(one.box.wide * SPACE), round(one.box.high * SPACE), round(one.weight * 100))
        for number, track in enumerate(tracks) for one in track
    ]  # fmt: skip
    return pack(np.array(rows, np.int64)) if rows else ""


def _unpacked(text: str) -> Iterator[Track]:
    from dreamreel.analyse.face_tracks import Box, Seen
    from dreamreel.motion.columns import unpack
    from dreamreel.neural.faces import COLUMNS, SPACE

    rows = cast("list[list[int]]", unpack(text, COLUMNS).tolist()) if text else []
    for _, track in groupby(rows, key=itemgetter(0)):
        yield tuple(
            Seen(Fraction(time, 1000), Box(x / SPACE, y / SPACE, wide / SPACE, high / SPACE), weight / 100)
            for _, time, x, y, wide, high, weight in track
        )
