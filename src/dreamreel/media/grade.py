"""How the light and colour of a shot are corrected, as a few numbers. Pure data.

gains of red, green and blue ─► black and white points ─► lift of the dark parts
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Grade"]


@dataclass(frozen=True, slots=True)
class Grade:
    """What is done to one shot; the default does nothing. All of it works on R'G'B' as it is stored, 0 to 1."""

    red: float = 1.0
    """Factors of the three colours; equal light stays equally bright."""
    green: float = 1.0
    blue: float = 1.0
    low: float = 0.0
    """What becomes black, under 0.5."""
    high: float = 1.0
    """What becomes white, over 0.5."""
    lift: float = 0.0
    """Dark parts made up to `1 + lift` times as bright, white left alone; −0.5 to 4, under 0 darker."""

    @property
    def neutral(self) -> bool:
        """True when nothing is seen of it."""
        gains = max(abs(gain - 1) for gain in (self.red, self.green, self.blue))
        return (
            gains < 0.004 and abs(self.low) < 0.004 and abs(self.high - 1) < 0.004 and abs(self.lift) < 0.01
        )

    def curve(self, level: float) -> float:
        """What becomes of a level of grey: stretched between black and white, then lifted as (1 + k)x / (1 + kx)."""
        x = min(max((level - self.low) / (self.high - self.low), 0.0), 1.0)
        return (1 + self.lift) * x / (1 + self.lift * x)
