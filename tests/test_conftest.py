"""The guards that every other test stands on."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from tests.conftest import is_local


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "", None, b"localhost", "0.0.0.0"]
)
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "example.test", b"example.test", "fe80::1%eth0"]
)
def test_everything_else_is_not(host: object) -> None:
    assert not is_local(host)


def test_reaching_out_is_refused_and_remembered(guarded_sockets: list[str]) -> None:
    with socket.socket() as line, pytest.raises(AssertionError, match="nothing may leave"):
        line.connect(("192.0.2.1", 9))
    with pytest.raises(AssertionError, match="nothing may leave"):
        socket.create_connection(("example.test", 9))
    assert guarded_sockets[-2:] == ["192.0.2.1", "example.test"]
    del guarded_sockets[-2:]  # or this test would fail for it


def test_talking_to_oneself_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as line,
    ):
        assert line.getpeername() == server.getsockname()


def test_each_test_has_an_empty_home(dreamreel_home: Path) -> None:
    assert os.environ["DREAMREEL_HOME"] == str(dreamreel_home)
    assert list(dreamreel_home.iterdir()) == []
