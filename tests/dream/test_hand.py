"""Sprites look the same however they are sampled, and parts melt where they are told to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import skia

from dreamreel.dream.hand import LOOKS, Brush, Sprite, bake
from dreamreel.dream.shapes import Capsule, Star

STAR = Star(0, 0, 60, 30)


def star() -> Sprite:
    return bake(lambda brush: brush.soft(STAR, 0x7799EE), (-60, -60, 60, 60), 1.5, LOOKS["plush"])


def shown(
    sprite: Sprite, place: skia.Matrix, alpha: float = 1.0, layer: bool = False
) -> npt.NDArray[np.int64]:
    surface = skia.Surface(300, 240)
    canvas = surface.getCanvas()
    canvas.clear(0xFF334455)
    if layer:
        canvas.saveLayer(skia.Rect.MakeXYWH(60, 40, 150, 140), skia.Paint(Alphaf=0.5))
    canvas.concat(place)
    sprite.draw(canvas, alpha)
    if layer:
        canvas.restore()
    return surface.toarray().astype(np.int64)


def placed(
    degrees: float, scale: float, x: float = 140.3, y: float = 120.7, mirror: float = 1.0
) -> skia.Matrix:
    matrix = skia.Matrix.Scale(scale * mirror, scale)
    matrix.postRotate(degrees)
    matrix.postTranslate(x, y)
    return matrix


@pytest.mark.parametrize(
    "place",
    [placed(13, 1.4), placed(-80, 1.6), placed(45, 1.2, mirror=-1.0), placed(20, 1.5, x=-10), placed(8, 0.4)],
)
@pytest.mark.parametrize("layer", [False, True])
def test_a_turned_sprite_is_what_skia_would_draw(place: skia.Matrix, layer: bool):
    fast = star()
    slow = replace(fast, pixels=None)
    difference = np.abs(shown(fast, place, 0.8, layer) - shown(slow, place, 0.8, layer))
    assert difference.max() <= 4
    assert difference.mean() < 0.25


def test_a_turned_sprite_is_drawn_at_all():
    assert np.any(shown(star(), placed(13, 1.4)) != shown(star(), placed(13, 1.4, x=-900)))


def test_a_sprite_outside_the_canvas_draws_nothing():
    assert np.ptp(shown(star(), placed(13, 1.4, x=-900)).reshape(-1, 4), axis=0).max() == 0


def test_a_melting_limb_fades_in_from_its_pivot():
    surface = skia.Surface(60, 120)
    limb = Capsule((30, 20), (30, 100), 12, 12)
    brush = Brush(surface.getCanvas(), LOOKS["plush"])
    brush.soft(limb, 0x7799EE)
    brush.melt(limb, (30, 20), 30)
    alpha = surface.toarray()[:, 30, 3].astype(int)
    assert alpha[19] < 10
    assert 90 < alpha[35] < 165
    assert alpha[60] == 255
    assert np.all(np.diff(alpha[20:50]) >= 0)
