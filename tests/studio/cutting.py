"""A line that is cut: a relay in front of a studio, which ends connections in the middle of what is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["Relay", "relay"]


class Relay:
    """Hands connections on to a port of this machine; the first ones are cut after so many bytes."""

    def __init__(self, port: int, cuts: list[int], answers: int) -> None:
        """Cut the n-th connection after `cuts[n]` bytes from the client; those after the list are left alone.

        With `answers`, every connection is cut after so many bytes from the studio.
        """
        self._port, self._cuts, self._answers = port, list(cuts), answers
        self.connections = self.sent = 0
        self._ears = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def address(self) -> str:
        """What a client is told instead of the studio's address."""
        return f"http://127.0.0.1:{self._ears.getsockname()[1]}"

    def cut_all(self) -> None:
        """Cut every connection that is open now."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End everything."""
        with suppress(OSError):
            self._ears.shutdown(socket.SHUT_RDWR)
        self._ears.close()
        self.cut_all()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._ears.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            limit = self._cuts[self.connections] if self.connections < len(self._cuts) else 0
            self.connections += 1
            self._open |= {near, far}
            for ends in ((near, far, limit, True), (far, near, self._answers, False)):
                self._threads.append(threading.Thread(target=self._pass, args=ends, daemon=True))
                self._threads[-1].start()

    def _pass(self, source: socket.socket, target: socket.socket, limit: int, out: bool) -> None:
        passed = 0
        with suppress(OSError):
            while block := source.recv(min(65536, limit - passed) if limit else 65536):
                target.sendall(block)
                passed += len(block)
                self.sent += len(block) if out else 0
                if limit and passed >= limit:
                    break
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)


@contextmanager
def relay(port: int, *cuts: int, answers: int = 0) -> Iterator[Relay]:
    """A relay to a port."""
    line = Relay(port, list(cuts), answers)
    try:
        yield line
    finally:
        line.close()
