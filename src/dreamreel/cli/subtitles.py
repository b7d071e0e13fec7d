"""`dreamreel subtitles`: words in time, as files, as tracks, and drawn into the picture.

list          what there is
convert shift files to files          extract embed  between films and files
burn          into the picture
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dreamreel.cli.help import OUTPUT, Command, examples, group
from dreamreel.cli.options import DryRun, Json, JsonEvents, NoRecipe, Yes
from dreamreel.cli.output import data, say
from dreamreel.wording import plural

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.subtitles import Subtitles
    from dreamreel.media.subtitles.look import Place
    from dreamreel.media.subtitles.tracks import SubtitleTrack

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel subtitles convert film.srt film.vtt",
    "dreamreel subtitles extract film.mkv",
    "dreamreel subtitles burn film.mp4 film.en.ass -o film-en.mp4",
)
_LOOK: Final = "How plain words look"
_PLACES: Final[dict[str, Place]] = {"bottom": "bottom", "middle": "middle", "top": "top"}

Words = Annotated[
    Path, typer.Argument(metavar="SUBTITLES", help="A subtitle file of any format.", show_default=False)
]
Film = Annotated[Path, typer.Argument(metavar="FILM", help="A film.", show_default=False)]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The file's character set, such as cp1251.", show_default="found out"),
]
Result = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="The result.", rich_help_panel=OUTPUT,
        show_default="a new name in this folder",
    ),
]  # fmt: skip


def add(root: typer.Typer) -> None:
    """Add the group to the application."""
    found = group(root, "subtitles", "Convert, move, extract, embed and burn subtitles.", _EXAMPLES)
    for name, function, epilog, settings in (
        ("list", list_, ("dreamreel subtitles list film.mkv", "dreamreel subtitles list film.srt --json"), {}),
        ("convert", convert, ("dreamreel subtitles convert film.srt film.ass",
                              "dreamreel subtitles convert old.sub new.srt --encoding cp1250"), {}),
        ("shift", shift, ("dreamreel subtitles shift film.srt +1.5s",
                          "dreamreel subtitles shift film.srt -2s -o earlier.srt",
                          "dreamreel subtitles shift film.srt 0 --rate 25:23.976"), {"ignore_unknown_options": True}),
        ("extract", extract, ("dreamreel subtitles extract film.mkv --track 2 -o film.srt",
                              "dreamreel subtitles extract film.mp4"), {}),
        ("embed", embed, ("dreamreel subtitles embed film.mp4 film.en.srt film.de.srt -o film.mkv",), {}),
        ("burn", burn, ("dreamreel subtitles burn film.mp4 film.ass -o film-en.mp4",
                        "dreamreel subtitles burn film.mkv track:1 --size 7 --box -o film-en.mp4"), {}),
    ):  # fmt: skip
        found.command(name, cls=Command, epilog=examples(*epilog), context_settings=settings)(function)


def list_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A film, or a subtitle file.", show_default=False)
    ],
    encoding: Encoding = None,
    as_json: Json = False,
) -> None:
    """List the subtitle tracks of a film, or say what a subtitle file holds."""
    from dreamreel.media.subtitles.files import is_subtitle_name, read
    from dreamreel.media.subtitles.tracks import subtitle_tracks

    if is_subtitle_name(file):
        found = read(file, encoding)
        if as_json:
            data(_facts(found))
            return
        data(f"{plural(len(found.cues), 'cue')}, to {_clock(found.duration)}{_language(found.language)}")
        _tell(found, file.name)
        return
    tracks = subtitle_tracks(file)
    if as_json:
        data([_track_facts(track) for track in tracks])
        return
    for track in tracks:
        kind = "words" if track.words else "pictures of words"
        parts = [track.codec or "ttml", kind, track.language, track.title, *track.flags]
        data(f"{track.number}  {', '.join(part.replace('_', ' ') for part in parts if part)}")
    if not tracks:
        say(f"{file.name} has no subtitle tracks.")


def _facts(found: Subtitles) -> JSON:
    return {
        "cues": len(found.cues), "end": float(found.duration), "styles": [style.name for style in found.styles],
        "language": found.language, "title": found.title, "notes": list(found.notes),
    }  # fmt: skip


def _track_facts(track: SubtitleTrack) -> JSON:
    return {
        "track": track.number, "codec": track.codec, "words": track.words, "language": track.language,
        "title": track.title, "flags": list(track.flags),
    }  # fmt: skip


def _clock(time: Fraction) -> str:
    from dreamreel.time import timecode

    return timecode(time)


def _language(code: str | None) -> str:
    return f", {code}" if code else ""


def _tell(found: Subtitles, name: str) -> None:
    for note in found.notes:
        say(f"{name}: {note}.")


def convert(
    source: Words,
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUTPUT",
            help="The result; its suffix says the format: srt, vtt, ass, ttml, sub, sbv, lrc …",
            show_default=False,
        ),
    ],
    encoding: Encoding = None,
    yes: Yes = False,
) -> None:
    """Convert a subtitle file to another format, as UTF-8."""
    from dreamreel.media.subtitles.files import read

    found = read(source, encoding)
    _tell(found, source.name)
    _write(found, source, output, yes)


def _write(found: Subtitles, source: Path, output: Path, yes: bool) -> None:
    from dreamreel.cli.run import may_replace
    from dreamreel.media.mux import check_not_input
    from dreamreel.media.subtitles.files import format_named, write

    row = format_named(output.suffix or output.name)
    check_not_input(output, [source])
    may_replace(output, yes)
    write(found, output)
    if not found.plain and row.keeps != "all":
        say(f"{row.title} keeps {'the simple styling' if row.keeps == 'tags' else 'the words'} only.")
    data(str(output))


def shift(
    source: Words,
    by: Annotated[
        str,
        typer.Argument(metavar="TIME", help="How much later, with a minus earlier: 1.5s, -200ms.", show_default=False),
    ],
    rate: Annotated[
        str | None,
        typer.Option(
            metavar="FROM:TO",
            help="Stretch first, for a film that plays at another rate: 25:23.976.",
            show_default=False,
        ),
    ] = None,
    output: Result = None,
    encoding: Encoding = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Show every cue later or earlier, and stretch the times to another frame rate."""
    from dreamreel.cli.run import free_name
    from dreamreel.media.subtitles.files import read
    from dreamreel.media.subtitles.model import scaled, shifted

    moved = _signed(by)
    found = read(source, encoding)
    _tell(found, source.name)
    if rate is not None:
        found = scaled(found, _ratio(rate))
    result = shifted(found, moved)
    if lost := len(found.cues) - len(result.cues):
        say(
            f"{plural(lost, 'cue')} would end before the film begins and {'are' if lost > 1 else 'is'} left out."
        )
    _write(result, source, output or free_name(f"{source.stem}-shifted", source.suffix), yes)


def _signed(text: str) -> Fraction:
    from dreamreel.time import seconds

    text = text.strip().replace("\u2212", "-")
    time = seconds(text.lstrip("+-"))
    return -time if text.startswith("-") else time


def _ratio(text: str) -> Fraction:
    from dreamreel.errors import BadTime
    from dreamreel.time import frame_rate

    one, colon, two = text.partition(":")
    if not colon:
        raise BadTime(f"{text!r} is not two frame rates; write them as 25:23.976.")
    return frame_rate(one) / frame_rate(two)


def extract(
    film: Film,
    track: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="Which track, as `list` counts them.", show_default="all of words"),
    ] = None,
    output: Result = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="srt, vtt, ass, ttml …", show_default="ass or srt, as needed"),
    ] = None,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Write the subtitle tracks of a film into files."""
    from dreamreel.errors import BadParameter, NotFound
    from dreamreel.media.subtitles.files import format_named
    from dreamreel.media.subtitles.tracks import read_track, subtitle_tracks

    tracks = subtitle_tracks(film)
    chosen = [one for one in tracks if one.words and track in (None, one.number)]
    if track is not None and not chosen:
        read_track(film, number=track)  # says what is wrong with it
    if not chosen:
        raise NotFound(f"{film.name} has no subtitle track made of words; there is nothing to write.")
    if output is not None and len(chosen) > 1:
        raise BadParameter(f"{film.name} has {len(chosen)} tracks; name one with --track, or leave -o out.")
    for one in chosen:
        found = read_track(film, number=one.number)
        _tell(found, f"{film.name}, track {one.number}")
        suffix = f".{format_named(form).suffixes[0]}" if form else ".srt" if found.plain else ".ass"
        _write(found, film, output or _named(film, one, suffix, len(chosen) > 1), yes)


def _named(film: Path, track: SubtitleTrack, suffix: str, several: bool) -> Path:
    from dreamreel.cli.run import free_name

    language = re.sub(r"[^A-Za-z0-9-]", "", track.language or "")
    forced = ".forced" if "forced" in track.flags else ""
    number = f".{track.number}" if several and not language else ""
    return free_name(f"{film.stem}{number}{f'.{language}' if language else ''}{forced}", suffix)


def embed(
    film: Film,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="SUBTITLES…", help="Subtitle files; film.de.srt says its language.", show_default=False
        ),
    ],
    output: Result = None,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Language of each file in turn: en, deu.", show_default="from their names"),
    ] = None,
    title: Annotated[
        list[str] | None,
        typer.Option(metavar="WORDS", help="What each track is called, in turn.", show_default=False),
    ] = None,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Put subtitle files into a film as tracks that can be switched on; picture and sound are copied."""
    from dreamreel.cli.run import free_name, run
    from dreamreel.making import open as open_clip
    from dreamreel.media.subtitles.files import read
    from dreamreel.render.target import SubtitleFile, Target

    words = [read(file) for file in files]
    for file, found in zip(files, words, strict=True):
        _tell(found, file.name)
    languages = [*(language or []), *[""] * len(files)]
    titles = [*(title or []), *[""] * len(files)]
    added = tuple(
        SubtitleFile(
            path=str(file.resolve()), language=languages[n] or found.language, title=titles[n] or found.title
        )
        for n, (file, found) in enumerate(zip(files, words, strict=True))
    )
    out = output or free_name(
        f"{film.stem}-subtitled", film.suffix if film.suffix in (".mp4", ".mov", ".m4v") else ".mkv"
    )
    run(
        open_clip(film),
        out,
        as_json=as_json,
        dry_run=dry_run,
        yes=yes,
        recipe=False,
        target=Target(subtitle_files=added),
    )


def burn(
    film: Film,
    words: Annotated[
        str,
        typer.Argument(
            metavar="SUBTITLES", help="A subtitle file, or track:1 for one inside the film.", show_default=False
        ),
    ],
    output: Result = None,
    font: Annotated[
        str | None,
        typer.Option(metavar="FAMILY", help="An installed font.", rich_help_panel=_LOOK, show_default="a plain one"),
    ] = None,
    size: Annotated[
        float, typer.Option(metavar="PERCENT", help="Of the picture's shorter side, 1 to 50.", rich_help_panel=_LOOK)
    ] = 5.4,
    colour: Annotated[str, typer.Option(metavar="COLOUR", help="Of the letters.", rich_help_panel=_LOOK)] = "white",
    outline: Annotated[str, typer.Option(metavar="COLOUR", help="Around them.", rich_help_panel=_LOOK)] = "black",
    bold: Annotated[
        bool, typer.Option("--bold", help="In bold.", rich_help_panel=_LOOK, show_default=False)
    ] = False,
    box: Annotated[
        bool,
        typer.Option("--box", help="On a dark box instead of outlined.", rich_help_panel=_LOOK, show_default=False),
    ] = False,
    place: Annotated[str, typer.Option(metavar="bottom|middle|top", help="Where.", rich_help_panel=_LOOK)] = "bottom",
    encoding: Encoding = None,
    no_recipe: NoRecipe = False,
    dry_run: DryRun = False,
    as_json: JsonEvents = False,
    yes: Yes = False,
) -> None:  # fmt: skip
    """Draw subtitles into the picture, where they are always seen. Styles of ASS files look as they say."""
    from dreamreel.cli.run import free_name, run
    from dreamreel.errors import BadParameter
    from dreamreel.making import open as open_clip
    from dreamreel.render.target import Target, Tracks

    if place not in _PLACES:
        raise BadParameter(f"{place!r} is not a place; choose bottom, middle or top.")
    clip = open_clip(film).subtitle(words, font=font or "", size=size, colour=colour, outline=outline, bold=bold,
                                    box=box, place=_PLACES[place], encoding=encoding)  # fmt: skip
    out = output or free_name(f"{film.stem}-burnt", ".mp4")
    target = Target(tracks=Tracks(subtitles=_others(film, words)))
    run(clip, out, as_json=as_json, dry_run=dry_run, yes=yes, recipe=not no_recipe, target=target)


def _others(film: Path, words: str) -> str:
    """The choice of all the film's subtitle tracks but the one that is drawn."""
    from dreamreel.media.subtitles.tracks import subtitle_tracks

    if not words.startswith("track:"):
        return "all"
    kept = [str(track.number) for track in subtitle_tracks(film) if f"track:{track.number}" != words]
    return ",".join(kept) or "none"
