"""The number on the privacy badge: raised by whatever goes to another machine, and by nothing else.

The events are raised by hand, as Python raises them before it does anything, so that nothing is really sent.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

COUNT = """
import json, sys
from dreamreel.studio.connections import made, watch
watch()
event, arguments = json.loads(sys.argv[1])
sys.audit(event, *(tuple(one) if isinstance(one, list) else one for one in arguments))
print(made())
"""


def counted(event: str, *arguments: Any) -> int:
    """What a process of its own counts after this event."""
    command = [sys.executable, "-c", COUNT, json.dumps([event, arguments])]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ["192.0.2.1", 443])),
        ("socket.connect", (None, ["2001:db8::1", 443, 0, 0])),
        ("socket.sendto", (None, ["192.0.2.1", 53])),
        ("socket.getaddrinfo", ("example.org", 443, 0, 0, 0)),
    ],
)
def test_what_goes_to_another_machine_is_counted(event: str, arguments: tuple[Any, ...]) -> None:
    assert counted(event, *arguments) == 1


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ["127.0.0.1", 7788])),
        ("socket.connect", (None, ["::1", 7788, 0, 0])),
        ("socket.connect", (None, "a-local-socket")),
        ("socket.getaddrinfo", ("localhost", 7788, 0, 0, 0)),
        ("socket.getaddrinfo", (None, 7788, 0, 0, 0)),
        ("socket.bind", (None, ["192.0.2.1", 7788])),
        ("open", ("192.0.2.1", "r", 0)),
    ],
)
def test_what_stays_here_is_not(event: str, arguments: tuple[Any, ...]) -> None:
    assert counted(event, *arguments) == 0
