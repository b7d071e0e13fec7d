"""`dreamreel info`: what a media file holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Json
from dreamreel.cli.output import aligned, data
from dreamreel.wording import size_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamreel.graph import JSON
    from dreamreel.media.probe import AudioTrack, MediaFile, OtherTrack, VideoTrack

__all__ = ["add"]

_EXAMPLES = examples("dreamreel info anna-dream.mp4", "dreamreel info party.mov --json")
_HOUSEKEEPING = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "encoder", "dreamreel_recipe"}
)
"""Tags that containers write for themselves."""
_LONG = 100


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("info", cls=Command, epilog=_EXAMPLES)(info)


def info(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A video, sound or picture.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Show a file's tracks, length, colour, tags, and whether it carries a recipe."""
    from dreamreel.media.probe import probe

    found = probe(file)
    if as_json:
        data({**cast("dict[str, JSON]", found.as_json()), "recipe": _has_recipe(file)})
    else:
        data(_title(found, file))
        for line in aligned((f"  {name}", text) for name, text in _rows(found, file)):
            data(line)


def _has_recipe(file: Path) -> bool:
    from dreamreel.errors import DreamreelError
    from dreamreel.media.metadata import read_recipe

    try:
        return bool(read_recipe(file))
    except DreamreelError:
        return False


def _title(found: MediaFile, file: Path) -> str:
    """`party.mov: mov, 0:00:12.000, 420 kB`; of a format's many names, the one that the file goes by."""
    from dreamreel.time import timecode

    names = found.format.split(",")
    suffix = file.suffix.lower().lstrip(".")
    length = [timecode(found.duration)] if found.duration else []
    return (
        f"{file.name}: {', '.join([suffix if suffix in names else names[0], *length, size_text(found.size)])}"
    )


def _rows(found: MediaFile, file: Path) -> Iterator[tuple[str, str]]:
    from dreamreel.time import timecode

    if found.still:
        yield (
            "picture",
            f"{found.still.width}×{found.still.height}{', with transparency' if found.still.alpha else ''}",
        )
    yield from (("video", _video(track)) for track in found.video)
    yield from (("sound", _audio(track)) for track in found.audio)
    yield from ((track.kind[:8], _other(track)) for track in found.others)
    yield from (("chapter", f"{timecode(mark.start)} {mark.title}") for mark in found.chapters)
    for key, value in found.tags:
        if key.lower() not in _HOUSEKEEPING:
            yield "tag", f"{key}: {value if len(value) <= _LONG else value[:_LONG] + '…'}"
    yield from (("note", note) for note in found.notes)
    if _has_recipe(file):
        yield "recipe", "yes: `dreamreel again` makes it once more"


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
    return [text for text in (track.language, track.title, *track.dispositions) if text and text != "und"]
