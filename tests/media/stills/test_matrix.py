"""Every format into every other: pixels, turn, transparency, profile, depth and date arrive; the place does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.media.stills import pictures

from dreamreel.media.stills import StillOptions, convert_still

SOURCES = ("jpg", "png", "webp", "avif", "heic", "tif", "bmp", "gif", "ico", "pdf", "svg", "dng")
TARGETS = ("jpg", "png", "webp", "avif", "heic", "tif", "bmp", "gif", "ico", "pdf")
TAGGED = ("jpg", "png", "webp", "avif", "heic", "tif")
TURNED = ("jpg", "png", "webp", "tif")
CLEAR = ("png", "webp", "avif", "heic", "tif", "ico")
FAR = {"gif": 12, "ico": 3, "jpg": 3, "heic": 3, "avif": 3, "webp": 3}
"""Mean difference that a format's own loss explains."""

Make = Callable[..., Path]


def expected(source: Path) -> np.ndarray:
    """The quarters as the source shows them."""
    found = pictures.pixels(source) if source.suffix not in (".pdf", ".svg", ".dng") else pictures.quarters()
    return found[..., :3].astype(int)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_format_becomes_every_other(make: Make, tmp_path: Path, source: str, target: str) -> None:
    given = make(source, tagged=False)
    out = tmp_path / f"out.{target}"
    report = convert_still(given, out, StillOptions(dpi=72) if source == "pdf" else None)
    found = pictures.pixels(out)[..., :3].astype(int)
    if target == "ico":  # in the middle of a square
        top = (found.shape[0] - report.height) // 2
        found = found[top : top + report.height]
    want = expected(given)
    if found.shape != want.shape:
        found = np.asarray(
            Image.fromarray(found.astype(np.uint8)).resize(
                (pictures.WIDTH, pictures.HEIGHT), Image.Resampling.BOX
            )
        ).astype(int)
    # Drawings, developed photos and drawn pages are not the same numbers: there the quarters must be where they were.
    loose = source in ("svg", "dng", "pdf") or target == "pdf"
    if loose:
        for y in (0.25, 0.75):
            for x in (0.25, 0.75) if y < 0.5 else (0.25,):
                spot = (int(y * pictures.HEIGHT), int(x * pictures.WIDTH))
                assert found[spot].argmax() == want[spot].argmax(), spot
    else:
        assert np.abs(found - want).mean() <= FAR.get(target, 0) + FAR.get(source, 0)
    assert out.read_bytes() != b""
    assert report.size == out.stat().st_size


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", TURNED)
@pytest.mark.parametrize("turn", [3, 6])
def test_the_cameras_turn_is_applied_once(
    make: Make, tmp_path: Path, source: str, target: str, turn: int
) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(make(source, turn=turn, tagged=True), out, StillOptions(srgb=False))
    found = pictures.pixels(out).astype(int)
    upright = np.rot90(pictures.quarters(), {3: 2, 6: -1}[turn])
    assert (report.width, report.height) == upright.shape[1::-1]
    if target == "ico":
        assert found.shape[0] == found.shape[1]
        left = (found.shape[1] - report.width) // 2
        top = (found.shape[0] - report.height) // 2
        found = found[top : top + report.height, left : left + report.width]
    for y, x in ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8)):
        there = found[int(y * found.shape[0]), int(x * found.shape[1]), :3]
        want = upright[int(y * upright.shape[0]), int(x * upright.shape[1])]
        if want.max() - int(want.min()) > 60:  # not the grey quarter
            assert there.argmax() == want.argmax()


@pytest.mark.parametrize("turn", range(1, 9))
def test_all_eight_turns_are_understood(make: Make, tmp_path: Path, turn: int) -> None:
    given = make("jpg", turn=turn)
    out = tmp_path / "out.png"
    convert_still(given, out)
    assert np.abs(pictures.pixels(out).astype(int) - pictures.pixels(given)).mean() < 1


@pytest.mark.parametrize("turn", [1, 3, 4, 5, 6, 7, 8])
def test_a_pdf_turns_its_page_and_not_the_pixels(make: Make, tmp_path: Path, turn: int) -> None:
    given = make("jpg", turn=turn, tagged=False)
    data = pictures.write(given, turn=turn).read_bytes()
    out = tmp_path / "out.pdf"
    convert_still(given, out)
    scan = data[data.index(b"\xff\xda") :]
    assert scan in out.read_bytes()
    want = pictures.pixels(given).astype(int)
    found = pictures.pixels(out).astype(int)
    assert np.abs(found[6:-6, 6:-6].mean(axis=(0, 1)) - want[6:-6, 6:-6].mean(axis=(0, 1))).max() < 12
    assert found[4, 4].argmax() == want[4, 4].argmax()
    assert found[4, -5].argmax() == want[4, -5].argmax()


@pytest.mark.parametrize("target", CLEAR)
@pytest.mark.parametrize("source", CLEAR)
def test_transparency_arrives(make: Make, tmp_path: Path, source: str, target: str) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(make(source, alpha=True, tagged=False), out)
    found = pictures.pixels(out)
    found = found[(found.shape[0] - report.height) // 2 :]
    assert report.alpha
    assert found.shape[2] == 4
    assert abs(int(found[40, 50, 3]) - 128) <= 3
    assert found[5, 5, 3] >= 252


def test_transparency_is_laid_on_a_colour_where_a_format_has_none(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    report = convert_still(make("png", alpha=True, tagged=False), out, StillOptions(background="#00ff00"))
    assert "transparent pixels, laid on #00ff00" in report.converted
    ground, above = np.array([0, 255, 0]), pictures.quarters()[40, 50].astype(int)
    assert np.abs(pictures.pixels(out)[40, 50] - (ground * 127 + above * 128) / 255).max() < 6


@pytest.mark.parametrize("target", TAGGED)
@pytest.mark.parametrize("source", TAGGED)
def test_profile_and_date_travel_and_the_place_does_not(
    make: Make, tmp_path: Path, source: str, target: str
) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(make(source), out)
    data = out.read_bytes()
    assert any("place" in told for told in report.lost)
    picture = pillow_heif.open_heif(out).to_pillow() if target == "heic" else Image.open(out)
    with picture:
        assert picture.info["icc_profile"] == pictures.profile()
        tags = picture.getexif()
        assert tags.get_ifd(0x8769)[0x9003] == pictures.DATE[:-1].decode()
        assert tags[0x010F] == "Maker"
        assert not tags.get_ifd(0x8825)
    assert b"NOTE-OF-THE-MAKER" not in data
    assert b"Hidden Town" not in data
    assert b"48,51.5N" not in data


@pytest.mark.parametrize("target", TAGGED)
def test_the_place_travels_when_asked(make: Make, tmp_path: Path, target: str) -> None:
    out = tmp_path / f"out.{target}"
    convert_still(make("jpg"), out, StillOptions(keep_location=True))
    picture = pillow_heif.open_heif(out).to_pillow() if target == "heic" else Image.open(out)
    with picture:
        assert picture.getexif().get_ifd(0x8825)[2] == (48.0, 51.0, 30.0)


@pytest.mark.parametrize("target", ["bmp", "gif", "ico"])
def test_colours_become_srgb_where_a_profile_has_no_place(make: Make, tmp_path: Path, target: str) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(make("png"), out)
    assert "the colours of Wide Test to sRGB" in report.converted
    found = pictures.pixels(out)
    found = found[(found.shape[0] - report.height) // 2 :]
    red, want = found[12, 16].astype(int), pictures.quarters()[12, 16].astype(int)
    assert red[0] > want[0] + 8  # the same colour needs more red in a smaller space


@pytest.mark.parametrize(
    ("target", "depth", "near"), [("png", 16, 0), ("tif", 16, 0), ("avif", 12, 40), ("heic", 10, 200)]
)
@pytest.mark.parametrize("source", ["png", "tif"])
def test_sixteen_bits_arrive_as_far_as_the_format_holds_them(
    make: Make, tmp_path: Path, source: str, target: str, depth: int, near: int
) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(
        make(source, deep=True), out, StillOptions(lossless=target == "avif", quality=None)
    )
    assert report.depth == depth
    if target in ("png", "tif"):
        again = tmp_path / "again.tif"
        convert_still(out, again)
        import tifffile

        assert np.array_equal(tifffile.imread(again), pictures.quarters(deep=True))
    else:
        again = tmp_path / "again.png"
        convert_still(out, again)
        import cv2

        found = cv2.imread(str(again), cv2.IMREAD_UNCHANGED)[..., ::-1].astype(int)
        assert np.abs(found - pictures.quarters(deep=True)).mean() < near
        assert f"16 bits per channel to {depth}" in report.converted


def test_less_depth_is_said(make: Make, tmp_path: Path) -> None:
    report = convert_still(make("png", deep=True), tmp_path / "out.jpg")
    assert report.depth == 8
    assert "16 bits per channel to 8" in report.converted


@pytest.mark.parametrize("target", ["jpg", "png", "tif", "bmp"])
@pytest.mark.parametrize("source", ["jpg", "png", "tif"])
def test_dots_per_inch_travel(make: Make, tmp_path: Path, source: str, target: str) -> None:
    out = tmp_path / f"out.{target}"
    convert_still(make(source, tagged=False), out, StillOptions(copy=False))
    with Image.open(out) as picture:
        assert picture.info["dpi"][0] == pytest.approx(300, abs=0.1)
