"""Subtitles into the packets of a container: which codec it takes, and every cue in that codec.

    Subtitles, "mov_text" ── encoded() ──► header + (start, duration, bytes) …
                          ── feed() ─────► a stream of an open output + its packets, for `media.mux`

Times are to the millisecond, the tick of all these tracks. What a codec cannot say (two cues at once in MP4, positions
in WebVTT packets) is resolved here, the same way every time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from av.packet import Packet

from dreamreel.errors import RenderFailed
from dreamreel.media.compat import holds
from dreamreel.media.labels import Label, put_label
from dreamreel.media.libav import add_words
from dreamreel.media.remux import Timed
from dreamreel.media.subtitles.ass import header
from dreamreel.media.subtitles.blocks import alignment_of
from dreamreel.media.subtitles.markup import BREAK, Tag, pieces, to_html
from dreamreel.media.subtitles.model import Cue, Style, Subtitles, apart
from dreamreel.time import nearest

if TYPE_CHECKING:
    from av.container import OutputContainer

    from dreamreel.media.formats import Container

__all__ = ["CODECS", "Encoded", "EncodedCue", "codec_for", "encoded", "feed"]

TICK: Final = Fraction(1, 1000)

CODECS: Final = ("mov_text", "subrip", "ass", "webvtt")
"""FFmpeg's names of the codecs that can be written."""


@dataclass(frozen=True, slots=True)
class EncodedCue:
    """A packet: start and duration in seconds, whole milliseconds."""

    start: Fraction
    duration: Fraction
    data: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """A track ready for a container."""

    codec: str
    header: bytes
    """An ASS header, from which FFmpeg's encoders make the extradata of their codec."""
    packets: tuple[EncodedCue, ...]


def codec_for(muxer: str, subtitles: Subtitles) -> str | None:
    """The codec for a muxer (FFmpeg's name), or None when it holds no words. Styles are kept where they can be."""
    taken = holds(muxer).text
    if not taken:
        return None
    return "ass" if not subtitles.plain and "ass" in taken else taken[0]


def encoded(subtitles: Subtitles, codec: str) -> Encoded:
    """Every cue as a packet of `codec`. Raises `RenderFailed` for a codec that is not one of `CODECS`."""
    write = _WRITERS.get(codec)
    if write is None:
        raise RenderFailed(f"Subtitles cannot be written as {codec}; choose one of {', '.join(CODECS)}.")
    whole = replace(subtitles, cues=tuple(_ticked(subtitles)))
    if codec == "mov_text":
        whole = apart(whole)
    styles = {style.name: style for style in whole.styles}
    packets = tuple(
        EncodedCue(cue.start, cue.end - cue.start, data)
        for number, cue in enumerate(whole.cues)
        if (data := write(number, cue, styles.get(cue.style)))
    )
    return Encoded(codec, header(subtitles).encode(), packets)


def _ticked(subtitles: Subtitles) -> Iterator[Cue]:
    for cue in subtitles.cues:
        start, end = (nearest(time / TICK) * TICK for time in (cue.start, cue.end))
        if end > start:
            yield replace(cue, start=start, end=end)


def feed(
    subtitles: Subtitles, codec: str
) -> Callable[[ExitStack, OutputContainer, Container], Iterator[Timed]]:
    """What `mux.PacketTrack` starts: adds the stream with its language, title and flags, and gives its packets."""

    def start(stack: ExitStack, target: OutputContainer, container: Container) -> Iterator[Timed]:
        del stack
        track = encoded(subtitles, codec)
        try:
            stream = add_words(target, codec, track.header, TICK)
        except ValueError as error:
            raise RenderFailed(f"{container.name} takes no {codec} subtitles; choose mkv or mp4.") from error
        put_label(
            stream,
            Label(subtitles.language, subtitles.title, subtitles.flags),
            container.muxer,
        )

        def packets() -> Iterator[Timed]:
            for cue in track.packets:
                packet = Packet(cue.data)
                packet.pts = packet.dts = nearest(cue.start / TICK)
                packet.duration = nearest(cue.duration / TICK)
                packet.time_base, packet.stream = TICK, stream
                yield Timed(cue.start, packet)

        return packets()

    return start


# ── the codecs ────────────────────────────────────────────────────────────────────────────────────────────


def _subrip(number: int, cue: Cue, style: Style | None) -> bytes:
    del number
    words, place = to_html(cue.text, style, "srt"), alignment_of(cue, style)
    return (words if place == 2 or not words else f"{{\\an{place}}}{words}").encode()


def _webvtt(number: int, cue: Cue, style: Style | None) -> bytes:
    del number
    return to_html(cue.text, style, "vtt").encode()


def _ass(number: int, cue: Cue, style: Style | None) -> bytes:
    del style
    name, effect = (text.replace(",", ";") for text in (cue.name, cue.effect))
    text = cue.text.replace("\r", "").replace("\n", "\\N")
    return f"{number},{cue.layer},{cue.style},{name},{cue.left},{cue.right},{cue.vertical},{effect},{text}".encode()


@dataclass(frozen=True, slots=True)
class _Face:
    """The styling that 3GPP timed text knows."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: int = 0xFFFFFFFF
    """RGBA."""

    @property
    def flags(self) -> int:
        """The face-style-flags of a style record."""
        return self.bold + 2 * self.italic + 4 * self.underline


_LONGEST: Final = 60_000


def _mov_text(number: int, cue: Cue, style: Style | None) -> bytes:
    """A text sample with its style box (3GPP TS 26.245 §5.17): from, to, font, face, size and colour of each run."""
    del number
    base = (
        _Face() if style is None else _Face(style.bold, style.italic, style.underline, _rgba(style.primary))
    )
    words, records = "", list[bytes]()
    face, drawing = base, False
    for piece in pieces(cue.text):
        if isinstance(piece, list):
            for tag in piece:
                face = _faced(face, base, tag)
                drawing = tag[1] not in ("0", "") if tag[0] == "p" else drawing
        elif not drawing:
            run = piece if piece == BREAK else piece.replace("\u00a0", " ")
            if face != _Face() and run.strip():
                low, high = len(words), len(words) + len(run)
                records.append(struct.pack(">HHHBBI", low, high, 1, face.flags, 16, face.colour))
            words += run
    if not words.strip() or len(words) > _LONGEST // 4:
        return b""
    text = words.encode()
    sample = struct.pack(">H", len(text)) + text
    if records:
        body = struct.pack(">H", len(records)) + b"".join(records)
        sample += struct.pack(">I4s", 8 + len(body), b"styl") + body
    return sample


def _rgba(colour: int) -> int:
    """`0xAABBGGRR` with 0 opaque to `0xRRGGBBAA` with 255 opaque."""
    red, green, blue, clear = colour & 0xFF, colour >> 8 & 0xFF, colour >> 16 & 0xFF, colour >> 24 & 0xFF
    return red << 24 | green << 16 | blue << 8 | (255 - clear)


def _faced(face: _Face, base: _Face, tag: Tag) -> _Face:
    name, value = tag
    on = value not in ("0", "", "100", "200", "300", "400")
    match name:
        case "b":
            return replace(face, bold=on)
        case "i":
            return replace(face, italic=on)
        case "u":
            return replace(face, underline=on)
        case "r":
            return base
        case "c" | "1c":
            digits = "".join(mark for mark in value if mark in "0123456789abcdefABCDEF")[-6:]
            return replace(face, colour=_rgba(int(digits, 16)) if digits else base.colour)
        case _:
            return face


_WRITERS: Final[dict[str, Callable[[int, Cue, Style | None], bytes]]] = {
    "mov_text": _mov_text, "subrip": _subrip, "ass": _ass, "webvtt": _webvtt,
}  # fmt: skip
