"""Which frames lie between which: rates, drawings that are held, cuts, segments, sound."""

from fractions import Fraction

import numpy as np
import pytest
from tests.motion.drawn import disc, psnr
from tests.motion.shaky import RATE, filmed, wall

import dreamreel
from dreamreel.errors import BadParameter, BadTime
from dreamreel.media.planes import planes
from dreamreel.ops.motion import Interpolate
from dreamreel.render import tree
from dreamreel.render.explain import explained
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.render.plan import Target, make_plan
from dreamreel.time import Span


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    return dreamreel.open(
        filmed(tmp_path_factory.mktemp("a") / "a.mp4", [disc(40 + 6 * n) for n in range(12)])
    )


def made(clip, start=Fraction(0), end=None):
    span = Span(start, end or clip.duration)
    return [(time, planes(frame)[0].copy()) for time, frame in frames(lower(clip.node).picture, span, Room())]


def places(shown):
    """Where the disc is, told by its bright ring."""
    return [float(np.nonzero(luma[58:63] > 180)[1].mean()) for _, luma in shown]


def test_a_higher_rate_moves_evenly(moving):
    shown = made(moving.interpolate(60))
    assert [time for time, _ in shown] == [Fraction(n, 60) for n in range(29)]
    told = [40 + 6 * min(11, n * 25 / 60) for n in range(29)]
    assert places(shown) == pytest.approx(told, abs=0.8)


def test_frames_that_are_there_are_shown_as_they_are(moving):
    own, double = made(moving), made(moving.interpolate(50))
    assert all((one == two).all() for (_, one), (_, two) in zip(own, double[::2], strict=True))
    assert psnr(double[3][1], disc(49)) > 25


def test_the_own_rate_changes_nothing_and_a_lower_one_is_interpolated(moving):
    assert isinstance(lower(moving.interpolate(25).node).picture, tree.FileFrames)
    assert places(made(moving.interpolate(20))) == pytest.approx(
        [40 + 7.5 * n for n in range(9)] + [106], abs=1
    )


def test_a_segment_shows_what_the_whole_shows(moving):
    clip = moving.interpolate(60)
    whole = made(clip)
    for start, end in ((5, 9), (12, 20), (24, 29)):
        part = made(clip, Fraction(start, 60), Fraction(end, 60))
        assert [time for time, _ in part] == [time for time, _ in whole[start:end]]
        assert all((one == two).all() for (_, one), (_, two) in zip(part, whole[start:end], strict=True))


def test_drawings_on_twos_move_evenly_and_a_pause_stays_one(tmp_path):
    twos = [40, 40, 46, 46, 52, 52, 58, 58]
    clip = dreamreel.open(filmed(tmp_path / "a.mp4", [disc(x) for x in [*twos, *[64] * 6, 70, 76]]))
    told = places(made(clip.interpolate(50)))
    assert told[:15] == pytest.approx([40 + 1.5 * n for n in range(15)], abs=0.8)
    assert told[16:27] == pytest.approx([told[16]] * 11, abs=0.1)
    assert told[27] == pytest.approx(67, abs=0.8)


def test_nothing_is_made_across_a_cut(tmp_path):
    first, second = wall(1)[:120, :160], wall(2)[:120, :160]
    pictures = [first] * 6 + [np.roll(second, n, 1) for n in range(6)]
    shown = made(dreamreel.open(filmed(tmp_path / "a.mp4", pictures)).interpolate(100))
    assert all(psnr(luma, first) > 35 for _, luma in shown[:24])
    assert all(psnr(luma[:, 8:], second[:, 8:]) > 15 for _, luma in shown[24:26])


def test_a_variable_rate_becomes_a_constant_one(tmp_path):
    from tests.render.film import film

    stamps = [0, 40, 100, 120, 200, 240]
    clip = dreamreel.open(film(tmp_path / "v.mp4", 6, stamps=stamps, base=Fraction(1, 1000)))
    assert clip.info.video.rate is None
    times = [time for time, _ in made(clip.interpolate(50), end=Fraction(240, 1000))]
    assert times == [Fraction(n, 50) for n in range(12)]


def test_slow_motion_is_longer_smoother_and_keeps_its_rate(moving):
    slow = moving.slow_motion(4)
    assert slow.duration == 4 * moving.duration
    assert slow.info.video.rate == RATE
    assert places(made(slow))[:44] == pytest.approx([40 + 1.5 * n for n in range(44)], abs=0.8)
    assert moving.slow_motion(1) is moving
    with pytest.raises(BadParameter, match="1 to 100"):
        moving.slow_motion(Fraction(1, 2))


def test_the_sound_is_slowed_with_the_picture():
    from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
    from dreamreel.ops.time_ import Speed

    info = Interpolate(RATE).infer(
        Speed(Fraction(1, 2)).infer(ClipInfo(Fraction(3), VideoInfo(64, 64), AudioInfo()))
    )
    assert info == ClipInfo(Fraction(6), VideoInfo(64, 64, rate=RATE), AudioInfo())


def test_a_picture_that_stands_still_is_not_computed():
    still = dreamreel.colour("red", 64, 64, 1).interpolate(60)
    assert tree.is_still(lower(still.node).picture)


def test_a_rate_out_of_range_is_refused(moving):
    with pytest.raises(BadTime, match="2000"):
        moving.interpolate(2000)
    with pytest.raises(BadParameter, match="out of range"):
        Interpolate(Fraction(2000)).infer(moving.info)


def test_it_is_explained(moving, tmp_path):
    plan = make_plan(moving.interpolate(60).node, tmp_path / "a.mp4", Target())
    assert "interpolate at 60 frames per second" in explained(plan)
