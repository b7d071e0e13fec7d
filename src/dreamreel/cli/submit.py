"""`dreamreel jobs submit`: a photo and a dream into the studio's queue, with the options of `generate`.

a file ─► uploaded ─┐
an item's id ───────┴─► the form ─► estimate (--dry-run) │ submit ─► the job's id, or with --watch or -o the film
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from dreamreel.cli.help import DREAM, OUTPUT, examples
from dreamreel.cli.options import (
    Aspect,
    CameraName,
    Duration,
    EngineName,
    FacePlace,
    Fps,
    JsonLines,
    LookName,
    Loop,
    Resolution,
    Seed,
    StoryboardFile,
    Words,
    Yes,
)
from dreamreel.cli.output import bytes_bar, data, say
from dreamreel.cli.output import card as show_card
from dreamreel.cli.run import may_replace
from dreamreel.cli.watching import check_outcome, watch
from dreamreel.cli.wish import face_of, seed_of, storyboard_of
from dreamreel.wording import duration_text, plural, size_text

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.studio.client import Client
    from dreamreel.studio.models import Card

__all__ = ["EXAMPLES", "submit"]

EXAMPLES: Final = examples(
    'dreamreel jobs submit anna.jpg "three sheep over the moon"',
    'dreamreel jobs submit anna.jpg "a blue whale" --resolution 1080p --watch',
    'dreamreel jobs submit anna.jpg "a kite in the wind" -o anna.mp4',
)
_ITEM: Final = re.compile(r"i[0-9a-f]{16}")

PhotoOrItem = Annotated[
    str,
    typer.Argument(
        metavar="PHOTO",
        help="A photo of the sleeper: a file, or the id of one in the library.",
        show_default=False,
    ),
]
StudioSound = Annotated[
    str, typer.Option(metavar="lullaby|ambience|none", help="What is heard.", rich_help_panel=DREAM)
]
Estimated = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Say what it would cost, and stop; the photo goes into the library.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]
Sooner = Annotated[
    bool, typer.Option("--sooner", help="Before the jobs that wait already.", show_default=False)
]
Watched = Annotated[
    bool,
    typer.Option("--watch", help="Stay until the film is made.", rich_help_panel=OUTPUT, show_default=False),
]
SavedAs = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Stay, and save the film here when it is made; it is an mp4.",
        rich_help_panel=OUTPUT,
        show_default=False,
    ),
]


def submit(
    photo: PhotoOrItem,
    dream: Words = "",
    resolution: Resolution = "720p",
    aspect: Aspect = "photo",
    duration: Duration = "5",
    fps: Fps = "24",
    loop: Loop = False,
    seed: Seed = "0",
    look: LookName = "plush",
    camera: CameraName = "auto",
    sound: StudioSound = "lullaby",
    face: FacePlace = None,
    storyboard: StoryboardFile = None,
    engine: EngineName = "dream",
    sooner: Sooner = False,
    watched: Watched = False,
    output: SavedAs = None,
    dry_run: Estimated = False,
    as_json: JsonLines = False,
    yes: Yes = False,
) -> None:
    """Give a photo and a dream to the studio that is running; it makes the film when it is its turn.

    Prints the job's id; with --watch that of the film, with -o its file.
    """
    from dreamreel.studio.client import Client

    length, rate = _checked(dream, storyboard, sound, duration, fps)
    place = face_of(face)
    request: dict[str, JSON] = {
        "dream": dream, "storyboard": storyboard_of(storyboard).model_dump(mode="json") if storyboard else None,
        "resolution": resolution, "aspect": aspect, "duration": length, "fps": rate, "seed": seed_of(seed),
        "look": look, "camera": camera, "sound": sound, "loop": loop,
        "face": list(place) if isinstance(place, tuple) else place, "engine": engine,
    }  # fmt: skip
    if output is not None and not dry_run:
        _check_output(output, yes)
    with Client.connect() as studio:
        request["photo"] = _photo(studio, photo)
        if dry_run:
            _tell(studio.estimate("generate", request), as_json)
            return
        job = studio.submit("generate", request, priority=1 if sooner else 0)
        if not (watched or output):
            data(cast("JSON", job.model_dump(mode="json")) if as_json else job.id)
            return
        _stay(studio, job.id, output, as_json)


def _checked(dream: str, storyboard: Path | None, sound: str, duration: str, fps: str) -> tuple[float, float]:
    """What can be seen to be wrong without the studio; the duration and the rate as numbers."""
    from dreamreel.engines import SOUNDS, request_times
    from dreamreel.errors import BadParameter

    if storyboard is not None and dream.strip():
        raise BadParameter("Give the dream in words or as --storyboard, not both.")
    if sound not in SOUNDS:
        raise BadParameter(f"The studio has no sound {sound!r}; choose one of {', '.join(SOUNDS)}.")
    length, rate = request_times(duration, fps)
    return float(length), float(rate)


def _check_output(output: Path, yes: bool) -> None:
    from dreamreel.errors import BadParameter
    from dreamreel.media.atomic import check_writable

    if output.suffix.lower() != ".mp4":
        raise BadParameter(
            f"The studio makes mp4 files and {output.name} is none; save it as .mp4 and `dreamreel again` it."
        )
    check_writable(output)
    may_replace(output, yes)


def _photo(studio: Client, photo: str) -> str:
    """The id of a photo in the library; a file is brought there first."""
    path = Path(photo)
    if not path.exists() and _ITEM.fullmatch(photo):
        return photo
    with bytes_bar(path.name) as progress:
        return studio.upload(path, progress).id


def _stay(studio: Client, job: str, output: Path | None, as_json: bool) -> None:
    found = watch(studio, [job], as_json)
    check_outcome(found)
    film = found[0].result
    assert film is not None
    if output is not None:
        studio.download(film, output)
    if not as_json:
        say("Done:")
        data(str(output) if output else film)


def _tell(card: Card, as_json: bool) -> None:
    """The pre-flight card. Raises `WillNotFit` when it does not fit."""
    from dreamreel.errors import WillNotFit

    if as_json:
        data(cast("JSON", card.model_dump(mode="json")))
    else:
        cost = card.estimate
        rows = [("in", card.input), ("dream", card.title)]
        rows.append(("out", f"{card.width}×{card.height}, {card.fps:g} fps, {card.duration:g} s"))
        rows += [("note" if number == 0 else "", note) for number, note in enumerate(card.notes)]
        rows.append(("time", f"about {duration_text(cost.seconds)} once it is its turn"))
        rows.append(("size", f"about {size_text(cost.bytes)}; {size_text(cost.disk)} of disk while it works"))
        workers = plural(cost.workers, "process", "processes")
        rows.append(("memory", f"about {size_text(cost.memory)} in {workers}"))
        show_card("Before we start", rows)
    if not card.fits:
        raise WillNotFit(
            card.problem or "It does not fit on the studio's machine; choose a smaller --resolution."
        )
