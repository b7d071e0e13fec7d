"""What is heard of a staged dream: a few moments of the picture as sound events. No pictures, no samples.

Staging ─► opening, closing, arrivals, landings, leaps from the water ─► the most telling few ─► SoundEvent
"""

from __future__ import annotations

from collections.abc import Iterator

from dreamreel.dream.beats import beats
from dreamreel.dream.motion import rng
from dreamreel.dream.roles import Role
from dreamreel.dream.sound import SoundEvent
from dreamreel.dream.stage import Staging, stage
from dreamreel.dream.storyboard import Camera, Storyboard

__all__ = ["cues", "heard"]

_ASPECT = 1.4
"""Width over height of a usual cloud. Where the photo puts the cloud moves nobody by more than the ear can tell."""
_APART = 0.7
"""Seconds between two small sounds, at least."""
_SPLASHES = 5.7
"""Seconds from one splash of a swimmer to its next."""
_LOOKS = 24
"""Times a second a jumper is looked at."""
_MOST = 6
"""Small sounds in five seconds, at most."""


def heard(
    board: Storyboard, duration: float, seed: int, camera: Camera | None = None, *, loop: bool = False
) -> tuple[SoundEvent, ...]:
    """The sound events of the dream that a painter shows for the same storyboard, seconds, seed, camera and loop."""
    when = beats(duration, camera or board.camera, loop)
    return cues(stage(board, 1000 * _ASPECT, when, seed))


def cues(staging: Staging) -> tuple[SoundEvent, ...]:
    """Everything that is heard of a staging, in order: the cloud, and sparingly who comes, bounces or splashes."""
    when = staging.beats
    events = [SoundEvent(when.grow, "open")]
    if when.close is not None:
        events.append(SoundEvent(when.close, "close"))
    room = max(1, round(_MOST * min(when.end, 15.0) / 5))
    taken = [float(event.time) for event in events]
    # Arrivals first: what steps in is looked at.
    small = sorted(_arrivals(staging), key=lambda e: e.time) + sorted(_doings(staging), key=lambda e: e.time)
    for event in small:
        if room and all(abs(float(event.time) - other) >= _APART for other in taken):
            events.append(event)
            taken.append(float(event.time))
            room -= 1
    return tuple(sorted(events, key=lambda e: e.time))


def _pan(staging: Staging, role: Role, t: float) -> float:
    """Where it is heard: half as far aside as it is seen."""
    return max(-0.6, min(0.6, staging.moment(role, t).x / staging.width - 0.5))


def _arrivals(staging: Staging) -> Iterator[SoundEvent]:
    for role in staging.roles:
        # Who is there from the start comes with the cloud, which has its own sound.
        if staging.beats.grow < role.enter < staging.beats.end - 0.5:
            yield SoundEvent(role.enter, "sparkle", _pan(staging, role, role.enter))


def _doings(staging: Staging) -> Iterator[SoundEvent]:
    """Landings of who jumps or hops, and splashes of who swims at the surface: the first of every kind is heard."""
    for role in {r.cue: r for r in reversed(staging.roles)}.values():
        start, stop = max(staging.beats.open, role.enter), (staging.beats.close or staging.beats.end) - 0.4
        if role.action in {"jump", "hop"} and role.relation not in {"on", "in"}:
            for k, t in enumerate(_landings(role, start, stop)):
                if k % 2 == 0:
                    yield SoundEvent(t, "bounce", _pan(staging, role, t))
        elif role.swims and role.does.travel == "water":
            t = start + rng("splash", staging.seed, role.index).uniform(0.2, 1.4)
            while t < stop:
                yield SoundEvent(t, "splash", _pan(staging, role, t))
                t += _SPLASHES


def _landings(role: Role, start: float, stop: float) -> Iterator[float]:
    """The moments at which its feet touch the ground again."""
    aloft = False
    for n in range(round(start * _LOOKS), round(stop * _LOOKS)):
        height = -role.pose(n / _LOOKS).root.dy
        if aloft and height < 1:
            yield n / _LOOKS
        aloft = height > 4 or (aloft and height >= 1)
