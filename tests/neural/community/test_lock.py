"""The colour lock: what a network does to colours is undone, what it adds in detail stays."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab
from tests.neural.community.making import shifting

from dreamreel.neural.community.compiled import of_onnx
from dreamreel.neural.community.lock import locked
from dreamreel.neural.community.tiles import Tiled

BARS = np.array([
    [0.75, 0.75, 0.75], [0.75, 0.75, 0], [0, 0.75, 0.75], [0, 0.75, 0], [0.75, 0, 0.75], [0.75, 0, 0], [0, 0, 0.75],
], np.float32)  # fmt: skip
SHIFT = [[0.94, 0.05, 0.0], [0.02, 0.93, 0.03], [0.0, 0.06, 0.9]], [0.03, -0.02, 0.04]
"""What a careless network does: yellowish, flat."""


def bars(width=30, height=60):
    return np.repeat(np.repeat(BARS[None], width, 1), height, 0)


def ramps(width=210, height=20):
    ramp = np.linspace(0.05, 0.95, width, dtype=np.float32)
    rows = [np.outer(ramp, colour) for colour in ([1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0])]
    return np.repeat(np.stack(rows).astype(np.float32), height, 0)


@pytest.fixture
def careless(tmp_path):
    path = tmp_path / "careless.onnx"
    path.write_bytes(shifting(*SHIFT))
    return Tiled(of_onnx(path)[0])


def errors(made, source):
    expected = np.repeat(np.repeat(source, 2, 0), 2, 1)
    return deltaE_ciede2000(rgb2lab(made), rgb2lab(expected))


def within(error, width):
    """Away from the borders of bars, where blur would mix two colours."""
    rim = width // 3
    return np.concatenate(
        [error[:, at + rim : at + width - rim] for at in range(0, error.shape[1], width)], 1
    )


def test_colour_bars_come_through_a_network_that_shifts_colours(careless):
    made = careless(bars())
    assert within(errors(made, bars()), 60).mean() > 3
    assert within(errors(locked(made, bars()), bars()), 60).max() < 1


def test_ramps_come_through_a_network_that_shifts_colours(careless):
    made = careless(ramps())
    middle = (slice(16, 24), slice(None))
    assert errors(made, ramps())[middle].mean() > 3
    assert errors(locked(made, ramps()), ramps())[middle].max() < 1


def test_detail_stays():
    source = np.full((40, 60, 3), 0.5, np.float32)
    grain = 0.5 + 0.1 * (-1) ** np.add.outer(np.arange(80), np.arange(120))[..., None] * np.ones(3)
    assert np.allclose(locked(grain.astype(np.float32), source), grain, atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1)])
def test_the_smallest_pictures(shape):
    source = np.full((*shape, 3), 0.4, np.float32)
    made = np.full((2 * shape[0], 2 * shape[1], 3), 0.6, np.float32)
    assert np.allclose(locked(made, source), 0.4, atol=1e-6)
