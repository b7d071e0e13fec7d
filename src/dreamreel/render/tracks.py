"""What becomes of every track of the files a clip is made of: copied, converted, encoded or left out, and why. Pure.

    graph, container, target ──► Track plans in the order of the file: picture, sounds, subtitles, covers, attachments

Nothing that was not asked to change is encoded again, and nothing is lost without a sentence that says so and names a
container that could hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dreamreel.graph import Node, rewrite, walk
from dreamreel.media.codecs import AUDIO_CODECS
from dreamreel.media.compat import (
    BITMAP_SUBTITLES,
    LOSSLESS_SOUND,
    TEXT_SUBTITLES,
    best_home,
    codec_of,
    holds,
)
from dreamreel.ops import infer, op_of
from dreamreel.ops.sound import Mix, ReplaceSound
from dreamreel.ops.source import FileSource, Mark, Tag, Track
from dreamreel.render.timemap import Stretch, is_whole, stretches

if TYPE_CHECKING:
    from dreamreel.media.formats import Container
    from dreamreel.render.target import Target

__all__ = [
    "Action",
    "TrackPlan",
    "chapters",
    "copied_picture",
    "heard_nodes",
    "kept_tracks",
    "sound_copy",
    "tags",
]

Action = Literal["copy", "cut", "convert", "encode", "drop"]
"""As it is, whole; as it is, in stretches; words in another form; computed; left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPlan:
    """What becomes of one track."""

    kind: Literal["video", "audio", "subtitle", "cover", "attachment", "data"]
    action: Action
    codec: str
    """FFmpeg's name of the codec it has in the output."""
    track: Track | None = None
    """The track of the file it comes from; None for what is made."""
    stretches: tuple[Stretch, ...] = ()
    why: str = ""
    """Why it is left out, or changed."""
    added: str = ""
    """The file of subtitles it comes from, when it is not a track of the source."""
    language: str | None = None
    title: str | None = None
    dispositions: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The file it is read from."""
        return Path(self.added or self.stretches[0].file.path)

    def told(self) -> str:
        """`subtitle 2 (deu)`: what it is called."""
        number = f" {self.track.index}" if self.track else ""
        return f"{self.kind}{number}{f' ({self.language})' if self.language else ''}"


# ── picture ───────────────────────────────────────────────────────────────────────────────────────────────

_SPLICED = frozenset({
    "h264", "hevc", "av1", "vp9", "vp8", "mpeg2video", "mpeg1video", "mpeg4", "mjpeg", "prores", "dnxhd", "ffv1",
    "rawvideo", "v210", "huffyuv", "ffvhuff", "utvideo", "dvvideo", "jpeg2000", "png", "magicyuv", "cfhd",
})  # fmt: skip
"""Codecs whose picture is cut by encoding only the edges, by FFmpeg's names."""
_ASKS_PICTURE = (
    "crf",
    "preset",
    "pix_fmt",
    "quality",
    "video_bitrate",
    "max_bitrate",
    "target_size",
    "profile",
)


def copied_picture(node: Node, container: Container, target: Target, codec: str | None) -> TrackPlan | None:
    """The picture as a copy of what is in the file, or None when it has to be encoded. `codec` is FFmpeg's name of the
    wanted one, None for any.
    """
    if not target.copy or target.two_pass or any(getattr(target, name) is not None for name in _ASKS_PICTURE):
        return None
    parts = stretches(node, "picture")
    if not parts or any(part.factor != 1 for part in parts):
        return None
    tracks = [_picture_of(part.file) for part in parts]
    first = tracks[0]
    if first is None or any(track is None or not _alike(first, track) for track in tracks):
        return None
    row = holds(container.muxer)
    if first.codec not in row.video or codec not in (None, first.codec):
        return None
    file = parts[0].file
    if (file.rotation or file.mirrored) and not row.rotation:
        return None  # Encoded, it stands upright.
    if container.constant and file.info.video and file.info.video.rate is None:
        return None
    whole = is_whole(parts)
    if not whole and (first.codec not in _SPLICED or container.constant):
        return None
    return TrackPlan(kind="video", action="copy" if whole else "cut", codec=first.codec, track=first,
                     stretches=parts, language=first.language, title=first.title,
                     dispositions=first.dispositions)  # fmt: skip


def _picture_of(file: FileSource) -> Track | None:
    return next((track for track in file.tracks if track.kind == "video"), None)


def _alike(one: Track, two: Track) -> bool:
    return (one.codec, one.setup, one.sound) == (two.codec, two.setup, two.sound)


# ── sound ─────────────────────────────────────────────────────────────────────────────────────────────────


def heard_nodes(node: Node, choice: str) -> list[tuple[Node, Track | None]]:
    """The graph once for every sound track that goes in, with the track it is of; the main one alone where several
    sounds were mixed or replaced.
    """
    files = [op for one in walk([node]) if isinstance(op := op_of(one), FileSource) and op.info.audio]
    lists = [[track for track in file.tracks if track.kind == "audio"] for file in files]
    made_of_more = any(isinstance(op_of(one), (Mix, ReplaceSound)) for one in walk([node]))
    if not files or made_of_more or len({len(sounds) for sounds in lists}) != 1 or not lists[0]:
        main = lists[0][files[0].sound_track] if files and lists[0] and not made_of_more else None
        return [(node, main)] if choice != "none" else []
    chosen = _chosen(choice, lists[0])
    return [(_with_sound(node, number), lists[0][number]) for number in chosen]


def _chosen(choice: str, tracks: Sequence[Track]) -> list[int]:
    """Positions of the tracks that a choice such as `all`, `1,3` or `eng,deu` names, in the order of the file."""
    if choice in ("all", "none"):
        return list(range(len(tracks))) if choice == "all" else []
    words = {word.strip().lower() for word in choice.split(",") if word.strip()}
    return [
        n
        for n, track in enumerate(tracks)
        if str(n + 1) in words or (track.language or "und").lower() in words
    ]


def _with_sound(node: Node, number: int) -> Node:
    """The same graph over the sound track `number` of its files."""

    def other(one: Node) -> Node:
        op = op_of(one)
        if not isinstance(op, FileSource) or op.sound_track == number:
            return one
        sounds = [track for track in op.tracks if track.kind == "audio"]
        if number >= len(sounds) or sounds[number].sound is None:
            return one
        return replace(op, sound_track=number, info=replace(op.info, audio=sounds[number].sound)).node(
            *one.inputs
        )

    return rewrite(node, other)


_ASKS_SOUND = ("audio_bitrate", "sample_rate", "channels", "target_size")


def sound_copy(node: Node, track: Track | None, container: Container, target: Target,
               codec: str | None) -> TrackPlan | None:  # fmt: skip
    """A sound track as a copy, or None when it has to be encoded."""
    if track is None or not target.copy or any(getattr(target, name) is not None for name in _ASKS_SOUND):
        return None
    parts = stretches(node, "sound")
    if not parts or any(part.factor != 1 for part in parts):
        return None
    tracks = [_sound_of(part.file) for part in parts]
    if any(one is None or not _alike(track, one) for one in tracks):
        return None
    if track.codec not in _sounds_of(container) or codec not in (None, track.codec):
        return None
    whole = is_whole(parts)
    if not whole and track.codec in LOSSLESS_SOUND:
        return None  # Written again it is the same, and cut to the sample.
    return TrackPlan(kind="audio", action="copy" if whole else "cut", codec=track.codec, track=track, stretches=parts,
                     language=track.language, title=track.title, dispositions=track.dispositions)  # fmt: skip


def _sounds_of(container: Container) -> frozenset[str]:
    """What a container takes untouched. A sound file takes only what it is known for: an M4A is an MP4, but players
    expect AAC or ALAC in it.
    """
    held = holds(container.muxer).audio
    if container.kind != "audio":
        return held
    return held & {codec_of(row.encoder) for row in AUDIO_CODECS if row.key in container.audio}


def _sound_of(file: FileSource) -> Track | None:
    sounds = [track for track in file.tracks if track.kind == "audio"]
    return sounds[file.sound_track] if file.sound_track < len(sounds) else None


# ── the others ────────────────────────────────────────────────────────────────────────────────────────────


def kept_tracks(node: Node, container: Container, target: Target) -> list[TrackPlan]:
    """Subtitles, covers, attachments, data and further pictures: what becomes of each."""
    parts = stretches(node, "time")
    files = {part.file.content: part.file for part in parts or ()}
    plans = [TrackPlan(kind="subtitle", action="convert", codec=_text_codec(container, ""), added=file.path,
                       language=file.language, title=file.title)
             for file in target.subtitle_files]  # fmt: skip
    if parts is None or len(files) != 1:
        lost = [
            track for one in walk([node]) if isinstance(op := op_of(one), FileSource) for track in op.tracks
        ]
        why = "the cuts of several files cannot be followed" if files else "its times are computed"
        return plans + [_dropped(track, why, ()) for track in lost if track.kind in _OTHERS]
    (file,) = files.values()
    subtitles = [track for track in file.tracks if track.kind == "subtitle"]
    chosen = {subtitles[n].index for n in _chosen(target.tracks.subtitles, subtitles)}
    wanted = (track for track in file.tracks if track.kind != "subtitle" or track.index in chosen)
    plans += [
        _OTHERS[track.kind](track, parts, container, target) for track in wanted if track.kind in _OTHERS
    ]
    pictures = [track for track in file.tracks if track.kind == "video"]
    return plans + [
        _dropped(track, "only the first picture track is converted", parts) for track in pictures[1:]
    ]


def _plan(track: Track, action: Action, codec: str, parts: tuple[Stretch, ...], why: str = "") -> TrackPlan:
    kind = "data" if track.kind == "unknown" else track.kind
    return TrackPlan(kind=kind, action=action, codec=codec, track=track, stretches=parts, why=why,
                     language=track.language, title=track.title, dispositions=track.dispositions)  # fmt: skip


def _dropped(track: Track, why: str, parts: tuple[Stretch, ...]) -> TrackPlan:
    return _plan(track, "drop", track.codec, parts, why)


def _no_home(
    track: Track, kind: Literal["subtitle", "attachment", "cover", "data"], container: Container
) -> str:
    home = best_home(kind, track.codec)
    where = f"; {home} can" if home and home != container.name else ""
    return f"{container.name} cannot hold it{where}"


def _text_codec(container: Container, codec: str) -> str:
    row = holds(container.muxer)
    return codec if codec in row.text else row.text[0] if row.text else ""


def _subtitle(track: Track, parts: tuple[Stretch, ...], container: Container, target: Target) -> TrackPlan:
    del target
    if container.kind == "audio":
        return _dropped(track, "a sound file has no picture to show words on", parts)
    row = holds(container.muxer)
    action: Action = "copy" if is_whole(parts) else "cut"
    if track.codec in row.text or track.codec in row.bitmap:
        if any(part.factor != 1 for part in parts) and track.codec in BITMAP_SUBTITLES:
            return _dropped(track, "pictures of words cannot be played at another speed", parts)
        return _plan(track, action, track.codec, parts)
    if track.codec in TEXT_SUBTITLES and row.text:
        lost = "; its styles are lost" if track.codec in ("ass", "ssa") else ""
        return _plan(track, "convert", row.text[0], parts, f"{track.codec} becomes {row.text[0]}{lost}")
    return _dropped(track, _no_home(track, "subtitle", container), parts)


def _cover(track: Track, parts: tuple[Stretch, ...], container: Container, target: Target) -> TrackPlan:
    if not target.tracks.covers:
        return _dropped(track, "as asked", parts)
    if holds(container.muxer).covers == "none":
        return _dropped(track, _no_home(track, "cover", container), parts)
    return _plan(track, "copy", track.codec, parts)


def _attachment(track: Track, parts: tuple[Stretch, ...], container: Container, target: Target) -> TrackPlan:
    if not target.tracks.attachments:
        return _dropped(track, "as asked", parts)
    if not holds(container.muxer).attachments:
        return _dropped(track, _no_home(track, "attachment", container), parts)
    return _plan(track, "copy", track.codec, parts)


def _data(track: Track, parts: tuple[Stretch, ...], container: Container, target: Target) -> TrackPlan:
    if not target.tracks.data:
        return _dropped(track, "as asked", parts)
    if not target.keep_location:
        return _dropped(track, "it may say where the film was made; --keep-location keeps it", parts)
    if track.codec not in holds(container.muxer).data:
        return _dropped(track, _no_home(track, "data", container), parts)
    if not is_whole(parts):
        return _dropped(track, "data tracks are kept of whole files only", parts)
    return _plan(track, "copy", track.codec, parts)


_Decide = Callable[[Track, tuple[Stretch, ...], "Container", "Target"], TrackPlan]
_OTHERS: dict[str, _Decide] = {
    "subtitle": _subtitle, "cover": _cover, "attachment": _attachment, "data": _data, "unknown": _data,
}  # fmt: skip


# ── chapters and tags ─────────────────────────────────────────────────────────────────────────────────────


def chapters(node: Node) -> tuple[Mark, ...]:
    """The chapters of the files, moved and cut with their stretches; none where times are computed."""
    parts = stretches(node, "time")
    length = infer(node)[node.digest].duration
    marks = [mark for part in parts or () for mark in _moved(part, length)]
    made: list[Mark] = []
    for mark in marks:
        # A chapter that goes on over a cut inside it is one chapter.
        if made and made[-1].title == mark.title and made[-1].end == mark.start and mark.title:
            made[-1] = replace(made[-1], end=mark.end)
        else:
            made.append(mark)
    return tuple(made)


def _moved(part: Stretch, length: Fraction) -> Iterator[Mark]:
    for mark in part.file.chapters:
        start = max(part.at, part.at + (mark.start - part.span.start) / part.factor)
        end = min(part.end, length, part.at + (mark.end - part.span.start) / part.factor)
        if start < end:
            yield Mark(start, end, mark.title)


def tags(node: Node) -> tuple[Tag, ...]:
    """The tags of the only file a clip is made of; of several, none would be true of the whole."""
    files = {op.content: op for one in walk([node]) if isinstance(op := op_of(one), FileSource)}
    return next(iter(files.values())).tags if len(files) == 1 else ()
