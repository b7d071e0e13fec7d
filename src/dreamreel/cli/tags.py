"""`dreamreel tags`: what a file says about itself, shown and edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import OUTPUT, Command, examples
from dreamreel.cli.options import Json, Yes
from dreamreel.cli.output import aligned, data, printable, say

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.probe import AudioTrack, MediaFile, OtherTrack, VideoTrack
    from dreamreel.media.tagging import Edit

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel tags party.mp4",
    'dreamreel tags party.mp4 --set title="Anna" --remove comment -o party-tagged.mp4',
    "dreamreel tags film.mkv --language 1=deu --default 2 --cover poster.jpg",
)
_COLUMN = 16


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("tags", cls=Command, epilog=_EXAMPLES)(tags)


def tags(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video or sound.", show_default=False)],
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=TEXT", help="Set a tag: title, artist, date …", show_default=False),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Remove a tag; all for all of them.", show_default=False),
    ] = None,
    cover: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="A JPEG or PNG as the cover.", show_default=False)
    ] = None,
    no_cover: Annotated[bool, typer.Option("--no-cover", help="Remove the cover.", show_default=False)] = False,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="TRACK=CODE", help="A track's language, such as 1=deu.", show_default=False),
    ] = None,
    track_title: Annotated[
        list[str] | None, typer.Option(metavar="TRACK=TEXT", help="A track's name.", show_default=False)
    ] = None,
    default: Annotated[
        list[int] | None,
        typer.Option(metavar="TRACK", help="Make a track the one that players take.", show_default=False),
    ] = None,
    forced: Annotated[
        list[int] | None,
        typer.Option(metavar="TRACK", help="Mark subtitles as always shown.", show_default=False),
    ] = None,
    keep_location: Annotated[
        bool,
        typer.Option("--keep-location", help="Keep where it was recorded; else removed.", show_default=False),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The file with the new tags.", rich_help_panel=OUTPUT,
            show_default="FILE-tagged, beside it",
        ),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Show a file's tags, or write a copy with other tags, cover, languages and flags; nothing is encoded again.

    Tracks are numbered as `dreamreel info` shows them. Names may be those of any format: title, ©nam, TIT2, INAM.
    """
    from dreamreel.media.tagging import Edit

    edit = Edit(
        values=tuple(_pair(text, "--set") for text in values or ()), remove=tuple(remove or ()), cover=cover,
        no_cover=no_cover, languages=tuple(_of_track(text, "--language") for text in language or ()),
        titles=tuple(_of_track(text, "--track-title") for text in track_title or ()), default=tuple(default or ()),
        forced=tuple(forced or ()), keep_location=keep_location,
    )  # fmt: skip
    if edit.empty and output is None:
        _show(file, as_json)
    else:
        _write(file, edit, output, yes)


def _pair(text: str, option: str) -> tuple[str, str]:
    from dreamreel.errors import BadParameter

    name, sign, value = text.partition("=")
    if not name.strip() or not sign:
        raise BadParameter(f"{option} {text!r} is not of the form NAME=TEXT.")
    return name.strip(), value


def _of_track(text: str, option: str) -> tuple[int, str]:
    from dreamreel.errors import BadParameter

    name, value = _pair(text, option)
    if not name.isdecimal():
        raise BadParameter(f"{option} {text!r} does not begin with a track's number; see `dreamreel info`.")
    return int(name), value


def _write(file: Path, edit: Edit, output: Path | None, yes: bool) -> None:
    from dreamreel.cli.run import may_replace
    from dreamreel.media.atomic import check_writable
    from dreamreel.media.mux import check_not_input
    from dreamreel.media.open import check_input
    from dreamreel.media.tagging import tagged

    check_input(file)
    out = output or file.with_name(f"{file.stem}-tagged{file.suffix}")
    check_not_input(out, [file, *([edit.cover] if edit.cover else [])])
    check_writable(out)
    may_replace(out, yes)
    for note in tagged(file, out, edit):
        say(f"Note: {printable(note)}.")
    data(str(out))


def _show(file: Path, as_json: bool) -> None:
    from dreamreel.media.probe import probe

    found = probe(file, lenient=True)
    tracks = sorted((*found.video, *found.audio, *found.others), key=lambda track: track.index)
    if as_json:
        rows: list[JSON] = [
            {"track": t.index, "language": t.language, "title": t.title, "dispositions": list(t.dispositions)}
            for t in tracks
        ]
        data({"name": file.name, "tags": [[name, value] for name, value in found.tags], "tracks": rows})
        return
    for line in aligned([*_tag_rows(found), *(_track_row(track) for track in tracks)], _COLUMN):
        data(line)


def _tag_rows(found: MediaFile) -> list[tuple[str, str]]:
    from dreamreel.media.metadata import RECIPE_KEY, is_place

    rows: list[tuple[str, str]] = []
    for name, value in found.tags:
        if name.upper() != RECIPE_KEY:
            place = "  (a place: removed unless --keep-location)" if is_place(name, value) else ""
            rows.append((printable(name).ljust(_COLUMN - 1) + " ", printable(value) + place))
    return rows or [("no tags", "")]


def _track_row(track: VideoTrack | AudioTrack | OtherTrack) -> tuple[str, str]:
    flags = [flag.replace("_", " ") for flag in track.dispositions]
    words = [track.codec or "unknown", track.language or "", printable(track.title or ""), *flags]
    return f"track {track.index}", ", ".join(word for word in words if word and word != "und")
