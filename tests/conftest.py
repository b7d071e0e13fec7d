"""What every test may count on: a home of its own, no network, the same examples each time, real photos if there.

Photos and clips of real people are not part of the repository. Tests that want them take `media_dir`, and are
skipped with the reason where the folder is absent.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ROOT", "NetworkUsed"]

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every machine and in every run: a failure is found again by running again.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


class NetworkUsed(AssertionError):
    """Something tried to reach beyond this machine."""


def is_local(host: object) -> bool:
    """Whether an address never leaves this machine."""
    if host is None or host in {"", b"", "localhost", b"localhost"}:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session")
def guarded_sockets() -> Iterator[list[str]]:
    """Python's sockets, refusing everything that is not on this machine; what was tried is remembered."""
    tried: list[str] = []

    def check(host: object) -> None:
        if not is_local(host):
            tried.append(str(host))
            raise NetworkUsed(f"a test tried to reach {host!r}; nothing may leave this machine")

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, address: Any, *rest: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                check(address[0])
            return original(self, address, *rest)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *rest: Any, **named: Any) -> Any:
        check(host)
        return look_up(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield tried


@pytest.fixture(autouse=True)
def no_network(guarded_sockets: list[str]) -> Iterator[None]:
    """Fail a test that reached for the network, even when the code under test swallowed the refusal."""
    before = len(guarded_sockets)
    yield
    reached = guarded_sockets[before:]
    if reached:
        pytest.fail(f"the network was tried: {', '.join(sorted(set(reached)))}", pytrace=False)


@pytest.fixture(autouse=True)
def dreamreel_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for caches, segments and settings, so that no test sees another's or the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("DREAMREEL_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def media_dir() -> Path:
    """The folder of real photos and clips: `DREAMREEL_MEDIA`, or `../shared/media` beside the repository."""
    folder = Path(os.environ.get("DREAMREEL_MEDIA") or ROOT.parent / "shared" / "media")
    if not folder.is_dir():
        pytest.skip(f"no real media at {folder}; set DREAMREEL_MEDIA to a folder that has them")
    return folder


@pytest.fixture(autouse=True)
def ordinary_scheduling() -> Iterator[None]:
    """Fail a test that leaves its process with another scheduling than it had: what is started later inherits it."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getscheduler(0)
    yield
    after = os.sched_getscheduler(0)
    if after != before:
        os.sched_setscheduler(0, before, os.sched_param(0))
        pytest.fail("the process was given real-time priority and kept it", pytrace=False)
