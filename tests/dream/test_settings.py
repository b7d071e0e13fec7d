"""What must be true of every setting: complete palettes, sound places, no holes, no seams, the same twice."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
import skia

from dreamreel.dream.cast import SettingWords, default_cast
from dreamreel.dream.hand import LOOKS, NATIVE, bake
from dreamreel.dream.scenery import MARGIN, Backdrop, Layer, Palette, Setting, View, setting
from dreamreel.dream.shapes import Box

KINDS = sorted(default_cast().settings)
ROLES = {"sky_top", "sky_mid", "sky_low", "haze", "light", "accent", "ambient"}
SCALE = 0.12
every = pytest.mark.parametrize("kind", KINDS)

Pixels = npt.NDArray[np.uint8]


def frame(backdrop: Backdrop, shift: float = 0.0, t: float = 1.3) -> Pixels:
    """All layers and live things at `t`, as the world draws them."""
    pixels = np.zeros((round(1000 * SCALE), round(backdrop.width * SCALE), 4), np.uint8)
    canvas = skia.Surface(pixels, NATIVE, skia.kPremul_AlphaType).getCanvas()
    canvas.scale(SCALE, SCALE)
    for layer in backdrop.setting.layers:
        backdrop.draw(canvas, layer, shift, t)
    return pixels


@cache
def backdrop(kind: str, width: float, seed: int = 5) -> Backdrop:
    scene = setting(kind)
    return Backdrop(scene, width, scene.words.times[0], LOOKS["plush"], seed, SCALE)


def test_there_are_ten_settings():
    outdoors = {"meadow", "open_sea", "night_sky", "forest", "beach", "underwater", "space", "snow_field"}
    assert outdoors | {"bedroom", "candy_land"} <= set(KINDS)


@every
def test_palettes_have_all_roles_and_the_same_own_ones(kind: str):
    palettes = setting(kind).palettes
    assert all(palette.keys() >= ROLES for palette in palettes.values())
    assert len({frozenset(palette) for palette in palettes.values()}) == 1
    assert all(0 <= colour <= 0xFFFFFF for palette in palettes.values() for colour in palette.values())


@every
def test_the_default_time_has_a_palette_of_its_own(kind: str):
    assert setting(kind).words.times[0] in setting(kind).palettes


@every
def test_words_are_lower_case(kind: str):
    words = setting(kind).words
    assert words.nouns
    assert all(word == word.lower().strip() and "-" not in word for word in (*words.nouns, *words.parts))


@every
def test_layers_have_names_of_their_own_and_boxes_on_the_stage(kind: str):
    layers = setting(kind).layers
    assert len({layer.name for layer in layers}) == len(layers)
    assert all(0 <= layer.box[0] < layer.box[1] <= 1000 for layer in layers)


@every
def test_everything_is_drawn_after_a_layer_that_exists(kind: str):
    names = {layer.name for layer in setting(kind).layers}
    assert {item.after for item in (*setting(kind).places, *setting(kind).live)} <= names


@every
def test_places_lie_on_the_stage_with_room_above(kind: str):
    for place in setting(kind).places:
        assert 100 <= place.y[0] <= place.y[1] <= 905
        assert 0.4 <= place.scale <= 1.2


@every
def test_there_is_room_in_the_air_in_the_sky_and_below(kind: str):
    habitats = {place.habitat for place in setting(kind).places}
    assert {"air", "sky"} <= habitats
    assert habitats & {"ground", "water"}


@every
@pytest.mark.parametrize("width", [562.0, 1778.0])
def test_no_hole_opens_when_the_camera_moves(kind: str, width: float):
    # A camera that moves by 52 and layers that sway: 60 is beyond what a dream does.
    for shift in (-60.0, 60.0):
        assert frame(backdrop(kind, width), shift)[..., 3].min() == 255


@every
def test_the_same_seed_draws_the_same_picture(kind: str):
    scene = setting(kind)
    again = Backdrop(scene, 562.0, scene.words.times[0], LOOKS["plush"], 5, SCALE)
    np.testing.assert_array_equal(frame(backdrop(kind, 562.0)), frame(again))


@every
def test_live_things_move(kind: str):
    one = backdrop(kind, 562.0)
    assert (frame(one, t=1.0) != frame(one, t=2.7)).any()


DRIFTING = [(kind, layer) for kind in KINDS for layer in setting(kind).layers if layer.drift]


@pytest.mark.parametrize(("kind", "layer"), DRIFTING, ids=lambda item: getattr(item, "name", item))
def test_a_drifting_layer_draws_at_its_right_end_what_it_draws_before_its_left(kind: str, layer: Layer):
    width, near = 1010.0, 200.0
    scene = setting(kind)
    palette = scene.palette(scene.words.times[0])

    def strip(x: float) -> Pixels:
        box = (x - near, layer.box[0], x + near, layer.box[1])
        sheet = bake(
            lambda b: layer.draw(View(b, width, palette, Random(3), False)), box, SCALE, LOOKS["plush"]
        )
        assert sheet.pixels is not None
        return sheet.pixels

    # The span, 1250 units, is a whole number of pixels, so that both ends fall on the same grid.
    left, right = strip(-MARGIN), strip(width + MARGIN)
    assert left.any()
    assert np.abs(left.astype(int) - right).max() <= 3


def test_the_two_ends_of_a_drifting_layer_join_without_a_seam():
    palette: Palette = dict.fromkeys(ROLES, 0xFFFFFF)

    def veil(view: View) -> None:
        view.brush.fill(Box(-900, 0, 5000, 1000), 0xFFFFFF, 0.5)

    scene = Setting(SettingWords(("veil",)), {"day": palette}, (Layer("veil", 1.0, veil, drift=7.0),), ())
    sheet = Backdrop(scene, 900.0, "day", LOOKS["plush"], 1, SCALE)
    for t in (40.0, 61.3, 77.77):
        alpha = frame(sheet, t=t)[2:-2, :, 3].astype(int)
        assert np.abs(alpha - 128).max() <= 6


def test_a_sheet_is_cut_along_its_empty_middle_and_loses_nothing():
    palette: Palette = dict.fromkeys(ROLES, 0xFFFFFF)

    def posts(view: View) -> None:
        view.brush.fill(Box(10, 300, 60, 600), 0xFF0000)
        view.brush.fill(Box(1600, 100, 60, 200), 0x0000FF)

    scene = Setting(SettingWords(("posts",)), {"day": palette}, (Layer("posts", 1.0, posts),), ())
    one = Backdrop(scene, 1778.0, "day", LOOKS["plush"], 1, SCALE)
    whole = bake(
        lambda b: posts(View(b, 1778.0, palette, Random(0), False)), (0, 0, 1778, 1000), SCALE, LOOKS["plush"]
    )
    pixels = np.zeros((120, 213, 4), np.uint8)
    canvas = skia.Surface(pixels, NATIVE, skia.kPremul_AlphaType).getCanvas()
    canvas.scale(SCALE, SCALE)
    whole.draw(canvas)
    drawn = frame(one).astype(int)
    assert abs(int(drawn[..., 3].sum()) - int(pixels[..., 3].sum())) < 0.02 * pixels[..., 3].sum()


def test_a_live_view_is_seeded_anew_for_every_frame():
    one = backdrop("meadow", 562.0)
    np.testing.assert_array_equal(frame(one, t=3.0), frame(one, t=3.0))
