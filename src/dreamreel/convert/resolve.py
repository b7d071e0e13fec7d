"""From a preset and what was asked to one complete wish for one file: pure functions of what probing found.

preset's wish ◄ what was asked ─► its limits as bounds for this picture ─► a size in bytes as rates
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from dreamreel.convert.presets.model import Limits, Preset
from dreamreel.convert.wish import Wish, overlaid, said
from dreamreel.media.info import VideoInfo
from dreamreel.media.probe import MediaFile
from dreamreel.wording import duration_text

__all__ = ["aimed", "bounded", "length_of", "merged"]

_CONTROL: Final = ("crf", "quality", "video_bitrate", "target_size")
"""Of these only one can say how many bits there are."""
_OF_A_CODEC: Final = ("crf", "effort", "profile", "pix_fmt")
_LAYOUTS: Final = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}

_AMPLE: Final = {"h264": 0.27, "vp8": 0.33, "vp9": 0.19, "h265": 0.18, "av1": 0.15}
"""Bits per pixel that are more than a preset's quality takes of ordinary films."""
_SOUND: Final = 192_000
_OVERHEAD: Final = Fraction(98, 100)
_HIGHEST: Final = 240_000_000
"""Bits per second above which encoders do not take a bound."""


def merged(asked: Wish, preset: Preset | None) -> Wish:
    """The preset's wish with everything that was asked over it; what contradicts it in the preset goes."""
    if preset is None:
        return asked
    base, new = preset.wish, said(asked)
    if any(name in new for name in _CONTROL):
        base = replace(base, **dict.fromkeys(_CONTROL), two_pass=False)
    if asked.codec not in (None, base.codec):
        base = replace(base, **dict.fromkeys(_OF_A_CODEC))
    if asked.audio_codec not in (None, base.audio_codec):
        base = replace(base, audio_bitrate=None)
    if asked.width or asked.height:
        base = replace(base, aspect=None, max_width=None, max_height=None, short_side=None)
    return overlaid(base, asked)


def bounded(wish: Wish, limits: Limits, found: MediaFile) -> tuple[Wish, list[str]]:
    """The wish with a target's limits as bounds for this file, and sentences about what they mean for it."""
    notes: list[str] = []
    changes: dict[str, object] = {}
    track = found.main_video
    if track is not None and not (wish.width or wish.height):
        sides = _sides(wish, limits, (track.width, track.height))
        changes |= {
            "max_width": _least(wish.max_width, sides[0]),
            "max_height": _least(wish.max_height, sides[1]),
        }
    if limits.rate:
        changes["max_rate"] = min(limits.rate, wish.max_rate or limits.rate)
    if limits.channels and not wish.channels:
        most = _least(wish.max_channels, limits.channels)
        changes["max_channels"] = most
        sound = found.main_audio
        if sound is not None and most and sound.channels > most:
            changes["channels"] = _LAYOUTS[max(n for n in _LAYOUTS if n <= most)]
    length = length_of(wish, found)
    if limits.length and length > limits.length:
        notes.append(
            f"{duration_text(float(length))} is longer than the {duration_text(float(limits.length))} it takes; "
            "--start and --end choose a part"
        )
    return replace(wish, **changes), notes  # pyright: ignore[reportArgumentType]


def _sides(wish: Wish, limits: Limits, size: tuple[int, int]) -> tuple[int | None, int | None]:
    """Most width and height of the finished picture, which may stand upright."""
    long, short = limits.long_side, limits.short_side or limits.long_side
    width, height = reversed(size) if wish.rotate in (90, 270) else size
    if wish.aspect:
        left, _, right = wish.aspect.partition(":")
        width, height = int(left), int(right)
    return (long, short) if width >= height else (short, long)


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)


def length_of(wish: Wish, found: MediaFile) -> Fraction:
    """Seconds of what will be written."""
    whole = found.duration
    start = _moment(wish.start, whole, Fraction(0))
    end = _moment(wish.end, whole, whole)
    return max(Fraction(0), end - start) / wish.speed


def _moment(value: Fraction | None, whole: Fraction, default: Fraction) -> Fraction:
    if value is None:
        return default
    return min(whole, value if value >= 0 else whole + value)


def aimed(wish: Wish, size: int, video: VideoInfo | None, length: Fraction, *, exactly: bool) -> Wish:
    """The wish for a file of at most `size` bytes.

    With bits to spare and unless it shall be `exactly` that large, quality decides and the size is a bound; else the
    renderer shares the bytes out. `video` is the picture as it would be written without a bound.
    """
    plain = replace(wish, quality=None, video_bitrate=None)
    bits = size * 8 * _OVERHEAD / max(length, Fraction(1, 10)) - 2 * (wish.audio_bitrate or _SOUND)
    if video is not None and wish.crf is not None and not exactly:
        ample = _AMPLE.get(wish.codec or "", 0.3) * video.width * video.height * float(video.rate or 30)
        if bits > ample:
            return replace(plain, max_bitrate=_least(wish.max_bitrate, min(_HIGHEST, int(bits))))
    return replace(plain, target_size=size, crf=None)
