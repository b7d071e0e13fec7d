"""Picture and sound codecs that can be written, as data. `formats` says which container holds which.

A row says everything that encoding needs to know about a codec: its encoder in the pinned FFmpeg build, the pixel
formats, sizes and rates it takes, how its quality is told, its profiles, and a muxer for intermediate files that keeps
its timestamps exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dreamreel.media.info import Colour

__all__ = ["AUDIO_CODECS", "VIDEO_CODECS", "AudioCodec", "Control", "Profile", "VideoCodec"]

Control = Literal["x264", "x265", "svt", "vpx", "qscale", "none"]
"""How an encoder is told its quality and bitrate, see `control`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One of a codec's profiles."""

    key: str
    value: str
    """What the encoder's option takes."""
    pix_fmts: tuple[str, ...]
    """Pixel formats; the first is the default."""
    option: str = "profile"
    bits: int | None = None
    """Bits per sample of the usual source, to choose a profile by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCodec:
    """A way to encode pictures."""

    key: str
    """The name users write: h264, h265 …"""
    title: str
    """The name people know."""
    encoder: str
    """FFmpeg's encoder."""
    pix_fmts: tuple[str, ...]
    """Pixel formats it takes here; the first is the default."""
    control: Control = "none"
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
    lossless: bool = False
    """True when what is decoded is what was encoded."""
    carries_sar: bool = False
    """True when the codec's own header says the sample aspect ratio."""
    colour: Colour | None = None
    """The only colour it can say, or None when it can say any."""
    profiles: tuple[Profile, ...] = ()
    """Its profiles, the default first; () when it has none that need choosing."""
    multiple: tuple[int, int] = (1, 1)
    """Sides must be multiples of these, besides what the chroma of the pixel format asks."""
    smallest: tuple[int, int] = (2, 2)
    largest: tuple[int, int] = (16384, 16384)
    sizes: tuple[tuple[int, int], ...] = ()
    """The only sizes it takes, or () for any."""
    rates: tuple[Fraction, ...] = ()
    """The only frame rates it takes, or () for any, a variable one included."""
    finest: int | None = None
    """Most ticks per second its clock can have, or None where that does not matter."""
    own_tag: bool = False
    """True when the codec tag says the pixel format, so that it must be copied."""
    passes: bool = False
    """True when two passes can be asked of it."""
    hdr: bool = False
    """True when its header carries HDR10's static metadata."""

    def profile(self, key: str | None) -> Profile | None:
        """The profile of that key, the default for None, or None where the codec has no such profile."""
        if key is None:
            return self.profiles[0] if self.profiles else None
        return next((row for row in self.profiles if row.key == key.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioCodec:
    """A way to encode sound."""

    key: str
    title: str
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
    bits: int = 16
    """Bits per sample of what it keeps; 16 for lossy ones."""
    deep: str | None = None
    """Key of the row that keeps more than 16 bits of each sample, or None where there is none."""

    def rate_for(self, rate: int) -> int:
        """The nearest rate not below `rate` that the codec takes, else its highest."""
        if not self.rates or rate in self.rates:
            return rate
        return min((r for r in self.rates if r > rate), default=max(self.rates))


def _rates(*texts: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(text) for text in texts)


_MPEG2_RATES = _rates("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
_DNXHD_RATES = _rates("24000/1001", "24", "25", "30000/1001", "50", "60000/1001")
_422_10, _444_10, _444A_10 = "yuv422p10le", "yuv444p10le", "yuva444p10le"
_DEEP = ("yuv420p10le", _422_10, _444_10)

_PRORES = (
    Profile(key="hq", value="hq", pix_fmts=(_422_10,)),
    Profile(key="standard", value="standard", pix_fmts=(_422_10,)),
    Profile(key="lt", value="lt", pix_fmts=(_422_10,)),
    Profile(key="proxy", value="proxy", pix_fmts=(_422_10,)),
    Profile(key="4444", value="4444", pix_fmts=(_444_10, _444A_10)),
    Profile(key="4444xq", value="4444xq", pix_fmts=(_444_10, _444A_10)),
)
_DNXHR = (
    Profile(key="sq", value="dnxhr_sq", pix_fmts=("yuv422p",), bits=8),
    Profile(key="lb", value="dnxhr_lb", pix_fmts=("yuv422p",)),
    Profile(key="hq", value="dnxhr_hq", pix_fmts=("yuv422p",)),
    Profile(key="hqx", value="dnxhr_hqx", pix_fmts=(_422_10,), bits=10),
    Profile(key="444", value="dnxhr_444", pix_fmts=(_444_10, "gbrp10le")),
)
_DNXHD = (
    Profile(key="sq", value="dnxhd", pix_fmts=("yuv422p",), bits=8),
    Profile(key="lb", value="dnxhd", pix_fmts=("yuv422p",)),
    Profile(key="hq", value="dnxhd", pix_fmts=("yuv422p",)),
    Profile(key="hqx", value="dnxhd", pix_fmts=(_422_10,), bits=10),
)
_CINEFORM = tuple(
    Profile(key=key, value=value, pix_fmts=(_422_10, "gbrp12le", "gbrap12le"), option="quality")
    for key, value in (
        ("film2", "film2"), ("film3", "film3"), ("film1", "film1"), ("high", "high"), ("medium", "medium"),
        ("low", "low"),
    )
)  # fmt: skip

_CLOSED = ("sc_threshold", "1000000000")
"""FFmpeg's own encoders make closed groups only without looking for changes of scene."""

VIDEO_CODECS: tuple[VideoCodec, ...] = (
    VideoCodec(key="h264", title="H.264 (AVC)", encoder="libx264", pix_fmts=("yuv420p", "yuv422p", "yuv444p", *_DEEP,
               "yuvj420p", "yuvj422p", "yuvj444p", "gray", "gray10le"), control="x264", crf=18, preset="medium",
               carries_sar=True, passes=True, hdr=True),
    VideoCodec(key="h265", title="H.265 (HEVC)", encoder="libx265", pix_fmts=("yuv420p", "yuv422p", "yuv444p", *_DEEP,
               "yuv420p12le", "yuv422p12le", "yuv444p12le", "yuvj420p", "gray", "gray10le"), control="x265", crf=21,
               preset="medium", tag="hvc1", carries_sar=True, passes=True, hdr=True,
               options=(("x265-params", "log-level=error:info=0"),)),
    VideoCodec(key="av1", title="AV1", encoder="libsvtav1", pix_fmts=("yuv420p", "yuv420p10le"), control="svt", crf=28,
               crf_range=(1, 63), preset="8", hdr=True),
    VideoCodec(key="vp9", title="VP9", encoder="libvpx-vp9", pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv440p"),
               control="vpx", crf=28, crf_range=(0, 63), preset="3", preset_option="cpu-used",
               options=(("row-mt", "1"), ("deadline", "good"), ("b", "0"))),
    VideoCodec(key="vp8", title="VP8", encoder="libvpx", pix_fmts=("yuv420p",), control="vpx", crf=10,
               crf_range=(4, 63), preset="3", preset_option="cpu-used", segment="nut",
               options=(("deadline", "good"), ("b", "8M")),
               colour=Colour(5, 1, 6, 6)),
    VideoCodec(key="ffv1", title="FFV1", encoder="ffv1", pix_fmts=("yuv420p", "yuv422p", "yuv444p", *_DEEP, "yuva420p",
               "yuva422p", "yuva444p", _444A_10, "yuv420p12le", "yuv422p12le", "yuv444p12le", "yuv422p16le",
               "yuv444p16le", "gbrp10le", "gbrp12le", "gbrp16le", "rgb48le", "rgba64le", "bgra", "gray", "gray10le",
               "gray16le"), intra=True, lossless=True, options=(("level", "3"), ("slicecrc", "1"))),
    VideoCodec(key="prores", title="ProRes", encoder="prores_ks", pix_fmts=(_422_10, _444_10, _444A_10), segment="mov",
               intra=True, profiles=_PRORES, options=(("vendor", "apl0"),)),
    VideoCodec(key="dnxhr", title="DNxHR", encoder="dnxhd", pix_fmts=("yuv422p", _422_10, _444_10, "gbrp10le"),
               segment="mov", intra=True, profiles=_DNXHR, smallest=(256, 120)),
    VideoCodec(key="dnxhd", title="DNxHD", encoder="dnxhd", pix_fmts=("yuv422p", _422_10), segment="mov", intra=True,
               profiles=_DNXHD, sizes=((1920, 1080), (1280, 720)), rates=_DNXHD_RATES),
    VideoCodec(key="cineform", title="CineForm", encoder="cfhd", pix_fmts=(_422_10, "gbrp12le", "gbrap12le"),
               segment="mov", intra=True, profiles=_CINEFORM, multiple=(16, 8), smallest=(48, 32)),
    VideoCodec(key="mjpeg", title="Motion JPEG", encoder="mjpeg", pix_fmts=("yuvj420p", "yuvj422p", "yuvj444p"),
               intra=True, segment="mov", colour=Colour(5, 2, 1, 1), options=(("qmin", "2"), ("qmax", "3"))),
    VideoCodec(key="jpeg2000", title="JPEG 2000", encoder="jpeg2000", pix_fmts=("yuv420p", "yuv422p", "yuv444p",
               *_DEEP, "gbrp", "rgb48le"), intra=True, segment="mov", control="qscale", crf=2, crf_range=(1, 31)),
    VideoCodec(key="mpeg2", title="MPEG-2", encoder="mpeg2video", pix_fmts=("yuv420p", "yuv422p"), control="qscale",
               crf=3, crf_range=(1, 31), rates=_MPEG2_RATES, segment="mov", carries_sar=True, largest=(4080, 4080),
               options=(_CLOSED, ("bf", "2"),)),
    VideoCodec(key="mpeg1", title="MPEG-1", encoder="mpeg1video", pix_fmts=("yuv420p",), control="qscale", crf=3,
               crf_range=(1, 31), rates=_MPEG2_RATES, segment="mov", largest=(4080, 4080), colour=Colour(6, 1, 6, 6),
               options=(_CLOSED,)),
    VideoCodec(key="mpeg4", title="MPEG-4 ASP (DivX, Xvid)", encoder="mpeg4", pix_fmts=("yuv420p",), control="qscale",
               crf=3, crf_range=(1, 31), carries_sar=True, largest=(8190, 8190), finest=65_535, options=(_CLOSED,)),
    VideoCodec(key="h263", title="H.263", encoder="h263", pix_fmts=("yuv420p",), control="qscale", crf=3,
               crf_range=(1, 31), segment="mov", options=(_CLOSED,),
               sizes=((128, 96), (176, 144), (352, 288), (704, 576), (1408, 1152))),
    VideoCodec(key="flv1", title="Sorenson H.263", encoder="flv", pix_fmts=("yuv420p",), control="qscale", crf=3,
               crf_range=(1, 31), segment="nut", options=(_CLOSED,)),
    VideoCodec(key="wmv2", title="Windows Media Video 8", encoder="wmv2", pix_fmts=("yuv420p",), control="qscale",
               crf=3, crf_range=(1, 31), segment="nut", options=(_CLOSED,)),
    VideoCodec(key="theora", title="Theora", encoder="libtheora", pix_fmts=("yuv420p",), control="qscale", crf=4,
               crf_range=(0, 10), segment="nut"),
    VideoCodec(key="huffyuv", title="HuffYUV", encoder="huffyuv", pix_fmts=("yuv422p", "rgb24", "bgra"), intra=True,
               lossless=True, segment="nut"),
    VideoCodec(key="utvideo", title="Ut Video", encoder="utvideo", pix_fmts=("yuv420p", "yuv422p", "yuv444p", "gbrp",
               "gbrap"), intra=True, lossless=True, segment="nut", own_tag=True),
    VideoCodec(key="magicyuv", title="MagicYUV", encoder="magicyuv", pix_fmts=("yuv420p", "yuv422p", "yuv444p",
               "yuva444p", "gbrp", "gbrap", "gray"), intra=True, lossless=True, segment="mov"),
    VideoCodec(key="animation", title="QuickTime Animation", encoder="qtrle", pix_fmts=("rgb24", "argb"), intra=True,
               lossless=True, segment="mov"),
    VideoCodec(key="png", title="PNG", encoder="png", pix_fmts=("rgb24", "rgba", "rgb48be", "rgba64be", "gray"),
               intra=True, lossless=True, segment="mov"),
    VideoCodec(key="v210", title="uncompressed 10-bit 4:2:2 (v210)", encoder="v210", pix_fmts=(_422_10,), intra=True,
               lossless=True, segment="mov"),
    VideoCodec(key="r210", title="uncompressed 10-bit RGB (r210)", encoder="r210", pix_fmts=("gbrp10le",), intra=True,
               lossless=True, segment="mov"),
    VideoCodec(key="raw", title="uncompressed", encoder="rawvideo", pix_fmts=("uyvy422",), intra=True,
               lossless=True, segment="nut", own_tag=True),
)  # fmt: skip
"""Defaults of quality are near transparent at the codec's usual speed."""

_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_MP2_RATES = (16000, 22050, 24000, 32000, 44100, 48000)
_AC3_RATES = (32000, 44100, 48000)
_AC3_LAYOUTS = ("mono", "stereo", "5.1(side)", "5.1", "quad(side)", "quad", "5.0(side)", "5.0", "3.0", "3.0(back)",
                "2.1", "3.1", "4.0", "4.1")  # fmt: skip
_XIPH_LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
_ALAC_LAYOUTS = ("mono", "stereo", "3.0", "4.0", "5.0", "5.1", "6.1(back)", "7.1(wide)")
_BITS_24 = (("bits_per_raw_sample", "24"),)

AUDIO_CODECS: tuple[AudioCodec, ...] = (
    AudioCodec(key="aac", title="AAC", encoder="aac", sample_fmt="fltp", rates=_AAC_RATES, bitrate=192_000,
               encoder_header=True),
    AudioCodec(key="opus", title="Opus", encoder="libopus", sample_fmt="flt", rates=(8000, 12000, 16000, 24000, 48000),
               layouts=_XIPH_LAYOUTS, bitrate=160_000, segment="ogg", encoder_header=True),
    AudioCodec(key="mp3", title="MP3", encoder="libmp3lame", sample_fmt="fltp", rates=_MP3_RATES,
               layouts=("mono", "stereo"), bitrate=192_000, segment="mp3", encoder_header=True),
    AudioCodec(key="vorbis", title="Vorbis", encoder="vorbis", sample_fmt="fltp", rates=(32000, 44100, 48000),
               layouts=("stereo",), bitrate=192_000, segment="ogg", options=(("strict", "experimental"),)),
    AudioCodec(key="ac3", title="AC-3 (Dolby Digital)", encoder="ac3", sample_fmt="fltp", rates=_AC3_RATES,
               layouts=_AC3_LAYOUTS, bitrate=256_000),
    AudioCodec(key="eac3", title="E-AC-3 (Dolby Digital Plus)", encoder="eac3", sample_fmt="fltp", rates=_AC3_RATES,
               layouts=_AC3_LAYOUTS, bitrate=224_000),
    AudioCodec(key="mp2", title="MP2", encoder="mp2", sample_fmt="s16", rates=_MP2_RATES, layouts=("mono", "stereo"),
               bitrate=256_000, segment="mov"),
    AudioCodec(key="wma", title="Windows Media Audio 9", encoder="wmav2", sample_fmt="fltp", rates=_MP3_RATES,
               layouts=("mono", "stereo"), bitrate=192_000, segment="asf"),
    AudioCodec(key="amr", title="AMR-NB", encoder="libopencore_amrnb", sample_fmt="s16", rates=(8000,),
               layouts=("mono",), bitrate=24_400, segment="3gp"),
    AudioCodec(key="flac", title="FLAC", encoder="flac", sample_fmt="s16", deep="flac24"),
    AudioCodec(key="flac24", title="FLAC, 24-bit", encoder="flac", sample_fmt="s32", bits=24, options=_BITS_24),
    AudioCodec(key="alac", title="Apple Lossless", encoder="alac", sample_fmt="s16p",
               layouts=_ALAC_LAYOUTS, deep="alac24"),
    AudioCodec(key="alac24", title="Apple Lossless, 24-bit", encoder="alac", sample_fmt="s32p", bits=24,
               layouts=_ALAC_LAYOUTS, options=_BITS_24),
    AudioCodec(key="wavpack", title="WavPack", encoder="wavpack", sample_fmt="s16p", segment="wv", deep="wavpack24"),
    AudioCodec(key="wavpack24", title="WavPack, 24-bit", encoder="wavpack", sample_fmt="s32p", segment="wv", bits=24,
               options=_BITS_24),
    AudioCodec(key="tta", title="True Audio", encoder="tta", sample_fmt="s16", segment="tta"),
    AudioCodec(key="pcm", title="PCM, 16-bit", encoder="pcm_s16le", sample_fmt="s16", segment="mov", deep="pcm24"),
    AudioCodec(key="pcm24", title="PCM, 24-bit", encoder="pcm_s24le", sample_fmt="s32", segment="mov", bits=24),
    AudioCodec(key="pcm32", title="PCM, 32-bit", encoder="pcm_s32le", sample_fmt="s32", segment="mov", bits=32),
    AudioCodec(key="pcm32f", title="PCM, 32-bit float", encoder="pcm_f32le", sample_fmt="flt", segment="mov", bits=32),
    AudioCodec(key="pcm8", title="PCM, 8-bit", encoder="pcm_u8", sample_fmt="u8", segment="mov", bits=8),
    AudioCodec(key="pcmbe", title="PCM, 16-bit, big-endian", encoder="pcm_s16be", sample_fmt="s16", segment="mov",
               deep="pcm24be"),
    AudioCodec(key="pcm24be", title="PCM, 24-bit, big-endian", encoder="pcm_s24be", sample_fmt="s32", segment="mov",
               bits=24),
    AudioCodec(key="pcm32be", title="PCM, 32-bit, big-endian", encoder="pcm_s32be", sample_fmt="s32", segment="mov",
               bits=32),
    AudioCodec(key="pcm32fbe", title="PCM, 32-bit float, big-endian", encoder="pcm_f32be", sample_fmt="flt",
               segment="mov", bits=32),
    AudioCodec(key="ulaw", title="G.711 µ-law", encoder="pcm_mulaw", sample_fmt="s16", segment="mov"),
    AudioCodec(key="alaw", title="G.711 A-law", encoder="pcm_alaw", sample_fmt="s16", segment="mov"),
)  # fmt: skip
