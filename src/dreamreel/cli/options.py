"""What can be given to commands: each argument and option once, so that it reads the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import DREAM, OUTPUT, PICTURE

__all__ = [
    "Aspect",
    "CameraName",
    "DryRun",
    "Duration",
    "EngineName",
    "FacePlace",
    "Fps",
    "ItemId",
    "ItemIds",
    "JobId",
    "JobIds",
    "Json",
    "JsonEvents",
    "JsonLines",
    "LookName",
    "Loop",
    "NoRecipe",
    "Output",
    "Photo",
    "Resolution",
    "Seed",
    "Sound",
    "StoryboardFile",
    "Words",
    "Yes",
]

Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The result; its suffix says the format: mp4, webm, mkv, mov, gif, webp …",
        rich_help_panel=OUTPUT,
        show_default="a new name in this folder",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say what would be done, and stop.", rich_help_panel=OUTPUT, show_default=False
    ),
]
JsonEvents = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print events as JSON, one a line, instead of words.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
JsonLines = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.", show_default=False)]
JobId = Annotated[
    str, typer.Argument(metavar="JOB", help="A job's id, from `dreamreel jobs list`.", show_default=False)
]
JobIds = Annotated[
    list[str],
    typer.Argument(metavar="JOB…", help="Ids of jobs, from `dreamreel jobs list`.", show_default=False),
]
ItemId = Annotated[
    str,
    typer.Argument(metavar="ITEM", help="An item's id, from `dreamreel library list`.", show_default=False),
]
ItemIds = Annotated[
    list[str],
    typer.Argument(metavar="ITEM…", help="Ids of items, from `dreamreel library list`.", show_default=False),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Replace an existing output without asking.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
NoRecipe = Annotated[
    bool,
    typer.Option(
        "--no-recipe",
        help="Do not write the recipe into the file.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]

Photo = Annotated[Path, typer.Argument(metavar="PHOTO", help="A photo of the sleeper.", show_default=False)]
Words = Annotated[
    str, typer.Argument(metavar="DREAM", help="The dream, in plain English.", show_default=False)
]
Resolution = Annotated[
    str,
    typer.Option(
        metavar="SIZE",
        help="The shorter side, 360p to 2160p, or width and height such as 1280x720.",
        rich_help_panel=PICTURE,
    ),
]
Aspect = Annotated[
    str,
    typer.Option(
        metavar="SHAPE", help="photo (its own), 16:9, 9:16, 1:1, 4:5, or W:H.", rich_help_panel=PICTURE
    ),
]
Duration = Annotated[str, typer.Option(metavar="SECONDS", help="1 to 60.", rich_help_panel=PICTURE)]
Fps = Annotated[
    str, typer.Option(metavar="RATE", help="Frames per second, 1 to 120.", rich_help_panel=PICTURE)
]
Loop = Annotated[
    bool,
    typer.Option(
        "--loop",
        help="End where it began, so that it repeats without a seam.",
        rich_help_panel=PICTURE,
        show_default=False,
    ),
]
Seed = Annotated[
    str,
    typer.Option(
        metavar="NUMBER", help="Another number stages the same dream differently.", rich_help_panel=DREAM
    ),
]
LookName = Annotated[
    str,
    typer.Option(metavar="plush|pastel|paper|glow", help="How the dream is drawn.", rich_help_panel=DREAM),
]
CameraName = Annotated[
    str,
    typer.Option(
        metavar="auto|still|drift|push|pull|into",
        help="How the picture moves; into opens the dream to the whole frame.",
        rich_help_panel=DREAM,
    ),
]
Sound = Annotated[
    str,
    typer.Option(
        metavar="lullaby|ambience|none|FILE", help="What is heard, or your own sound.", rich_help_panel=DREAM
    ),
]
FacePlace = Annotated[
    str | None,
    typer.Option(
        metavar="FACE",
        help="Which face dreams: 1, 2 …; or ten numbers x,y of right eye, left eye, nose, right and left mouth "
        "corner, in the photo's pixels.",
        rich_help_panel=DREAM,
        show_default="the one most like a sleeping child",
    ),
]
StoryboardFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A storyboard saved from `dreamreel storyboard --json`, instead of DREAM.",
        rich_help_panel=DREAM,
        show_default=False,
    ),
]
EngineName = Annotated[
    str, typer.Option(metavar="NAME", help="One of `dreamreel engines`.", rich_help_panel=DREAM)
]
