"""Films through weights of others: size, time, colour and form are right, and other weights are refused."""

import av
import numpy as np
import pytest
from tests.neural.community.making import compact, looking, safetensors, shifting
from tests.render.film import film, read

import dreamreel as dr
from dreamreel.errors import BadParameter, BadSize, BadWeights, ModelMissing
from dreamreel.media.planes import planes
from dreamreel.neural.community.enlarge import CommunityEnlarger
from dreamreel.neural.community.store import add, remove
from dreamreel.ops.community import Community


def yes(_):
    return True


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Twice as large with wrong colours, four times as large, and at its own size."""
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    for name, data in (
        ("careless-x2", shifting(np.eye(3) * 0.8, [0.05, 0.05, 0.1])),
        ("soft-x1", looking()),
    ):
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(data)
        add(path, yes)
    add(safetensors(tmp_path / "compact-x4.safetensors", compact(4)), yes)


@pytest.fixture
def clip(tmp_path):
    return dr.open(film(tmp_path / "a.mp4", 6))


def test_a_film_is_made_larger_and_its_frames_keep_their_times(models, clip, tmp_path):
    made = clip.upscale(2, model="careless-x2")
    assert (made.info.video.width, made.info.video.height) == (384, 128)
    made.write(tmp_path / "b.mkv")
    before = read(tmp_path / "a.mp4")
    after = read(tmp_path / "b.mkv")
    assert [number for _, number in after] == [number for _, number in before]
    assert [float(time) for time, _ in after] == pytest.approx([float(time) for time, _ in before], abs=1e-3)


@pytest.mark.parametrize(
    ("asked", "size", "steps"),
    [
        ({}, (768, 256), 1), ({"scale": 4}, (768, 256), 1), ({"scale": 2}, (384, 128), 2),
        ({"scale": 8}, (1536, 512), 3), ({"height": 150}, (450, 150), 2), ({"height": 64}, (192, 64), 2),
    ],
)  # fmt: skip
def test_any_size_is_reached(models, clip, asked, size, steps):
    made = clip.upscale(model="compact-x4", **asked)
    assert (made.info.video.width, made.info.video.height) == size
    node, found = made.node, 0
    while node.op != "source.file":
        node, found = node.inputs[0], found + 1
    assert found == steps


def test_weights_for_a_picture_s_own_size_make_nothing_larger(models, clip):
    assert clip.upscale(model="soft-x1").info.video.width == 192
    with pytest.raises(BadParameter, match="at its own size"):
        clip.upscale(2, model="soft-x1")


@pytest.mark.parametrize(
    ("asked", "word"), [({"scale": 0}, "1 to 8"), ({"scale": 2, "height": 90}, "not both")]
)
def test_sizes_that_cannot_be_are_told(models, clip, asked, word):
    with pytest.raises(BadParameter, match=word):
        clip.upscale(model="careless-x2", **asked)


def test_what_is_too_large_is_told_before_work(models, clip):
    with pytest.raises(BadSize, match="choose a smaller size"):
        clip.resize(5000).upscale(model="compact-x4")


def test_missing_weights_say_what_to_add(clip, tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path))
    with pytest.raises(
        ModelMissing, match=r"get 4x-spanx4-ch48\.pth from .*, then run `dreamreel models add"
    ):
        clip.upscale(model="span-x4")


def flat(pix_fmt="yuv420p", y=140, u=90, v=170):
    made = av.VideoFrame(20, 12, pix_fmt)
    made.colorspace, made.color_range, made.pts = 1, 1, 3
    for plane, value in zip(planes(made), (y, u, v, 99), strict=False):
        plane[:] = value << (made.format.components[0].bits - 8)
    return made


def worker(name, weights=None, lock=True, tile=None):
    from dreamreel.neural.community.store import usable

    return CommunityEnlarger(name, weights or usable(name).card.sha256[:16], lock, tile)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuv444p10le", "yuva444p", "yuv420p12le"])
def test_a_flat_colour_stays_what_it_is(models, pix_fmt):
    source = flat(pix_fmt)
    made = worker("careless-x2")([source], 0, 0)
    assert (made.width, made.height, made.format.name, made.pts) == (40, 24, pix_fmt, 3)
    for one, other in zip(planes(made), planes(source), strict=True):
        assert np.abs(one.astype(int) - int(other[0, 0])).max() <= 1


def test_without_the_lock_a_network_does_as_it_likes(models):
    made = worker("careless-x2", lock=False)([flat()], 0, 0)
    assert abs(int(planes(made)[0][0, 0]) - 140) > 5


def test_a_film_made_with_other_weights_is_not_made_with_these(models):
    with pytest.raises(BadWeights, match="not those that this film was made with"):
        worker("careless-x2", "00" * 8)


def test_changed_weights_are_refused_when_they_are_loaded(models, tmp_path):
    path = tmp_path / "models" / "careless-x2.onnx"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(BadWeights, match="changed or is damaged"):
        worker("careless-x2")


def test_a_recipe_whose_weights_are_gone_says_so(models, clip, tmp_path):
    made = clip.upscale(2, model="careless-x2")
    remove("careless-x2")
    with pytest.raises(ModelMissing, match="careless-x2 that this film was made with are not installed"):
        made.write(tmp_path / "b.mp4")


def test_a_photo_may_be_enlarged_as_well(models, tmp_path):
    from tests.cli.terminal import photo

    made = dr.image(photo(tmp_path / "a.png", (30, 20))).upscale(2, model="careless-x2")
    assert (made.info.video.width, made.info.video.height) == (60, 40)
    assert made.info.video.still
    made.write(tmp_path / "b.png")
    with av.open(str(tmp_path / "b.png")) as shown:
        assert next(shown.decode(video=0)).width == 60


def test_what_is_done_is_told_with_the_time_it_takes(models, clip):
    told = str(clip.upscale(model="compact-x4").explain())
    assert "enlarge ×4 with the weights compact-x4, colours kept" in told
    small, large = (Community("a", "00" * 8, 4, numbers) for numbers in (1_000, 1_000_000))
    assert small.speed == 1000 * large.speed
