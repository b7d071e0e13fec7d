"""The verbs of a wish on a clip: only those that change something, in the order in which nothing is done in vain.

whole frames ─► words ─► part, speed ─► crop, turn, size, rate ─► HDR to SDR ─► watermark ─► sound ─► fades
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from dreamreel.clip import Clip
from dreamreel.convert.shape import rate_for, shape_of
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter
from dreamreel.media.tonemap import DEFAULT_PEAK
from dreamreel.ops.clean import Deinterlace
from dreamreel.time import figure

if TYPE_CHECKING:
    from dreamreel.media.probe import MediaFile

__all__ = ["TAKEN", "changed"]

TAKEN: Final = frozenset({"left", "right", "swap"})
"""Values of `channels` that are not layouts."""
_FLOOR = -50.0
"""How loud noise usually is, in dB of full scale."""


def changed(
    clip: Clip, wish: Wish, found: MediaFile, *, seen: bool, heard: bool, tone_map: bool, look: bool
) -> Clip:
    """`clip` with every verb of `wish` that changes something; only those of what is `seen` and `heard`."""
    if seen:
        clip = _whole(clip, wish)
    if seen and wish.burn:
        # Words belong to the times of the file and to the colours of the output.
        clip = _mapped(clip, tone_map, look).subtitle(wish.burn)
        tone_map = False
    clip = _part(clip, wish)
    if seen:
        clip = _shaped(clip, wish, found)
        clip = _covered(_mapped(clip, tone_map, look), wish)
    if heard:
        clip = _heard(clip, wish, look)
    if wish.fade_in:
        clip = clip.fade_in(wish.fade_in)
    return clip.fade_out(wish.fade_out) if wish.fade_out else clip


def _part(clip: Clip, wish: Wish) -> Clip:
    """The stretch that was chosen, at its speed."""
    if wish.start is not None or wish.end is not None:
        start, end = wish.start or Fraction(0), wish.end
        if end is not None and end > clip.duration:
            raise BadParameter(
                f"--end {figure(end)} s is after the end of the file ({figure(clip.duration)} s)."
            )
        clip = clip[start:end]
    if wish.speed != 1:
        clip = clip.speed(wish.speed)
    return clip.reverse() if wish.reverse else clip


def _whole(clip: Clip, wish: Wish) -> Clip:
    """Whole frames; `auto` has become what was found before, or means none."""
    match wish.deinterlace:
        case "on" if wish.deinterlace_by == "bwdif":
            return Clip.of(Deinterlace(), clip)
        case "on":
            return clip.deinterlace("tff", method="network")
        case "tff" | "bff":
            return clip.deinterlace(wish.deinterlace, method=wish.deinterlace_by)
        case "film":
            return clip.deinterlace(film=True)
        case _:
            return clip


def _mapped(clip: Clip, tone_map: bool, look: bool) -> Clip:
    """HDR as SDR."""
    if not tone_map:
        return clip
    return clip.tone_map() if look else clip.tone_map(DEFAULT_PEAK)


def _shaped(clip: Clip, wish: Wish, found: MediaFile) -> Clip:
    """Size and rate."""
    clip = _cropped(clip, wish)
    clip = clip.rotate(wish.rotate) if wish.rotate else clip
    clip = clip.flip(wish.flip) if wish.flip else clip
    video = clip.info.video
    assert video is not None
    shape = shape_of(wish, video)
    if shape.resize:
        clip = clip.resize(*shape.resize, mode=shape.mode)
    if shape.pad:
        clip = clip.pad(*shape.pad, colour=wish.background)
    track = found.main_video
    average = track.average_rate * wish.speed if track and track.average_rate else None
    rate = None if video.still else rate_for(wish, video.rate, average)
    return clip.fps(rate) if rate else clip


def _covered(clip: Clip, wish: Wish) -> Clip:
    """What lies over the picture."""
    if wish.watermark:
        clip = clip.watermark(wish.watermark, wish.watermark_place, opacity=wish.watermark_opacity)
    if wish.watermark_text:
        clip = clip.watermark_text(wish.watermark_text, wish.watermark_place, opacity=wish.watermark_opacity)
    return clip


def _cropped(clip: Clip, wish: Wish) -> Clip:
    """The part of the picture that was chosen; `auto` has become numbers before, or means the whole."""
    if not wish.crop or wish.crop == "auto":
        return clip
    size, *corner = wish.crop.lower().replace("×", "x").split("+")
    sides = size.split("x")
    numbers = [*sides, *corner]
    if (
        len(sides) != 2
        or len(corner) not in (0, 2)
        or not all(one.isdecimal() and len(one) < 7 for one in numbers)
    ):
        raise BadParameter(
            f"{wish.crop!r} is not a part of a picture; write auto, WxH or WxH+X+Y, such as 640x360+0+60."
        )
    return clip.crop(*(int(one) for one in numbers))


def _heard(clip: Clip, wish: Wish, look: bool) -> Clip:
    """The sound. A layout alone is the encoder's to make; here channels are taken for others."""
    if wish.denoise_sound != "off":
        clip = clip.denoise_sound(wish.denoise_sound, None if look else _FLOOR)
    match wish.channels:
        case "left" | "right":
            clip = clip.channels("mono", wish.channels)
        case "swap":
            clip = clip.channels("stereo", "swap")
        case _:
            pass
    if wish.volume:
        clip = clip.volume(wish.volume)
    return clip.normalise(wish.loudness, wish.peak) if wish.loudness is not None else clip
