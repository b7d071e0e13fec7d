"""Many clients of one studio at once: some listen to events, some read lists again and again. Raw streams, so that the
crowd costs less than what it measures.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.studio.calling import API, ENDED
from tests.studio.serving import Serving

__all__ = ["Heard", "Wave", "crowd", "percentile"]

PATHS = ("/status", "/items?limit=60", "/jobs?limit=50")
PAUSE_S = 1.0
"""A reader rests about this long between two questions."""
LONGEST_S = 120.0

Heard = list[tuple[int, str]]
"""Numbers and names of events, as one listener heard them."""


@dataclass
class Wave:
    """What a crowd met with."""

    heard: list[Heard] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    """Seconds from each question to the end of its answer."""
    statuses: set[int] = field(default_factory=set)


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


class _Line:
    """A connection to a studio."""

    def __init__(self, studio: Serving, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self._writer = reader, writer
        self._head = f"Host: 127.0.0.1:{studio.port}\r\nAuthorization: Bearer {studio.token}\r\n\r\n"

    async def ask(self, path: str) -> tuple[int, int]:
        """Send a question; returns the status and the length of what follows, -1 when it has no end."""
        self._writer.write(f"GET {API}{path} HTTP/1.1\r\n{self._head}".encode())
        await self._writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        _, found, rest = head.partition("content-length: ")
        return int(head.split(" ", 2)[1]), int(rest.partition("\r\n")[0]) if found else -1


@asynccontextmanager
async def _connected(studio: Serving) -> AsyncIterator[_Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
    try:
        yield _Line(studio, reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _listen(studio: Serving, after: int, job: str, heard: Heard) -> None:
    """Hear everything until the job has ended."""
    async with _connected(studio) as line:
        status, _ = await line.ask(f"/events?after={after}")
        assert status == 200
        name = number = ""
        ends = {f"job.{state}" for state in ENDED}
        while True:
            text = (await line.reader.readline()).decode().strip()
            key, _, value = text.partition(": ")
            if key == "event":
                name = value
            elif key == "id":
                number = value
            elif key == "data":
                subject = f'"subject":"{job}"' in value.replace(" ", "")
            elif not text and number:
                heard.append((int(number), name))
                number = ""
                if name in ends and subject:
                    return


async def _read(studio: Serving, wave: Wave, dice: random.Random, over: asyncio.Event) -> None:
    """Ask for lists until it is over."""
    async with _connected(studio) as line:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), PAUSE_S * dice.uniform(0.2, 1.8))
            if over.is_set():
                return  # Not one question more: all at once would ask it.
            began = time.monotonic()
            status, length = await line.ask(dice.choice(PATHS))
            await line.reader.readexactly(length)
            wave.waits.append(time.monotonic() - began)
            wave.statuses.add(status)


async def crowd(studio: Serving, after: int, job: str, listeners: int, readers: int) -> Wave:
    """Let a crowd in while a job is drawn, until every listener has heard of its end."""
    wave, over, dice = Wave(), asyncio.Event(), random.Random(7)
    wave.heard = [[] for _ in range(listeners)]
    async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
        for _ in range(readers):
            group.create_task(_read(studio, wave, random.Random(dice.random()), over))
        ears = [group.create_task(_listen(studio, after, job, heard)) for heard in wave.heard]
        await asyncio.wait(ears)
        over.set()
    return wave
