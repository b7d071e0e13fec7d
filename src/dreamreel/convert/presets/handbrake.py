"""Presets that HandBrake exports, read as presets of our own, with a list of what could not be taken over.

    PresetList ─► folders, flattened ─► one table of readers, key by key ─► Preset + what was not understood

The keys are those of HandBrake's `libhb/preset.c`. Values that switch something off are not worth a word.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from dreamreel.convert.presets.model import Limits, Preset
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter, InputMissing, UsageError
from dreamreel.time import frame_rate

__all__ = ["from_handbrake", "imported"]

_LARGEST = 16 * 2**20
_DEEPEST = 20
_MOST = 2000

_FORMATS: Final = {"mp4": "mp4", "m4v": "mp4", "mkv": "mkv", "webm": "webm", "mov": "mov"}
_ENCODERS: Final[Mapping[str, str]] = MappingProxyType({
    "x264": "h264", "x265": "h265", "svt_av1": "av1", "vp8": "vp8", "vp9": "vp9", "mpeg4": "mpeg4", "mpeg2": "mpeg2",
    "theora": "theora", "ffv1": "ffv1", "prores": "prores", "dnxhr": "dnxhr", "h264": "h264", "h265": "h265",
    "av1": "av1",
})  # fmt: skip
_CARDS: Final = {
    "nvenc": "nvenc",
    "qsv": "qsv",
    "vce": "amf",
    "vcn": "amf",
    "vt": "videotoolbox",
    "mf": "auto",
}
_SOUNDS: Final[Mapping[str, str]] = MappingProxyType({
    "av_aac": "aac", "ca_aac": "aac", "ca_haac": "aac", "fdk_aac": "aac", "fdk_haac": "aac", "aac": "aac",
    "mp3": "mp3", "lame": "mp3", "opus": "opus", "vorbis": "vorbis", "ac3": "ac3", "eac3": "eac3", "flac16": "flac",
    "flac24": "flac24", "flac": "flac", "alac16": "alac", "alac24": "alac24", "pcm16": "pcm", "pcm24": "pcm24",
})  # fmt: skip
_MIXES: Final = {"mono": "mono", "left_only": "mono", "right_only": "mono", "stereo": "stereo", "dpl1": "stereo",
                 "dpl2": "stereo", "5point1": "5.1", "5_2_lfe": "5.1", "6point1": "6.1", "7point1": "7.1"}  # fmt: skip
_OFF: Final[tuple[object, ...]] = ("", "off", "none", "auto", "disable=1", "default", None, 0, False, "0")

_Row = Mapping[str, object]


@dataclass(slots=True)
class _Made:
    """What has been read so far."""

    wish: dict[str, object] = field(default_factory=dict[str, object])
    limits: dict[str, object] = field(default_factory=dict[str, object])
    strange: list[str] = field(default_factory=list[str])


def imported(path: Path) -> list[tuple[Preset, tuple[str, ...]]]:
    """The presets of a file, ours or HandBrake's, with what was left out. Raises `InputMissing`, `BadParameter`."""
    from dreamreel.convert.presets.shelf import from_file

    if path.suffix.lower() != ".json":
        return [(one, ()) for one in from_file(path)]
    try:
        if path.stat().st_size > _LARGEST:
            raise BadParameter(f"{path.name} is too large for a file of presets.")
        data: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    except (ValueError, RecursionError):
        raise BadParameter(f"{path.name} is not JSON.") from None
    if isinstance(data, dict) and "presets" in cast("dict[str, object]", data):
        return [(one, ()) for one in from_file(path)]
    return from_handbrake(cast("object", data), path.name)


def from_handbrake(data: object, where: str) -> list[tuple[Preset, tuple[str, ...]]]:
    """HandBrake's exported JSON as presets, each with sentences about what was left out. Raises `BadParameter`."""
    rows = list(_rows(data, "HandBrake", 0))
    if not rows:
        raise BadParameter(f"{where} holds no presets of HandBrake; export some from its presets list.")
    made: list[tuple[Preset, tuple[str, ...]]] = []
    names: set[str] = set()
    for family, row in rows[:_MOST]:
        preset, strange = _preset(row, family, names)
        names.add(preset.name)
        made.append((preset, strange))
    return made


def _rows(data: object, family: str, depth: int) -> Iterator[tuple[str, _Row]]:
    """Every preset in a tree of folders, with its folder's name."""
    if isinstance(data, list) and depth < _DEEPEST:
        for item in cast("list[object]", data):
            yield from _rows(item, family, depth + 1)
    if not isinstance(data, Mapping):
        return
    row = {str(key): value for key, value in cast("Mapping[object, object]", data).items()}
    inside = row.get("PresetList") or row.get("ChildrenArray")
    name = str(row.get("PresetName") or "")
    if inside or row.get("Folder"):
        yield from _rows(inside, f"HandBrake: {name}" if name else family, depth + 1)
    elif name and ("VideoEncoder" in row or "FileFormat" in row):
        yield family, row


def _preset(row: _Row, family: str, taken: set[str]) -> tuple[Preset, tuple[str, ...]]:
    made = _Made()
    for key, value in row.items():
        reader = _READERS.get(key)
        if reader is not None:
            reader(made, value, row)
        elif key in _WITHOUT and value not in _OFF:
            made.strange.append(f"{_WITHOUT[key]} ({str(value)[:40]}) is left out")
    _sound(made, row)
    title = str(row["PresetName"])[:100]
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:56] or "handbrake"
    name = next(one for one in (slug, *(f"{slug}-{n}" for n in range(2, _MOST + 2))) if one not in taken)
    told = " ".join(str(row.get("PresetDescription") or f"From HandBrake: {title}.").split())[:500]
    try:
        return Preset(name=name, title=title, description=told, family=family, wish=Wish.from_json(made.wish),
                      limits=Limits(**made.limits)), tuple(made.strange)  # pyright: ignore[reportArgumentType] # fmt: skip
    except UsageError as error:
        raise BadParameter(f"HandBrake's preset {title!r}: {error}") from None


def _format(made: _Made, value: object, row: _Row) -> None:
    del row
    name = str(value).lower().removeprefix("av_")
    made.wish["container"] = _FORMATS.get(name, "mp4")
    if name not in _FORMATS:
        made.strange.append(f"the format {name[:40]!r} is not known; mp4 is taken")


def _encoder(made: _Made, value: object, row: _Row) -> None:
    """`x265_10bit`, `nvenc_h265_10bit`, `svt_av1`: codec, depth, graphics card; and its own scale of quality."""
    name = str(value).lower()
    deep = name.endswith(("_10bit", "_12bit"))
    plain = re.sub(r"_(10|12)bit$", "", name)
    card, _, rest = plain.partition("_")
    if card in _CARDS:
        made.wish["hardware"] = _CARDS[card]
        plain = rest
    made.wish["codec"] = _ENCODERS.get(plain, "h264")
    if plain not in _ENCODERS:
        made.strange.append(f"the encoder {name[:40]!r} is not known; H.264 is taken")
    made.wish["pix_fmt"] = "yuv420p10le" if deep else "yuv420p"
    if deep:
        made.limits["hdr"] = True
    _rate_control(made, row)


def _rate_control(made: _Made, row: _Row) -> None:
    kind = row.get("VideoQualityType", 2)
    if kind == 1 and (kilobits := _number(row.get("VideoAvgBitrate"))):
        made.wish["video_bitrate"] = int(kilobits * 1000)
        made.wish["two_pass"] = bool(row.get("VideoMultiPass", row.get("VideoTwoPass", False)))
    elif (slider := _number(row.get("VideoQualitySlider"))) is not None and slider >= 0:
        if made.wish.get("hardware"):
            made.strange.append(
                f"the card's own quality {slider:g} is left out, because cards do not share a scale"
            )
        else:
            made.wish["crf"] = round(slider)


def _number(value: object) -> float | None:
    """A finite number, or None."""
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.inf
    return number if math.isfinite(number) else None


def _effort(made: _Made, value: object, row: _Row) -> None:
    if str(row.get("VideoEncoder", "")).startswith(("x264", "x265", "svt_av1")) and value:
        made.wish["effort"] = str(value)


def _rate(made: _Made, value: object, row: _Row) -> None:
    mode = str(row.get("VideoFramerateMode", "vfr"))
    if str(value) in ("", "auto", "same as source", "None"):
        made.wish["constant_rate"] = mode == "cfr"
        return
    try:
        rate = frame_rate(str(value))
    except UsageError:
        made.strange.append(f"the frame rate {str(value)[:40]!r} is not known")
        return
    if mode == "cfr":
        made.wish["rate"] = str(rate)
    elif mode == "pfr":
        made.limits["rate"] = Fraction(rate)


def _side(name: str) -> Callable[[_Made, object, _Row], None]:
    def read(made: _Made, value: object, row: _Row) -> None:
        del row
        if (pixels := _number(value)) and 2 <= pixels <= 16_384:
            made.wish[name] = int(pixels)

    return read


def _crop(made: _Made, value: object, row: _Row) -> None:
    """Older files say yes or no; newer ones 0 (automatic), 1 (with care), 2 (not at all), 3 (by hand)."""
    del row
    if value is True or (not isinstance(value, bool) and value in (0, 1)):
        made.wish["crop"] = "auto"
    elif value == 3:
        made.strange.append("crops by hand are left out, because they belong to one film")


def _rotate(made: _Made, value: object, row: _Row) -> None:
    del row
    angle = re.search(r"angle=(\d+)", str(value))
    if angle and int(angle[1]) in (90, 180, 270):
        made.wish["rotate"] = int(angle[1])
    if "hflip=1" in str(value):
        made.wish["flip"] = "horizontal"


def _deinterlace(made: _Made, value: object, row: _Row) -> None:
    del row
    if str(value).lower() in ("yadif", "bwdif", "decomb", "deinterlace"):
        made.wish["deinterlace"] = "auto"


def _chapters(made: _Made, value: object, row: _Row) -> None:
    del row
    made.wish["chapters"] = bool(value)


def _tags(made: _Made, value: object, row: _Row) -> None:
    del row
    made.wish["tags"] = bool(value)


def _burn(made: _Made, value: object, row: _Row) -> None:
    del row
    if value == "first":
        made.wish["burn"] = "track:1"
    elif value not in _OFF:
        made.strange.append(
            f"burning subtitles in ({str(value)[:40]}) is left out, because it needs to know the film"
        )


def _tracks(made: _Made, kind: str, languages: object, behaviour: object) -> None:
    """Which tracks: by language, the first, all or none."""
    words = (
        [str(one).lower() for one in cast("list[object]", languages)] if isinstance(languages, list) else []
    )
    named = [word for word in words if word not in ("any", "und")]
    if behaviour == "none":
        made.wish[kind] = "none"
    elif named:
        made.wish[kind] = ",".join(named)
    elif behaviour == "first":
        made.wish[kind] = "1"


def _subtitle_tracks(made: _Made, value: object, row: _Row) -> None:
    _tracks(made, "subtitles", row.get("SubtitleLanguageList"), value)


def _audio_tracks(made: _Made, value: object, row: _Row) -> None:
    _tracks(made, "audio", row.get("AudioLanguageList"), value)


def _tables(value: object) -> list[dict[str, object]]:
    """The tables in a list."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    found = [cast("Mapping[object, object]", item) for item in items if isinstance(item, Mapping)]
    return [{str(key): one for key, one in item.items()} for item in found]


def _sound(made: _Made, row: _Row) -> None:
    """The first entry of `AudioList`; copied where its mask allows, else encoded with the fallback."""
    entries = _tables(row.get("AudioList"))
    if not entries:
        return
    first = entries[0]
    if len(entries) > 1:
        made.strange.append(f"{len(entries) - 1} further ways to encode each sound track are left out")
    encoder = str(first.get("AudioEncoder", "")).lower()
    if encoder.startswith("copy"):
        made.limits["audio_codecs"] = _copied(encoder, row.get("AudioCopyMask"))
        encoder = str(row.get("AudioEncoderFallback", "av_aac")).lower()
    made.wish["audio_codec"] = _SOUNDS.get(encoder, "aac")
    if encoder not in _SOUNDS and encoder:
        made.strange.append(f"the sound encoder {encoder[:40]!r} is not known; AAC is taken")
    if (kilobits := _number(first.get("AudioBitrate"))) and kilobits > 0:
        made.wish["audio_bitrate"] = int(kilobits * 1000)
    if most := {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}.get(
        _MIXES.get(str(first.get("AudioMixdown")), "")
    ):
        made.limits["channels"] = most
    if rate := _hertz(first.get("AudioSamplerate")):
        made.wish["sample_rate"] = rate
    if gain := _number(first.get("AudioTrackGainSlider")):
        made.wish["volume"] = gain


def _copied(encoder: str, masks: object) -> tuple[str, ...]:
    """The codecs that are copied: the one named, or those of the mask."""
    listed = [str(one) for one in cast("list[object]", masks)] if isinstance(masks, list) else []
    named = [encoder] if ":" in encoder else listed
    plain = [one.lower().removeprefix("copy:") for one in named]
    return tuple("dts" if one == "dtshd" else one for one in plain)


def _hertz(value: object) -> int | None:
    """`44.1`, `"48"`, 44100."""
    text = str(value)
    rate = float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", text) else 0.0
    return int(rate * 1000 if rate < 1000 else rate) or None


_READERS: Final[Mapping[str, Callable[[_Made, object, _Row], None]]] = MappingProxyType({
    "FileFormat": _format, "VideoEncoder": _encoder, "VideoPreset": _effort, "VideoFramerate": _rate,
    "PictureWidth": _side("max_width"), "PictureHeight": _side("max_height"), "PictureCropMode": _crop,
    "PictureAutoCrop": _crop, "PictureRotate": _rotate, "PictureDeinterlaceFilter": _deinterlace,
    "ChapterMarkers": _chapters, "MetadataPassthrough": _tags, "SubtitleBurnBehavior": _burn,
    "SubtitleTrackSelectionBehavior": _subtitle_tracks, "AudioTrackSelectionBehavior": _audio_tracks,
})  # fmt: skip
_WITHOUT: Final[Mapping[str, str]] = MappingProxyType({
    "PictureDenoiseFilter": "removing noise", "PictureSharpenFilter": "sharpening",
    "PictureDeblockPreset": "removing blocks",
    "PictureChromaSmoothPreset": "smoothing colours", "PictureDetelecine": "inverse telecine",
    "PictureColorspacePreset": "another colour space", "PicturePadMode": "bars", "VideoGrayScale": "black and white",
    "VideoTune": "the encoder's tuning", "VideoOptionExtra": "options of the encoder",
    "VideoLevel": "the encoder's level",
    "SubtitleAddForeignAudioSearch": "looking for foreign speech", "SubtitleBurnDVDSub": "burning DVD subtitles in",
    "SubtitleBurnBDSub": "burning Blu-ray subtitles in", "AlignAVStart": "aligning the starts",
})  # fmt: skip
"""What HandBrake does and a wish cannot say."""
