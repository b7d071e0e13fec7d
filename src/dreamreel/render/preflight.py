"""Does it fit? Asked before work starts, while nothing is lost yet."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dreamreel.errors import WillNotFit
from dreamreel.machine import free_memory
from dreamreel.render.explain import Estimate
from dreamreel.render.store import home
from dreamreel.wording import size_text

__all__ = ["disk_fits", "memory_fits", "must_fit"]


def must_fit(cost: Estimate, output: Path, store: Path | None = None) -> None:
    """Stop while nothing is lost yet. Raises `WillNotFit`."""
    memory_fits(cost)
    disk_fits(cost, output, store)


def memory_fits(cost: Estimate) -> None:
    """Raise `WillNotFit` when the memory that is free cannot hold the work."""
    memory = free_memory()
    if cost.memory > memory:
        raise WillNotFit(
            f"This needs about {size_text(cost.memory)} of memory and {size_text(memory)} is free: "
            "choose a smaller resolution, or close other programs."
        )


def disk_fits(cost: Estimate, output: Path, store: Path | None = None) -> None:
    """Raise `WillNotFit` when the disks are too full.

    The output's folder must hold the output, and the folder of segments (`store`, or the user's) the rest; on one
    disk, it must hold both.
    """
    here, kept = _existing(output.resolve().parent), _existing(store or home())
    segments = cost.disk - cost.size
    shared = here.stat().st_dev == kept.stat().st_dev
    needs = [(here, cost.disk)] if shared else [(here, cost.size), (kept, segments)]
    for folder, need in needs:
        free = shutil.disk_usage(folder).free
        if need > free:
            way = (
                "choose another place for the output"
                if folder == here
                else "set DREAMREEL_HOME to a larger disk"
            )
            raise WillNotFit(
                f"This needs about {size_text(need)} on the disk of {folder.name or os.sep} and {size_text(free)} is "
                f"free: make room, choose a smaller resolution or a shorter duration, or {way}."
            )


def _existing(folder: Path) -> Path:
    """The nearest folder above that is there already."""
    return next(p for p in (folder, *folder.resolve().parents) if p.is_dir())
