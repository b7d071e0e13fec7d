"""What `convert`, `compress` and `gif` can be told: each option once, as a row of data.

    row: field of a wish, flags, what its text means ─► `taking` puts rows into a command ─► `wish_of` reads them

The commands' functions take what was typed as `**said`; help and documentation come from the same rows.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, cast

import typer

from dreamreel.cli.help import PICTURE

if TYPE_CHECKING:
    from dreamreel.convert.wish import Wish

__all__ = ["OPTIONS", "Row", "bits", "bytes_of", "fields_of", "taking", "taking_rows", "wish_of"]

WHAT: Final = "What to make"
TIME: Final = "Time"
SOUND: Final = "The sound"
TRACKS: Final = "Tracks and tags"
SIZE: Final = "Quality and size"

_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)(i?)(b|bytes|bit/s|bps)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SUBTITLES = (".srt", ".ass", ".ssa", ".vtt", ".ttml", ".sub", ".sbv", ".mpl", ".lrc")

Read = Callable[[str], Mapping[str, object]]
"""From a text to fields of a wish. Raises `BadParameter`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One option."""

    name: str
    panel: str
    help: str
    read: Read | Mapping[str, object]
    """How its text is read; of a flag, the fields it sets."""
    metavar: str = ""
    flags: tuple[str, ...] = ()
    kind: Literal["text", "flag", "many"] = "text"
    default: str = ""
    """What it is when it is not said, in words."""

    @property
    def parameter(self) -> inspect.Parameter:
        """The option as a parameter of a command."""
        flags = self.flags or (f"--{self.name.replace('_', '-')}",)
        option = typer.Option(
            *flags, metavar=self.metavar or None, help=self.help, rich_help_panel=self.panel,
            show_default=self.default or False,
        )  # fmt: skip
        kinds: dict[str, tuple[object, object]] = {
            "text": (str | None, None), "flag": (bool, False), "many": (list[str] | None, None),
        }  # fmt: skip
        hint, default = kinds[self.kind]
        return inspect.Parameter(self.name, inspect.Parameter.KEYWORD_ONLY, default=default,
                                 annotation=Annotated[hint, option])  # fmt: skip


def bytes_of(text: str) -> int:
    """`25MB`, `700k`, `1.5 GiB` in bytes. Raises `BadParameter`."""
    return _amount(text, "a size", "25MB, 700k or 1.5GB")


def bits(text: str) -> int:
    """`8M`, `192k` in bits per second. Raises `BadParameter`."""
    return _amount(text, "a bitrate", "8M or 192k")


def _amount(text: str, what: str, example: str) -> int:
    from dreamreel.errors import BadParameter

    found = _AMOUNT.fullmatch(text.strip())
    if not found or float(found[1]) <= 0:
        raise BadParameter(f"{text[:30]!r} is not {what}; write {example}.")
    return int(float(found[1]) * (1024 if found[3] else 1000) ** _POWERS[found[2].lower()])


def _field(name: str, read: Callable[[str], object] = str) -> Read:
    return lambda text: {name: read(text)}


def _whole(text: str) -> object:
    return int(text) if re.fullmatch(r"-?\d{1,12}", text.strip()) else text


def _number(text: str) -> object:
    return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text.strip()) else text


def _size(text: str) -> Mapping[str, object]:
    """`720p`, `4K`, or a box such as `1280x720` that the picture is made small enough for."""
    from dreamreel.errors import BadParameter

    plain = text.strip().lower().replace("×", "x")
    plain = {"2k": "1440p", "4k": "2160p", "8k": "4320p"}.get(plain, plain)
    if short := re.fullmatch(r"(\d{2,5})p", plain):
        return {"short_side": int(short[1])}
    if box := re.fullmatch(r"(\d{1,5})x(\d{1,5})", plain):
        return {"max_width": int(box[1]), "max_height": int(box[2])}
    raise BadParameter(f"--size {text[:30]!r} is not a size; write 720p, 4K or 1280x720.")


def _audio(text: str) -> Mapping[str, object]:
    return {"audio": text.strip().lower()}


def _crf(text: str) -> Mapping[str, object]:
    return {"crf": _whole(text)}


def _loudness(text: str) -> Mapping[str, object]:
    """A number of LUFS, or a name such as podcast that says the peak as well."""
    if isinstance(value := _number(text), float):
        return {"loudness": value}
    from dreamreel.ops.hearing import loudness_named

    row = loudness_named(text.strip().lower())
    return {"loudness": row.target, "peak": row.peak}


def _tag(text: str) -> Mapping[str, object]:
    from dreamreel.errors import BadParameter

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadParameter(f"--metadata {text[:30]!r} is not NAME=TEXT, such as title=Anna.")
    return {"metadata": [[name.strip().lower(), value]]}


def _subtitle_file(text: str) -> Mapping[str, object]:
    path, colon, language = text.rpartition(":")
    if (
        not colon
        or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language)
        or not path.lower().endswith(_SUBTITLES)
    ):
        path, language = text, ""
    return {"subtitle_files": [{"path": str(Path(path)), **({"language": language} if language else {})}]}


def _turn(text: str) -> Mapping[str, object]:
    named = {"left": 270, "right": 90, "over": 180}
    return {"rotate": named.get(text.strip().lower(), _whole(text))}


OPTIONS: Final[Mapping[str, Row]] = {row.name: row for row in (
    Row("preset", WHAT, "One of `dreamreel presets`, or a file of your own.",
        _field("preset"), "NAME", ("--preset", "-p")),
    Row("to", WHAT, "The format: mp4, webm, mkv, mov, gif, mp3, flac, jpeg, webp …",
        _field("container", str.lower), "FORMAT"),
    Row("video_codec", WHAT, "h264, h265, av1, vp9, prores …, or copy.", _field("codec", str.lower), "CODEC"),
    Row("audio_codec", WHAT, "aac, opus, mp3, flac …, or copy.", _field("audio_codec", str.lower), "CODEC"),
    Row("profile", WHAT, "The codec's profile, such as ProRes hq or DNxHR sq.",
        _field("profile", str.lower), "NAME"),
    Row("encode", WHAT, "Encode also what could be copied.", {"encode": True}, kind="flag"),

    Row("quality", SIZE, "How it looks, 0 to 100, the same for every codec; 90 looks like the original.",
        _field("quality", _number), "NUMBER"),
    Row("target_size", SIZE, "Bytes of the whole file, such as 25MB; never exceeded.",
        _field("target_size", bytes_of), "SIZE"),
    Row("max_bitrate", SIZE, "Most bits per second of the picture, such as 8M.",
        _field("max_bitrate", bits), "RATE"),
    Row("video_bitrate", SIZE, "Average bits per second of the picture.",
        _field("video_bitrate", bits), "RATE"),
    Row("audio_bitrate", SIZE, "Bits per second of the sound, such as 192k.",
        _field("audio_bitrate", bits), "RATE"),
    Row("crf", SIZE, "Quality on the codec's own scale; lower is better.", _crf, "NUMBER"),
    Row("effort", SIZE, "The encoder's own speed preset, such as slow.", _field("effort"), "NAME"),
    Row("two_pass", SIZE, "Look at the whole picture before encoding it.", {"two_pass": True}, kind="flag"),
    Row("hardware", SIZE, "Encode on the graphics card: auto, nvenc, qsv, amf, videotoolbox, vaapi.",
        _field("hardware", str.lower), "NAME"),

    Row("size", PICTURE, "At most this: 720p, 4K, or 1280x720. Never larger than it was.", _size, "SIZE"),
    Row("width", PICTURE, "Exactly this wide.", _field("width", _whole), "PIXELS"),
    Row("height", PICTURE, "Exactly this high.", _field("height", _whole), "PIXELS"),
    Row("aspect", PICTURE, "The shape, such as 9:16.", _field("aspect"), "W:H"),
    Row("fit", PICTURE, "How a shape is reached: fit (whole), pad (with bars), fill (cut), stretch.",
        _field("fit", str.lower), "HOW"),
    Row("crop", PICTURE, "auto (black bars away), WxH from the middle, or WxH+X+Y.",
        _field("crop", str.lower), "PART"),
    Row("rotate", PICTURE, "Degrees clockwise: 90, 180, 270; or left, right, over.", _turn, "DEGREES"),
    Row("flip", PICTURE, "Mirror: horizontal or vertical.", _field("flip", str.lower), "AXIS"),
    Row("fps", PICTURE, "Constant frames per second, such as 30 or 23.976.", _field("rate"), "RATE"),
    Row("max_fps", PICTURE, "Never more frames per second than this.", _field("max_rate"), "RATE"),
    Row("deinterlace", PICTURE, "Whole frames from half ones: auto (where it is needed), on, off.",
        _field("deinterlace", str.lower), "WHEN"),
    Row("deinterlace_by", PICTURE, "What makes them: bwdif (fast), network (nearer to what was there).",
        _field("deinterlace_by", str.lower), "bwdif|network"),
    Row("tone_map", PICTURE, "HDR to SDR: auto, on, off.", _field("tone_map", str.lower), "WHEN"),
    Row("watermark", PICTURE, "A picture that lies over the film.", _field("watermark"), "FILE"),
    Row("watermark_text", PICTURE, "Words that lie over the film.", _field("watermark_text"), "TEXT"),
    Row("watermark_place", PICTURE, "bottom-right, bottom-left, top-right, top-left, center.",
        _field("watermark_place", str.lower), "PLACE"),
    Row("fade_in", PICTURE, "Seconds from black and silence.", _field("fade_in"), "SECONDS"),
    Row("fade_out", PICTURE, "Seconds to black and silence.", _field("fade_out"), "SECONDS"),

    Row("loop", PICTURE, "How often an animation plays; 0 is for ever.", _field("loop", _whole), "TIMES"),
    Row("colours", PICTURE, "Of a GIF, 2 to 256; fewer make it smaller.", _field("colours", _whole), "NUMBER"),

    Row("start", TIME, "Where to begin: 12.5, 1:02.5; -10 is ten seconds before the end.",
        _field("start"), "TIME", ("--start", "-s")),
    Row("end", TIME, "Where to end.", _field("end"), "TIME", ("--end", "-e")),
    Row("speed", TIME, "Times as fast, pitch kept: 2, 0.5.", _field("speed"), "FACTOR"),
    Row("reverse", TIME, "From the end to the beginning.", {"reverse": True}, kind="flag"),

    Row("loudness", SOUND, "Integrated loudness in LUFS (EBU R 128) such as -16, or ebu, streaming, podcast, atsc …",
        _loudness, "LUFS|NAME"),
    Row("volume", SOUND, "Decibels louder or quieter.", _field("volume", _number), "DB"),
    Row("denoise_sound", SOUND, "Take hiss and hum away: light, medium, strong.",
        _field("denoise_sound", str.lower), "STRENGTH"),
    Row("channels", SOUND, "mono, stereo, 5.1 …; or left, right, swap.", _field("channels", str.lower), "LAYOUT"),
    Row("sample_rate", SOUND, "Samples per second, such as 48000.", _field("sample_rate", _whole), "HERTZ"),
    Row("no_audio", SOUND, "Without sound.", {"audio": "none"}, kind="flag"),

    Row("audio", TRACKS, "Which sound tracks: all, none, numbers from 1, or languages: eng,1.",
        _audio, "TRACKS"),
    Row("subtitles", TRACKS, "Which subtitle tracks: all, none, numbers from 1, or languages.",
        _field("subtitles", str.lower), "TRACKS"),
    Row("add_subtitles", TRACKS, "Put a subtitle file in as a track, such as party.srt:eng.",
        _subtitle_file, "FILE[:LANGUAGE]", kind="many"),
    Row("burn_subtitles", TRACKS, "Draw subtitles into the picture: a file, or track:1.",
        _field("burn"), "FILE|track:N"),
    Row("no_covers", TRACKS, "Without cover pictures.", {"covers": False}, kind="flag"),
    Row("no_attachments", TRACKS, "Without attached files.", {"attachments": False}, kind="flag"),
    Row("no_chapters", TRACKS, "Without chapters.", {"chapters": False}, kind="flag"),
    Row("no_tags", TRACKS, "Without title, artist and the like.", {"tags": False}, kind="flag"),
    Row("metadata", TRACKS, "Set a tag; an empty text removes it. May be given several times.",
        _tag, "NAME=TEXT", kind="many"),
    Row("keep_location", TRACKS, "Keep what says where it was recorded.", {"keep_location": True}, kind="flag"),
)}  # fmt: skip
"""Every option by its name, in the order of the help."""


def taking(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options `names` (all when there are none) after its arguments; it gets them as `**said`."""
    return taking_rows([OPTIONS[name] for name in names or OPTIONS])


def taking_rows(rows: Sequence[Row]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options after its arguments; it gets them as `**said`."""

    def with_rows(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        arguments = [p for p in own if p.default is inspect.Parameter.empty]
        others = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own if p not in arguments]
        given = [row.parameter for row in rows]
        function.__signature__ = signature.replace(parameters=[*arguments, *given, *others])  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return with_rows


def wish_of(said: Mapping[str, object], **more: object) -> Wish:
    """The wish of what was typed, and of `more` fields. Raises `BadParameter`."""
    from dreamreel.convert.wish import Wish

    return Wish.from_json({**more, **fields_of(said, OPTIONS)})


def fields_of(said: Mapping[str, object], rows: Mapping[str, Row]) -> dict[str, object]:
    """The fields that what was typed says, read as `rows` tell. Raises `BadParameter`."""
    fields: dict[str, object] = {}
    for name, value in said.items():
        row, reader = rows[name], rows[name].read
        if not callable(reader):
            fields |= reader if value else {}
            continue
        for text in _texts(value):
            for field, read in reader(text).items():
                fields[field] = [*_list(fields.get(field)), *_list(read)] if row.kind == "many" else read
    return fields


def _texts(value: object) -> Iterable[str]:
    """What was typed for an option: nothing, one text, or several."""
    several = [str(text) for text in _list(value)]
    return several if several or value is None or value == [] else [str(value)]


def _list(value: object) -> list[object]:
    return list(cast("list[object]", value)) if isinstance(value, list) else []
