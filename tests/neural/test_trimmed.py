"""Networks that leave out what they would only make up at the border."""

import numpy as np
import pytest

from dreamreel.media.info import Colour
from dreamreel.neural.catalog import network
from dreamreel.neural.colours import Form
from dreamreel.neural.graph import TileModel, border, halo

COLOUR = Colour(1, 1, 1, 1)


@pytest.mark.parametrize(("name", "form", "precision"), [
    ("clean-m-x2", Form(8, 2, 2, COLOUR), "int8"), ("clean-s-x2", Form(10, 2, 1, COLOUR), "bf16"),
    ("clean-m-x3", Form(8, 2, 2, COLOUR), "f32"), ("clean-m-x4", Form(10, 1, 1, COLOUR), "int8"),
])  # fmt: skip
def test_what_remains_is_the_same_to_the_bit(name, form, precision):
    one = network(name)
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2**form.bits, (64, 88)).astype(form.sample)
    uv = rng.integers(0, 2**form.bits, (2, 64 // form.down, 88 // form.across)).astype(form.sample)
    full = TileModel(one, form, 88, 64, precision)(y, uv)
    less = TileModel(one, form, 88, 64, precision, trimmed=True)(y, uv)
    assert less[0].shape == tuple((side - 2 * border(one)) * one.scale for side in (64, 88))
    for was, made, across, down in (
        (full[0], less[0], 1, 1),
        (full[1], less[1], form.across, form.down),
    ):
        x, high = halo(one) * one.scale // across, halo(one) * one.scale // down
        left, top = ((halo(one) - border(one)) * one.scale // side for side in (across, down))
        middle = made[..., top : made.shape[-2] - top, left : made.shape[-1] - left]
        assert np.array_equal(was[..., high:-high, x:-x], middle)
