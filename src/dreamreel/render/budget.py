"""A size in bytes shared out before anything is encoded: container, sound, picture. Pure.

    target_size ─► − index and headers ─► − sound (less of it where little is left) ─► picture's bits per second
                                                                     └ too few a pixel: smaller picture, fewer frames

What is estimated here is measured later (`render.size`); what is decided here stays: the sound's form, the picture's
size and rate. Every decision is told in a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from dreamreel.errors import BadParameter
from dreamreel.graph import Node
from dreamreel.media.formats import AudioCodec, Container, audio_codec, video_codec
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.ops.geometry import Resize
from dreamreel.ops.time_ import Fps
from dreamreel.render.lower import lower
from dreamreel.render.target import Target
from dreamreel.render.tracks import heard_nodes
from dreamreel.wording import size_text

__all__ = ["budgeted", "floor_bits", "h264_level", "stepped"]

_SHARE = Fraction(15, 100)
"""The most of the bits that sound gets by itself, unless the picture has plenty."""

_AIM = Fraction(99, 100)
_BASE, _PER_FRAME, _PER_BLOCK = 4000, 13, 6
"""Bytes of a container's headers and recipe, and of its index for each frame and each block of sound, about."""
_BLOCKS = 47
"""Blocks of sound a second."""


@dataclass(frozen=True, slots=True)
class _Rung:
    """A way to write less sound."""

    bitrate: int
    mono: bool = False
    rate: int | None = None


_LADDER = (
    _Rung(192_000), _Rung(160_000), _Rung(128_000), _Rung(96_000), _Rung(64_000), _Rung(48_000),
    _Rung(32_000, mono=True), _Rung(24_000, mono=True, rate=24_000), _Rung(16_000, mono=True, rate=16_000),
    _Rung(12_000, mono=True, rate=12_000),
)  # fmt: skip

_FLOOR: Mapping[str, float] = MappingProxyType(
    {"h264": 0.006, "h265": 0.004, "av1": 0.003, "vp9": 0.004, "vp8": 0.008}
)
"""Bits per pixel with which no film of moving pictures can be told, whatever is in it."""
_OTHER_FLOOR = 0.02
_LEAST = 0.4
"""Share of the floor that is refused even at the smallest step."""
_ENOUGH = 0.7
"""Share of what quality 50 takes that a picture must have, else fewer pixels look better."""
_POWER = 0.75
"""By which power of its pixels a film's bytes grow at one quality."""
_SIDES = (2160, 1440, 1080, 900, 720, 540, 432, 360, 288, 240, 180, 144, 120, 96)
"""Shorter sides stepped down to."""
_CALM, _SLOW = 31, 12
"""Frames a second above which the rate is halved before the picture shrinks, and below which it never goes."""


def budgeted(node: Node, container: Container, target: Target) -> tuple[Node, Target, list[str]]:
    """The graph and target that will fit in `target.target_size` bytes, and what was decided, in words.

    Raises `BadParameter` when the size is impossible or the format has no size that can be aimed at.
    """
    size = target.target_size
    if size is None:
        return node, target, []
    if container.kind not in ("video", "audio"):
        raise BadParameter(
            f"{container.name} files cannot be made to a size; choose mp4, webm, mkv, mov or a sound."
        )
    info = lower(node).info
    notes: list[str] = []
    target = _less_sound(node, info, container, target, notes)
    if info.video is None or not container.video:
        return node, _sound_only(info, container, target, size), notes
    bits = _picture_bits(node, info, container, target)
    if bits <= 0:
        raise BadParameter(
            f"{size_text(size)} cannot hold this: its sound and index alone take more; "
            "choose a larger size, leave out the sound, or cut it shorter."
        )
    bitrate = max(1, int(bits / info.duration))
    node = _smaller(node, info.video, container, target, bitrate, notes)
    return node, replace(target, video_bitrate=bitrate, two_pass=True), notes


def floor_bits(codec: str) -> float:
    """Bits per pixel that `codec` should have at least."""
    return _FLOOR.get(codec, _OTHER_FLOOR)


# ── sound ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _less_sound(node: Node, info: ClipInfo, container: Container, target: Target, notes: list[str]) -> Target:
    """Sound in a form that leaves the picture most of the bits. What the user asked for is kept."""
    asked = target.audio_bitrate is not None or target.audio_codec == "copy"
    if info.audio is None or not container.audio or asked or target.target_size is None:
        return target
    heard = heard_nodes(node, target.tracks.audio)
    if not heard:
        return target
    row = _lossy(target, container)
    usual = _usual(row, info.audio)
    if info.video is None or not container.video:
        return replace(target, audio_codec=row.key) if row.bitrate else target
    share = 8 * target.target_size * _SHARE / info.duration / len(heard)
    own = [track.bit_rate or usual if track else usual for _, track in heard]
    if max(own) <= share:
        return target
    rung = next((rung for rung in _LADDER if rung.bitrate <= share and rung.bitrate <= usual), _LADDER[-1])
    mono = rung.mono and info.audio.channels > 1
    notes.append(
        f"sound at {rung.bitrate // 1000} kbit/s{' in mono' if mono else ''}, to leave room for the picture"
    )
    return replace(
        target, audio_codec=row.key, audio_bitrate=rung.bitrate,
        channels="mono" if mono else target.channels or ("stereo" if info.audio.channels > 2 else None),
        sample_rate=target.sample_rate or (row.rate_for(rung.rate) if rung.rate else None),
    )  # fmt: skip


def _lossy(target: Target, container: Container) -> AudioCodec:
    """The wanted sound codec, else the container's first that has a bitrate."""
    if target.audio_codec:
        return audio_codec(target.audio_codec, container)
    rows = [audio_codec(key, container) for key in container.audio]
    return next((row for row in rows if row.bitrate), rows[0])


def _usual(row: AudioCodec, audio: AudioInfo) -> int:
    """Bits per second by default, as the encoder is asked for them."""
    if row.bitrate is None:
        return audio.rate * audio.channels * 12
    return row.bitrate * max(1, audio.channels) // 2


def _sound_only(info: ClipInfo, container: Container, target: Target, size: int) -> Target:
    row = _lossy(target, container)
    if row.bitrate is None:
        raise BadParameter(
            f"{row.key} is lossless, its size cannot be chosen; choose aac, mp3 or opus instead."
        )
    if target.audio_bitrate is not None:
        return replace(target, audio_codec=row.key)
    bits = (size * _AIM - _BASE // 2 - info.duration * _BLOCKS * _PER_BLOCK) * 8
    bitrate = int(bits / info.duration)
    if bitrate < _LADDER[-1].bitrate // 2:
        raise BadParameter(f"{size_text(size)} is too little for this length of sound; choose a larger size.")
    return replace(target, audio_codec=row.key, audio_bitrate=bitrate)


# ── picture ───────────────────────────────────────────────────────────────────────────────────────────────────


def _picture_bits(node: Node, info: ClipInfo, container: Container, target: Target) -> Fraction:
    """What is left for the picture, in bits."""
    assert target.target_size is not None
    assert info.video is not None
    rate = info.video.rate or Fraction(25)
    left = target.target_size * _AIM - _BASE // 4 - info.duration * rate * _PER_FRAME
    if info.audio is not None and container.audio:
        heard = heard_nodes(node, target.tracks.audio)
        usual = _usual(_lossy(target, container), info.audio) if target.audio_codec != "copy" else 192_000
        for _, track in heard:
            bits = target.audio_bitrate or (track.bit_rate if track and track.bit_rate else usual)
            left -= info.duration * (Fraction(bits, 8) + _BLOCKS * _PER_BLOCK)
    return left * 8


def _smaller(
    node: Node, video: VideoInfo, container: Container, target: Target, bitrate: int, notes: list[str]
) -> Node:
    """The graph with a picture that has bits enough for each of its pixels."""
    if not target.step_down:
        return node
    rate = video.rate or Fraction(25)
    side, slower = min(video.width, video.height), target.fit_slower
    if target.fit_side is not None:
        side = min(side, target.fit_side)
    else:
        side, slower = _hopeful(video, container, target, bitrate)
    if slower > 1 and video.rate:
        node = Fps(rate / slower).node(node)
        notes.append(
            f"{float(rate / slower):.4g} frames a second instead of {float(rate):.4g}, to fit the size"
        )
    if side != min(video.width, video.height):
        box = Resize(height=side) if video.width >= video.height else Resize(width=side)
        node = box.node(node)
        notes.append(
            f"{side} lines instead of {min(video.width, video.height)}, to fit the size and still look well"
        )
    return node


def _hopeful(video: VideoInfo, container: Container, target: Target, bitrate: int) -> tuple[int, int]:
    """The largest side, and the divisor of the rate, with which `bitrate` is not hopeless. Raises `BadParameter`."""
    floor = floor_bits(video_codec(None if target.codec == "copy" else target.codec, container).key)
    full, rate = min(video.width, video.height), float(video.rate or 25)

    def share(side: int, slower: int) -> float:
        return bitrate / (floor * video.width * video.height * (side / full) ** 2 * rate / slower)

    side, slower = full, 1
    if share(side, slower) < 1 and rate > _CALM:
        slower = 2
    side = next(
        (one for one in (full, *_SIDES) if one <= full and share(one, slower) >= 1), min(full, _SIDES[-1])
    )
    while share(side, slower) < 1 and rate / slower / 2 >= _SLOW:
        slower *= 2
    if share(side, slower) < _LEAST:
        raise BadParameter(
            f"{size_text(target.target_size or 0)} is too little for this length: even {side} lines would not be "
            "recognisable; choose a larger size or cut it shorter."
        )
    return side, slower


def stepped(video: VideoInfo, bits: float, needed: float, slower: int) -> tuple[int, int] | None:
    """The side and divisor of the rate with which a picture fits into `bits`, or None when it does as it is.

    `video` is the picture as it would be written, `needed` what quality 50 takes of it, `slower` its divisor already.
    """
    if bits >= _ENOUGH * needed:
        return None
    side = min(video.width, video.height)
    if video.rate and video.rate > _CALM:
        return side, 2 * slower
    wanted = side * (bits / needed) ** (1 / (2 * _POWER))
    smaller = next((one for one in _SIDES if one < side and one <= wanted * 1.1), None)
    smaller = smaller or (_SIDES[-1] if side > _SIDES[-1] else None)
    return (smaller, slower) if smaller else None


@dataclass(frozen=True, slots=True)
class _Level:
    name: str
    speed: int
    """Macroblocks a second."""
    size: int
    """Macroblocks a frame."""
    buffer: int
    """Macroblocks of reference pictures."""
    kbits: int
    """Thousands of bits a second."""


_LEVELS = (
    _Level("2.1", 19_800, 792, 4_752, 4_000), _Level("3", 40_500, 1_620, 8_100, 10_000),
    _Level("3.1", 108_000, 3_600, 18_000, 14_000), _Level("4", 245_760, 8_192, 32_768, 20_000),
    _Level("4.1", 245_760, 8_192, 32_768, 50_000), _Level("4.2", 522_240, 8_704, 34_816, 50_000),
    _Level("5", 589_824, 22_080, 110_400, 135_000), _Level("5.1", 983_040, 36_864, 184_320, 240_000),
    _Level("5.2", 2_073_600, 36_864, 184_320, 240_000), _Level("6.2", 16_711_680, 139_264, 696_320, 800_000),
)  # fmt: skip
"""H.264 table A-1, from the level on that every player knows."""


def h264_level(width: int, height: int, rate: Fraction, bitrate: int) -> str:
    """The H.264 level of a film whose pieces have different bitrates, `bitrate` on average: one header for them all.

    x264 would choose it for each piece from that piece's bitrate. Four reference pictures are counted.
    """
    blocks = -(-width // 16) * -(-height // 16)
    for level in _LEVELS:
        fits = blocks <= level.size and blocks * rate <= level.speed and 4 * blocks <= level.buffer
        if fits and 4 * bitrate <= 1000 * level.kbits:
            return level.name
    return _LEVELS[-1].name
