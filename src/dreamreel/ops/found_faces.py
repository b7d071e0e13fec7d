"""Faces that are found by looking at a clip's file, for the op that enlarges them.

node ─► the files it is made of ─► tracks in them ─► moved as trims, crops and steadying move them ─► a table
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
from dreamreel.ops.base import Arrange, Filter, Frames, need_video
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces, check_faces, face_network_for
from dreamreel.ops.geometry import Crop, Flip, Pad, Rotate
from dreamreel.ops.motion import Stabilise
from dreamreel.ops.source import FileSource
from dreamreel.time import Span

if TYPE_CHECKING:
    from dreamreel.analyse.face_tracks import Seen, Track
    from dreamreel.graph import Node
    from dreamreel.neural.catalog import Network

__all__ = ["faces_for", "packed", "unpacked"]

_WHY = "face: faces are looked for in a film"
_INSTEAD = "use it before clips are retimed, padded, turned, mixed or drawn on"


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
    where somebody has looked already; else the part of it that the clip shows is decoded now. The clip is made of files
    by trimming, joining, what changes their looks, cutting borders off, and steadying. Raises `BadParameter` for
    other clips, and `CapabilityMissing` where there is no network for faces.
    """
    check_faces(share)
    if need_video("face", info).still:
        raise BadParameter(f"{_WHY}, and this clip is a picture; leave face out.")
    chosen = face or face_network_for(base)
    tracks = _Search(faces)(node, Span(Fraction(0), info.duration))
    if not tracks:
        return base
    exact = replace(base, tolerance=0)
    return EnlargeFaces(exact, chosen.name, chosen.sha256[:16], packed(tracks), round(share, 4))


class _Search:
    """Goes down from a clip to its files, and with what is found there up again."""

    def __init__(self, faces: str | None) -> None:
        """`faces` is what was found in the file; None for nothing yet."""
        self._faces = faces
        self._infos: dict[str, ClipInfo] = {}

    def __call__(self, node: Node, window: Span) -> list[Track]:
        """The faces of a clip during `window`, in the clip's own time."""
        op = op_of(node)
        if isinstance(op, FileSource):
            return self._in_file(op, window)
        if isinstance(op, Arrange):
            return list(self._arranged(op, node, window))
        outline = isinstance(op, (Filter, Enlarge, Frames)) and not isinstance(op, (Pad, Rotate, Flip))
        if len(node.inputs) != 1 or not outline:
            why = "and this clip is not made of one; leave face out" if not node.inputs else _INSTEAD
            raise BadParameter(f"{_WHY}; {why}.")
        tracks, video = self(node.inputs[0], window), need_video("face", self._info(node.inputs[0]))
        if isinstance(op, Crop):
            return [moved for track in tracks if (moved := _cropped(track, op, video))]
        if isinstance(op, Stabilise):
            return [_steadied(track, op, video) for track in tracks]
        return tracks

    def _in_file(self, op: FileSource, window: Span) -> list[Track]:
        if self._faces is not None:
            return list(_part(unpacked(self._faces), window))
        from dreamreel.analyse.face_tracks import detect

        path = Path(op.path)
        if not path.is_file():
            raise InputMissing(f"{path.name} is not there any more, so it cannot be looked at.")
        return [_later(track, window.start) for track in detect(path, window.start, window.end)]

    def _arranged(self, op: Arrange, node: Node, window: Span) -> Iterator[Track]:
        """What each stretch of the inputs holds, when it plays."""
        infos = [self._info(one) for one in node.inputs]
        sizes = {(one.video.width, one.video.height) for one in infos if one.video}
        if len(sizes) != 1:
            raise BadParameter(f"{_WHY}; {_INSTEAD}.")
        at = Fraction(0)
        for piece in op.pieces(*infos):
            low, high = max(window.start, at), min(window.end, at + piece.span.duration)
            if low < high:
                late = at - piece.span.start
                inside = self(node.inputs[piece.source], Span(low - late, high - late))
                yield from (_later(track, late) for track in inside)
            at += piece.span.duration

    def _info(self, node: Node) -> ClipInfo:
        if node.digest not in self._infos:
            self._infos[node.digest] = op_of(node).infer(*(self._info(one) for one in node.inputs))
        return self._infos[node.digest]


def _part(tracks: Iterable[Track], window: Span) -> Iterator[Track]:
    """What of the tracks lies in a stretch."""
    from dreamreel.analyse.face_tracks import between

    for track in tracks:
        pairs = [
            (one, other)
            for one, other in pairwise(track)
            if one.time < window.end and other.time > window.start
        ]
        if pairs:
            seen = [between(one, other, max(window.start, one.time)) for one, other in pairs]
            yield (*seen, between(*pairs[-1], min(window.end, pairs[-1][1].time)))


def _later(track: Track, late: Fraction) -> Track:
    return tuple(replace(one, time=one.time + late) for one in track)


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


def _steadied(track: Track, op: Stabilise, video: VideoInfo) -> Track:
    """Where a steady camera sees the face."""
    import numpy as np

    from dreamreel.motion.steady import matrix

    found, aspect = op.corrections(), video.height / float(video.width * video.sar)
    made: list[Seen] = []
    for one in track:
        number, _ = found.place(one.time)
        zoom = op.zooms[int(found.shots[number])] if found.shots is not None else 1.0
        onto, box = matrix(found.at(one.time), zoom), one.box
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


def unpacked(text: str) -> Iterator[Track]:
    """The tracks of `packed`."""
    from dreamreel.analyse.face_tracks import Box, Seen
    from dreamreel.motion.columns import unpack
    from dreamreel.neural.faces import COLUMNS, SPACE

    rows = cast("list[list[int]]", unpack(text, COLUMNS).tolist()) if text else []
    for _, track in groupby(rows, key=itemgetter(0)):
        yield tuple(
            Seen(Fraction(time, 1000), Box(x / SPACE, y / SPACE, wide / SPACE, high / SPACE), weight / 100)
            for _, time, x, y, wide, high, weight in track
        )
