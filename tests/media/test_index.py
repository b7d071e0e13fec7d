"""Where decoding may start, told from the bits of real encoders."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.media.coded import CODINGS, coded
from tests.media.make import packed

from dreamreel.errors import BadParameter, NotMedia
from dreamreel.media.index import entry_kind, index_video


@pytest.mark.parametrize("name", ["h264", "h264 baseline", "h265", "av1", "vp9", "vp8", "ffv1"])
def test_closed_groups_begin_with_closed_entries(name, tmp_path):
    index = index_video(coded(tmp_path / "film", name))
    assert [(entry.packet, entry.kind, entry.leading) for entry in index.entries] == [
        (number, "closed", ()) for number in (0, 20, 40)
    ]
    assert [(entry.start - index.shown[0]) * index.base for entry in index.entries] == [
        Fraction(number, 25) for number in (0, 20, 40)
    ]


@pytest.mark.parametrize(
    "name", ["h264 open", "h264 open cavlc slices", "h264 open ts", "h265 open", "h265 open ts"]
)
def test_pictures_shown_before_an_open_entry_are_its_leading_ones(name, tmp_path):
    index = index_video(coded(tmp_path / "film", name))
    first, *opened = index.entries
    assert first.kind == "closed"
    assert [entry.kind for entry in opened] == ["open", "open"]
    for entry in opened:
        assert entry.leading
        assert entry.start == index.pts[entry.packet]
        assert all(index.pts[number] < entry.start for number in entry.leading)
        assert min(entry.leading) == entry.packet + 1


def test_mpeg_groups_are_open_unless_their_header_says_otherwise(tmp_path):
    index = index_video(coded(tmp_path / "film", "mpeg2"))
    assert [entry.kind for entry in index.entries[:2]] == ["closed", "open"]
    assert len(index.entries[1].leading) == 2
    assert {entry.kind for entry in index_video(coded(tmp_path / "film", "mpeg4")).entries} == {"open"}


@pytest.mark.parametrize("name", ["mjpeg", "prores"])
def test_every_picture_of_an_intra_codec_is_an_entry(name, tmp_path):
    index = index_video(coded(tmp_path / "film", name, 10))
    assert [entry.packet for entry in index.entries] == list(range(10))


@pytest.mark.parametrize("name", CODINGS)
def test_all_pictures_are_counted_and_the_rate_is_exact(name, tmp_path):
    index = index_video(coded(tmp_path / "film", name, 30))
    assert (len(index.shown), index.rate, index.exact) == (30, 25, True)
    assert (index.end - index.shown[0]) * index.base == pytest.approx(Fraction(30, 25), abs=0.001)


def test_the_reorder_depth_is_that_of_the_pyramid(tmp_path):
    assert index_video(coded(tmp_path / "film", "h264")).depth == 2
    assert index_video(coded(tmp_path / "film", "h264 baseline")).depth == 0


def test_variable_frame_times_are_kept(tmp_path):
    stamps = [0, 100, 150, 400, 410, 500, 800, 900]
    index = index_video(coded(tmp_path / "film", "h264", 8, stamps, Fraction(1, 1000)))
    assert [(pts - index.shown[0]) * index.base * 1000 for pts in index.shown] == stamps
    assert index.rate is None


def test_h264_in_avi_does_not_say_when_its_pictures_are_shown(tmp_path):
    packed(tmp_path / "film.avi", "avi", [(n, 1) for n in range(20)], Fraction(1, 25),
           lambda stream: stream.codec_context.options.update({"bf": "2"}))  # fmt: skip
    assert index_video(tmp_path / "film.avi").exact is False


def test_the_nearest_edge_between_pictures(tmp_path):
    index = index_video(coded(tmp_path / "film", "h264 baseline", 10))
    step = index.shown[1]
    assert index.boundary(step * 3 + step // 3) == step * 3
    assert index.boundary(step * 3 + step * 2 // 3) == step * 4
    assert index.boundary(step * 99) == index.end
    assert index.count(step * 2, step * 5) == 3


def test_an_index_is_made_anew_when_the_file_changes(tmp_path):
    path = coded(tmp_path / "film", "h264", 20)
    assert len(index_video(path).pts) == 20
    coded(tmp_path / "film", "h264", 30)
    assert len(index_video(path).pts) == 30


def test_a_file_without_pictures_is_told(tmp_path):
    (tmp_path / "notes.mp4").write_text("no film")
    with pytest.raises(NotMedia):
        index_video(tmp_path / "notes.mp4")
    with pytest.raises(BadParameter):
        index_video(coded(tmp_path / "film", "h264", 5), 7)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9", "mpeg2video", "mpeg4", "unknown"])
def test_packets_that_are_nonsense_are_no_entries(codec):
    assert entry_kind(codec, b"\x0a\x01", 4) is None
    assert entry_kind(codec, b"", 4) is None
