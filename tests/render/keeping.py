"""What a file holds besides its pictures, put into every kind of container, converted into every other, and looked for.

rich(folder, "mkv") ─► a file with all that Matroska can hold
found(path) ─► what is there, by item        cell(source, target) ─► kept │ told │ lost, by item
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags
from av.stream import Disposition
from tests.render.film import HEIGHT, WIDTH, barcode

import dreamreel
from dreamreel.media.probe import MediaFile, probe
from dreamreel.render.plan import Plan, make_plan
from dreamreel.render.target import Target

ASS_HEADER = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n"
    b"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
SECONDS = 3
RATE = 48_000


@dataclass(frozen=True)
class Shape:
    """What a rich file of a container is made of."""

    muxer: str
    video: str
    sounds: tuple[str, ...]
    words: tuple[str, ...] = ()
    font: bool = False
    cover: bool = False
    chapters: bool = True
    rotation: bool = True
    varying: bool = True
    options: tuple[tuple[str, str], ...] = ()


SOURCES = {
    "mp4": Shape("mp4", "libx264", ("aac", "ac3"), ("mov_text", "mov_text"), cover=True,
                 options=(("movflags", "use_metadata_tags"),)),
    "mov": Shape("mov", "libx264", ("aac", "pcm_s16le"), ("mov_text",)),
    "mkv": Shape("matroska", "libx264", ("aac", "flac"), ("subrip", "ass"), font=True, cover=True),
    "webm": Shape("webm", "libvpx-vp9", ("libopus", "libopus"), ("webvtt",), rotation=False),
    "ts": Shape("mpegts", "libx264", ("aac", "ac3"), chapters=False, rotation=False),
    "avi": Shape("avi", "mpeg4", ("libmp3lame", "ac3"), chapters=False, rotation=False, varying=False),
}  # fmt: skip
TARGETS = ("mp4", "mov", "mkv", "webm", "ts", "avi", "m4a")
_LANGUAGES = ("eng", "ger")


def rich(path: Path) -> Path:
    """A film of 3 s with two sounds, words, chapters, a font, a cover, tags, as far as its container holds them."""
    shape = SOURCES[path.suffix[1:]]
    with av.open(str(path), "w", format=shape.muxer, options=dict(shape.options)) as out:
        out.metadata.update({"title": "Anna", "artist": "Papa", "comment": "first steps", "date": "2024",
                             "location": "+48.1374+011.5755/"})  # fmt: skip
        video = out.add_stream(shape.video, rate=25, options={"g": "10", "threads": "1"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, 25)
        context.sample_aspect_ratio = Fraction(4, 3)
        context.flags |= int(Flags.frame_duration)
        context.colorspace = context.color_primaries = context.color_trc = context.color_range = 1
        video.metadata["language"] = "eng"
        if shape.rotation:
            video.set_display_rotation(90)
        sounds = [_sound(out, number, codec) for number, codec in enumerate(shape.sounds)]
        words = [_words(out, number, codec) for number, codec in enumerate(shape.words)]
        if shape.font:
            out.add_attachment("font.ttf", "application/x-truetype-font", b"not quite a font")
        cover = _cover(out, shape) if shape.cover else None
        if shape.chapters:
            marks = ((0, 1000, "One"), (1000, 3000, "Two"))
            out.set_chapters([
                {"id": n, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
                for n, (start, end, title) in enumerate(marks)
            ])  # fmt: skip
        if cover:
            out.mux(cover.encode(av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), "rgb24")))
            out.mux(cover.encode(None))
        for n in range(SECONDS * 25):
            if shape.varying and n % 5 == 3:
                continue  # One picture in five is shown twice as long.
            frame = barcode(n)
            frame.pts, frame.time_base, frame.colorspace, frame.color_range = n, Fraction(1, 25), 1, 1
            frame.duration = 2 if shape.varying and n % 5 == 2 else 1
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for stream in sounds:
            _fill(out, stream)
        for stream, codec in zip(words, shape.words, strict=True):
            _speak(out, stream, codec)
    return path


def _sound(out, number, codec):
    stream = out.add_stream(codec, rate=RATE, layout="stereo")
    stream.metadata["language"] = _LANGUAGES[number]
    name = ("Film", "Remarks")[number]
    stream.metadata["title"] = stream.metadata["handler_name"] = name
    stream.disposition = Disposition.default if number == 0 else Disposition.comment
    return stream


def _words(out, number, codec):
    stream = out.add_stream(codec)
    stream.metadata["language"] = _LANGUAGES[number]
    stream.codec_context.subtitle_header = ASS_HEADER
    stream.disposition = Disposition(0) if number else Disposition.forced
    return stream


def _cover(out, shape):
    if shape.muxer == "matroska":
        packet = _jpeg()
        out.add_attachment("cover.jpg", "image/jpeg", packet)
        return None
    stream = out.add_stream("mjpeg", rate=1)
    stream.width = stream.height = 32
    stream.pix_fmt = "yuvj420p"
    stream.disposition = Disposition.attached_pic
    return stream


def _jpeg() -> bytes:
    context = av.CodecContext.create("mjpeg", "w")
    context.width = context.height = 32
    context.pix_fmt, context.time_base = "yuvj420p", Fraction(1)
    frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), "rgb24").reformat(
        format="yuvj420p"
    )
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


def _fill(out, stream):
    tone = np.sin(np.arange(RATE * SECONDS) * (2 * np.pi * 440 / RATE)) * 0.2
    frame = av.AudioFrame.from_ndarray(np.stack([tone] * 2).astype(np.float32), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    context = stream.codec_context
    convert = av.AudioResampler(context.format.name, "stereo", RATE, context.frame_size or 1024)
    for block in [*convert.resample(frame), *convert.resample(None)]:
        out.mux(stream.encode(block))
    out.mux(stream.encode(None))


def _speak(out, stream, codec):
    for n in range(SECONDS):
        text = f"{n},0,Default,,0,0,0,,line {n}" if codec == "ass" else f"line {n}"
        data = text.encode()
        packet = av.Packet(len(data).to_bytes(2) + data if codec == "mov_text" else data)
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = n * 1000 + 100
        packet.duration = 500
        out.mux_one(packet)


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────────

_SAME = {"deu": "ger"}


def _languages(file: MediaFile) -> list[str | None]:
    return [_SAME.get(track.language or "", track.language) for track in file.audio]


def _colour(file: MediaFile) -> object:
    video = file.main_video
    said = video and video.colour.matrix != 2
    return (video.colour.matrix, video.colour.primaries, video.colour.transfer) if video and said else None


def _times(path: Path) -> list[Fraction]:
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        zero = None
        times = []
        for frame in source.decode(stream):
            zero = frame.pts * frame.time_base if zero is None else zero
            times.append(round((frame.pts * frame.time_base - zero) * 100))
    return times


def _upright(file: MediaFile) -> object:
    """True for a picture that stands; ours lies before it is turned."""
    video = file.main_video
    return (video.width * video.sar < video.height) or None if video else None


def _shape(file: MediaFile) -> object:
    video = file.main_video
    return (
        round(video.width * video.sar / video.height, 2)
        if video and video.width != 3 * video.height
        else None
    )


ITEMS: dict[str, Callable[[MediaFile], object]] = {
    "rotation": _upright,
    "aspect ratio": _shape,
    "colour": _colour,
    "frame times": lambda file: _times(file.path) if file.main_video else None,
    "all sounds": lambda file: len(file.audio),
    "languages": _languages,
    "track titles": lambda file: [track.title for track in file.audio],
    "default sound": lambda file: ["default" in track.dispositions for track in file.audio],
    "subtitles": lambda file: sum(track.kind == "subtitle" for track in file.others),
    "chapters": lambda file: [mark.title for mark in file.chapters],
    "cover": lambda file: sum(track.cover for track in file.video),
    "fonts": lambda file: sum(track.kind == "attachment" for track in file.others),
    "title, artist": lambda file: _tagged(file, "title", "artist"),
    "other tags": lambda file: _tagged(file, "comment", "date"),
}
"""What is looked for, and how it is found in a probed file."""

_NOTHING = (None, 0, [], {}, [None, None], [False, False])


def _tagged(file: MediaFile, *names: str) -> dict[str, str]:
    return {key.lower(): value.split("\nDREAMREEL")[0] for key, value in file.tags if key.lower() in names}


@dataclass(frozen=True)
class Outcome:
    """What became of one item, and the sentence that tells it."""

    item: str
    what: str
    """kept, told, lost, or – where the source has none."""
    why: str = ""


_WORDS = {
    "rotation": ("turned", "picture"), "aspect ratio": ("square", "picture"), "colour": ("colours", "picture"),
    "frame times": ("frame rate", "picture"), "all sounds": ("sound", ), "languages": ("language", "sound track"),
    "track titles": ("titles", "sound track"), "default sound": ("default", "sound track"), "subtitles": ("subtitle",),
    "chapters": ("chapters",), "cover": ("cover",), "fonts": ("attachment",), "title, artist": ("tags",),
    "other tags": ("tags",),
}  # fmt: skip
"""What a sentence that tells a loss speaks of."""


def converted(source: Path, out: Path, **options: object) -> tuple[Plan, Path]:
    """`source` written as `out`, with the plan it was written by."""
    clip = dreamreel.open(source)
    target = Target(**options)
    plan = make_plan(clip.node, out, target)
    clip.write(out, **options)
    return plan, out


def outcomes(source: MediaFile, plan: Plan, out: Path) -> list[Outcome]:
    """What became of every item."""
    made = probe(out)
    found: list[Outcome] = []
    for item, look in ITEMS.items():
        before, after = look(source), look(made)
        if before in _NOTHING:
            found.append(Outcome(item, "–"))
        elif after == before:
            found.append(Outcome(item, "kept"))
        else:
            note = next((n for n in plan.notes if any(word in n for word in _WORDS[item])), None)
            found.append(Outcome(item, "told" if note else "lost", note or f"{before} → {after}"))
    return found
