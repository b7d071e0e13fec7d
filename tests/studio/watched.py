"""`dreamreel ARGS` as it is, and a list of every address that it asks the system for: `python watched.py FILE ARGS`.

Python tells its auditors of each connect, bind, look-up and datagram before it happens, and no code can take that back.
Each line of FILE is an event and its address as JSON.
"""

from __future__ import annotations

import json
import os
import sys

WATCHED = {
    "socket.connect": 1, "socket.bind": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "urllib.Request": 0,
}  # fmt: skip
"""Events, and which of their arguments is the address."""


def watch(path: str) -> None:
    """Write down what is asked for from now on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def heard(event: str, args: tuple[object, ...]) -> None:
        if event in WATCHED:
            address = args[WATCHED[event]]
            told = address if isinstance(address, str) else repr(address)
            os.write(handle, (json.dumps([event, told]) + "\n").encode())

    sys.addaudithook(heard)


if __name__ == "__main__":
    watch(sys.argv.pop(1))
    from dreamreel.cli import main

    main()
