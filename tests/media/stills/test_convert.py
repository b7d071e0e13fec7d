"""What can be asked of a picture, and what hostile and broken files get for an answer."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.media.stills import pictures

from dreamreel.errors import (
    BadParameter,
    BadSize,
    DamagedMedia,
    DreamreelError,
    NotMedia,
    OutputIsInput,
    ProtectedMedia,
    TooLarge,
    UnsafeMedia,
    UsageError,
    WillNotFit,
)
from dreamreel.media.stills import (
    StillOptions,
    convert_still,
    is_picture_source,
    is_picture_target,
    join_stills,
    options_from,
)

Make = Callable[..., Path]


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def noise(path: Path, width: int = 320, height: int = 240) -> Path:
    """A photo's worth of detail."""
    rng = np.random.default_rng(7)
    small = rng.integers(0, 255, (height // 4, width // 4, 3), np.uint8)
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(path, quality=95)
    return path


# ── pixels that are left alone ────────────────────────────────────────────────────────────────────────────


def test_a_jpeg_that_stays_one_keeps_every_byte_of_its_scan(make: Make, tmp_path: Path) -> None:
    given, out = make("jpg", turn=6), tmp_path / "out.jpg"
    report = convert_still(given, out)
    before, after = given.read_bytes(), out.read_bytes()
    assert report.copied
    assert after[after.index(b"\xff\xda") :] == before[before.index(b"\xff\xda") :]
    assert after.count(b"\xff\xdb") == before.count(b"\xff\xdb")
    with Image.open(out) as picture:
        assert picture.getexif()[0x0112] == 6
        assert picture.info["dpi"] == (300, 300)
    assert b"A caption" in after
    assert b"Hidden Town" not in after


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", [None, "horizontal", "vertical"])
@pytest.mark.parametrize("turn", [1, 6, 7])
def test_a_jpeg_is_turned_by_its_tag(
    make: Make, tmp_path: Path, turn: int, rotate: int, flip: str | None
) -> None:
    given, out, plain = make("jpg", turn=turn), tmp_path / "out.jpg", tmp_path / "out.png"
    options = {"rotate": rotate, "flip": flip}
    report = convert_still(given, out, options_from(**options))
    convert_still(given, plain, options_from(**options))
    want = np.rot90(pictures.pixels(given), -rotate // 90).astype(int)
    want = {None: want, "horizontal": want[:, ::-1], "vertical": want[::-1]}[flip]
    assert report.copied
    assert np.array_equal(pictures.pixels(out), want)
    assert np.abs(pictures.pixels(plain) - want).mean() < 1


def test_what_hides_behind_a_jpeg_goes(make: Make, tmp_path: Path) -> None:
    given = make("jpg")
    given.write_bytes(given.read_bytes() + b"film with a place" * 200)
    report = convert_still(given, tmp_path / "out.jpg")
    assert b"film with a place" not in (tmp_path / "out.jpg").read_bytes()
    assert any("hidden behind" in told for told in report.lost)


@pytest.mark.parametrize("suffix", ["png", "webp", "avif", "heic", "gif", "bmp", "ico"])
def test_nothing_asked_is_nothing_encoded(make: Make, tmp_path: Path, suffix: str) -> None:
    given, out = make(suffix), tmp_path / f"out.{suffix}"
    assert convert_still(given, out).copied
    assert np.array_equal(pictures.pixels(out), pictures.pixels(given))


def test_a_broken_jpeg_is_not_copied(make: Make, tmp_path: Path) -> None:
    given = make("jpg", tagged=False)
    given.write_bytes(given.read_bytes()[:-400])
    with pytest.raises(DamagedMedia, match="source"):
        convert_still(given, tmp_path / "out.jpg")
    assert not (tmp_path / "out.jpg").exists()


def test_tags_can_be_left_out(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out.jpg"
    convert_still(make("jpg", turn=6), out, StillOptions(tags=False))
    with Image.open(out) as picture:
        assert dict(picture.getexif()) == {0x0112: 6}
        assert "xmp" not in picture.info


# ── sizes ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "size_"),
    [
        ({"width": 32}, (32, 24)),
        ({"height": 96}, (128, 96)),
        ({"width": 30, "height": 30}, (30, 22)),
        ({"width": 30, "height": 30, "fit": "fill"}, (30, 30)),
        ({"width": 30, "height": 30, "fit": "stretch"}, (30, 30)),
        ({"width": 30, "height": 30, "fit": "pad"}, (30, 30)),
        ({"max_width": 640, "max_height": 480}, (64, 48)),
        ({"max_width": 16, "max_height": 16}, (16, 12)),
        ({"short_side": 12}, (16, 12)),
        ({"crop": "20x10"}, (20, 10)),
        ({"crop": "20x10+5+6", "rotate": 90}, (10, 20)),
        ({"rotate": 90, "width": 12}, (12, 16)),
    ],
)
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_sizes_are_what_was_asked(
    make: Make, tmp_path: Path, suffix: str, asked: dict[str, object], size_: tuple[int, int]
) -> None:
    out = tmp_path / f"out.{suffix}"
    report = convert_still(make(suffix, tagged=False), out, options_from(**asked))
    assert size(out) == (report.width, report.height) == size_


def test_a_crop_takes_the_pixels_that_are_there(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    convert_still(make("png", tagged=False), out, StillOptions(crop="10x8+30+20"))
    assert np.array_equal(pictures.pixels(out), pictures.quarters()[20:28, 30:40])


def test_a_crop_outside_is_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(BadSize, match="64x48"):
        convert_still(make("png"), tmp_path / "out.png", StillOptions(crop="60x40+10+10"))


def test_bars_have_the_colour_asked_for(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    options = StillOptions(width=64, height=64, fit="pad", background="#102030")
    convert_still(make("png", tagged=False), out, options)
    assert tuple(pictures.pixels(out)[2, 30]) == (0x10, 0x20, 0x30)


def test_transparent_edges_do_not_darken_when_made_smaller(tmp_path: Path) -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:, 32:] = (200, 100, 50, 255)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    convert_still(tmp_path / "in.png", tmp_path / "out.png", StillOptions(width=20))
    found = pictures.pixels(tmp_path / "out.png")
    seen = found[found[..., 3] > 40]
    assert np.abs(seen[:, :3].astype(int) - (200, 100, 50)).max() <= 4


def test_a_large_jpeg_made_small_looks_like_the_large_one(tmp_path: Path) -> None:
    given = noise(tmp_path / "in.jpg", 1600, 1200)
    convert_still(given, tmp_path / "out.png", StillOptions(width=100))
    with Image.open(given) as large:
        want = np.asarray(large.resize((100, 75), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(pictures.pixels(tmp_path / "out.png") - want).mean() < 6


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif", "heic", "pdf"])
def test_a_target_size_is_never_exceeded_and_nearly_reached(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    report = convert_still(noise(tmp_path / "in.jpg"), out, StillOptions(target_size=12_000))
    assert 9_000 < out.stat().st_size <= 12_000
    assert report.size == out.stat().st_size


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_smaller_picture_where_quality_does_not_suffice(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    report = convert_still(noise(tmp_path / "in.jpg"), out, StillOptions(target_size=2_500))
    assert out.stat().st_size <= 2_500
    assert size(out)[0] == report.width < 320
    assert any("to stay within the target" in told for told in report.converted)


def test_an_impossible_target_says_so(tmp_path: Path) -> None:
    with pytest.raises(WillNotFit, match="200 bytes"):
        convert_still(noise(tmp_path / "in.jpg"), tmp_path / "out.jpg", StillOptions(target_size=200))
    assert not (tmp_path / "out.jpg").exists()


@pytest.mark.parametrize("suffix", ["webp", "avif", "heic"])
def test_lossless_is_lossless(make: Make, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    convert_still(make("png", tagged=False), out, StillOptions(lossless=True))
    assert np.array_equal(pictures.pixels(out), pictures.quarters())


def test_lossless_jpeg_is_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no lossless form"):
        convert_still(make("png"), tmp_path / "out.jpg", StillOptions(lossless=True))


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif", "heic"])
def test_more_quality_is_more_bytes(tmp_path: Path, suffix: str) -> None:
    given = noise(tmp_path / "in.jpg")
    sizes = [
        convert_still(
            given, tmp_path / f"{quality}.{suffix}", StillOptions(quality=quality, chroma="444")
        ).size
        for quality in (30, 60, 85, 97)
    ]
    assert sizes == sorted(sizes)


def test_progressive_and_chroma(tmp_path: Path) -> None:
    given = noise(tmp_path / "in.jpg")
    convert_still(given, tmp_path / "a.jpg", StillOptions(quality=80, progressive=True))
    convert_still(given, tmp_path / "b.jpg", StillOptions(quality=80, progressive=False, chroma="444"))
    assert b"\xff\xc2" in (tmp_path / "a.jpg").read_bytes()
    assert b"\xff\xc0" in (tmp_path / "b.jpg").read_bytes()
    with Image.open(tmp_path / "a.jpg") as a, Image.open(tmp_path / "b.jpg") as b:
        assert [layer[1] for layer in a.layer] == [2, 1, 1]
        assert [layer[1] for layer in b.layer] == [1, 1, 1]


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────


def pages(path: Path) -> Path:
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    first, *rest = [Image.new("RGB", (30 + 10 * n, 20), colour) for n, colour in enumerate(colours)]
    first.save(path, save_all=True, append_images=rest)
    return path


@pytest.mark.parametrize("suffix", ["tif", "pdf"])
def test_pages_become_files(tmp_path: Path, suffix: str) -> None:
    report = convert_still(pages(tmp_path / f"in.{suffix}"), tmp_path / "out.png", StillOptions(dpi=72))
    assert [path.name for path in report.outputs] == ["out-1.png", "out-2.png", "out-3.png"]
    for channel, path in enumerate(report.outputs):
        assert pictures.pixels(path)[10, 15].argmax() == channel


@pytest.mark.parametrize("source", ["tif", "pdf"])
@pytest.mark.parametrize("target", ["tif", "pdf"])
def test_pages_stay_together(tmp_path: Path, source: str, target: str) -> None:
    out = tmp_path / f"out.{target}"
    report = convert_still(pages(tmp_path / f"in.{source}"), out, StillOptions(pages="3,1", dpi=72))
    assert report.pages == 2
    again = convert_still(out, tmp_path / "again.png", StillOptions(dpi=72))
    assert [pictures.pixels(path)[10, 15].argmax() for path in again.outputs] == [2, 0]


def test_tiff_pages_of_different_sizes_and_dates(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    small = tmp_path / "small.png"
    Image.new("RGB", (10, 10)).save(small)
    join_stills([make("jpg"), small], out)
    with Image.open(out) as picture:
        assert picture.n_frames == 2
        assert picture.getexif().get_ifd(0x8769)[0x9003] == pictures.DATE[:-1].decode()
        picture.seek(1)
        assert picture.size == (10, 10)


def test_pages_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="3 pages"):
        convert_still(pages(tmp_path / "in.tif"), tmp_path / "out.png", StillOptions(pages="2-4"))


def test_only_the_first_frame_of_an_animation_and_that_is_said(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 20), (n * 60, 0, 0)) for n in range(3)]
    frames[0].save(tmp_path / "in.gif", save_all=True, append_images=frames[1:])
    report = convert_still(tmp_path / "in.gif", tmp_path / "out.png")
    assert "all but the first of its 3 frames" in report.lost
    assert report.outputs == (tmp_path / "out.png",)


# ── what belongs here ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
def test_animations_are_films(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (20, 20), (n * 60, 0, 0)) for n in range(3)]
    frames[0].save(tmp_path / f"still.{suffix}")
    frames[0].save(tmp_path / f"film.{suffix}", save_all=True, append_images=frames[1:], duration=100)
    assert is_picture_source(tmp_path / f"still.{suffix}")
    assert not is_picture_source(tmp_path / f"film.{suffix}")


def test_what_is_a_picture_is_told_by_its_bytes(make: Make, tmp_path: Path) -> None:
    given = make("jpg").rename(tmp_path / "photo.txt")
    assert is_picture_source(given)
    assert not is_picture_source(tmp_path / "absent.jpg")
    (tmp_path / "text.jpg").write_text("no picture", encoding="utf-8")
    assert not is_picture_source(tmp_path / "text.jpg")


def test_targets_by_suffix_or_name() -> None:
    assert is_picture_target(Path("a.JPG"))
    assert is_picture_target(Path("a"), "avif")
    assert not is_picture_target(Path("a.mp4"))
    assert not is_picture_target(Path("a.svg"))
    assert not is_picture_target(Path("a"))


def test_a_wish_becomes_options() -> None:
    found = options_from(container="webp", width=100, encode=True, codec="h264", audio="none", height=None)
    assert found == StillOptions(format="webp", width=100, copy=False)
    assert options_from(effort="slow").effort == 6
    assert options_from(effort="3").effort == 3
    with pytest.raises(BadParameter, match="effort"):
        options_from(effort="p7")
    with pytest.raises(BadParameter, match="crop"):
        options_from(crop="auto")
    with pytest.raises(BadParameter, match="quality"):
        options_from(quality=101)


def test_original_is_never_overwritten(make: Make) -> None:
    given = make("jpg")
    with pytest.raises(OutputIsInput):
        convert_still(given, given)


def test_an_unknown_target_lists_what_there_is(make: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose one of jpeg, png"):
        convert_still(make("jpg"), tmp_path / "out.jxl")


# ── strangers' files ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "suffix", ["jpg", "png", "webp", "avif", "heic", "tif", "bmp", "gif", "ico", "pdf", "dng"]
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files_end_in_a_sentence_or_a_whole_picture(
    make: Make, tmp_path: Path, suffix: str, share: float
) -> None:
    given, out = make(suffix, tagged=False), tmp_path / "out.png"
    data = given.read_bytes()
    given.write_bytes(data[: max(16, int(len(data) * share))])
    said = ""
    try:
        convert_still(given, out, StillOptions(copy=False))
    except DreamreelError as error:
        said = str(error)
    assert out.exists() != bool(said)
    assert not said or given.name in said
    assert str(tmp_path) not in said


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "heic"])
def test_broken_tags_never_break_a_picture(make: Make, tmp_path: Path, suffix: str) -> None:
    given = make(suffix)
    rng = np.random.default_rng(3)
    data = given.read_bytes()
    for turn in range(20):
        broken = bytearray(data)
        for place in rng.integers(12, min(len(data), 900), 6):
            broken[place] = rng.integers(256)
        given.write_bytes(broken)
        with contextlib.suppress(DreamreelError):
            convert_still(given, tmp_path / f"{turn}.png", StillOptions(copy=False))


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(TooLarge, match="bomb"):
        convert_still(tmp_path / "bomb.png", tmp_path / "out.jpg")


def svg(path: Path, body: str, head: str = "") -> Path:
    path.write_text(
        f'{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="40" height="30">{body}</svg>',
        encoding="utf-8",
    )
    return path


def test_a_drawing_opens_no_other_file(make: Make, tmp_path: Path) -> None:
    other = make("png", tagged=False)
    images = "".join(
        f'<image xlink:href="{where}" width="40" height="30"/>'
        for where in (other.as_uri(), other.name, "http://127.0.0.1:9/x.png")
    )
    convert_still(svg(tmp_path / "in.svg", images), tmp_path / "out.png")
    assert not pictures.pixels(tmp_path / "out.png")[..., 3].any()


def test_a_drawing_with_entities_is_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(DreamreelError):
        convert_still(svg(tmp_path / "in.svg", "<text>&b;</text>", laughs), tmp_path / "out.png")


def test_a_huge_drawing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>', encoding="utf-8"
    )
    with pytest.raises((TooLarge, DamagedMedia)):
        convert_still(path, tmp_path / "out.png")


def test_a_drawing_is_drawn_at_the_size_asked_for(make: Make, tmp_path: Path) -> None:
    convert_still(make("svg"), tmp_path / "out.png", StillOptions(width=640))
    found = pictures.pixels(tmp_path / "out.png")
    assert found.shape[:2] == (480, 640)
    edge = found[100, 316:324, 0].astype(int)
    assert np.count_nonzero(np.diff(edge)) <= 1  # sharp, not enlarged


def test_a_locked_pdf_says_so(tmp_path: Path) -> None:
    # The dictionary of a file locked by revision 2 of the standard handler (ISO 32000-1 §7.6.3) with another password.
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Filter/Standard/V 1/R 2/O<" + b"11" * 32
        + b">/U<" + b"22" * 32 + b">/P -4>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n"
    )  # fmt: skip
    (tmp_path / "in.pdf").write_bytes(body)
    with pytest.raises(ProtectedMedia, match="password"):
        convert_still(tmp_path / "in.pdf", tmp_path / "out.png")


def test_a_page_larger_than_memory_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (100, 100)).save(tmp_path / "in.pdf", resolution=1)
    with pytest.raises(TooLarge, match="dots per inch"):
        convert_still(tmp_path / "in.pdf", tmp_path / "out.png", StillOptions(dpi=2400))


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jpg", b"#EXTM3U\nhttp://127.0.0.1/x\n", UnsafeMedia),
        ("a.png", b"plain words", NotMedia),
        ("a.jpg", b"", NotMedia),
        ("a.jpg", b"\x00\x01" * 50, NotMedia),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str, data: bytes, kind: type[Exception]) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(kind, match=name):
        convert_still(tmp_path / name, tmp_path / "out.png")


def test_untrusted_loaders_are_blocked() -> None:
    from dreamreel.media.stills.page import vips

    module = vips()
    with pytest.raises(module.Error, match="blocked"):
        module.Image.csvload("/dev/null")


def test_cmyk_stays_where_it_can_and_is_converted_where_not(tmp_path: Path) -> None:
    Image.new("CMYK", (20, 20), (200, 30, 0, 10)).save(tmp_path / "in.tif")
    convert_still(tmp_path / "in.tif", tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as picture:
        assert picture.mode == "CMYK"
        assert np.abs(np.asarray(picture)[9, 9].astype(int) - (200, 30, 0, 10)).max() <= 4
    report = convert_still(tmp_path / "in.tif", tmp_path / "out.png")
    assert "CMYK to sRGB" in report.converted
    red, green, blue = pictures.pixels(tmp_path / "out.png")[9, 9]
    assert red < green < blue


def test_grey_stays_grey(tmp_path: Path) -> None:
    Image.fromarray(np.arange(0, 250, dtype=np.uint8).reshape(10, 25)).save(tmp_path / "in.png")
    for suffix in ("jpg", "tif", "pdf", "webp", "avif", "heic", "bmp", "gif", "ico"):
        convert_still(tmp_path / "in.png", tmp_path / f"out.{suffix}")
    with Image.open(tmp_path / "out.jpg") as jpeg, Image.open(tmp_path / "out.tif") as tiff:
        assert jpeg.mode == tiff.mode == "L"
    data = io.BytesIO((tmp_path / "out.pdf").read_bytes()).getvalue()
    assert b"/DeviceGray" in data
