"""Shaky films whose path is known, steadied: how much shake is left, at what cost, in every form of picture."""

from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np
import pytest
from tests.motion.shaky import RATE, WIDTH, filmed, seen, trembling, wall

import dreamreel
from dreamreel.analyse.shake import detect, step
from dreamreel.errors import BadParameter, RecipeInvalid
from dreamreel.graph import Node
from dreamreel.media.planes import planes
from dreamreel.motion.paths import jitter
from dreamreel.motion.steady import Corrections, Steadier
from dreamreel.ops import op_of
from dreamreel.render.explain import explained
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.render.plan import Target, make_plan
from dreamreel.time import Span

COUNT = 40


@pytest.fixture(scope="module")
def shaky(tmp_path_factory):
    """A tripod's shot held by hand, then a cut to another wall."""
    places = trembling(COUNT, 4, 0.012)
    first, second = wall(1), wall(2)
    pictures = [seen(first if n < 25 else second, place) for n, place in enumerate(places)]
    return filmed(tmp_path_factory.mktemp("shaky") / "shaky.mp4", pictures)


def made(clip, start=Fraction(0), end=None):
    span = Span(start, end or clip.duration)
    return [(time, planes(frame)[0].copy()) for time, frame in frames(lower(clip.node).picture, span, Room())]


def shake(pictures):
    """How much pictures in a row tremble, in pixels."""
    moves = [step(one, two) for one, two in pairwise(pictures)]
    return jitter(np.cumsum(moves, axis=0), float(RATE)) * WIDTH


def test_the_moves_of_a_camera_are_found(shaky):
    found = detect(shaky)
    told = np.diff(trembling(COUNT, 4, 0.012), axis=0)
    assert found.cuts == (25,)
    assert list(found.times) == [n / RATE for n in range(COUNT)]
    error = (found.moves[1:] - told)[[n for n in range(COUNT - 1) if n != 24]]
    assert np.abs(error[:, :2] * WIDTH).max() < 0.35
    assert np.abs(error[:, 2]).max() < 0.004


@pytest.mark.parametrize("border", ["crop", "fill"])
def test_a_fraction_of_the_shake_is_left(shaky, border):
    clip = dreamreel.open(shaky)
    before = shake([picture for _, picture in made(clip)][:25])
    after = shake([picture for _, picture in made(clip.stabilize(1.0, border))][:25])
    assert before > 1
    assert after < 0.1 * before


def test_no_border_shows(tmp_path):
    """A bright wall: what lies outside would be seen as a repeated edge, what is not written as black."""
    bright = np.maximum(wall(3), 100)
    path = filmed(tmp_path / "a.mp4", [seen(bright, place) for place in trembling(20, 4, 0.01)])
    for border in ("crop", "fill"):
        assert min(int(picture.min()) for _, picture in made(dreamreel.open(path).stabilize(1, border))) > 60


def test_a_segment_shows_what_the_whole_shows(shaky):
    for border in ("crop", "fill"):
        clip = dreamreel.open(shaky).stabilize(1.0, border)
        whole = made(clip)
        part = made(clip, Fraction(10, 25), Fraction(14, 25))
        assert [time for time, _ in part] == [n / RATE for n in range(10, 14)]
        assert all((one == two).all() for (_, one), (_, two) in zip(part, whole[10:14], strict=True))


def test_a_trimmed_clip_is_steadied_as_it_is_shown(shaky):
    cut = dreamreel.open(shaky)[Fraction(5, 25) : Fraction(20, 25)]
    steady = cut.stabilize(1.0)
    assert len(made(steady)) == 15
    before, after = (shake([picture for _, picture in made(one)]) for one in (cut, steady))
    assert after < 0.35 * before


def test_a_steady_film_is_left_as_it_is(tmp_path):
    still = seen(wall(), np.zeros(4))
    clip = dreamreel.open(filmed(tmp_path / "still.mp4", [still] * 12))
    assert clip.stabilize() is clip
    assert dreamreel.colour("red", 64, 64).stabilize().info.video.still


def test_what_moves_before_a_steady_camera_does_not_move_the_picture(tmp_path):
    still = seen(wall(), np.zeros(4))
    ball = wall(7, 60)
    pictures = []
    for n in range(20):
        picture = still.copy()
        picture[30:90, 10 + 4 * n : 70 + 4 * n] = ball
        pictures.append(picture)
    clip = dreamreel.open(filmed(tmp_path / "ball.mp4", pictures))
    assert clip.stabilize() is clip


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuv444p", "yuva420p", "yuv420p12le"])
def test_every_plane_is_moved_alike(pix_fmt):
    """A step from black and one colour to white and another, moved by 4 and a half pixels."""
    frame = av.VideoFrame(64, 48, pix_fmt)
    top = (1 << frame.format.components[0].bits) - 1
    for number, plane in enumerate(planes(frame)):
        edge = plane.shape[1] // 2
        plane[:, :edge], plane[:, edge:] = top // 8, top - top // 8
        if number in (1, 2):
            plane[:, :edge], plane[:, edge:] = top // 4, top - top // 4
    move = np.array([[-4.5 / 64, 0, 0, 0]])
    worker = Steadier(Corrections([0], move, shots=np.array([0])), np.ones(1), Fraction(1), fill=False)
    made = worker([frame], 0, Fraction(0))
    assert made.format.name == pix_fmt
    for number, plane in enumerate(planes(made)):
        row = plane[10].astype(float)
        low, high = row[2], row[-3]
        # The step's place: pixels below it, counted by how dark they are.
        place = ((high - row) / (high - low)).sum() * 64 / len(row)
        left = 0.5 if number in (1, 2) and len(row) == 32 else 0.0
        assert place == pytest.approx(32 - 4.5, abs=0.1 + left)
        assert int(plane.max()) <= top


def test_colour_turns_about_the_same_point_as_brightness():
    """A picture dark above and bright below, turned upside down: the edge stays in the middle of every plane."""
    frame = av.VideoFrame(64, 48, "yuv420p")
    for plane in planes(frame):
        plane[: plane.shape[0] // 2], plane[plane.shape[0] // 2 :] = 60, 180
    worker = Steadier(
        Corrections([0], np.array([[0, 0, np.pi, 0]]), shots=np.array([0])), np.ones(1), Fraction(1), False
    )
    for plane in planes(worker([frame], 0, Fraction(0))):
        column = plane[:, plane.shape[1] // 2].astype(float)
        assert (column - 60).sum() / 120 == pytest.approx(len(column) / 2, abs=0.05)


def test_filled_borders_show_what_is_there(shaky):
    """As the camera stands, its borders stand too, to within noise of 1.5 steps."""
    shown = [picture for _, picture in made(dreamreel.open(shaky).stabilize(1.0, "fill"))][:25]
    rims = np.stack([np.concatenate([one[:, :8], one[:, -8:]], axis=1) for one in shown]).astype(float)
    assert rims.std(axis=0).mean() < 1.5


def test_oblong_pixels_turn_without_bending():
    """A disc that is shown round stays round."""
    luma = np.full((64, 64), 40, np.uint8)
    cv2.ellipse(luma, (32, 32), (10, 20), 0, 0, 360, 220, -1)
    frame = av.VideoFrame.from_ndarray(np.concatenate([luma, np.full((32, 64), 128, np.uint8)]), "yuv420p")
    move = np.array([[0, 0, np.pi / 4, 0]])
    worker = Steadier(Corrections([0], move, shots=np.array([0])), np.ones(1), Fraction(2), fill=False)
    turned = planes(worker([frame], 0, Fraction(0)))[0]
    assert np.abs(turned.astype(int) - luma).mean() < 4


def test_between_two_measured_frames_the_correction_is_between_theirs():
    found = Corrections([0, 40_000], np.array([[0.0, 0, 0, 0], [0.1, 0, 0, 0]]))
    assert found.at(Fraction(1, 50))[0] == pytest.approx(0.05)
    assert found.at(Fraction(9))[0] == found.at(Fraction(40_001, 1_000_000))[0] == 0.1


def test_what_cannot_be_measured_is_told(shaky):
    clip = dreamreel.open(shaky)
    for wrong in (clip + clip, clip.speed(2), clip.crop(64, 64), dreamreel.title("A", 64, 64)[0:1].speed(1)):
        if not wrong.info.video.still:
            with pytest.raises(BadParameter, match="measured in a file"):
                wrong.stabilize()
    with pytest.raises(BadParameter, match="0 to 1"):
        clip.stabilize(2)


def test_a_recipe_with_broken_moves_is_refused(shaky):
    node = dreamreel.open(shaky).stabilize(1.0).node
    for wrong in ({"moves": "AAAA"}, {"zooms": ()}):
        broken = Node(node.op, node.version, {**node.params, **wrong}, node.inputs)
        with pytest.raises(RecipeInvalid):
            op_of(broken).worker(dreamreel.open(shaky).info)


def test_it_is_explained(shaky, tmp_path):
    clip = dreamreel.open(shaky).stabilize(1.0)
    assert "steady the camera in 2 shots" in explained(make_plan(clip.node, tmp_path / "a.mp4", Target()))
