"""Networks that leave out what they would only make up at the border, and those that take tiles of any size."""

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


@pytest.mark.parametrize(("name", "form", "strength"), [
    ("clean-m-x2", Form(8, 2, 2, COLOUR), 1.0), ("clean-s-x2", Form(10, 2, 1, COLOUR), 1.0),
    ("clean-m-x3", Form(8, 2, 2, COLOUR), 1.0), ("clean-m-x4", Form(10, 1, 1, COLOUR), 1.0),
    ("general-m-x2", Form(8, 2, 2, COLOUR), 0.4),
])  # fmt: skip
def test_a_model_for_every_size_makes_the_same_of_every_piece(name, form, strength):
    one, (width, height) = network(name), (152, 120)
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2**form.bits, (height, width)).astype(form.sample)
    uv = rng.integers(0, 2**form.bits, (2, height // form.down, width // form.across)).astype(form.sample)
    model = TileModel(one, form, width, height, "int8", strength, trimmed=True, flexible=True)
    whole = [plane.copy() for plane in model(y, uv)]
    rim = halo(one) - border(one)
    for left, top, wide, high in ((0, 0, 64, 88), (36, 20, 100, 64), (80, 56, 72, 64), (2, 6, 150, 48)):
        piece = y[top : top + high, left : left + wide]
        rows, columns = slice(top // form.down, (top + high) // form.down), slice(left // form.across, None)
        tint = uv[:, rows, columns][:, :, : wide // form.across]
        made = model(np.ascontiguousarray(piece), np.ascontiguousarray(tint))
        for full, part, across, down in (
            (whole[0], made[0], 1, 1),
            (whole[1], made[1], form.across, form.down),
        ):
            x, z = (side * one.scale // step for side, step in ((left, across), (top, down)))
            within = full[..., z : z + part.shape[-2], x : x + part.shape[-1]]
            over, along = (rim * one.scale // step for step in (across, down))
            assert part.shape == within.shape
            assert np.array_equal(part[..., along:-along, over:-over], within[..., along:-along, over:-over])
