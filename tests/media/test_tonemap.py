"""HDR to SDR: the curve is BT.2390's, greys stay grey, colours stay in their gamut, and files are made once."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from dreamreel.media import tonemap
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo, Colour, VideoInfo
from dreamreel.ops.colour import ToneMap
from dreamreel.render.graphs import Chain

HDR = Colour(9, 1, 9, 16)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))
    tonemap._file.cache_clear()


def pq(nits: float) -> float:
    """BT.2100 table 4, written down once more."""
    y = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375


def bt2390(code: float, source: float, target: float) -> float:
    """BT.2390 §5.4.1 in scalars, minimum luminances 0."""
    top = pq(target) / pq(source)
    e1 = code / pq(source)
    knee = 1.5 * top - 0.5
    if e1 < knee:
        return code
    t = (e1 - knee) / (1 - knee)
    p = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * top
    return p * pq(source)


def test_pq_is_that_of_the_standard():
    assert float(tonemap.to_pq(np.array(100.0))) == pytest.approx(0.508078, abs=1e-5)
    assert float(tonemap.to_pq(np.array(1000.0))) == pytest.approx(0.751827, abs=1e-5)
    light = np.array([0.0, 0.1, 1, 203, 1000, 10_000])
    assert np.allclose(tonemap.from_pq(tonemap.to_pq(light)), light, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("source", [400.0, 1000.0, 4000.0, 10_000.0])
def test_the_curve_is_bt2390s(source):
    codes = np.linspace(0, pq(source), 101)
    expected = [bt2390(float(code), source, tonemap.WHITE) for code in codes]
    assert np.allclose(tonemap.eetf(codes, source, tonemap.WHITE), expected, atol=1e-9)


def test_the_curve_ends_at_white_and_never_falls():
    codes = np.linspace(0, 1, 500)
    made = tonemap.eetf(codes, 1000, tonemap.WHITE)
    assert np.diff(made).min() >= -1e-12
    assert made[-1] == pytest.approx(pq(tonemap.WHITE))


def test_a_dim_source_is_left_alone():
    codes = np.linspace(0, pq(150), 50)
    assert np.array_equal(tonemap.eetf(codes, 150, tonemap.WHITE), codes)


def ramp(nits: list[float], pix_fmt: str = "yuv420p10le", transfer: int = 16) -> av.VideoFrame:
    """Grey stripes of 16 pixels, each of so much light; for HLG the numbers are codes."""
    codes = [pq(n) if transfer == 16 else n for n in nits]
    luma = np.repeat(np.array([round(64 + 876 * code) for code in codes], np.uint16), 16)
    planes = np.full((32 * 3 // 2, len(luma)), 512, np.uint16)
    planes[:32] = luma
    frame = av.VideoFrame(len(luma), 32, "yuv420p10le")
    for n, plane in enumerate(frame.planes):
        rows = np.full((plane.height, plane.line_size // 2), 512, np.uint16)
        if n == 0:
            rows[:, : len(luma)] = luma
        plane.update(rows.tobytes())
    frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc = 9, 1, 9, transfer
    frame.time_base = Fraction(1, 25)
    return frame


def mapped(frame: av.VideoFrame, peak: float, transfer: int = 16) -> av.VideoFrame:
    """One frame through the op."""
    video = VideoInfo(frame.width, frame.height, frame.format.name, colour=Colour(9, 1, 9, transfer))
    specs = ToneMap(peak).filters(ClipInfo(Fraction(1), video))
    return Chain(specs, frame).one(frame)


def stripes(frame: av.VideoFrame) -> list[list[float]]:
    """Y, U and V in the middle of each stripe."""
    made = []
    for n, plane in enumerate(frame.planes):
        deep = frame.format.components[n].bits > 8
        rows = np.frombuffer(plane, np.uint16 if deep else np.uint8).reshape(plane.height, -1)
        step = 16 if n == 0 else 8
        made.append([float(rows[8, step * i + step // 2]) for i in range(frame.width // 16)])
    return made


def test_greys_through_ffmpeg_follow_the_curve():
    nits = [0, 1, 5, 20, 50, 100, 203, 400, 700, 1000]
    luma, blue, red = stripes(mapped(ramp(nits), 1000))
    for value, light in zip(luma, nits, strict=True):
        shown = float(tonemap.from_pq(np.array(bt2390(pq(light), 1000, 203))))
        # BT.1886 with its exponent of 2.4, in 10 bits of limited range.
        assert value == pytest.approx(64 + 876 * (shown / 203) ** (1 / 2.4), abs=3), light
    assert all(abs(chroma - 512) <= 1 for chroma in [*blue, *red])


def test_highlights_are_kept_apart():
    luma = stripes(mapped(ramp([203, 400, 600, 1000]), 1000))[0]
    assert all(later - earlier >= 3 for earlier, later in pairwise(luma))
    assert luma[-1] == pytest.approx(940, abs=1)


def test_ten_bits_and_the_tags_of_the_result():
    made = mapped(ramp([100]), 1000)
    assert made.format.name == "yuv420p10le"
    assert (int(made.colorspace), int(made.color_primaries), int(made.color_trc), int(made.color_range)) == (
        1,
        1,
        1,
        1,
    )


def test_hlg_white_is_bright_and_its_greys_are_grey():
    luma, blue, red = stripes(mapped(ramp([0.0, 0.38, 0.75, 1.0], transfer=18), 1000, 18))
    assert luma[0] == pytest.approx(64, abs=1)
    assert luma[3] == pytest.approx(940, abs=1)
    # 75 % HLG is 203 cd/m² on a display of 1000 (BT.2408 table 1).
    shown = float(tonemap.from_pq(np.array(bt2390(pq(203), 1000, 203))))
    assert luma[2] == pytest.approx(64 + 876 * (shown / 203) ** (1 / 2.4), abs=6)
    assert all(abs(chroma - 512) <= 1 for chroma in [*blue, *red])


def test_every_entry_is_a_colour_of_bt709():
    cube = tonemap.cube(16, 1000, 17)
    assert cube.shape == (17, 17, 17, 3)
    assert (cube.min(), cube.max()) == (0, pytest.approx(4080 / 4095))
    assert not np.isnan(cube).any()


def test_bt709_colours_below_the_knee_are_not_moved():
    """A BT.709 colour of little light, written in BT.2020 and PQ, comes back as itself."""
    to_2020 = np.linalg.inv(np.array(tonemap.TO_709))
    light = np.array([[30.0, 5, 5], [5, 30, 5], [5, 5, 30], [40, 40, 10]])
    wide = light @ to_2020.T
    shown = tonemap._fitted(tonemap._mapped(wide, 1000) @ np.array(tonemap.TO_709).T / 203)
    assert np.allclose(shown * 203, light, atol=0.2)


def test_bright_colours_keep_their_hue():
    to_2020 = np.linalg.inv(np.array(tonemap.TO_709))
    bright = np.array([[800.0, 40, 40], [40, 800, 40], [40, 40, 800]])
    shown = tonemap._fitted(tonemap._mapped(bright @ to_2020.T, 1000) @ np.array(tonemap.TO_709).T / 203)
    assert np.argmax(shown, axis=1).tolist() == [0, 1, 2]
    assert (shown.max(axis=1) - np.median(shown, axis=1) > 0.2).all()


def test_sdr_is_left_alone():
    info = ClipInfo(Fraction(1), VideoInfo(64, 48))
    assert ToneMap().filters(info) == ()
    assert ToneMap().infer(info) is info


def test_the_cube_is_made_once_and_found_again(tmp_path):
    spec = tonemap.tone_map_spec(16, 1000)
    first = dict(tonemap.resolved(spec).args)["file"]
    assert first.startswith(str(tmp_path))
    written = (tmp_path / "home" / "luts").stat().st_mtime_ns, Path(first).read_bytes()[:20]
    tonemap._file.cache_clear()
    assert dict(tonemap.resolved(spec).args)["file"] == first
    assert ((tmp_path / "home" / "luts").stat().st_mtime_ns, Path(first).read_bytes()[:20]) == written
    assert dict(tonemap.resolved(tonemap.tone_map_spec(16, 4000)).args)["file"] != first


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="ascii")
    monkeypatch.setenv("DREAMREEL_HOME", str(blocked))
    path = dict(tonemap.resolved(tonemap.tone_map_spec(16, 1000)).args)["file"]
    assert not path.startswith(str(blocked))
    assert Path(path).read_bytes().startswith(b"LUT_3D_SIZE 65\n")


def test_other_filters_are_themselves():
    assert tonemap.resolved(FilterSpec.of("scale", w=2)) == FilterSpec.of("scale", w=2)
