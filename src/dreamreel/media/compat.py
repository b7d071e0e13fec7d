"""What a container can hold of a stream that is copied as it is: facts, as data, by FFmpeg's names of muxer and codec.

Encoding is `formats`' business: there a row says what can be made for a container. Here a row says what may be put into
it untouched, which is more, and what happens to what it cannot hold. The facts are those of FFmpeg's muxers, checked by
tests that write every pair; what a muxer takes but players of the format do not know is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "BITMAP_SUBTITLES",
    "HOLDS",
    "LOSSLESS_SOUND",
    "SEVERAL_SOUNDS",
    "TEXT_SUBTITLES",
    "Holds",
    "best_home",
    "codec_of",
    "holds",
]  # fmt: skip

CoverPlace = Literal["stream", "attachment", "none"]

TEXT_SUBTITLES: Final = frozenset({
    "subrip", "ass", "ssa", "webvtt", "mov_text", "ttml", "text", "microdvd", "sami", "subviewer", "realtext",
    "jacosub",
})  # fmt: skip
"""Subtitles made of words, which can become any other kind of words."""
BITMAP_SUBTITLES: Final = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
"""Subtitles made of pictures, which can only be copied."""

FEW_TAGS: Final = frozenset({
    "title", "artist", "album", "comment", "copyright", "date", "genre", "language", "track", "author", "description",
    "year", "rating",
})  # fmt: skip
"""The tags that old containers have places for."""

_PCM_LE: Final = frozenset({"pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_u8"})
_PCM_BE: Final = frozenset({"pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_s8"})

LOSSLESS_SOUND: Final = frozenset({"flac", "alac", "wavpack", "tta", "truehd", "mlp"}) | _PCM_LE | _PCM_BE
"""Sound that can be cut to the sample and written again without a loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """What one muxer takes untouched."""

    video: frozenset[str] = frozenset()
    audio: frozenset[str] = frozenset()
    text: tuple[str, ...] = ()
    """Subtitles of words; others become the first."""
    bitmap: frozenset[str] = frozenset()
    covers: CoverPlace = "none"
    attachments: bool = False
    data: frozenset[str] = frozenset()
    """Codec names of data tracks; "" is for those FFmpeg has no name for."""
    rotation: bool = False
    """True when it can say that the picture is to be turned."""
    languages: bool = True
    titles: bool = True
    """True when tracks can have a name."""
    defaults: bool = True
    """True when it can say which track is the default one."""
    tags: Literal["any", "few", "none"] = "any"
    """Which tags it keeps: all, those of `FEW_TAGS`, or none."""
    colour: bool = True
    """True when it, or every codec in it, can say which colours are meant."""
    sounds: int | None = None
    """The most sound tracks, or None for any number."""


_MPEG_VIDEO = frozenset({"mpeg1video", "mpeg2video", "mpeg4", "h264", "hevc"})
_ISO_VIDEO = _MPEG_VIDEO | {"av1", "vp9", "mjpeg", "vvc"}
_ISO_AUDIO = frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "opus", "flac", "alac", "dts", "truehd"})

_ANY_VIDEO = _ISO_VIDEO | {
    "vp8", "theora", "ffv1", "prores", "dnxhd", "cfhd", "huffyuv", "ffvhuff", "utvideo", "rawvideo", "v210", "dvvideo",
    "msmpeg4v2", "msmpeg4v3", "wmv1", "wmv2", "wmv3", "vc1", "flv1", "h263", "h261", "vp6f", "rv40", "qtrle", "png",
    "magicyuv", "svq3", "jpeg2000", "cinepak",
}  # fmt: skip
_ANY_AUDIO = _ISO_AUDIO | LOSSLESS_SOUND | {
    "vorbis", "wmav1", "wmav2", "wmapro", "amr_nb", "amr_wb", "adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw",
    "cook", "qdm2", "mlp", "gsm_ms",
}  # fmt: skip

HOLDS: Final[dict[str, Holds]] = {
    "mp4": Holds(
        rotation=True,
        video=_ISO_VIDEO - {"mjpeg"},
        audio=_ISO_AUDIO,
        text=("mov_text",),
        bitmap=frozenset({"dvd_subtitle"}),
        covers="stream",
        data=frozenset({"", "bin_data"}),
    ),
    "mov": Holds(
        rotation=True,
        video=(_ISO_VIDEO - {"vp9", "av1"})
        | {
            "prores",
            "dnxhd",
            "cfhd",
            "v210",
            "rawvideo",
            "dvvideo",
            "png",
            "qtrle",
            "svq3",
            "h263",
            "jpeg2000",
        },
        audio=(_ISO_AUDIO - {"opus", "flac", "truehd", "dts"})
        | _PCM_LE
        | _PCM_BE
        | {"pcm_alaw", "pcm_mulaw", "qdm2"},
        text=("mov_text",),
        data=frozenset({"", "bin_data"}),
    ),
    "matroska": Holds(
        rotation=True,
        video=_ANY_VIDEO,
        audio=(_ANY_AUDIO - _PCM_BE) | {"pcm_s16be"},
        text=("subrip", "ass", "webvtt"),
        bitmap=frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle"}),
        covers="attachment",
        attachments=True,
    ),
    "webm": Holds(
        video=frozenset({"vp8", "vp9", "av1"}), audio=frozenset({"opus", "vorbis"}), text=("webvtt",)
    ),
    "avi": Holds(
        languages=False,
        defaults=False,
        tags="few",
        colour=False,
        video=_ANY_VIDEO
        - {"theora", "prores", "av1", "vp9", "hevc", "vvc", "svq3", "rv40", "jpeg2000", "h264"},
        audio=frozenset(
            {
                "mp3",
                "mp2",
                "ac3",
                "pcm_s16le",
                "pcm_s24le",
                "pcm_s32le",
                "pcm_u8",
                "wmav2",
                "dts",
                "adpcm_ms",
                "adpcm_ima_wav",
                "pcm_alaw",
                "pcm_mulaw",
            }
        ),
    ),
    "mpegts": Holds(
        titles=False,
        defaults=False,
        tags="none",
        video=frozenset({"mpeg1video", "mpeg2video", "h264", "hevc", "mpeg4"}),
        audio=frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "opus", "dts", "truehd"}),
        bitmap=frozenset({"dvb_subtitle", "hdmv_pgs_subtitle"}),
    ),
    "vob": Holds(
        languages=False,
        titles=False,
        defaults=False,
        tags="none",
        video=frozenset({"mpeg1video", "mpeg2video"}),
        audio=frozenset({"mp2", "mp3", "ac3", "dts"}),
        bitmap=frozenset({"dvd_subtitle"}),
    ),
    "mpeg": Holds(
        languages=False,
        titles=False,
        defaults=False,
        tags="none",
        video=frozenset({"mpeg1video", "mpeg2video"}),
        audio=frozenset({"mp2", "mp3", "ac3"}),
    ),
    "flv": Holds(
        languages=False,
        titles=False,
        defaults=False,
        video=frozenset({"h264", "flv1", "vp6f"}),
        audio=frozenset({"aac", "mp3"}),
        sounds=1,
    ),
    "asf": Holds(
        defaults=False,
        video=frozenset({"wmv1", "wmv2", "wmv3", "vc1", "msmpeg4v3"}),
        audio=frozenset({"wmav1", "wmav2", "wmapro"}),
    ),
    "3gp": Holds(
        rotation=True,
        video=frozenset({"h263", "mpeg4", "h264"}),
        audio=frozenset({"aac", "amr_nb", "amr_wb"}),
        text=("mov_text",),
        sounds=1,
    ),
    "ogg": Holds(video=frozenset({"theora", "vp8"}), audio=frozenset({"opus", "vorbis", "flac"}), sounds=1),
    "mxf": Holds(
        titles=False,
        defaults=False,
        video=frozenset({"mpeg2video", "dnxhd", "h264", "prores"}),
        audio=frozenset({"pcm_s16le", "pcm_s24le"}),
    ),
    "nut": Holds(video=_ANY_VIDEO, audio=_ANY_AUDIO),
    "ipod": Holds(audio=frozenset({"aac", "alac", "ac3"}), covers="stream"),
    "mp3": Holds(audio=frozenset({"mp3"}), covers="stream", sounds=1),
    "flac": Holds(audio=frozenset({"flac"}), covers="stream", sounds=1),
    "wav": Holds(audio=_PCM_LE | {"adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw", "gsm_ms"}, sounds=1),
    "w64": Holds(audio=_PCM_LE, sounds=1),
    "aiff": Holds(audio=_PCM_BE, sounds=1),
    "caf": Holds(audio=_PCM_LE | _PCM_BE | {"aac", "alac", "opus"}, sounds=1),
    "adts": Holds(audio=frozenset({"aac"}), sounds=1),
    "ac3": Holds(audio=frozenset({"ac3"}), sounds=1),
    "eac3": Holds(audio=frozenset({"eac3"}), sounds=1),
    "mp2": Holds(audio=frozenset({"mp2"}), sounds=1),
    "wv": Holds(audio=frozenset({"wavpack"}), sounds=1),
    "opus": Holds(audio=frozenset({"opus"}), sounds=1),
}
"""By FFmpeg's name of the muxer."""

SEVERAL_SOUNDS: Final = frozenset({"m4a", "mka"})
"""Sound files that hold several sound tracks."""

_ENCODERS: Final = {
    "libx264": "h264", "libx265": "hevc", "libsvtav1": "av1", "libvpx-vp9": "vp9", "libvpx": "vp8",
    "prores_ks": "prores", "prores_aw": "prores", "libopus": "opus", "libmp3lame": "mp3", "libvorbis": "vorbis",
    "libwebp": "webp", "libwebp_anim": "webp", "libxvid": "mpeg4",
}  # fmt: skip


def codec_of(encoder: str) -> str:
    """FFmpeg's name of the codec that `encoder` makes."""
    for suffix in ("_nvenc", "_qsv", "_amf", "_videotoolbox", "_vaapi"):
        encoder = encoder.removesuffix(suffix)
    return _ENCODERS.get(encoder, encoder)


_HOMES: Final = ("mp4", "mov", "matroska")
"""Where to send what a container cannot hold, the most common first."""
_NAMES: Final = {"matroska": "mkv"}


def holds(muxer: str) -> Holds:
    """What `muxer` takes untouched; nothing for a muxer that is not listed."""
    return HOLDS.get(muxer, Holds())


def best_home(kind: Literal["subtitle", "attachment", "cover", "data", "audio"], codec: str) -> str | None:
    """The container, as its suffix, that could hold a track of this kind, or None when none does."""
    for muxer in _HOMES:
        row = HOLDS[muxer]
        found = {
            "subtitle": codec in row.text or codec in row.bitmap,
            "attachment": row.attachments,
            "cover": row.covers != "none",
            "data": codec in row.data,
            "audio": row.sounds is None,
        }[kind]
        if found:
            return _NAMES.get(muxer, muxer)
    return None
