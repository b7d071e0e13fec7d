"""A wish: everything a user of `convert` can say, as one frozen value that is also JSON.

A field that was not said has its default, so that a wish can be laid over a preset's: what was said wins. Times are
exact; in JSON they are numbers or texts such as `"30000/1001"` and `"1:02.5"`.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType, UnionType
from typing import Final, Literal, cast

from dreamreel.errors import BadParameter, UsageError
from dreamreel.render.target import SubtitleFile
from dreamreel.time import figure, fraction_text, frame_rate, seconds

__all__ = ["Wish", "overlaid", "read_field", "said"]

_RATES: Final = frozenset({"rate", "max_rate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to make of a file. Raises `BadParameter` when a value is outside its range."""

    preset: str | None = None
    """Name of a preset, or the path of a preset's file."""

    # ── the picture ───────────────────────────────────────────────────────────────────────────────────────
    width: int | None = None
    height: int | None = None
    """Exactly this, larger than the source if it must be; one side given keeps the shape."""
    max_width: int | None = None
    max_height: int | None = None
    """Never larger than this; the source's own size when that is smaller."""
    short_side: int | None = None
    """The shorter side is at most this: 720 is what people call 720p, also upright."""
    aspect: str | None = None
    """Shape of the finished picture, `"9:16"`; `fit` says how it is reached."""
    fit: Literal["fit", "fill", "stretch", "pad"] = "fit"
    """Into a box: whole inside it, covering it (the rest is cut off), distorted, or inside with bars."""
    background: str = "black"
    """Colour of bars."""
    crop: str | None = None
    """`"auto"` (black bars away), `"WxH"` from the middle, or `"WxH+X+Y"`."""
    rotate: Literal[0, 90, 180, 270] = 0
    """Degrees clockwise."""
    flip: Literal["horizontal", "vertical"] | None = None
    rate: Fraction | None = None
    """Constant frames per second."""
    max_rate: Fraction | None = None
    """Never more frames per second than this."""
    constant_rate: bool = False
    """A variable frame rate becomes a constant one."""
    square_pixels: bool = False
    deinterlace: Literal["off", "auto", "on", "tff", "bff", "film"] = "off"
    """Where the film is interlaced, always, with the top or bottom field first, or undoing 2:3 pulldown."""
    deinterlace_by: Literal["bwdif", "network"] = "bwdif"
    """FFmpeg's filter, which is fast, or a network, which is nearer to what was there."""
    tone_map: Literal["auto", "on", "off"] = "auto"
    """HDR to SDR: when the output cannot be HDR, always, or never."""
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    """Seconds."""
    watermark: str | None = None
    """Path of a picture that lies over the film."""
    watermark_text: str | None = None
    watermark_place: Literal["top-left", "top-right", "bottom-left", "bottom-right", "center"] = (
        "bottom-right"
    )
    watermark_opacity: float = 0.6
    """0 (not there) to 1."""
    burn: str | None = None
    """A subtitle file, or `"track:N"`, drawn into the picture."""

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────────
    start: Fraction | None = None
    end: Fraction | None = None
    """Seconds; negative ones count from the end."""
    speed: Fraction = Fraction(1)
    reverse: bool = False

    # ── the sound ─────────────────────────────────────────────────────────────────────────────────────────
    loudness: float | None = None
    """Integrated loudness in LUFS (EBU R 128)."""
    peak: float = -1.0
    """True peak in dBTP that `loudness` stays under."""
    volume: float = 0.0
    """Decibels louder or quieter."""
    denoise_sound: Literal["off", "light", "medium", "strong"] = "off"
    """How much steady noise is taken away."""
    channels: str | None = None
    """A channel layout (mono, stereo, 5.1), or `left`, `right`, `swap`."""
    max_channels: int | None = None
    sample_rate: int | None = None

    # ── the file ──────────────────────────────────────────────────────────────────────────────────────────
    container: str | None = None
    codec: str | None = None
    """Picture codec, or `"copy"`: as it is or not at all."""
    crf: int | None = None
    effort: str | None = None
    """The encoder's speed preset."""
    pix_fmt: str | None = None
    profile: str | None = None
    quality: float | None = None
    """How it looks, 0 to 100, the same for every codec."""
    video_bitrate: int | None = None
    max_bitrate: int | None = None
    """Bits per second."""
    target_size: int | None = None
    """Bytes of the whole file, never exceeded."""
    two_pass: bool = False
    hardware: str = "off"
    threads: int = 0
    audio_codec: str | None = None
    """Sound codec, or `"copy"`."""
    audio_bitrate: int | None = None
    audio: str = "all"
    subtitles: str = "all"
    """`"all"`, `"none"`, numbers from 1 (`"1,3"`) or languages (`"eng,deu"`)."""
    covers: bool = True
    attachments: bool = True
    data: bool = True
    chapters: bool = True
    tags: bool = True
    keep_location: bool = False
    encode: bool = False
    """Encode what could be copied."""
    metadata: tuple[tuple[str, str], ...] = ()
    subtitle_files: tuple[SubtitleFile, ...] = ()

    # ── animations ────────────────────────────────────────────────────────────────────────────────────────
    colours: int | None = None
    """Of a GIF's palette, 2 to 256."""
    loop: int | None = None
    """How often an animation plays; 0 is for ever."""

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            if value is not None and (problem := check(value)):
                raise BadParameter(f"{_told(name)}: {_shown(value)} {problem}.")

    @classmethod
    def from_json(cls, data: object) -> Wish:
        """A wish from JSON data. Raises `BadParameter` with what is wrong with which field."""
        if not isinstance(data, Mapping):
            raise BadParameter('a wish is a table of names and values, such as {"container": "mp4"}.')
        given = {str(name): value for name, value in cast("Mapping[object, object]", data).items()}
        if unknown := sorted(set(given) - set(_hints())):
            raise BadParameter(
                f"a wish has nothing called {unknown[0][:40]!r}; see `dreamreel convert --help`."
            )
        return cls(**{name: read_field(name, value) for name, value in given.items()})  # pyright: ignore[reportArgumentType]

    def as_json(self) -> dict[str, object]:
        """What was said, as JSON data."""
        return {name: _out(value) for name, value in said(self).items()}


def said(wish: Wish) -> dict[str, object]:
    """The fields that are not at their defaults."""
    found = {item.name: getattr(wish, item.name) for item in fields(wish)}
    defaults = {item.name: item.default for item in fields(wish)}
    return {name: value for name, value in found.items() if value != defaults[name]}


def overlaid(base: Wish, over: Wish) -> Wish:
    """`base` with everything that `over` says; tags to set are put together."""
    new = said(over)
    if over.metadata:
        new["metadata"] = tuple({**dict(base.metadata), **dict(over.metadata)}.items())
    return replace(base, **new)  # pyright: ignore[reportArgumentType]


def read_field(name: str, value: object) -> object:
    """A field's value from JSON. Raises `BadParameter`."""
    try:
        return _in(value, _hints()[name], name)
    except UsageError as error:
        raise BadParameter(f"{_told(name)}: {error}") from None


@cache
def _hints() -> Mapping[str, object]:
    hints = typing.get_type_hints(Wish)
    return MappingProxyType({item.name: hints[item.name] for item in fields(Wish)})


def _in(value: object, hint: object, name: str) -> object:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, UnionType):
        rest = [part for part in parts if part is not type(None)]
        return None if value is None else _in(value, rest[0], name)
    if origin is Literal:
        if value not in parts:
            raise BadParameter(f"{_shown(value)} is not possible; choose {', '.join(map(str, parts))}.")
        return value
    if origin is tuple:
        return _rows(value, parts[0], name)
    if hint is Fraction:
        if not isinstance(value, (int, float, str, Fraction)) or isinstance(value, bool):
            raise BadParameter(f"{_shown(value)} is not a number.")
        return frame_rate(value) if name in _RATES else seconds(value)
    if hint is SubtitleFile:
        return _subtitle_file(value)
    return _plain(value, cast("type", hint))


def _plain(value: object, kind: type) -> object:
    words = {int: "a whole number", float: "a number", str: "a text", bool: "yes or no (true or false)"}[kind]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = (
        number if kind is float else isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    )
    if not fits:
        raise BadParameter(f"{_shown(value)} is not {words}.")
    return float(cast("float", value)) if kind is float else value


def _rows(value: object, item: object, name: str) -> tuple[object, ...]:
    if name == "metadata" and isinstance(value, Mapping):
        value = [list(pair) for pair in cast("Mapping[object, object]", value).items()]
    if not isinstance(value, (list, tuple)):
        raise BadParameter("it is not a list.")
    rows = cast("Sequence[object]", value)
    return tuple(_pair(row) if typing.get_origin(item) is tuple else _in(row, item, name) for row in rows)


def _pair(value: object) -> tuple[str, str]:
    pair = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else ()
    match list(pair):
        case [str(key), str(text)]:
            return key, text
        case _:
            raise BadParameter(f"{_shown(cast('object', value))} is not a pair of texts.")


def _subtitle_file(value: object) -> SubtitleFile:
    names = {item.name for item in fields(SubtitleFile)}
    given: dict[object, object] = (
        dict(cast("Mapping[object, object]", value)) if isinstance(value, Mapping) else {}
    )
    texts = {str(name): text for name, text in given.items() if isinstance(text, (str, type(None)))}
    if len(texts) != len(given) or not set(texts) <= names or not (path := texts.get("path")):
        raise BadParameter(f"{_shown(given)} is not a table with {', '.join(sorted(names))}.")
    return SubtitleFile(path=path, language=texts.get("language"), title=texts.get("title"))


def _out(value: object) -> object:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else fraction_text(value)
    if isinstance(value, SubtitleFile):
        return {item.name: getattr(value, item.name) for item in fields(value) if getattr(value, item.name)}
    return [_out(item) for item in cast("tuple[object, ...]", value)] if isinstance(value, tuple) else value


def _told(name: str) -> str:
    return name.replace("_", " ")


def _shown(value: object) -> str:
    return figure(value) if isinstance(value, Fraction) else json.dumps(value, default=str)[:60]


_Check = Callable[[typing.Any], str]


def _between(low: float, high: float) -> _Check:
    def check(value: float) -> str:
        return "" if low <= value <= high else f"is out of range; choose {low:g} to {high:g}"

    return check


def _positive(value: Fraction) -> str:
    return "" if value > 0 else "is out of range; choose more than 0"


def _not_negative(value: Fraction) -> str:
    return "" if value >= 0 else "is out of range; choose 0 or more"


def _one_of(*names: str) -> _Check:
    def check(value: str) -> str:
        return "" if value in names else f"is not possible; choose {', '.join(names)}"

    return check


def _literal(name: str) -> _Check:
    def check(value: object) -> str:
        found: list[object] = []
        for part in (_hints()[name], *typing.get_args(_hints()[name])):
            found += typing.get_args(part) if typing.get_origin(part) is Literal else ()
        return "" if value in found else f"is not possible; choose {', '.join(map(str, found))}"

    return check


def _shape(value: str) -> str:
    left, _, right = value.partition(":")
    good = left.isdecimal() and right.isdecimal() and 0 < int(left) < 1e5 and 0 < int(right) < 1e5
    return "" if good else "is not a shape; write W:H, such as 9:16"


_SIDE = _between(2, 16_384)
_CHECKS: Final[Mapping[str, _Check]] = MappingProxyType({
    "width": _SIDE, "height": _SIDE, "max_width": _SIDE, "max_height": _SIDE, "short_side": _SIDE, "aspect": _shape,
    "fit": _literal("fit"), "rotate": _literal("rotate"), "flip": _literal("flip"),
    "deinterlace": _literal("deinterlace"), "deinterlace_by": _literal("deinterlace_by"),
    "tone_map": _literal("tone_map"),
    "watermark_place": _literal("watermark_place"), "watermark_opacity": _between(0, 1),
    "fade_in": _not_negative, "fade_out": _not_negative, "speed": _positive,
    "loudness": _between(-70, -5), "peak": _between(-9, 0), "volume": _between(-120, 60),
    "denoise_sound": _literal("denoise_sound"), "max_channels": _between(1, 64), "sample_rate": _between(1000, 768_000),
    "crf": _between(0, 255),
    "quality": _between(0, 100), "video_bitrate": _between(1000, 10**10), "max_bitrate": _between(1000, 10**10),
    "target_size": _between(1000, 10**15), "audio_bitrate": _between(500, 10**8), "threads": _between(0, 1024),
    "hardware": _one_of("off", "auto", "nvenc", "qsv", "amf", "videotoolbox", "vaapi"),
    "colours": _between(2, 256), "loop": _between(0, 65_535),
})  # fmt: skip
