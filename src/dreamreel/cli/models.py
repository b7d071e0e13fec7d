"""`dreamreel models`: the networks that enhance pictures, and weights of others: add, pull, show, remove."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, Group, examples
from dreamreel.cli.options import Json, JsonLines
from dreamreel.cli.output import aligned, bytes_bar, confirm, data, say
from dreamreel.wording import size_text

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.neural.community.catalog import Card
    from dreamreel.neural.community.store import Installed

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel models",
    "dreamreel models show realesr-animevideov3",
    "dreamreel models add ~/Downloads/realesr-animevideov3.pth",
)
_COLUMN = 29
_CARD = 16
_HEADINGS: tuple[tuple[str, Callable[[dict[str, JSON]], bool]], ...] = (
    ("Shipped with Dreamreel", lambda row: row["origin"] == "shipped"),
    ("Installed", lambda row: row["origin"] != "shipped" and bool(row["installed"])),
    ("Known, not installed", lambda row: not row["installed"]),
)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A network of `dreamreel models`.", show_default=False)
]
Accept = Annotated[
    bool,
    typer.Option(
        "--accept-licence", help="Agree to the licence without being asked; it is still shown.", show_default=False
    ),
]  # fmt: skip


def add(root: typer.Typer) -> None:
    """Add the group to the application."""
    found = typer.Typer(rich_markup_mode=None)
    found.callback(invoke_without_command=True)(models)
    root.add_typer(
        found, name="models", cls=Group, epilog=_EXAMPLES,
        help="Networks that enhance pictures: what ships, what you added, what is known.",
    )  # fmt: skip
    found.command("list", cls=Command, epilog=examples("dreamreel models list --json"))(list_)
    found.command("show", cls=Command, epilog=examples("dreamreel models show realesrgan-x4plus"))(show)
    found.command("add", cls=Command, epilog=examples("dreamreel models add RealESRGAN_x4plus.pth"))(add_)
    found.command("pull", cls=Command, epilog=examples("dreamreel models pull span-x4 --from ADDRESS"))(pull)
    found.command("remove", cls=Command, epilog=examples("dreamreel models remove span-x4"))(remove)


def models(ctx: typer.Context, as_json: JsonLines = False) -> None:
    """List all networks when no command is given."""
    if ctx.invoked_subcommand is None:
        list_(as_json)


def list_(as_json: JsonLines = False) -> None:
    """List the networks: what each is for, its size, its licence."""
    from dreamreel.neural.listed import listed

    rows = listed()
    if as_json:
        for row in rows:
            data(row)
        return
    first = True
    for heading, belongs in _HEADINGS:
        if chosen := [row for row in rows if belongs(row)]:
            data(heading if first else f"\n{heading}")
            first = False
            for line in aligned(((f"  {row['name']}", _line(row)) for row in chosen), _COLUMN):
                data(line)


def _line(row: dict[str, JSON]) -> str:
    scale = f"×{row['scale']}, " if row["use"] not in ("faces", "deinterlace", "colourise") else ""
    size = f"{_count(row)} numbers, " if row["parameters"] else ""
    size += f"{size_text(row['bytes'])}, " if isinstance(row["bytes"], int) else ""
    free = "" if row["commercial"] else ", not for money"
    return f"{row['purpose']}; {scale}{size}{row['licence']}{free}"


def _count(row: dict[str, JSON]) -> str:
    return f"{row['parameters']:,}".replace(",", "\u202f")


def show(name: Name, as_json: Json = False) -> None:
    """Show the card of a network: what it is for, numbers, hash, licence."""
    from dreamreel.neural.listed import row_of

    row = row_of(name)
    if as_json:
        data(row)
        return
    data(f"{row['name']}: {row['purpose']}")
    rows = [
        ("Installed", "yes" if row["installed"] else "no"),
        ("Architecture", str(row["architecture"])),
        ("Scale", f"×{row['scale']}"),
        ("Numbers", _count(row) if row["parameters"] else "counted when it is added"),
        ("File", str(row["file"])),
        ("Size", f"{size_text(row['bytes'])} ({row['bytes']} bytes)" if isinstance(row["bytes"], int) else "missing"),
        ("SHA-256", str(row["sha256"])),
        ("Author", str(row["author"])),
        ("From", str(row["source"])),
        *_licence(row),
    ]  # fmt: skip
    if row["accepted"]:
        rows.append(("Accepted on", str(row["accepted"])))
    for line in aligned(rows, _CARD):
        data(line)


def _licence(row: dict[str, JSON]) -> list[tuple[str, str]]:
    return [
        ("Licence", f"{row['licence_title']} ({row['licence']})"),
        ("For money", "yes" if row["commercial"] else "no"),
        ("Terms", str(row["terms"])),
    ]


def _asking(agreed: bool) -> Callable[[Card], bool]:
    """Show the licence of a card, and ask unless that was answered before."""

    def accept(card: Card) -> bool:
        from dreamreel.neural.listed import community_row

        row = community_row(card, None)
        if not row["known"]:
            say(f"{card.file} is not in the catalogue: who made it, and on what terms, is not known.")
        say(f"{card.name}: {card.architecture}, ×{card.scale}, by {card.author}.")
        for line in aligned(_licence(row), _CARD):
            say(line)
        return agreed or confirm("Do you accept this licence?")

    return accept


def _told(one: Installed, as_json: bool) -> None:
    from dreamreel.neural.listed import community_row

    if as_json:
        data({**community_row(one.card, one), "path": str(one.path)})
        return
    ways = {"faces": "It is used from now on.", "colourise": f"Use it with --colourise {one.card.name}."}
    way = ways.get(one.card.use, f"Use it with --model {one.card.name}.")
    say(f"{one.card.name} is installed. {way}")
    data(str(one.path))


def add_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Weights: .pth, .safetensors or .onnx.", show_default=False)
    ],
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What to call weights that the catalogue does not know.", show_default=False),
    ] = None,
    accept_licence: Accept = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Add a file of weights that you have: recognised by its hash, copied, its licence shown and asked for."""
    from dreamreel.neural.community.store import add as keep

    _told(keep(file, _asking(accept_licence), name), as_json)


def pull(
    name: Name,
    address: Annotated[
        str,
        typer.Option("--from", metavar="ADDRESS", help="https://…, http://… or file://…", show_default=False),
    ],
    accept_licence: Accept = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Fetch weights that the catalogue knows from an address that you give; kept only if the hash is right."""
    from dreamreel.neural.community.catalog import known
    from dreamreel.neural.community.fetch import pull as fetch

    card = known().get(name)
    agreed = card is not None and _asking(accept_licence)(card)
    with bytes_bar(name) as progress:
        done = fetch(name, address, lambda _: agreed, progress)
    _told(done, as_json)


def remove(name: Name) -> None:
    """Throw added weights away."""
    from dreamreel.neural.community.store import remove as drop

    drop(name)
    say(f"{name} is gone.")
