"""Subtitles to test with, and small films that carry them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from tests.media.make import cfr_timing, write_video

from dreamreel.media.formats import output_format
from dreamreel.media.mux import FilmTrack, PacketTrack, mux
from dreamreel.media.subtitles.model import Cue, Subtitles
from dreamreel.media.subtitles.packets import codec_for, feed


def said(*rows: tuple[float | str, float | str, str], **facts: object) -> Subtitles:
    """Cues from (start, end, text)."""
    cues = tuple(Cue(Fraction(str(start)), Fraction(str(end)), text) for start, end, text in rows)
    return Subtitles(cues, **facts)  # pyright: ignore[reportArgumentType]


def times(found: Subtitles) -> list[tuple[Fraction, Fraction]]:
    return [(cue.start, cue.end) for cue in found.cues]


def texts(found: Subtitles) -> list[str]:
    return [cue.text for cue in found.cues]


def film_with(path: Path, *tracks: Subtitles, codec: str | None = None, count: int = 50) -> Path:
    """Two seconds of bars with subtitle tracks."""
    container = output_format(path)
    segment = path.with_suffix(".segment.mkv")
    video = "vp9" if container.name == "webm" else "h264"
    write_video(segment, cfr_timing(count, Fraction(25)), rate=Fraction(25), codec=video)
    words = [PacketTrack(feed(one, codec or codec_for(container.muxer, one) or "subrip")) for one in tracks]
    mux([FilmTrack([segment], [Fraction(0)], [Fraction(count, 25)]), *words], path, container)
    segment.unlink()
    return path
