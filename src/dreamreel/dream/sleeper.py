"""How the sleeper moves, as a pure function of time: breath, smile, stirs, camera. No pixels here.

    t ─► breath (32..40 a minute) ─┐
      ─► smile (answers the dream) ├─► PortraitState ─► Portrait.paint
      ─► stirs, camera, parallax  ─┘

Everything is zero and at rest at t = 0, so the first frame is the photo; when looping, also at t = duration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dreamreel.dream.motion import TAU, bump, clamp01, ease_in_out, glide, rng, smoothstep
from dreamreel.dream.storyboard import Camera

__all__ = ["DARK", "Light", "PortraitState", "Stir", "View", "portrait_state"]

SMILE_DELAY = 0.3
SMILE_DECAY = 1.5


@dataclass(frozen=True)
class Light:
    """The dream's glow on the photo."""

    colour: tuple[int, int, int] = (255, 244, 220)
    """sRGB, 0..255."""
    strength: float = 0.0
    """0 none .. 1: about 12 % on the lit side of the face."""
    x: float = 0.0
    """Where it comes from, in pixels of the frame."""
    y: float = 0.0


DARK = Light()


@dataclass(frozen=True)
class Stir:
    """A small move of the head."""

    dx: float = 0.0
    """Along the picture's width, in shares of the distance from eyes to mouth (useful: ±0.03)."""
    dy: float = 0.0
    rot: float = 0.0
    """Degrees clockwise around the neck (useful: ±1)."""


@dataclass(frozen=True)
class View:
    """The part of the photo the camera sees."""

    zoom: float = 1.0
    """1 the whole photo .. about 1.06."""
    cx: float = 0.5
    """Middle of the view in shares of the photo's width; limited so that no edge shows."""
    cy: float = 0.5


@dataclass(frozen=True)
class PortraitState:
    """Everything that can differ between two frames of the same photo. The default is the photo itself."""

    breath: float = 0.0
    """0 breathed out (the photo) .. 1 breathed in."""
    follow: float = 0.0
    """The same breath a moment later: how the head answers the chest."""
    smile: float = 0.0
    """0..1, where 1 is the most that looks natural."""
    stir: Stir = Stir()
    camera: View = View()
    parallax: tuple[float, float] = (0.0, 0.0)
    """How far the person shifts against the background, -1..1 each way."""
    evening: float = 0.0
    """0 daylight as photographed .. 1 evening."""
    light: Light = DARK


def portrait_state(
    t: float,
    duration: float,
    *,
    camera: Camera = "auto",
    seed: int = 0,
    loop: bool = False,
    smile_times: Sequence[float] = (),
    dream_open: float = 0.0,
    light: Light = DARK,
    focus: tuple[float, float] = (0.5, 0.45),
) -> PortraitState:
    """The portrait at `t` of `duration` seconds.

    `smile_times` are the dream's events, each answered 0.3 s later; `dream_open` 0..1 sets the evening; `focus` is
    what the camera leans toward, in shares of the photo (`Portrait.focus`). Same arguments, same state.
    """
    view, parallax = _camera(t, duration, camera, seed, loop, focus)
    breaths = max(0.0, t) / _breath_period(duration, seed, loop)
    depth = rng("breath", seed, math.floor(breaths)).uniform(0.86, 1.0)
    return PortraitState(
        breath=depth * _breath(breaths % 1, 0.0, 0.40),
        follow=depth * _breath(breaths % 1, 0.10, 0.52),
        smile=_smile(t, duration, seed, loop, smile_times),
        stir=_stir(t, duration, seed),
        camera=view,
        parallax=parallax,
        evening=clamp01(dream_open),
        light=light,
    )


def _breath_period(duration: float, seed: int, loop: bool) -> float:
    """Seconds per breath. An infant asleep takes 32 to 40 a minute; a loop holds a whole number of them."""
    period = 60 / rng("breathing", seed).uniform(32, 40)
    return duration / max(1, round(duration / period)) if loop else period


def _breath(phase: float, start: float, peak: float) -> float:
    """0 until `start`, 1 at `peak`, 0 at 1; half cosines, so it rests for a moment at both ends."""
    if phase < start:
        return 0.0
    if phase < peak:
        return (1 - math.cos(math.pi * (phase - start) / (peak - start))) / 2
    return (1 + math.cos(math.pi * (phase - peak) / (1 - peak))) / 2


def _smile(t: float, duration: float, seed: int, loop: bool, events: Sequence[float]) -> float:
    """One smile per event: 0.3 s later, up in 0.6..1.2 s, held, gone in 1.5 s. Close ones flow into one another."""
    serious = 1.0
    for number, event in enumerate(sorted(events)):
        chance = rng("smile", seed, number)
        start = max(0.0, event) + SMILE_DELAY
        onset, hold = chance.uniform(0.7, 1.2), chance.uniform(1.2, 2.4)
        much = chance.uniform(0.75, 1.0)
        if loop:
            hold = min(hold, duration - SMILE_DECAY - onset - start)
            if hold < 0:
                continue
        leave = start + onset + hold
        serious *= 1 - much * ease_in_out((t - start) / onset) * (1 - ease_in_out((t - leave) / SMILE_DECAY))
    return 1 - serious


def _stir(t: float, duration: float, seed: int) -> Stir:
    """The head turns a little and comes back, about once in five seconds, never twice alike."""
    dx = dy = rot = 0.0
    count = round(duration / 5) if duration >= 2.5 else 0
    for number in range(count):
        chance = rng("stir", seed, number)
        length = min(chance.uniform(2.4, 3.4), 0.75 * duration / count)
        slot = duration / count
        start = number * slot + chance.uniform(0.1, 0.9) * (slot - length)
        much = bump((t - start) / length, 0.38, 0.45) if 0 <= t - start <= length else 0.0
        rot += much * chance.choice((-1, 1)) * chance.uniform(0.5, 0.9)
        dx += much * chance.uniform(-0.02, 0.02)
        dy += much * chance.uniform(-0.012, 0.012)
    return Stir(dx, dy, rot) if dx or dy or rot else Stir()


def _camera(
    t: float, duration: float, camera: Camera, seed: int, loop: bool, focus: tuple[float, float]
) -> tuple[View, tuple[float, float]]:
    chance = rng("camera", seed)
    angle = chance.uniform(0, TAU)
    kind = chance.choice(("push", "drift")) if camera == "auto" else camera
    if kind == "still" or duration <= 0:
        return View(), (0.0, 0.0)
    x = clamp01(t / duration)
    gone = (1 - math.cos(TAU * x)) / 2 if loop else glide(x)
    # Short clips move less, so that the camera never goes faster than 1.1 % a second.
    reach = min(1.0, duration / 5)
    most = {"push": 0.05, "into": 0.058, "pull": 0.05, "drift": 0.034}[kind] * reach
    if kind == "pull" and not loop:
        # The photo is where the film begins, so it leans in before it draws back.
        gone = smoothstep(0, 0.35, x) * (1 - smoothstep(0.3, 1, x))
    zoom = 1 + most * gone
    shift = 0.7 * gone if kind == "drift" else 0.0
    room = (1 - 1 / zoom) / 2
    cx = 0.5 + room * (shift * math.cos(angle) if kind == "drift" else _lean(focus[0]))
    cy = 0.5 + room * (shift * math.sin(angle) if kind == "drift" else _lean(focus[1]))
    side = -math.cos(angle) if kind == "drift" else _lean(focus[0]) or math.cos(angle)
    return View(zoom, cx, cy), (
        gone * reach * max(-1.0, min(1.0, side)),
        0.35 * gone * reach * math.sin(angle),
    )


def _lean(focus: float) -> float:
    """-1..1: where within its room the view goes so that the point `focus` stays where it is while zooming."""
    return max(-1.0, min(1.0, 2 * focus - 1))
