"""What is remembered of pictures that went through a network."""

import numpy as np

from dreamreel.neural.past import Past
from dreamreel.neural.reuse import FLEXIBLE, Sizes


def test_where_pictures_are_taken_whole_repeats_are_noticed_again():
    """Also after so many that nothing was like that results were no longer kept."""
    past, rng = Past(64, 48, 12, 10, whole=True), np.random.default_rng(1)

    def plan(y, uv):
        return past.next(y.copy(), uv.copy(), [(96, 128), (48, 64), (48, 64)], None)[0]

    pictures = [
        (rng.integers(0, 255, (72, 88), np.uint8), rng.integers(0, 255, (2, 36, 44), np.uint8))
        for _ in range(14)
    ]
    assert [plan(*picture) for picture in pictures] == [None] * 14
    assert [plan(*pictures[-1]) for _ in range(3)] == [None, [], []]


def test_pictures_further_back_are_looked_at_again_where_they_were_long_of_no_use():
    """After as many frames in which they gave nothing, within a few; and then in every one."""
    rim, side = 12, 128
    past, rng = Past(side, side, rim, 10, whole=False), np.random.default_rng(1)
    sizes = Sizes(side + 2 * rim, side + 2 * rim, 1, terms=FLEXIBLE)
    ground = rng.integers(0, 255, (side + 2 * rim, side + 2 * rim), np.uint8)
    uv = np.full((2, side // 2 + rim, side // 2 + rim), 128, np.uint8)

    def taken(patch):
        y = ground.copy()
        y[60:84, 60:84] = patch
        kept = past.next(y, uv.copy(), [(2 * side, 2 * side), (side, side), (side, side)], sizes)[1]
        return bool(kept.older)

    def patch():
        return rng.integers(0, 255, (24, 24), np.uint8)

    assert not any(taken(patch()) for _ in range(50))
    in_turns = [patch(), patch()]
    found = [taken(in_turns[number % 2]) for number in range(24)]
    first = found.index(True)
    assert first < 12
    assert all(found[first:])
