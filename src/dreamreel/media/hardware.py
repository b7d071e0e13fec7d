"""Encoders of graphics cards: NVENC, Quick Sync, AMF, VideoToolbox and VA-API, found by trying and not by name.

    wanted maker ─► rows of the codec ─► each opened once on 256×256 ─► remembered per PyAV, FFmpeg and driver ─► row

A name in FFmpeg's list proves nothing: h264_nvenc is listed on machines without a card and fails when it is opened.
"""

from __future__ import annotations

import contextlib
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import cast

from dreamreel.errors import BadParameter
from dreamreel.media.control import Ask
from dreamreel.media.libav import encode_frame

__all__ = ["HARDWARE", "MAKERS", "Hardware", "choose", "hardware_options", "opens", "working"]

MAKERS = ("nvenc", "qsv", "amf", "videotoolbox", "vaapi")
"""Names of the interfaces, in the order in which `auto` tries them."""

_SIDE = 256
"""Every encoder takes this size; some take none below 145 or 192."""
_CAP = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """An encoder of a graphics card."""

    maker: str
    codec: str
    """Key of the codec it writes."""
    encoder: str
    pix_fmts: tuple[str, ...]
    """Pixel formats it is fed with; the first is the default, the others are for deeper pictures."""
    quality: tuple[tuple[str, str], ...]
    """Options for a constant quality; `{crf}` is the codec's own scale, `{vt}` VideoToolbox' 1 to 100."""
    average: tuple[tuple[str, str], ...] = ()
    """Options for an average bitrate, besides the bitrate itself."""


_NVENC = (("preset", "p5"), ("tune", "hq"), ("rc", "vbr"), ("cq", "{crf}"), ("b", "0"))
_NVENC_RATE = (("preset", "p5"), ("tune", "hq"), ("rc", "vbr"))
_QSV = (("preset", "medium"), ("global_quality", "{crf}"))
_QSV_RATE = (("preset", "medium"),)
_AMF = (("quality", "balanced"), ("rc", "cqp"), ("qp_i", "{crf}"), ("qp_p", "{crf}"))
_AMF_RATE = (("quality", "balanced"), ("rc", "vbr_peak"))
_VT = (("flags", "+qscale"), ("global_quality", "{vt}"), ("allow_sw", "0"))
_VAAPI = (("rc_mode", "CQP"), ("qp", "{crf}"))
_8, _8_10 = ("yuv420p",), ("yuv420p", "p010le")
_NV, _NV_10 = ("nv12",), ("nv12", "p010le")

HARDWARE: tuple[Hardware, ...] = tuple(
    Hardware(maker=maker, codec=codec, encoder=encoder, pix_fmts=pix_fmts, quality=quality, average=average)
    for maker, codec, encoder, pix_fmts, quality, average in (
        ("nvenc", "h264", "h264_nvenc", _8, _NVENC, _NVENC_RATE),
        ("nvenc", "h265", "hevc_nvenc", _8_10, _NVENC, _NVENC_RATE),
        ("nvenc", "av1", "av1_nvenc", _8_10, _NVENC, _NVENC_RATE),
        ("qsv", "h264", "h264_qsv", _NV, _QSV, _QSV_RATE),
        ("qsv", "h265", "hevc_qsv", _NV_10, _QSV, _QSV_RATE),
        ("qsv", "av1", "av1_qsv", _NV_10, _QSV, _QSV_RATE),
        ("qsv", "vp9", "vp9_qsv", _NV_10, _QSV, _QSV_RATE),
        ("amf", "h264", "h264_amf", _NV, _AMF, _AMF_RATE),
        ("amf", "h265", "hevc_amf", _NV_10, _AMF, _AMF_RATE),
        ("amf", "av1", "av1_amf", _NV_10, _AMF, _AMF_RATE),
        ("videotoolbox", "h264", "h264_videotoolbox", _NV, _VT, ()),
        ("videotoolbox", "h265", "hevc_videotoolbox", _NV_10, _VT, ()),
        ("videotoolbox", "prores", "prores_videotoolbox", ("p210le",), (), ()),
        ("vaapi", "h264", "h264_vaapi", _NV, _VAAPI, ()),
        ("vaapi", "h265", "hevc_vaapi", _NV_10, _VAAPI, ()),
        ("vaapi", "av1", "av1_vaapi", _NV_10, _VAAPI, ()),
    )
)  # fmt: skip
"""Every hardware encoder that FFmpeg has for the codecs of the tables. VA-API's take frames that already lie on the
card, which PyAV cannot make, so they are found only where FFmpeg uploads by itself."""


def choose(wanted: str, codec: str, pix_fmt: str, kept: Path | None = None) -> tuple[Hardware | None, str]:
    """The encoder to use for `codec` instead of the program's own, and the note that says so or why not.

    `wanted` is off, auto or one of `MAKERS`. None is no error: the software encoder does the same work. Raises
    `BadParameter` for another word. `kept` is the file where what was found is remembered.
    """
    wanted = wanted.lower()
    if wanted not in ("off", "auto", *MAKERS):
        raise BadParameter(f"hardware {wanted!r} is unknown; choose off, auto or one of {', '.join(MAKERS)}.")
    if wanted == "off":
        return None, ""
    rows = [row for row in HARDWARE if row.codec == codec and wanted in ("auto", row.maker)]
    rows.sort(key=lambda row: MAKERS.index(row.maker))
    depth = "10" in pix_fmt or "12" in pix_fmt
    rows = [row for row in rows if not depth or any("10" in one for one in row.pix_fmts)]
    found = next((row for row in rows if row.encoder in working([row], kept)), None)
    if found is not None:
        return found, f"encoded by the graphics card ({found.encoder})"
    what = f"{codec}{' with 10 bits' if depth else ''}; encoded by the processor"
    if wanted == "auto":
        return None, f"no graphics card here writes {what}"
    return None, f"{wanted} does not work here, or writes no {what}"


def working(rows: Sequence[Hardware] = HARDWARE, kept: Path | None = None) -> tuple[str, ...]:
    """Which of `rows` really encode here, by encoder; each is tried once per PyAV version and driver."""
    known = _remembered(kept)
    fresh = {row.encoder: opens(row.encoder, row.pix_fmts[0]) for row in rows if row.encoder not in known}
    if fresh and kept is not None:
        _remember(kept, known | fresh)
    return tuple(row.encoder for row in rows if (known | fresh)[row.encoder])


@cache
def opens(encoder: str, pix_fmt: str) -> bool:
    """True when `encoder` can be opened on a small picture and takes a frame."""
    import av
    import av.error
    import av.logging

    from dreamreel.media.priority import ordinary_priority

    level = av.logging.get_level()
    av.logging.set_level(av.logging.PANIC)
    try:
        context = cast("av.VideoCodecContext", av.CodecContext.create(encoder, "w"))
        context.width, context.height, context.pix_fmt = _SIDE, _SIDE, pix_fmt
        context.framerate, context.time_base = Fraction(25), Fraction(1, 25)
        context.bit_rate = _CAP
        with ordinary_priority():
            context.open()
            frame = av.VideoFrame(_SIDE, _SIDE, pix_fmt)
            frame.pts, frame.time_base = 0, Fraction(1, 25)
            packets = [*encode_frame(context, frame), *encode_frame(context, None)]
    except (av.error.FFmpegError, ValueError, OSError, MemoryError):
        return False
    finally:
        av.logging.set_level(level)
    return bool(packets)


def hardware_options(encoder: str, ask: Ask) -> dict[str, str]:
    """The options of a hardware encoder for what is asked."""
    row = next(row for row in HARDWARE if row.encoder == encoder)
    options: dict[str, str] = {}
    if ask.bitrate is not None:
        options |= dict(row.average) | {"b": str(ask.bitrate)}
    elif ask.crf is not None:
        words = {"crf": str(ask.crf), "vt": str(118 * max(1, min(100, round(100 - 1.8 * ask.crf))))}
        options |= {name: value.format(**words) for name, value in row.quality}
    if ask.max_bitrate is not None:
        options["maxrate"] = options["bufsize"] = str(ask.max_bitrate)
    return options


def _fingerprint() -> str:
    """What the answer depends on: PyAV, FFmpeg's libraries, the system, and the drivers of graphics cards."""
    import av

    parts = [av.__version__, str(av.library_versions.get("libavcodec")), platform.platform()]
    for path in ("/proc/driver/nvidia/version", "/sys/module/nvidia/version", "/sys/module/amdgpu/version"):
        with contextlib.suppress(OSError):
            parts.append(Path(path).read_text(encoding="utf-8", errors="replace")[:200])
    with contextlib.suppress(OSError):
        parts += sorted(path.name for path in Path("/dev/dri").iterdir())
    return "|".join(parts)


def _remembered(kept: Path | None) -> dict[str, bool]:
    if kept is None:
        return {}
    try:
        data = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    found = cast("dict[str, object]", data)
    works = found.get("works")
    if found.get("machine") != _fingerprint() or not isinstance(works, dict):
        return {}
    return {str(name): value is True for name, value in cast("dict[object, object]", works).items()}


def _remember(kept: Path, works: dict[str, bool]) -> None:
    """Written whole or not at all; where it cannot be written, the next run tries again."""
    from dreamreel.media.atomic import atomic_write

    with contextlib.suppress(Exception):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(kept) as part:
            part.write_text(json.dumps({"machine": _fingerprint(), "works": works}), encoding="utf-8")
