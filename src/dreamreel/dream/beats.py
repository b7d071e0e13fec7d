"""When things happen in a dream: the beats of cloud, smile and fade, as one pure function of the length.

0    bubbles  grow      open          into       full      back       close     end
│──────┼───────┼──────────┼─────────────┼──────────┼─────────┼──────────┼────────│
photo   rise    the cloud   the dream plays (optionally on the whole frame)  (only when looping)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamreel.dream.motion import glide, lerp, smoothstep
from dreamreel.dream.storyboard import Camera

__all__ = ["Beats", "beats"]


@dataclass(frozen=True, slots=True)
class Beats:
    """Seconds of the video at which each part begins; `into`, `full`, `back` are None when the cloud stays a cloud.

    Everything goes at an even speed between soft ends: a film whose one great change is quick seems to jump.
    """

    bubbles: float
    grow: float
    open: float
    end: float
    close: float | None
    into: float | None = None
    full: float | None = None
    back: float | None = None
    home: float | None = None
    smiles: tuple[float, ...] = ()
    dusk: float = 0.0
    """When the evening has come."""
    dawn: float | None = None
    """When it begins to go again."""

    def openness(self, t: float) -> float:
        """How wide the cloud is open, 0 none to 1 open: its area grows evenly."""
        up = _between(self.grow, self.open, t) ** _WIDENING
        return up * (1 - _between(self.close, self.end, t)) ** _WIDENING if self.close is not None else up

    def bubble(self, t: float, k: int, n: int) -> float:
        """Presence of the k-th of n small bubbles, 0..1."""
        start = self.bubbles + (self.open - self.bubbles) * 0.3 * k / max(n, 1)
        up = smoothstep(start, start + 0.3 * (self.open - self.bubbles), t)
        if self.close is None:
            return up
        off = self.close + (self.end - self.close) * (0.35 + 0.4 * (n - k) / n)
        return up * (1 - smoothstep(off, min(self.end, off + 0.25 * (self.end - self.close)), t))

    def fullness(self, t: float) -> float:
        """How far the dream has opened to the whole frame, 0..1."""
        if self.into is None or self.full is None or self.back is None or self.home is None:
            return 0.0
        return _between(self.into, self.full, t, 0.09) * (1 - _between(self.back, self.home, t, 0.09))

    def evening(self, t: float) -> float:
        """How far the photo has been graded toward evening, 0..1."""
        up = _between(self.bubbles, self.dusk, t)
        return up * (1 - _between(self.dawn, self.end, t)) if self.dawn is not None else up


_WIDENING = 0.52
"""Between an evenly growing radius (1) and an evenly growing area (0.5), so that every frame changes as much."""


def _between(start: float, stop: float, t: float, rise: float = 0.16) -> float:
    return glide((t - start) / max(stop - start, 1e-6), rise)


def beats(duration: float, camera: Camera, loop: bool) -> Beats:
    """The beats of a dream of `duration` seconds (1..60).

    `camera` "into" opens it to the whole frame and back; "auto" does so from 9 s on.
    """
    d = duration
    bubbles, grow = min(0.3, 0.05 * d), min(0.07 * d, 0.6)
    opened = grow + min((0.38 if loop else 0.6) * d, 5.0)
    end = d - min(0.04 * d, 0.25) if loop else d
    close = end - (opened - grow) if loop else None
    dusk = min((0.48 if loop else 0.9) * d, 9.0)
    dawn = end - dusk if loop else None
    smiles = (lerp(grow, opened, 0.6) + 0.3, *((0.72 * d,) if d > 11 else ()))
    result = Beats(bubbles, grow, opened, end, close, smiles=smiles, dusk=dusk, dawn=dawn)
    return _through(result, d) if camera == "into" or (camera == "auto" and d >= 9) else result


def _through(plain: Beats, d: float) -> Beats:
    """The same dream, opening to the whole frame and back: four slow changes with little rest between them."""
    opened = plain.grow + min((0.2 if plain.close is None else 0.11) * d, 5.0)
    close = plain.end - (opened - plain.grow) if plain.close is not None else None
    stop = close if close is not None else d - 0.2
    turn = 0.455 * (stop - opened)
    rest = 0.02 * (stop - opened)
    return replace(
        plain,
        open=opened,
        close=close,
        smiles=(lerp(plain.grow, opened, 0.6) + 0.3, *plain.smiles[1:]),
        into=opened + rest,
        full=opened + rest + turn,
        back=stop - rest - turn,
        home=stop - rest,
    )
