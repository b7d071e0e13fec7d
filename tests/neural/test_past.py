"""What is remembered of pictures that went through a network."""

import numpy as np

from dreamreel.neural.past import Past


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
