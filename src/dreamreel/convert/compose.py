"""A wish and a file become a clip and a target; nothing is written.

wish + preset ─► bounds ─► verbs on the clip, only those that change something
│
untouched and inside the limits: copied ── else: encoded as the wish says ─► Target
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from dreamreel.clip import Clip
from dreamreel.convert.presets.model import Limits, Preset
from dreamreel.convert.resolve import aimed, bounded, length_of, merged
from dreamreel.convert.verbs import TAKEN, changed
from dreamreel.convert.wish import Wish
from dreamreel.media.compat import holds
from dreamreel.media.formats import VIDEO_CODECS, Container, output_format
from dreamreel.ops.source import content_hash, from_found
from dreamreel.render.target import Target, Tracks
from dreamreel.wording import size_text

if TYPE_CHECKING:
    from dreamreel.media.probe import AudioTrack, MediaFile, VideoTrack

__all__ = ["Composed", "compose"]

_KEYS: Final = {"hevc": "h265"}
"""FFmpeg's names of codecs that go by another one here."""
_HDR: Final = frozenset({16, 18})
"""PQ and HLG."""
_SDR_CODECS: Final = frozenset({"h264", "mpeg4", "mpeg2", "vp8", "mjpeg"})
"""Codecs in which players do not look for HDR."""
_MOST_SOUND = 640_000


@dataclass(frozen=True, slots=True)
class Composed:
    """What to render, and into what."""

    clip: Clip
    target: Target
    container: Container
    notes: tuple[str, ...]
    """What the user should know of it."""
    wish: Wish
    """Everything that was decided."""


def compose(asked: Wish, found: MediaFile, source: Clip | None = None, *, look: bool = True) -> Composed:
    """What `asked` makes of a file. `source` is the file as a clip, where somebody has it already.

    With `look`, what tone mapping and taking noise away need to know is measured in the file; without, it is assumed,
    and nothing is opened. Raises `NotFound` for an unknown preset, `UsageError`s for what cannot be done.
    """
    preset = _preset(asked)
    limits = preset.limits if preset else Limits()
    wish, notes = bounded(merged(asked, preset), limits, found)
    container = output_format(found.path, wish.container or _usual(found))
    clip = source or Clip.of(from_found(found, content_hash(found.path)))
    job = _Job(asked, wish, limits, found, container, clip, look)
    size = wish.target_size or limits.size
    if size is not None:
        job, more = _within(job, size)
        notes += more
    made, target = job.done()
    return Composed(made, target, container, tuple(dict.fromkeys([*notes, *job.told()])), job.wish)


def _preset(asked: Wish) -> Preset | None:
    from dreamreel.convert.presets.shelf import preset

    return preset(asked.preset) if asked.preset else None


def _usual(found: MediaFile) -> str:
    return "mp4" if found.main_video or found.still else "m4a"


def _within(job: _Job, size: int) -> tuple[_Job, list[str]]:
    """The job for a file of at most `size` bytes."""
    length = length_of(job.wish, job.found)
    sound = 0 if job.sound_kept else int((job.wish.audio_bitrate or _MOST_SOUND) * length / 8)
    whole = job.picture_kept if job.container.kind == "video" and job.found.main_video else job.sound_kept
    if whole and job.found.size + sound <= size:
        return replace(job, wish=replace(job.wish, target_size=None)), [
            f"it is under {size_text(size)} already"
        ]
    if job.container.kind not in ("video", "audio"):
        return job, []
    video = job.clip.info.video if job.container.kind == "video" else None
    wish = aimed(job.wish, size, video, length, exactly=job.asked.target_size is not None)
    return replace(job, wish=wish, aims=True), []


@dataclass(frozen=True, slots=True)
class _Job:
    """One file on its way: what was asked, and what follows from it."""

    asked: Wish
    wish: Wish
    limits: Limits
    found: MediaFile
    container: Container
    source: Clip
    look: bool
    aims: bool = False
    """True when the size in bytes decides, so that nothing can stay as it is."""

    # ── what is done to the clip ──────────────────────────────────────────────────────────────────────────

    @property
    def clip(self) -> Clip:
        """The clip with every verb but tone mapping, which depends on how it is encoded."""
        return self._with(tone_map=self.wish.tone_map == "on" and self.hdr)

    def _with(self, *, tone_map: bool) -> Clip:
        seen = self.source.info.video is not None and self.container.kind != "audio"
        heard = (
            self.source.info.audio is not None and bool(self.container.audio) and self.wish.audio != "none"
        )
        return changed(
            self.source, self.wish, self.found, seen=seen, heard=heard, tone_map=tone_map, look=self.look
        )

    @property
    def hdr(self) -> bool:
        """Whether the source is HDR."""
        track = self.found.main_video
        return track is not None and track.colour.transfer in _HDR

    @property
    def codec(self) -> str | None:
        """The picture codec it would be encoded with."""
        if self.container.kind != "video":
            return None
        if self.wish.codec not in (None, "copy"):
            return self.wish.codec
        if self.hdr and self.wish.tone_map == "auto":
            return next((key for key in self.container.video if _can_be_hdr(key)), self.container.video[0])
        return self.container.video[0]

    @property
    def picture_kept(self) -> bool:
        """Whether the picture is copied as it is."""
        track = self.found.main_video
        if track is None or self.container.kind != "video" or self.wish.encode or self.aims:
            return False
        if self.wish.codec == "copy":
            return True
        if _asks_for_bits(self.asked) or _touched(self.source, self.clip):
            return False
        if track.codec not in holds(self.container.muxer).video:
            return False
        key = _KEYS.get(track.codec, track.codec)
        if self.asked.codec:
            return key == self.asked.codec
        if not self.limits.codecs:
            return self.wish.codec in (None, key) and not _asks_for_bits(self.wish)
        return key in self.limits.codecs and _shown(track, self.limits, self.found)

    @property
    def sound_kept(self) -> bool:
        """Whether the sound is copied as it is."""
        track = self.found.main_audio
        if track is None or not self.container.audio or self.wish.encode or self.wish.target_size:
            return track is None
        if self.wish.audio_codec == "copy":
            return True
        if _heard_otherwise(self.wish) or self.asked.audio_bitrate:
            return False
        key = "pcm" if track.codec.startswith("pcm_") else track.codec
        if self.asked.audio_codec:
            return key == self.asked.audio_codec
        if not self.limits.audio_codecs:
            return self.wish.audio_codec in (None, key)
        return key in self.limits.audio_codecs and _bitrate_fits(track, self.wish)

    # ── what comes out ────────────────────────────────────────────────────────────────────────────────────

    @property
    def tone_mapped(self) -> bool:
        """Whether HDR becomes SDR."""
        if not self.hdr or self.wish.tone_map == "off" or self.container.kind == "audio":
            return False
        if self.wish.tone_map == "on":
            return True
        if self.picture_kept:
            return False
        shows = self.limits.hdr or self.limits == Limits()
        return not (shows and self.codec is not None and _can_be_hdr(self.codec))

    def done(self) -> tuple[Clip, Target]:
        """The clip and the target."""
        clip, wish = self._with(tone_map=self.tone_mapped), self.wish
        target = Target(
            container=self.container.name, **self._picture(), **self._sound(),  # pyright: ignore[reportArgumentType]
            threads=wish.threads, target_size=wish.target_size, hardware=wish.hardware,
            step_down=not (wish.width or wish.height), loop=wish.loop or 0, colours=wish.colours or 256,
            tracks=Tracks(audio=wish.audio, subtitles=wish.subtitles, covers=wish.covers,
                          attachments=wish.attachments, data=wish.data, chapters=wish.chapters, tags=wish.tags),
            keep_location=wish.keep_location, copy=not wish.encode, metadata=wish.metadata,
            subtitle_files=wish.subtitle_files,
        )  # fmt: skip
        return clip, target

    def _picture(self) -> dict[str, object]:
        wish = self.wish
        if self.picture_kept:
            key = _KEYS.get(name := self.found.main_video.codec if self.found.main_video else "", name)
            return {
                "codec": wish.codec if wish.codec == "copy" else key if key in self.container.video else None
            }
        if self.container.kind != "video" or self.clip.info.video is None:
            return {"quality": wish.quality} if self.container.kind in ("picture", "animation") else {}
        return {
            "codec": self.codec, "crf": wish.crf, "preset": wish.effort, "pix_fmt": self._pix_fmt(),
            "quality": wish.quality, "video_bitrate": wish.video_bitrate, "max_bitrate": wish.max_bitrate,
            "two_pass": wish.two_pass, "profile": wish.profile,
        }  # fmt: skip

    def _pix_fmt(self) -> str | None:
        """What the target shows that is nearest to the source."""
        if self.wish.pix_fmt or not self.limits.pix_fmts or self.found.main_video is None:
            return self.wish.pix_fmt
        row = next((row for row in VIDEO_CODECS if row.key == self.codec), None)
        taken = [name for name in self.limits.pix_fmts if row is None or name in row.pix_fmts]
        deep = self.found.main_video.bits > 8 and not self.tone_mapped
        fits = [name for name in taken if ("10" in name) == deep and not name.startswith("yuvj")]
        return next(iter([*fits, *taken]), None)

    def _sound(self) -> dict[str, object]:
        wish, track = self.wish, self.found.main_audio
        if self.sound_kept or track is None or not self.container.audio:
            return {"audio_codec": "copy" if wish.audio_codec == "copy" and track else None}
        bitrate = wish.audio_bitrate
        if wish.target_size and not self.asked.audio_bitrate:
            bitrate = None  # The renderer shares the bytes out.
        elif bitrate and not self.asked.audio_bitrate and not wish.channels and track.channels > 2:
            bitrate = min(_MOST_SOUND, bitrate * track.channels // 2)
        layout = None if wish.channels in TAKEN else wish.channels
        return {"audio_codec": wish.audio_codec, "audio_bitrate": bitrate, "channels": layout,
                "sample_rate": wish.sample_rate}  # fmt: skip

    def told(self) -> Iterator[str]:
        """What the user should know."""
        if self.tone_mapped and self.wish.tone_map == "auto":
            yield "HDR becomes SDR, because the output cannot show it"
        elif self.hdr and not self.picture_kept and self.container.kind == "video" and not self.wish.codec:
            yield f"HDR is kept, so the picture becomes {self.codec}"
        before, after = self.source.info.video, self.clip.info.video
        exact = self.asked.width or self.asked.height
        if (
            before
            and after
            and exact
            and after.width * after.height > before.width * before.sar * before.height
        ):
            yield "the picture becomes larger than it was, which adds no detail"


def _touched(source: Clip, clip: Clip) -> bool:
    """Whether a verb changes the picture. Cutting does not, and sound has tracks of its own."""
    node = clip.node
    while node != source.node:
        if node.op != "time.trim" and not node.op.startswith("sound."):
            return True
        node = node.inputs[0]
    return False


def _heard_otherwise(wish: Wish) -> bool:
    said = (wish.loudness, wish.channels, wish.sample_rate)
    moved = wish.speed != 1 or wish.reverse or wish.fade_in or wish.fade_out
    return (
        any(value is not None for value in said) or bool(wish.volume or moved) or wish.denoise_sound != "off"
    )


def _asks_for_bits(wish: Wish) -> bool:
    asks = (
        wish.crf,
        wish.quality,
        wish.video_bitrate,
        wish.max_bitrate,
        wish.pix_fmt,
        wish.profile,
        wish.effort,
    )
    return any(value is not None for value in asks) or wish.two_pass


def _shown(track: VideoTrack, limits: Limits, found: MediaFile) -> bool:
    """Whether a target shows this track as it is; its size and rate were looked at by the verbs."""
    if limits.pix_fmts and track.pix_fmt not in limits.pix_fmts:
        return False
    if track.colour.transfer in _HDR and not limits.hdr:
        return False
    bits = track.bit_rate or (int(found.size * 8 / found.duration) if found.duration else 0)
    return not limits.bitrate or bits <= limits.bitrate


def _bitrate_fits(track: AudioTrack, wish: Wish) -> bool:
    """Whether encoding again would not make the sound smaller by half."""
    return (
        not (wish.audio_bitrate and track.bit_rate)
        or track.bit_rate <= 2 * wish.audio_bitrate * max(2, track.channels) // 2
    )


def _can_be_hdr(key: str) -> bool:
    row = next((row for row in VIDEO_CODECS if row.key == key), None)
    return row is not None and key not in _SDR_CODECS and any("10" in name for name in row.pix_fmts)
