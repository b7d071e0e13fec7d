"""`dreamreel presets`: what there is, and your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dreamreel.cli.convert_options import taking, wish_of
from dreamreel.cli.help import Command, examples, group
from dreamreel.cli.options import Json, JsonLines
from dreamreel.cli.output import aligned, data, say

if TYPE_CHECKING:
    from dreamreel.graph import JSON

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel presets list",
    "dreamreel presets show iphone",
    "dreamreel presets save mine --from youtube-1080p --fps 30 --loudness -14",
)
_SAVING = examples(
    "dreamreel presets save mine --from youtube-1080p --fps 30",
    "dreamreel presets save small --to mp4 --size 480p",
)
_COLUMN = 22
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A preset, or a file of presets.", show_default=False)
]


def add(root: typer.Typer) -> None:
    """Add the group to the application."""
    found = group(
        root, "presets", "What to convert to: phones, networks, archives; and presets of your own.", _EXAMPLES
    )
    found.command(
        "list", cls=Command, epilog=examples("dreamreel presets list", "dreamreel presets list phone")
    )(list_)
    found.command("show", cls=Command, epilog=examples("dreamreel presets show iphone"))(show)
    found.command("save", cls=Command, epilog=_SAVING)(save)
    found.command("import", cls=Command, epilog=examples("dreamreel presets import HandBrake.json"))(import_)
    found.command("export", cls=Command, epilog=examples("dreamreel presets export iphone -o iphone.toml"))(
        export
    )
    found.command("remove", cls=Command, epilog=examples("dreamreel presets remove mine"))(remove)


def list_(
    words: Annotated[
        str,
        typer.Argument(
            metavar="WORDS", help="Only those whose name, title or family has these words.", show_default=False
        ),
    ] = "",
    as_json: JsonLines = False,
) -> None:  # fmt: skip
    """List presets by family; yours come last."""
    from dreamreel.convert.presets.model import as_data
    from dreamreel.convert.presets.shelf import families
    from dreamreel.errors import NotFound

    wanted = words.lower().split()
    shown = 0
    for family, presets in families().items():
        rows = [
            one for one in presets if all(w in f"{one.name} {one.title} {family}".lower() for w in wanted)
        ]
        shown += len(rows)
        if as_json:
            for one in rows:
                data({"name": one.name, **_json(as_data(one))})
        elif rows:
            data(f"{'' if shown == len(rows) else chr(10)}{family}")
            for line in aligned(((f"  {one.name}", one.description) for one in rows), _COLUMN):
                data(line)
    if not shown:
        raise NotFound(f"no preset is called or titled {words[:60]!r}; `dreamreel presets list` shows all.")


def show(name: Name, as_json: Json = False) -> None:
    """Show what a preset sets and what it takes as it is."""
    from dreamreel.convert.presets.model import as_data
    from dreamreel.convert.presets.shelf import preset

    found = preset(name)
    row = as_data(found)
    if as_json:
        data({"name": found.name, **_json(row)})
        return
    data(f"{found.name}: {found.title} ({found.family})")
    data(found.description)
    for heading in ("wish", "limits"):
        values = cast("dict[str, object]", row[heading])
        if values:
            data(f"\n{'Sets' if heading == 'wish' else 'Takes as it is, and never exceeds'}")
            for line in aligned(((f"  {key}", _words(value)) for key, value in values.items()), _COLUMN):
                data(line)


def _words(value: object) -> str:
    return ", ".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _json(row: dict[str, object]) -> dict[str, JSON]:
    return cast("dict[str, JSON]", row)


@taking()
def save(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call it: a–z, 0–9 and hyphens.", show_default=False)
    ],
    base: Annotated[
        str | None,
        typer.Option("--from", metavar="NAME", help="A preset to begin with, with its limits.", show_default=False),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What people call it.", show_default="the name")] = "",
    description: Annotated[str, typer.Option(metavar="TEXT", help="One sentence about it.", show_default=False)] = "",
    **said: object,
) -> None:  # fmt: skip
    """Keep options under a name, so that `--preset NAME` means them."""
    from dreamreel.convert.presets.model import Limits, Preset, rows_of
    from dreamreel.convert.presets.shelf import OWN, preset
    from dreamreel.convert.presets.shelf import save as keep
    from dreamreel.convert.resolve import merged
    from dreamreel.errors import BadParameter

    name = name.lower()
    rows_of({"presets": {name: {}}}, "--save")
    wish = wish_of(said)
    if wish.preset:
        raise BadParameter("a preset begins with another one by --from, not by --preset.")
    start = preset(base) if base else None
    wish = merged(wish, start)
    told = description or (start.description if start else "Your own.")
    made = Preset(name=name, title=title or name, description=told, family=OWN, wish=wish,
                  limits=start.limits if start else Limits())  # fmt: skip
    say(f"Kept; use it with --preset {name}:")
    data(str(keep(made)))


def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .toml or .json of presets, or HandBrake's.", show_default=False)
    ],
    as_json: JsonLines = False,
) -> None:  # fmt: skip
    """Take presets from a file into your own: Dreamreel's, or those that HandBrake exports."""
    from dreamreel.convert.presets.handbrake import imported
    from dreamreel.convert.presets.shelf import save as keep

    for one, strange in imported(file):
        path = keep(one)
        if as_json:
            data({"name": one.name, "path": str(path), "left_out": list(strange)})
            continue
        data(one.name)
        for words in strange:
            say(f"  {one.name}: {words}")


def export(
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to.", show_default="printed")
    ] = None,
) -> None:
    """Write a preset down as TOML that stands alone, for another machine or as a start for your own."""
    from dreamreel.convert.presets.model import to_toml
    from dreamreel.convert.presets.shelf import preset
    from dreamreel.media.atomic import atomic_write

    text = to_toml([preset(name)])
    if output is None:
        data(text.rstrip())
        return
    with atomic_write(output) as part:
        part.write_text(text, encoding="utf-8")
    data(str(output))


def remove(name: Name) -> None:
    """Throw one of your own presets away."""
    from dreamreel.convert.presets.shelf import remove as drop

    drop(name)
    say(f"{name} is gone.")
