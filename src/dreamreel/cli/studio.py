"""`dreamreel studio`: the page, the API and the jobs, on this machine."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.output import data, say

if TYPE_CHECKING:
    from dreamreel.studio.server import Address

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel studio",
    "dreamreel studio --port 8080 --no-browser",
    "dreamreel studio --running",
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
    running: Annotated[
        bool,
        typer.Option(
            "--running", help="Open the page of the studio that is running, and no other.", show_default=False
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the page in a browser.", show_default=False)
    ] = False,
) -> None:
    """Open the studio: a page in the browser for dreams, jobs and the library. Ctrl-C closes it.

    What was not finished goes on with the next start.
    """
    if running:
        _visit(not no_browser)
        return
    from dreamreel.studio.server import Address

    password = _password(password_file) if password_file else None
    address = Address(host=host, port=port, names=tuple(name or ()), password=password)
    address.check()
    _serve(address, new_token, not no_browser)


def _visit(browser: bool) -> None:
    """Show the address of the studio that is running, token included."""
    import webbrowser

    from dreamreel.studio.client import address_of

    link = address_of()
    data(link)
    say("The studio is open at this address; keep it to yourself.")
    if browser:
        webbrowser.open(link)


def _serve(address: Address, new_token: bool, browser: bool) -> None:
    """Run the server until it is told to stop."""
    from dreamreel.studio.config import Folders, data_folder
    from dreamreel.studio.guard import rotate
    from dreamreel.studio.server import serve

    folders = Folders(data_folder())
    if new_token:
        folders.ensure()
        rotate(folders.root)

    def ready(link: str) -> None:
        data(link)
        say("The studio is open at this address; keep it to yourself. Ctrl-C closes it.")
        if browser:
            _browse(link)

    # The server has stopped when it passes Ctrl-C on, and so has everything behind it.
    with _told_to_close(), suppress(KeyboardInterrupt):
        serve(folders, address, ready)
    say("The studio is closed; what was not finished goes on with the next start.")


@contextmanager
def _told_to_close() -> Generator[None]:
    """Let the signals of a service manager and of a terminal that closes do what Ctrl-C does.

    The server stops at the first of them and then raises it once more for what is around it, as uvicorn does.
    """
    import signal

    def interrupted(number: int, frame: object) -> None:
        del number, frame
        raise KeyboardInterrupt

    def left(number: int, frame: object) -> None:
        del number, frame
        signal.raise_signal(signal.SIGTERM)

    wanted = {"SIGTERM": interrupted}
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        wanted["SIGHUP"] = left
    before = {name: signal.signal(getattr(signal, name), handler) for name, handler in wanted.items()}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


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
