"""The server: the studio's API and page on one address, behind its guard.

serve ─► lock the data folder ─► Studio ─► app ─► Guard ─► uvicorn (loopback unless a password is set)
"""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from dreamreel import __version__
from dreamreel.errors import BadParameter, StudioInUse
from dreamreel.media.atomic import atomic_write
from dreamreel.studio import connections
from dreamreel.studio.api import house, items, jobs, problems, stream, uploads
from dreamreel.studio.api.described import exact
from dreamreel.studio.config import Folders, sole
from dreamreel.studio.guard import Guard, token_file
from dreamreel.studio.kinds import pages
from dreamreel.studio.service import Studio
from dreamreel.studio.static import router as static_router

__all__ = ["PORT", "Address", "address_file", "create_app", "guarded", "serve"]

PORT: Final = 7788
"""Where the studio listens unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen and who may come in."""

    host: str = "127.0.0.1"
    port: int = PORT
    names: tuple[str, ...] = ()
    """Further names under which this machine is called by browsers."""
    password: str | None = None
    """What others type to come in; needed to listen beyond this machine."""

    @property
    def reach(self) -> str:
        """The address under which this machine itself reaches what listens here."""
        try:
            found = ipaddress.ip_address(self.host)
        except ValueError:
            return self.host
        if not found.is_unspecified:
            return self.host
        return "127.0.0.1" if found.version == 4 else "::1"

    @property
    def named(self) -> str:
        """`reach` as it stands in a URL."""
        return f"[{self.reach}]" if ":" in self.reach else self.reach

    def check(self) -> None:
        """Raise `BadParameter` for an address that would let others in unasked."""
        if not 0 <= self.port <= 65535:
            raise BadParameter(f"{self.port} is not a port; choose one from 1024 to 65535.")
        if not _is_loopback(self.host) and not self.password:
            raise BadParameter(
                f"On {self.host} everybody in the network could see your photos: set a password with --password-file, "
                "or stay on this machine by leaving --host out."
            )
        if self.password is not None and len(self.password) < 8:
            raise BadParameter("The password is shorter than 8 characters; choose a longer one.")


def create_app(studio: Studio) -> FastAPI:
    """The API and the page over a studio; the guard is put around it by `guarded`."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncGenerator[None]:
        del app
        studio.bus.open()
        yield
        await studio.bus.close()

    app = _App(
        title="Dreamreel Studio", version=__version__, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", telemetry={"auto_configure": False},
        description="Photos and dreams become films, on this machine.",
    )  # fmt: skip
    problems.install(app)
    api = APIRouter(prefix="/api/v1")
    for room in (house, items, jobs, stream, uploads):
        api.include_router(room.router(studio))
    for page in pages():
        for router in page.routers:
            api.include_router(router(studio))
    app.include_router(api)
    app.include_router(static_router())
    return app


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The API's description."""
        if not self.openapi_schema:
            self.openapi_schema = exact(super().openapi())
        return self.openapi_schema


def guarded(app: ASGIApp, token: str, address: Address) -> Guard:
    """The app behind its guard."""
    return Guard(
        app, token=token, cookie=f"dreamreel_{address.port}", names=("localhost", address.reach, *address.names),
        password=address.password,
    )  # fmt: skip


def serve(folders: Folders, address: Address, ready: Callable[[str], None] = lambda _: None) -> None:
    """Run a studio until it is told to stop (SIGINT, SIGTERM). `ready` gets the address to open, token included.

    Raises:
        BadParameter: it would listen beyond this machine without a password.
        StudioInUse: the port is taken, or another studio uses the data folder.
        NotWritable: the data folder cannot be used.
    """
    address.check()
    connections.watch()
    os.environ["DREAMREEL_GPU"] = "off"  # Workers are locked in, and cannot reach a graphics card's driver.
    folders.ensure()
    with sole(folders):
        ears = _listening(address)
        port = ears.getsockname()[1]
        here = Address(host=address.host, port=port, names=address.names, password=address.password)
        studio = Studio(folders)
        token = token_file(folders.root)
        app = guarded(create_app(studio), token, here)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, date_header=False, lifespan="on",
            timeout_graceful_shutdown=3, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        server = _Server(config, studio)
        with server.listening():
            try:
                studio.open()
                _note(folders, f"http://{here.named}:{port}")
                ready(f"http://{here.named}:{port}/?token={token}")
                server.run(sockets=[ears])
            finally:
                address_file(folders).unlink(missing_ok=True)
                studio.close()
                ears.close()


class _Server(uvicorn.Server):
    """A server that ends when it is told to, and returns: uvicorn's own would die of the signal in the end, before
    the studio is closed.
    """

    def __init__(self, config: uvicorn.Config, studio: Studio) -> None:
        super().__init__(config)
        self._studio = studio

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Nothing: `listening` holds for longer."""
        yield

    @contextmanager
    def listening(self) -> Generator[None]:
        """Take SIGINT and SIGTERM as the wish to end, also before the server runs and while the studio closes."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._told) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told(self, number: int, frame: object) -> None:
        del number, frame
        # Whoever says it twice does not want to wait for the ends of answers.
        self.force_exit = self.should_exit
        self.should_exit = True
        # Streams of events have no end of their own.
        self._studio.bus.hang_up()


def _listening(address: Address) -> socket.socket:
    """The socket, bound before anything else is touched. Raises `StudioInUse`."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    ears = socket.socket(family, socket.SOCK_STREAM)
    try:
        ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ears.bind((address.host, address.port))
        ears.listen(256)
    except OSError as error:
        ears.close()
        raise StudioInUse(
            f"The studio cannot listen on {address.host} port {address.port} ({error.strerror or error}); "
            "choose another one with --port, or --port 0 for any."
        ) from error
    return ears


def address_file(folders: Folders) -> Path:
    """The file that says where the running studio listens, for the command line."""
    return folders.root / "address"


def _note(folders: Folders, address: str) -> None:
    with atomic_write(address_file(folders)) as part:
        part.touch(mode=0o600)
        part.write_text(address, encoding="ascii")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
