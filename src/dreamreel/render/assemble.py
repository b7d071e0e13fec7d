"""From a plan and what was made of it to the tracks of the finished file. Opens nothing.

segments ─┐
sounds ───┼─► tracks for `media.mux`, in the order of the file
copies ───┘
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from av.container import OutputContainer

from dreamreel.errors import RenderFailed
from dreamreel.media.formats import Container
from dreamreel.media.labels import Label
from dreamreel.media.mux import AnyTrack, FilmTrack, PacketTrack, SoundTrack
from dreamreel.media.remux import CopiedTrack, Piece, Timed
from dreamreel.media.splice import Splice
from dreamreel.media.subtitles import Stretch, read, sliced
from dreamreel.media.subtitles.packets import feed
from dreamreel.media.subtitles.tracks import read_track
from dreamreel.render.cutting import joined, picture_track
from dreamreel.render.plan import Plan, PlannedSound
from dreamreel.render.store import Entry
from dreamreel.render.timemap import is_whole
from dreamreel.render.tracks import TrackPlan

__all__ = ["assembled"]


def assembled(
    plan: Plan, shown: Sequence[Entry], heard: Mapping[str, Entry], splice: Splice | None = None
) -> list[AnyTrack]:
    """The tracks of the output: the picture, the sounds, then all others that are kept.

    `splice` is the picture of a plan that cuts it without encoding.
    """
    return [*_picture(plan, shown, splice), *(_sound(sound, heard) for sound in plan.sounds), *_others(plan)]


def _picture(plan: Plan, shown: Sequence[Entry], splice: Splice | None) -> Iterator[AnyTrack]:
    if plan.copied is not None and splice is not None:
        one = plan.copied
        yield picture_track(splice, Label(one.language, one.title, one.dispositions))
    elif plan.copied is not None:
        yield _copy(plan.copied)
    elif plan.settings is not None:
        starts = [entry.first for entry in shown]
        ends = [*starts[1:], plan.info.duration] if starts else []
        lengths = [end - start for start, end in zip(starts, ends, strict=True)]
        yield FilmTrack([entry.path for entry in shown], starts, lengths, plan.settings.colour)


def _sound(sound: PlannedSound, heard: Mapping[str, Entry]) -> AnyTrack:
    if sound.copied is not None:
        return _copy(sound.copied)
    track = sound.track
    label = Label(track.language, track.title, track.dispositions) if track else Label()
    return SoundTrack(heard[sound.key].path, label=label)


def _others(plan: Plan) -> Iterator[AnyTrack]:
    for one in plan.others:
        match one.action:
            case "copy" | "cut":
                yield _copy(one)
            case "convert":
                yield _words(one)
            case "encode" | "drop":
                continue


def _copy(one: TrackPlan) -> AnyTrack:
    if one.track is None:
        raise RenderFailed("a track to be copied is of no file; this is a bug in the plan.")
    if len({part.file.path for part in one.stretches}) > 1:
        return joined(one)
    pieces = () if is_whole(one.stretches) else tuple(Piece(part.span, part.at) for part in one.stretches)
    whole = one.kind in ("cover", "attachment")
    return CopiedTrack(one.path, one.track.index, one.kind, () if whole else pieces,
                       Label(one.language, one.title, one.dispositions))  # fmt: skip


def _words(one: TrackPlan) -> AnyTrack:
    """Subtitles in the codec of the container, cut and moved as the film is; read when the file is written."""
    stretches = tuple(Stretch(part.span, part.at, part.factor) for part in one.stretches)

    def start(stack: ExitStack, target: OutputContainer, container: Container) -> Iterator[Timed]:
        found = read(Path(one.added)) if one.track is None else read_track(one.path, index=one.track.index)
        if one.track is not None or stretches:
            found = sliced(found, stretches)
        named = replace(found, language=one.language or found.language, title=one.title or found.title,
                        flags=one.dispositions or found.flags)  # fmt: skip
        return feed(named, one.codec)(stack, target, container)

    return PacketTrack(start, (one.path,))
