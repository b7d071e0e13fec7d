"""Names and shapes become even pixels."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.errors import BadSize
from dreamreel.sizes import ASPECTS, RESOLUTIONS, dream_size

HD = (1920, 1080)
sides = st.integers(16, 8000)


@pytest.mark.parametrize(
    ("photo", "resolution", "aspect", "size"),
    [
        (HD, "720p", "photo", (1280, 720)),
        ((1080, 1920), "720p", "photo", (720, 1280)),
        ((4032, 3024), "1080p", "photo", (1440, 1080)),
        ((576, 576), "480p", "photo", (480, 480)),
        (HD, "4K", "photo", (3840, 2160)),
        (HD, "2160p", "16:9", (3840, 2160)),
        ((576, 576), "720p", "16:9", (1280, 720)),
        (HD, "720p", "9:16", (720, 1280)),
        (HD, "1080p", "4:5", (1080, 1350)),
        (HD, "540p", "1:1", (540, 540)),
        (HD, "360p", "3:2", (540, 360)),
        (HD, "900p", "photo", (1600, 900)),
        (HD, "1280x720", "photo", (1280, 720)),
        (HD, " 1280×720 ", "photo", (1280, 720)),
    ],
)
def test_the_table_of_sizes(photo, resolution, aspect, size):
    assert dream_size(photo, resolution, aspect) == (size, ())


def test_odd_sides_become_even_and_that_is_told():
    size, notes = dream_size(HD, "1281x721")
    assert size == (1282, 722)
    assert notes == ("1281x721 has an odd side; the video is 1282x722, because video needs even ones.",)


def test_a_very_long_photo_is_kept_to_four_to_one():
    size, notes = dream_size((9000, 300), "360p")
    assert size == (1440, 360)
    assert notes == ("The photo is very long and narrow; the video is kept to 4:1.",)


@pytest.mark.parametrize(
    ("resolution", "aspect", "words"),
    [
        ("huge", "photo", "choose one of 360p"),
        ("", "photo", "is not a resolution"),
        ("100x100", "photo", "128 to 4096"),
        ("5000x5000", "photo", "128 to 4096"),
        ("4320p", "photo", "out of range"),
        ("720p", "round", "is not an aspect"),
        ("720p", "0:1", "is not an aspect"),
        ("720p", "21:1", "between 1:4 and 4:1"),
        ("1280x720", "1:1", "not both"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(resolution, aspect, words):
    with pytest.raises(BadSize, match=words):
        dream_size(HD, resolution, aspect)


@given(st.tuples(sides, sides), st.sampled_from(sorted(RESOLUTIONS)), st.sampled_from(["photo", *ASPECTS]))
def test_sizes_are_even_and_never_stretched(photo, resolution, aspect):
    try:
        (width, height), _ = dream_size(photo, resolution, aspect)
    except BadSize:  # 4:1 of 2160p is wider than any size that is made.
        assert RESOLUTIONS[resolution] > 1024
        return
    assert width % 2 == height % 2 == 0
    assert min(width, height) == RESOLUTIONS[resolution]
    wanted = ASPECTS.get(aspect) or min(max(Fraction(*photo), Fraction(1, 4)), Fraction(4))
    long, short = max(width, height), min(width, height)
    assert abs(long - short * max(wanted, 1 / wanted)) <= 1
