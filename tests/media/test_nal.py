"""NAL units: taken apart, put together, and the parameter sets in them."""

from __future__ import annotations

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.coded import coded

from dreamreel.media import avc, hevc
from dreamreel.media.nal import Bits, escaped, join, packed, split, ue_text, unescaped


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.sampled_from([None, 2, 4]))
def test_units_come_out_as_they_went_in(raws, length):
    units = [escaped(b"\x65" + raw + b"\x80") for raw in raws]
    assert split(join(units, length), length) == units


@given(st.binary(max_size=200))
def test_escaping_hides_start_codes_and_is_undone(raw):
    raw += b"\x80"
    hidden = escaped(raw)
    assert all(hidden.find(bytes([0, 0, mark])) < 0 for mark in (0, 1, 2))
    assert unescaped(hidden) == raw


@given(st.integers(0, 2**20))
def test_exp_golomb_numbers_come_out_as_they_went_in(value):
    assert Bits(packed(ue_text(value))).ue() == value


def test_a_unit_that_is_cut_short_is_an_error():
    with pytest.raises(ValueError, match="short"):
        Bits(b"\xff").u(9)
    with pytest.raises(ValueError, match="Golomb"):
        Bits(b"\x00").ue()


def _extradata(path):
    with av.open(str(path)) as source:
        return bytes(source.streams.video[0].codec_context.extradata)


def test_an_avcc_record_takes_more_parameter_sets(tmp_path):
    record = _extradata(coded(tmp_path / "film", "h264", 3))
    length, units = avc.parameter_sets(record)
    assert (length, [avc.kind(unit) for unit in units]) == (4, [7, 8])
    assert avc.avcc(record, units) == record
    _, more = avc.parameter_sets(avc.avcc(record, [*units, *units]))
    assert [avc.kind(unit) for unit in more] == [7, 7, 8, 8]


def test_allowing_gaps_changes_one_bit(tmp_path):
    _, (sps, _) = avc.parameter_sets(_extradata(coded(tmp_path / "film", "h264", 3)))
    changed = avc.allow_gaps(sps)
    assert Bits(unescaped(changed)).text != Bits(unescaped(sps)).text
    assert avc.allow_gaps(changed) == changed
    assert avc.read_sps(changed) == avc.read_sps(sps)


def test_an_hvcc_record_takes_more_parameter_sets(tmp_path):
    record = _extradata(coded(tmp_path / "film", "h265", 3))
    length, units = hevc.parameter_sets(record)
    assert (length, [hevc.kind(unit) for unit in units]) == (4, [32, 33, 34])
    assert hevc.parameter_sets(hevc.hvcc(record, units)) == (length, units)


def test_parameter_sets_get_ids_that_are_free(tmp_path):
    _, units = hevc.parameter_sets(_extradata(coded(tmp_path / "film", "h265", 3)))
    free = hevc.free_ids(units)
    renamed = [hevc.renamed(unit, free) for unit in units]
    assert [hevc.ids(unit)[1] for unit in renamed] == list(free)
    assert not {hevc.ids(unit) for unit in renamed} & {hevc.ids(unit) for unit in units}
    assert hevc.free_ids([*units, *renamed]) != free
    with pytest.raises(ValueError, match="not 0"):
        hevc.renamed(renamed[2], free)


def test_a_cra_picture_becomes_a_bla_picture(tmp_path):
    path = coded(tmp_path / "film", "h265 open")
    with av.open(str(path)) as source:
        keys = [bytes(packet) for packet in source.demux(video=0) if packet.is_keyframe]
    kinds = [[hevc.kind(unit) for unit in split(hevc.as_bla(key, 4), 4)] for key in keys]
    assert 21 in [hevc.kind(unit) for unit in split(keys[1], 4)]
    assert kinds[1][-1] == 18
    assert hevc.as_bla(keys[0], 4) == keys[0]
