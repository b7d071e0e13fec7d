"""The same frames give the same bytes, however often they are encoded."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import av
import numpy as np

from dreamreel.media.steady import steady

WIDTH, HEIGHT, COUNT = 320, 180, 100


def pictures() -> list[np.ndarray]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    made = []
    for number in range(COUNT):
        planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        planes[:HEIGHT] = 60 + 40 * np.sin((x + 2 * y + 6 * number) / 18) + 4 * np.sin(x * y / 50)
        made.append(planes)
    return made


def encoded(frames: list[np.ndarray]) -> str:
    coder = av.CodecContext.create("libx264", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    coder.time_base, coder.framerate, coder.gop_size = Fraction(1, 10), Fraction(10), 20
    coder.options = steady("libx264", {"crf": "17", "x264-params": "ref=2"})
    made = hashlib.sha256()
    for number, planes in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 10)
        made.update(b"".join(map(bytes, coder.encode(frame))))
    made.update(b"".join(map(bytes, coder.encode(None))))
    return made.hexdigest()


def test_x264_repeats_itself():
    frames = pictures()
    assert len({encoded(frames) for _ in range(5)}) == 1


def test_other_encoders_are_left_alone():
    assert steady("libx265", {"crf": "20"}) == {"crf": "20"}
