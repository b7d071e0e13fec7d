"""What this machine has to work with."""

from __future__ import annotations

import ctypes
import math
import os
import sys
from pathlib import Path

__all__ = ["cores", "free_memory", "return_memory"]

_UNKNOWN = 4 * 2**30
_GROUP = Path("/sys/fs/cgroup")
"""The control group of this process, as a container sees it."""


def cores() -> int:
    """Cores this process may use: those it is bound to, and no more than its control group's share of time."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(bound, _share() or bound))


def free_memory() -> int:
    """Bytes to be had without swapping, the control group's limit included; 4 GiB where the system does not say.

    Never more than `$DREAMREEL_MEMORY` megabytes, for a computer that has other things to do.
    """
    allowed, free = os.environ.get("DREAMREEL_MEMORY", ""), _system_memory()
    return min(free, int(allowed) * 10**6) if allowed.isdecimal() else free


def _system_memory() -> int:
    free = [amount for amount in (_linux(), _group()) if amount is not None]
    if free:
        return min(free)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return _UNKNOWN


def return_memory() -> None:
    """Give memory that this process has freed back to the system, where the C library can: glibc keeps it otherwise."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def _share() -> int | None:
    """How many cores' time the control group has (cgroup v2), rounded up; None for all there is."""
    try:
        quota, period = (_GROUP / "cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return math.ceil(int(quota) / int(period)) if quota.isdigit() else None


def _linux() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return next((int(kilobytes) * 1024 for kilobytes in found), None)


def _group() -> int | None:
    """What is left of the control group's memory (cgroup v2)."""
    try:
        most = (_GROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_GROUP / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return max(0, int(most) - used) if most.isdigit() else None
