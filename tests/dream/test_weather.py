"""Weather falls, drifts and blows over the whole stage, always in motion and never in the way."""

from __future__ import annotations

from random import Random
from typing import get_args

import numpy as np
import pytest
import skia

from dreamreel.dream.hand import LOOKS, NATIVE, Brush
from dreamreel.dream.scenery import View, setting
from dreamreel.dream.storyboard import Weather
from dreamreel.dream.weather import draw_weather

LOOK = LOOKS["plush"]
KINDS = tuple(kind for kind in get_args(Weather) if kind != "clear")
WIDTH = 1400.0


def drawn(kind: str, t: float) -> np.ndarray:
    """Opacity of the weather over the whole stage at a tenth of its size."""
    pixels = np.zeros((100, 140, 4), np.uint8)
    canvas = skia.Surface(pixels, colorType=NATIVE).getCanvas()
    canvas.scale(0.1, 0.1)
    palette = setting("meadow").palette("day")
    draw_weather(kind, View(Brush(canvas, LOOK), WIDTH, palette, Random(0), False), t)
    return pixels[..., 3].astype(int)


@pytest.mark.parametrize("kind", KINDS)
def test_every_weather_is_seen_at_every_moment(kind: str) -> None:
    # A thousandth of the stage is 1400 square units: a few gusts are seen, a single flake is not.
    for t in (0.0, 2.3, 31.0):
        assert (drawn(kind, t) > 12).mean() > 0.004


@pytest.mark.parametrize("kind", KINDS)
def test_every_weather_moves_without_jumping(kind: str) -> None:
    a, b, c = (drawn(kind, t) for t in (3.0, 3.0 + 1 / 24, 4.5))
    assert np.abs(c - a).mean() > 0
    assert np.abs(b - a).mean() < 8


@pytest.mark.parametrize("kind", KINDS)
def test_the_dream_stays_visible_through_it(kind: str) -> None:
    assert (drawn(kind, 1.0) > 200).mean() < 0.2


@pytest.mark.parametrize("kind", ["rain", "snow"])
def test_what_falls_falls_everywhere(kind: str) -> None:
    seen = sum(drawn(kind, 0.4 * k) for k in range(8)) > 0
    thirds = [seen[:, a : a + 46].any() for a in (0, 46, 92)] + [seen[a : a + 33].any() for a in (0, 33, 66)]
    assert all(thirds)


def test_clear_skies_and_unknown_words_draw_nothing() -> None:
    assert not drawn("clear", 1.0).any()
    assert not drawn("frogs", 1.0).any()


def test_the_same_moment_looks_the_same() -> None:
    assert np.array_equal(drawn("snow", 2.0), drawn("snow", 2.0))
