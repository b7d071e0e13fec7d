"""`dreamreel studio`: the page, the API and the jobs, on this machine; and what belongs to its data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.output import data, say

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel studio",
    "dreamreel studio --port 8080 --no-browser",
    "dreamreel studio --host 192.168.1.20 --password-file password.txt",
)


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("studio", cls=Command, epilog=_EXAMPLES)(studio)


def studio(
    port: Annotated[
        int, typer.Option(metavar="NUMBER", help="Where to listen; 0 takes any free port.", min=0, max=65535)
    ] = 7788,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Listen on this address of the machine instead of only on itself; needs a password.",
        ),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A further name under which browsers reach this machine; may be given again.",
            show_default=False,
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A file whose first line is the password that others type.",
            show_default=False,
        ),
    ] = None,
    new_token: Annotated[
        bool,
        typer.Option(
            "--new-token", help="Make a new token; open pages must be opened anew.", show_default=False
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.", show_default=False)
    ] = False,
) -> None:
    """Open the studio: a page in the browser for dreams, jobs and the library. Ctrl-C closes it.

    What was not finished goes on with the next start.
    """
    from dreamreel.studio.config import Folders, data_folder
    from dreamreel.studio.guard import rotate
    from dreamreel.studio.server import Address, serve

    folders = Folders(data_folder())
    address = Address(
        host=host,
        port=port,
        names=tuple(name or ()),
        password=_password(password_file) if password_file else None,
    )
    address.check()
    if new_token:
        folders.ensure()
        rotate(folders.root)

    def ready(link: str) -> None:
        data(link)
        say("The studio is open at this address; keep it to yourself. Ctrl-C closes it.")
        if not no_browser:
            _browse(link)

    serve(folders, address, ready)
    say("The studio is closed; what was not finished goes on with the next start.")


def _browse(link: str) -> None:
    """Open the page, where there is a browser to open it in."""
    import threading
    import webbrowser

    # A browser that does not come back must not hold up the server.
    threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


def _password(path: Path) -> str:
    from dreamreel.errors import InputMissing

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputMissing(f"The password file {path.name} cannot be read; check the name.") from None
    return lines[0].strip() if lines else ""
