"""The bus: what happened, sent to every page that listens, from any point in the past.

    a commit somewhere ─► ring() ─► one reader asks the ledger for what is new ─► a queue per listener ─► SSE

Everybody hears from the same table, so a page that was away gets exactly what it missed; one that was away for longer
than the table reaches back is told to start anew ("reset").
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from dreamreel.errors import DreamreelError
from dreamreel.studio.ledger import Event, Ledger

__all__ = ["Bus", "Reset"]

_log = logging.getLogger(__name__)

_BEHIND: Final = 2000
"""A listener that has this much unread is cut off; it comes back and asks for what it missed."""
_BLOCK: Final = 500
_AGAIN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Reset:
    """What was asked for is no longer there: forget everything, load anew, go on from `seq`."""

    seq: int


@dataclass(eq=False, slots=True)
class _Listener:
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(_BEHIND + 1))


class Bus:
    """Events to any number of listeners. `ring` and `hang_up` may be called from any thread, all else in the loop."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._listeners: set[_Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._seq = 0
        self._closed = False

    def open(self) -> None:
        """Begin, in the running event loop."""
        self._loop, self._new = asyncio.get_running_loop(), asyncio.Event()
        self._seq = self._ledger.newest()
        self._task = asyncio.create_task(self._pump(self._new))

    async def close(self) -> None:
        """End all listeners and the reader."""
        self._end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ring(self) -> None:
        """Something was written down."""
        if self._new is not None and not self._closed:
            self._call(self._new.set)

    def hang_up(self) -> None:
        """End all listeners; those that come now end at once. From any thread, also from a signal's handler."""
        self._call(self._end)

    def _call(self, what: Callable[[], None]) -> None:
        """Do something in the loop soon."""
        if self._loop is not None:
            with suppress(RuntimeError):  # The loop has ended: nobody listens any more.
                self._loop.call_soon_threadsafe(what)

    def _end(self) -> None:
        self._closed = True
        for listener in self._listeners:
            _put(listener, None)

    async def listen(self, after: int | None) -> AsyncGenerator[Event | Reset]:
        """Everything that happened after event `after`, and what happens from now on; None is from now on."""
        listener = _Listener()
        # First the ear, then the past: what happens between the two comes twice and is heard once.
        self._listeners.add(listener)
        try:
            last = self._seq if after is None else after
            if after is not None:
                newest, oldest = await run_in_threadpool(self._reach)
                if after > newest or after < oldest - 1:
                    yield Reset(newest)
                    last = newest
                while block := await run_in_threadpool(self._ledger.events, last, _BLOCK):
                    for event in block:
                        yield event
                    last = block[-1].seq
            while not self._closed and (event := await listener.queue.get()) is not None:
                if event.seq > last:
                    last = event.seq
                    yield event
        finally:
            self._listeners.discard(listener)

    def _reach(self) -> tuple[int, int]:
        return self._ledger.newest(), self._ledger.oldest()

    async def _pump(self, new: asyncio.Event) -> None:
        while True:
            await new.wait()
            new.clear()
            try:
                while block := await run_in_threadpool(self._ledger.events, self._seq, _BLOCK):
                    self._seq = block[-1].seq
                    for listener in list(self._listeners):
                        for event in block:
                            _put(listener, event)
            except (DreamreelError, sqlite3.Error):
                # A disk that is full can also refuse to be read from.
                _log.warning("events have to wait")
                asyncio.get_running_loop().call_later(_AGAIN_S, new.set)


def _put(listener: _Listener, event: Event | None) -> None:
    queue = listener.queue
    if queue.qsize() >= _BEHIND:
        while not queue.empty():
            queue.get_nowait()
        event = None
    queue.put_nowait(event)
