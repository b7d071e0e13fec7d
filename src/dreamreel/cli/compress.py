"""`dreamreel compress`: a smaller file that looks the same, or one of a size."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.convert import Verify, convert_file
from dreamreel.cli.convert_options import bytes_of, taking, wish_of
from dreamreel.cli.help import Command, examples
from dreamreel.cli.many import How
from dreamreel.cli.options import DryRun, JsonEvents, NoRecipe, Output, Yes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel compress party.mov",
    "dreamreel compress party.mov --to 25MB",
    "dreamreel compress party.mov --quality 75 --size 720p -o small.mp4",
)
_SAME = 80.0
"""The quality at which a copy must be looked at closely to be told from its original."""
_TAKEN = (
    "quality", "max_bitrate", "video_codec", "audio_codec", "audio_bitrate", "effort", "hardware", "size", "max_fps",
    "start", "end", "no_audio", "audio", "subtitles", "metadata", "keep_location",
)  # fmt: skip


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("compress", cls=Command, epilog=_EXAMPLES)(compress)


@taking(*_TAKEN)
def compress(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="What to make smaller.", show_default=False)
    ],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE", help="The most it may be: 25MB, 700k, 1.5GB.", rich_help_panel="Quality and size",
            show_default="as small as it looks the same",
        ),
    ] = None,
    output: Output = None,
    no_recipe: NoRecipe = False,
    verify: Verify = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
    **said: object,
) -> None:  # fmt: skip
    """Make files smaller: at the same look, or to a size that is never exceeded."""
    size = bytes_of(to) if to else None
    for file in files:
        wish = wish_of(said, **_defaults(file, size, said))
        out = output or Path(f"{file.stem}-small{_suffix(file)}")
        convert_file(
            wish,
            file,
            out,
            How(recipe=not no_recipe, verify=verify, dry_run=dry_run, as_json=as_json, yes=yes),
        )


def _suffix(file: Path) -> str:
    """Containers that hold H.265 stay what they are; pictures too."""
    from dreamreel.convert.job import output_kind
    from dreamreel.media.stills.sniff import is_picture_source

    own = file.suffix.lower()
    if is_picture_source(file):
        return own if own in (".jpg", ".jpeg", ".webp", ".avif") else ".jpg"
    if output_kind(own.lstrip(".")) == "audio":
        return own if own in (".mp3", ".m4a", ".opus", ".ogg") else ".m4a"
    return own if own in (".mp4", ".mov", ".mkv", ".m4v") else ".mp4"


def _defaults(file: Path, size: int | None, said: Mapping[str, object]) -> dict[str, object]:
    """What compressing means for this file, where nothing else was said."""
    from dreamreel.convert.job import output_kind
    from dreamreel.media.stills.sniff import is_picture_source

    if size is not None:
        return {"target_size": size}
    if is_picture_source(file):
        return {} if said.get("quality") else {"quality": 80.0}
    if output_kind(_suffix(file).lstrip(".")) == "audio":
        return {"audio_bitrate": 128_000}
    looks = {} if said.get("quality") or said.get("max_bitrate") else {"quality": _SAME}
    return {**looks, **({} if said.get("video_codec") else {"codec": "h265"})}
