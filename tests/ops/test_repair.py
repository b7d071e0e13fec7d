"""Blocks and bands taken out of pictures, by what comes out of the render tree."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from tests.retouch.pictures import luma, panned, psnr, shown, stored, yuv

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.render import tree
from dreamreel.render.lower import lower


@pytest.fixture(scope="module")
def blocky(tmp_path_factory):
    """A coarse MPEG-2 film, and what it was."""
    folder = tmp_path_factory.mktemp("film")
    clean = [yuv(picture) for picture in panned(4, seed=6)]
    with av.open(str(folder / "a.mkv"), "w") as out:
        stream = out.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 20
        for n, frame in enumerate(clean):
            frame.pts, frame.time_base = n, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return dreamreel.open(folder / "a.mkv"), clean


def test_blocks_go_and_the_picture_comes_closer(blocky):
    from dreamreel.analyse.compression import blocks

    clip, clean = blocky
    before, after = shown(clip), shown(clip.deblock(0.7))
    assert np.mean([psnr(a, b) - psnr(c, b) for a, b, c in zip(after, clean, before, strict=True)]) > 0.1
    shows = [blocks(luma(frames[2]).astype(np.uint8)) for frames in (before, after)]
    assert shows[1] < 0.6 * shows[0]


def test_bands_become_smooth(tmp_path):
    ramp = np.repeat(np.linspace(60, 100, 160)[None, :], 120, 0)
    bands = np.floor(ramp / 4) * 4 + 2
    frame = yuv(np.repeat(bands[..., None], 3, 2).astype(np.uint8))
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [frame] * 2))
    before, after = (luma(shown(one)[0]) for one in (clip, clip.deband(0.6)))
    # The largest step between neighbours, once noise finer than the bands is averaged over the columns.
    steps = [np.abs(np.diff(plane.mean(axis=0))).max() for plane in (before, after)]
    assert steps[1] < 0.75 * steps[0]


def test_detail_survives_debanding(tmp_path):
    frame = yuv(panned(1)[0])
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [frame] * 2))
    assert psnr(shown(clip.deband())[0], frame) > 38


@pytest.mark.parametrize("verb", ["deblock", "deband"])
def test_nothing_is_done_at_strength_0(blocky, verb):
    clip = blocky[0]
    assert isinstance(lower(getattr(clip, verb)(0).node).picture, tree.FileFrames)
    with pytest.raises(BadParameter, match="0 to 1"):
        getattr(clip, verb)(1.5)


@pytest.mark.parametrize("size", [(4, 4), (6, 17), (18, 20)])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_small_and_deep_pictures_are_repaired_too(tmp_path, size, pix_fmt):
    frame = yuv(panned(1, size=size)[0], pix_fmt)
    clip = dreamreel.open(stored(tmp_path / "a.mkv", [frame] * 2))
    made = shown(clip.deblock().deband())[0]
    assert (made.width, made.height) == size
    assert made.format.name.endswith("10le") == pix_fmt.endswith("10le")
