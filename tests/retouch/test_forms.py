"""Every repair takes every form of picture, and gives back its own size, times and transparency."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from tests.media.make import vfr_timing
from tests.retouch.pictures import panned, shown

import dreamreel
from dreamreel.media.grade import Grade
from dreamreel.ops.film import Deflicker, Descratch, Dust, Grain
from dreamreel.ops.grade import AutoColour, Graded
from dreamreel.ops.repair import Dehalo, TemporalDenoise

OPS = [
    TemporalDenoise(0.3, 4.0, 2.0), Dehalo(1.0), Deflicker(1.0), Dust(1.0), Descratch(1.0), Grain(4.0, 2.0, 0.7, 1),
    AutoColour((Graded(Fraction(0), Grade(1.1, 1.0, 0.9, 0.02, 0.95, 0.4)),)),
]  # fmt: skip
FORMS = [
    ("ffv1", "gray"), ("ffv1", "gray10le"), ("ffv1", "yuv420p"), ("ffv1", "yuv422p10le"), ("ffv1", "yuv444p12le"),
    ("ffv1", "yuv410p"), ("ffv1", "yuv440p"), ("ffv1", "yuva420p"), ("ffv1", "bgra"), ("mjpeg", "yuvj422p"),
]  # fmt: skip


def clip_of(path, codec, pix_fmt, size=(65, 49), times=None):
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        base = Fraction(1, 30_000) if times else Fraction(1, 25)
        stream.time_base = stream.codec_context.time_base = base
        for n, picture in enumerate(panned(4, size=size)):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt, threads=1)
            frame.pts, frame.time_base = (int(times[n][0] / base) if times else n), base
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return dreamreel.open(path)


@pytest.mark.parametrize(("codec", "pix_fmt"), FORMS, ids=[pix_fmt for _, pix_fmt in FORMS])
def test_any_form_is_repaired(tmp_path, codec, pix_fmt):
    clip = clip_of(tmp_path / "a.mkv", codec, pix_fmt)
    for op in OPS:
        made = dreamreel.Clip.from_node(op.node(clip.node))
        frames = shown(made)
        assert {(frame.width, frame.height) for frame in frames} == {(65, 49)}, op.name
        assert {frame.format.name for frame in frames} == {made.info.video.pix_fmt}, op.name
        assert len(frames) == 4
        grey = frames[1].to_ndarray(format="gray").astype(float)
        assert np.abs(grey - shown(clip)[1].to_ndarray(format="gray")).mean() < 40, op.name


def test_transparency_stays(tmp_path):
    clip = clip_of(tmp_path / "a.mkv", "ffv1", "yuva420p")
    for op in OPS:
        frame = shown(dreamreel.Clip.from_node(op.node(clip.node)))[0]
        assert "yuva" in frame.format.name, op.name


def test_times_that_vary_stay(tmp_path):
    from dreamreel.render.frames import Room, frames
    from dreamreel.render.lower import lower
    from dreamreel.time import Span

    clip = clip_of(tmp_path / "a.mkv", "ffv1", "yuv420p", times=vfr_timing(4))
    span = Span(Fraction(0), clip.duration)
    want = [time for time, _ in frames(lower(clip.node).picture, span, Room())]
    for op in OPS:
        picture = lower(op.node(clip.node)).picture
        assert [time for time, _ in frames(picture, span, Room())] == want, op.name


def test_all_in_a_row_is_written(tmp_path):
    clip = clip_of(tmp_path / "a.mkv", "ffv1", "yuv420p", size=(96, 64))
    made = clip.deblock().denoise(method="temporal").restore_film().dehalo().deband().auto_colour().grain(0.2)
    found = dreamreel.open(made.write(tmp_path / "b.mp4", preset="ultrafast"))
    assert (found.info.video.width, found.duration) == (96, clip.duration)
