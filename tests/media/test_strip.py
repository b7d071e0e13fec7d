"""A photo cleaned of what its camera wrote: nothing of it is left, and no pixel is another one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from dreamreel.errors import NotMedia
from dreamreel.media.images import load_image
from dreamreel.media.strip import stripped

SECRET = b"4807.1234"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>48,07.1234N</exif:GPSLatitude>4807.1234</x:xmpmeta>"


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = SECRET.decode()
    tags[0x0112] = orientation
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (48.0, 7.1234, 0.0)
    return tags


def picture() -> Image.Image:
    rng = np.random.default_rng(5)
    return Image.fromarray(rng.integers(0, 255, (40, 60, 3), np.uint8))


def written(folder: Path, kind: str, orientation: int = 1) -> Path:
    path = folder / f"anna.{kind}"
    match kind:
        case "jpg":
            picture().save(
                path, quality=90, exif=exif(orientation), xmp=XMP, comment=SECRET, progressive=True
            )
        case "png":
            words = PngImagePlugin.PngInfo()
            words.add_text("Location", SECRET.decode())
            words.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
            picture().save(path, exif=exif(orientation), pnginfo=words)
        case "webp":
            picture().save(path, lossless=True, exif=exif(orientation), xmp=XMP)
        case _:
            picture().save(path, exif=exif(orientation))
    assert SECRET in path.read_bytes()
    return path


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_metadata_go_and_pixels_stay(tmp_path: Path, kind: str, orientation: int) -> None:
    source = written(tmp_path, kind, orientation)
    before = source.read_bytes()
    clean = stripped(source, tmp_path / "clean")
    assert SECRET not in clean.read_bytes()
    assert b"GPS" not in clean.read_bytes()
    assert np.array_equal(load_image(clean).pixels, load_image(source).pixels)
    with Image.open(clean) as image:
        assert set(image.getexif()) <= {0x0112}
    assert source.read_bytes() == before


def test_the_colour_profile_stays(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = tmp_path / "anna.jpg"
    picture().save(source, icc_profile=profile, exif=exif())
    clean = stripped(source, tmp_path / "clean")
    with Image.open(clean) as image:
        assert image.info["icc_profile"] == profile


def test_what_is_hidden_behind_the_picture_goes(tmp_path: Path) -> None:
    source = written(tmp_path, "jpg")
    with source.open("ab") as file:
        file.write(b"a film with a place: " + SECRET)
    assert SECRET not in stripped(source, tmp_path / "clean").read_bytes()


def test_other_formats_become_jpegs(tmp_path: Path) -> None:
    source = written(tmp_path, "tif")
    clean = stripped(source, tmp_path / "clean")
    assert clean.suffix == ".jpg"
    assert SECRET not in clean.read_bytes()


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "anna.jpg"
    source.write_text("a letter")
    with pytest.raises(NotMedia):
        stripped(source, tmp_path / "clean")
