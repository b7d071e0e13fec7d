"""A studio's API called within this process: no server, no socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from starlette.testclient import TestClient
from tests.studio.films import new_studio

from dreamreel.studio.server import Address, create_app, guarded
from dreamreel.studio.service import Studio

__all__ = ["TOKEN", "Caller", "opened"]

TOKEN = "t" * 43


class Caller(TestClient):
    """A client with the token, as the command line is."""

    studio: Studio


_Kind = TypeVar("_Kind", bound=Caller)


@contextmanager
def opened(kind: type[_Kind], home: Path) -> Iterator[_Kind]:
    """A caller of an open studio in `home`."""
    studio = new_studio(home)
    app = guarded(create_app(studio), TOKEN, Address())
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with kind(app, base_url="http://127.0.0.1:7788", headers=headers, raise_server_exceptions=False) as made:
        made.studio = studio
        studio.open()
        yield made
        studio.close()
