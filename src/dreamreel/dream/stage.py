"""Staging: who stands where, how large, doing what, and when. Pure: a storyboard and a seed in, a value out.

    Storyboard ─┐
    Setting ────┼─► stage() ─► Staging(roles, beats) ── moment(role, t) ──► Spot (where, how big, which way) ─► painter
    seed, time ─┘     │                                    └─ paths: how they move
                      └─ blocking: who is there, how large, where they begin

Everything is in stage units (see `scenery`): 1000 high, `width` wide, y down; t is seconds of the finished video.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamreel.dream import paths
from dreamreel.dream.beats import Beats
from dreamreel.dream.blocking import block
from dreamreel.dream.roles import Role, Spot
from dreamreel.dream.scenery import Setting, setting
from dreamreel.dream.storyboard import Camera, Storyboard

__all__ = ["HORIZON", "Role", "Spot", "Staging", "stage"]

HORIZON = 560.0
"""y of the point that stays where it is when the stage's camera zooms."""


@dataclass(frozen=True, slots=True)
class Staging:
    """A whole dream, blocked out."""

    setting: Setting
    width: float
    seen: float
    """Width of the middle that is in the picture all the time: a cloud may be wider than the frame it opens to."""
    beats: Beats
    roles: tuple[Role, ...]
    seed: int

    def camera(self, camera: Camera, t: float) -> tuple[float, float]:
        """How far the stage's own camera has moved to the right, in units, and its zoom about (width / 2, `HORIZON`).

        At an even speed, so that nothing in the dream ever stands quite still.
        """
        if camera == "still":
            return 0.0, 1.0
        u = paths.progress(self.beats, t)
        long = min(1.4, max(1.0, self.beats.end / 5))
        near = {"push": 0.10, "pull": 0.10}.get(camera, 0.06) * long
        zoom = 1 + near * (1 - u if camera == "pull" else u)
        way = 1 if self.seed % 2 else -1
        return (26.0 if camera in ("push", "pull") else 50.0) * way * (long * u - (1 - u)), zoom

    def moment(self, role: Role, t: float) -> Spot:
        """Where `role` is at time `t`."""
        return paths.moment(self, role, t)


def stage(board: Storyboard, width: float, beats: Beats, seed: int, seen: float | None = None) -> Staging:
    """Block out a storyboard on a stage `width` units wide, of which the middle `seen` (or all) is always shown.

    Pure; the same arguments give the same staging.
    """
    scene = setting(board.setting.kind)
    middle = width if seen is None else min(seen, width)
    aside = (width - middle) / 2
    roles = tuple(replace(role, x=role.x + aside) for role in block(board, scene, middle, beats, seed))
    return Staging(scene, width, middle, beats, roles, seed)
