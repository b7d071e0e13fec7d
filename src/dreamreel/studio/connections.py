"""Connections to other machines, counted: the number on the privacy badge is measured, not promised.

    socket.connect, socket.sendto … ─► Python's audit hook (PEP 578) ─► is that another machine? ─► made() + 1

This process is counted: look-ups of names, and what is connected or sent to an address that is not this machine.
Workers are not counted, because the sandbox refuses them every socket.
"""

from __future__ import annotations

import ipaddress
import itertools
import sys
from functools import cache
from typing import Final, cast

__all__ = ["made", "watch"]

_OUTWARD: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOK_UPS: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class _Count:
    """A number that any thread may raise."""

    def __init__(self) -> None:
        self._next, self.value = itertools.count(1), 0

    def up(self) -> None:
        """One more."""
        self.value = next(self._next)


@cache
def watch() -> _Count:
    """Begin to count, once per process; a hook cannot be taken off again."""
    count = _Count()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in _OUTWARD:
            address = arguments[1]
        elif event in _LOOK_UPS:
            address = (arguments[0],)
        else:
            return
        if _is_elsewhere(address):
            count.up()

    sys.addaudithook(hook)
    return count


def made() -> int:
    """How many there were since `watch`."""
    return watch().value


def _is_elsewhere(address: object) -> bool:
    """Whether an address of the internet families is another machine's; local sockets have names, not addresses."""
    if not isinstance(address, tuple) or not address:
        return False
    host = cast("tuple[object, ...]", address)[0]
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    try:
        found = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name.lower().rstrip(".") != "localhost"
    return not (found.is_loopback or found.is_unspecified)
