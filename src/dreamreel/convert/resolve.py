"""From a preset and what was asked to one complete wish for one file: pure functions of what probing found.

preset's wish ◄ what was asked ─► its limits as bounds for this picture ─► a size in bytes as rates
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from dreamreel.convert.presets.model import Limits, Preset
from dreamreel.convert.wish import Wish, overlaid, said
from dreamreel.errors import BadParameter
from dreamreel.media.info import VideoInfo
from dreamreel.media.probe import MediaFile
from dreamreel.wording import duration_text, size_text

__all__ = ["aimed", "bounded", "length_of", "merged"]

_CONTROL: Final = ("crf", "quality", "video_bitrate", "target_size")
"""Of these only one can say how many bits there are."""
_OF_A_CODEC: Final = ("crf", "effort", "profile", "pix_fmt")
_LAYOUTS: Final = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}

_SIDES: Final = (2160, 1440, 1080, 720, 540, 480, 360, 240, 144)
_LEAST_BITS: Final = {"h264": 0.045, "vp8": 0.055, "vp9": 0.032, "h265": 0.03, "av1": 0.025}
"""Bits per pixel under which a picture looks better when it is smaller; from encodes of ordinary films."""
_AMPLE = 6.0
"""From so many times that on, quality decides and the size is only watched."""
_SOUND: Final = (320_000, 256_000, 192_000, 160_000, 128_000, 96_000, 64_000, 48_000, 32_000, 24_000)
_SOUND_SHARE = Fraction(1, 7)
_SOUND_ALONE = Fraction(97, 100)
_OVERHEAD = Fraction(98, 100)
_LEAST = 16_000
"""Bits per second that a film cannot do without."""


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


def aimed(
    wish: Wish, size: int, length: Fraction, video: VideoInfo | None, sound: bool
) -> tuple[Wish, list[str]]:
    """The wish for a file of at most `size` bytes: bits for the sound, a picture small enough to look well.

    Where there are more than enough bits, quality decides and the size is a bound. `video` is the picture as it would
    be written without a bound. Raises `BadParameter` when it cannot be done.
    """
    bits = int(size * 8 * _OVERHEAD / max(length, Fraction(1, 10)))
    if video is None:
        rate = next((one for one in _SOUND if one <= bits * _SOUND_ALONE), _SOUND[-1])
        return replace(wish, audio_bitrate=min(rate, wish.audio_bitrate or rate), target_size=size), []
    if bits < _LEAST:
        raise BadParameter(
            f"{size_text(size)} is too little for {duration_text(float(length))} of film; choose a larger size, "
            "or a part with --start and --end."
        )
    heard = wish.audio_bitrate or _SOUND[4]
    heard = (
        min(heard, next((one for one in _SOUND if one <= bits * _SOUND_SHARE), _SOUND[-1])) if sound else 0
    )
    least = _LEAST_BITS.get(wish.codec or "h264", 0.04)
    rate = float(video.rate or 30)
    per_pixel = (bits - heard) / (video.width * video.height * rate)
    changes: dict[str, object] = {
        "audio_bitrate": heard or wish.audio_bitrate,
        "quality": None,
        "video_bitrate": None,
    }
    if sound and heard <= _SOUND[-2]:
        changes["channels"] = "mono"
    if per_pixel > least * _AMPLE and wish.crf is not None:
        changes["max_bitrate"] = _least(wish.max_bitrate, int((bits - heard) * _OVERHEAD))
        return replace(wish, **changes), []  # pyright: ignore[reportArgumentType]
    changes |= {"target_size": size, "crf": None, "two_pass": True}
    notes: list[str] = []
    if per_pixel < least and not (wish.width or wish.height):
        short = min(video.width, video.height)
        enough = short * (per_pixel / least) ** 0.5
        side = next((one for one in _SIDES if one <= enough), _SIDES[-1])
        if side < short:
            changes["short_side"] = _least(wish.short_side, side)
            notes.append(f"made smaller to look well in {size_text(size)}: the shorter side is {side}")
    return replace(wish, **changes), notes  # pyright: ignore[reportArgumentType]
