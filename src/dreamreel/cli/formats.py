"""`dreamreel formats`: what this installation can read and write."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import JsonLines
from dreamreel.cli.output import aligned, data, say, width

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.installed import Ability

__all__ = ["add"]

_EXAMPLES = examples("dreamreel formats", "dreamreel formats prores", "dreamreel formats --check av1")
_COLUMN = 14
_HEADINGS = {
    "container": "Containers, and the codecs they hold, the default first",
    "video": "Picture codecs",
    "audio": "Sound codecs",
    "hardware": "Encoders of the graphics card",
    "picture": "Pictures",
    "input": "Read as well",
}
Words = Annotated[
    str,
    typer.Argument(
        metavar="WORDS", help="Only what has these words: prores, .mkv, lossless …", show_default=False
    ),
]
Check = Annotated[
    bool,
    typer.Option("--check", help="Write a small clip with each and read it back.", show_default=False),
]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("formats", cls=Command, epilog=_EXAMPLES)(formats)


def formats(words: Words = "", check: Check = False, as_json: JsonLines = False) -> None:
    """List the containers, codecs and pictures that can be read and written here."""
    from dreamreel.errors import NotFound
    from dreamreel.media.installed import abilities, tried
    from dreamreel.places import state_file

    found = [one for one in abilities(state_file("hardware.json")) if one.matches(words)]
    if not found:
        raise NotFound(f"nothing here is called {words[:60]!r}; `dreamreel formats` shows everything.")
    if as_json:
        for one in found:
            data(_json(tried(one) if check else one))
        return
    first = True
    for kind, heading in _HEADINGS.items():
        rows = [one for one in found if one.kind == kind]
        if rows:
            _section(heading, rows, check, first)
            first = False
    if not check and not words:
        say("\n--check writes a small clip with each and reads it back.")


def _section(heading: str, rows: Sequence[Ability], check: bool, first: bool) -> None:
    from dreamreel.media.installed import tried

    data(_styled("bold", heading) if first else f"\n{_styled('bold', heading)}")
    if rows[0].kind in ("hardware", "input") and not check:
        _short(rows)
        return
    for one in rows:
        shown = tried(one) if check else one
        column = _COLUMN + 10 if one.kind == "hardware" else _COLUMN
        for number, line in enumerate(aligned(_lines(shown), column)):
            data(_styled("cyan", line[:column]) + line[column:] if number == 0 else line)


def _short(rows: Sequence[Ability]) -> None:
    """Those that work in one paragraph, and how many do not."""
    kind = rows[0].kind
    works = [one for one in rows if (one.reads if kind == "input" else one.writes)]
    if kind == "hardware":
        text = ", ".join(one.name for one in works) or "none of those known works here; the processor encodes"
    else:
        text = ", ".join(one.title for one in works)
    for line in aligned([("  works" if kind == "hardware" else "  reads", text)], _COLUMN):
        data(line)


def _lines(one: Ability) -> Iterator[tuple[str, str]]:
    facts = ", ".join(one.facts) if one.kind != "container" else ""
    words = [one.title, " ".join(one.suffixes), *_state(one), facts]
    yield f"  {one.name}", " · ".join(word for word in words if word)
    if one.video:
        yield "", f"picture {', '.join(one.video)}"
    if one.audio:
        yield "", f"sound {', '.join(one.audio)}"
    if one.profiles:
        yield "", f"profiles {', '.join(one.profiles)}"


def _state(one: Ability) -> list[str]:
    """What is out of the ordinary, or what trying found."""
    if one.tried is not None:
        return ["works" if one.tried else "fails here"]
    if one.reads and one.writes:
        return []
    if one.writes:
        return ["only written"]
    return ["only read"] if one.reads else ["missing here"]


def _styled(style: str, text: str) -> str:
    """`text` in a style of terminals, where it goes to one that takes colours."""
    import os

    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    codes = {"bold": "1", "cyan": "36"}
    return f"\x1b[{codes[style]}m{text[: width()]}\x1b[0m"


def _json(one: Ability) -> dict[str, JSON]:
    return {
        "kind": one.kind, "name": one.name, "title": one.title, "reads": one.reads, "writes": one.writes,
        "suffixes": list(one.suffixes), "video": list(one.video), "audio": list(one.audio), "encoder": one.encoder,
        "profiles": list(one.profiles), "facts": list(one.facts), "tried": one.tried,
    }  # fmt: skip
