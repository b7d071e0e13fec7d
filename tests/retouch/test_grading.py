"""Light and colour corrected: casts go, what is good stays, nothing flickers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab
from tests.retouch.pictures import luma, panned, psnr, shown, stored, yuv

import dreamreel
from dreamreel.analyse.grading import grade_of, sample, sampled
from dreamreel.errors import BadParameter
from dreamreel.media.grade import Grade
from dreamreel.ops.grade import AutoColour, Graded
from dreamreel.retouch.grading import Grader

BARS = [(192, 192, 192), (192, 192, 0), (0, 192, 192), (0, 192, 0), (192, 0, 192), (192, 0, 0), (0, 0, 192)]


def greys(seed=1):
    """A room: grey and white things, something of colour, light from one side."""
    rng = np.random.default_rng(seed)
    picture = np.kron(rng.integers(12, 240, (6, 8)), np.ones((20, 20)))[..., None] * np.ones(3)
    picture[20:60, 40:80] = (170, 60, 50)
    picture[80:110, 100:140] = (40, 80, 160)
    return np.clip(picture + rng.normal(0, 1, picture.shape), 0, 255).astype(np.uint8)


def cast(picture, *gains):
    return np.clip(picture * np.array(gains), 0, 255).astype(np.uint8)


def corrected(picture, pix_fmt="yuv444p", strength=1.0):
    frame = yuv(picture, pix_fmt)
    grade = grade_of([sampled(frame)], strength)
    made = Grader([Fraction(0)], [grade])([frame], 0, Fraction(0))
    return made.to_ndarray(format="rgb24").astype(float), grade


def tint(picture):
    """How far greys are from grey: mean of |R − G| and |B − G| outside the coloured things."""
    inside = np.ones(picture.shape[:2], bool)
    inside[20:60, 40:80] = inside[80:110, 100:140] = False
    return np.abs(picture[inside][:, [0, 2]] - picture[inside][:, 1:2]).mean()


@pytest.mark.parametrize("gains", [(1.08, 0.98, 0.84), (0.85, 1.0, 1.12), (0.92, 1.04, 0.92)])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_a_cast_goes(gains, pix_fmt):
    spoilt = cast(greys(), *gains)
    made, _ = corrected(spoilt, pix_fmt)
    assert tint(made) < 0.62 * tint(spoilt.astype(float))


def test_a_good_picture_is_hardly_touched():
    made, grade = corrected(greys())
    assert np.abs(made - greys()).mean() < 4
    assert max(abs(gain - 1) for gain in (grade.red, grade.green, grade.blue)) < 0.02


def test_a_meadow_and_a_sunset_keep_their_colours():
    rng = np.random.default_rng(1)
    for colour in ((60, 130, 45), (210, 90, 40)):
        picture = np.clip(np.array(colour) * rng.uniform(0.5, 1.2, (60, 80, 1)), 0, 255).astype(np.uint8)
        grade = grade_of([sampled(yuv(picture))])
        assert max(abs(gain - 1) for gain in (grade.red, grade.green, grade.blue)) < 0.03


def test_skin_is_not_asked_for_the_colour_of_light():
    picture = greys()
    picture[:, :138] = np.clip(np.random.default_rng(2).normal((200, 165, 150), 6, (120, 138, 3)), 0, 255)
    _, grade = corrected(picture)
    assert max(abs(gain - 1) for gain in (grade.red, grade.green, grade.blue)) < 0.04


def test_a_picture_too_dark_is_lifted_and_white_stays_white():
    dark = cast(greys(), 0.3, 0.3, 0.3)
    made, grade = corrected(dark)
    assert made.mean() > 1.8 * dark.mean()
    assert grade.curve(1.0) == 1
    levels = [grade.curve(x / 100) for x in range(101)]
    assert levels == sorted(levels)


def test_a_night_that_has_its_lights_stays_dark():
    night = cast(greys(), 0.12, 0.12, 0.12)
    night[10:20, 10:40] = 240
    made, _ = corrected(night)
    assert np.median(made) < 2 * np.median(night) + 2


def test_noise_bounds_how_far_dark_parts_are_lifted():
    one = sampled(yuv(cast(greys(), 0.25, 0.25, 0.25)))
    free, noisy = grade_of([one]), grade_of([one], noise=3)
    slope = [(1 + grade.lift) / (grade.high - grade.low) for grade in (free, noisy)]
    assert slope[1] <= 3.5 / 3 + 0.01 < slope[0]


def test_flat_contrast_is_stretched():
    flat = (greys() * 0.5 + 70).astype(np.uint8)
    made, _ = corrected(flat)
    assert made.std() > 1.15 * flat.std()


def test_half_the_strength_corrects_half():
    one = sampled(yuv(cast(greys(), 1.1, 0.98, 0.78)))
    whole, half = grade_of([one]), grade_of([one], 0.5)
    assert np.log(half.blue / half.green) == pytest.approx(np.log(whole.blue / whole.green) / 2, abs=0.003)


def test_bars_and_ramps_come_through_where_there_is_nothing_to_do(tmp_path):
    """ΔE2000 under 1 through file, chain and back."""
    bars = np.repeat(np.repeat(np.array([BARS], np.uint8), 96, 0), 24, 1)
    ramp = np.repeat(np.repeat(np.linspace(0, 255, 168).astype(np.uint8)[None, :, None], 24, 0), 3, 2)
    picture = np.concatenate([bars, ramp])
    frame = yuv(picture, "yuv444p10le")
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [frame] * 3))
    identity = AutoColour((Graded(Fraction(0), Grade()),))
    made = shown(dreamreel.Clip.from_node(identity.node(clip.node)))[1].to_ndarray(format="rgb24")
    assert deltaE_ciede2000(rgb2lab(made), rgb2lab(picture)).max() < 1


def test_a_gain_is_that_of_rgb_whatever_the_matrix():
    picture = greys()
    for code, name in ((1, "ITU709"), (6, "ITU601")):
        import av

        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
            format="yuv444p", dst_colorspace=name, dst_color_range="MPEG", threads=1
        )
        frame.colorspace, frame.color_range = code, 1
        made = Grader([Fraction(0)], [Grade(red=1.15, blue=0.9)])([frame], 0, Fraction(0))
        rgb = made.to_ndarray(format="rgb24").astype(float)
        want = picture * np.array([1.15, 1, 0.9])
        fits = want.max(axis=2) < 250
        assert np.abs(rgb - want)[fits].mean() < 1.5


def test_each_shot_has_its_own_numbers_and_keeps_them(tmp_path):
    one, two = cast(greys(1), 1.1, 0.98, 0.78), cast(greys(7), 0.3, 0.3, 0.3)
    rng = np.random.default_rng(3)
    frames = [
        yuv(np.clip(p + rng.normal(0, 1, p.shape), 0, 255).astype(np.uint8)) for p in [one] * 10 + [two] * 10
    ]
    path = stored(tmp_path / "a.mkv", frames)
    clip = dreamreel.open(path).auto_colour()
    shots = clip.node.params["shots"]
    assert [shot["start"] for shot in shots] == [0, "2/5"]
    assert shots[0]["grade"]["blue"] > 1.1 > shots[1]["grade"]["blue"]
    made = shown(clip)
    light = [luma(frame).mean() for frame in made]
    assert np.std(light[:10]) < 0.3
    assert np.std(light[10:]) < 0.6
    assert "2 of 2 shots" in clip.explain()
    part = dreamreel.open(path)[Fraction(6, 25) :].auto_colour()
    assert [shot["start"] for shot in part.node.params["shots"]] == [0, "4/25"]
    assert psnr(shown(part)[-1], made[-1]) > 40
    assert np.array_equal(luma(shown(clip, Fraction(12, 25), Fraction(13, 25))[0]), luma(made[12]))


def test_a_photo_is_corrected_once(tmp_path):
    from PIL import Image

    Image.fromarray(cast(greys(), 1.1, 0.98, 0.78)).save(tmp_path / "a.png")
    clip = dreamreel.image(tmp_path / "a.png", 1).auto_colour()
    assert len(shown(clip)) == 1
    assert clip.info.video.still
    assert tint(shown(clip)[0].to_ndarray(format="rgb24").astype(float)) < 14
    plain = dreamreel.colour("navy", 64, 48, 1)
    assert plain.auto_colour() is plain


def test_what_is_good_as_it_is_stays_the_same_clip(tmp_path):
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(greys())] * 4))
    assert clip.auto_colour(0) is clip


def test_what_cannot_be_is_said(tmp_path):
    from tests.analyse.footage import hdr

    clip = dreamreel.open(stored(tmp_path / "a.mkv", [yuv(greys())] * 4))
    with pytest.raises(BadParameter, match="HDR; tone_map"):
        dreamreel.open(hdr(tmp_path / "b.mkv")).auto_colour()
    with pytest.raises(BadParameter, match="before clips are joined"):
        (clip + clip.reverse()).auto_colour()
    with pytest.raises(BadParameter, match="out of range"):
        AutoColour((Graded(Fraction(0), Grade(red=99)),)).infer(clip.info)
    with pytest.raises(BadParameter, match="follow"):
        AutoColour((Graded(Fraction(1), Grade()), Graded(Fraction(1), Grade()))).infer(clip.info)


def test_a_black_picture_tells_nothing():
    assert grade_of([sample(np.zeros((54, 96, 3), np.float32))]).red == 1
    assert grade_of([]) == Grade()
    assert Grader([], [])([yuv(panned(1)[0])], 0, Fraction(0)) is not None
