"""Networks that give colours: what they are told by, what becomes of frames, and that nothing flickers."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from tests.neural.community.colouring import SIDE, colouriser
from tests.neural.community.making import _field as field
from tests.neural.community.making import onnx, shifting

import dreamreel
from dreamreel.errors import BadParameter, BadWeights, ModelMissing, RecipeInvalid
from dreamreel.graph import Node
from dreamreel.media.planes import planes
from dreamreel.neural.community import store
from dreamreel.neural.community.colourise import CommunityColouriser, blended, same_shot
from dreamreel.neural.community.colours import lightness, read_colouriser
from dreamreel.neural.community.look import look
from dreamreel.neural.listed import row_of
from dreamreel.neural.runtimes import file
from dreamreel.ops.colourise import Colourise

TINTED = np.array([[1.0, 0, 0], [0, 0.8, 0], [0, 0, 0.5]])


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    return tmp_path


def added(folder, data, name="sepia"):
    path = folder / f"{name}.onnx"
    path.write_bytes(data)
    return store.add(path, lambda _: True)


def grey_film(path, frames, size=(96, 64), pix_fmt="yuv420p"):
    """A film without colours out of pictures of luma."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("ffv1", 25, width=size[0], height=size[1], pix_fmt=pix_fmt)
        for luma in frames:
            frame = av.VideoFrame(*size, pix_fmt)
            for number, plane in enumerate(planes(frame)):
                plane[:] = luma if number == 0 else 1 << (frame.format.components[0].bits - 1)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    return path


def shapes(seed=0, size=(96, 64), top=219):
    rng = np.random.default_rng(seed)
    soft = cv2.resize(rng.random((4, 6)), size, interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return (16 + soft * top * 0.9).astype(np.uint16 if top > 255 else np.uint8)


def read(path):
    with av.open(str(path)) as source:
        return [[np.array(plane) for plane in planes(frame)] for frame in source.decode(video=0)]


@pytest.mark.parametrize(("data", "form"), [
    (colouriser(), "L to ab"),
    (colouriser(given=3), "RGB to ab"),
    (colouriser(given=3, made=3, weights=TINTED, offset=(0, 0, 0)), "RGB to RGB"),
    (onnx([("Conv", ["x", "w"], "y", {})], {"w": np.full((2, 1, 1, 1), 0.1)}, channels=1), "L to ab"),
])  # fmt: skip
def test_what_gives_colours_is_told_by_its_shapes(models, data, form):
    path = models / "a.onnx"
    path.write_bytes(data)
    found = read_colouriser(path)
    assert found is not None
    assert found[0]._form == form
    assert look(path).colours


@pytest.mark.parametrize("data", [
    colouriser(given=3, made=3, weights=np.eye(3), offset=(0, 0, 0)),  # Grey stays grey: it repairs.
    shifting(np.repeat(np.eye(3), 1, 0), (0, 0, 0)),  # It enlarges.
])  # fmt: skip
def test_what_does_something_else_is_left_to_others(models, data):
    path = models / "a.onnx"
    path.write_bytes(data)
    assert read_colouriser(path) is None


@pytest.mark.parametrize(("data", "said"), [
    (colouriser(made=3), "makes 3 channels of grey"),
    (colouriser(made=1), "makes 1 channels of grey"),
    (colouriser(side=8), "8×8; from 16 to 2048"),
    (colouriser(offset=(np.nan, 0)), "something else than numbers"),
    (colouriser(inputs=("x", "hints")), "one input and one output, without hints"),
    (b"no network", "does not make one picture"),
])  # fmt: skip
def test_what_nearly_does_says_what_is_missing(models, data, said):
    with pytest.raises(BadWeights, match=said):
        added(models, data)


def test_numbers_in_a_second_file_are_told_of(models):
    place = b"".join(field(13, field(1, key) + field(2, value)) for key, value in
                     (("location", "b.data"), ("offset", "0"), ("length", "8")))  # fmt: skip
    shape = b"".join(field(1, side) for side in (2, 1, 1, 1))
    apart = shape + field(2, 1) + field(8, "w") + place + field(14, 1)
    data = file.model(
        "made", [file.node("Conv", ["x", "w"], "y", {})], [apart],
        [file.value("x", "float32", (1, 1, SIDE, SIDE))], [file.value("y", "float32", (1, 2, SIDE, SIDE))],
    )  # fmt: skip
    with pytest.raises(BadWeights, match="keeps its numbers in a second file"):
        added(models, data)


def test_it_is_listed_with_what_it_is_for(models):
    added(models, colouriser())
    row = row_of("sepia")
    assert (row["use"], row["purpose"]) == ("colourise", "gives black-and-white pictures colours")
    with pytest.raises(BadParameter, match="give colours; they cannot make a picture larger"):
        store.usable("sepia")


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
def test_luma_stays_to_the_bit_and_chroma_is_the_network_s(models, pix_fmt):
    added(models, colouriser())
    deep = pix_fmt.endswith("10le")
    source = grey_film(models / "a.mkv", [shapes(top=876 if deep else 219)] * 3, pix_fmt=pix_fmt)
    made = read(dreamreel.open(source).colourise().write(models / "b.mkv", codec="ffv1"))
    was = read(source)
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(made, was, strict=True))
    unit, middle = (4, 512) if deep else (1, 128)
    # a = 30 is red, b = −10 a little blue: Cr well above the middle, Cb a little.
    light = (was[0][0] > 80 * unit) & (was[0][0] < 200 * unit)
    down, across = (light.shape[0] // made[0][1].shape[0], light.shape[1] // made[0][1].shape[1])
    inside = light[::down, ::across]
    assert made[0][1].dtype == was[0][1].dtype
    assert np.median(made[0][2][inside]) > middle + 12 * unit
    assert abs(np.median(made[0][1][inside]) - middle) < 12 * unit


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le"])
def test_a_film_of_one_plane_keeps_it(models, pix_fmt):
    added(models, colouriser())
    top = 1023 if pix_fmt == "gray10le" else 255
    source = grey_film(models / "a.mkv", [shapes(top=top)] * 2, pix_fmt=pix_fmt)
    made = read(dreamreel.open(source).colourise().write(models / "b.mkv", codec="ffv1"))
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(made, read(source), strict=True))
    assert np.median(made[0][2]) > (top + 1) // 2 + 10


def test_colours_are_those_of_lab(models):
    added(models, colouriser(offset=(20.0, 40.0)))
    source = grey_film(models / "a.mkv", [np.full((64, 96), 126, np.uint8)], pix_fmt="yuv444p")
    (made,) = read(dreamreel.open(source).colourise().write(models / "b.mkv", codec="ffv1"))
    rgb = av.VideoFrame(96, 64, "yuv444p")
    for plane, data in zip(planes(rgb), made, strict=True):
        plane[:] = data
    rgb.colorspace, rgb.color_range = 5, 1
    lab = cv2.cvtColor(rgb.to_ndarray(format="rgb24").astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    assert abs(lab[..., 1].mean() - 20) < 3
    assert abs(lab[..., 2].mean() - 40) < 3


def test_half_the_strength_is_half_the_colours(models):
    added(models, colouriser(offset=(0.0, 40.0)))
    source = grey_film(models / "a.mkv", [np.full((64, 96), 150, np.uint8)])
    strong, weak = (
        read(dreamreel.open(source).colourise(strength=part).write(models / f"{part}.mkv", codec="ffv1"))[0]
        for part in (1.0, 0.5)
    )
    full, half = (128 - float(one[1].mean()) for one in (strong, weak))
    assert full > 10
    assert abs(half - full / 2) < 3


def test_a_photo_gets_colours_too(models):
    added(models, colouriser(offset=(0.0, 60.0)))
    from PIL import Image

    Image.fromarray(np.full((48, 64), 140, np.uint8), "L").convert("RGB").save(models / "a.png")
    dreamreel.image(models / "a.png", 1).colourise().write(models / "b.png")
    pixel = np.asarray(Image.open(models / "b.png").convert("RGB"))[20, 20].astype(int)
    assert pixel[0] > pixel[2] + 40


def flickering(strength=40.0):
    """Colours that hang on the light of the whole picture: noise in it makes them flicker."""
    nodes = [
        file.node("GlobalAveragePool", ["x"], "m", {}), file.node("Mul", ["m", "k"], "s", {}),
        file.node("Sin", ["s"], "t", {}), file.node("Mul", ["x", "zero"], "z", {}),
        file.node("Add", ["z", "t"], "one", {}), file.node("Mul", ["one", "a"], "y", {}),
    ]  # fmt: skip
    ab = np.array([strength, strength], np.float32).reshape(1, 2, 1, 1)
    return file.model(
        "made", nodes,
        [file.tensor("k", np.float32([40.0])), file.tensor("zero", np.float32([0.0])), file.tensor("a", ab)],
        [file.value("x", "float32", (1, 1, SIDE, SIDE))], [file.value("y", "float32", (1, 2, SIDE, SIDE))],
    )  # fmt: skip


def test_colours_do_not_flicker_within_a_shot_and_are_not_carried_over_a_cut(models):
    one = added(models, flickering())
    rng = np.random.default_rng(5)
    first = [
        np.clip(shapes(1).astype(int) + rng.integers(-3, 4), 16, 235).astype(np.uint8) for _ in range(14)
    ]
    second = [255 - shapes(9)] * 6
    source = grey_film(models / "a.mkv", [*first, *second])
    made = read(dreamreel.open(source).colourise().write(models / "b.mkv", codec="ffv1"))
    alone = CommunityColouriser("sepia", one.card.sha256[:16], 1.0)
    with av.open(str(source)) as opened:
        frames = list(opened.decode(video=0))
    raw = [np.array(planes(alone([frame], 0, Fraction(0)))[2]) for frame in frames]
    steps = [
        np.mean(np.abs(np.diff([one.astype(float).mean() for one in run[:14]])))
        for run in (raw, [m[2] for m in made])
    ]
    assert steps[0] > 3
    assert steps[1] < steps[0] / 2.5
    # Behind the cut all frames are alike, so their colours are too, to the bit.
    assert all(np.array_equal(made[14][2], one[2]) for one in made[15:])
    assert np.array_equal(made[14][2], raw[14])


def test_segments_make_no_difference(models):
    added(models, flickering())
    rng = np.random.default_rng(6)
    lumas = [
        np.clip(shapes(1).astype(int) + rng.integers(-3, 4), 16, 235).astype(np.uint8) for _ in range(30)
    ]
    clip = dreamreel.open(grey_film(models / "a.mkv", lumas)).colourise()
    whole = read(clip.write(models / "b.mkv", codec="ffv1"))
    from dreamreel.render.frames import Room, frames
    from dreamreel.render.lower import lower
    from dreamreel.time import Span

    picture = lower(clip.node).picture
    late = list(frames(picture, Span(Fraction(20, 25), Fraction(30, 25)), Room()))
    assert len(late) == 10
    for (time, frame), was in zip(late, whole[20:], strict=True):
        assert time >= Fraction(20, 25)
        assert all(np.array_equal(one, other) for one, other in zip(planes(frame), was, strict=True))


def test_what_moves_takes_its_colours_along():
    dark, light = np.full((8, 8), 20, np.float32), np.full((8, 8), 80, np.float32)
    left, right = dark.copy(), dark.copy()
    left[:, :4], right[:, 4:] = light[:, :4], light[:, 4:]
    colours = [np.dstack([np.where(one > 50, 40, 0)] * 2).astype(np.float32) for one in (left, right)]
    made = blended([(left, colours[0]), (right, colours[1])], 1)
    assert np.allclose(made, colours[1], atol=0.1)


def test_a_shot_ends_where_the_picture_changes():
    one, other = (lightness((shapes(seed) / 255).astype(np.float32)) for seed in (1, 2))
    assert same_shot([one, one, other, other], 1) == (0, 2)
    assert same_shot([one, one, other, other], 2) == (2, 4)
    assert same_shot([one, one + 8], 0) == (0, 2)  # Only the light has changed.


@pytest.mark.parametrize("strength", [0.0, 1.1, -1.0])
def test_a_strength_out_of_range_is_refused(models, strength):
    added(models, colouriser())
    with pytest.raises(BadParameter, match="choose above 0 and up to 1"):
        dreamreel.colour("grey", 64, 48, 1).colourise(strength=strength)


def test_without_weights_it_says_what_to_do(models):
    clip = dreamreel.colour("grey", 64, 48, 1)
    with pytest.raises(ModelMissing, match="dreamreel models add FILE"):
        clip.colourise()
    with pytest.raises(BadParameter, match="do not give colours"):
        clip.colourise("realesrgan-x4plus")


def test_other_weights_of_that_name_are_refused(models):
    one = added(models, colouriser())
    clip = dreamreel.colour("grey", 64, 48, 1).colourise("sepia")
    assert one.card.sha256.startswith(clip.node.params["weights"])
    store.remove("sepia")
    with pytest.raises(ModelMissing, match="add the file that they came from"):
        clip.write(models / "a.png")
    added(models, colouriser(offset=(1.0, 2.0)))
    with pytest.raises(BadWeights, match="not those that this film was made with"):
        clip.write(models / "a.png")
    with pytest.raises((BadParameter, RecipeInvalid)):
        dreamreel.Clip.from_node(
            Node(clip.node.op, 1, {**clip.node.params, "weights": "00"}, clip.node.inputs)
        )


def test_a_large_network_takes_longer_whatever_the_size_of_frames():
    small, large = (Colourise("a", "00ff00ff", parameters=count) for count in (10**6, 30 * 10**6))
    assert 20 < large.each / small.each < 40
    assert 0.5 < large.each < 2
