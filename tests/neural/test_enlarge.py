"""Networks over frames: tiles that are the whole frame, colours that stay, precisions that agree."""

import os
import subprocess
import sys

import av
import numpy as np
import pytest
from tests.neural.moving import samples, still

from dreamreel.errors import BadParameter, CapabilityMissing
from dreamreel.media.info import Colour
from dreamreel.media.planes import planes
from dreamreel.neural import catalog
from dreamreel.neural.catalog import PRECISIONS, chosen, network, networks, weights
from dreamreel.neural.colours import Form
from dreamreel.neural.enlarge import FORMATS, Enlarger
from dreamreel.neural.graph import TileModel, halo
from dreamreel.ops.forms import _COMPOSED

S = network("clean-s-x2")


def pattern(width, height):
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    waves = [128 + 80 * np.sin(x / 9) + 20 * np.cos(y / 3), 128 + 70 * np.cos((x + y) / 13), x * 255 / width]
    return np.stack(waves, -1).clip(0, 255).astype(np.uint8)


def frame(rgb, pix_fmt, matrix="ITU709", code=1):
    made = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format=pix_fmt, threads=1, dst_colorspace=matrix)
    made.colorspace, made.color_range = code, 1
    return made


def visible(made):
    deep = 2 if FORMATS[made.format.name][0] > 8 else 1
    return [
        np.frombuffer(plane, np.uint8)
        .reshape(-1, plane.line_size)[: plane.height, : plane.width * deep]
        .copy()
        for plane in made.planes
    ]


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("pix_fmt", FORMATS)
def test_tiles_of_any_size_give_the_same_bits(pix_fmt, precision):
    source = frame(pattern(101, 58), pix_fmt)
    whole = visible(Enlarger(S, pix_fmt, 101, 58, precision)(source))
    for tile in (40 * 30, 64 * 64):
        parts = visible(Enlarger(S, pix_fmt, 101, 58, precision, tile=tile)(source))
        assert all(np.array_equal(one, other) for one, other in zip(whole, parts, strict=True))


def test_everything_that_is_composed_can_be_enlarged():
    assert set(FORMATS) >= set(_COMPOSED)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p10le"])
def test_beyond_an_edge_is_its_mirror_image(pix_fmt):
    """As shrinking takes it to be, so that pixels at the edge are as good as others."""
    wide, high, rim = 60, 44, 16
    deep = frame(pattern(wide, high), pix_fmt)
    around = av.VideoFrame(wide + 2 * rim, high + 2 * rim, pix_fmt)
    around.colorspace, around.color_range = deep.colorspace, deep.color_range
    for given, target in zip(planes(deep), planes(around), strict=True):
        edge = rim * given.shape[1] // wide
        target[:] = np.pad(given, edge, mode="symmetric")
    made = planes(Enlarger(S, pix_fmt, wide, high, "f32")(deep))
    sides = (around.width, around.height)
    for alone, framed in zip(made, planes(Enlarger(S, pix_fmt, *sides, "f32")(around)), strict=True):
        edge = rim * alone.shape[1] // wide
        assert np.array_equal(alone, framed[edge:-edge, edge:-edge])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 40), (40, 1), (3, 5), (17, 2)])
def test_the_smallest_pictures(width, height):
    source = frame(pattern(40, 40)[:height, :width].copy(), "yuv444p").reformat(format="yuv420p", threads=1)
    made = Enlarger(S, "yuv420p", width, height, "int8")(source)
    assert (made.width, made.height) == (2 * width, 2 * height)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize(("matrix", "code"), [("ITU709", 1), ("ITU601", 5)])
def test_flat_colours_come_back(precision, matrix, code):
    for rgb in (
        (255, 255, 255),
        (0, 0, 0),
        (128, 128, 128),
        (200, 30, 40),
        (20, 180, 60),
        (30, 40, 220),
        (250, 210, 190),
    ):
        source = frame(np.full((32, 48, 3), rgb, np.uint8), "yuv420p", matrix, code)
        for was, now in zip(
            visible(source), visible(Enlarger(S, "yuv420p", 48, 32, precision)(source)), strict=True
        ):
            assert np.abs(now.astype(int) - int(was[0, 0])).max() <= 2


def test_time_and_colour_are_kept():
    source = frame(pattern(32, 32), "yuv420p", "ITU601", 5)
    source.pts, source.color_trc = 7, 6
    made = Enlarger(S, "yuv420p", 32, 32, "f32")(source)
    assert (made.pts, made.colorspace, made.color_range, made.color_trc) == (7, 5, 1, 6)


def test_precisions_agree():
    source = frame(pattern(160, 96), "yuv444p")
    fine = visible(Enlarger(S, "yuv444p", 160, 96, "f32")(source))[0].astype(float)
    for precision in ("int8", "bf16"):
        rough = visible(Enlarger(S, "yuv444p", 160, 96, precision)(source))[0]
        assert np.sqrt(((rough - fine) ** 2).mean()) < 1.5


def test_an_edge_becomes_sharper_than_bicubic_makes_it():
    sharp = np.where(np.add(*np.meshgrid(np.arange(128), np.arange(96))) % 48 < 24, 40, 210).astype(np.uint8)
    large = np.stack([sharp] * 3, -1)
    small = large.reshape(48, 2, 64, 2, 3).mean((1, 3)).astype(np.uint8)
    truth = visible(frame(large, "yuv444p"))[0].astype(float)
    made = visible(Enlarger(S, "yuv444p", 64, 48, "int8")(frame(small, "yuv444p")))[0]
    soft = visible(
        frame(small, "yuv444p").reformat(width=128, height=96, interpolation="BICUBIC", threads=1)
    )[0]
    assert ((made - truth) ** 2).mean() < 0.6 * ((soft - truth) ** 2).mean()


def test_a_tile_needs_its_whole_halo():
    form = Form(8, 1, 1, Colour(1, 1, 1, 1))
    side = 2 * halo(S) + 2
    model = TileModel(S, form, side, side, "f32")
    rng = np.random.default_rng(1)
    y, uv = rng.integers(16, 235, (side, side), np.uint8), np.full((2, side, side), 128, np.uint8)
    middle = slice(2 * halo(S), 2 * halo(S) + 4)
    was = model(y, uv)[0][middle, middle].copy()
    y[0], y[-1] = 235, 16
    assert np.array_equal(was, model(y, uv)[0][middle, middle])


def test_networks_have_names_hashes_and_weights():
    for one in networks():
        assert one.name == f"{one.family}-{one.size}-x{one.scale}"
        assert one.family in catalog.FAMILIES
        assert one.size in catalog.SIZES
        assert one.scale > 1
        assert weights(one)
        assert chosen(one.family, one.size, one.scale) is one


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "_FOLDER", tmp_path)
    with pytest.raises(CapabilityMissing, match="install dreamreel again"):
        weights(S)
    (tmp_path / S.file).write_bytes(b"other")
    with pytest.raises(CapabilityMissing, match="changed"):
        weights(S)


def test_an_unknown_network_is_told_with_those_there_are():
    with pytest.raises(BadParameter, match="clean-s-x2"):
        network("huge")
    with pytest.raises(BadParameter, match="small and fast"):
        chosen("clean", "xl", 2)


def test_loading_it_loads_nothing_that_reports():
    code = (
        "from dreamreel.neural.machine import fastest; import sys; fastest();"
        "print([name for name in sys.modules if name.startswith('openvino_telemetry') and sys.modules[name]])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["clean-s-x2", "clean-m-x3"])
def test_sixteen_bit_arithmetic_keeps_bright_samples(name):
    """The picture itself is not rounded to 8 bits of mantissa, whatever is added to it."""
    rows = np.linspace(700, 930, 48)[:, None] + np.linspace(0, 9, 64)
    frame = still("yuv420p10le", 64, 48)
    planes(frame)[0][:] = rows.round()
    exact, coarse = (
        samples(Enlarger(network(name), "yuv420p10le", 64, 48, precision)(frame))[0].astype(int)
        for precision in ("f32", "bf16")
    )
    assert np.abs(exact - coarse).mean() < 1


def test_what_is_see_through_stays_within_its_bits():
    frame = still("yuva444p10le", 64, 48)
    planes(frame)[3][:] = np.repeat([0, 1023], 32)
    made = samples(Enlarger(network("clean-s-x2"), "yuva444p10le", 64, 48, "int8")(frame))[3]
    assert (made.min(), made.max()) == (0, 1023)
