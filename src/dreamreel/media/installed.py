"""What this installation can read and write: the tables, asked of the libraries, and tried where that is wanted.

rows of the tables ─► encoder and decoder there? ─► small clip written and read back ─► Ability
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from dreamreel.errors import DreamreelError
from dreamreel.media.codecs import AUDIO_CODECS, VIDEO_CODECS, AudioCodec, VideoCodec
from dreamreel.media.formats import CONTAINERS, Container
from dreamreel.media.hardware import HARDWARE, working
from dreamreel.media.open import DEMUXERS

__all__ = ["Ability", "Kind", "abilities", "tried"]

Kind = Literal["container", "video", "audio", "hardware", "picture", "input"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One thing that can, or cannot, be done here."""

    kind: Kind
    name: str
    title: str
    reads: bool
    writes: bool
    suffixes: tuple[str, ...] = ()
    video: tuple[str, ...] = ()
    """Keys of the picture codecs a container takes, the default first."""
    audio: tuple[str, ...] = ()
    encoder: str = ""
    profiles: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """What else there is to know, in a few words each."""
    tried: bool | None = None
    """True when it was tried and worked, False when it did not, None when it was not tried."""

    def matches(self, words: str) -> bool:
        """True when every one of `words` is somewhere in what is known of it."""
        text = " ".join((self.name, self.title, self.encoder, self.kind, *self.suffixes, *self.video, *self.audio,
                         *self.profiles, *self.facts)).lower()  # fmt: skip
        return all(word in text for word in words.lower().split())


def abilities(kept: Path | None = None) -> list[Ability]:
    """Everything of the tables, as it is here. Hardware encoders are tried and what was found is kept in `kept`."""
    found = [_container(row) for row in CONTAINERS if row.kind in ("video", "audio", "animation")]
    found += [_video(row) for row in VIDEO_CODECS]
    found += [_audio(row) for row in AUDIO_CODECS]
    works = working(HARDWARE, kept)
    found += [Ability(kind="hardware", name=row.encoder, title=f"{row.codec} by {row.maker}", reads=False,
                      writes=row.encoder in works, encoder=row.encoder, tried=row.encoder in works)
              for row in HARDWARE]  # fmt: skip
    return [*found, *_pictures(), *_inputs()]


def _container(row: Container) -> Ability:
    video = tuple(key for key in row.video if _has_encoder(_video_row(key).encoder))
    audio = tuple(key for key in row.audio if _has_encoder(_audio_row(key).encoder))
    facts = [word for word, holds in (
        ("chapters", row.chapters), ("any tags", row.any_tags), ("transparency", row.alpha),
        ("only steady frame rates", row.constant), ("recipe inside", row.recipe != "none"),
    ) if holds]  # fmt: skip
    whole = bool(video) if row.kind == "video" else bool(audio) or row.kind == "animation"
    return Ability(kind="container", name=row.name, title=row.title, reads=_reads(row.name, row.muxer),
                   writes=whole and _has_format(row.muxer), suffixes=row.extensions, video=video, audio=audio,
                   facts=tuple(facts))  # fmt: skip


_READ_AS = {"ipod": "mp4", "mov": "mov", "3gp": "mov", "vob": "mpeg", "adts": "aac", "webp": "webp_pipe",
            "avif": "mov", "mp2": "mp3", "ogv": "ogg", "webm": "matroska"}  # fmt: skip


def _reads(name: str, muxer: str) -> bool:
    del name
    return _READ_AS.get(muxer, muxer) in DEMUXERS and _has_demuxer(_READ_AS.get(muxer, muxer))


def _video(row: VideoCodec) -> Ability:
    from dreamreel.media.colour import deep

    facts = [word for word, holds in (
        ("lossless", row.lossless), ("10 bits and more", any(map(deep, row.pix_fmts))), ("HDR10", row.hdr),
        ("two passes", row.passes), ("every frame a key frame", row.intra and not row.lossless),
        (f"quality {row.crf_range[0]}–{row.crf_range[1]}", row.crf is not None),
        ("only " + ", ".join(f"{w}×{h}" for w, h in row.sizes), bool(row.sizes)),
    ) if holds]  # fmt: skip
    return Ability(kind="video", name=row.key, title=row.title, reads=_has_decoder(row.encoder),
                   writes=_has_encoder(row.encoder), encoder=row.encoder,
                   profiles=tuple(one.key for one in row.profiles), facts=tuple(facts))  # fmt: skip


def _audio(row: AudioCodec) -> Ability:
    rates = f"up to {max(row.rates) / 1000:g} kHz" if row.rates else "any rate"
    most = "stereo at most" if row.layouts in (("mono", "stereo"), ("stereo",)) else ""
    kept = (
        f"{row.bitrate // 1000} kbit/s" if row.bitrate else "" if "-bit" in row.title else f"{row.bits} bits"
    )
    return Ability(kind="audio", name=row.key, title=row.title, reads=_has_decoder(row.encoder),
                   writes=_has_encoder(row.encoder), encoder=row.encoder,
                   facts=tuple(word for word in (kept, rates, most) if word))  # fmt: skip


def _pictures() -> Iterator[Ability]:
    from dreamreel.media.stills.formats import FORMATS, can_read, can_write

    for row in FORMATS:
        facts = [word for word, holds in (
            ("transparency", row.alpha), ("16 bits", 16 in row.depths), ("several pages", row.pages),
            ("colour profile", row.icc),
        ) if holds]  # fmt: skip
        yield Ability(kind="picture", name=row.name, title=row.title, reads=can_read(row), writes=can_write(row),
                      suffixes=row.extensions, facts=tuple(facts))  # fmt: skip


_ALSO = {
    "dsf": "DSD", "ape": "Monkey's Audio", "mpc": "Musepack", "mpc8": "Musepack 8", "tak": "TAK", "rm": "RealMedia",
    "gxf": "GXF", "dv": "DV", "wtv": "Windows TV", "iff": "IFF and DSDIFF", "dts": "DTS", "truehd": "TrueHD",
    "voc": "Creative Voice", "xwma": "xWMA", "oma": "Sony OpenMG", "ivf": "IVF", "yuv4mpegpipe": "YUV4MPEG",
}  # fmt: skip
"""Demuxers of containers that are only read."""


def _inputs() -> Iterator[Ability]:
    for name, title in _ALSO.items():
        if name in DEMUXERS:
            yield Ability(kind="input", name=name, title=title, reads=_has_demuxer(name), writes=False)


def tried(ability: Ability) -> Ability:
    """The same after writing a small clip with it and reading that back; containers are tried with their defaults."""
    if not ability.writes or ability.kind not in ("video", "audio", "container"):
        return ability
    import av.error

    with tempfile.TemporaryDirectory(prefix="dreamreel-") as folder:
        try:
            works = _try(ability, Path(folder))
        except (DreamreelError, av.error.FFmpegError, ValueError):
            works = False
    return replace(ability, tried=works)


_FRAMES = 5


def _try(ability: Ability, folder: Path) -> bool:
    match ability.kind:
        case "video":
            return _try_video(ability.name, folder / "v")
        case "audio":
            return _try_audio(ability.name, folder / "a")
        case _:
            return _try_container(ability, folder)


def _try_video(key: str, path: Path) -> bool:
    import av

    from dreamreel.media.encode import VideoSegmentWriter, settings_for
    from dreamreel.media.info import VideoInfo
    from dreamreel.media.probe import probe

    row = _video_row(key)
    width, height = row.sizes[-1] if row.sizes else (max(64, row.smallest[0]), max(48, row.smallest[1]))
    with VideoSegmentWriter(path, settings_for(VideoInfo(width, height), row, threads=1)) as writer:
        for number in range(_FRAMES):
            frame = av.VideoFrame(width, height, "gray")
            writer.write(frame, Fraction(number, 25), Fraction(1, 25))
    return probe(path).video[0].frames == _FRAMES


def _try_audio(key: str, path: Path) -> bool:
    import numpy as np

    from dreamreel.media.encode import encode_audio
    from dreamreel.media.info import AudioInfo
    from dreamreel.media.probe import probe

    row = _audio_row(key)
    info = (
        AudioInfo(row.rate_for(48_000), "mono", 1)
        if row.layouts == ("mono",)
        else AudioInfo(row.rate_for(48_000))
    )
    encode_audio(path, [np.zeros((info.channels, info.rate // 5), np.float32)], info, row)
    return probe(path).audio[0].sample_rate == info.rate


def _try_container(ability: Ability, folder: Path) -> bool:
    from dreamreel.media.mux import AnyTrack, FilmTrack, SoundTrack, mux
    from dreamreel.media.probe import probe

    row = next(one for one in CONTAINERS if one.name == ability.name)
    if row.kind == "animation":
        return True
    tracks: list[AnyTrack] = []
    if ability.video and _try_video(ability.video[0], folder / "v"):
        tracks.append(FilmTrack([folder / "v"], [Fraction(0)], [Fraction(_FRAMES, 25)]))
    if ability.audio and _try_audio(ability.audio[0], folder / "a"):
        tracks.append(SoundTrack(folder / "a"))
    mux(tracks, folder / f"o{row.suffix}", row)
    found = probe(folder / f"o{row.suffix}")
    return len(found.video) + len(found.audio) == len(tracks) > 0


def _video_row(key: str) -> VideoCodec:
    return next(row for row in VIDEO_CODECS if row.key == key)


def _audio_row(key: str) -> AudioCodec:
    return next(row for row in AUDIO_CODECS if row.key == key)


@cache
def _has_encoder(name: str) -> bool:
    import av.codec

    try:
        av.codec.Codec(name, "w")
    except ValueError:
        return False
    return True


@cache
def _has_decoder(encoder: str) -> bool:
    """True when what the encoder writes can be read; the decoder of an encoder that is missing is found by name."""
    import av.codec

    try:
        name = av.codec.Codec(encoder, "w").canonical_name
    except ValueError:
        name = encoder.removeprefix("lib")
    try:
        av.codec.Codec(name, "r")
    except ValueError:
        return False
    return True


@cache
def _has_format(muxer: str) -> bool:
    import av.format

    try:
        av.format.ContainerFormat(muxer, "w")
    except ValueError:
        return False
    return True


@cache
def _has_demuxer(name: str) -> bool:
    import av.format

    try:
        av.format.ContainerFormat(name, "r")
    except ValueError:
        return False
    return True
