"""A network with a strength lies between two networks."""

import av
import numpy as np
import pytest
from tests.neural.moving import still

from dreamreel.media.planes import planes
from dreamreel.neural.catalog import Network, network, networks
from dreamreel.neural.enlarge import Enlarger

_STEERED = [one for one in networks() if one.strength]


def _made(one: Network, frame: av.VideoFrame, strength: float) -> np.ndarray:
    enlarge = Enlarger(one, frame.format.name, frame.width, frame.height, "f32", strength)
    return planes(enlarge(frame))[0].astype(float)


@pytest.mark.parametrize("one", _STEERED, ids=lambda one: one.name)
def test_at_strength_nought_it_is_its_origin(one: Network) -> None:
    frame = still("yuv420p", 64, 48)
    assert np.array_equal(_made(one, frame, 0.0), _made(network(one.origin), frame, 1.0))


@pytest.mark.parametrize("one", _STEERED, ids=lambda one: one.name)
def test_between_the_ends_it_changes_less_than_at_full_strength(one: Network) -> None:
    frame = still("yuv420p", 64, 48)
    nought, half, full = (_made(one, frame, strength) for strength in (0.0, 0.5, 1.0))
    assert 0 < np.abs(half - nought).mean() < np.abs(full - nought).mean()


def test_a_network_and_its_origin_are_of_one_shape() -> None:
    for one in _STEERED:
        origin = network(one.origin)
        assert (one.size, one.scale, one.halo, one.parameters) == (
                origin.size, origin.scale, origin.halo, origin.parameters,
            )  # fmt: skip
