"""Frames through the weights of others.

frame ─► R'G'B' ─► tiles ─► network ─► colours locked to the source's ─► a frame of the same form, larger
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from dreamreel.errors import ModelMissing, NotFound
from dreamreel.neural.community.lock import locked
from dreamreel.neural.community.look import runner
from dreamreel.neural.community.pictures import from_rgb, to_rgb
from dreamreel.neural.community.store import same, usable, verified
from dreamreel.neural.community.tiles import Tiled

if TYPE_CHECKING:
    import av

__all__ = ["CommunityEnlarger"]


class CommunityEnlarger:
    """Makes frames larger with installed weights. It belongs to one thread at a time."""

    def __init__(self, name: str, weights: str, lock: bool, tile: int | None = None) -> None:
        """`weights` is the beginning of the hash of the published file, `lock` whether colours stay the source's.

        Raises `ModelMissing` when they are not installed, `BadWeights` when they are other ones or damaged.
        """
        try:
            one = usable(name)
        except NotFound as error:
            raise ModelMissing(
                f"The weights {name} that this film was made with are not installed, and not in the catalogue; "
                f"add the file that they came from by `dreamreel models add FILE --name {name}`."
            ) from error
        self._run = Tiled(runner(verified(same(one, weights, "enlarge"))), tile)
        self._lock = lock

    @property
    def halo(self) -> int | None:
        """How many pixels around one its result depends on, colours left aside; None where nobody knows."""
        return self._run.halo

    def __call__(self, window: Sequence[av.VideoFrame], at: int, time: Fraction) -> av.VideoFrame:
        """The frame larger; its time, format and colour are kept."""
        del time
        frame = window[at]
        source = to_rgb(frame)
        made = self._run(source)
        return from_rgb(locked(made, source) if self._lock else made, frame)
