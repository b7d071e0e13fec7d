"""A studio that cannot start says why, in one sentence, and touches nothing; what starts lets in who may come in."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient
from tests.cli.terminal import Ran, started
from tests.studio.films import new_studio
from tests.studio.serving import running_studio

from dreamreel.studio.items import NewItem
from dreamreel.studio.server import Address, create_app, guarded

TOKEN = "t" * 43


def refused(home: Path, *options: str | Path) -> Ran:
    """Start a studio that cannot start."""
    ran = started("studio", "--port", "0", "--no-browser", *options, DREAMREEL_HOME=str(home))
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.complaint.endswith(".")
    return ran


def prepared(home: Path) -> Path:
    """A data folder that has been used; returns its database."""
    studio = new_studio(home)
    studio.close()
    return studio.folders.database


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = refused(tmp_path, "--port", str(port))
    assert ran.code == 5
    assert str(port) in ran.complaint
    assert "--port" in ran.complaint


def test_two_studios_on_one_folder(tmp_path: Path) -> None:
    with running_studio(tmp_path) as studio:
        ran = refused(tmp_path)
        assert ran.code == 5
        assert f"process {studio.process.pid}" in ran.complaint
        assert httpx2.get(f"{studio.address}/web/refused.css", trust_env=False).status_code == 200


@pytest.fixture
def unwritable(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "place"
    place.mkdir()
    if os.name != "posix":
        pytest.skip("permissions are other ones here")
    if os.geteuid():
        place.chmod(0o500)
        yield place
        place.chmod(0o700)
        return
    # Permissions mean nothing to root; a read-only file system does.
    words = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", str(place)]
    if sys.platform != "linux" or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("root cannot mount a read-only disk here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_folder_that_cannot_be_written(unwritable: Path) -> None:
    ran = refused(unwritable / "home")
    assert ran.code == 5
    assert "DREAMREEL_HOME" in ran.complaint


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", encoding="ascii")
    assert refused(tmp_path / "home").code == 5


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    database = prepared(tmp_path)
    with sqlite3.connect(database) as rows:
        rows.execute("pragma user_version=99")
    rows.close()
    before = database.read_bytes()
    ran = refused(tmp_path)
    assert ran.code == 4
    assert "newer" in ran.complaint
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    "contents", [b"this is no database " * 300, b"SQLite format 3\0" + bytes(range(256)) * 40]
)
def test_a_damaged_database_names_the_way_back(tmp_path: Path, contents: bytes) -> None:
    database = prepared(tmp_path)
    database.write_bytes(contents)
    ran = refused(tmp_path)
    assert ran.code == 5
    assert "restore" in ran.complaint
    assert database.read_bytes() == contents


def test_a_table_that_is_damaged_stops_no_server(tmp_path: Path) -> None:
    studio = new_studio(tmp_path)
    studio.library.add(
        NewItem(
            role="result", kind="video", sha256="0" * 64, bytes=1, media_type="video/mp4", suffix=".mp4", name="a.mp4",
            title="a moon", facts={},
        )
    )  # fmt: skip
    studio.close()
    database = studio.folders.database
    with sqlite3.connect(database) as rows:
        (size,) = rows.execute("pragma page_size").fetchone()
        (page,) = rows.execute("select rootpage from sqlite_master where name='item'").fetchone()
    rows.close()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with running_studio(tmp_path) as running:
        with httpx2.Client(base_url=f"{running.address}/api/v1", trust_env=False) as client:
            client.headers["Authorization"] = f"Bearer {running.token}"
            answer = client.get("/items")
            assert answer.headers["content-type"] == "application/problem+json"
            assert "restore" in answer.json()["detail"]
            assert client.get("/jobs").status_code == 200
        assert running.stop() == 0
        assert "Traceback" not in running.log.read_text("utf-8")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20"])
def test_the_network_is_let_in_with_a_password_only(tmp_path: Path, host: str) -> None:
    ran = refused(tmp_path / "home", "--host", host)
    assert ran.code == 2
    assert "--password-file" in ran.complaint
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("password", ["", "short", "\nsecond line does not count"])
def test_a_password_that_is_none(tmp_path: Path, password: str) -> None:
    file = tmp_path / "password.txt"
    file.write_text(password, encoding="utf-8")
    assert refused(tmp_path / "home", "--host", "0.0.0.0", "--password-file", file).code == 2


def test_a_password_opens_the_page(tmp_path: Path) -> None:
    file = tmp_path / "password.txt"
    file.write_text("correct horse\n", encoding="utf-8")
    with running_studio(tmp_path / "home", "--host", "0.0.0.0", "--password-file", str(file)) as studio:
        assert studio.address == f"http://127.0.0.1:{studio.port}"
        with httpx2.Client(base_url=studio.address, trust_env=False) as client:
            html = {"Accept": "text/html"}
            door = client.get("/create", headers=html)
            assert (door.status_code, 'type="password"' in door.text) == (401, True)
            wrong = client.post("/login", data={"password": "battery staple"}, headers=html)
            assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
            assert client.get("/api/v1/status").status_code == 401
            assert client.post("/login", data={"password": "correct horse"}, headers=html).status_code == 303
            assert client.get("/create", headers=html).status_code == 200
            assert client.get("/api/v1/status").status_code == 200


@pytest.mark.parametrize(
    ("host", "asked", "status"),
    [
        ("192.168.1.20", "192.168.1.20", 200),
        ("0.0.0.0", "192.168.1.20", 403),
        ("fd00::20", "[fd00::20]", 200),
        ("127.0.0.1", "192.168.1.20", 403),
    ],
)
def test_it_answers_to_the_address_on_which_it_was_told_to_listen(
    tmp_path: Path, host: str, asked: str, status: int
) -> None:
    studio = new_studio(tmp_path)
    app = guarded(create_app(studio), TOKEN, Address(host=host, password="correct horse"))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, base_url=f"http://{asked}:7788", headers=headers) as client:
        assert client.get("/api/v1/settings").status_code == status
    studio.close()
