"""What happens in a studio, heard from outside: server-sent events, from any point in the past, across cuts.

    newest ─► a number ─► events ─► one connection after the other, each from the last number that was heard
                                      └─ messages ─► Happening

A pause in between loses nothing: the studio keeps what happened, and says "reset" when it no longer has it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from pydantic import JsonValue

from dreamreel.errors import StudioUnavailable
from dreamreel.studio._wire import Lost, Patience, Wire

__all__ = ["Happening", "Message", "events", "messages", "newest"]

_BEYOND: Final = 10**15 - 1
"""A number that no event has yet."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in the studio."""

    seq: int
    topic: str
    """job, item, queue or settings; "reset" when events were missed for good: load anew what you show."""
    kind: str
    subject: str
    """The id of the job or the item."""
    at: datetime
    data: dict[str, JsonValue]


def newest(wire: Wire) -> int:
    """The number of the last event so far."""
    for happening in _heard(wire, _BEYOND):
        return happening.seq
    raise _closed(wire)


def events(wire: Wire, after: int, patience: Patience) -> Generator[Happening]:
    """Everything that happened after event `after` and happens from now on. Raises `Lost` when the patience ends."""
    last = after
    while True:
        lost = _closed(wire)
        try:
            for happening in _heard(wire, last):
                last = happening.seq
                patience.renew()
                yield happening
        except Lost as error:
            lost = error
        patience.wait(lost)


def _closed(wire: Wire) -> Lost:
    return Lost(f"The studio at {wire.address} has closed; start it with `dreamreel studio`.")


def _heard(wire: Wire, after: int) -> Iterator[Happening]:
    """Events from one connection, until it ends."""
    with wire.stream("/events", headers={"Last-Event-ID": str(after)}) as answer:
        for message in messages(answer.iter_bytes()):
            yield _happening(message, wire.address)


def _happening(message: Message, address: str) -> Happening:
    topic, _, kind = message.event.partition(".")
    try:
        data = cast("dict[str, JsonValue]", json.loads(message.data))
        seq = int(message.id)
    except ValueError as error:
        raise StudioUnavailable(
            f"What answers at {address} is not a studio of this version; update and restart it."
        ) from error
    at = data.pop("at", None)
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else datetime.now(UTC)
    return Happening(seq, topic, kind, str(data.pop("subject", "")), when, data)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream of server-sent events (WHATWG HTML, 9.2)."""

    id: str
    event: str
    data: str


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """The messages in a stream of server-sent events; comments and what is cut off at the end are dropped.

    Lines end with LF or CR LF, as this studio sends them; any other line break belongs to the text.
    """
    fields: dict[str, str] = {}
    for line in _lines(chunks):
        if not line:
            if "data" in fields:
                yield Message(fields.get("id", ""), fields.get("event", "message"), fields["data"])
            fields = {}
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data" and "data" in fields:
            value = f"{fields['data']}\n{value}"
        fields[name] = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
