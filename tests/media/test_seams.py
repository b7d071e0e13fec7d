"""A finished cut is compared with the source around every seam."""

from __future__ import annotations

import av
import pytest
from tests.media.coded import coded
from tests.media.test_splice import planned

from dreamreel.media.formats import output_format
from dreamreel.media.index import index_video
from dreamreel.media.labels import Label
from dreamreel.media.mux import mux
from dreamreel.media.seams import fault, picture_hash
from dreamreel.media.splice import Part, Splice
from dreamreel.render.cutting import CannotSplice, checked, picture_track


@pytest.fixture
def cut(tmp_path):
    """A splice, and the finished file."""
    source = coded(tmp_path / "film", "h264 open")
    index = index_video(source)
    with Splice([Part(source, index, planned(index))]) as splice:
        out = tmp_path / "cut.mp4"
        mux([picture_track(splice, Label())], out, output_format(out))
        yield splice, out


def again(source, out, keep):
    """Write the packets of a file again, those that `keep` lets through."""
    with av.open(str(source)) as read, av.open(str(out), "w") as write:
        stream = write.add_stream_from_template(read.streams.video[0], opaque=True)
        for number, packet in enumerate(read.demux(video=0)):
            if packet.size and (packet := keep(number, packet)) is not None:
                packet.stream = stream
                write.mux_one(packet)
    return out


def test_a_good_cut_has_no_fault(cut):
    splice, out = cut
    assert fault(out, splice) is None


def test_a_missing_picture_is_found(cut, tmp_path):
    splice, out = cut
    damaged = again(out, tmp_path / "less.mp4", lambda number, packet: None if number == 20 else packet)
    assert "pictures instead of" in fault(damaged, splice)
    with pytest.raises(CannotSplice, match="pictures instead of"):
        checked(damaged, splice)


def test_another_picture_in_place_of_a_copy_is_found(cut, tmp_path):
    splice, out = cut

    def swapped(number, packet):
        if number == 12:
            data = bytearray(bytes(packet))
            data[-3] ^= 0x55
            packet.update(bytes(data))
        return packet

    assert fault(again(out, tmp_path / "other.mp4", swapped), splice) is not None


def test_a_picture_at_another_time_is_found(cut, tmp_path):
    splice, out = cut

    def late(number, packet):
        packet.pts += 4000 if number > 30 else 0
        packet.dts += 4000 if number > 30 else 0
        return packet

    assert fault(again(out, tmp_path / "late.mp4", late), splice) is not None


@pytest.mark.parametrize("form", ["yuv420p", "nv12", "rgb24", "yuv422p10le", "gray", "bgra"])
def test_the_hash_of_a_picture_is_that_of_its_samples(form):
    import numpy as np

    picture = np.random.default_rng(1).integers(0, 255, (30, 50, 3), dtype=np.uint8)

    def converted() -> av.VideoFrame:
        # One thread: FFmpeg's slices overwrite the beginning of one another's rows at widths like this.
        return av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=form, threads=1)

    one, two = converted(), converted()
    assert picture_hash(one) == picture_hash(two)
    picture[29, 49] = 255 - picture[29, 49]
    assert picture_hash(converted()) != picture_hash(one)
