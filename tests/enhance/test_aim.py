"""How large a result is, and by which enlargements it gets there."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dreamreel.enhance.aim import aim, size_class
from dreamreel.enhance.asked import goal_of
from dreamreel.errors import BadSize


@pytest.mark.parametrize(
    ("display", "size"),
    [((640, 480), (1440, 1080)), ((640, 360), (1920, 1080)), ((320, 240), (1280, 960)), ((1280, 720), (2560, 1440)),
     ((1920, 1080), (1920, 1080)), ((1920, 800), (1920, 800)), ((360, 640), (1080, 1920)), ((720, 576), (1350, 1080)),
     ((3840, 2160), (3840, 2160)), ((2, 2), (8, 8))],
)  # fmt: skip
def test_without_a_wish_small_films_become_1080p_and_good_ones_stay(display, size):
    found = aim(display, "auto")
    assert (found.width, found.height) == size


@pytest.mark.parametrize(
    ("to", "size"),
    [("720p", (1280, 720)), ("4K", (3840, 2160)), ("8k", (7680, 4320)), ("2K", (2560, 1440)), ("x3", (1920, 1080)),
     ("1000x1000", (1000, 562)), ("same", (640, 360)), ("480p", (854, 480))],
)  # fmt: skip
def test_a_size_that_is_asked_for(to, size):
    found = aim((640, 360), to)
    assert (found.width, found.height) == size


def test_a_wide_film_fills_the_screen_from_side_to_side():
    assert (aim((1280, 534), "1080p").width, aim((1280, 534), "1080p").height) == (1920, 802)
    assert size_class((1920, 800)) == 1080


def test_photos_are_doubled_and_may_have_odd_sides():
    assert (aim((33, 51), "auto", still=True).width, aim((33, 51), "x3", still=True).height) == (66, 153)
    assert aim((4000, 3000), "auto", still=True).times == 1


def test_smaller_is_told_by_the_factor():
    assert aim((1920, 1080), "720p").times == Fraction(2, 3)


@pytest.mark.parametrize("text", ["huge", "x9", "x0", "1x1", "99999p", "20000x100", "-4", "12"])
def test_what_is_no_size(text):
    with pytest.raises(BadSize, match="is not a size"):
        goal_of(text)
