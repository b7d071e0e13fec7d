"""Tiles: exact where a network looks near, without seams where it looks far, smaller when memory runs out."""

import logging

import cv2
import numpy as np
import pytest
from tests.neural.community.making import compact, looking, wide

from dreamreel.errors import WillNotFit
from dreamreel.neural.community.compiled import of_onnx, of_plain
from dreamreel.neural.community.plain import recognised
from dreamreel.neural.community.tiles import Tiled


def picture(width=101, height=83):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    waves = [0.5 + 0.3 * np.sin(x / 9) + 0.1 * np.cos(y / 3), 0.5 + 0.3 * np.cos((x + y) / 13), x / width]
    return np.stack(waves, -1).clip(0, 1).astype(np.float32)


class Near:
    """A network at a picture's own size that blurs, and says that it does not know how far it looks."""

    scale, halo, even, most = 1, None, 1, 10**9

    def __call__(self, given):
        return cv2.GaussianBlur(given, (9, 9), 2, borderType=cv2.BORDER_REFLECT)


class Full(Near):
    """One for which there is memory for so many pixels only."""

    room = 4000

    def __call__(self, given):
        if given.shape[0] * given.shape[1] > self.room:
            raise MemoryError
        return super().__call__(given)


@pytest.mark.parametrize("most", [30 * 30, 45 * 60])
def test_where_it_looks_near_tiles_are_the_whole_to_the_bit(tmp_path, most):
    path = tmp_path / "a.onnx"
    path.write_bytes(looking())
    for run in (of_onnx(path)[0], of_plain(recognised(compact(2)))):
        assert np.array_equal(Tiled(run, most)(picture()), Tiled(run, 10**9)(picture()))


@pytest.mark.parametrize("most", [40 * 40, 60 * 60])
def test_where_nobody_knows_tiles_overlap_far_enough(most):
    assert np.allclose(Tiled(Near(), most)(picture()), Near()(picture()), atol=1e-5)


def test_a_network_that_sees_all_leaves_no_seam(tmp_path):
    path = tmp_path / "a.onnx"
    path.write_bytes(wide())
    x = np.linspace(0, 1, 160, dtype=np.float32)
    ramp = np.repeat(np.repeat(x[None, :, None] * 0.7, 40, 0), 3, 2)
    run, _ = of_onnx(path)
    steps = np.abs(np.diff(Tiled(run, 40 * 40)(ramp)[20, :, 0]))
    tile = [run(ramp[:, start : start + 40])[20, :, 0] for start in range(0, 160, 40)]
    hard = np.abs(np.diff(np.concatenate(tile)))
    # Mixed over 16 pixels a step between tiles becomes a slope.
    assert steps.max() < 0.012
    assert hard.max() > 0.05


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 30), (30, 1), (3, 2), (17, 5)])
def test_the_smallest_pictures(width, height):
    small = picture()[:height, :width]
    assert Tiled(of_plain(recognised(compact(2))))(small).shape == (2 * height, 2 * width, 3)
    assert np.isfinite(Tiled(Near())(small)).all()


def test_when_memory_runs_out_tiles_are_halved_and_it_is_said(caplog):
    with caplog.at_level(logging.WARNING, "dreamreel"):
        made = Tiled(Full(), 100 * 100)(picture())
    assert np.allclose(made, Near()(picture()), atol=1e-5)
    assert "Memory ran out" in caplog.text


def test_when_even_small_tiles_do_not_fit_it_ends_in_a_sentence():
    run = Full()
    run.room = 100
    with pytest.raises(WillNotFit, match="not enough memory"):
        Tiled(run)(picture())


class Counted(Near):
    """One that counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self, given):
        self.asked += 1
        return super().__call__(given)


def test_what_has_not_changed_is_not_computed_again():
    run = Counted()
    tiled = Tiled(run, 40 * 40)
    before = tiled(picture())
    whole = run.asked
    assert np.array_equal(tiled(picture()), before)
    assert run.asked == whole
    changed = picture()
    changed[:3, :3] = 0
    assert np.array_equal(tiled(changed), Tiled(Near(), 40 * 40)(changed))
    assert run.asked == whole + 1


def test_other_failures_are_not_taken_for_missing_memory():
    class Broken(Near):
        def __call__(self, given):
            raise RuntimeError(f"shapes do not match: {given.shape}")

    with pytest.raises(RuntimeError, match="shapes"):
        Tiled(Broken())(picture())
