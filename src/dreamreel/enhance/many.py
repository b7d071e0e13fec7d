"""Enhancing as the work of a batch; see `convert.batch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.convert.batch import Task, Work
from dreamreel.convert.kinds import FILMS, PICTURES
from dreamreel.enhance.data import dump
from dreamreel.enhance.job import enhance_one, suffix_for

if TYPE_CHECKING:
    from dreamreel.enhance.asked import Asked
    from dreamreel.graph import JSON
    from dreamreel.render.progress import Listener
    from dreamreel.render.threads import Cancel

__all__ = ["work_of"]


def work_of(asked: Asked, *, judge: bool = True) -> Work:
    """What enhancing does to each of many files, one at a time, because the networks take all cores."""

    def make(
        task: Task, *, overwrite: bool, embed: bool, verify: bool, on_event: Listener, cancel: Cancel
    ) -> dict[str, JSON]:
        return enhance_one(asked, task.source, task.out, overwrite=overwrite, embed=embed, verify=verify, judge=judge,
                           on_event=on_event, cancel=cancel)  # fmt: skip

    return Work(make=make, key={"enhance": dump(asked)}, suffix=_suffix, wanted=FILMS | PICTURES, label="enhanced",
                alone=True)  # fmt: skip


def _suffix(source: Path) -> str:
    from dreamreel.errors import DreamreelError
    from dreamreel.media.probe import probe

    try:
        return suffix_for(probe(source))
    except DreamreelError:
        return source.suffix or ".mp4"  # What is wrong with it is told when its turn comes.
