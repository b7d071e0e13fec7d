"""Segments hold exactly the frames, times and properties they were given."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.make import bar, cfr_timing, number_of, size_of, vfr_timing, write_video

from dreamreel.errors import BadParameter, EncoderMissing, RenderFailed
from dreamreel.media.colour import HD, SRGB, frame_colour
from dreamreel.media.decode import VideoReader
from dreamreel.media.encode import VFR_BASE, VideoSegmentWriter, settings_for
from dreamreel.media.formats import VIDEO_CODECS, VideoCodec, output_format, require_encoder, video_codec
from dreamreel.media.info import Colour, VideoInfo
from dreamreel.time import Span

ALL = Span(Fraction(0), Fraction(1000))
NTSC = Fraction(30000, 1001)
H264 = VIDEO_CODECS[0]
HERE = [row for row in VIDEO_CODECS if row.key != "theora"]
"""Theora's encoder is in no PyAV wheel; its row is there to say so."""
SMPTE = Colour(6, 1, 6, 6)


@pytest.mark.parametrize(("codec", "rate"), [
    (row.key, rate) for row in HERE for rate in (NTSC, None) if rate or not row.rates
])  # fmt: skip
def test_times_come_back_exactly(tmp_path: Path, codec: str, rate: Fraction | None) -> None:
    timing = cfr_timing(16, rate) if rate else vfr_timing(16)
    write_video(tmp_path / "s", timing, rate=rate, codec=codec)
    with VideoReader(tmp_path / "s") as reader:
        got = [(time, number_of(frame)) for time, frame in reader.frames(ALL)]
    assert got == [(time, number) for number, (time, _) in enumerate(timing)]


def test_colour_and_pixel_shape_are_in_the_file(tmp_path: Path) -> None:
    write_video(tmp_path / "s", cfr_timing(4, NTSC), rate=NTSC, sar=Fraction(4, 3), colour=SMPTE)
    with VideoReader(tmp_path / "s") as reader:
        assert frame_colour(next(iter(reader.frames(ALL)))[1]) == SMPTE
        assert reader.container.streams.video[0].sample_aspect_ratio == Fraction(4, 3)


def test_key_frames_are_first_and_never_far(tmp_path: Path) -> None:
    write_video(tmp_path / "s", cfr_timing(75, Fraction(10)), rate=Fraction(10))
    with av.open(str(tmp_path / "s")) as source:
        keys = [
            packet.pts * packet.time_base
            for packet in source.demux(video=0)
            if packet.is_keyframe and packet.size
        ]
    assert keys[0] == 0
    assert max(b - a for a, b in pairwise(keys)) <= 2


def test_frame_types_of_a_source_are_not_orders(tmp_path: Path) -> None:
    settings = settings_for(VideoInfo(64, 48), H264, preset="ultrafast")
    with VideoSegmentWriter(tmp_path / "s", settings) as writer:
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(bar(number), "rgb24")
            frame.pict_type = av.video.frame.PictureType.I
            writer.write(frame, Fraction(number, 25), Fraction(1, 25))
    with av.open(str(tmp_path / "s")) as source:
        assert sum(packet.is_keyframe for packet in source.demux(video=0) if packet.size) == 1


def test_frames_in_another_matrix_are_converted_not_relabelled(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 255
    frame = av.VideoFrame.from_ndarray(red, "rgb24").reformat(format="yuv420p", dst_colorspace="ITU601")
    frame.colorspace, frame.color_range = 6, 1
    settings = settings_for(VideoInfo(64, 48, colour=HD), H264, crf=1)
    with VideoSegmentWriter(tmp_path / "s", settings) as writer:
        writer.write(frame, Fraction(0), Fraction(1, 25))
    with VideoReader(tmp_path / "s") as reader:
        y = int(next(iter(reader.frames(ALL)))[1].to_ndarray()[0, 0])
    assert abs(y - 63) <= 1  # 16 + 219 × 0.2126; BT.601 would say 81.


def test_nothing_is_left_of_an_aborted_segment(tmp_path: Path) -> None:
    writer = VideoSegmentWriter(tmp_path / "s", settings_for(VideoInfo(64, 48), H264))
    writer.write(av.VideoFrame.from_ndarray(bar(0), "rgb24"), Fraction(0), Fraction(1, 25))
    writer.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no real-time classes")
@pytest.mark.parametrize("codec", HERE, ids=lambda codec: codec.key)
def test_no_encoder_takes_the_machine_for_itself(tmp_path: Path, codec: VideoCodec) -> None:
    ordinary = os.sched_getscheduler(0)
    width, height = size_of(codec)
    writer = VideoSegmentWriter(tmp_path / "s", settings_for(VideoInfo(width, height), codec))
    writer.write(av.VideoFrame.from_ndarray(bar(0), "rgb24"), Fraction(0), Fraction(1, 25))
    found = {os.sched_getscheduler(int(thread.name)) for thread in Path("/proc/self/task").iterdir()}
    writer.abort()
    os.sched_setscheduler(
        0, ordinary, os.sched_param(0)
    )  # whatever was found, the other tests go on as before
    assert found == {ordinary}


def fill(path: Path, times: list[Fraction]) -> None:
    with VideoSegmentWriter(path, settings_for(VideoInfo(64, 48), H264)) as writer:
        for time in times:
            writer.write(av.VideoFrame.from_ndarray(bar(0), "rgb24"), time, Fraction(1, 25))


def test_an_error_while_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="fall on one tick"):
        fill(tmp_path / "s", [Fraction(0), Fraction(0)])
    assert list(tmp_path.iterdir()) == []


def test_an_empty_segment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="no frames"):
        fill(tmp_path / "s", [])
    assert list(tmp_path.iterdir()) == []


def test_a_size_the_encoder_refuses_is_one_sentence(tmp_path: Path) -> None:
    settings = replace(settings_for(VideoInfo(64, 48), H264), width=63)
    with pytest.raises(RenderFailed, match=r"63×48 .* choose another size or codec"):
        VideoSegmentWriter(tmp_path / "s", settings)
    assert list(tmp_path.iterdir()) == []


def test_settings_follow_the_clip() -> None:
    settings = settings_for(VideoInfo(64, 48, pix_fmt="yuv420p10le", rate=NTSC), H264)
    assert settings.time_base == Fraction(1, 30_000)
    assert settings.pix_fmt == "yuv420p10le"
    assert settings.gop == 59
    assert settings.crf == 18


def test_settings_of_a_variable_rate_keep_the_sources_ticks() -> None:
    info = VideoInfo(64, 48, rate=None)
    assert settings_for(info, H264, time_base=Fraction(1, 15_360)).time_base == Fraction(1, 15_360)
    assert settings_for(info, H264).time_base == VFR_BASE
    assert settings_for(info, H264, time_base=Fraction(1, 10**9)).time_base == VFR_BASE


def test_a_picture_clip_is_encoded_as_hd_video() -> None:
    settings = settings_for(VideoInfo(64, 48, pix_fmt="rgb24", colour=SRGB), H264)
    assert (settings.pix_fmt, settings.colour) == ("yuv420p", HD)


def test_vp8_says_no_colour_so_it_gets_the_one_it_means() -> None:
    row = next(row for row in VIDEO_CODECS if row.key == "vp8")
    assert settings_for(VideoInfo(64, 48), row).colour.matrix == 5


def test_quality_outside_the_scale() -> None:
    with pytest.raises(BadParameter, match="0 to 51"):
        settings_for(VideoInfo(64, 48), H264, crf=52)


def test_settings_as_json_are_stable_and_leave_threads_out() -> None:
    settings = settings_for(VideoInfo(64, 48, rate=NTSC), H264, options={"tune": "film", "aq-mode": "2"})
    told = json.loads(json.dumps(settings.as_json()))
    assert told["rate"] == "30000/1001"
    assert told["options"] == [["aq-mode", "2"], ["tune", "film"]]
    assert settings.as_json() == replace(settings, threads=5).as_json()


def test_every_encoder_of_the_tables_is_in_the_wheel() -> None:
    for row in HERE:
        require_encoder(row.encoder)
    with pytest.raises(EncoderMissing, match="no libfoo encoder"):
        require_encoder("libfoo")


def test_hevc_is_tagged_for_quicktime(tmp_path: Path) -> None:
    assert video_codec("h265", output_format(tmp_path / "a.mov")).tag == "hvc1"
