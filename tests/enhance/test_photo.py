"""Photos through the networks: the same as in one piece, with their depth, profile and tags."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.analyse.footage import noisy, scene

from dreamreel.enhance import photo
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.job import enhance_one
from dreamreel.media.probe import probe
from dreamreel.media.stills.page import as_array, vips
from dreamreel.neural.catalog import chosen

NET = chosen("clean", "s", 2)


def rows(picture, step):
    return iter([picture[top : top + step] for top in range(0, len(picture), step)])


@pytest.mark.parametrize(("channels", "kind"), [(1, np.uint8), (2, np.uint8), (3, np.uint8), (4, np.uint16)])
def test_strips_are_what_the_whole_gives(monkeypatch, channels, kind):
    rng = np.random.default_rng(1)
    picture = rng.integers(0, np.iinfo(kind).max, (151, 33, channels)).astype(kind)
    whole = np.concatenate(list(photo.larger_rows(rows(picture, 151), 33, 151, NET, 0.0)))
    monkeypatch.setattr(photo, "_STRIP", 33 * 40)
    strips = list(photo.larger_rows(rows(picture, 13), 33, 151, NET, 0.0))
    assert len(strips) > 2
    assert np.concatenate(strips).shape == (302, 66, channels)
    assert (np.concatenate(strips) == whole).all()


def test_a_flat_colour_stays_what_it_was():
    picture = np.empty((20, 20, 3), np.uint16)
    picture[:] = (60_000, 9_000, 33_333)
    made = np.concatenate(list(photo.larger_rows(rows(picture, 20), 20, 20, NET, 0.0)))
    assert np.abs(made.astype(int) - picture[0, 0].astype(int)).max() < 700


def test_a_photo_keeps_depth_profile_and_tags(tmp_path):
    path = tmp_path / "anna.png"
    deep = (noisy(scene(1, 51, 40), 1, 2).astype(np.uint16) * 257) ^ 85
    image = vips().Image.new_from_memory(deep.tobytes(), 51, 40, 3, "ushort").copy(interpretation="rgb16")
    image = image.copy()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image.set_type(vips().GValue.blob_type, "icc-profile-data", profile)
    image.pngsave(str(path))
    report = enhance_one(Asked(to="x2", size="s"), path, tmp_path / "out.png")
    assert (report["width"], report["height"]) == (102, 80)
    made = vips().Image.pngload(str(tmp_path / "out.png"))
    assert (made.format, made.get("icc-profile-data")) == ("ushort", profile)
    small = as_array(made.resize(0.5)).astype(int)[4:-4, 4:-4]
    assert np.abs(small - deep.astype(int)[4:-4, 4:-4]).mean() < 600


def test_a_turned_jpeg_with_tags_stands_upright(tmp_path):
    path = tmp_path / "anna.jpg"
    picture = Image.fromarray(scene(2, 40, 30))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Dream Cameras"
    picture.save(path, exif=exif, quality=95)
    enhance_one(Asked(to="x2", size="s"), path, tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as made:
        assert made.size == (60, 80)
        assert made.getexif()[0x010F] == "Dream Cameras"
        assert made.getexif().get(0x0112, 1) == 1


def test_a_smaller_photo_is_a_plain_resize_and_a_large_one_is_left_alone(tmp_path):
    Image.fromarray(scene(3, 90, 60)).save(tmp_path / "a.png")
    report = enhance_one(Asked(to="45x30"), tmp_path / "a.png", tmp_path / "b.png")
    assert "plain resize" in report["notes"][0]
    assert probe(tmp_path / "b.png").still.width == 45
    assert enhance_one(Asked(to="same"), tmp_path / "a.png", tmp_path / "c.png")["nothing"] is True
