"""Photos through the networks: the same as in one piece, with their depth, profile and tags."""

from __future__ import annotations

import resource
import struct
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.analyse.footage import noisy, scene
from tests.neural.community.colouring import colouriser
from tests.neural.community.making import compact, looking, safetensors

from dreamreel.analyse.face_tracks import Box, Seen
from dreamreel.enhance import photo, strips
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.job import enhance_one
from dreamreel.enhance.proposal import Proposal, Step
from dreamreel.enhance.strips import NetworkHand, larger_rows
from dreamreel.enhance.tinted import coloured_rows
from dreamreel.errors import Cancelled, NoSpace
from dreamreel.media.probe import probe
from dreamreel.media.stills.page import as_array, as_image, vips
from dreamreel.neural.catalog import chosen
from dreamreel.neural.community.store import add
from dreamreel.neural.faces import Spot
from dreamreel.ops.found_faces import packed
from dreamreel.render.threads import Cancel

NET, FACE = chosen("clean", "s", 2), chosen("face", "m", 2)
PLAIN = NetworkHand(NET, 0.0)
UPSCALE = Step("upscale", {"scale": 2, "family": "clean", "size": "s"}, "")


def greys():
    """A colour profile of greys in linear light (ICC.1, a curve without points)."""
    text = b"plain\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = [(b"desc", desc + bytes(-len(desc) % 4)), (b"kTRC", b"curv" + bytes(8)),
            (b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061))]  # fmt: skip
    at, table, data = 132 + 12 * len(tags), b"", b""
    for name, value in tags:
        table += name + struct.pack(">2I", at + len(data), len(value))
        data += value
    head = struct.pack(">I4sI4s4s4s12s4s", at + len(data), b"\0" * 4, 0x02100000, b"mntr", b"GRAY", b"XYZ ", bytes(12),
                       b"acsp") + bytes(28) + struct.pack(">3i", 63190, 65536, 54061) + bytes(48)  # fmt: skip
    return head + struct.pack(">I", len(tags)) + table + data


def rows(picture, step):
    return iter([picture[top : top + step] for top in range(0, len(picture), step)])


@pytest.mark.parametrize(("channels", "kind"), [(1, np.uint8), (2, np.uint8), (3, np.uint8), (4, np.uint16)])
def test_strips_are_what_the_whole_gives(monkeypatch, channels, kind):
    rng = np.random.default_rng(1)
    picture = rng.integers(0, np.iinfo(kind).max, (151, 33, channels)).astype(kind)
    whole = np.concatenate(list(larger_rows(rows(picture, 151), 33, 151, PLAIN)))
    monkeypatch.setattr(strips, "_STRIP", 33 * 40)
    parts = list(larger_rows(rows(picture, 13), 33, 151, PLAIN))
    assert len(parts) > 2
    assert np.concatenate(parts).shape == (302, 66, channels)
    assert (np.concatenate(parts) == whole).all()


def test_a_flat_colour_stays_what_it_was():
    picture = np.empty((20, 20, 3), np.uint16)
    picture[:] = (60_000, 9_000, 33_333)
    made = np.concatenate(list(larger_rows(rows(picture, 20), 20, 20, PLAIN)))
    assert np.abs(made.astype(int) - picture[0, 0].astype(int)).max() < 700


def test_faces_in_strips_are_what_the_whole_gives_and_nothing_changes_beside_them(monkeypatch):
    picture = np.random.default_rng(2).integers(0, 256, (150, 64, 3)).astype(np.uint8)
    spots = [Spot(30.3, 50.7, 20.1, 26.2, 1.0), Spot(64.0, 150.0, 24.0, 30.0, 0.5)]

    def made(step):
        hand = NetworkHand(NET, 0.0, spots=spots, face=FACE, share=0.8)
        return np.concatenate(list(larger_rows(rows(picture, step), 64, 150, hand)))

    whole = made(150)
    plain = np.concatenate(list(larger_rows(rows(picture, 150), 64, 150, PLAIN)))
    apart = (whole != plain).any(axis=2)
    assert apart[100, 60]
    assert apart[296, 124]
    assert not apart[:30].any()
    assert not apart[180:220].any()
    monkeypatch.setattr(strips, "_STRIP", 64 * 46)
    assert (made(17) == whole).all()


@pytest.mark.parametrize(("channels", "kind"), [(1, np.uint8), (2, np.uint16), (3, np.uint8), (4, np.uint16)])
def test_colours_keep_light_depth_and_transparency_in_any_strips(channels, kind):
    rng = np.random.default_rng(3)
    top = np.iinfo(kind).max
    picture = rng.integers(0, top + 1, (40, 30, channels)).astype(kind)
    ab = np.dstack([np.linspace(-60, 60, 8)[None].repeat(6, 0), np.full((6, 8), 50.0)]).astype(np.float32)
    made = np.concatenate(list(coloured_rows(rows(picture, 7), 30, 40, ab)))
    assert (made == np.concatenate(list(coloured_rows(rows(picture, 40), 30, 40, ab)))).all()
    assert (made.dtype, made.shape) == (kind, (40, 30, 3 + (channels in (2, 4))))
    luma = np.array([0.2126, 0.7152, 0.0722])
    before = picture[..., 0] if channels < 3 else picture[..., :3] @ luma
    assert np.abs(made[..., :3] @ luma - before).max() <= 1
    if channels in (2, 4):
        assert (made[..., -1] == picture[..., -1]).all()
    middle = (before > 0.4 * top) & (before < 0.6 * top)
    green, red = made[:, :8], made[:, -8:]
    assert (green[middle[:, :8]][:, 1] > green[middle[:, :8]][:, 0]).all()
    assert (red[middle[:, -8:]][:, 0] > red[middle[:, -8:]][:, 1]).all()


def test_a_grey_photo_gets_colours_and_leaves_a_profile_for_greys_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    (tmp_path / "sepia.onnx").write_bytes(colouriser())
    add(tmp_path / "sepia.onnx", lambda _: True)
    Image.new("L", (40, 30), 128).save(tmp_path / "anna.png", icc_profile=greys())
    report = enhance_one(
        Asked(to="x2", size="s", colourise="auto"), tmp_path / "anna.png", tmp_path / "out.png"
    )
    assert "asked for: colours by the weights" in report["proposal"]["before"][0]["reason"]
    assert "the greys of plain to sRGB" in report["converted"]
    with Image.open(tmp_path / "out.png") as made:
        red, green, blue = made.getpixel((40, 30))
        assert (made.size, made.info.get("icc_profile")) == ((80, 60), None)
    assert red > blue + 20
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 150  # 128 in linear light.


def test_the_faces_that_were_found_are_seen_to_and_told(tmp_path):
    Image.fromarray(scene(4, 64, 64)).save(tmp_path / "a.png")
    step = Step("upscale", {"scale": 2, "family": "clean", "size": "s", "face": 0.8}, "")
    box = Box(0.5, 0.5, 0.35, 0.35)
    found = packed([(Seen(Fraction(0), box), Seen(Fraction(1), box))])
    made = []
    for name, faces in (("b.png", found), ("c.png", "")):
        proposal = Proposal(before=(step,), width=128, height=128, faces=faces)
        report = photo.enhance_photo(tmp_path / "a.png", tmp_path / name, proposal)
        made.append((report["faces"], np.asarray(Image.open(tmp_path / name)).astype(int)))
    (told, with_face), (none, without) = made
    assert told == {"network": "face-m-x2", "share": 0.8, "count": 1}
    assert none["count"] == 0  # Nobody had looked, so it was looked at: there is no face.
    assert (with_face != without).any()
    assert (with_face[:4] == without[:4]).all()


def test_a_photo_is_cleaned_at_its_own_size(tmp_path):
    Image.fromarray(noisy(scene(5, 64, 48), 12, 3)).save(tmp_path / "a.png")
    enhance_one(Asked(to="same", strength=1.0, size="s"), tmp_path / "a.png", tmp_path / "b.png")
    before, after = (np.asarray(Image.open(tmp_path / name)).astype(float) for name in ("a.png", "b.png"))
    flat = scene(5, 64, 48).astype(float)
    assert after.shape == before.shape
    assert np.abs(after - flat).mean() < 0.8 * np.abs(before - flat).mean()


def test_inks_become_colours_and_that_is_said(tmp_path):
    Image.fromarray(scene(6, 40, 30)).convert("CMYK").save(tmp_path / "a.tif")
    report = enhance_one(Asked(to="x2", size="s"), tmp_path / "a.tif", tmp_path / "b.tif")
    assert "CMYK to sRGB" in report["converted"]
    with Image.open(tmp_path / "b.tif") as made:
        assert (made.mode, made.size) == ("RGB", (80, 60))


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


def test_weights_of_others_make_photos_larger_too_the_same_in_strips(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    add(safetensors(tmp_path / "compact-x4.safetensors", compact(4)), lambda _: True)
    Image.fromarray(scene(7, 40, 90)).save(tmp_path / "a.png")
    for name, pixels in (("b.png", 1_500_000), ("c.png", 40 * 12)):
        monkeypatch.setattr(strips, "_STRIP", pixels)
        asked = Asked(to="x4", model="compact-x4")
        assert enhance_one(asked, tmp_path / "a.png", tmp_path / name)["width"] == 160
    whole, parts = (np.asarray(Image.open(tmp_path / name)).astype(int) for name in ("b.png", "c.png"))
    assert np.abs(whole - parts).max() <= 1
    (tmp_path / "soft.onnx").write_bytes(looking())
    add(tmp_path / "soft.onnx", lambda _: True)
    report = enhance_one(Asked(to="same", model="soft"), tmp_path / "a.png", tmp_path / "d.png")
    assert (report["width"], report["height"]) == (40, 90)
    assert (np.asarray(Image.open(tmp_path / "d.png")) != np.asarray(Image.open(tmp_path / "a.png"))).any()


def test_a_photo_in_lab_goes_through_the_networks_as_srgb(tmp_path):
    picture = scene(6, 64, 48)
    as_image(picture).colourspace("lab").tiffsave(str(tmp_path / "a.tif"))
    as_image(picture).colourspace("rgb16").tiffsave(str(tmp_path / "b.tif"))
    asked = Asked(to="x2", model="clean", size="s")
    report = enhance_one(asked, tmp_path / "a.tif", tmp_path / "a.png")
    assert "lab colours to sRGB" in report["converted"]
    enhance_one(asked, tmp_path / "b.tif", tmp_path / "b.png")
    made, other = (as_array(vips().Image.new_from_file(str(tmp_path / name))) for name in ("a.png", "b.png"))
    assert made.shape == (96, 128, 3)
    assert np.abs(made.astype(int) - other).max() <= 4 * 257


def test_of_a_photo_of_floats_it_is_said_that_no_network_takes_it(tmp_path):
    Image.fromarray(np.linspace(0, 1, 600, dtype=np.float32).reshape(20, 30)).save(tmp_path / "a.tif")
    report = enhance_one(Asked(to="x2", size="s"), tmp_path / "a.tif", tmp_path / "b.tif")
    assert "nothing by networks: they take grey or colours of 8 or 16 bits" in report["converted"]
    assert (report["width"], report["height"]) == (60, 40)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_a_photo_is_read_in_strips_of_any_height(tmp_path, monkeypatch, suffix):
    Image.fromarray(scene(8, 64, 150)).save(tmp_path / f"a.{suffix}")
    proposal = Proposal(before=(UPSCALE,), width=128, height=300)
    for name, lines in (("b.png", 150), ("c.png", 37)):
        monkeypatch.setattr(strips, "_STRIP", 64 * lines)
        photo.enhance_photo(tmp_path / f"a.{suffix}", tmp_path / name, proposal)
    whole, parts = (np.asarray(Image.open(tmp_path / name)) for name in ("b.png", "c.png"))
    assert (whole == parts).all()


def test_no_room_for_what_is_temporary_is_one_sentence(tmp_path):
    Image.fromarray(scene(9, 64, 48)).save(tmp_path / "a.png")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(NoSpace, match="128×96 in the folder for temporary files"):
            photo.enhance_photo(
                tmp_path / "a.png", tmp_path / "b.png", Proposal(before=(UPSCALE,), width=128, height=96)
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "b.png").exists()


def test_a_photo_tells_how_far_it_is_and_can_be_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(strips, "_STRIP", 64 * 40)
    pages = [Image.fromarray(scene(number, 64, 150)) for number in (10, 11)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    proposal = Proposal(before=(UPSCALE,), width=128, height=300)
    told, cancel = [], Cancel()
    photo.enhance_photo(tmp_path / "a.tif", tmp_path / "b.tif", proposal, on_event=told.append)
    parts = [event.frame / event.frames for event in told]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1], len(told)) == (0, 1, 10)
    assert [event.eta is None for event in told] == [part <= 0.05 or part == 1 for part in parts]

    def stop(event):
        if event.frame > 300:
            cancel.set()

    with pytest.raises(Cancelled, match=r"c\.tif"):
        photo.enhance_photo(tmp_path / "a.tif", tmp_path / "c.tif", proposal, on_event=stop, cancel=cancel)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tif", "b.tif"]
