"""What can be written, as data: containers, picture codecs and sound codecs of the pinned FFmpeg build.

A row says everything the writers need to know; there are no `if container == …` elsewhere. The encoders named here
are in the PyAV 18 wheels for Linux, macOS and Windows; `require_encoder` says so in one sentence where one is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dreamreel.errors import EncoderMissing, UsageError
from dreamreel.media.info import Colour

__all__ = [
    "AUDIO_CODECS",
    "CONTAINERS",
    "VIDEO_CODECS",
    "AudioCodec",
    "Container",
    "VideoCodec",
    "audio_codec",
    "keeps_sar",
    "output_format",
    "require_encoder",
    "video_codec",
]

Kind = Literal["video", "audio", "animation", "picture"]
RecipePlace = Literal["tag", "box", "comment", "chunk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCodec:
    """A way to encode pictures."""

    key: str
    """The name users write: h264, h265 …"""
    encoder: str
    """FFmpeg's encoder."""
    pix_fmts: tuple[str, ...]
    """Pixel formats it takes here; the first is the default."""
    crf: int | None = None
    """Default quality of the codec's own scale (lower is better), or None when it has none."""
    crf_range: tuple[int, int] = (0, 51)
    preset: str | None = None
    """Default speed preset, or None when it has none."""
    preset_option: str = "preset"
    options: tuple[tuple[str, str], ...] = ()
    segment: str = "mp4"
    """Muxer that keeps this codec's timestamps exact in intermediate files (Matroska would round to 1 ms)."""
    tag: str | None = None
    """Codec tag in MP4 and MOV; QuickTime plays HEVC only as hvc1."""
    intra: bool = False
    """True when every frame is a key frame."""
    carries_sar: bool = False
    """True when the codec's own header says the sample aspect ratio."""
    colour: Colour | None = None
    """The only colour it can say, or None when it can say any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCodec:
    """A way to encode sound."""

    key: str
    encoder: str
    sample_fmt: str
    """The sample format it is fed with."""
    rates: tuple[int, ...] = ()
    """Sample rates it takes, or () for any."""
    layouts: tuple[str, ...] = ()
    """Channel layouts it takes, or () for any."""
    bitrate: int | None = None
    """Default bits per second for stereo, or None when lossless."""
    options: tuple[tuple[str, str], ...] = ()
    segment: str = "mp4"
    """Muxer of the intermediate file."""
    encoder_header: bool = False
    """True when the header must come from an opened encoder: only that knows the priming samples, which the muxers
    of Matroska and MP3 write down and which a stream read back from a file has lost."""

    def rate_for(self, rate: int) -> int:
        """The nearest rate not below `rate` that the codec takes, else its highest."""
        if not self.rates or rate in self.rates:
            return rate
        return min((r for r in self.rates if r > rate), default=max(self.rates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A kind of output file."""

    name: str
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
    """Where the recipe goes: a tag of the muxer, a box or chunk appended, a comment block."""
    carries_sar: bool = False
    """True when it says the sample aspect ratio for codecs that do not. PyAV cannot set it for Matroska."""
    dts_durations: bool = False
    """True when the sum of packet durations is the length of the track (ISO-BMFF)."""

    @property
    def suffix(self) -> str:
        """The usual file name suffix, with its dot."""
        return self.extensions[0]


VIDEO_CODECS: tuple[VideoCodec, ...] = (
    VideoCodec(key="h264", encoder="libx264", pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le",
               "yuv444p10le", "yuvj420p", "gray"), crf=18, preset="medium", carries_sar=True),
    VideoCodec(key="h265", encoder="libx265", pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le",
               "yuv444p10le", "yuv420p12le"), crf=21, preset="medium", tag="hvc1", carries_sar=True,
               options=(("x265-params", "log-level=error:info=0"),)),
    VideoCodec(key="av1", encoder="libsvtav1", pix_fmts=("yuv420p", "yuv420p10le"), crf=28, crf_range=(1, 63),
               preset="8"),
    VideoCodec(key="vp9", encoder="libvpx-vp9", pix_fmts=("yuv420p", "yuv422p", "yuv444p"), crf=28,
               crf_range=(0, 63), preset="3", preset_option="cpu-used",
               options=(("row-mt", "1"), ("deadline", "good"), ("b", "0"))),
    VideoCodec(key="vp8", encoder="libvpx", pix_fmts=("yuv420p",), crf=10, crf_range=(4, 63), preset="3",
               preset_option="cpu-used", options=(("deadline", "good"), ("b", "8M")), segment="nut",
               colour=Colour(5, 1, 6, 6)),
    VideoCodec(key="ffv1", encoder="ffv1", pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv444p10le",
               "yuva420p", "yuva444p", "bgra", "gray"), intra=True,
               options=(("level", "3"), ("slicecrc", "1"))),
    VideoCodec(key="prores", encoder="prores_ks", pix_fmts=("yuv422p10le", "yuv444p10le", "yuva444p10le"),
               segment="mov", intra=True, options=(("vendor", "apl0"),)),
    VideoCodec(key="mjpeg", encoder="mjpeg", pix_fmts=("yuvj420p", "yuvj422p", "yuvj444p"), intra=True, segment="mov",
               colour=Colour(5, 2, 1, 1),
               options=(("qmin", "2"), ("qmax", "3"))),
)  # fmt: skip
"""Defaults of quality are near transparent at the codec's usual speed."""

_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)

AUDIO_CODECS: tuple[AudioCodec, ...] = (
    AudioCodec(key="aac", encoder="aac", sample_fmt="fltp", rates=_AAC_RATES, bitrate=192_000, encoder_header=True),
    AudioCodec(key="opus", encoder="libopus", sample_fmt="flt", rates=(8000, 12000, 16000, 24000, 48000),
               bitrate=160_000, segment="ogg", encoder_header=True),
    AudioCodec(key="mp3", encoder="libmp3lame", sample_fmt="fltp", rates=_MP3_RATES, layouts=("mono", "stereo"),
               bitrate=192_000, segment="mp3", encoder_header=True),
    AudioCodec(key="vorbis", encoder="vorbis", sample_fmt="fltp", rates=(32000, 44100, 48000), layouts=("stereo",),
               bitrate=192_000, segment="ogg", options=(("strict", "experimental"),)),
    AudioCodec(key="flac", encoder="flac", sample_fmt="s16"),
    AudioCodec(key="alac", encoder="alac", sample_fmt="s16p"),
    AudioCodec(key="pcm", encoder="pcm_s16le", sample_fmt="s16", segment="mov"),
    AudioCodec(key="pcm24", encoder="pcm_s24le", sample_fmt="s32", segment="mov"),
    AudioCodec(key="pcm32f", encoder="pcm_f32le", sample_fmt="flt", segment="mov"),
)  # fmt: skip

_FASTSTART = (("movflags", "+faststart"),)

CONTAINERS: tuple[Container, ...] = (
    Container(name="mp4", extensions=(".mp4", ".m4v"), muxer="mp4", kind="video", video=("h264", "h265", "av1", "vp9"),
              audio=("aac", "opus", "mp3", "flac", "alac"), options=_FASTSTART, chapters=True, recipe="box",
              carries_sar=True, dts_durations=True),
    Container(name="webm", extensions=(".webm",), muxer="webm", kind="video", video=("vp9", "av1", "vp8"),
              audio=("opus",), options=(("cues_to_front", "1"),), chapters=True, any_tags=True, tick=1000),
    Container(name="mkv", extensions=(".mkv", ".mka"), muxer="matroska", kind="video",
              video=("h264", "h265", "av1", "vp9", "vp8", "ffv1", "prores", "mjpeg"),
              audio=("aac", "opus", "flac", "alac", "pcm", "pcm24", "pcm32f"),
              options=(("cues_to_front", "1"),), chapters=True, any_tags=True, tick=1000),
    Container(name="mov", extensions=(".mov", ".qt"), muxer="mov", kind="video",
              video=("h264", "h265", "prores", "mjpeg"), audio=("aac", "pcm", "pcm24", "alac", "mp3"),
              options=_FASTSTART, alpha=True, chapters=True, recipe="box", carries_sar=True, dts_durations=True),
    Container(name="gif", extensions=(".gif",), muxer="gif", kind="animation", alpha=True, recipe="comment", tick=100),
    Container(name="webp", extensions=(".webp",), muxer="webp", kind="animation", alpha=True, recipe="chunk",
              tick=1000),
    Container(name="png", extensions=(".png",), muxer="image2", kind="picture", alpha=True, recipe="comment"),
    Container(name="jpeg", extensions=(".jpg", ".jpeg"), muxer="image2", kind="picture", recipe="comment"),
    Container(name="m4a", extensions=(".m4a",), muxer="ipod", kind="audio", audio=("aac", "alac"), options=_FASTSTART,
              chapters=True, recipe="box", carries_sar=True, dts_durations=True),
    Container(name="mp3", extensions=(".mp3",), muxer="mp3", kind="audio", audio=("mp3",), any_tags=True,
              options=(("id3v2_version", "4"), ("write_xing", "1"))),
    Container(name="wav", extensions=(".wav",), muxer="wav", kind="audio", audio=("pcm", "pcm24", "pcm32f"),
              options=(("rf64", "auto"),)),
    Container(name="flac", extensions=(".flac",), muxer="flac", kind="audio", audio=("flac",), any_tags=True),
    Container(name="ogg", extensions=(".opus", ".ogg", ".oga"), muxer="ogg", kind="audio",
              audio=("opus", "vorbis", "flac"), any_tags=True),
)  # fmt: skip


def output_format(path: Path, container: str | None = None) -> Container:
    """The container to write `path` as: the one named, else the one of its suffix. Raises `UsageError`."""
    wanted = container.lower().lstrip(".") if container else path.suffix.lower().lstrip(".")
    for row in CONTAINERS:
        if wanted == row.name or f".{wanted}" in row.extensions:
            return row
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
    wanted = key.lower() if key else container.video[0]
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
    wanted = key.lower() if key else container.audio[0]
    if wanted not in container.audio:
        raise UsageError(
            f"{container.name} cannot hold {wanted!r} sound; choose one of {', '.join(container.audio)}."
        )
    row = next(row for row in AUDIO_CODECS if row.key == wanted)
    require_encoder(row.encoder)
    return row


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
