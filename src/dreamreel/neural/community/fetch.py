"""Weights of the catalogue, fetched from an address that the user gives.

    address ─► what is there of an earlier try is hashed ─► the rest, hashed as it comes ─► right? added : thrown away

Nothing is opened without an address, and no address is known to the program. What the wrong hash has is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from dreamreel.errors import BadParameter, BadWeights, Incomplete, InputMissing, NotFound, UsageError
from dreamreel.media.atomic import output_error
from dreamreel.neural.community import store
from dreamreel.neural.community.catalog import Card, known
from dreamreel.places import models_folder

if TYPE_CHECKING:
    import httpx2

__all__ = ["pull"]

_CONNECT_S, _READ_S = 20.0, 60.0
_BLOCK: Final = 2**20
_PARTIAL, _BEYOND = 206, 416
"""How servers answer when the rest of a file is asked for: with it, or that there is none (RFC 9110)."""
_Progress = Callable[[int, int], None]


def pull(name: str, address: str, accept: Callable[[Card], bool], progress: _Progress) -> store.Installed:
    """Fetch weights that the catalogue knows from `address` (http, https or file) and add them.

    `progress` is told how many bytes there are, and of how many. The next call goes on where a broken one ended.

    Raises `NotFound` for an unknown name, `BadParameter` for an address of another kind, `UsageError` when the licence
    was not accepted, `InputMissing` when there is no such file, `Incomplete` when the connection broke, and
    `BadWeights`, with nothing kept, when it is another file than it should be.
    """
    row = known().get(name)
    if row is None:
        raise NotFound(
            f"the catalogue has no weights called {name[:60]!r}, so they could not be checked; download them yourself "
            "and run `dreamreel models add FILE`."
        )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", "file"):
        raise BadParameter("--from takes an address that begins with https://, http:// or file://.")
    if not accept(row):
        raise UsageError(
            f"The licence of {name} was not accepted, so nothing was fetched; see --accept-licence."
        )
    folder = models_folder()
    part = folder / f".{row.sha256[:16]}.download"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        source = _copied if parts.scheme == "file" else _fetched
        _complete(part, row, source(address, part, row), progress)
    except OSError as error:
        raise output_error(error, folder / row.file) or error from error
    whole = part.with_name(f".{row.sha256[:16]}{Path(row.file).suffix}")
    part.replace(whole)
    try:
        return store.add(whole, lambda _: True)
    finally:
        whole.unlink(missing_ok=True)


def _complete(part: Path, row: Card, blocks: Iterator[bytes | None], progress: _Progress) -> None:
    """Write `blocks` behind what there is; None among them says that it begins anew. Raises when it is not `row`'s."""
    digest, size = hashlib.sha256(), 0
    if part.is_file():
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    with part.open("ab") as file:
        for block in blocks:
            if block is None:
                file.truncate(0)
                digest, size = hashlib.sha256(), 0
                continue
            digest.update(block)
            size += len(block)
            if size > row.bytes:
                break
            file.write(block)
            progress(size, row.bytes)
    if size < row.bytes:
        raise Incomplete(
            f"The connection ended after {size} of {row.bytes} bytes of {row.file}; run the same again to go on."
        )
    if size > row.bytes or digest.hexdigest() != row.sha256:
        part.unlink(missing_ok=True)
        raise BadWeights(
            f"What is at that address is not {row.file} from {row.origin}, so it was not kept; check the address."
        )


def _copied(address: str, part: Path, row: Card) -> Iterator[bytes | None]:
    """A file of this machine."""
    source = Path(url2pathname(urlsplit(address).path))
    if not source.is_file():
        raise InputMissing(f"there is no file {source.name} at that address; check it.")
    del part, row
    yield None
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _fetched(address: str, part: Path, row: Card) -> Iterator[bytes | None]:
    """What a server sends, from where an earlier try ended."""
    import httpx2

    there = part.stat().st_size if part.is_file() else 0
    if there >= row.bytes:
        yield None
        there = 0
    host = urlsplit(address).hostname or "the server"
    try:
        with _answer(address, there, host) as answer:
            if answer.status_code == _BEYOND:
                return  # The server's file is shorter than what has come.
            if there and answer.status_code != _PARTIAL:
                yield None
            yield from answer.iter_bytes()
    except httpx2.InvalidURL as error:
        raise BadParameter(
            "--from takes an address that begins with https://, http:// or file://."
        ) from error
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise InputMissing(f"{host} cannot be reached; check the address and the network.") from error
    except httpx2.TransportError:
        return  # What has come is kept, and the end of the blocks tells how much that is.


@contextmanager
def _answer(address: str, there: int, host: str) -> Generator[httpx2.Response]:
    import httpx2

    headers = {"accept-encoding": "identity", **({"range": f"bytes={there}-"} if there else {})}
    limits = httpx2.Timeout(_READ_S, connect=_CONNECT_S)
    with httpx2.stream("GET", address, headers=headers, follow_redirects=True, timeout=limits) as answer:
        if there and answer.status_code == _BEYOND:
            yield answer
            return
        if not answer.is_success:
            raise InputMissing(f"{host} answers {answer.status_code} for that address; check it.")
        sent = answer.headers.get("content-range", f"bytes {there}-")
        if answer.status_code == _PARTIAL and not sent.startswith(f"bytes {there}-"):
            raise InputMissing(f"{host} does not send what was asked for; try another address.")
        yield answer
