"""Stages that run ahead: an iterator in a thread of its own behind a bounded queue, and a way to stop everything.

    source ──thread──► [ ≤ depth items ] ──► consumer

Closing the consumer's end stops and joins the thread; an error in the thread is raised at the consumer. Items are
handed over and never touched again by the thread that made them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from dreamreel.errors import Cancelled

__all__ = ["Ahead", "Cancel"]

_T = TypeVar("_T")


class Cancel:
    """A flag that any thread may raise, once; all work looks at it at least every frame."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask everything to stop."""
        self._event.set()

    @property
    def is_set(self) -> bool:
        """True once `set` was called."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for `set`, at most `seconds`; True once it was called."""
        return self._event.wait(seconds)

    def check(self) -> None:
        """Raise `Cancelled` once the flag is up."""
        if self._event.is_set():
            raise Cancelled("Stopped; what is finished is kept, so the same command goes on from here.")


class Ahead(Generic[_T]):
    """Iterates over `make()` in a thread, at most `depth` items ahead. Use as a context manager."""

    def __init__(
        self, make: Callable[[], Generator[_T]], cancel: Cancel, depth: int = 8, name: str = "stage"
    ) -> None:
        self._make, self._cancel, self._depth = make, cancel, depth
        self._items: deque[_T] = deque()
        self._changed = threading.Condition()
        self._closed = self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"dreamreel-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        source = self._make()
        try:
            for item in source:
                if not self._offer(item):
                    break
        except BaseException as error:  # noqa: BLE001 - raised again where the items are wanted
            self._error = error
        finally:
            source.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _offer(self, item: _T) -> bool:
        with self._changed:
            while len(self._items) >= self._depth and not self._closed:
                self._changed.wait()
            if self._closed or self._cancel.is_set:
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    def __iter__(self) -> Iterator[_T]:
        return self

    def __next__(self) -> _T:
        self._cancel.check()
        with self._changed:
            # A time limit, so that a flag raised elsewhere is seen while the stage before is busy with one long frame.
            while not self._items and not self._ended:
                self._changed.wait(0.2)
                self._cancel.check()
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
        self._cancel.check()
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        raise StopIteration

    def close(self) -> None:
        """Stop the thread and wait for it; it ends within the item it is working on."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
