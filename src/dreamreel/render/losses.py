"""What the files of a clip say and the output will not, in sentences: nothing is lost without a word. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.graph import walk
from dreamreel.media.compat import FEW_TAGS, holds
from dreamreel.ops import op_of
from dreamreel.ops.source import FileSource
from dreamreel.wording import listing

if TYPE_CHECKING:
    from dreamreel.render.plan import Plan
    from dreamreel.render.target import Target

__all__ = ["losses"]


def losses(plan: Plan, target: Target) -> list[str]:
    """Everything that is left out or changes, the container named that could hold it."""
    return [*_others(plan), *_chapters(plan, target), *_labels(plan), *_tags(plan), *_picture(plan)]


def _others(plan: Plan) -> Iterator[str]:
    for one in plan.others:
        if one.why:
            yield (
                f"{one.told()} is left out: {one.why}" if one.action == "drop" else f"{one.told()}: {one.why}"
            )


def _files(plan: Plan) -> Iterator[FileSource]:
    for node in walk([plan.node]):
        if isinstance(op := op_of(node), FileSource):
            yield op


def _chapters(plan: Plan, target: Target) -> Iterator[str]:
    for file in _files(plan):
        if not file.chapters or not target.tracks.chapters:
            continue
        name = Path(file.path).name
        if not plan.chapters:
            yield f"{name}: {len(file.chapters)} chapters not carried over"
        elif not plan.container.chapters:
            yield f"{name}: {len(file.chapters)} chapters left out, {plan.container.name} holds none; mkv and mp4 do"


def _labels(plan: Plan) -> Iterator[str]:
    """What tracks are called, where the container has no place for it."""
    row = holds(plan.container.muxer)
    tracks = [sound.track for sound in plan.sounds if sound.track is not None]
    tracks += [one.track for one in plan.others if one.track is not None and one.action != "drop"]
    name = plan.container.name
    if not row.languages and any(track.language not in (None, "und") for track in tracks):
        yield f"the language of each track is lost: {name} has no place for it; mkv and mp4 do"
    if not row.titles and any(track.title for track in tracks):
        yield f"the titles of tracks are lost: {name} has no place for them; mkv and mp4 do"
    sounds = [sound.track for sound in plan.sounds if sound.track is not None]
    if not row.defaults and len(sounds) > 1 and any("default" in track.dispositions for track in sounds):
        yield f"which sound track is the default is lost: {name} has no place for it; mkv and mp4 do"


def _tags(plan: Plan) -> Iterator[str]:
    kept = holds(plan.container.muxer).tags
    lost = (
        [] if kept == "any" else [tag.key for tag in plan.tags if kept == "none" or tag.key not in FEW_TAGS]
    )
    if lost:
        yield f"tags lost: {listing(lost)}; {plan.container.name} has no place for them, mkv has"


def _picture(plan: Plan) -> Iterator[str]:
    if plan.video is None or plan.container.kind != "video":
        return
    if plan.container.constant and any(
        file.info.video and file.info.video.rate is None for file in _files(plan)
    ):
        yield f"the varying frame rate becomes a constant one: {plan.container.name} holds no other; mkv and mp4 do"
    said = [file.info.video.colour for file in _files(plan) if file.info.video]
    if not holds(plan.container.muxer).colour and any(colour.matrix != 2 for colour in said):
        yield f"which colours are meant is not written down: {plan.container.name} has no place for it; mkv and mp4 do"
