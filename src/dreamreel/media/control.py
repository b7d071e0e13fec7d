"""How encoders are told what to make: quality, bitrate, passes, profile and HDR10, in the words of each family.

    EncoderSettings ─► Ask (numbers) ─► one function per family ─► options of the encoder

Quality is the codec's own scale here, lower is better. Bitrates are bits per second; a cap comes with a decoder buffer
(VBV) of one second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dreamreel.media.codecs import Control
from dreamreel.media.info import Hdr

__all__ = ["Ask", "light_params", "options_for"]

_LAMBDA = 118
"""FFmpeg's `FF_QP2LAMBDA`: a quantiser of 1 in the unit of `global_quality`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of an encoder."""

    crf: int | None = None
    bitrate: int | None = None
    max_bitrate: int | None = None
    pass_: int = 0
    stats: str | None = None
    hdr: Hdr | None = None


def options_for(control: Control, ask: Ask) -> dict[str, str]:
    """The encoder options for `ask` in the words of a family; lists such as x265-params hold only what is asked."""
    return _FAMILIES[control](ask)


def light_params(hdr: Hdr) -> tuple[str | None, str | None]:
    """HDR10's metadata as x264, x265 and SVT-AV1 write it, in integers: the mastering display and the light levels."""
    display = light = None
    if len(hdr.primaries) == 8:
        rx, ry, gx, gy, bx, by, wx, wy = hdr.primaries
        display = f"G({gx},{gy})B({bx},{by})R({rx},{ry})WP({wx},{wy})L({hdr.brightest},{hdr.darkest})"
    if hdr.max_cll or hdr.max_fall:
        light = f"{hdr.max_cll},{hdr.max_fall}"
    return display, light


def _rate(ask: Ask) -> dict[str, str]:
    """Average and cap, as FFmpeg's own options say them."""
    options: dict[str, str] = {}
    if ask.bitrate is not None:
        options["b"] = str(ask.bitrate)
    if ask.max_bitrate is not None:
        options["maxrate"] = options["bufsize"] = str(ask.max_bitrate)
    return options


def _crf(ask: Ask) -> dict[str, str]:
    return {"crf": str(ask.crf)} if ask.crf is not None and ask.bitrate is None else {}


def _x264(ask: Ask) -> dict[str, str]:
    options = {**_crf(ask), **_rate(ask)}
    if ask.pass_ and ask.stats:
        options |= {"flags": f"+pass{ask.pass_}", "stats": ask.stats}
    display, light = light_params(ask.hdr) if ask.hdr else (None, None)
    params = _params({"mastering-display": display, "cll": light})
    return options | ({"x264-params": params} if params else {})


def _x265(ask: Ask) -> dict[str, str]:
    options = {**_crf(ask), **_rate(ask)}
    display, light = light_params(ask.hdr) if ask.hdr else (None, None)
    params = _params({"pass": str(ask.pass_) if ask.pass_ and ask.stats else None,
                      "stats": ask.stats if ask.pass_ else None, "hdr10": "1" if display or light else None,
                      "master-display": display, "max-cll": light})  # fmt: skip
    return options | ({"x265-params": params} if params else {})


def _svt(ask: Ask) -> dict[str, str]:
    options = {**_crf(ask), **_rate(ask)}
    display, light = _svt_light(ask.hdr) if ask.hdr else (None, None)
    params = _params({"mastering-display": display, "content-light": light})
    return options | ({"svtav1-params": params} if params else {})


def _svt_light(hdr: Hdr) -> tuple[str | None, str | None]:
    """As SVT-AV1 reads it: chromaticities and luminances as decimals."""
    _, light = light_params(hdr)
    if len(hdr.primaries) != 8:
        return None, light
    rx, ry, gx, gy, bx, by, wx, wy = (value / 50_000 for value in hdr.primaries)
    lum = f"L({hdr.brightest / 10_000:.4f},{hdr.darkest / 10_000:.4f})"
    return f"G({gx:.5f},{gy:.5f})B({bx:.5f},{by:.5f})R({rx:.5f},{ry:.5f})WP({wx:.5f},{wy:.5f}){lum}", light


def _vpx(ask: Ask) -> dict[str, str]:
    return {**_crf(ask), **_rate(ask)}


def _qscale(ask: Ask) -> dict[str, str]:
    """The encoders of FFmpeg itself, whose quantiser is set for all frames."""
    options = _rate(ask)
    if ask.bitrate is None and ask.crf is not None:
        options |= {"flags": "+qscale", "global_quality": str(ask.crf * _LAMBDA)}
    return options


def _none(ask: Ask) -> dict[str, str]:
    return _rate(ask)


def _params(values: Mapping[str, str | None]) -> str:
    return ":".join(f"{key}={value}" for key, value in values.items() if value is not None)


_FAMILIES: Mapping[Control, Callable[[Ask], dict[str, str]]] = MappingProxyType({
    "x264": _x264, "x265": _x265, "svt": _svt, "vpx": _vpx, "qscale": _qscale, "none": _none,
})  # fmt: skip
