"""The command line: one thin file per command, over the public face.

    main() ─ Typer app ─ generate storyboard info explain render again · studio jobs library backup restore ·
       │                 engines doctor
       └ every failure ─► one sentence on stderr and an exit code of `help.EXIT_CODES`

Data goes to stdout, everything else to stderr; `--json` prints one JSON object a line.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, NoReturn

import typer

from dreamreel.cli.help import Group, examples, need_command, value_name

__all__ = ["COMMANDS", "app", "main", "usage_sentence"]

COMMANDS = (
    "generate", "storyboard", "info", "compare", "repair", "tags", "convert", "compress", "cut", "join",
    "split", "extract", "gif", "presets", "enhance", "subtitles", "sheet", "thumbnail", "waveform",
    "explain", "render", "again", "studio", "jobs", "library", "backup", "restore", "engines", "formats", "models",
    "doctor",
)  # fmt: skip
"""Every command and group of commands, in the order of the help; each is a module of this room with an `add`."""

_EXAMPLES = examples(
    'dreamreel generate anna.jpg "flying over the sea with three sheep"',
    'dreamreel storyboard "two white rabbits hop around a moon"',
    "dreamreel generate --help",
)


class _Program(Group):
    """The program: Typer would list groups after single commands."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The commands in the order of the help."""
        del ctx
        return list(COMMANDS)


def app() -> typer.Typer:
    """The command line as a Typer application."""
    root = typer.Typer(
        name="dreamreel",
        cls=_Program,
        help="Turn a photo and a dream into a video, on your own machine. Nothing leaves it.",
        epilog=_EXAMPLES,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback(invoke_without_command=True)(_root)
    for name in COMMANDS:
        import_module(f"dreamreel.cli.{name}").add(root)
    return root


def _version(wanted: bool) -> None:
    if wanted:
        from dreamreel import __version__

        typer.echo(f"dreamreel {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", callback=_version, is_eager=True, show_default=False
        ),
    ] = False,
) -> None:
    del version
    need_command(ctx)


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with a documented code; a traceback is shown only with DREAMREEL_DEBUG=1."""
    debug = os.environ.get("DREAMREEL_DEBUG") == "1"
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    _speakable()
    sys.exit(_code(args, debug))


def _code(args: Sequence[str] | None, debug: bool) -> int:
    """Run, say what went wrong in one sentence, and return the exit code."""
    from dreamreel.cli.output import complain
    from dreamreel.errors import Cancelled, DreamreelError

    try:
        code: object = app()(args=args, prog_name="dreamreel", standalone_mode=False)
    except DreamreelError as error:
        complain(_sentence(str(error)))
        return error.exit_code
    except Exception as error:
        if (sentence := usage_sentence(error)) is not None:
            complain(sentence)
            return 2
        if debug:
            raise
        complain(
            f"Something unforeseen went wrong ({type(error).__name__}: {_sentence(str(error))}); "
            "run the same with DREAMREEL_DEBUG=1 to see where."
        )
        return 1
    if code == Cancelled.exit_code:
        complain("Stopped before the work began.")
    return code if isinstance(code, int) else 0


def _sentence(text: str) -> str:
    """On one line, and without what a file's name could tell a terminal to do."""
    from dreamreel.cli.output import printable

    return printable(text)


def usage_sentence(error: Exception) -> str | None:
    """What a wrong option or argument is called in one sentence, or None when `error` is something else.

    Typer's error classes are private, so they are known by what they carry.
    """
    if not callable(told := getattr(error, "format_message", None)):
        return None
    ctx = getattr(error, "ctx", None)
    path = str(getattr(ctx, "command_path", "dreamreel"))
    option = getattr(error, "option_name", None)
    near: list[str] = list(getattr(error, "possibilities", None) or [])
    param = getattr(error, "param", None)
    if option and "no such option" in str(told()).lower():
        way = f"did you mean {near[0]}?" if near else f"see `{path} --help`."
        return f"There is no option {option}; {way}"
    if type(error).__name__ == "MissingParameter" and param is not None:
        return f"{value_name(param)} is missing; see `{path} --help`."
    if "unexpected extra argument" in str(told()):
        extra = str(told()).partition(") (")[2].rstrip(").")
        quoted = "put a dream in quotes, or " if path.endswith(("generate", "storyboard", "submit")) else ""
        return f"There are too many arguments ({extra}); {quoted}see `{path} --help`."
    way = f"; see `{path} --help`" if ctx is not None else ""
    return f"{_sentence(str(told())).rstrip('.')}{way}."


def _speakable() -> None:
    """Text that the terminal's encoding lacks is written as an escape; it must never end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
