"""What is copied and what is encoded, decided from an index alone."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamreel.errors import BadTime
from dreamreel.media.index import Entry, PacketIndex
from dreamreel.media.pieces import Copy, Encode, Range
from dreamreel.render import smart
from dreamreel.time import Span


def made(order: list[int], entries: list[Entry], hidden: frozenset[int] = frozenset()) -> PacketIndex:
    """An index of pictures a second long, in decoding order."""
    return PacketIndex(
        stream=0, codec="h264", base=Fraction(1), origin=Fraction(0), pts=tuple(order), dts=tuple(range(len(order))),
        sizes=(1,) * len(order), hidden=hidden, entries=tuple(entries), end=len(order), rate=Fraction(1),
    )  # fmt: skip


def closed(groups: int = 4, size: int = 10) -> PacketIndex:
    """Groups of P pictures only."""
    return made(list(range(groups * size)), [Entry(n * size, "closed", n * size) for n in range(groups)])


def opened() -> PacketIndex:
    """I0 P3 B1 B2 | I6 B4 B5 P9 B7 B8 | I12 B10 B11 P15 B13 B14."""
    return made([0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11, 15, 13, 14],
                [Entry(0, "closed", 0), Entry(4, "open", 6, (5, 6)), Entry(10, "open", 12, (11, 12))])  # fmt: skip


def shape(pieces: tuple[Copy | Encode, ...]) -> list[tuple[str, int, int]]:
    return [
        ("copy", piece.range.start, piece.range.end) if isinstance(piece, Copy)
        else ("encode", piece.ranges[0].start, piece.ranges[-1].end)
        for piece in pieces
    ]  # fmt: skip


def test_a_span_from_key_to_key_is_copied():
    assert shape(smart.plan(closed(), [Range(10, 30, -10)])) == [("copy", 10, 30)]


def test_the_head_is_encoded_and_the_end_falls_where_it_may():
    assert shape(smart.plan(closed(), [Range(4, 27, -4)])) == [("encode", 4, 10), ("copy", 10, 27)]


def test_a_span_without_an_entry_is_encoded():
    assert shape(smart.plan(closed(), [Range(12, 18, 0)])) == [("encode", 12, 18)]


def test_pictures_shown_before_an_open_entry_are_encoded():
    pieces = smart.plan(opened(), [Range(4, 16, -4)])
    assert shape(pieces) == [("encode", 4, 6), ("copy", 6, 16)]
    copied = pieces[1]
    assert isinstance(copied, Copy)
    assert copied.entry.leading == (5, 6)


def test_a_copy_ends_where_all_that_was_decoded_is_all_that_was_shown():
    assert shape(smart.plan(opened(), [Range(0, 6, 0)])) == [("copy", 0, 4), ("encode", 4, 6)]
    assert shape(smart.plan(opened(), [Range(0, 11, 0)])) == [("copy", 0, 10), ("encode", 10, 11)]


def test_runs_that_meet_become_one():
    pieces = smart.plan(opened(), [Range(0, 6, 0), Range(8, 16, -2)])
    assert shape(pieces) == [("copy", 0, 4), ("encode", 4, 12), ("copy", 12, 16)]
    run = pieces[1]
    assert isinstance(run, Encode)
    assert [(part.start, part.end) for part in run.ranges] == [(4, 6), (8, 12)]


def test_hidden_packets_are_never_copied():
    index = made(list(range(20)), [Entry(10, "closed", 10)], frozenset({0, 1, 2, 15, 16}))
    assert shape(smart.plan(index, [Range(3, 20, 0)])) == [
        ("encode", 3, 10),
        ("copy", 10, 17),
        ("encode", 17, 20),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(1, 16)), min_size=1, max_size=5),
    st.sampled_from([0, 1]),
)
def test_every_wanted_picture_is_planned_once(pairs, which):
    index = [opened(), closed(2, 8)][which]
    wanted = [Range(min(pair), max(*pair, min(pair) + 1), 100 * n) for n, pair in enumerate(pairs)]
    planned: list[int] = []
    for piece in smart.plan(index, wanted):
        if isinstance(piece, Copy):
            numbers = [n for n in range(piece.entry.packet, piece.stop) if n not in piece.entry.leading]
            shown = sorted(index.pts[n] for n in numbers)
            assert shown == list(range(piece.range.start, piece.range.end))
            planned += [pts + piece.range.shift for pts in shown]
        else:
            planned += [pts + part.shift for part in piece.ranges for pts in range(part.start, part.end)]
    assert planned == [pts + part.shift for part in wanted for pts in range(part.start, part.end)]


def test_what_costs_more_than_encoding_all_is_not_worth_it():
    long, short = closed(100, 10), closed(2, 1000)
    assert smart.worth_it(long, smart.plan(long, [Range(5, 995, 0)]))
    assert not smart.worth_it(long, smart.plan(long, [Range(2, 8, 0)]))
    scraps = [Range(995 + 2 * n, 1001 + 2 * n, 0) for n in range(3)]
    assert not smart.worth_it(short, smart.plan(short, scraps))
    assert not smart.worth_it(long, smart.encode_all([Range(0, 1000, 0)]))


def test_the_cost_counts_pictures():
    index = closed()
    assert smart.cost(index, smart.plan(index, [Range(4, 27, 0)])) == smart.Cost(17, 6, 1)
    assert smart.cost(index, smart.plan(index, [Range(4, 27, 0)])).total == 23


def span(start: float, end: float) -> Span:
    return Span(Fraction(start), Fraction(end))


def test_spans_are_put_on_the_edges_between_pictures():
    assert smart.snap(closed(), [span(3.4, 7.6)]) == (span(3, 8),)
    with pytest.raises(BadTime, match="no picture"):
        smart.snap(closed(), [span(3.1, 3.4)])


def test_sound_that_goes_on_beyond_the_picture_is_kept():
    assert smart.snap(closed(), [span(35, 44.5)]) == (span(35, 44.5),)
    places = smart.placed([span(35, 44.5), span(0, 1)])
    assert [place.start for place in places] == [0, Fraction(19, 2)]
    assert smart.ranges(closed(), places) == (Range(35, 40, -35), Range(0, 1, 10))


def test_what_is_kept_or_removed():
    assert smart.kept([span(2, 4), span(4, 6), span(1, 2)], Fraction(10)) == (span(2, 6), span(1, 2))
    assert smart.kept([span(4, 6), span(2, 5)], Fraction(10), remove=True) == (span(0, 2), span(6, 10))
    assert smart.kept([span(0, 4)], Fraction(10), remove=True) == (span(4, 10),)
    assert smart.kept([span(8, 40)], Fraction(10)) == (span(8, 10),)
    with pytest.raises(BadTime, match="Nothing would be left"):
        smart.kept([span(0, 40)], Fraction(10), remove=True)
    with pytest.raises(BadTime, match="Nothing would be left"):
        smart.kept([span(20, 40)], Fraction(10))


def test_without_encoding_spans_grow_to_where_packets_may_be_cut():
    assert smart.lossless(closed(), [span(4, 27)]) == (span(0, 27),)
    assert smart.lossless(opened(), [span(7, 11)]) == (span(6, 13),)
    assert smart.lossless(closed(), [span(12, 15), span(17, 25)]) == (span(10, 25),)
    pieces = smart.plan(
        opened(), smart.ranges(opened(), smart.placed(smart.lossless(opened(), [span(7, 9)])))
    )
    assert [type(piece) for piece in pieces] == [Copy]
