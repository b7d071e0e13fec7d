"""Help texts: plain, grouped, with defaults and examples; the same rows make the reference in the documentation.

    Typer's commands ─► described() ─► CommandHelp (rows in groups) ─┬─► `--help`, as wide as the terminal
    and groups of them                                               └─► docs/reference.md

Plain text on purpose: it reads the same in a pipe, without colours and at 60 columns, and costs no import.
"""

from __future__ import annotations

import difflib
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, cast

import typer
import typer.core

from dreamreel.errors import BadParameter

__all__ = [
    "DREAM",
    "EXIT_CODES",
    "OUTPUT",
    "PICTURE",
    "Command",
    "CommandHelp",
    "Group",
    "Row",
    "described",
    "examples",
    "group",
    "need_command",
    "summary",
    "value_name",
]

PICTURE: Final = "The picture"
DREAM: Final = "The dream"
OUTPUT: Final = "The output"
_OTHER: Final = "Options"
_ARGUMENTS: Final = "Arguments"
_WIDEST, _NARROWEST = 96, 40
_INDENT = 4

EXIT_CODES: Final = {
    0: "done",
    1: "the work itself failed",
    2: "wrong usage: an option, argument or value",
    3: "the input cannot be used",
    4: "something is missing from this installation",
    5: "the output cannot be written, or there is not enough room or memory",
    6: "done in part",
    130: "stopped with Ctrl-C; run the same again and it goes on from what is done",
}
"""Every exit code and what it means."""


class _Parameter(Protocol):
    """What is read of a parameter; Typer's own classes are not public."""

    name: str
    metavar: str | None
    opts: list[str]
    param_type_name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One argument or option."""

    group: str
    names: str
    """`PHOTO`, or `-o, --output FILE`."""
    text: str
    default: str
    """What it is when it is not given; empty when that needs no words."""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """Everything the help of one command says."""

    usage: str
    summary: str
    rows: tuple[Row, ...]
    examples: tuple[str, ...]

    def groups(self) -> dict[str, list[Row]]:
        """The rows under their headings, in the order in which headings first appear; odds and ends last."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        if _OTHER in found:
            found[_OTHER] = found.pop(_OTHER)
        return found


def examples(*lines: str) -> str:
    """Examples as the epilog of a command."""
    return "\n".join(lines)


def group(root: typer.Typer, name: str, summary: str, epilog: str) -> typer.Typer:
    """Add a group of commands to the application, such as `dreamreel jobs`; without a command it shows its help."""
    found = typer.Typer(rich_markup_mode=None)
    found.callback(invoke_without_command=True)(need_command)
    root.add_typer(found, name=name, cls=Group, help=summary, epilog=epilog)
    return found


def need_command(ctx: typer.Context) -> None:
    """Show the help of a group that was called without a command; that is wrong usage."""
    if ctx.invoked_subcommand is None:
        sys.stderr.write(ctx.get_help() + "\n")
        raise typer.Exit(2)


def described(command: Command, ctx: typer.Context) -> CommandHelp:
    """The help of `command` as data."""
    parameters = [cast("_Parameter", item) for item in command.get_params(ctx)]
    rows = tuple(_row(item) for item in parameters)
    needed = [_argument(item) for item in parameters if item.param_type_name == "argument"]
    usage = " ".join([ctx.command_path, "[OPTIONS]", *needed])
    return CommandHelp(usage, _paragraph(command.help), rows, tuple((command.epilog or "").splitlines()))


def _row(item: _Parameter) -> Row:
    text = str(getattr(item, "help", None) or "")
    default = getattr(item, "default", None)
    shown = getattr(item, "show_default", False)
    words = (
        shown if isinstance(shown, str) else str(default) if shown and default not in (None, False) else ""
    )
    if item.param_type_name == "argument":
        return Row(_ARGUMENTS, value_name(item), text, words)
    group = str(getattr(item, "rich_help_panel", None) or _OTHER)
    names = ", ".join(sorted(item.opts, key=len))
    value = "" if getattr(item, "is_flag", False) else f" {value_name(item)}"
    return Row(group, names + value, text, words)


def value_name(item: _Parameter) -> str:
    """What a value is called: `PHOTO`, `SECONDS`."""
    return item.metavar or item.name.upper()


def _argument(item: _Parameter) -> str:
    return value_name(item) if item.required else f"[{value_name(item)}]"


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def summary(text: str | None) -> str:
    """The first sentence of a help text, without its full stop."""
    return _paragraph(text).split(". ")[0].rstrip(".")


def _width() -> int:
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))


def _filled(text: str, indent: int, width: int) -> str:
    """Text wrapped under an indent; a long word or option is never cut."""
    pad = " " * indent
    return textwrap.fill(
        text, width, initial_indent=pad, subsequent_indent=pad, break_long_words=False, break_on_hyphens=False
    )


def _table(rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """Two columns, or one under the other where the terminal is narrow."""
    rows = list(rows)
    column = min(26, max(len(name) for name, _ in rows) + 4)
    for name, text in rows:
        if width < 64 or len(name) + 4 > column:
            yield f"  {name}"
            yield _filled(text, column if width >= 64 else 6, width)
        else:
            yield f"  {name}".ljust(column) + _filled(text, column, width).lstrip()


def _command_text(command: Command, ctx: typer.Context) -> str:
    told, width = described(command, ctx), _width()
    lines = [f"Usage: {told.usage}", "", _filled(told.summary, 0, width)]
    for heading, rows in told.groups().items():
        lines += ["", heading, *_table(((row.names, _with_default(row)) for row in rows), width)]
    if told.examples:
        lines += ["", "Examples", *(f"  {line}" for line in told.examples)]
    return "\n".join(lines)


def _with_default(row: Row) -> str:
    return f"{row.text} [{row.default}]" if row.default else row.text


class Command(typer.core.TyperCommand):
    """A command whose help is grouped and has examples."""

    def get_help(self, ctx: typer.Context) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The help text."""
        return _command_text(self, ctx)


class Group(typer.core.TyperGroup):
    """The program itself, or a group of its commands: in the order they are met, with what to try first."""

    def resolve_command(self, ctx: typer.Context, args: list[str]):  # pyright: ignore  # noqa: ANN201, PGH003
        """The command that is named first. Raises `BadParameter` for one that does not exist."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            path = " ".join(ctx.command_path.split()[1:])
            near = difflib.get_close_matches(name, self.commands, 2)
            names = [f"{path} {other}".strip() for other in near]
            way = (
                f"did you mean {' or '.join(names)}?"
                if near
                else f"there are {', '.join(self.list_commands(ctx))}."
            )
            raise BadParameter(f"There is no command {f'{path} {name}'.strip()!r}; {way}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: typer.Context) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The help text."""
        width = _width()
        lines = [f"Usage: {ctx.command_path} COMMAND …", "", _filled(_paragraph(self.help), 0, width)]
        commands = ((name, summary(self.commands[name].help)) for name in self.list_commands(ctx))
        rows = [_row(cast("_Parameter", item)) for item in self.get_params(ctx)]
        lines += ["", "Commands", *_table(commands, width)]
        lines += ["", "Options", *_table(((row.names, row.text) for row in rows), width)]
        lines += ["", "Try", *(f"  {line}" for line in (self.epilog or "").splitlines())]
        if ctx.parent is None:
            codes = "; ".join(f"{code} {words}" for code, words in EXIT_CODES.items())
            lines += ["", _filled(f"Exit codes: {codes}.", 0, width)]
        return "\n".join(lines)
