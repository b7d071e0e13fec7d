"""What can be written, as data: containers and what they hold. `codecs` has the rows of the codecs.

A row says everything the writers need to know; there are no `if container == …` elsewhere. The encoders named here
are in the PyAV 18 wheels for Linux, macOS and Windows; `require_encoder` says so in one sentence where one is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from dreamreel.errors import EncoderMissing, UsageError
from dreamreel.media.codecs import AUDIO_CODECS, VIDEO_CODECS, AudioCodec, VideoCodec

__all__ = [
    "AUDIO_CODECS",
    "CONTAINERS",
    "VIDEO_CODECS",
    "AudioCodec",
    "Container",
    "VideoCodec",
    "audio_codec",
    "deeper",
    "is_sequence",
    "keeps_sar",
    "output_format",
    "require_encoder",
    "video_codec",
    "written_files",
]

Kind = Literal["video", "audio", "animation", "picture", "sequence"]
RecipePlace = Literal["tag", "text", "box", "comment", "chunk", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A kind of output file."""

    name: str
    title: str
    """The name people know."""
    extensions: tuple[str, ...]
    muxer: str
    kind: Kind
    video: tuple[str, ...] = ()
    """Keys of the picture codecs it holds; the first is the default."""
    audio: tuple[str, ...] = ()
    """Keys of the sound codecs it holds; the first is the default."""
    options: tuple[tuple[str, str], ...] = ()
    """Muxer options."""
    alpha: bool = False
    chapters: bool = False
    any_tags: bool = False
    """True when it keeps tags of any name."""
    tick: int | None = None
    """Timestamps per second when the container rounds them (Matroska: 1000), else None."""
    recipe: RecipePlace = "tag"
    """Where the recipe goes: a tag of the muxer, the text of its comment tag, a box or chunk appended, a comment
    block, or nowhere."""
    carries_sar: bool = False
    """True when it says the sample aspect ratio for codecs that do not. PyAV cannot set it for Matroska."""
    dts_durations: bool = False
    """True when the sum of packet durations is the length of the track (ISO-BMFF)."""
    constant: bool = False
    """True when it holds only constant frame rates."""
    rates: tuple[Fraction, ...] = ()
    """The only frame rates it holds, or () for any."""
    audio_rates: tuple[int, ...] = ()
    """The only sample rates it holds, or () for any."""
    filters: tuple[tuple[str, str], ...] = ()
    """Bitstream filters for the packets of a codec, as (FFmpeg's codec, filter), where the muxer needs another form
    of them than MP4 has and does not change it by itself."""
    from_zero: bool = False
    """True when nothing can begin before time 0 without moving the rest by a whole frame: what primes a sound decoder
    is left out."""
    reorders: bool = True
    """False when it knows no presentation times, so that frames may not refer to later ones."""

    @property
    def suffix(self) -> str:
        """The usual file name suffix, with its dot."""
        return self.extensions[0]


_FASTSTART = (("movflags", "+faststart"),)
_ANNEX_B = (("h264", "h264_mp4toannexb"),)
_IN_BAND = (*_ANNEX_B, ("mpeg4", "dump_extra"))
_MATROSKA = (("cues_to_front", "1"),)
_MPEG_RATES = tuple(
    Fraction(text) for text in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
)
_MATROSKA_VIDEO = ("h264", "h265", "av1", "vp9", "vp8", "ffv1", "prores", "mjpeg", "mpeg2", "mpeg1", "mpeg4")
_MATROSKA_AUDIO = ("aac", "opus", "flac", "flac24", "alac", "alac24", "mp3", "ac3", "eac3", "vorbis", "wavpack",
                   "wavpack24", "tta", "mp2", "pcm", "pcm24", "pcm32", "pcm32f")  # fmt: skip
_PCM = ("pcm", "pcm24", "pcm32", "pcm32f")
_PCM_BE = ("pcmbe", "pcm24be", "pcm32be")

CONTAINERS: tuple[Container, ...] = (
    Container(name="mp4", title="MPEG-4", extensions=(".mp4", ".m4v"), muxer="mp4", kind="video",
              video=("h264", "h265", "av1", "vp9", "mpeg4", "mpeg2", "ffv1", "jpeg2000"),
              audio=("aac", "opus", "mp3", "flac", "flac24", "alac", "alac24", "ac3", "eac3"),
              options=_FASTSTART, chapters=True, recipe="box", carries_sar=True, dts_durations=True),
    Container(name="webm", title="WebM", extensions=(".webm",), muxer="webm", kind="video",
              video=("vp9", "av1", "vp8"), audio=("opus", "vorbis"), options=_MATROSKA, chapters=True, any_tags=True,
              tick=1000),
    Container(name="mkv", title="Matroska", extensions=(".mkv",), muxer="matroska", kind="video",
              video=_MATROSKA_VIDEO, audio=_MATROSKA_AUDIO, options=_MATROSKA, chapters=True, any_tags=True, tick=1000),
    Container(name="mov", title="QuickTime", extensions=(".mov", ".qt"), muxer="mov", kind="video",
              video=("h264", "h265", "prores", "dnxhr", "dnxhd", "cineform", "mjpeg", "mpeg2", "mpeg4", "jpeg2000",
                     "animation", "png", "magicyuv", "v210", "r210", "raw"),
              audio=("aac", "pcm", "pcm24", "pcm32", "pcm32f", "alac", "alac24", "mp3", "ac3", "eac3", *_PCM_BE,
                     "ulaw", "alaw"),
              options=_FASTSTART, alpha=True, chapters=True, recipe="box", carries_sar=True, dts_durations=True),
    Container(name="gif", title="GIF", extensions=(".gif",), muxer="gif", kind="animation", alpha=True,
              recipe="comment", tick=100),
    Container(name="webp", title="WebP", extensions=(".webp",), muxer="webp", kind="animation", alpha=True,
              recipe="chunk", tick=1000),
    Container(name="apng", title="animated PNG", extensions=(".apng",), muxer="apng", kind="animation", alpha=True,
              recipe="comment", tick=1000),
    Container(name="avif", title="AVIF", extensions=(".avif",), muxer="avif", kind="animation", recipe="box",
              tick=1000),
    Container(name="png", title="PNG", extensions=(".png",), muxer="image2", kind="picture", alpha=True,
              recipe="comment"),
    Container(name="jpeg", title="JPEG", extensions=(".jpg", ".jpeg"), muxer="image2", kind="picture",
              recipe="comment"),
    Container(name="m4a", title="MPEG-4 sound", extensions=(".m4a",), muxer="mp4", kind="audio",
              audio=("aac", "alac", "alac24"), options=(*_FASTSTART, ("brand", "M4A ")), chapters=True, recipe="box",
              carries_sar=True, dts_durations=True),
    Container(name="mp3", title="MP3", extensions=(".mp3",), muxer="mp3", kind="audio", audio=("mp3",), any_tags=True,
              options=(("id3v2_version", "4"), ("write_xing", "1"))),
    Container(name="wav", title="WAV", extensions=(".wav",), muxer="wav", kind="audio",
              audio=(*_PCM, "pcm8", "ulaw", "alaw"), options=(("rf64", "auto"),), recipe="text"),
    Container(name="flac", title="FLAC", extensions=(".flac",), muxer="flac", kind="audio", audio=("flac", "flac24"),
              any_tags=True),
    Container(name="ogg", title="Ogg", extensions=(".opus", ".ogg", ".oga"), muxer="ogg", kind="audio",
              audio=("opus", "vorbis", "flac", "flac24"), any_tags=True),
    Container(name="avi", title="AVI", extensions=(".avi",), muxer="avi", kind="video",
              video=("mpeg4", "h264", "mjpeg", "ffv1", "huffyuv", "utvideo", "magicyuv", "cineform", "mpeg2",
                     "wmv2", "png", "jpeg2000", "v210", "raw"),
              audio=("mp3", "ac3", "mp2", "aac", *_PCM, "pcm8", "flac", "wma"), recipe="text", constant=True,
              reorders=False, from_zero=True, filters=_IN_BAND),
    Container(name="ts", title="MPEG transport stream", extensions=(".ts", ".m2t"), muxer="mpegts", kind="video",
              video=("h264", "h265", "mpeg2", "mpeg1", "mpeg4"),
              audio=("aac", "ac3", "eac3", "mp2", "mp3", "opus"), recipe="none", filters=(("mpeg4", "dump_extra"),)),
    Container(name="m2ts", title="Blu-ray transport stream", extensions=(".m2ts", ".mts"), muxer="mpegts",
              kind="video", video=("h264", "h265", "mpeg2"), audio=("ac3", "eac3", "aac"), recipe="none",
              options=(("mpegts_m2ts_mode", "1"),)),
    Container(name="mpg", title="MPEG programme stream", extensions=(".mpg", ".mpeg", ".vob"), muxer="vob",
              kind="video", video=("mpeg2", "mpeg1"), audio=("ac3", "mp2", "mp3"), recipe="none",
              filters=_ANNEX_B),
    Container(name="flv", title="Flash Video", extensions=(".flv", ".f4v"), muxer="flv", kind="video",
              video=("h264", "h265", "flv1"), audio=("aac", "mp3"), tick=1000, any_tags=True, recipe="none"),
    Container(name="wmv", title="Windows Media", extensions=(".wmv", ".asf"), muxer="asf", kind="video",
              video=("wmv2", "mpeg4"), audio=("wma", "mp3", "aac"), tick=1000, any_tags=True,
              recipe="none"),
    Container(name="3gp", title="3GP", extensions=(".3gp", ".3g2"), muxer="3gp", kind="video",
              video=("h264", "h263", "mpeg4"), audio=("aac", "amr"), options=_FASTSTART, recipe="box",
              carries_sar=True, dts_durations=True),
    Container(name="mxf", title="MXF", extensions=(".mxf",), muxer="mxf", kind="video",
              video=("mpeg2", "dnxhr", "dnxhd", "prores", "h264", "ffv1", "jpeg2000"), audio=("pcm", "pcm24"),
              audio_rates=(48_000,), rates=_MPEG_RATES, constant=True, recipe="none", filters=_ANNEX_B),
    Container(name="nut", title="NUT", extensions=(".nut",), muxer="nut", kind="video",
              video=("h264", "h265", "ffv1", "utvideo", "huffyuv", "magicyuv", "mpeg4", "mpeg2", "mjpeg", "vp9", "vp8",
                     "png", "v210", "r210", "raw"),
              audio=("flac", "flac24", "pcm", "pcm24", "pcm32", "pcm32f", "aac", "opus", "mp3", "vorbis", "wavpack",
                     "wavpack24", "ac3"), any_tags=True, carries_sar=True, recipe="none"),
    Container(name="ogv", title="Ogg video", extensions=(".ogv",), muxer="ogv", kind="video", video=("theora",),
              audio=("vorbis", "opus"), any_tags=True),
    Container(name="mka", title="Matroska sound", extensions=(".mka",), muxer="matroska", kind="audio",
              audio=_MATROSKA_AUDIO, chapters=True, any_tags=True, tick=1000),
    Container(name="aiff", title="AIFF", extensions=(".aiff", ".aif", ".aifc"), muxer="aiff", kind="audio",
              audio=(*_PCM_BE, "pcm32fbe", "ulaw", "alaw"), options=(("write_id3v2", "1"),), any_tags=True),
    Container(name="caf", title="Core Audio Format", extensions=(".caf",), muxer="caf", kind="audio",
              audio=(*_PCM, "flac", "ac3", "ulaw", "alaw"), any_tags=True, recipe="none"),
    Container(name="w64", title="Wave64", extensions=(".w64",), muxer="w64", kind="audio", audio=(*_PCM, "pcm8"),
              recipe="none"),
    Container(name="au", title="Sun audio", extensions=(".au", ".snd"), muxer="au", kind="audio",
              audio=(*_PCM_BE, "ulaw", "alaw"), recipe="none"),
    Container(name="wv", title="WavPack", extensions=(".wv",), muxer="wv", kind="audio",
              audio=("wavpack", "wavpack24"), any_tags=True),
    Container(name="tta", title="True Audio", extensions=(".tta",), muxer="tta", kind="audio", audio=("tta",),
              any_tags=True),
    Container(name="aac", title="AAC (ADTS)", extensions=(".aac",), muxer="adts", kind="audio", audio=("aac",),
              options=(("write_id3v2", "1"),), any_tags=True),
    Container(name="ac3", title="AC-3", extensions=(".ac3",), muxer="ac3", kind="audio", audio=("ac3",), recipe="none"),
    Container(name="eac3", title="E-AC-3", extensions=(".eac3", ".ec3"), muxer="eac3", kind="audio", audio=("eac3",),
              recipe="none"),
    Container(name="mp2", title="MP2", extensions=(".mp2",), muxer="mp2", kind="audio", audio=("mp2",), recipe="none"),
    Container(name="wma", title="Windows Media Audio", extensions=(".wma",), muxer="asf", kind="audio",
              audio=("wma",), tick=1000, any_tags=True, recipe="none"),
    Container(name="amr", title="AMR", extensions=(".amr",), muxer="amr", kind="audio", audio=("amr",), recipe="none"),
)  # fmt: skip
"""Every kind of output, the usual ones first."""


_NAMES = {"hevc": "h265", "avc": "h264", "x264": "h264", "x265": "h265", "svtav1": "av1", "cfhd": "cineform",
          "xvid": "mpeg4", "divx": "mpeg4", "mpeg2video": "mpeg2", "mpeg1video": "mpeg1", "rawvideo": "raw",
          "qtrle": "animation", "e-ac-3": "eac3", "ac-3": "ac3", "wmav2": "wma", "pcm16": "pcm", "float": "pcm32f",
          "libx264": "h264", "libx265": "h265", "libsvtav1": "av1", "libmp3lame": "mp3", "libopus": "opus",
          "lame": "mp3", "vorbis": "vorbis", "h.264": "h264", "h.265": "h265"}  # fmt: skip
"""Other names of codecs that users write."""

_NUMBERED = re.compile(r"%0?[0-9]{0,2}d")


def is_sequence(path: Path) -> bool:
    """True for a name with one place for a number, such as `frame-%05d.png`: one file for every frame."""
    return len(_NUMBERED.findall(path.name)) == 1 and path.name.count("%") == 1


def written_files(path: Path) -> list[Path]:
    """The files that an output is: itself, or those of a sequence that are there, in order."""
    if not is_sequence(path):
        return [path]
    return sorted(path.parent.glob(_NUMBERED.sub("*", path.name)))


def output_format(path: Path, container: str | None = None) -> Container:
    """The container to write `path` as: the one named, else the one of its suffix. Raises `UsageError`."""
    wanted = container.lower().lstrip(".") if container else path.suffix.lower().lstrip(".")
    for row in CONTAINERS:
        if wanted == row.name or f".{wanted}" in row.extensions:
            return replace(row, kind="sequence") if row.kind == "picture" and is_sequence(path) else row
    known = ", ".join(row.extensions[0].lstrip(".") for row in CONTAINERS)
    what = (
        f"{wanted!r} is not an output format" if wanted else f"{path.name} has no suffix that says its format"
    )
    raise UsageError(f"{what}; choose one of {known}.")


def video_codec(key: str | None, container: Container) -> VideoCodec:
    """The picture codec `key` (None: the container's default). Raises `UsageError` where the container cannot hold it,
    `EncoderMissing` where this installation has no encoder for it.
    """
    if not container.video:
        raise UsageError(
            f"A {container.name} file holds no video stream; write mp4, webm, mkv or mov instead."
        )
    wanted = _NAMES.get(key.lower(), key.lower()) if key else container.video[0]
    if wanted not in container.video:
        raise UsageError(
            f"{container.name} cannot hold {wanted!r} video; choose one of {', '.join(container.video)}."
        )
    row = next(row for row in VIDEO_CODECS if row.key == wanted)
    require_encoder(row.encoder)
    return row


def audio_codec(key: str | None, container: Container) -> AudioCodec:
    """The sound codec `key` (None: the container's default). Raises as `video_codec` does."""
    if not container.audio:
        raise UsageError(
            f"A {container.name} file holds no sound; write mp4, webm, mkv, mov or a sound file instead."
        )
    wanted = _NAMES.get(key.lower(), key.lower()) if key else container.audio[0]
    if wanted not in container.audio:
        raise UsageError(
            f"{container.name} cannot hold {wanted!r} sound; choose one of {', '.join(container.audio)}."
        )
    row = next(row for row in AUDIO_CODECS if row.key == wanted)
    require_encoder(row.encoder)
    return row


def deeper(codec: AudioCodec, container: Container, bits: int) -> AudioCodec:
    """The codec's row that keeps `bits` bits of each sample, where the container holds it, else the codec itself."""
    if bits <= codec.bits or codec.deep is None or codec.deep not in container.audio:
        return codec
    return next(row for row in AUDIO_CODECS if row.key == codec.deep)


def keeps_sar(container: Container, codec: VideoCodec) -> bool:
    """True when non-square pixels survive in this pairing; otherwise scale to square pixels before encoding."""
    return container.carries_sar or codec.carries_sar


def require_encoder(encoder: str) -> None:
    """Raise `EncoderMissing` when this FFmpeg build lacks `encoder`."""
    import av.codec.codec

    try:
        av.codec.codec.Codec(encoder, "w")
    except ValueError:
        raise EncoderMissing(
            f"This installation has no {encoder} encoder; choose another codec, or install the PyAV wheel from PyPI."
        ) from None
