"""The client's end of the line: requests to one studio, its refusals as our errors.

    ask, stream ─► httpx2 ─► the studio          problem+json ─► `refused` ─► an error of `dreamreel.errors`
                     └─ nothing there, cut ─► `Lost` ─► `Patience` waits a little and lets the caller try again

Goes to the one address it was given and nowhere else: no proxies, no redirects, nothing from the environment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar
from urllib.parse import urlsplit

import httpx2
from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from dreamreel import __version__, errors
from dreamreel.errors import BadParameter, DreamreelError, StudioUnavailable
from dreamreel.studio.models import ProblemOut

__all__ = ["Lost", "Patience", "Shape", "Wire", "checked_address", "refused"]

API: Final = "/api/v1"
_CONNECT_S, _ANSWER_S = 5.0, 60.0
_SHORTEST_S, _LONGEST_S = 0.1, 2.0
_TOKEN_CODES: Final = frozenset({"TokenMissing", "PasswordWrong"})
_REFUSED, _UNAUTHORIZED, _FORBIDDEN, _BROKEN = 400, 401, 403, 500
_BY_STATUS: Final = {404: errors.NotFound, 409: errors.Conflict, 413: errors.TooLarge, 507: errors.NoSpace}

Shape = TypeVar("Shape", bound=BaseModel)
"""Of an answer."""


class Lost(StudioUnavailable):
    """The connection could not be made, or was cut; trying again may help."""


class Patience:
    """Waits between tries, each twice the one before, until `seconds` have passed without success."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self.renew()

    def renew(self) -> None:
        """Something went well: all the patience is back."""
        self._since, self._pause = self._clock(), _SHORTEST_S

    def wait(self, error: DreamreelError) -> None:
        """Wait a little before the next try. Raises `error` when the patience is at its end."""
        if self._clock() - self._since >= self._seconds:
            raise error
        threading.Event().wait(self._pause)
        self._pause = min(_LONGEST_S, self._pause * 2)


def checked_address(address: str) -> str:
    """An address such as `http://127.0.0.1:7788`, checked; a trailing slash or `/?token=…` is left out.

    A studio that listens on every address of its machine is reached on the machine itself.

    Raises:
        BadParameter: it is no address of a studio.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or parts.path.strip("/") or parts.username:
        raise BadParameter(
            f"{address[:100]!r} is not the address of a studio; give one such as http://127.0.0.1:7788."
        )
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where others listen
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}"


class Wire:
    """Requests to one studio. May be used by several threads."""

    def __init__(self, address: str, token: str) -> None:
        self.address = checked_address(address)
        if not token.isascii() or not token.isprintable():
            raise BadParameter(
                "The studio's token is not one; copy it from the address that the studio shows."
            )
        self._http = httpx2.Client(
            base_url=self.address + API,
            headers={"Authorization": f"Bearer {token}", "User-Agent": f"dreamreel/{__version__}"},
            timeout=httpx2.Timeout(_ANSWER_S, connect=_CONNECT_S),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | list[str]] | None = None,
        json: Mapping[str, JsonValue] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | Iterable[bytes] | None = None,
        patience: Patience | None = None,
        answer_s: float = _ANSWER_S,
    ) -> httpx2.Response:
        """One request and its answer. With `patience` it is sent again when the connection is lost: only for what may
        arrive twice.

        Raises:
            Lost: the connection could not be made, or was cut.
            DreamreelError: the refusal, as the class that the studio names.
        """
        while True:
            try:
                with self._translated():
                    answer = self._http.request(
                        method, path, params=params, json=json, headers=headers, content=content,
                        timeout=httpx2.Timeout(answer_s, connect=_CONNECT_S),
                    )  # fmt: skip
            except Lost as error:
                if patience is None:
                    raise
                patience.wait(error)
                continue
            if not answer.is_success:
                raise refused(answer.status_code, answer.content, self.address)
            return answer

    def get(self, path: str, shape: type[Shape], **params: str | int | list[str] | None) -> Shape:
        """What is at `path`, in the shape that the API documents."""
        given = {name: value for name, value in params.items() if value is not None}
        return self.read(self.ask("GET", path, params=given, patience=Patience(1.0)).content, shape)

    def post(
        self, path: str, shape: type[Shape], json: Mapping[str, JsonValue] | None = None, method: str = "POST"
    ) -> Shape:
        """What the studio answers to a change."""
        return self.read(self.ask(method, path, json=json).content, shape)

    def read(self, content: bytes, shape: type[Shape]) -> Shape:
        """An answer in its shape. Raises `StudioUnavailable` when another version, or no studio, has answered."""
        return self.read_as(content, TypeAdapter(shape))

    def read_as(self, content: bytes, shape: TypeAdapter[Shape]) -> Shape:
        """The same for shapes that are no model."""
        try:
            return shape.validate_json(content)
        except ValidationError as error:
            raise StudioUnavailable(
                f"What answers at {self.address} is not a studio of this version; update and restart it."
            ) from error

    @contextmanager
    def stream(
        self,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Generator[httpx2.Response]:
        """An answer whose content is still to come. Raises what `ask` raises, also while the content is read."""
        with (
            self._translated(),
            self._http.stream("GET", path, params=params, headers=headers) as answer,
        ):
            if not answer.is_success:
                raise refused(answer.status_code, answer.read(), self.address)
            yield answer

    @contextmanager
    def _translated(self) -> Generator[None]:
        """The library's errors as ours."""
        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Lost(f"No studio answers at {self.address}; start it with `dreamreel studio`.") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Lost(
                f"The connection to the studio at {self.address} was lost; check that it still runs and try again."
            ) from error


def refused(status: int, content: bytes, address: str) -> DreamreelError:
    """The error that a refusal tells about: its class is the one that the studio names, its text the studio's."""
    try:
        told = (
            ProblemOut.model_validate_json(content) if content or status < _REFUSED else _speechless(status)
        )
    except ValidationError:
        return StudioUnavailable(f"What answers at {address} is not a studio; check the address.")
    if told.code in _TOKEN_CODES or status == _UNAUTHORIZED:
        return StudioUnavailable(
            f"The studio at {address} does not know this token; copy it from the address that the studio shows into "
            "DREAMREEL_STUDIO_TOKEN."
        )
    named = getattr(errors, told.code, None) if told.code in errors.__all__ else None
    if isinstance(named, type) and issubclass(named, DreamreelError):
        return named(told.detail)
    if status in _BY_STATUS:
        return _BY_STATUS[status](told.detail)
    if status == _FORBIDDEN:
        return StudioUnavailable(told.detail)
    return BadParameter(told.detail) if status < _BROKEN else DreamreelError(told.detail)


def _speechless(status: int) -> ProblemOut:
    """A refusal without a reason, such as that of a HEAD request."""
    detail = "The studio refused this without saying why; try again."
    return ProblemOut(type="about:blank", title="", status=status, detail=detail, code="")
