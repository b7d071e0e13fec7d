"""Encoders that take the machine for themselves, and how they are kept from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["ordinary_priority"]


@contextmanager
def ordinary_priority() -> Generator[None]:
    """Leave the scheduling of this process as it was.

    SVT-AV1 (4.1), opened by root, gives its threads and the one that opens it real-time priority, the highest there
    is; every process that is started later inherits that, and the machine stands still.
    """
    if sys.platform != "linux":
        yield
        return
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        if os.sched_getscheduler(0) != policy:
            os.sched_setscheduler(0, policy, param)
            with suppress(OSError):  # a sandbox may hide /proc
                for thread in Path("/proc/self/task").iterdir():
                    with suppress(ProcessLookupError):
                        os.sched_setscheduler(int(thread.name), policy, param)
