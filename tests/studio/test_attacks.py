"""What others try: pages of other sites, re-bound names, other users of this machine, and files made to do harm.
Against a real server over TCP, with the bytes exactly as they would come.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from tests.studio.bomb import flat
from tests.studio.calling import API, begun, caller, films, job_in, part, sent, submitted
from tests.studio.films import astronaut
from tests.studio.serving import Serving, running_studio

LONGEST_S = 60


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with running_studio(tmp_path_factory.mktemp("attacked") / "home") as started:
        yield started


@pytest.fixture(scope="module")
def client(studio: Serving) -> Iterator[httpx2.Client]:
    with caller(studio) as made:
        yield made


@pytest.fixture(scope="module")
def item(client: httpx2.Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    return sent(client, astronaut(tmp_path_factory.mktemp("photo") / "anna.png", 128))


@pytest.fixture(autouse=True)
def alive(studio: Serving, client: httpx2.Client) -> Iterator[None]:
    """Whatever was tried, the studio is still there for its owner."""
    yield
    assert studio.process.poll() is None
    assert client.get("/status").status_code == 200


def spoken(studio: Serving, contents: bytes) -> bytes:
    """Everything that comes back for some bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", studio.port), LONGEST_S) as line:
        line.settimeout(LONGEST_S)
        line.sendall(contents)
        found = b""
        try:
            while more := line.recv(65_536):
                found += more
        except ConnectionResetError:
            pass
        return found


def read(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split(" ")[1]), headers, body)


def asked(studio: Serving, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    """One request with exactly these headers, and the answer."""
    told = {"Connection": "close", **headers}
    if body or method == "POST":
        told.setdefault("Content-Length", str(len(body)))
        told.setdefault("Content-Type", "application/json")
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return read(spoken(studio, f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body))


def bearer(studio: Serving) -> dict[str, str]:
    return {"Authorization": f"Bearer {studio.token}"}


def cookie(studio: Serving) -> dict[str, str]:
    return {"Cookie": f"dreamreel_{studio.port}={studio.token}"}


# ── who may speak ──


def from_others(studio: Serving) -> dict[str, tuple[str, str, dict[str, str], int]]:
    here = f"127.0.0.1:{studio.port}"
    mine, host = cookie(studio), {"Host": here}
    both = {**host, **mine}
    post, get = ("POST", f"{API}/queue/resume"), ("GET", f"{API}/jobs")
    site = "https://evil.example"
    evil = {
        "Host": f"evil.example:{studio.port}", "Sec-Fetch-Site": "same-origin",
        "Origin": f"http://evil.example:{studio.port}",
    }  # fmt: skip
    return {
        "a form on another site": (*post, {**both, "Sec-Fetch-Site": "cross-site", "Origin": site}, 403),
        "a page on another port": (*post, {**both, "Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, 403),
        "a frame without origin": (*post, {**both, "Origin": "null"}, 403),
        "an old browser on another site": (*post, {**both, "Origin": site}, 403),
        "a script of another site": (*get, {**both, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        "a re-bound name that writes": (*post, {**evil, **mine}, 403),
        "a re-bound name that reads": (*get, {**evil, **mine}, 403),
        "a re-bound name with the token": (*get, {**evil, **bearer(studio)}, 403),
        "0.0.0.0": (*get, {**mine, "Host": f"0.0.0.0:{studio.port}"}, 403),
        "an octal address": (*get, {**mine, "Host": f"0177.0.0.1:{studio.port}"}, 403),
        "a short address": (*get, {**mine, "Host": f"127.1:{studio.port}"}, 403),
        "a name that begins like ours": (*get, {**mine, "Host": "localhost.evil.example"}, 403),
        "a user in the host": (*get, {**mine, "Host": f"127.0.0.1@evil.example:{studio.port}"}, 403),
        "another user of this machine": (*get, host, 401),
        "a token that is nearly right": (*get, {**host, "Authorization": f"Bearer {studio.token[:-1]}x"}, 401),
        "a token in the address of the API": ("GET", f"{API}/jobs?token={studio.token}", host, 401),
        "events without a token": ("GET", f"{API}/events", host, 401),
        "a photo without a token": ("GET", f"{API}/items/i0/file", host, 401),
        "the description without a token": ("GET", f"{API}/openapi.json", host, 401),
    }  # fmt: skip


ATTACKS = list(from_others(type("Nobody", (), {"port": 1, "token": "t" * 43})()))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ATTACKS)
def test_strangers_are_kept_out(studio: Serving, name: str) -> None:
    method, path, headers, status = from_others(studio)[name]
    answer = asked(studio, method, path, headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert studio.token.encode() not in answer.body


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "[::1]", "127.0.0.53"])
def test_the_owner_is_let_in_under_every_name_of_this_machine(studio: Serving, host: str) -> None:
    name = {"Host": f"{host}:{studio.port}"}
    here = {**name, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{name['Host']}"}
    assert asked(studio, "POST", f"{API}/queue/resume", {**here, **cookie(studio)}).status == 200
    assert asked(studio, "POST", f"{API}/queue/resume", {**name, **bearer(studio)}).status == 200
    assert asked(studio, "GET", f"{API}/jobs", {**name, **cookie(studio)}).status == 200


def test_the_address_of_the_terminal_opens_the_page(studio: Serving) -> None:
    host = {"Host": f"127.0.0.1:{studio.port}", "Accept": "text/html"}
    first = asked(studio, "GET", f"/?token={studio.token}", host)
    assert first.status == 303
    assert studio.token not in first.headers["location"]
    assert "HttpOnly; SameSite=Strict" in first.headers["set-cookie"]
    page = asked(studio, "GET", "/create", {**host, **cookie(studio)})
    assert page.status == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]


GET, POST, HERE = f"GET {API}/jobs HTTP/1.1\r\n", f"POST {API}/dream HTTP/1.1\r\n", "Host: 127.0.0.1\r\n"
HEADS = {
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "two hosts": f"{GET}{HERE}Host: evil.example\r\n\r\n",
    "a whole address": f"GET http://evil.example{API}/jobs HTTP/1.1\r\n{HERE}\r\n",
    "a folded header": f"{GET}{HERE} evil.example\r\n\r\n",
    "a space before the colon": f"{GET}Host : 127.0.0.1\r\n\r\n",
    "two lengths": f"{POST}{HERE}Content-Length: 5\r\nContent-Length: 60\r\n\r\nhello",
    "length and chunks": f"{POST}{HERE}Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{GET}",
    "odd chunks": f"{POST}{HERE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a length below zero": f"{POST}{HERE}Content-Length: -1\r\n\r\n",
    "a length with a sign": f"{POST}{HERE}Content-Length: +5\r\n\r\nhello",
    "no protocol": "GET /\r\n\r\n",
    "another protocol": "SSH-2.0-OpenSSH_9.9\r\n\r\n",
    "nothing": "\r\n\r\n\r\n",
}


def statuses(found: bytes) -> list[int]:
    """Of all answers in what came back."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", found)]


@pytest.mark.parametrize("name", HEADS)
def test_requests_that_mean_two_things_get_nowhere(studio: Serving, name: str) -> None:
    head = HEADS[name].replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
    with socket.create_connection(("127.0.0.1", studio.port), LONGEST_S) as line:
        line.sendall(head.encode())
        line.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while more := line.recv(65_536):
                found += more
        except ConnectionResetError:
            pass
    # However many answers there are, none of them is yes.
    assert all(400 <= status < 500 for status in statuses(found)), found


def test_the_second_of_two_requests_in_one_is_asked_for_its_own_token(studio: Serving) -> None:
    host = f"Host: 127.0.0.1:{studio.port}\r\n"
    first = f"GET {API}/jobs HTTP/1.1\r\n{host}Authorization: Bearer {studio.token}\r\n\r\n"
    second = f"GET {API}/jobs HTTP/1.1\r\n{host}Connection: close\r\n\r\n"
    assert statuses(spoken(studio, (first + second).encode())) == [200, 401]


@pytest.mark.parametrize("size", [60_000, 2_000_000])
def test_endless_headers_end(studio: Serving, size: int) -> None:
    head = f"GET /create HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Long: {'a' * size}\r\n\r\n"
    found = spoken(studio, head.encode())
    assert found == b"" or 400 <= read(found).status < 500


def test_bodies_that_never_come_hold_up_nobody(studio: Serving, client: httpx2.Client) -> None:
    lines = [socket.create_connection(("127.0.0.1", studio.port), LONGEST_S) for _ in range(60)]
    head = f"{POST}{HERE}Authorization: Bearer {studio.token}\r\nContent-Length: 99\r\n\r\n{{"
    for number, line in enumerate(lines):
        line.sendall(head.encode() if number % 2 else head.encode()[: 20 + number])
    # More than there are threads, and still there is one for the owner.
    for path in ("/status", "/items", "/jobs"):
        assert client.get(path).status_code == 200
    for line in lines:
        line.close()


@pytest.mark.parametrize("length", [None, 2 * 2**20])
def test_a_body_that_is_too_long_is_not_read(studio: Serving, length: int | None) -> None:
    body = b"[" * (2 * 2**20)
    told = {"Host": "127.0.0.1", **bearer(studio)}
    if length is None:
        told["Transfer-Encoding"] = "chunked"
        head = "".join(f"{name}: {value}\r\n" for name, value in {**told, "Connection": "close"}.items())
        chunks = b"".join(b"10000\r\n" + body[:65_536] + b"\r\n" for _ in range(32)) + b"0\r\n\r\n"
        answer = read(spoken(studio, f"POST {API}/dream HTTP/1.1\r\n{head}\r\n".encode() + chunks))
    else:
        answer = asked(studio, "POST", f"{API}/dream", told, body)
    assert answer.status == 413


# ── ways out of the folder ──

WAYS_OUT = (
    "../../token", "..%2f..%2ftoken", "%2e%2e%2f%2e%2e%2ftoken", "....//token", "/etc/passwd", "%00", "..\\..\\token",
    "%c0%ae%c0%ae/token", "token%00.png", "con", "a" * 5000, "%ff%fe", "i0;ls", "*",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_name_leads_out(studio: Serving, item: str, way: str) -> None:
    told = {"Host": "127.0.0.1", **bearer(studio)}
    secret = (studio.folder / "token").read_bytes().strip()
    places = [
        ("GET", f"{API}/items/{way}"), ("GET", f"{API}/items/{way}/file"), ("GET", f"{API}/items/{item}/{way}"),
        ("GET", f"{API}/items/{way}/download"), ("GET", f"{API}/items/{way}/thumb"), ("DELETE", f"{API}/items/{way}"),
        ("GET", f"{API}/jobs/{way}"), ("GET", f"{API}/jobs/{way}/preview"), ("GET", f"{API}/jobs/{way}/log"),
        ("POST", f"{API}/jobs/{way}/cancel"), ("HEAD", f"{API}/uploads/{way}"), ("DELETE", f"{API}/uploads/{way}"),
        ("GET", f"/web/{way}"), ("GET", f"/pages/create/{way}"), ("GET", f"/texts/{way}"), ("GET", f"/{way}"),
    ]  # fmt: skip
    for method, path in places:
        answer = asked(studio, method, path, told)
        assert answer.status in (303, 400, 404, 405, 422), (method, path)
        assert secret not in answer.body
        assert b"root:" not in answer.body
    assert (studio.folder / "token").exists()


@pytest.mark.parametrize(
    "wanted",
    [
        "bytes=0-", "bytes=5-4", "bytes=-0", "bytes=99999999-", "bytes=-", "bytes=٣-", "lines=1-2", "bytes=0-1,2-3,1-9",
        "bytes=" + "0-1," * 40 + "0-1", "bytes=1" + "0" * 190, "bytes=-1" + "0" * 17, "", "bytes=0x1-",
    ],
)  # fmt: skip
def test_no_range_breaks_a_file(studio: Serving, item: str, wanted: str) -> None:
    told = {"Host": "127.0.0.1", **bearer(studio), "Range": wanted}
    answer = asked(studio, "GET", f"{API}/items/{item}/file", told)
    assert answer.status in (200, 206, 400, 416, 422)
    if answer.status >= 400:
        assert json.loads(answer.body)["detail"].endswith(".")


# ── files made to do harm ──


@pytest.mark.parametrize(("side", "status"), [(12_000, 204), (65_000, 413)])
def test_a_picture_that_unfolds_to_far_more_kills_nothing(
    studio: Serving, client: httpx2.Client, side: int, status: int
) -> None:
    contents = flat(side)
    assert len(contents) < 2 * 2**20
    where = begun(client, "bomb.png", len(contents)).headers["Location"]
    answer = part(client, where, 0, contents)
    assert answer.status_code == status, answer.text
    if status != 204:
        assert "bomb.png" in answer.json()["detail"]


HARMFUL: dict[str, bytes] = {
    "photo.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "photo.jpg": b"<!doctype html><script>alert(1)</script>",
    "photo.html": b"<html><body onload=alert(1)>",
    "photo.png": b"GIF89a<script>alert(1)</script>",
    "photo.pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    "photo.gif": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    "photo.mvg": b"push graphic-context\nimage over 0,0 0,0 'url(http://127.0.0.1/)'\npop graphic-context",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_is_no_picture_is_not_taken_in(client: httpx2.Client, name: str) -> None:
    contents = HARMFUL[name]
    where = begun(client, name, len(contents)).headers["Location"]
    answer = part(client, where, 0, contents)
    assert answer.status_code == 422
    assert name in answer.json()["detail"]


def test_a_picture_with_a_page_in_it_is_served_as_a_picture_only(
    studio: Serving, client: httpx2.Client, tmp_path: Path
) -> None:
    page = b"<script>alert(1)</script>"
    photo = tmp_path / '"><script>alert(1)<script>.png'
    photo.write_bytes(astronaut(tmp_path / "anna.png", 64).read_bytes() + page)
    made = sent(client, photo)
    for path in ("file", "thumb", "poster", "download"):
        answer = client.get(f"/items/{made}/{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] in ("image/png", "image/jpeg", "application/octet-stream")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        told = answer.headers.get("content-disposition", "")
        assert "\r" not in told
        assert path != "download" or told.startswith("attachment;")


def test_what_a_film_is_called_is_text(client: httpx2.Client, item: str) -> None:
    name = 'x"\r\nSet-Cookie: a=b\r\n\r\n<script>.mp4'
    job = submitted(client, item)
    assert job_in(client, job, "done", "failed")["state"] == "done"
    film = films(client)[-1]["id"]
    answer = client.patch(f"/items/{film}", json={"name": name, "title": "<img src=x onerror=alert(1)>"})
    assert answer.status_code in (200, 422)
    headers: Any = client.get(f"/items/{film}/download").headers
    assert "set-cookie" not in headers
    assert headers["content-disposition"].startswith("attachment;")
