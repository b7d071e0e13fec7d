"""The command line: one thin file per command, over the public face.

    main() ─ Typer app ─ generate storyboard info explain render again engines doctor
       └ every failure ─► one sentence on stderr and a documented exit code

Data goes to stdout, everything else to stderr; `--json` prints one JSON object a line. Exit codes: 0 done, 1 the work failed,
2 wrong usage, 3 input rejected, 4 something is not installed, 5 the output cannot be written, 6 done in part,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

__all__ = ["app", "main"]

_COMMANDS = ("generate", "storyboard", "info", "explain", "render", "again", "engines", "doctor")


def app() -> typer.Typer:
    """The command line as a Typer application."""
    import typer

    root = typer.Typer(
        name="dreamreel",
        help="Turn a photo and a dream into a video, on your own machine.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    for name in _COMMANDS:
        import_module(f"dreamreel.cli.{name}").add(root)
    return root


def _version(wanted: bool) -> None:
    if wanted:
        import typer

        from dreamreel import __version__

        typer.echo(f"dreamreel {__version__}")
        raise typer.Exit


def _root() -> None:
    """Turn a photo and a dream into a video, on your own machine."""


def main() -> None:
    """Run the command line and exit with a documented code; a traceback is shown only with DREAMREEL_DEBUG=1."""
    from dreamreel.cli.output import complain
    from dreamreel.errors import Cancelled, DreamreelError

    debug = os.environ.get("DREAMREEL_DEBUG") == "1"
    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()(standalone_mode=True)
    except DreamreelError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("Stopped.")
        sys.exit(Cancelled.exit_code)
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): nothing more to say, and Python must not try to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        complain(f"Something unforeseen went wrong ({type(error).__name__}: {error}); run again with DREAMREEL_DEBUG=1 to see where.")
        sys.exit(1)
