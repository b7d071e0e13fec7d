"""Networks that give colours, made in code."""

from __future__ import annotations

import numpy as np

from dreamreel.neural.runtimes import file

SIDE = 64
"""Of the pictures they take."""


def colouriser(given=1, made=2, weights=None, offset=(30.0, -10.0), side=SIDE, inputs=("x",)):
    """A network of one convolution over single samples, for pictures of one size."""
    kernel = np.zeros((made, given, 1, 1)) if weights is None else np.reshape(weights, (made, given, 1, 1))
    bias = np.resize(np.array(offset, np.float32), made)
    return file.model(
        "made", [file.node("Conv", ["x", "w", "b"], "y", {})],
        [file.tensor("w", kernel.astype(np.float32)), file.tensor("b", bias)],
        [file.value(name, "float32", (1, given, side, side)) for name in inputs],
        [file.value("y", "float32", (1, made, side, side))],
    )  # fmt: skip
