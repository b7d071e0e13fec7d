"""Unusual pictures through networks: thin, deep, grey, with transparency, changing size: right, or one sentence."""

import av
import numpy as np
import pytest

import dreamreel
from dreamreel.errors import BadSize
from dreamreel.media.planes import planes

COUNT = 3


def lossless(path, pix_fmt, width, height, codec="ffv1"):
    """A short film of a soft ramp, in any form."""
    across = np.linspace(40, 210, width)[None, :].repeat(height, 0)
    rgb = np.stack([across, across[:, ::-1], np.full_like(across, 90)], -1).astype(np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        for _ in range(COUNT):
            frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format=pix_fmt, threads=1)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def frames(path):
    with av.open(str(path)) as source:
        return list(source.decode(video=0))


@pytest.mark.parametrize(("pix_fmt", "width", "height", "kept"), [
    ("yuv444p", 2, 40, "yuv444p"), ("yuv444p", 40, 2, "yuv444p"), ("yuv420p", 33, 17, "yuv420p"),
    ("yuv420p10le", 48, 32, "yuv420p10le"), ("yuv422p10le", 48, 32, "yuv422p10le"),
    ("yuv444p10le", 48, 32, "yuv444p10le"), ("gray", 48, 32, "yuv420p"), ("gray10le", 48, 32, "yuv420p10le"),
    ("bgr0", 48, 32, "yuv444p"), ("yuv410p", 48, 32, "yuv420p"),
])  # fmt: skip
def test_unusual_pictures_become_twice_as_large(tmp_path, pix_fmt, width, height, kept):
    source = lossless(tmp_path / "a.mkv", pix_fmt, width, height)
    clip = dreamreel.open(source).upscale(2, size="s", precision="int8")
    made = frames(clip.write(tmp_path / "b.mkv", codec="ffv1"))
    assert [(frame.width, frame.height) for frame in made] == [(2 * width, 2 * height)] * COUNT
    assert made[0].format.name == kept
    was, now = (
        one[0].reformat(format="rgb24", threads=1).to_ndarray().astype(int) for one in (frames(source), made)
    )
    small = now.reshape(height, 2, width, 2, 3).mean((1, 3))
    assert np.abs(small - was).mean() < (8 if width > 2 else 16)


@pytest.mark.parametrize(("width", "height"), [(1, 40), (40, 1)])
def test_a_line_of_pixels_is_refused_in_one_sentence(tmp_path, width, height):
    with pytest.raises(BadSize, match="not a size a picture can have"):
        dreamreel.open(lossless(tmp_path / "a.nut", "yuv444p", width, height, "rawvideo"))


def test_transparency_is_kept(tmp_path):
    source = lossless(tmp_path / "a.mkv", "yuva420p", 48, 32)
    clip = dreamreel.open(source).upscale(2, size="s", precision="int8")
    made = frames(clip.write(tmp_path / "b.mkv", codec="ffv1"))[0]
    assert made.format.name == "yuva420p"
    assert planes(made)[3].min() >= 250


def test_a_size_that_changes_is_fitted_into_the_first(tmp_path):
    path = tmp_path / "a.ts"
    data = b""
    for number, (width, height) in enumerate([(64, 48), (96, 48)]):
        part = tmp_path / f"{number}.ts"
        with av.open(str(part), "w") as out:
            stream = out.add_stream("mpeg2video", rate=25)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            for n in range(10):
                frame = av.VideoFrame.from_ndarray(
                    np.full((height * 3 // 2, width), 120, np.uint8), "yuv420p"
                )
                frame.pts = n + 10 * number
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        data += part.read_bytes()
    path.write_bytes(data)
    clip = dreamreel.open(path).upscale(2, size="s", precision="int8")
    made = frames(clip.write(tmp_path / "b.mkv", codec="ffv1"))
    assert {(frame.width, frame.height) for frame in made} == {(128, 96)}
    assert len(made) >= 19
