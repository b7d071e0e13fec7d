"""Frames that go through a network several at a time come out as those that go one by one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from tests.neural.moving import held, samples, still

from dreamreel.errors import CapabilityMissing
from dreamreel.neural.catalog import PRECISIONS, network
from dreamreel.neural.enlarge import Enlarger

S = network("clean-s-x2")
SIZE = (99, 75)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(samples(one), samples(other), strict=True))


def film():
    """Frames that change, one that stays, and one in which little changes."""
    moving = [still("yuv420p", *SIZE, seed) for seed in range(5)]
    return [*moving, *held("yuv420p", *SIZE, [(0, 50, 30), None, (1, 20, 20), (2, 40, 30)]), *moving[:2]]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("tile", [99 * 75, 50 * 40])
def test_several_at_a_time_give_the_same_bits(precision, tile):
    several = Enlarger(S, "yuv420p", *SIZE, precision, tile=tile, lanes=3)
    single = Enlarger(S, "yuv420p", *SIZE, precision, tile=tile)
    made = list(several.through(enumerate(film())))
    assert [number for number, _ in made] == list(range(len(film())))
    assert all(same(one, single(frame)) for (_, one), frame in zip(made, film(), strict=True))
    assert several.computed == single.computed < len(film()) * 1.5 * SIZE[0] * SIZE[1] * 4


def test_what_was_handed_out_may_be_written_to_while_others_are_on_their_way():
    several, single = (Enlarger(S, "yuv420p", *SIZE, "int8", lanes=lanes) for lanes in (2, 1))
    for (_, made), frame in zip(several.through(enumerate(film())), film(), strict=True):
        assert same(made, single(frame))
        for plane in made.planes:
            plane.update(bytes(plane.buffer_size))


def test_frames_that_nobody_wants_leave_nothing_behind():
    several, single = (Enlarger(S, "yuv420p", *SIZE, "int8", lanes=lanes) for lanes in (2, 1))
    frames = film()
    for _ in itertools.islice(several.through(enumerate(frames[5:])), 2):
        pass
    again = [made for _, made in several.through(enumerate(frames[5:]))]
    assert all(same(one, single(frame)) for one, frame in zip(again, frames[5:], strict=True))


def test_a_frame_that_failed_is_not_waited_for_by_the_next():
    enlarge = Enlarger(replace(S, file="missing"), "yuv420p", *SIZE, "int8")
    for _ in range(2):
        with pytest.raises(CapabilityMissing, match="missing from this installation"):
            enlarge(still("yuv420p", *SIZE))
    for _ in range(2):
        with pytest.raises(CapabilityMissing, match="missing from this installation"):
            enlarge.within(still("yuv420p", *SIZE), [(0, 0, 8, 8)], [])
