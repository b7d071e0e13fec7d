"""How strongly a network should clean a film, from what was measured in it. Pure.

noise ─────────┐
quantiser ─────┼─► decibels that the film has lost to each ─► all of it ─► strength
blocks, rings ─┘

Set by trying strengths on nine real clips at four qualities of H.264: what the decoder tells of the quantiser says more
about the best strength than what a network makes of the picture, because soft and noisy originals look damaged to it.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = ["COARSE_SEEN", "NOISE_SEEN", "SHOWN_SEEN", "USUAL_RINGING", "cleaning"]

NOISE_SEEN: Final = 2.0
"""Steps of 255 from which noise is seen."""
COARSE_SEEN: Final = 0.2
"""How coarse compression must be to be seen: about CRF 22 to 24 of H.264."""
SHOWN_SEEN: Final = 0.15
"""From which blocks and ringing are seen."""
USUAL_RINGING: Final = 0.25
"""Ringing that good films have."""
_WHOLE: Final = 46.0
_LOST: Final = 22.0
"""Decibels at which a picture counts as whole, and as wholly damaged."""
_DAMAGE: Final = 0.2
"""Share between the two below which there is nothing to clean that is seen."""
_FULLY: Final = 1.4
"""From 1 / 1.4 of it on a network does all it can: it finds out by itself how much that is."""
_STEPS: Final = 5


def cleaning(noise: float, coarse: float | None, shown: float) -> float:
    """The strength for a film, 0 (leave it alone) to 1, in fifths: shots that look alike are treated alike.

    `noise` is its σ in steps of 255; `coarse`, 0 to 1, how coarsely it was quantised, None where the decoder does not
    tell; `shown`, 0 to 1, how much of blocks or ringing is seen (see `analyse.compression`).
    """
    lost = [20 * math.log10(255 / noise)] if noise >= NOISE_SEEN else []
    lost += [41 - 12 * coarse] if coarse is not None and coarse >= COARSE_SEEN else []
    lost += [39 - 12 * shown] if shown >= SHOWN_SEEN else []
    if not lost:
        return 0.0
    whole = -10 * math.log10(sum(10 ** (-one / 10) for one in lost))
    share = (_WHOLE - whole) / (_WHOLE - _LOST)
    return round(min(1.0, share * _FULLY) * _STEPS) / _STEPS if share >= _DAMAGE else 0.0
