"""What has to change for a clip to fit a codec and a container: pixels, size, rate, samples, channels.

    VideoInfo ─► profile ─► pixel format ─► square pixels? ─► size ─► rate ─► VideoInfo as it will be written
    AudioInfo ─► rate ─► layout ─► AudioInfo as it will be written

What can be changed without a choice is changed and noted; what needs one is an error that says what there is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from dreamreel.errors import BadParameter
from dreamreel.media.codecs import AudioCodec, VideoCodec
from dreamreel.media.colour import ALPHA, deep, is_rgb, output_colour
from dreamreel.media.encode import EncoderSettings, profile_for
from dreamreel.media.filters import FilterSpec
from dreamreel.media.formats import Container, keeps_sar
from dreamreel.media.hardware import choose
from dreamreel.media.info import AudioInfo, VideoInfo
from dreamreel.places import state_file
from dreamreel.render.lower import into
from dreamreel.render.target import Target

__all__ = ["channels", "final_filters", "fit_picture", "fit_sound", "with_hardware"]

_USUAL = Fraction(30)
"""Frames per second of what varies, where one rate is needed."""


def fit_picture(
    video: VideoInfo, row: VideoCodec, container: Container, target: Target, notes: list[str]
) -> VideoInfo:
    """The picture in a form the codec and the container take. What changes is added to `notes`.

    Raises `BadParameter` for a profile the codec has not, and for a size or rate it cannot be brought to by itself.
    """
    wanted = target.pix_fmt or video.pix_fmt
    chosen = profile_for(row, target.profile, wanted)
    taken = chosen.pix_fmts if chosen else row.pix_fmts
    pix_fmt = wanted if wanted in taken else _nearest(wanted, taken)
    if video.alpha and not pix_fmt.startswith(ALPHA):
        notes.append("transparency is lost: what is see-through becomes black")
    if pix_fmt != video.pix_fmt and not is_rgb(video.pix_fmt):
        notes.append(f"pixels {video.pix_fmt} → {pix_fmt}")
    width, height, sar = _size(video, row, container, pix_fmt, notes)
    rate = _rate(video, row, container, notes)
    return replace(video, width=width, height=height, sar=sar, pix_fmt=pix_fmt, rate=rate,
                   colour=output_colour(video.colour, pix_fmt))  # fmt: skip


def _nearest(pix_fmt: str, taken: Sequence[str]) -> str:
    """The format of `taken` that keeps most of `pix_fmt`: its alpha and depth first, then its chroma."""
    plain = pix_fmt.replace("yuvj", "yuv")
    for same in (plain, plain.replace("yuva", "yuv"), plain.replace("yuv", "yuvj")):
        if same in taken:
            return same
    alpha = pix_fmt.startswith(ALPHA)

    def loss(choice: str) -> tuple[bool, bool, int, int, int]:
        more = _chroma(choice) - _chroma(pix_fmt)
        lost_depth = deep(pix_fmt) and not deep(choice)
        return alpha and not choice.startswith(ALPHA), lost_depth, max(0, -more), more, taken.index(choice)

    # RGB pictures become what the codec writes by default: full chroma is for those who ask.
    if is_rgb(pix_fmt) and not alpha and not deep(pix_fmt):
        return taken[0]
    return min(taken, key=loss)


def _chroma(pix_fmt: str) -> int:
    """How much colour a format keeps, 0 to 3."""
    marks = {"gray": 0, "420": 1, "nv12": 1, "411": 1, "422": 2, "440": 2}
    return next((rank for mark, rank in marks.items() if mark in pix_fmt), 3)


def _size(
    video: VideoInfo, row: VideoCodec, container: Container, pix_fmt: str, notes: list[str]
) -> tuple[int, int, Fraction]:
    """Width, height and pixel shape."""
    width, height, sar = video.width, video.height, video.sar
    if sar != 1 and not keeps_sar(container, row):
        width, sar = max(2, round(width * sar)), Fraction(1)
        notes.append(f"pixels become square: {video.width}×{video.height} is written as {width}×{height}")
    _check_size(width, height, row)
    chroma = _chroma(pix_fmt) if not is_rgb(pix_fmt) else 3
    across = math.lcm(row.multiple[0], 2 if chroma in (1, 2) else 1)
    down = math.lcm(row.multiple[1], 2 if chroma == 1 else 1)
    padded = math.ceil(width / across) * across, math.ceil(height / down) * down
    if padded != (width, height):
        what = "even sides" if max(across, down) == 2 else f"sides that are multiples of {across} and {down}"
        notes.append(f"{width}×{height} is padded to {padded[0]}×{padded[1]}: {row.key} needs {what}")
    return *padded, sar


def _check_size(width: int, height: int, row: VideoCodec) -> None:
    if row.sizes and (width, height) not in row.sizes:
        known = ", ".join(f"{w}×{h}" for w, h in row.sizes)
        other = "dnxhr" if row.key == "dnxhd" else "h264"
        raise BadParameter(
            f"{row.title} has no form for {width}×{height}; it takes {known}. Resize the clip, or choose {other}."
        )
    (least_w, least_h), (most_w, most_h) = row.smallest, row.largest
    if width < least_w or height < least_h:
        raise BadParameter(
            f"{row.title} takes no picture below {least_w}×{least_h}, and this is {width}×{height}; resize it."
        )
    if width > most_w or height > most_h:
        raise BadParameter(
            f"{row.title} takes no picture above {most_w}×{most_h}, and this is {width}×{height}; resize it."
        )


def _rate(video: VideoInfo, row: VideoCodec, container: Container, notes: list[str]) -> Fraction | None:
    """Frames per second, None for a variable rate."""
    rate = video.rate or (Fraction(25) if video.still else None)
    if not (row.rates or container.rates or container.constant):
        return rate
    known = sorted(one for one in row.rates or container.rates if one in (container.rates or row.rates))
    given = rate or _USUAL
    if known and given not in known:
        given = next((one for one in known if one >= given), known[-1])
    if given != rate:
        who = row.key if row.rates else container.name
        was = f"{float(rate):.6g} fps" if rate else "a varying frame rate"
        notes.append(
            f"{was} → {float(given):.6g} fps: {who} holds {'few rates' if known else 'only steady ones'}"
        )
    return given


def final_filters(video: VideoInfo, shown: VideoInfo) -> tuple[FilterSpec, ...]:
    """What turns the clip's picture into what is encoded."""
    specs: list[FilterSpec] = []
    if shown.sar != video.sar:
        specs += [FilterSpec.of("scale", w=round(video.width * video.sar), h=video.height, flags="lanczos"),
                  FilterSpec.of("setsar", sar=1)]  # fmt: skip
    if (shown.pix_fmt, shown.colour) != (video.pix_fmt, video.colour):
        specs += into(shown)
    if (shown.width, shown.height) != (round(video.width * video.sar / shown.sar), video.height):
        specs.append(FilterSpec.of("pad", w=shown.width, h=shown.height))
    return tuple(specs)


def with_hardware(settings: EncoderSettings, wanted: str, notes: list[str]) -> EncoderSettings:
    """The settings for the graphics card's encoder, where `wanted` asks for it and it works; a note says which."""
    found, note = choose(wanted, settings.codec, settings.pix_fmt, state_file("hardware.json"))
    if note:
        notes.append(note)
    if found is None:
        return settings
    pix_fmt = found.pix_fmts[-1] if deep(settings.pix_fmt) else found.pix_fmts[0]
    return replace(settings, hardware=found.encoder, pix_fmt=pix_fmt, preset=None, options=())


def fit_sound(
    audio: AudioInfo, row: AudioCodec, container: Container, target: Target, notes: list[str]
) -> AudioInfo:
    """The sound in a form the codec and the container take. What changes is added to `notes`."""
    rate = row.rate_for(target.sample_rate or audio.rate)
    if container.audio_rates and rate not in container.audio_rates:
        rate = min(container.audio_rates, key=lambda one: abs(one - rate))
    layout = _layout(target.channels or audio.layout, row.layouts)
    if (rate, layout) != (audio.rate, audio.layout):
        notes.append(f"sound {audio.rate} Hz {audio.layout} → {rate} Hz {layout}")
    return replace(audio, rate=rate, layout=layout,
                   channels=audio.channels if layout == audio.layout else channels(layout))  # fmt: skip


def _layout(wanted: str, taken: Sequence[str]) -> str:
    """The layout of `taken` that keeps most channels of `wanted` without making any up."""
    if not taken or wanted in taken:
        return wanted
    plain = wanted.replace("(side)", "")
    if plain in taken:
        return plain
    have = channels(wanted)
    fitting = [one for one in taken if channels(one) <= have]
    return max(fitting, key=channels) if fitting else min(taken, key=channels)


def channels(layout: str) -> int:
    """How many channels FFmpeg's layout name means."""
    import av

    return av.AudioLayout(layout).nb_channels
