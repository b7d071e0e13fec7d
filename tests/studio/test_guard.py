"""The guard: every attack is refused, every owner is let in, and every answer carries what browsers need to know."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dreamreel.errors import NotWritable
from dreamreel.studio import refusal
from dreamreel.studio.guard import CSP, Guard, rotate, token_file

TOKEN = "t" * 43
OURS = "http://127.0.0.1:7777"
BEARER = {"authorization": f"Bearer {TOKEN}"}
COOKIE = {"cookie": f"dreamreel={TOKEN}"}
PAGE = {
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept": "text/html",
}
SAME = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
EVIL = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}


async def told(request: Request) -> Response:
    return JSONResponse({"path": request.url.path, "bytes": len(await request.body())})


async def own_headers(request: Request) -> Response:
    headers = {
        "cache-control": "private, max-age=9",
        "content-security-policy": "sandbox",
        "x-frame-options": "ALLOWALL",
    }
    return JSONResponse({}, headers=headers)


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


APP = Starlette(
    routes=[
        Route("/api/v1/own", own_headers),
        WebSocketRoute("/api/v1/talk", talk),
        Route("/{path:path}", told, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    ]
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def guard(**options: Any) -> Guard:
    return Guard(APP, **{"token": TOKEN, "cookie": "dreamreel", **options})


def ask(
    method: str, path: str, headers: dict[str, str] | list[tuple[str, str]] | None = None, *,
    base: str = OURS, client: str = "127.0.0.1", app: Guard | None = None, content: Any = None,
    data: dict[str, str] | None = None,
) -> httpx2.Response:  # fmt: skip
    async def go() -> httpx2.Response:
        transport = httpx2.ASGITransport(app or guard(), client=(client, 5000))
        async with httpx2.AsyncClient(transport=transport, base_url=base) as browser:
            return await browser.request(method, path, headers=headers, content=content, data=data)

    return asyncio.run(go())


def raw(app: Guard, scope: dict[str, Any]) -> list[dict[str, Any]]:
    """What the guard sends for requests that a client library would not make."""
    sent: list[dict[str, Any]] = []
    given = [{"type": "websocket.connect"} if scope["type"] == "websocket" else {"type": "http.request"}]

    async def receive() -> Any:
        return given.pop() if given else {"type": f"{scope['type']}.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app({"query_string": b"", "scheme": "http", "client": None, **scope}, receive, send))
    return sent


def http(headers: list[tuple[bytes, bytes]], **more: Any) -> int:
    scope = {"type": "http", "method": "GET", "path": "/api/v1/x", "headers": headers, **more}
    return raw(guard(), scope)[0]["status"]


def websocket(*headers: tuple[bytes, bytes]) -> str:
    scope = {"type": "websocket", "path": "/api/v1/talk", "headers": [(b"host", b"127.0.0.1:7777"), *headers]}
    return raw(guard(), {**scope, "subprotocols": []})[0]["type"]


# Who is let in.


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", BEARER),
        ("POST", BEARER),
        ("GET", COOKIE),
        ("POST", COOKIE),
        ("GET", {**COOKIE, **PAGE}),
        ("GET", {**COOKIE, **SAME}),
        ("POST", {**COOKIE, **SAME, "origin": OURS}),
        ("DELETE", {**COOKIE, "sec-fetch-site": "none"}),
        ("POST", {**COOKIE, "origin": OURS}),
        ("POST", {**COOKIE, "origin": OURS.upper()}),
        ("GET", {"cookie": f"theirs=1; dreamreel=wrong; dreamreel={TOKEN}; more=2"}),
        ("GET", {"authorization": f"bearer {TOKEN}"}),
    ],
)
def test_owners_are_let_in(method, headers):
    assert ask(method, "/api/v1/jobs", headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.0.0.1:7777", "127.8.9.1:1", "localhost", "LocalHost:7777", "localhost.", "[::1]",
        "[::1]:7777", "[0:0:0:0:0:0:0:1]:7777", "[::ffff:127.0.0.1]", "nursery.local:7777", "NURSERY.local.",
        "192.168.1.5:80", "[fd00::5]:7777",
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_names(host):
    app = guard(names=["Nursery.local", "192.168.1.5", "[fd00::5]"])
    assert ask("GET", "/api/v1/jobs", {**BEARER, "host": host}, app=app).status_code == 200


# Who is not.


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:7777", "0.0.0.0:7777", "[::]:7777", "192.168.1.5", "10.0.0.1", "[fd00::5]",
        "localhost.evil.example", "127.0.0.1.evil.example", "evil.example#localhost", "localhost@evil.example",
        "user@localhost", "localhost..", "127.0.0.1.", "127.1", "0177.0.0.1", "127.0.0.01", "0x7f000001", "2130706433",
        "::1", "::1:7777", "[::1", "::1]", "[localhost]", "[127.0.0.1]", "[::1%eth0]", "[::1]7777", "[::1].",
        "localhost:", "localhost:x", "localhost:999999", "localhost:80:80", "localhost/", "localhost evil.example",
        " localhost", "localhost,evil.example", "", ":7777", ".", "-",
        "ⅼocalhost".encode().decode("latin-1"), "localhost\t", "127.0.0.1\x00", "sub.localhost",
        "localhost\r", "[::ffff:10.0.0.1]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_names_are_refused(host, method):
    headers = [(b"host", host.encode("latin-1")), (b"authorization", BEARER["authorization"].encode())]
    assert http([*headers, (b"sec-fetch-site", b"same-origin")], method=method) == 403


def test_no_host_and_two_hosts_are_refused():
    bearer = (b"authorization", BEARER["authorization"].encode())
    assert http([bearer]) == 403
    assert http([bearer, (b"host", b"localhost"), (b"host", b"evil.example")]) == 403
    assert http([bearer, (b"host", b"localhost"), (b"host", b"localhost")]) == 403


def test_a_rebound_name_is_same_origin_for_its_browser_and_is_refused_all_the_same():
    headers = {**COOKIE, **SAME, "host": "evil.example:7777", "origin": "http://evil.example:7777"}
    found = ask("POST", "/api/v1/jobs", headers)
    assert (found.status_code, found.json()["code"]) == (403, "HostRefused")


@pytest.mark.parametrize(
    "headers",
    [
        EVIL,
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": ""},
        {"sec-fetch-site": "same-origin, cross-site"},
        {"sec-fetch-site": "cross-site", "origin": OURS},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1"},
        {"origin": "http://localhost:7777"},
        {"origin": "127.0.0.1:7777"},
        {"origin": "http://127.0.0.1:7777@evil.example"},
        {"origin": "http://127.0.0.1:7777.evil.example"},
        {"origin": "http://127.0.0.1:7777/"},
        {**PAGE, "sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize("known", [COOKIE, BEARER])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "ODD"])
def test_other_sites_change_nothing(headers, known, method):
    found = ask(method, "/api/v1/jobs", {**known, **headers})
    assert (found.status_code, found.json()["code"]) == (403, "CrossSiteRefused")


def test_two_answers_to_where_from_are_no_answer():
    found = ask(
        "POST",
        "/api/v1/jobs",
        [*COOKIE.items(), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    )
    assert found.status_code == 403
    found = ask(
        "POST", "/api/v1/jobs", [*COOKIE.items(), ("origin", OURS), ("origin", "https://evil.example")]
    )
    assert found.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest", "path"),
    [
        ("no-cors", "image", "/api/v1/items/i1/file"),
        ("no-cors", "script", "/web/app.js"),
        ("cors", "empty", "/api/v1/items"),
        ("navigate", "iframe", "/"),
        ("navigate", "document", "/api/v1/items"),
    ],
)
def test_other_sites_embed_nothing(site, mode, dest, path):
    headers = {**COOKIE, "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert ask("GET", path, headers).status_code == 403


def test_other_sites_may_link_here():
    assert ask("GET", "/library", {**COOKIE, **PAGE, "sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {TOKEN[:-1]}"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"cookie": f"other={TOKEN}"},
        {"cookie": f"xdreamreel={TOKEN}"},
        {"cookie": "dreamreel="},
        {"cookie": f"dreamreel={TOKEN[:-1]}"},
        {"cookie": "dreamreel=ÿ".encode()},
        {"x-token": TOKEN},
    ],
)
def test_other_users_of_the_machine_are_refused(headers):
    found = ask("GET", "/api/v1/events", headers)
    assert (found.status_code, found.json()["code"]) == (401, "TokenMissing")


@pytest.mark.parametrize("path", ["/api/v1/events", "/", "/web/app.js", "/sw.js", "/login", "/web/icons"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
def test_nothing_is_there_without_a_token(method, path):
    assert ask(method, path).status_code == 401


def test_websockets_are_guarded_alike():
    cookie = (b"cookie", COOKIE["cookie"].encode())
    assert websocket(cookie, (b"sec-fetch-site", b"same-origin")) == "websocket.accept"
    assert websocket(cookie, (b"origin", OURS.encode())) == "websocket.accept"
    assert websocket((b"authorization", BEARER["authorization"].encode())) == "websocket.accept"
    assert websocket() == "websocket.close"
    assert websocket(cookie, (b"origin", b"https://evil.example")) == "websocket.close"
    assert websocket(cookie, (b"origin", b"null")) == "websocket.close"
    assert websocket(cookie, (b"sec-fetch-site", b"same-site")) == "websocket.close"


# The way in.


def test_the_address_with_the_token_becomes_a_cookie():
    found = ask("GET", f"/?token={TOKEN}", PAGE)
    assert (found.status_code, found.headers["location"], found.content) == (303, "/", b"")
    assert found.headers["set-cookie"] == (
        f"dreamreel={TOKEN}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000"
    )
    assert found.headers["cache-control"] == "no-store"


def test_the_cookie_is_secure_where_the_page_is():
    found = ask("GET", f"/?token={TOKEN}", base="https://localhost")
    assert found.headers["set-cookie"].endswith("; Secure")


@pytest.mark.parametrize(
    ("path", "onward"),
    [
        ("/library", "/library"),
        ("/jobs/j1", "/jobs/j1"),
        ("//evil.example/", "/evil.example/"),
        ("///evil.example", "/evil.example"),
        ("/\\evil.example", "/evil.example"),
        ("/%09/evil.example", "/%09/evil.example"),
        ("/a b", "/a%20b"),
        ("/x\r\nset-cookie: a=b", "/x%0D%0Aset-cookie%3A%20a%3Db"),
        ("https://evil.example", "/https%3A//evil.example"),
        ("/ü", "/%C3%BC"),
    ],
)
def test_it_leads_to_the_page_asked_for_and_never_elsewhere(path, onward):
    path = path.replace("%09", "\t")
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": f"token={TOKEN}&next=//evil.example".encode(),
    }
    (start, _) = raw(guard(), {**scope, "headers": [(b"host", b"localhost")]})
    assert start["status"] == 303
    assert dict(start["headers"])[b"location"].decode() == onward


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/?token=wrong"),
        ("GET", "/?token="),
        ("GET", f"/?TOKEN={TOKEN}"),
        ("GET", "/?" + "a=1&" * 200 + f"token={TOKEN}"),
        ("POST", f"/?token={TOKEN}"),
        ("HEAD", f"/?token={TOKEN}"),
        ("GET", f"/api/v1/items?token={TOKEN}"),
    ],
)
def test_other_addresses_are_no_way_in(method, path):
    found = ask(method, path)
    assert found.status_code == 401
    assert "set-cookie" not in found.headers


def test_a_token_at_another_name_gives_no_cookie():
    found = ask("GET", f"/?token={TOKEN}", {"host": "evil.example"})
    assert (found.status_code, "set-cookie" in found.headers) == (403, False)


def test_a_link_in_another_page_leads_in_by_a_page_of_our_own():
    """A browser sends no strict cookie along a redirect that began at another site."""
    found = ask("GET", f"/library?token={TOKEN}", {**PAGE, "sec-fetch-site": "cross-site"})
    assert found.status_code == 200
    assert "set-cookie" in found.headers
    assert '<meta http-equiv="refresh" content="0;url=/library">' in found.text
    assert TOKEN not in found.text


# What is answered.


def test_programs_are_refused_with_a_problem():
    found = ask("GET", "/api/v1/items")
    assert found.headers["content-type"] == "application/problem+json"
    assert found.headers["www-authenticate"] == 'Bearer realm="dreamreel"'
    problem = found.json()
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert (problem["status"], problem["detail"][-1]) == (401, ".")


@pytest.mark.parametrize("headers", [PAGE, {"accept": "text/html,*/*"}])
def test_people_are_refused_with_a_page(headers):
    found = ask("GET", "/", headers)
    assert found.status_code == 401
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert "Open the address that the terminal shows." in found.text
    assert 'href="/web/refused.css"' in found.text
    assert "<form" not in found.text


def test_programs_get_no_page_even_if_they_take_one():
    for path, headers in (("/api/v1/items", PAGE), ("/web/app.js", {**SAME, "accept": "text/html"})):
        assert ask("GET", path, headers).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("lang", list(refusal._TEXTS))
def test_the_page_speaks_the_readers_language(lang):
    found = ask("GET", "/", {**PAGE, "accept-language": f"tlh, {lang}-XX;q=0.9, en;q=0.1"})
    assert f'<html lang="{lang}">' in found.text
    assert set(refusal._TEXTS[lang]) == set(refusal._TEXTS["en"])


def test_an_unknown_language_gets_english():
    assert refusal.language("tlh,;;,,x" * 50) == "en"
    assert refusal.language("") == "en"


def test_the_page_has_no_script_and_no_style_of_its_own():
    text = refusal.page("en", "open", password=True, onward="/a").decode()
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", text)


def test_the_page_needs_no_token_for_its_looks():
    assert ask("GET", "/web/refused.css").json()["path"] == "/web/refused.css"
    assert ask("GET", "/web/icons/icon-192.png").status_code == 200
    assert ask("HEAD", "/web/icons/icon-192.png").status_code in {200, 405}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/web/icons/../app.js"), ("GET", "/web/icons/../../api/v1/items"), ("GET", "/web/icons/..\\app.js"),
        ("GET", "/web/icons/x\\y"), ("GET", "/web/refused.css/x"), ("POST", "/web/icons/x"), ("GET", "/web/iconsx"),
        ("GET", "//web/refused.css"),
    ],
)  # fmt: skip
def test_what_is_open_leads_nowhere_else(method, path):
    assert http([(b"host", b"localhost")], method=method, path=path) == 401


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/api/v1/items", BEARER), ("GET", "/", BEARER), ("GET", "/api/v1/own", BEARER), ("GET", "/", {}),
        ("GET", "/", PAGE), ("POST", "/", EVIL), ("GET", "/", {"host": "evil.example"}),
        ("GET", f"/?token={TOKEN}", {}),
        ("DELETE", "/api/v1/own", BEARER), ("GET", "/web/refused.css", {}), ("POST", "/login", PAGE),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(method, path, headers):
    found = ask(method, path, headers, app=guard(password="sesame")).headers
    assert CSP in found.get_list("content-security-policy")
    assert {name: found.get_list(name) for name in (
        "x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
        "x-frame-options",
    )} == {
        "x-content-type-options": ["nosniff"], "referrer-policy": ["no-referrer"],
        "cross-origin-opener-policy": ["same-origin"], "cross-origin-resource-policy": ["same-origin"],
        "x-frame-options": ["DENY"],
    }  # fmt: skip
    assert found["permissions-policy"].startswith("camera=(self), microphone=(), geolocation=()")


def test_data_are_not_kept_by_browsers_unless_they_may_be():
    assert ask("GET", "/api/v1/items", BEARER).headers["cache-control"] == "no-store"
    assert ask("GET", "/api/v1/own", BEARER).headers["cache-control"] == "private, max-age=9"
    assert "cache-control" not in ask("GET", "/web/app.js", BEARER).headers


def test_a_stricter_policy_comes_beside_ours():
    found = ask("GET", "/api/v1/own", BEARER).headers.get_list("content-security-policy")
    assert found == ["sandbox", CSP]


# How much is read.


async def parts(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield bytes(2**16)


@pytest.mark.parametrize("content", [bytes(2**20 + 1), None], ids=["declared", "in parts"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/jobs"), ("POST", "/api/v1/uploads"), ("PUT", "/api/v1/uploads/u1")]
)
def test_long_bodies_are_refused(content, method, path):
    found = ask(method, path, BEARER, content=content or parts(17))
    assert (found.status_code, found.json()["code"]) == (413, "TooLarge")


def test_a_body_that_just_fits_arrives_whole():
    assert ask("POST", "/api/v1/jobs", BEARER, content=bytes(2**20)).json()["bytes"] == 2**20
    assert ask("POST", "/api/v1/jobs", BEARER, content=parts(16)).json()["bytes"] == 2**20


def test_uploads_may_be_long():
    assert ask("PATCH", "/api/v1/uploads/u1", BEARER, content=bytes(2**21)).json()["bytes"] == 2**21
    assert ask("PATCH", "/api/v1/uploads/u1", BEARER, content=parts(32)).json()["bytes"] == 2**21


@pytest.mark.parametrize("length", ["-1", "x", "1e9", "9" * 400, "٣"])
def test_odd_lengths_are_refused(length):
    headers = [(b"host", b"localhost"), (b"authorization", BEARER["authorization"].encode())]
    assert http([*headers, (b"content-length", length.encode())], method="POST") == 413


# The password.


def test_without_a_password_there_is_no_login():
    assert ask("POST", "/login", data={"password": ""}).status_code == 401


def test_with_a_password_the_page_asks_for_it():
    text = ask("GET", "/library", PAGE, app=guard(password="sesame")).text
    assert '<form method="post" action="/login">' in text
    assert 'name="password" type="password"' in text
    assert '<meta name="referrer" content="same-origin">' in text


@pytest.mark.parametrize("password", ["sesame", "Öffne dich & 100% +1"])
def test_the_password_lets_in(password):
    found = ask(
        "POST",
        "/login",
        {**PAGE, "sec-fetch-site": "same-origin"},
        data={"password": password},
        app=guard(password=password),
    )
    assert (found.status_code, found.headers["location"]) == (303, "/")
    assert found.headers["set-cookie"].startswith(f"dreamreel={TOKEN}; HttpOnly; SameSite=Strict")


@pytest.mark.parametrize("data", [{"password": "wrong"}, {"password": ""}, {}, {"x": "sesame"}])
def test_another_does_not(data):
    found = ask(
        "POST", "/login", {**PAGE, "sec-fetch-site": "same-origin"}, data=data, app=guard(password="sesame")
    )
    assert (found.status_code, "set-cookie" in found.headers) == (401, False)
    assert "That is not the password." in found.text


def test_another_sites_page_cannot_try_passwords():
    found = ask("POST", "/login", EVIL, data={"password": "sesame"}, app=guard(password="sesame"))
    assert found.status_code == 403


def test_after_five_wrong_ones_an_address_waits_a_minute():
    clock = Clock()
    app = guard(password="sesame", clock=clock)

    def tried(password: str, client: str = "192.168.1.9") -> int:
        return ask("POST", "/login", data={"password": password}, client=client, app=app).status_code

    assert [tried("wrong") for _ in range(6)] == [401, 401, 401, 401, 401, 429]
    assert tried("sesame") == 429
    assert tried("sesame", "192.168.1.10") == 303
    clock.now = 59.9
    assert tried("sesame") == 429
    clock.now = 60.0
    assert tried("sesame") == 303


def test_being_sent_away_says_until_when():
    app = guard(password="sesame")
    found = [ask("POST", "/login", data={"password": "wrong"}, app=app) for _ in range(6)][-1]
    assert (found.headers["retry-after"], found.json()["code"]) == ("60", "TooManyAttempts")


def test_a_machine_with_many_addresses_is_one_machine():
    app = guard(password="sesame")
    found = [
        ask("POST", "/login", data={"password": "wrong"}, client=f"2001:db8::{n}", app=app).status_code
        for n in range(6)
    ]
    assert found[-1] == 429


def test_tries_at_the_same_time_are_counted():
    app = guard(password="sesame")

    async def go() -> list[int]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=OURS) as browser:
            posts = [browser.post("/login", data={"password": "wrong"}) for _ in range(20)]
            return [found.status_code for found in await asyncio.gather(*posts)]

    found = asyncio.run(go())
    assert (found.count(401), found.count(429)) == (5, 15)


def test_old_tries_are_forgotten():
    clock = Clock()
    app = guard(password="sesame", clock=clock)
    for number in range(10_000):
        app._tries.failed(str(number))
    clock.now = 61.0
    app._tries.failed("new")
    assert list(app._tries._failed) == ["new"]


def test_a_long_login_is_refused():
    found = ask("POST", "/login", content=b"password=" + bytes(5000), app=guard(password="sesame"))
    assert found.status_code == 413


# The token's file.


def test_the_token_is_made_once_and_is_private(tmp_path):
    token = token_file(tmp_path)
    assert re.fullmatch(r"[\w-]{43}", token)
    assert token_file(tmp_path) == token
    assert [path.name for path in tmp_path.iterdir()] == ["token"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_a_rotated_token_is_another(tmp_path):
    first = token_file(tmp_path)
    second = rotate(tmp_path)
    assert second != first
    assert token_file(tmp_path) == second


@pytest.mark.parametrize("content", ["", "short", "x" * 43 + "!", "ü" * 43, "\0" * 43])
def test_what_is_no_token_is_replaced(tmp_path, content):
    (tmp_path / "token").touch(0o600)
    (tmp_path / "token").write_text(content, encoding="utf-8")
    assert re.fullmatch(r"[\w-]{43}", token_file(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_token_that_others_could_read_is_replaced(tmp_path):
    token = token_file(tmp_path)
    (tmp_path / "token").chmod(0o644)
    assert token_file(tmp_path) != token
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(NotWritable):
        token_file(tmp_path / "nowhere")


def test_a_token_that_cannot_be_read_is_told(tmp_path):
    Path(tmp_path / "token").mkdir()
    with pytest.raises(NotWritable, match="token cannot be read"):
        token_file(tmp_path)
