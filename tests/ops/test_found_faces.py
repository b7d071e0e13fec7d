"""Faces of a clip, wherever its file was trimmed, joined, cropped and steadied; and rendered in any pieces the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.motion.shaky import HEIGHT, WIDTH, filmed, seen, trembling, wall

import dreamreel
from dreamreel.analyse.face_tracks import Box, Seen, Track
from dreamreel.clip import Clip
from dreamreel.errors import BadParameter, CapabilityMissing, RecipeInvalid
from dreamreel.media.planes import planes
from dreamreel.motion.columns import unpack
from dreamreel.neural.catalog import face_network, network
from dreamreel.neural.faces import COLUMNS, Faces, Spot
from dreamreel.ops import op_of
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.found_faces import faces_for, packed
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span

S, M = network("clean-s-x2"), network("general-m-x2")
BASE = Enlarge(S.name, S.sha256[:16], "f32", 1.0)
COUNT = 30


def seconds(number: int) -> Fraction:
    return Fraction(number, 25)


def track(*places: tuple[Fraction, float], y: float = 0.5) -> Track:
    return tuple(Seen(time, Box(x, y, 0.3, 0.4)) for time, x in places)


MOVING = packed([track((Fraction(0), 0.2), (Fraction(6, 5), 0.8))])
"""A face that goes half a picture's width in a second."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trembling wall."""
    pictures = [seen(wall(), place) for place in trembling(COUNT, 4)]
    return filmed(tmp_path_factory.mktemp("film") / "wall.mp4", pictures)


def faced(clip: Clip, faces: str | None = MOVING, share: float = 1.0) -> EnlargeFaces:
    op = faces_for(clip.node, clip.info, BASE, share, faces=faces, face=M)
    assert isinstance(op, EnlargeFaces)
    return op


def at(op: EnlargeFaces, time: Fraction) -> list[Spot]:
    """The faces at a time, in a picture of one by one."""
    return Faces(unpack(op.tracks, COLUMNS)).at(time, 1000, 1000)


def test_a_trimmed_clip_has_the_faces_that_it_shows(film: Path) -> None:
    op = faced(dreamreel.open(film)[Fraction(2, 5) : Fraction(4, 5)])
    assert [spot.x for spot in at(op, Fraction(0))] == pytest.approx([400], abs=1)
    assert [spot.x for spot in at(op, Fraction(1, 5))] == pytest.approx([500], abs=1)
    assert op.shown() == (Span(Fraction(0), Fraction(2, 5)),)


def test_stretches_that_were_put_together_have_the_faces_of_each(film: Path) -> None:
    clip = dreamreel.open(film)
    op = faced(clip[Fraction(4, 5) : Fraction(1)].sharpen() + clip[Fraction(0) : Fraction(1, 5)])
    assert [spot.x for spot in at(op, Fraction(1, 10))] == pytest.approx([650], abs=1)
    assert [spot.x for spot in at(op, Fraction(3, 10))] == pytest.approx([250], abs=1)
    assert op.shown() == (Span(Fraction(0), Fraction(2, 5)),)


def test_faces_lie_in_what_is_left_of_a_cropped_picture(film: Path) -> None:
    op = faced(dreamreel.open(film).crop(WIDTH // 2, HEIGHT // 2, WIDTH // 4, HEIGHT // 2))
    (spot,) = at(op, Fraction(3, 5))
    assert (spot.x, spot.y, spot.wide, spot.high) == pytest.approx((500, 0, 600, 800), abs=1)
    gone = packed([track((Fraction(0), 0.05), (Fraction(1), 0.05), y=0.02)])
    clip = dreamreel.open(film).crop(WIDTH // 4, HEIGHT // 4, WIDTH * 3 // 4, HEIGHT * 3 // 4)
    assert faces_for(clip.node, clip.info, BASE, 1.0, faces=gone, face=M) == BASE


def test_faces_are_where_a_steady_camera_sees_them(film: Path) -> None:
    """What holds still on the wall moves in the film, and stands where it is steadied."""
    path = trembling(COUNT, 4)
    on_wall = packed([tuple(Seen(seconds(n), Box(0.6 + x, 0.5 + y * WIDTH / HEIGHT, 0.2, 0.2))
                            for n, (x, y, _, _) in enumerate(path))])  # fmt: skip
    before = faced(dreamreel.open(film), on_wall)
    after = faced(dreamreel.open(film).stabilize(1.0), on_wall)
    spread = [np.ptp([at(op, seconds(n))[0].x for n in range(2, COUNT - 2)]) for op in (before, after)]
    assert spread[0] > 40
    assert spread[1] < 0.3 * spread[0]


def test_without_faces_a_clip_is_enlarged_as_ever(film: Path) -> None:
    clip = dreamreel.open(film)
    assert faces_for(clip.node, clip.info, BASE, 1.0, faces="", face=M) == BASE
    assert faces_for(clip.node, clip.info, BASE, 1.0, face=M) == BASE


def rendered(clip: Clip, start: Fraction, end: Fraction) -> list[tuple[Fraction, list[bytes]]]:
    picture = lower(clip.node).picture
    assert picture is not None
    return [(time, [plane.tobytes() for plane in planes(frame)])
            for time, frame in frames(picture, Span(start, end), Room())]  # fmt: skip


def test_pieces_of_a_film_are_those_of_the_whole(film: Path) -> None:
    source = dreamreel.open(film)
    clip = Clip.of(faced(source), source)
    whole = rendered(clip, seconds(0), seconds(4))
    assert whole[2:] == rendered(clip, seconds(2), seconds(4))
    trimmed = rendered(clip[seconds(2) : seconds(4)], seconds(0), seconds(2))
    assert [frame for _, frame in trimmed] == [frame for _, frame in whole[2:]]
    assert whole[0][1] != whole[1][1]


def test_the_recipe_of_two_hours_stays_small() -> None:
    rng = np.random.default_rng(1)
    tracks = [tuple(Seen(Fraction(8 * shot) + Fraction(2 * n, 5), Box(*rng.uniform(0.1, 0.9, 4))) for n in range(7))
              for shot in range(900) for _ in range(2)]  # fmt: skip
    assert len(packed(tracks)) < 200_000


def test_mistakes_are_one_clear_sentence(film: Path, tmp_path: Path) -> None:
    clip = dreamreel.open(film)
    picture = dreamreel.colour("red", 64, 64)
    for wrong, words in ((clip.speed(2), "retimed"), (clip.rotate(90), "turned"), (picture, "picture")):
        with pytest.raises(BadParameter, match=words):
            faces_for(wrong.node, wrong.info, BASE, 0.5, faces=MOVING, face=M)
    with pytest.raises(BadParameter, match=r"choose 0 to 1\."):
        clip.upscale(2, face=1.5, precision="f32")
    with pytest.raises(BadParameter, match="leave it out with a model"):
        clip.upscale(model="some-weights", face=0.5)
    with pytest.raises(BadParameter, match="has changed"):
        Clip.of(EnlargeFaces(BASE, "general-m-x2", "00000000", MOVING), clip)
    with pytest.raises(RecipeInvalid, match="make it anew"):
        rendered(Clip.of(EnlargeFaces(BASE, M.name, M.sha256[:16], "bm9uZQ=="), clip), seconds(0), seconds(1))


def test_a_clip_asks_for_faces_by_a_number(film: Path) -> None:
    clip = dreamreel.open(film)
    ask = {"size": "s", "precision": "f32"}
    if face_network("s", 2) is None:
        with pytest.raises(CapabilityMissing, match="leave face out"):
            clip.upscale(2, face=0.5, faces=MOVING, **ask)  # pyright: ignore[reportArgumentType]
    else:
        op = op_of(clip.upscale(2, face=0.5, faces=MOVING, **ask).node)  # pyright: ignore[reportArgumentType]
        assert isinstance(op, EnlargeFaces)
        assert (op.base, op.share) == (BASE, 0.5)
    assert op_of(clip.upscale(2, face=0, faces=MOVING, **ask).node) == BASE  # pyright: ignore[reportArgumentType]
