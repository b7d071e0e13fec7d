"""Eight bits: sums stay exact on every processor, also where two products are added in sixteen bits."""

from __future__ import annotations

import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op
from tests.neural.test_enlarge import frame, visible

from dreamreel.neural import graph
from dreamreel.neural.catalog import networks
from dreamreel.neural.enlarge import Enlarger

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("inputs", [3, 16, 32])
def test_no_two_products_that_are_added_first_pass_sixteen_bits(inputs):
    kernel = RNG.normal(size=(24, inputs, 3, 3)).astype(np.float32)
    most = graph._most_of_two(kernel)
    assert (most >= np.abs(kernel).max((1, 2, 3))).all()
    steps = np.rint(kernel / most[:, None, None, None] * 127)
    padded = np.pad(steps, ((0, 0), (0, -inputs % 4), (0, 0), (0, 0))).reshape(24, -1, 4, 3, 3)
    for one in range(4):
        for other in range(one):
            assert 255 * np.abs(padded[:, :, one] + padded[:, :, other]).max() < 2**15


@pytest.mark.parametrize("narrow", [False, True])
def test_sums_of_eight_bits_are_what_they_should_be_here(monkeypatch, narrow):
    """Of the largest numbers there are, on this processor; narrower steps are right on any."""
    monkeypatch.setattr(graph, "overflows", (lambda: True) if narrow else graph.overflows)
    kernel = np.where(RNG.random((16, 32, 3, 3)) < 0.8, 1, -1).astype(np.float32)
    x = op.parameter([1, 32, 12, 12], np.float32)
    convolution = op.convolution(x, op.constant(kernel), [1, 1], [0, 0], [0, 0], [1, 1])
    graph.quantise(convolution, 1.0)
    model = graph.core().compile_model(
        ov.Model([op.result(convolution)], [x], "sums"), "CPU", graph.config("int8")
    )
    made = model(np.ones((1, 32, 12, 12), np.float32))[0]
    assert np.abs(made - kernel.sum((1, 2, 3))[None, :, None, None]).max() < 0.01 * 32 * 9


@pytest.mark.parametrize("network", networks(), ids=lambda network: network.name)
def test_eight_bits_are_near_to_floats_whatever_the_processor(network):
    squares = np.where(np.random.default_rng(1).random((8, 12, 1)) < 0.5, 20, 235).astype(np.uint8)
    source = frame(squares.repeat(8, 0).repeat(8, 1).repeat(3, 2), "yuv444p")
    strength = 0.5 if network.strength else 1.0
    made = [
        visible(Enlarger(network, "yuv444p", 96, 64, precision, strength)(source))[0].astype(float)
        for precision in ("f32", "int8")
    ]
    assert 20 * np.log10(255 / np.sqrt(np.mean((made[0] - made[1]) ** 2))) > 35
