"""Pictures are shrunk as the published tables shrink them."""

from __future__ import annotations

import numpy as np
from PIL import Image
from training.resize import bicubic


def test_a_ramp_stays_a_ramp() -> None:
    ramp = np.repeat(np.arange(0, 240, 2, dtype=np.uint8)[None, :, None], 8, 0)
    inner = bicubic(ramp, 4, 60)[:, 4:-4, 0].astype(int)
    assert (np.diff(inner, axis=1) == 4).all()


def test_it_agrees_with_another_antialiased_bicubic_away_from_the_edges() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    other = np.asarray(Image.fromarray(picture).resize((40, 30), Image.Resampling.BICUBIC)).astype(int)
    difference = np.abs(bicubic(picture, 30, 40).astype(int) - other)[4:-4, 4:-4]
    assert difference.max() <= 1
