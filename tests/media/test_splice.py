"""Copied pictures are the source's bit for bit, encoded ones look like them, and none is missing, anywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import av.logging
import numpy as np
import pytest
from tests.media.coded import CODINGS, coded, pictures

from dreamreel.media import avc, hevc
from dreamreel.media.formats import output_format
from dreamreel.media.index import PacketIndex, index_video
from dreamreel.media.labels import Label
from dreamreel.media.mux import mux
from dreamreel.media.nal import split
from dreamreel.media.pieces import Copy, Encode, Piece, Range
from dreamreel.media.splice import CannotSplice, Part, Splice
from dreamreel.media.timing import decoding_times
from dreamreel.render import smart
from dreamreel.render.cutting import checked, picture_track
from dreamreel.time import Span

SPANS = ((12, 50), (10, 14), (5, 31), (41, 60))
"""Pictures that are kept: starts and ends inside of groups, one part without any entry, one that goes on to the end."""
LOSS = 20
"""Mean difference an encoded picture of noise may have, of 255."""


def seconds(first: int, end: int) -> Span:
    return Span(Fraction(first, 25), Fraction(end, 25))


def planned(index: PacketIndex, spans: tuple[tuple[int, int], ...] = SPANS) -> tuple[Piece, ...]:
    places = smart.placed(smart.snap(index, [seconds(*span) for span in spans]))
    return smart.plan(index, smart.ranges(index, places))


def written(source: Path, out: Path, pieces: tuple[Piece, ...]) -> Path:
    with Splice([Part(source, index_video(source), pieces)]) as splice:
        mux([picture_track(splice, Label())], out, output_format(out))
        checked(out, splice)
    return out


def encoded(index: PacketIndex, pieces: tuple[Piece, ...]) -> list[bool]:
    """For every picture of the output, whether it was encoded."""
    found: list[bool] = []
    for piece in pieces:
        parts = [piece.range] if isinstance(piece, Copy) else piece.ranges
        found += [isinstance(piece, Encode)] * sum(index.count(part.start, part.end) for part in parts)
    return found


def compare(
    source: Path, out: Path, pieces: tuple[Piece, ...], spans: tuple[tuple[int, int], ...] = SPANS
) -> None:
    originals, made = pictures(source), pictures(out)
    numbers = [number for span in spans for number in range(*span)]
    assert len(made) == len(numbers)
    for number, (_, picture), again in zip(numbers, made, encoded(index_video(source), pieces), strict=True):
        original = originals[number][1]
        if again:
            shift = max(0, original.dtype.itemsize - 1) * 2  # 10 bits
            assert np.abs(original.astype(int) - picture.astype(int)).mean() < LOSS << shift
        else:
            assert np.array_equal(original, picture), f"picture {number} is not the source's"
    steps = [float(time - n * Fraction(1, 25)) for n, (time, _) in enumerate(made)]
    assert max(map(abs, steps)) <= 0.0011


PAIRS = [
    *((name, suffix) for name in ("h264", "h264 open", "h265", "h265 open")
      for suffix in (".mp4", ".mkv", ".mov", ".ts")),
    *((name, ".mp4") for name in ("h264 open cavlc slices", "h264 baseline", "h264 interlaced", "mpeg4", "vp9", "av1")),
    *((name, suffix) for name in ("h264 open ts", "h265 open ts", "mpeg2") for suffix in (".ts", ".mp4", ".mkv")),
    ("av1", ".mkv"), ("vp9", ".webm"), ("vp8", ".webm"), ("mjpeg", ".mov"), ("prores", ".mov"), ("ffv1", ".mkv"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "suffix"), PAIRS)
def test_copied_pictures_are_the_sources(name, suffix, tmp_path):
    source = coded(tmp_path / "film", name)
    pieces = planned(index_video(source))
    assert any(isinstance(piece, Copy) for piece in pieces)
    compare(source, written(source, tmp_path / f"cut{suffix}", pieces), pieces)


@pytest.mark.parametrize("name", ["h264", "h265", "av1", "vp9", "mpeg2", "mpeg4"])
def test_all_of_it_can_be_encoded_as_one_run(name, tmp_path):
    source = coded(tmp_path / "film", name)
    index = index_video(source)
    places = smart.placed([seconds(3, 30), seconds(40, 50)])
    pieces = smart.encode_all(smart.ranges(index, places))
    compare(source, written(source, tmp_path / "cut.mkv", pieces), pieces, ((3, 30), (40, 50)))


@pytest.mark.parametrize("name", CODINGS)
def test_one_picture_can_be_cut_out(name, tmp_path):
    source = coded(tmp_path / "film", name, 30)
    pieces = planned(index_video(source), ((13, 14),))
    compare(source, written(source, tmp_path / "cut.mkv", pieces), pieces, ((13, 14),))


def test_many_ranges(tmp_path):
    source = coded(tmp_path / "film", "h264 open")
    spans = tuple((first, first + 3) for first in range(0, 57, 4))
    pieces = planned(index_video(source), spans)
    compare(source, written(source, tmp_path / "cut.mp4", pieces), pieces, spans)


def test_a_variable_rate_keeps_every_time(tmp_path):
    lengths = [33, 100, 50, 23]
    stamps = [sum(lengths[n % 4] for n in range(number)) for number in range(60)]
    source = coded(tmp_path / "film", "h264 open", 60, stamps, Fraction(1, 1000))
    index = index_video(source)
    spans = smart.snap(index, [Span(Fraction(stamps[7], 1000), Fraction(stamps[50], 1000))])
    pieces = smart.plan(index, smart.ranges(index, smart.placed(spans)))
    out = written(source, tmp_path / "cut.mp4", pieces)
    assert [round(time * 1000) for time, _ in pictures(out)] == [stamp - stamps[7] for stamp in stamps[7:50]]


def test_decoding_times_rise_and_never_follow_what_is_shown():
    order = [0, 40, 20, 10, 30, 80, 60, 50, 70]
    times = decoding_times(order)
    assert times == sorted(set(times))
    assert all(dts <= pts for dts, pts in zip(times, order, strict=True))


def test_packets_carry_their_times_and_fill_the_film(tmp_path):
    source = coded(tmp_path / "film", "h264 open")
    index = index_video(source)
    with Splice([Part(source, index, planned(index))]) as splice:
        packets = [(packet.pts, packet.dts, packet.duration) for packet in splice.packets()]
        assert packets == [(stamp.pts, stamp.dts, stamp.duration) for stamp in splice.stamps]
        assert sum(duration for *_, duration in packets) == splice.end
        assert splice.end * splice.base == Fraction(sum(end - start for start, end in SPANS), 25)


def test_runs_have_parameter_sets_of_their_own_in_the_header(tmp_path):
    source = coded(tmp_path / "film", "h264")
    out = written(source, tmp_path / "cut.mp4", planned(index_video(source)))
    with av.open(str(out)) as made:
        _, units = avc.parameter_sets(bytes(made.streams.video[0].codec_context.extradata))
    assert [avc.read_sps(unit).id for unit in units if avc.kind(unit) == 7] == [0, 1]
    assert [avc.read_pps(unit).sps for unit in units if avc.kind(unit) == 8] == [0, 1]


def test_every_seam_is_a_key_packet(tmp_path):
    source = coded(tmp_path / "film", "h264 open")
    index = index_video(source)
    with Splice([Part(source, index, planned(index))]) as splice:
        keys = {packet.pts for packet in splice.packets() if packet.is_keyframe}
        assert set(splice.seams()) <= keys


@pytest.mark.parametrize(("name", "kinds"), [("h264 open", {5}), ("h265 open", {18, 19, 20})])
def test_every_seam_is_a_picture_that_needs_nothing_from_before(name, kinds, tmp_path):
    source = coded(tmp_path / "film", name)
    index = index_video(source)
    kind = avc.kind if index.codec == "h264" else hevc.kind
    with Splice([Part(source, index, planned(index))]) as splice:
        seams = set(splice.seams())
        for packet in splice.packets():
            if packet.pts in seams:
                assert kinds & {kind(unit) for unit in split(bytes(packet), 4)}


@pytest.mark.parametrize("name", ["h264", "h264 open", "h265 open", "mpeg2", "vp9"])
def test_decoders_have_nothing_to_complain_about(name, tmp_path):
    source = coded(tmp_path / "film", name)
    out = written(source, tmp_path / "cut.mkv", planned(index_video(source)))
    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture(local=False) as told:
            assert pictures(out)
    finally:
        av.logging.set_level(None)
    # After an open group, x264 tells decoders to forget pictures from before it, which are not there.
    assert [text for _, _, text in told if "mmco: unref short failure" not in text] == []


def test_files_encoded_alike_are_joined(tmp_path):
    one, two = coded(tmp_path / "one", "h264 open", 30), coded(tmp_path / "two", "h264 open", 40)
    indexes = [index_video(one), index_video(two)]
    whole = [Range(index.shown[0], index.end, -index.shown[0]) for index in indexes]
    later = Range(whole[1].start, whole[1].end, whole[1].shift + whole[0].end)
    parts = [Part(one, indexes[0], smart.plan(indexes[0], whole[:1])),
             Part(two, indexes[1], smart.plan(indexes[1], [later]))]  # fmt: skip
    with Splice(parts) as splice:
        mux([picture_track(splice, Label())], tmp_path / "both.mp4", output_format(tmp_path / "both.mp4"))
        checked(tmp_path / "both.mp4", splice)
    originals = [picture for path in (one, two) for _, picture in pictures(path)]
    made = pictures(tmp_path / "both.mp4")
    assert all(np.array_equal(one, two) for one, (_, two) in zip(originals, made, strict=True))


def test_files_encoded_otherwise_are_refused(tmp_path):
    one, two = coded(tmp_path / "one", "h264 open", 30), coded(tmp_path / "two", "h264 baseline", 30)
    indexes = [index_video(one), index_video(two)]
    parts = [Part(path, index, smart.plan(index, [Range(0, index.end, 0)]))
             for path, index in zip((one, two), indexes, strict=True)]  # fmt: skip
    with pytest.raises(CannotSplice, match=r"two.mp4 was encoded differently"):
        Splice(parts)


def test_a_codec_without_an_encoder_cannot_be_spliced(tmp_path):
    source = coded(tmp_path / "film", "prores", 10)
    index = index_video(source)
    with pytest.raises(CannotSplice, match="no encoder for prores"):
        Splice([Part(source, index, smart.encode_all([Range(0, index.end, 0)]))])
