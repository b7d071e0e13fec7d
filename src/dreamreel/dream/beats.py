"""When things happen in a dream: the beats of cloud, smile and fade, as one pure function of the length.

      0    bubbles  grow      open          into       full      back       close     end
      │──────┼───────┼──────────┼─────────────┼──────────┼─────────┼──────────┼────────│
      photo   rise    the cloud   the dream plays (optionally on the whole frame)  (only when looping)
"""

from __future__ import annotations

from dataclasses import dataclass

from dreamreel.dream.motion import clamp01, ease_in_out, smoothstep
from dreamreel.dream.storyboard import Camera

__all__ = ["Beats", "beats"]


@dataclass(frozen=True, slots=True)
class Beats:
    """Seconds of the video at which each part begins; `into`, `full`, `back` are None when the cloud stays a cloud."""

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

    def openness(self, t: float) -> float:
        """How open the cloud is, 0 none to 1 open."""
        up = smoothstep(self.grow, self.open, t)
        return up * (1 - smoothstep(self.close, self.end, t)) if self.close is not None else up

    def bubble(self, t: float, k: int, n: int) -> float:
        """Presence of the k-th of n small bubbles, 0..1."""
        start = self.bubbles + (self.open - self.bubbles) * 0.45 * k / max(n, 1)
        up = smoothstep(start, start + 0.3 * (self.open - self.bubbles), t)
        if self.close is None:
            return up
        off = self.close + (self.end - self.close) * (0.35 + 0.4 * (n - k) / n)
        return up * (1 - smoothstep(off, min(self.end, off + 0.25 * (self.end - self.close)), t))

    def fullness(self, t: float) -> float:
        """How far the dream has opened to the whole frame, 0..1."""
        if self.into is None or self.full is None or self.back is None or self.home is None:
            return 0.0
        return smoothstep(self.into, self.full, t) * (1 - smoothstep(self.back, self.home, t))

    def evening(self, t: float) -> float:
        """How far the photo has been graded toward evening, 0..1; a little ahead of the cloud."""
        lead = 0.5 * (self.open - self.grow)
        up = ease_in_out(clamp01((t - self.bubbles) / max(self.open - self.bubbles + lead, 0.01)))
        return up * (1 - smoothstep(self.close, self.end, t)) if self.close is not None else up


def beats(duration: float, camera: Camera, loop: bool) -> Beats:
    """The beats of a dream of `duration` seconds (1..60). `camera` "into" opens it to the whole frame; "auto" does so from 9 s on."""
    d = duration
    bubbles = min(0.3, 0.05 * d)
    grow = min(max(0.10 * d, 0.12), 1.0)
    opened = grow + min(max(0.34 * d, 0.5), 2.6)
    close = d - min(max(0.34 * d, 0.4), 2.6) if loop else None
    end = d - min(0.04 * d, 0.25) if loop else d
    smiles = (opened - 0.25 * (opened - grow) + 0.3,) + ((0.72 * d,) if d > 11 else ())
    result = Beats(bubbles, grow, opened, end, close, smiles=smiles)
    if camera != "into" and not (camera == "auto" and d >= 9):
        return result
    stop = close if close is not None else d - 0.4
    turn = min(2.4, 0.3 * (stop - opened))
    into = opened + 0.12 * (stop - opened)
    return Beats(bubbles, grow, opened, end, close, into, into + turn, stop - turn, stop, smiles)
