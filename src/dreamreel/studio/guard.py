"""Who may speak to the server. Every request passes here before anything else sees it, and every answer on its way out.

    Host on the list? ─► not another site's page? ─► short enough? ─► token? ─► the application
       rebinding            forged requests           full memory      other users of this machine

Sources of the algorithms:
    Host                Jupyter Server, `base/handlers.py` `check_host`: a page whose name was re-bound to 127.0.0.1 is
                        same-origin for its browser, and only Host still gives it away
    other sites         Go 1.25 `net/http.CrossOriginProtection` after Filippo Valsorda, "Cross-Site Request Forgery"
                        (2025), as in datasette's `csrf.py`: Sec-Fetch-Site, else Origin against Host
    what others embed   web.dev, "Protect your resources with Fetch Metadata": other sites may link here, nothing more
    token               Jupyter Server, `auth/identity.py`: once in the address, then in a cookie

Cookies do not know ports. Whoever serves another page on this machine is "same-site" and gets the browser's cookie with
it; therefore the token opens nothing but the studio, and `rotate` makes a new one.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dreamreel.errors import NotWritable
from dreamreel.media.atomic import atomic_write
from dreamreel.studio import refusal
from dreamreel.studio.refusal import Refusal

__all__ = ["CSP", "Guard", "rotate", "token_file"]

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""What the studio's pages may load and do. An answer may carry a stricter one besides; a browser obeys both."""

_PERMISSIONS: Final = (
    "camera=(self), microphone=(), geolocation=(), display-capture=(), midi=(), payment=(), usb=(), serial=(), "
    "hid=(), accelerometer=(), gyroscope=(), magnetometer=()"
)
_HEADERS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", _PERMISSIONS),
)
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN: Final = frozenset({"same-origin", "none"})
_API: Final = "/api/"
_LOGIN: Final = "/login"
_LOGIN_BYTES: Final = 4096
_BODY_BYTES: Final = 2**20
_TRIES, _TRIES_SECONDS, _ADDRESSES = 5, 60.0, 10_000
_YEAR: Final = 365 * 86_400
_HOST: Final = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?))(?::\d{1,5})?"
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Guard:
    """ASGI middleware that lets in whoever holds the token, at the right address, from the studio's own pages."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        cookie: str,
        names: Collection[str] = (),
        open_paths: Collection[str] = ("/web/refused.css", "/web/icons/"),
        uploads: str = "/api/v1/uploads/",
        password: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Guard `app`.

        Args:
            app: the application behind the guard.
            token: what lets in.
            cookie: the cookie's name; one with the port in it keeps two studios on a machine apart.
            names: names and addresses that this machine may be called by, besides localhost and the loopback ones.
            open_paths: what may be read without a token: paths, or folders with a slash at their end.
            uploads: the folder of paths to which long bodies may be sent, with PATCH.
            password: what lets in at `/login`, for devices on which nobody can copy an address with a token.
            clock: seconds, for counting wrong passwords.
        """
        self.app = app
        self._token, self._cookie = token.encode(), cookie
        self._names = {"localhost", *(name.lower().strip("[]").removesuffix(".") for name in names)}
        self._files = frozenset(path for path in open_paths if not path.endswith("/"))
        self._folders = tuple(path for path in open_paths if path.endswith("/"))
        self._uploads = uploads
        self._password = None if password is None else password.encode()
        self._tries = _Tries(clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        why = self._refused(scope, headers)
        if scope["type"] == "websocket":
            if why or not self._known(headers):
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
                return
            await self.app(scope, receive, send)
            return
        send = _protected(scope, send)
        if why:
            await self._refuse(why, scope, headers)(scope, receive, send)
        elif self._password is not None and scope["path"] == _LOGIN and scope["method"] == "POST":
            await (await self._log_in(scope, headers, receive))(scope, receive, send)
        elif (entered := self._entered(scope, headers)) is not None:
            await entered(scope, receive, send)
        elif not (self._known(headers) or self._is_open(scope)):
            await self._refuse(refusal.TOKEN, scope, headers)(scope, receive, send)
        else:
            await self._hand_on(scope, headers, receive, send)

    def _refused(self, scope: Scope, headers: Headers) -> Refusal | None:
        """Why nobody may send this, token or not."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return refusal.HOST
        if not _from_here(scope, headers, hosts[0]):
            return refusal.CROSS_SITE
        length = headers.get("content-length", "0")
        if not length.isdecimal() or (int(length[:20]) > _BODY_BYTES and not self._is_upload(scope)):
            return refusal.BODY
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this machine.

        Only what a browser writes is taken: no user, no zone, no short or octal forms of addresses. Names may end with
        the dot of the root, addresses may not.
        """
        found = _HOST.fullmatch(host.lower())
        if found is None:
            return False
        name = found["six"] or found["name"]
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return not found["six"] and name.removesuffix(".") in self._names
        if bool(found["six"]) != (address.version == 6):
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return address.is_loopback or name in self._names

    def _is_upload(self, scope: Scope) -> bool:
        return scope.get("method") == "PATCH" and scope["path"].startswith(self._uploads)

    def _is_open(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or "\\" in path or ".." in path:
            return False
        return path in self._files or path.startswith(self._folders)

    def _known(self, headers: Headers) -> bool:
        """Whether the request carries the token.

        All cookies of the name are tried: another program on this machine can plant one beside ours.
        """
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), self._token):
            return True
        pairs = (
            pair.strip().partition("=") for value in headers.getlist("cookie") for pair in value.split(";")
        )
        values = [value.strip('"').encode() for name, _, value in pairs if name == self._cookie]
        return any(secrets.compare_digest(value, self._token) for value in values)

    def _entered(self, scope: Scope, headers: Headers) -> Response | None:
        """The way in with the token in the address: it goes into a cookie, and out of the address and its history."""
        path: str = scope["path"]
        if scope["method"] != "GET" or path.startswith(_API):
            return None
        if not secrets.compare_digest(_field(scope["query_string"], "token"), self._token):
            return None
        # One slash: two would lead to a machine of that name.
        onward = "/" + quote(path.lstrip("/\\"), safe="/")
        cookie = {"set-cookie": self._baked(scope)}
        if headers.get("sec-fetch-site", "none") not in _OWN:
            # A link in somebody's page led here. A browser would not send a strict cookie along a redirect from there.
            text = refusal.page(refusal.language(headers.get("accept-language", "")), "", onward=onward)
            return Response(text, 200, {**cookie, "cache-control": "no-store"}, "text/html")
        return Response(None, 303, {**cookie, "location": onward, "cache-control": "no-store"})

    def _baked(self, scope: Scope) -> str:
        secure = "; Secure" if scope["scheme"] in {"https", "wss"} else ""
        return f"{self._cookie}={self._token.decode()}; HttpOnly; SameSite=Strict; Path=/; Max-Age={_YEAR}{secure}"

    async def _log_in(self, scope: Scope, headers: Headers, receive: Receive) -> Response:
        assert self._password is not None
        body = await _read(receive, _LOGIN_BYTES)
        if body is None:
            return self._refuse(refusal.BODY, scope, headers)
        address = _network(scope["client"][0] if scope.get("client") else "")
        # Nothing is awaited from here on: many tries at once are counted like one after the other.
        if self._tries.too_many(address):
            return self._refuse(refusal.TOO_OFTEN, scope, headers)
        if not secrets.compare_digest(_field(body, "password"), self._password):
            self._tries.failed(address)
            return self._refuse(refusal.PASSWORD, scope, headers)
        cookie = {"set-cookie": self._baked(scope)}
        return Response(None, 303, {**cookie, "location": "/", "cache-control": "no-store"})

    def _refuse(self, why: Refusal, scope: Scope, headers: Headers) -> Response:
        more = {"cache-control": "no-store"}
        if why is refusal.TOKEN:
            more["www-authenticate"] = 'Bearer realm="dreamreel"'
        if why is refusal.TOO_OFTEN:
            more["retry-after"] = str(int(_TRIES_SECONDS))
        if not _is_visit(scope, headers):
            return Response(refusal.problem(why), why.status, more, "application/problem+json")
        asks = self._password is not None and why is not refusal.HOST
        text = refusal.page(refusal.language(headers.get("accept-language", "")), why.shown, password=asks)
        return Response(text, why.status, more, "text/html")

    async def _hand_on(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if scope["method"] in _SAFE or self._is_upload(scope):
            await self.app(scope, receive, send)
            return
        # Read before anyone parses it: a body without a declared length ends here too.
        body = await _read(receive, _BODY_BYTES)
        if body is None:
            await self._refuse(refusal.BODY, scope, headers)(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, again, send)


class _Tries:
    """Wrong passwords of the last minute, by address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def too_many(self, address: str) -> bool:
        times = self._failed.get(address)
        while times and times[0] <= self._clock() - _TRIES_SECONDS:
            times.popleft()
        return times is not None and len(times) >= _TRIES

    def failed(self, address: str) -> None:
        if len(self._failed) >= _ADDRESSES:
            recent = self._clock() - _TRIES_SECONDS
            self._failed = {
                name: times for name, times in self._failed.items() if times and times[-1] > recent
            }
        self._failed.setdefault(address, deque(maxlen=_TRIES)).append(self._clock())


def _network(client: str) -> str:
    """A client's address; of an IPv6 one the network, in which a machine may give itself as many as it likes."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def _field(form: bytes, name: str) -> bytes:
    """A field of a query or form, empty when it is not there or the form is no form."""
    try:
        found = parse_qs(form.decode("latin-1"), max_num_fields=100)
    except ValueError:
        return b""
    return found.get(name, [""])[-1].encode()


def _from_here(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether no other site's page is behind a request.

    A program that is no browser sends neither header and is let through to the question for the token.
    """
    sites = headers.getlist("sec-fetch-site")
    changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
    if sites:
        if all(site in _OWN for site in sites):
            return True
        return not changes and _is_visit(scope, headers)
    origins = headers.getlist("origin")
    if not changes or not origins:
        return True
    _, separator, name = origins[0].partition("://")
    return len(origins) == 1 and bool(separator) and name.lower() == host.lower()


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """Whether a person looks at a page, rather than a program at data."""
    if scope["path"].startswith(_API):
        return False
    mode = headers.get("sec-fetch-mode")
    if mode is None:
        return "text/html" in headers.get("accept", "")
    return mode == "navigate" and headers.get("sec-fetch-dest", "document") == "document"


async def _read(receive: Receive, most: int) -> bytes | None:
    """A request's whole body, None when it is longer than `most` bytes; what came until then if the sender has gone."""
    parts: list[bytes] = []
    left = most
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part: bytes = message.get("body", b"")
        left -= len(part)
        if left < 0:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _protected(scope: Scope, send: Send) -> Send:
    """`send`, with the security headers on every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name.lower().encode() for name, _ in _HEADERS}
            raw = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
            raw += [(name.lower().encode(), value.encode()) for name, value in _HEADERS]
            raw.append((b"content-security-policy", CSP.encode()))
            kinds = {name.lower(): value for name, value in raw}
            data = b"json" in kinds.get(b"content-type", b"") and scope["path"].startswith(_API)
            if data and b"cache-control" not in kinds:
                raw.append((b"cache-control", b"no-store"))
            message = {**message, "headers": raw}
        await send(message)

    return sent


def token_file(folder: Path) -> str:
    """The token kept in `folder`, made when there is none.

    One that others could read, or that is not one of ours, is replaced. Raises `NotWritable` and `NoSpace`.
    """
    path = folder / "token"
    try:
        kept, mode = path.read_text(encoding="ascii").strip(), path.stat().st_mode
    except (FileNotFoundError, UnicodeDecodeError):
        return rotate(folder)
    except OSError as error:
        raise NotWritable(
            f"The studio's token cannot be read ({error.strerror}); check the permissions of its data folder."
        ) from error
    private = os.name != "posix" or not mode & 0o077
    return kept if private and _TOKEN.fullmatch(kept) else rotate(folder)


def rotate(folder: Path) -> str:
    """Make a new token in `folder`; whoever has the old one is out when the server starts again."""
    token = secrets.token_urlsafe(32)
    with atomic_write(folder / "token") as part:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(token + "\n")
    return token
