"""Old film made of new: what was put there goes, what was there before stays."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.retouch.pictures import luma, noised, panned, psnr, shown, stored, yuv

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.media.planes import like, planes
from dreamreel.retouch.dust import Duster
from dreamreel.retouch.flicker import REACH, Deflickerer, gains
from dreamreel.retouch.scratch import Scratcher

NOW = Fraction(0)


def changed(frame, change):
    """A copy of a frame whose luma, in 8-bit steps, went through `change`."""
    made, unit = like(frame), 1 << (frame.format.components[0].bits - 8)
    for target, source in zip(planes(made), planes(frame), strict=True):
        target[:] = source
    value = np.clip(np.rint(change(luma(frame).copy()) * unit), 0, 256 * unit - 1)
    planes(made)[0][:] = value.astype(planes(made)[0].dtype)
    return made


def each(worker, frames, reach):
    return [worker(frames[max(0, n - reach) : n + reach + 1], min(n, reach), NOW) for n in range(len(frames))]


def dusty(seed):
    def spoilt(plane):
        rng = np.random.default_rng(seed)
        for _ in range(5):
            x, y = int(rng.integers(12, 148)), int(rng.integers(12, 108))
            cv2.circle(plane, (x, y), int(rng.integers(2, 5)), float(rng.choice([20, 232])), -1)
        return plane

    return spoilt


def scratched(plane):
    for column, step in ((60, 26), (121, -24)):
        wide = np.abs(
            np.arange(plane.shape[1])[None, :] - column - 0.5 * np.sin(np.arange(len(plane)) / 20)[:, None]
        )
        plane += step * np.exp(-((wide / 1.1) ** 2))
    return plane


# ── dust ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le"])
def test_dust_goes_while_the_camera_moves(pix_fmt):
    clean = [yuv(picture, pix_fmt) for picture in panned(4, 1.3, 0.4)]
    spoilt = [changed(frame, dusty(n)) for n, frame in enumerate(clean)]
    made = each(Duster(0.5), spoilt, 1)
    for n in (1, 2):
        assert psnr(made[n], clean[n]) > psnr(spoilt[n], clean[n]) + 4


def test_dust_goes_out_of_grainy_film_as_well():
    clean = [yuv(picture) for picture in panned(4, 1.3, 0.4)]
    grainy = [noised(frame, n, 7) for n, frame in enumerate(clean)]
    spoilt = [changed(frame, dusty(n)) for n, frame in enumerate(grainy)]
    made = each(Duster(0.5), spoilt, 1)
    for n in (1, 2):
        assert psnr(made[n], clean[n]) > psnr(spoilt[n], clean[n]) + 3


def test_a_clean_film_stays_as_it_is():
    clean = [yuv(picture) for picture in panned(4, 1.3, 0.4)]
    assert min(psnr(a, b) for a, b in zip(each(Duster(0.5), clean, 1), clean, strict=True)) > 55


def test_a_small_thing_that_moves_is_no_dust():
    ground = panned(1, seed=3)[0]
    frames = []
    for n in range(3):
        picture = ground.copy()
        cv2.circle(picture, (50 + 9 * n, 60), 4, (240, 240, 240), -1, cv2.LINE_AA)
        cv2.circle(picture, (52 + 9 * n, 60), 1, (10, 10, 10), -1, cv2.LINE_AA)
        frames.append(yuv(picture))
    assert psnr(Duster(0.5)(frames, 1, NOW), frames[1]) > 50


def test_what_moves_too_fast_to_be_followed_is_not_torn():
    ground, frames = panned(1, seed=3)[0], []
    for n in range(3):
        hand = panned(1, seed=20 + n)[0]
        inside = np.zeros(ground.shape[:2], np.uint8)
        cv2.ellipse(inside, (40 + 38 * n, 50 + 12 * n), (24, 34), 25.0 * n, 0, 360, 1, -1)
        frames.append(yuv(np.where(inside[..., None] > 0, hand, ground)))
    assert psnr(Duster(0.6)(frames, 1, NOW), frames[1]) > 50


def test_the_first_and_last_frame_have_nothing_to_compare_with():
    frames = [changed(yuv(picture), dusty(n)) for n, picture in enumerate(panned(2))]
    assert Duster(1.0)(frames, 0, NOW) is frames[0]
    assert Duster(1.0)(frames, 1, NOW) is frames[1]


# ── scratches ─────────────────────────────────────────────────────────────────────────────────────────────


def test_scratches_go_and_what_is_under_them_stays():
    clean = [yuv(picture) for picture in panned(5, 1.3, 0.4, size=(200, 140))]
    spoilt = [changed(frame, scratched) for frame in clean]
    made = Scratcher(0.6)(spoilt, 2, NOW)
    assert psnr(made, clean[2]) > psnr(spoilt[2], clean[2]) + 4


def test_a_line_on_one_frame_only_and_edges_are_no_scratches():
    clean = [yuv(picture) for picture in panned(5, 1.3, 0.4, size=(200, 140))]
    once = [changed(frame, scratched) if n == 2 else frame for n, frame in enumerate(clean)]
    assert Scratcher(0.6)(once, 2, NOW) is once[2]
    picture = np.full((140, 200, 3), 80, np.uint8)
    picture[:, 100:] = 160
    picture[20:90, 40:42] = 200
    edges = [yuv(picture)] * 5
    assert Scratcher(0.6)(edges, 2, NOW) is edges[2]


# ── flicker ───────────────────────────────────────────────────────────────────────────────────────────────


def lit(frame, gain):
    return changed(frame, lambda plane: (plane - 16) * gain + 16)


def test_flicker_goes_while_the_camera_moves():
    clean = [yuv(picture) for picture in panned(22, 0.7, 0.3)]
    rng = np.random.default_rng(5)
    spoilt = [lit(frame, 1 + 0.07 * rng.normal()) for frame in clean]
    made = each(Deflickerer(1.0), spoilt, REACH)
    wobble = [np.std([luma(a).mean() - luma(b).mean() for a, b in zip(frames, clean, strict=True)][5:-5])
              for frames in (spoilt, made)]  # fmt: skip
    assert wobble[1] < 0.4 * wobble[0]


def test_flicker_of_one_half_goes_as_well():
    clean = [yuv(panned(1)[0])] * 15
    side = np.linspace(-1, 1, 160)
    rng = np.random.default_rng(2)
    spoilt = [lit(frame, 1 + 0.05 * rng.normal() * side) for frame in clean]
    made = each(Deflickerer(1.0), spoilt, REACH)
    assert np.mean([psnr(a, clean[0]) - psnr(b, clean[0]) for a, b in zip(made, spoilt, strict=True)]) > 2


def test_fades_stay():
    clean = yuv(panned(1)[0])
    fade = [lit(clean, 0.4 + 0.6 * n / 19) for n in range(20)]
    made = each(Deflickerer(1.0), fade, REACH)
    assert max(abs(luma(a).mean() - luma(b).mean()) for a, b in zip(made, fade, strict=True)) < 0.6


def test_after_a_cut_light_starts_anew():
    bright, dark = (lit(yuv(panned(1, seed=seed)[0]), gain) for seed, gain in ((1, 1.0), (2, 0.4)))
    rng = np.random.default_rng(4)
    clean = [bright] * 8 + [dark] * 8
    made = each(Deflickerer(1.0), [lit(frame, 1 + 0.05 * rng.normal()) for frame in clean], REACH)
    off = [abs(luma(a).mean() / luma(b).mean() - 1) for a, b in zip(made, clean, strict=True)]
    assert max(off[5:11]) < 0.08


def test_black_frames_have_no_light_to_compare():
    black = [np.zeros((48, 64), np.float32)] * 5
    assert np.abs(gains(black, 2)).max() == 0


# ── the verb ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_film_is_mended_the_same_in_parts_and_in_one(tmp_path):
    clean = [yuv(picture) for picture in panned(14, 0.9, 0.2, size=(160, 120))]
    rng = np.random.default_rng(1)
    spoilt = [lit(changed(f, dusty(n)), 1 + 0.06 * rng.normal()) for n, f in enumerate(clean)]
    clip = dreamreel.open(stored(tmp_path / "a.mkv", spoilt)).restore_film()
    whole = shown(clip)
    part = shown(clip, Fraction(6, 25), Fraction(8, 25))
    assert [np.array_equal(luma(a), luma(b)) for a, b in zip(part, whole[6:8], strict=True)] == [True, True]
    before, after = (
        np.mean([psnr(a, b) for a, b in zip(frames, clean, strict=True)]) for frames in (spoilt, whole)
    )
    assert after > before + 3
    told = clip.explain()
    assert "flicker" in told
    assert "dust" in told
    assert "scratches" in told


def test_what_is_not_wished_for_is_left_out(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(panned(1)[0])] * 3))
    assert clip.restore_film(0, 0, 0) is clip or clip.restore_film(0, 0, 0) == clip
    assert clip.restore_film(0, 0.5, 0).node.op == "film.scratches"
    still = dreamreel.colour("red", 64, 48, 1)
    assert still.restore_film().node.op == "film.scratches"
    with pytest.raises(BadParameter, match="dust: a strength of 3"):
        clip.restore_film(3)


def test_scratches_are_looked_for_before_dust(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(panned(1)[0])] * 3)).restore_film()
    assert (clip.node.op, clip.node.inputs[0].op) == ("film.dust", "film.scratches")


def test_a_dark_line_over_something_black_is_followed_all_the_way():
    frames = []
    for picture in panned(5, 1.3, 0.4, size=(200, 140)):
        picture[90:] = picture[90:] // 12
        frames.append(yuv(picture))
    spoilt = [changed(frame, scratched) for frame in frames]
    made = Scratcher(0.6)(spoilt, 2, NOW)
    above = np.abs(luma(made) - luma(frames[2]))[5:85, 119:124].mean()
    assert above < 0.4 * np.abs(luma(spoilt[2]) - luma(frames[2]))[5:85, 119:124].mean()


@pytest.mark.parametrize("size", [(4, 4), (18, 7), (40, 33)])
def test_small_pictures_are_mended_too(tmp_path, size):
    frames = [yuv(picture) for picture in panned(4, size=size)]
    made = shown(dreamreel.open(stored(tmp_path / "a.mkv", frames)).restore_film())
    assert [(frame.width, frame.height) for frame in made] == [size] * 4
