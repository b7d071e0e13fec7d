"""Every photo becomes upright 8-bit sRGB, and what is no photo is refused before it costs anything."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import psutil
import pytest
from PIL import Image, ImageCms, UnidentifiedImageError

from dreamreel.errors import DamagedMedia, InputMissing, NotMedia, TooLarge, UnsafeMedia, UsageError
from dreamreel.media.images import MAX_PIXELS, is_still, load_image, picture_info, save_image
from dreamreel.media.stills.page import as_image

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (255, 255, 255)


def corners(width: int = 60, height: int = 40) -> Image.Image:
    """Red, green over blue, white: any turn or flip shows."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = RED, GREEN
    picture[height // 2 :, : width // 2], picture[height // 2 :, width // 2 :] = BLUE, WHITE
    return Image.fromarray(picture)


def close(got: np.ndarray, wanted: tuple[int, int, int], within: int = 12) -> bool:
    return bool(np.abs(got[:3].astype(int) - wanted).max() <= within)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.bmp", "a.gif", "a.avif", "a.heic"])
def test_formats(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "a.heic":
        pillow_heif.from_pillow(corners()).save(path, quality=90)
    else:
        corners().save(path, quality=95)
    picture = load_image(path)
    assert picture.pixels.shape == (40, 60, 3)
    assert picture.pixels.dtype == np.uint8
    assert (picture.width, picture.height, picture.has_alpha) == (60, 40, False)
    assert close(picture.pixels[5, 5], RED)
    assert close(picture.pixels[35, 55], WHITE)
    assert is_still(path, path.read_bytes()[:4096])


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.heic"])
@pytest.mark.parametrize(
    ("orientation", "first"), [(1, RED), (2, GREEN), (3, WHITE), (4, BLUE), (6, BLUE), (8, GREEN)]
)
def test_the_exif_turn_is_applied_once(
    tmp_path: Path, name: str, orientation: int, first: tuple[int, int, int]
) -> None:
    path = tmp_path / name
    exif = Image.Exif()
    exif[0x0112] = orientation
    if name == "a.heic":
        # The turn goes into HEIF's own box, and EXIF repeats it; it must count once.
        heif = pillow_heif.from_pillow(corners())
        heif.info["exif"] = exif.tobytes()
        heif.save(path, quality=90)
    else:
        corners().save(path, exif=exif, quality=95)
    picture = load_image(path)
    assert (picture.width, picture.height) == ((40, 60) if orientation >= 5 else (60, 40))
    assert (picture_info(path).width, picture_info(path).height) == (picture.width, picture.height)
    assert close(picture.pixels[3, 3], first)


def test_cmyk(tmp_path: Path) -> None:
    corners().convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    picture = load_image(tmp_path / "a.jpg")
    assert close(picture.pixels[5, 5], RED, 30)
    assert any("CMYK" in note for note in picture.notes)


def test_sixteen_bit_grey(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 8), 32_896, np.uint16)).save(tmp_path / "a.png")
    picture = load_image(tmp_path / "a.png")
    assert picture.pixels[0, 0].tolist() == [128, 128, 128]
    assert any("16-bit" in note for note in picture.notes)


def test_sixteen_bit_colour(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + struct.pack(">3H", 0xFFFF, 0x8080, 0) * 4 for _ in range(4))
    (tmp_path / "a.png").write_bytes(png(4, 4, 16, 2, rows))
    assert load_image(tmp_path / "a.png").pixels[0, 0].tolist() == [255, 128, 0]


@pytest.mark.parametrize("kind", ["lab", "scrgb", "inks and alpha"])
def test_tiff_files_that_pillow_has_no_mode_for(tmp_path: Path, kind: str) -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, :30], picture[:, 30:] = (200, 40, 60), (30, 90, 180)
    own = as_image(picture)
    made = {
        "lab": lambda: own.colourspace("lab"),
        "scrgb": lambda: own.colourspace("scrgb"),
        "inks and alpha": lambda: own.colourspace("cmyk").bandjoin(128),
    }[kind]()
    path = tmp_path / "a.tif"
    made.tiffsave(str(path))
    with pytest.raises(UnidentifiedImageError):
        Image.open(path)
    told = picture_info(path)
    assert (told.format, told.width, told.height) == ("tiff", 60, 40)
    found = load_image(path)
    far = 40 if kind == "inks and alpha" else 1
    assert np.abs(found.pixels[..., :3].astype(int) - picture).max() <= far
    assert found.has_alpha == (kind == "inks and alpha")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DamagedMedia):
        load_image(path)


def test_palette_with_a_clear_colour(tmp_path: Path) -> None:
    image = corners().quantize(8)
    image.info["transparency"] = image.getpixel((0, 0))
    image.save(tmp_path / "a.png", transparency=image.getpixel((0, 0)))
    picture = load_image(tmp_path / "a.png")
    assert picture.has_alpha
    assert picture.pixels[0, 0, 3] == 0
    assert close(picture.pixels[35, 5], BLUE)
    assert picture.pixels[35, 5, 3] == 255


def test_alpha_is_kept_straight(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (200, 100, 50, 64)).save(tmp_path / "a.png")
    picture = load_image(tmp_path / "a.png")
    assert picture.pixels[0, 0].tolist() == [200, 100, 50, 64]


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_greys(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (4, 4), 1 if mode == "1" else 77 if mode == "L" else (77, 255)).save(tmp_path / "a.png")
    expected = 255 if mode == "1" else 77
    assert load_image(tmp_path / "a.png").pixels[0, 0, :3].tolist() == [expected] * 3


def test_an_embedded_profile_is_applied(tmp_path: Path) -> None:
    # sRGB with the primaries of red and green exchanged, under another name.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    corners().save(
        tmp_path / "a.png",
        icc_profile=swapped.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be")),
    )
    picture = load_image(tmp_path / "a.png")
    assert close(picture.pixels[0, 0], (20, 220, 20))
    assert any("converted from Swap" in note for note in picture.notes)


def test_srgb_profiles_cost_and_change_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    corners().save(tmp_path / "a.png", icc_profile=srgb)
    picture = load_image(tmp_path / "a.png")
    assert picture.pixels[0, 0].tolist() == list(RED)
    assert picture.notes == ()


def test_a_broken_profile_is_ignored_and_told(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png", icc_profile=b"not a profile at all")
    picture = load_image(tmp_path / "a.png")
    assert picture.pixels[0, 0].tolist() == list(RED)
    assert any("unreadable" in note for note in picture.notes)


def test_animations_give_their_first_frame_and_say_so(tmp_path: Path) -> None:
    for name in ("a.gif", "a.webp"):
        corners().save(tmp_path / name, save_all=True, append_images=[corners().rotate(180)], duration=100)
        picture = load_image(tmp_path / name)
        assert close(picture.pixels[5, 5], RED, 25)
        assert any("first of its 2" in note for note in picture.notes)


def png(width: int, height: int, depth: int, kind: int, rows: bytes | None) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows)) if rows is not None else b""
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


def test_a_gigantic_header_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(30_000, 30_000, 8, 2, b"\0"))
    before = psutil.Process().memory_info().rss
    with pytest.raises(TooLarge, match=r"a\.png has more than 178 million pixels"):
        load_image(path)
    assert psutil.Process().memory_info().rss - before < 50 * 2**20


def test_the_limit_is_not_pillows_warning(tmp_path: Path) -> None:
    # Above Pillow's warning, below ours: only damaged, as there are no pixels in it.
    path = tmp_path / "a.png"
    path.write_bytes(png(12_000, 12_000, 1, 0, None))
    assert MAX_PIXELS > 12_000 * 12_000
    assert picture_info(path).width == 12_000


def test_truncated(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png", "a.webp"):
        buffer = io.BytesIO()
        noise = np.random.default_rng(3).integers(0, 255, (200, 200, 3), np.uint8)
        Image.fromarray(noise).save(buffer, {"a.jpg": "JPEG", "a.png": "PNG", "a.webp": "WEBP"}[name])
        (tmp_path / name).write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
        with pytest.raises(DamagedMedia, match=f"{name} is a damaged or truncated picture"):
            load_image(tmp_path / name)


def test_what_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        load_image(tmp_path / "gone.jpg")
    with pytest.raises(InputMissing):
        load_image(tmp_path)
    (tmp_path / "empty.jpg").write_bytes(b"")
    with pytest.raises(NotMedia, match="empty"):
        load_image(tmp_path / "empty.jpg")
    (tmp_path / "a.jpg").write_text("Dear grandmother")
    with pytest.raises(NotMedia, match="is a text"):
        load_image(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_text("#EXTM3U\nhttp://example.org/x.ts")
    with pytest.raises(UnsafeMedia):
        load_image(tmp_path / "b.jpg")
    (tmp_path / "c.jpg").write_bytes(bytes(range(130, 250)))
    with pytest.raises(NotMedia):
        load_image(tmp_path / "c.jpg")


def test_a_film_is_no_photo(film: Path) -> None:
    with pytest.raises(NotMedia):
        load_image(film)


def test_saving_png_is_exact(tmp_path: Path) -> None:
    pixels = np.random.default_rng(4).integers(0, 255, (11, 13, 4), np.uint8)
    save_image(tmp_path / "a.png", pixels)
    assert np.array_equal(load_image(tmp_path / "a.png").pixels, pixels)


def test_saving_jpeg_lays_alpha_on_white(tmp_path: Path) -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    save_image(tmp_path / "a.jpg", pixels)
    assert close(load_image(tmp_path / "a.jpg").pixels[8, 8], WHITE)


def test_a_place_never_reaches_a_saved_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 14.64), 29: "2026:05:01"})
    exif[0x010F] = "Maker"
    corners().save(tmp_path / "in.jpg", exif=exif)
    assert b"Maker" in (tmp_path / "in.jpg").read_bytes()
    pixels = load_image(tmp_path / "in.jpg").pixels
    for name in ("out.jpg", "out.png"):
        save_image(tmp_path / name, pixels)
        content = (tmp_path / name).read_bytes()
        assert b"Exif" not in content
        assert b"eXIf" not in content
        assert b"Maker" not in content


def test_saving_something_else(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose png or jpeg"):
        save_image(tmp_path / "a.gif", np.zeros((4, 4, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_real_photos(media_dir: Path) -> None:
    picture = load_image(media_dir / "photos" / "gb82-baby.png")
    assert (picture.width, picture.height, picture.has_alpha) == (576, 576, False)
