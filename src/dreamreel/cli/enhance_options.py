"""What `enhance` can be told, each option once, as a row of data; see `convert_options` for how rows are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from dreamreel.cli.convert_options import Row, fields_of, taking_rows
from dreamreel.cli.help import PICTURE

if TYPE_CHECKING:
    from dreamreel.enhance.asked import Asked

__all__ = ["OPTIONS", "asked_of", "taking_enhance"]

NETWORK: Final = "The network"
CLEANING: Final = "Cleaning"


_Read = Callable[[str], Mapping[str, object]]


def _field(name: str) -> Mapping[str, object]:
    return {name: True}


def _text(name: str) -> _Read:
    def read(text: str) -> Mapping[str, object]:
        return {name: text.strip().lower()}

    return read


def _share(name: str) -> _Read:
    def read(text: str) -> Mapping[str, object]:
        from dreamreel.errors import BadParameter

        if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text.strip()):
            raise BadParameter(f"{name}: {text[:30]!r} is not a number from 0 to 1.")
        return {name: float(text)}

    return read


def _whole(name: str) -> _Read:
    def read(text: str) -> Mapping[str, object]:
        from dreamreel.errors import BadParameter

        if not re.fullmatch(r"\d{1,3}", text.strip()):
            raise BadParameter(f"{name}: {text[:30]!r} is not a whole number.")
        return {name: int(text)}

    return read


def _grain(text: str) -> Mapping[str, object]:
    return {"match_grain": True} if text.strip().lower() == "match" else _share("grain")(text)


def _rate(text: str) -> Mapping[str, object]:
    from dreamreel.time import fraction_text, frame_rate

    rate = frame_rate(text)
    return {"fps": int(rate) if rate.denominator == 1 else fraction_text(rate)}


_ROWS: Final = (
    Row("to", PICTURE, "Size: 720p, 1080p, 2K, 4K, 8K, WxH, x2 to x8, or same.", _text("to"), "SIZE",
             default="up to 1080p of small films, twice the size of 720p, large ones as they are"),
    Row("stabilize", PICTURE, "Steady a shaking camera.", _field("stabilize"), kind="flag"),
    Row("fps", PICTURE, "Frames per second, new ones made between the old.", _rate, "RATE"),
    Row("crop", PICTURE, "Cut black bars away.", _field("crop"), kind="flag"),
    Row("deinterlace", PICTURE, "Whole frames from half ones: auto, off, tff, bff, film.", _text("deinterlace"),
             "HOW", default="auto"),
    Row("deinterlace_by", PICTURE, "What makes them: network (nearer to what was there), bwdif (faster).",
             _text("deinterlace_by"), "network|bwdif", default="network"),
    Row("auto_colour", PICTURE, "White balance, exposure and contrast.", _field("auto_colour"),
                        kind="flag"),
    Row("colourise", PICTURE, "Colours for black and white, by weights of `dreamreel models`; auto: the first.",
        _text("colourise"), "NAME|auto"),
    Row("hdr", PICTURE, "SDR as HDR.", _field("hdr"), kind="flag"),
    Row("grain", PICTURE, "Grain over the result, 0 to 1, or match: as the source had it.", _grain, "NUMBER|match"),
    Row("model", NETWORK, "A family of networks, such as clean; or weights of others, from `dreamreel models`.",
        _text("model"), "NAME", default="what suits the film"),
    Row("size", NETWORK, "The network's size: s (fast), m, l (fine), where there is one.", _text("size"), "s|m|l",
        default="m"),
    Row("face", NETWORK, "How much of a network for faces shows inside soft masks around them, 0 (none) to 1.",
        _share("face"), "NUMBER", default="0.5 where faces are small and the film is bad"),
    Row("strength", CLEANING, "How much to clean, 0 (not at all) to 1.", _share("strength"), "NUMBER",
             default="as much as is found to be needed"),
    Row("denoise", CLEANING, "Noise: auto, on, off.", _text("denoise"), "WHEN", default="auto"),
    Row("deblock", CLEANING, "Blocks that compression left: auto, on, off.", _text("deblock"), "WHEN",
                    default="auto"),
    Row("deband", CLEANING, "Steps in skies and walls: on, off.", _text("deband"), "WHEN", default="off"),
    Row("dehalo", CLEANING, "Halos around edges: auto, on, off.", _text("dehalo"), "WHEN", default="auto"),
    Row("restore_film", CLEANING, "Old film: dust, scratches and flicker away.",
                         _field("restore_film"), kind="flag"),
    Row("crf", "The output", "Quality on the codec's own scale; lower is better.", _whole("crf"), "NUMBER",
             default="so that the detail stays"),
    Row("video_codec", "The output", "h264, h265, av1, vp9 …", _text("codec"), "CODEC"),
)  # fmt: skip


OPTIONS: Final[Mapping[str, Row]] = {row.name: row for row in _ROWS}
"""Every option by its name, in the order of the help."""

taking_enhance = taking_rows(tuple(OPTIONS.values()))
"""Gives a command these options; it gets them as `**said`."""


def asked_of(said: Mapping[str, object]) -> Asked:
    """What was typed. Raises `BadParameter`, `BadSize`."""
    from dreamreel.enhance.asked import Asked
    from dreamreel.enhance.data import load

    return load(Asked, fields_of(said, OPTIONS))
