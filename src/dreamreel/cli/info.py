"""`dreamreel info`: what a media file holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dreamreel.cli.output import data, size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamreel.graph import JSON
    from dreamreel.media.probe import AudioTrack, MediaFile, OtherTrack, VideoTrack

__all__ = ["add"]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("info")(info)


def info(
    file: Annotated[Path, typer.Argument(help="A video, sound or picture.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a file's tracks, length, colour, tags, and whether it carries a recipe."""
    from dreamreel.media.probe import probe

    found = probe(file)
    if as_json:
        data({**cast("dict[str, JSON]", found.as_json()), "recipe": _has_recipe(file)})
    else:
        for line in _lines(found, file):
            data(line)


def _has_recipe(file: Path) -> bool:
    from dreamreel.errors import DreamreelError
    from dreamreel.media.metadata import read_recipe

    try:
        return bool(read_recipe(file))
    except DreamreelError:
        return False


def _lines(found: MediaFile, file: Path) -> Iterator[str]:
    from dreamreel.time import timecode

    length = f", {timecode(found.duration)}" if found.duration else ""
    yield f"{file.name}: {found.format}{length}, {size_text(found.size)}"
    if found.still:
        yield f"  picture   {found.still.width}×{found.still.height}{', with transparency' if found.still.alpha else ''}"
    yield from (f"  video     {_video(track)}" for track in found.video)
    yield from (f"  sound     {_audio(track)}" for track in found.audio)
    yield from (f"  {track.kind:<9} {_other(track)}" for track in found.others)
    for mark in found.chapters:
        yield f"  chapter   {timecode(mark.start)}  {mark.title}"
    for key, value in found.tags:
        yield f"  tag       {key}: {value if len(value) <= 100 else value[:100] + '…'}"
    for note in found.notes:
        yield f"  note      {note}"
    if _has_recipe(file):
        yield "  recipe    yes: `dreamreel again` makes it once more"


def _video(track: VideoTrack) -> str:
    rate = f"{float(track.rate):g} fps" if track.rate else "variable frame rate"
    words = [track.codec, f"{track.width}×{track.height}", rate, track.pix_fmt]
    words += [f"turned {track.rotation.degrees}°"] if track.rotation.degrees else []
    words += [f"pixel aspect {track.sar}"] if track.sar != 1 else []
    words += ["cover art"] if track.cover else []
    return ", ".join([*words, *_extras(track)])


def _audio(track: AudioTrack) -> str:
    return ", ".join([track.codec, f"{track.sample_rate} Hz", track.layout, *_extras(track)])


def _other(track: OtherTrack) -> str:
    return ", ".join([track.codec or "unknown", *_extras(track)])


def _extras(track: VideoTrack | AudioTrack | OtherTrack) -> list[str]:
    return [text for text in (track.language, track.title, *track.dispositions) if text]
