"""Noise averaged over time: less of it, nothing else lost, nothing ghosts."""

from fractions import Fraction

import numpy as np
import pytest
from tests.retouch.pictures import luma, noised, panned, psnr, shown, stored, yuv

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.media.planes import planes
from dreamreel.ops.repair import TemporalDenoise
from dreamreel.retouch.temporal import TemporalDenoiser


def cleaned(window, at=2, strength=0.3, noise=(8, 5)):
    return TemporalDenoiser(strength, *noise)(window, at, Fraction(0))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv420p10le"])
def test_noise_goes_where_the_camera_moves(pix_fmt):
    clean = [yuv(picture, pix_fmt) for picture in panned(5)]
    noisy = [noised(frame, n, 8, 5) for n, frame in enumerate(clean)]
    made = cleaned(noisy)
    assert psnr(made, clean[2]) > psnr(noisy[2], clean[2]) + 5
    colour = [np.abs(planes(one)[1].astype(float) - planes(clean[2])[1]).mean() for one in (noisy[2], made)]
    assert colour[1] < 0.6 * colour[0]


def test_it_is_clearly_better_than_averaging_what_lies_there(tmp_path):
    from dreamreel.media.filters import FilterSpec
    from dreamreel.render import tree
    from dreamreel.render.frames import Room, frames
    from dreamreel.render.lower import lower
    from dreamreel.time import Span

    clean = [yuv(picture) for picture in panned(9)]
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [noised(f, n, 8, 5) for n, f in enumerate(clean)]))
    options = {f"{plane}{side}": f"{0.12 * step}" for plane in "012" for side, step in (("a", 1), ("b", 2))}
    spec = FilterSpec.of("atadenoise", s=9, **options)
    picture = tree.Filtered(lower(clip.node).picture, (spec,), timed=True, reach=Fraction(1))
    theirs = [frame for _, frame in frames(picture, Span(Fraction(0), clip.duration), Room())][4]
    ours = shown(clip.denoise(method="temporal"))[4]
    assert psnr(ours, clean[4]) > psnr(theirs, clean[4]) + 3


def test_a_thing_that_passes_leaves_no_ghost():
    still = panned(1)[0]
    clean = []
    for n in range(5):
        picture = still.copy()
        picture[40:80, 10 + 28 * n : 34 + 28 * n] = 225
        clean.append(yuv(picture))
    noisy = [noised(frame, n, 6, 4) for n, frame in enumerate(clean)]
    error = np.abs(luma(cleaned(noisy, noise=(6, 4))) - luma(clean[2]))
    for n in (0, 1, 3, 4):
        assert error[44:76, 14 + 28 * n : 30 + 28 * n].mean() < 4


def test_after_a_cut_the_other_shot_does_not_count():
    one, two = (yuv(panned(1, seed=seed)[0]) for seed in (1, 2))
    noisy = [noised(frame, n, 4, 3) for n, frame in enumerate([one, one, two, two, two])]
    made = cleaned(noisy, noise=(4, 3))
    assert psnr(made, two) > psnr(noisy[2], two) + 3


def test_a_picture_too_small_to_follow_and_one_without_neighbours_are_made_too():
    for size in ((1, 1), (7, 5), (20, 9)):
        frames = [noised(yuv(picture), n, 3, 2) for n, picture in enumerate(panned(3, size=size))]
        assert (cleaned(frames, 1).width, cleaned(frames, 1).height) == size
    frame = noised(yuv(panned(1)[0]), 1, 3, 2)
    assert psnr(cleaned([frame], 0), frame) > 30


def test_the_noise_of_the_file_is_part_of_the_recipe(tmp_path):
    clean = [yuv(picture) for picture in panned(6, 0, 0)]
    noisy = [noised(frame, n, 5, 3) for n, frame in enumerate(clean)]
    clip = dreamreel.open(stored(tmp_path / "a.mkv", noisy))
    denoised = clip.denoise(method="temporal")
    assert denoised.node.params["luma"] == pytest.approx(5, rel=0.2)
    assert denoised.node.params["chroma"] == pytest.approx(3, rel=0.3)
    assert "take out noise of 5" in denoised.explain()
    whole = shown(denoised)
    part = shown(denoised, Fraction(2, 25), Fraction(4, 25))
    assert len(part) == 2
    assert all(np.array_equal(luma(a), luma(b)) for a, b in zip(part, whole[2:4], strict=True))


def test_a_film_without_noise_and_a_strength_of_nothing_are_left_alone(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(panned(1)[0]) for _ in range(5)]))
    assert clip.denoise(method="temporal") is clip
    assert clip.denoise(0, "temporal") is clip
    with pytest.raises(BadParameter, match="0 to 1"):
        clip.denoise(2, "temporal")


def test_a_picture_without_time_is_denoised_within_itself():
    assert dreamreel.colour("red", 64, 48, 1).denoise(0.3, "temporal").node.params["method"] == "fine"


def test_noise_out_of_range_is_refused(tmp_path):
    clip = dreamreel.colour("red", 64, 48, 1)
    with pytest.raises(BadParameter, match="choose 0 to 64"):
        TemporalDenoise(0.3, 100, 2).infer(clip.info)
