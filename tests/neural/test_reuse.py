"""What has not changed is not computed again, and nobody sees it."""

from fractions import Fraction

import numpy as np
import pytest
from tests.neural.moving import held, samples, still

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.neural.catalog import PRECISIONS, network
from dreamreel.neural.enlarge import FORMATS, Enlarger
from dreamreel.neural.graph import reach, reach_of_luma
from dreamreel.neural.reuse import FLEXIBLE, UNIT, Part, Sizes, Steady, changed, parts, sheets, stale
from dreamreel.render.frames import Room, frames
from dreamreel.render.lower import lower
from dreamreel.time import Span

S, M = network("clean-s-x2"), network("clean-m-x2")


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(samples(one), samples(other), strict=True))


@pytest.mark.parametrize(("pix_fmt", "precision"), [
    *((one, "int8") for one in FORMATS), *(("yuv420p", one) for one in PRECISIONS if one != "int8"),
])  # fmt: skip
def test_reused_frames_are_the_computed_ones_to_the_bit(pix_fmt, precision):
    # Corners, edges, the middle, colour alone, several at once where rectangles meet tiles.
    marks = [(0, 0, 0), (1, 3, 3), (0, 130, 98), (2, 40, 30), None, (0, 70, 50)]
    film = held(pix_fmt, 131, 99, marks)
    for tile in (131 * 99, 66 * 50):
        saving = Enlarger(S, pix_fmt, 131, 99, precision, tile=tile)
        plain = Enlarger(S, pix_fmt, 131, 99, precision, tile=tile, reuse=False)
        assert all(same(saving(frame), plain(frame)) for frame in film)
        assert saving.computed < 0.8 * plain.computed


def test_reuse_reaches_as_far_as_the_network_and_not_less():
    film = held("yuv420p", 200, 160, [(number % 3, 30 + number, 20 + number) for number in range(24)])
    saving, plain = (Enlarger(M, "yuv420p", 200, 160, "int8", reuse=reuse) for reuse in (True, False))
    assert all(same(saving(frame), plain(frame)) for frame in film)
    assert saving.computed < 0.4 * plain.computed


def test_a_repeated_frame_costs_nothing():
    enlarge = Enlarger(S, "yuv420p", 96, 64, "int8")
    first = enlarge(still("yuv420p", 96, 64))
    cost = enlarge.computed
    assert same(first, enlarge(still("yuv420p", 96, 64)))
    assert enlarge.computed == cost


def test_what_was_handed_out_may_be_written_to():
    enlarge = Enlarger(S, "yuv420p", 96, 64, "int8")
    first = enlarge(still("yuv420p", 96, 64))
    was = samples(first)
    first.planes[0].update(bytes(first.planes[0].buffer_size))
    assert all(
        np.array_equal(a, b) for a, b in zip(was, samples(enlarge(still("yuv420p", 96, 64))), strict=True)
    )


def test_where_nothing_repeats_all_is_computed_and_repeats_are_noticed_again():
    saving, plain = (Enlarger(S, "yuv420p", 96, 64, "int8", reuse=reuse) for reuse in (True, False))
    film = [still("yuv420p", 96, 64, seed) for seed in (*range(12), *[12] * 4)]
    assert all(same(saving(frame), plain(frame)) for frame in film)
    assert saving.computed == plain.computed * 14 // 16


def test_other_colours_are_another_picture():
    saving = Enlarger(S, "yuv420p", 96, 64, "int8")
    saving(still("yuv420p", 96, 64))
    other = still("yuv420p", 96, 64)
    other.color_range = 2
    assert same(saving(other), Enlarger(S, "yuv420p", 96, 64, "int8", reuse=False)(other))


def test_a_slow_drift_never_leaves_the_tolerance():
    steady = Steady(3, 2, 2)
    rng = np.random.default_rng(2)
    y, uv = rng.integers(60, 80, (32, 48)), rng.integers(60, 80, (2, 16, 24))
    rounds, kept = 0, None
    for step in range(40):
        now = [(plane + step + rng.integers(0, 2, plane.shape)).astype(np.uint8) for plane in (y, uv)]
        shown = [plane.copy() for plane in now]
        steady(*shown)
        assert all(np.abs(a.astype(int) - b).max() <= 3 for a, b in zip(shown, now, strict=True))
        rounds += kept is not None and np.array_equal(kept, shown[0])
        kept = shown[0]
    assert rounds > 10


def test_a_near_picture_is_the_network_s_of_what_is_held():
    near = Enlarger(S, "yuv420p", 96, 64, "int8", tolerance=2)
    first = near(still("yuv420p", 96, 64))
    cost = near.computed
    noisy = still("yuv420p", 96, 64)
    for plane in noisy.planes:
        plane.update(
            (np.frombuffer(plane, np.uint8) + np.arange(plane.buffer_size) % 3).astype(np.uint8).tobytes()
        )
    assert same(near(noisy), first)
    assert near.computed == cost
    assert not same(Enlarger(S, "yuv420p", 96, 64, "int8")(noisy), first)


def test_tolerance_is_in_steps_of_eight_bits():
    near = Enlarger(S, "yuv420p10le", 96, 64, "int8", tolerance=2)
    first = near(still("yuv420p10le", 96, 64))
    noisy = still("yuv420p10le", 96, 64)
    for plane in noisy.planes:
        plane.update((np.frombuffer(plane, np.uint16) + 8).astype(np.uint16).tobytes())
    assert same(near(noisy), first)


def test_near_frames_are_the_same_wherever_rendering_begins(tmp_path):
    clip = dreamreel.open(noisy(tmp_path)).upscale(2, size="s", precision="int8", reuse="near")
    assert "differs by 2 steps at most counts as the same" in clip.explain()
    picture = lower(clip.node).picture
    whole = [
        (time, samples(frame)) for time, frame in frames(picture, Span(Fraction(0), Fraction(6)), Room())
    ]
    for start in (Fraction(1), Fraction(4), Fraction(47, 10)):
        part = list(frames(picture, Span(start, Fraction(6)), Room()))
        wanted = [one for one in whole if one[0] >= start]
        assert [time for time, _ in part] == [time for time, _ in wanted]
        for (_, made), (_, planes) in zip(part, wanted, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(samples(made), planes, strict=True))


def noisy(tmp_path):
    """Six seconds without loss: a still picture that drifts and trembles by a step."""
    import av

    path = tmp_path / "noisy.mkv"
    rng = np.random.default_rng(5)
    base = rng.integers(60, 180, (72, 64))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(60):
            values = base + number // 4 + rng.integers(0, 2, base.shape)
            frame = av.VideoFrame.from_ndarray(values.astype(np.uint8), "yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_unknown_ways_are_refused(tmp_path):
    clip = dreamreel.colour("red", 64, 48, 1)
    with pytest.raises(BadParameter, match="exact or near"):
        clip.upscale(2, precision="int8", reuse="most")


def test_what_a_change_reaches_is_stale_and_little_more():
    before = np.zeros((64, 96), np.uint8), np.zeros((2, 32, 48), np.uint8)
    for plane, place, wide, near in ((0, (31, 40), 1, 8), (1, (0, 15, 20), 2, 10), (1, (1, 16, 21), 2, 10)):
        now = before[0].copy(), before[1].copy()
        now[plane][place] = 1
        y, x = (value * wide for value in place[-2:])
        found = np.repeat(np.repeat(stale(now, before, 10, 8), UNIT, 0), UNIT, 1)
        assert found[y - near : y + wide + near, x - near : x + wide + 10].all()
        assert found.sum() <= (wide + 2 * near + 2) * (wide + near + 12)
    noise = np.random.default_rng(1).integers(1, 9, (64, 96)).astype(np.uint8)
    assert stale((noise, before[1]), before, 10, 8) is None


@pytest.mark.parametrize("name", ["clean-m-x2", "clean-m-x3", "general-m-x2"])
def test_no_change_reaches_further_than_is_told(name):
    """In single precision, of which nothing is too small: whole pictures, one with samples as far apart as can be."""
    one, size = network(name), 80
    for pix_fmt, plane, x, y in (
        ("yuva444p12le", 0, 41, 40),
        ("yuv420p10le", 0, 40, 41),
        ("yuv420p10le", 1, 20, 20),
    ):
        whole = Enlarger(one, pix_fmt, size, size, "f32", 0.7, reuse=False)
        was, now = still(pix_fmt, size, size), still(pix_fmt, size, size)
        values = np.frombuffer(now.planes[plane], np.uint16).reshape(now.planes[plane].height, -1).copy()
        values[y, x] = 0
        now.planes[plane].update(values.tobytes())
        values[y, x] = (1 << FORMATS[pix_fmt][0]) - 1
        was.planes[plane].update(values.tobytes())
        told = stale(*((given[0], np.stack(given[1:3])) for given in map(samples, (now, was))),
                     reach(one), reach_of_luma(one))  # fmt: skip
        for a, b in zip(samples(whole(was))[:3], samples(whole(now))[:3], strict=True):
            fine = told.repeat(a.shape[0] // told.shape[0], 0).repeat(a.shape[1] // told.shape[1], 1)
            assert not (a != b)[~fine].any()


def test_all_that_is_stale_lies_in_a_rectangle_with_what_it_depends_on():
    rng = np.random.default_rng(3)
    for density in (0.002, 0.02, 0.2):
        mask = rng.random((85, 115)) < density
        made = parts(mask, (12, 12, 12 + 229, 12 + 170), 10, (180, 120))
        wanted = np.zeros((194, 254), bool)
        wanted[12:182, 12:242] = np.repeat(np.repeat(mask, UNIT, 0), UNIT, 1)
        for one in made:
            left, top, right, bottom = one.wanted
            wanted[top:bottom, left:right] = False
            assert one.given[0] % 2 == one.given[1] % 2 == one.width % 2 == one.height % 2 == 0
            assert all(a - b >= 10 for a, b in zip(one.wanted[:2], one.given[:2], strict=True))
            assert all(b - a >= 10 for a, b in zip(one.wanted[2:], one.given[2:], strict=True))
            assert right <= 241
            assert one.width <= 180
            assert one.height <= 120
        assert not wanted[:, :241].any()


@pytest.mark.parametrize(("name", "pix_fmt"), [
    ("clean-s-x2", "yuv420p"), ("clean-m-x3", "yuv422p10le"), ("clean-m-x4", "yuv444p"),
])  # fmt: skip
def test_what_an_older_picture_has_is_taken_from_there(name, pix_fmt):
    saving, plain = (
        Enlarger(network(name), pix_fmt, 131, 99, "int8", reuse=reuse) for reuse in (True, False)
    )
    one = held(pix_fmt, 131, 99, [(0, 20, 20), (0, 100, 80), (1, 45, 8)])
    film = [one[number] for number in (0, 1, 2, 0, 3, 1)]
    costs = []
    for frame in film:
        was = saving.computed
        assert same(saving(frame), plain(frame))
        costs.append(saving.computed - was)
    assert costs[3] == costs[5] == 0


def test_sheets_become_as_small_as_pays():
    sizes = Sizes(664, 384, 1)
    part = [Part((0, 0, 0, 0), (0, 0, 60, 60))]
    costs = [sum(sheet.width * sheet.height for sheet in sizes.lay(part) or ()) for _ in range(3)]
    assert costs[0] < 0.1 * 664 * 384
    large = [Part((0, 0, 0, 0), (0, 0, 320, 200))]
    sizes.lay(large)
    few = [sum(sheet.width * sheet.height for sheet in sizes.lay(large)) for _ in range(40)]
    assert few[-1] <= few[0]
    assert few[-1] < 1.2 * 320 * 200
    assert sizes.lay([Part((0, 0, 0, 0), (0, 0, 660, 380))]) is None
    assert sizes.lay([]) == []


def test_where_one_model_takes_all_sizes_sheets_are_tight_and_not_endlessly_many():
    def costs(sizes: Sizes, count: int) -> list[int]:
        given = [Part((0, 0, 0, 0), (0, 0, 320, 200))]
        return [sum(one.width * one.height for one in sizes.lay(given) or ()) for _ in range(count)]

    flexible = Sizes(664, 384, 1, 8, FLEXIBLE)
    assert costs(flexible, 4)[-1] < 1.1 * 320 * 200 < costs(Sizes(664, 384, 1, 8), 40)[-1]
    made: set[tuple[int, int]] = set()
    for wide, high in np.random.default_rng(6).integers(10, 160, (1500, 2)):
        given = [Part((0, 0, 0, 0), (0, 0, int(wide) * 2, int(high) * 2))]
        made |= {(sheet.width, sheet.height) for sheet in flexible.lay(given) or ()}
    assert 30 < len(made) <= 64


def test_sheets_of_all_sizes_take_as_much_memory_as_a_few_tiles():
    """However long a film is."""
    sizes, rng = Sizes(664, 384, 2), np.random.default_rng(6)
    made: set[tuple[int, int]] = set()
    for wide, high in rng.integers(10, 180, (1500, 2)):
        given = [Part((0, 0, 0, 0), (0, 0, int(wide) * 2, int(high) * 2))]
        made |= {(sheet.width, sheet.height) for sheet in sizes.lay(given) or ()}
    assert len(made) > 5
    assert sum(wide * high for wide, high in made - {sizes.largest}) <= 4 * 664 * 384


def test_sheets_hold_everything_once_and_nothing_overlaps():
    rng = np.random.default_rng(4)
    given = [Part((0, 0, 0, 0), (0, 0, int(w) * 2, int(h) * 2)) for w, h in rng.integers(5, 60, (40, 2))]
    made = sheets(given, 160, (40, 80, 120))
    assert sorted(id(patch.part) for sheet in made for patch in sheet.patches) == sorted(map(id, given))
    for sheet in made:
        free = np.ones((sheet.height, 160), bool)
        for patch in sheet.patches:
            place = free[
                patch.top : patch.top + patch.part.height, patch.left : patch.left + patch.part.width
            ]
            assert place.shape == (patch.part.height, patch.part.width)
            assert place.all()
            place[:] = False
    used = sum(part.width * part.height for part in given)
    assert used > 0.7 * sum(160 * sheet.height for sheet in made)


def test_cells_that_differ_are_found():
    one = np.zeros((2, 8, 12), np.uint16)
    other = one.copy()
    other[1, 5, 7] = 1
    assert np.argwhere(changed(one, other, 2, 2)).tolist() == [[2, 3]]
