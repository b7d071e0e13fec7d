"""Clips made larger by a network: the same film, more pixels."""

from fractions import Fraction

import av
import numpy as np
import pytest
from tests.render.film import film, read

import dreamreel
from dreamreel.errors import BadParameter, BadSize, RecipeInvalid
from dreamreel.graph import Node, Recipe

FAST = {"preset": "ultrafast", "crf": 12}


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "short.mp4", 30)


def upscaled(clip, *args, **kwargs):
    return clip.upscale(*args, precision="int8", **kwargs)


def test_every_frame_is_there_at_its_time(short, tmp_path):
    clip = dreamreel.open(short)
    out = upscaled(clip, 2).write(tmp_path / "out.mp4", **FAST)
    video = dreamreel.open(out).info.video
    assert (video.width, video.height) == (2 * clip.info.video.width, 2 * clip.info.video.height)
    assert read(out) == read(short)


def test_a_height_is_reached_exactly(short):
    clip = dreamreel.open(short)
    made = upscaled(clip, height=clip.info.video.height * 3)
    assert made.info.video.height == clip.info.video.height * 3
    assert made.info.video.width == clip.info.video.width * 3
    assert made.node.op == "geometry.resize"


def test_a_part_is_cut_before_it_is_enlarged(short, tmp_path):
    clip = upscaled(dreamreel.open(short), 2)[Fraction(2, 25) : Fraction(12, 25)]
    assert "enlarge with clean-m-x2" in clip.explain()
    assert read(clip.write(tmp_path / "out.mp4", **FAST)) == [(Fraction(n, 25), n + 2) for n in range(10)]


def test_a_picture_keeps_its_colours_and_is_enlarged_once(tmp_path):
    rng = np.random.default_rng(4)
    pixels = np.repeat(np.repeat(rng.integers(0, 255, (6, 8, 3), np.uint8), 8, 0), 8, 1)
    from PIL import Image

    Image.fromarray(pixels).save(tmp_path / "a.png")
    clip = upscaled(dreamreel.image(tmp_path / "a.png", 2), 2)
    assert clip.info.video.pix_fmt == "yuv444p"
    clip.write(tmp_path / "b.png")
    made = np.asarray(Image.open(tmp_path / "b.png").convert("RGB"))
    assert made.shape == (96, 128, 3)
    assert np.abs(made[8::16, 8::16].astype(int) - pixels[4::8, 4::8]).mean() < 4


def test_it_is_data_like_everything_else(short):
    clip = upscaled(dreamreel.open(short), 2).fade_in(Fraction(1, 5))
    assert dreamreel.Clip.from_node(Recipe.from_json(clip.recipe.to_json()).outputs["main"]) == clip


def test_other_weights_are_another_picture(short):
    clip = upscaled(dreamreel.open(short), 2)
    params = {**clip.node.params, "weights": "0" * 16}
    with pytest.raises((BadParameter, RecipeInvalid), match="changed"):
        dreamreel.Clip.from_node(Node(clip.node.op, clip.node.version, params, clip.node.inputs))


@pytest.mark.parametrize(("asked", "said"), [
    ({}, "a scale of 2, 4 or 8, or a height"),
    ({"scale": 2, "height": 500}, "a scale of 2, 4 or 8, or a height"),
    ({"scale": 5}, "a scale of 5 is not possible; choose 2, "),
    ({"height": 10}, "use resize"),
    ({"scale": 2, "size": "xl"}, "no network clean of size 'xl'"),
])  # fmt: skip
def test_what_cannot_be_is_said(short, asked, said):
    with pytest.raises(BadParameter, match=said):
        upscaled(dreamreel.open(short), **asked)


def test_a_result_too_large_is_refused():
    with pytest.raises(BadSize, match="16384"):
        upscaled(dreamreel.colour("red", 4096, 16, 1), 8)


def test_sound_alone_has_no_picture_to_enlarge(tmp_path):
    with av.open(str(tmp_path / "a.wav"), "w") as target:
        stream = target.add_stream("pcm_s16le", 8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        target.mux(stream.encode(sound))
    with pytest.raises(BadParameter, match="only sound"):
        upscaled(dreamreel.open(tmp_path / "a.wav"), 2)


@pytest.mark.parametrize("tolerance", [-1, 17])
def test_a_tolerance_out_of_range_is_refused(short, tolerance):
    clip = upscaled(dreamreel.open(short), 2)
    params = {**clip.node.params, "tolerance": tolerance}
    with pytest.raises((BadParameter, RecipeInvalid), match="choose 0 to 16"):
        dreamreel.Clip.from_node(Node(clip.node.op, clip.node.version, params, clip.node.inputs))


def test_only_the_first_of_several_enlargements_tolerates(short):
    clip = upscaled(dreamreel.open(short), 4, size="s", reuse="near")
    assert clip.node.params["tolerance"] == 0
    assert clip.node.inputs[0].params["tolerance"] == 2


def test_one_network_of_a_larger_scale_is_taken_where_there_is_one(short):
    small = dreamreel.open(short)
    clip = upscaled(small, 4)
    assert clip.node.params["network"] == "clean-m-x4"
    assert clip.info.video.width == 4 * small.info.video.width


def test_the_first_of_several_networks_cleans(short):
    clip = upscaled(dreamreel.open(short), 4, family="general", strength=0.4)
    assert clip.node.params["network"] == "clean-m-x2"
    assert clip.node.inputs[0].params["network"] == "general-m-x2"
    assert clip.node.inputs[0].params["strength"] == 0.4


def test_the_strength_that_was_measured_is_part_of_the_recipe(short):
    clip = upscaled(dreamreel.open(short), 2, family="general")
    assert 0 <= clip.node.params["strength"] <= 1
    assert dreamreel.Clip.from_node(Recipe.from_json(clip.recipe.to_json()).outputs["main"]) == clip


def test_restoring_keeps_the_size_and_the_times(short, tmp_path):
    clip = dreamreel.open(short)
    made = clip.restore(0.5, size="m", precision="int8")
    assert (made.info.video.width, made.info.video.height) == (clip.info.video.width, clip.info.video.height)
    assert read(made.write(tmp_path / "out.mp4", **FAST)) == read(short)
