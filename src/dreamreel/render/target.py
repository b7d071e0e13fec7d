"""What to make of a clip, as a user says it: plain data, the same for the command line, the studio and Python."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SubtitleFile", "Target", "Tracks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Which of a source's tracks go in. A choice of tracks is `"all"`, `"none"`, numbers from 1 (`"1,3"`) or
    languages (`"eng,deu"`).
    """

    audio: str = "all"
    subtitles: str = "all"
    covers: bool = True
    attachments: bool = True
    data: bool = True
    chapters: bool = True
    tags: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleFile:
    """A file of subtitles that becomes a track."""

    path: str
    language: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to make of a clip, as a user says it. None means: as the format does by default."""

    container: str | None = None
    codec: str | None = None
    """Picture codec: h264, h265, av1, vp9, vp8, ffv1, prores, mjpeg."""
    crf: int | None = None
    """Quality on the codec's own scale; lower is better."""
    preset: str | None = None
    """The codec's speed preset."""
    pix_fmt: str | None = None
    audio_codec: str | None = None
    audio_bitrate: int | None = None
    """Bits per second."""
    threads: int = 0
    """Encoder threads per worker; 0 lets the encoder choose."""
    quality: float | None = None
    """How it looks, 0 to 100, on one perceptual scale for all codecs; instead of `crf`."""
    video_bitrate: int | None = None
    """Average bits per second of the picture; instead of `crf`."""
    max_bitrate: int | None = None
    """Bits per second that the picture never exceeds for longer than a second."""
    target_size: int | None = None
    """Bytes of the whole file, never exceeded."""
    two_pass: bool = False
    """Look at the whole picture once before encoding it."""
    step_down: bool = True
    """Make the picture smaller or slower where `target_size` leaves too few bits for it."""
    fit_side: int | None = None
    """Shorter side that the picture is brought down to for `target_size`, found by looking at it."""
    fit_slower: int = 1
    """By what the frame rate is divided for `target_size`, found by looking at it."""
    segment_bitrates: tuple[int, ...] = ()
    """Bits per second of each stretch of the picture, found by looking at it; nobody's wish, but part of the plan."""
    profile: str | None = None
    """The codec's profile, such as ProRes `hq` or DNxHR `sq`."""
    hardware: str = "off"
    """Encoders of the graphics card: off, auto, nvenc, qsv, amf, videotoolbox, vaapi."""
    sample_rate: int | None = None
    """Samples per second of the sound."""
    channels: str | None = None
    """FFmpeg's name of a channel layout."""
    tracks: Tracks = Tracks()
    """Which of the source's tracks go in."""
    loop: int = 0
    """How often an animation plays; 0 is for ever."""
    colours: int = 256
    """Of a GIF's palette, 2 to 256."""
    keep_location: bool = False
    """Keep the tags and tracks that say where something was recorded."""
    copy: bool = True
    """Copy the tracks that nothing asked to change; False encodes them all."""
    metadata: tuple[tuple[str, str], ...] = ()
    """Tags to set; an empty value removes one."""
    subtitle_files: tuple[SubtitleFile, ...] = ()
    """Subtitles to put in as tracks."""
