"""What happens, as server-sent events with replay. `/events`."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from dreamreel.studio.events import Reset
from dreamreel.studio.service import Studio

__all__ = ["router"]

_MOST = 2**53


def router(studio: Studio) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["events"])

    @routes.get("/events", operation_id="streamEvents", response_class=EventSourceResponse)
    async def stream_events(
        last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
        after: Annotated[int | None, Query(ge=0, le=_MOST)] = None,
    ) -> AsyncIterable[ServerSentEvent]:
        """Everything that happens, from event `Last-Event-ID` (or `after`) on; without either, from now on.

        `event` is "topic.kind" such as "job.progress"; `id` counts up. "reset" means that what was asked for is no
        longer there: load anew.
        """
        # A header that is no number is one that this studio never gave: begin anew.
        known = (
            int(last_event_id)
            if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 16
            else None
        )
        begin = known if last_event_id is not None and known is not None else after
        # Something at once, so that the page knows that it is connected.
        yield ServerSentEvent(comment="open", retry=1000)
        async for event in studio.bus.listen(begin):
            if isinstance(event, Reset):
                yield ServerSentEvent(id=str(event.seq), event="reset", data={})
            else:
                data = {**event.data, "subject": event.subject, "at": event.at}
                yield ServerSentEvent(id=str(event.seq), event=f"{event.topic}.{event.kind}", data=data)

    return routes
