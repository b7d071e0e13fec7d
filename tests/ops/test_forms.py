"""The planar forms of pictures: what is clear stays clear, and what is deep stays deep where it can."""

from __future__ import annotations

import pytest

from dreamreel.media.info import VideoInfo
from dreamreel.ops.forms import made_of, planar


@pytest.mark.parametrize(
    ("own", "composed", "computed"),
    [
        ("yuv420p", "yuv420p", "yuv420p"),
        ("yuvj422p", "yuv422p", "yuv422p"),
        ("yuv444p12le", "yuv420p10le", "yuv420p10le"),
        ("yuv444p10le", "yuv420p10le", "yuv444p10le"),
        ("yuva444p10le", "yuva444p", "yuva444p10le"),
        ("yuva444p12le", "yuva444p", "yuva444p12le"),
        ("yuva422p10le", "yuva422p", "yuva422p"),
        ("yuva420p16le", "yuva420p", "yuva420p"),
        ("rgba", "yuva420p", "yuva444p"),
        ("gray10le", "yuv420p", "yuv420p10le"),
    ],
)
def test_every_form_has_its_nearest(own: str, composed: str, computed: str) -> None:
    video = VideoInfo(64, 48, own, alpha="a" in own and "gray" not in own)
    assert (planar(video).pix_fmt, made_of(video).pix_fmt) == (composed, computed)
    assert planar(video).alpha == made_of(video).alpha == video.alpha
