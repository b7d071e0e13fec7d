"""Parameters that are found by looking at a clip's file, before anything is rendered.

    node ─► the one file it is made of ─► a detector ─► an op with what was found in it

What is found is part of the recipe, so that the render itself looks at nothing and gives the same result anywhere.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from dreamreel.errors import BadParameter, InputMissing
from dreamreel.graph import Node
from dreamreel.media.grade import Grade
from dreamreel.media.info import ClipInfo
from dreamreel.media.tonemap import DEFAULT_PEAK, is_hdr
from dreamreel.neural.catalog import Precision
from dreamreel.ops import op_of
from dreamreel.ops.base import Filter, Frames, Op, need_video
from dreamreel.ops.clean import Deinterlace, Method, Unweave, unweave
from dreamreel.ops.colour import ToneMap
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.film import Deflicker, Descratch, Dust, Grain
from dreamreel.ops.geometry import Crop, Flip, Pad, Rotate
from dreamreel.ops.grade import AutoColour, Graded
from dreamreel.ops.hearing import DenoiseSound
from dreamreel.ops.motion import UNIT, Border, Stabilise
from dreamreel.ops.repair import Dehalo, TemporalDenoise, check_share
from dreamreel.ops.source import FileSource, ImageSource
from dreamreel.ops.time_ import Trim
from dreamreel.time import Span

__all__ = [
    "deinterlace_for",
    "denoise_for",
    "file_under",
    "grade_for",
    "grain_for",
    "loud_parts",
    "stabilise_for",
    "strength_for",
    "temporal_for",
    "tone_map_for",
]

_LOOKED_AT = 7
"""Frames that are shown to a network."""
_SEEN = 0.25
"""Steps of 8 bits; weaker noise is not there for anybody's eyes."""


_OUTLINE = (Filter, Enlarge, Frames)
"""Ops below which the picture's outline is that of the file, but for those of `_SHAPING`."""
_SHAPING = (Crop, Pad, Rotate, Flip)
_LOOKS = (
    Filter,
    Enlarge,
    EnlargeFaces,
    Unweave,
    TemporalDenoise,
    Dehalo,
    Deflicker,
    Dust,
    Descratch,
    Stabilise,
)
"""Ops below which a clip's times are those of its file."""
_PIXEL = 0.4
"""Sigma of the blur that a pixel is."""
_SHORTEST = 3
"""Frames of a clip that can tremble."""


def file_under(node: Node) -> Path | None:
    """The file whose frames a chain of one input shows; None when there is none, or more than one."""
    while len(node.inputs) == 1:
        node = node.inputs[0]
    op = op_of(node)
    return Path(op.path) if isinstance(op, FileSource) else None


def deinterlace_for(node: Node, double: bool, method: Method = "bwdif") -> Deinterlace | Unweave | None:
    """The op that makes a clip's frames whole; None when its file is progressive. Decodes about 150 frames of it.

    Telecined film is put together again by matching its fields, whatever the method. Raises `BadParameter` where a
    network is asked for and there is not one file that tells which field comes first.
    """
    from dreamreel.analyse.interlace import detect

    path = file_under(node)
    if path is None and method == "network":
        raise BadParameter(
            "deinterlace: which field comes first is found in a file, and this clip is not made of one; say tff or bff."
        )
    if path is None:
        return Deinterlace(double=double)
    scan = detect(path)
    if scan.kind == "progressive" or scan.order is None:
        return None
    if scan.kind == "telecine":
        return Deinterlace(scan.order, film=True)
    return (
        unweave(scan.order, double=double) if method == "network" else Deinterlace(scan.order, double=double)
    )


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
    """How much a network of `family` should take away from a clip: 0 to 1, by looking at a few frames of the file.

    What the decoder tells of the quantiser decides, and noise; where it tells nothing, the network is asked. About two
    seconds. Clips without a file are drawn, and have nothing to be taken away: 0.
    """
    from dreamreel.analyse import compression, noise
    from dreamreel.analyse.look import spread
    from dreamreel.neural.catalog import chosen
    from dreamreel.neural.cleaning import USUAL_RINGING, cleaning
    from dreamreel.neural.damage import measured

    path = file_under(node)
    network = chosen(family, size, 2)
    if path is None or not network.strength:
        return 0.0
    found = compression.detect(path)
    if found.coarse is None:
        return measured((frame for _, frame in spread(path, _LOOKED_AT)), network, precision)
    return cleaning(noise.detect(path).luma, found.coarse, max(found.blocks, found.ringing - USUAL_RINGING))


def tone_map_for(node: Node, info: ClipInfo) -> ToneMap | None:
    """The op that brings a clip to SDR, with the peak its file says or shows; None when it is SDR already."""
    if info.video is None or not is_hdr(info.video.colour):
        return None
    from dreamreel.analyse.light import peak

    path = file_under(node)
    return ToneMap(peak(path) if path is not None else DEFAULT_PEAK)


def grade_for(node: Node, info: ClipInfo, strength: float) -> AutoColour | None:
    """The op that corrects a clip's light and colour; None where all is well. Decodes the part of the file it shows.

    The clip is a file or a picture, a trim of it, or what changes its looks but not its times; else `BadParameter`.
    """
    video = need_video("auto colour", info)
    check_share("auto colour", strength)
    if is_hdr(video.colour):
        raise BadParameter("auto colour works on SDR, and this picture is HDR; tone_map it first.")
    if video.still:
        shots = [(Fraction(0), _grade_of_picture(node, strength))]
    else:
        from dreamreel.analyse.grading import detect
        from dreamreel.analyse.noise import detect as noise_of

        window, path = _window(
            node,
            "light and colour are measured in a file",
            "correct them before clips are joined or retimed",
            _LOOKS,
        )
        found = detect(path, window.start, window.end, strength, noise_of(path).luma)
        shots = [(max(start - window.start, Fraction(0)), grade) for start, grade in found]
    if all(grade.neutral for _, grade in shots):
        return None
    return AutoColour(tuple(Graded(start, grade) for start, grade in shots))


def _grade_of_picture(node: Node, strength: float) -> Grade:
    """The correction of a picture; of one that is no file there is none to find."""
    while len(node.inputs) == 1:
        node = node.inputs[0]
    source = op_of(node)
    if not isinstance(source, ImageSource):
        return Grade()
    from dreamreel.analyse.grading import grade_of, sample_of
    from dreamreel.media.images import load_image

    return grade_of([sample_of(load_image(Path(source.path)).pixels)], strength)


def grain_for(node: Node, info: ClipInfo, seed: int) -> Grain | None:
    """The grain that a clip's film has, as coarse as it is at the clip's size; None where there is none to be seen."""
    from dreamreel.analyse.noise import detect

    video = need_video("grain", info)
    path = file_under(node)
    if path is None or video.still:
        raise BadParameter(
            "grain is measured in a film, and this clip is not made of one; give it a strength."
        )
    noise = detect(path)
    if noise.luma < _SEEN:
        return None
    while node.inputs:
        node = node.inputs[0]
    source = need_video("grain", op_of(node).infer())
    scale = video.height / source.height
    # White noise is as coarse as a pixel; enlarged, its grains are as large as that pixel became.
    size = max(noise.size, _PIXEL if scale > 1 else 0.0) * scale
    return Grain(round(noise.luma, 2), round(noise.chroma, 2), round(min(size, 16.0), 2), seed)


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

    window, path = _window(
        node, "silence is looked for in a file", "trim it before clips are joined or retimed", (Filter,)
    )
    silent = detect(path, threshold, shortest, padding)
    inside = [span.clamp(window) for span in silent if span.meets(window)]
    heard = loud([span.shift(-window.start) for span in inside], window.duration)
    if not heard:
        raise BadParameter(f"{path.name} is silent from beginning to end, so nothing would be left.")
    return heard


def stabilise_for(node: Node, info: ClipInfo, strength: float, border: Border) -> Stabilise | None:
    """The op that steadies a clip; None when nothing of it trembles. Decodes the part of the file that it shows.

    The clip is a file, a trim of it, or what keeps the picture's outline over those; else raises `BadParameter`.
    """
    import numpy as np

    from dreamreel.analyse.shake import detect
    from dreamreel.motion.columns import pack
    from dreamreel.motion.plan import steadied

    video = need_video("stabilise", info)
    if not 0 <= strength <= 1:
        raise BadParameter(f"stabilise: a strength of {strength:g} is out of range; choose 0 to 1.")
    if video.still:
        return None
    window, path = _window(
        node, "a camera's shake is measured in a file",
        "stabilise it before clips are joined, retimed, cropped, padded, turned or drawn on", _OUTLINE,
    )  # fmt: skip
    shake = detect(path, window.start, window.end)
    if len(shake.times) < _SHORTEST:
        return None
    rate = float(video.rate or (len(shake.times) - 1) / (shake.times[-1] - shake.times[0]))
    aspect = video.height / float(video.width * video.sar)
    shots = [(low, steadied(shake.moves[low:high], rate, aspect, strength, border == "crop"))
             for low, high in shake.shots()]  # fmt: skip
    if not any(shot.corrections.any() for _, shot in shots):
        return None
    numbers = np.concatenate([np.full(len(shot.path), n) for n, (_, shot) in enumerate(shots)])
    moves = np.concatenate([shot.corrections for _, shot in shots])
    paths = [np.concatenate([shot.path for _, shot in shots])] if border == "fill" else []
    stamps = np.array([round(time * 1_000_000) for time in shake.times])
    values = np.rint(np.concatenate([moves, *paths], axis=1) / UNIT).astype(np.int64)
    table = np.concatenate([stamps[:, None], numbers[:, None], values], axis=1)
    return Stabilise(pack(table), tuple(round(shot.zoom, 5) for _, shot in shots), border)


def _window(node: Node, why: str, instead: str, through: tuple[type[Op], ...]) -> tuple[Span, Path]:
    """Which part of which file a clip is, seen through ops of some kinds. Raises `BadParameter` where unknown."""
    trims: list[Trim] = []
    while node.inputs:
        op = op_of(node)
        if isinstance(op, Trim):
            trims.append(op)
        elif not isinstance(op, through) or (Frames in through and isinstance(op, _SHAPING)):
            raise BadParameter(f"{why}; {instead}.")
        node = node.inputs[0]
    source = op_of(node)
    if not isinstance(source, FileSource):
        raise BadParameter(f"{why}, and this clip is not made of one.")
    if not Path(source.path).is_file():
        raise InputMissing(f"{Path(source.path).name} is not there any more, so it cannot be looked at.")
    start = sum((trim.start for trim in trims), Fraction(0))
    length = trims[0].end - trims[0].start if trims else source.info.duration
    return Span(start, start + length), Path(source.path)
