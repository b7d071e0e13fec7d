"""Parameters that are found by looking at a clip's file, before anything is rendered.

    node ─► the one file it is made of ─► a detector ─► an op with what was found in it

What is found is part of the recipe, so that the render itself looks at nothing and gives the same result anywhere.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from dreamreel.errors import BadParameter, InputMissing
from dreamreel.graph import Node
from dreamreel.media.info import ClipInfo
from dreamreel.media.tonemap import DEFAULT_PEAK, is_hdr
from dreamreel.neural.catalog import Precision
from dreamreel.ops import op_of
from dreamreel.ops.base import Filter
from dreamreel.ops.clean import Deinterlace
from dreamreel.ops.colour import ToneMap
from dreamreel.ops.hearing import DenoiseSound
from dreamreel.ops.repair import TemporalDenoise
from dreamreel.ops.source import FileSource
from dreamreel.ops.time_ import Trim
from dreamreel.time import Span

__all__ = [
    "deinterlace_for",
    "denoise_for",
    "file_under",
    "loud_parts",
    "strength_for",
    "temporal_for",
    "tone_map_for",
]

_LOOKED_AT = 7
"""Frames that are shown to a network."""
_SEEN = 0.25
"""Steps of 8 bits; weaker noise is not there for anybody's eyes."""


def file_under(node: Node) -> Path | None:
    """The file whose frames a chain of one input shows; None when there is none, or more than one."""
    while len(node.inputs) == 1:
        node = node.inputs[0]
    op = op_of(node)
    return Path(op.path) if isinstance(op, FileSource) else None


def deinterlace_for(node: Node, double: bool) -> Deinterlace | None:
    """The op that makes a clip's frames whole; None when its file is progressive. Decodes about 150 frames of it."""
    from dreamreel.analyse.interlace import detect

    path = file_under(node)
    if path is None:
        return Deinterlace(double=double)
    scan = detect(path)
    if scan.kind == "progressive" or scan.order is None:
        return None
    film = scan.kind == "telecine"
    return Deinterlace(scan.order, double=double and not film, film=film)


def temporal_for(node: Node, strength: float) -> TemporalDenoise | None:
    """The op that takes a clip's noise away over time; None when its file has none. Decodes about 30 frames of it."""
    from dreamreel.analyse.noise import detect

    path = file_under(node)
    if path is None:
        return TemporalDenoise(strength)
    noise = detect(path)
    if max(noise.luma, noise.chroma) < _SEEN:
        return None
    return TemporalDenoise(strength, round(noise.luma, 2), round(noise.chroma, 2))


def strength_for(node: Node, family: str, size: str, precision: Precision) -> float:
    """How much a network of `family` should take away from a clip: 0 to 1, by asking it about a few frames of the file.

    About two seconds. Clips without a file are drawn, and have nothing to be taken away: 0.
    """
    from dreamreel.analyse.look import spread
    from dreamreel.neural.catalog import chosen
    from dreamreel.neural.damage import measured

    path = file_under(node)
    network = chosen(family, size, 2)
    if path is None or not network.strength:
        return 0.0
    return measured((frame for _, frame in spread(path, _LOOKED_AT)), network, precision)


def tone_map_for(node: Node, info: ClipInfo) -> ToneMap | None:
    """The op that brings a clip to SDR, with the peak its file says or shows; None when it is SDR already."""
    if info.video is None or not is_hdr(info.video.colour):
        return None
    from dreamreel.analyse.light import peak

    path = file_under(node)
    return ToneMap(peak(path) if path is not None else DEFAULT_PEAK)


def denoise_for(node: Node, reduction: float) -> DenoiseSound:
    """The op that lowers a clip's noise, with the noise measured in its file."""
    from dreamreel.analyse.silence import noise_floor

    path = file_under(node)
    floor = noise_floor(path) if path is not None else None
    return DenoiseSound(reduction) if floor is None else DenoiseSound(reduction, floor)


def loud_parts(node: Node, threshold: float | None, shortest: Fraction, padding: Fraction) -> list[Span]:
    """The stretches of a clip in which its file is not silent, in the clip's own time.

    The clip is a file, a trim of it, or filters over those; anything else raises `BadParameter`.
    """
    from dreamreel.analyse.silence import detect, loud

    window, path = _window(node)
    silent = detect(path, threshold, shortest, padding)
    inside = [span.clamp(window) for span in silent if span.meets(window)]
    heard = loud([span.shift(-window.start) for span in inside], window.duration)
    if not heard:
        raise BadParameter(f"{path.name} is silent from beginning to end, so nothing would be left.")
    return heard


def _window(node: Node) -> tuple[Span, Path]:
    """Which part of which file a clip is."""
    trims: list[Trim] = []
    while node.inputs:
        op = op_of(node)
        if isinstance(op, Trim):
            trims.append(op)
        elif not isinstance(op, Filter) or len(node.inputs) != 1:
            raise BadParameter("silence is looked for in a file; trim it before clips are joined or retimed.")
        node = node.inputs[0]
    source = op_of(node)
    if not isinstance(source, FileSource):
        raise BadParameter("silence is looked for in a file, and this clip is not made of one.")
    if not Path(source.path).is_file():
        raise InputMissing(
            f"{Path(source.path).name} is not there any more, so its sound cannot be looked at."
        )
    start = sum((trim.start for trim in trims), Fraction(0))
    length = trims[0].end - trims[0].start if trims else source.info.duration
    return Span(start, start + length), Path(source.path)
