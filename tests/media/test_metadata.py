"""Recipes ride in every kind of file; tags are chosen by a list of what may stay."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dreamreel.errors import NoRecipe, RecipeInvalid
from dreamreel.media.formats import output_format
from dreamreel.media.images import save_image, write_animation
from dreamreel.media.metadata import RECIPE_KEY, embed_recipe, export_tags, read_recipe, recipe_tags
from dreamreel.media.open import open_media

RECIPE = (
    '{"schema": 1, "dream": "flying, über die See 🐑", "pad": "'
    + "".join(chr(97 + n % 26) for n in range(9999))
    + '"}'
)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_pictures_carry_recipes_and_still_open(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    noise = np.random.default_rng(1).integers(0, 255, (40, 50, 3), np.uint8)
    save_image(path, noise, recipe=RECIPE)
    assert read_recipe(path) == RECIPE
    with Image.open(path) as image:
        image.load()
        assert image.size == (50, 40)


def test_a_recipe_larger_than_a_jpeg_segment(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    recipe = generator.integers(0, 255, 300_000, np.uint8).tobytes().hex()
    path = tmp_path / "a.jpg"
    save_image(path, np.zeros((8, 8, 3), np.uint8), recipe=recipe)
    assert read_recipe(path) == recipe
    with Image.open(path) as image:
        image.load()


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_animations_carry_recipes_and_still_open(tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    def frames() -> list[tuple[Fraction, Fraction, av.VideoFrame]]:
        return [(Fraction(n, 10), Fraction(1, 10),
                 av.VideoFrame.from_ndarray(np.full((16, 16, 3), n * 50, np.uint8), "rgb24"))
                for n in range(4)]  # fmt: skip

    write_animation(path, frames, output_format(path), recipe=RECIPE)
    assert read_recipe(path) == RECIPE
    with Image.open(path) as image:
        assert image.n_frames == 4
        image.seek(3)
        image.load()


def test_a_film_with_a_recipe_is_whole_for_other_readers(film: Path) -> None:
    embed_recipe(film, RECIPE)
    assert read_recipe(film) == RECIPE
    with open_media(film) as container:
        assert sum(1 for _ in container.decode(video=0)) == 48


def test_no_recipe(tmp_path: Path, film: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    Image.new("RGB", (4, 4)).save(tmp_path / "a.jpg")
    Image.new("RGB", (4, 4)).save(tmp_path / "a.gif")
    Image.new("RGB", (4, 4)).save(tmp_path / "a.webp")
    for path in (film, *(tmp_path / f"a.{suffix}" for suffix in ("png", "jpg", "gif", "webp"))):
        with pytest.raises(NoRecipe, match=f"{path.name} carries no recipe"):
            read_recipe(path)


def test_a_damaged_recipe_is_told_apart_from_none(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_image(path, np.zeros((8, 8, 3), np.uint8), recipe=RECIPE)
    film = tmp_path / "a.mp4"
    film.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")
    embed_recipe(film, RECIPE)
    content = bytearray(film.read_bytes())
    content[-20] ^= 0xFF
    film.write_bytes(content)
    with pytest.raises(RecipeInvalid, match="is damaged"):
        read_recipe(film)


def test_a_recipe_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0")
    embed_recipe(path, "0" * 70 * 2**20)
    with pytest.raises(RecipeInvalid, match="absurdly large"):
        read_recipe(path)


def test_files_that_take_none_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"fLaC" + bytes(40))
    with pytest.raises(RecipeInvalid, match="write it again"):
        embed_recipe(path, RECIPE)


def test_hostile_lengths_end_the_search(tmp_path: Path) -> None:
    for name, content in {
        "a.mp4": b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x02free" + bytes(20),
        "b.mp4": b"\0\0\0\x10ftypisom\0\0\0\0" + b"\xff\xff\xff\xffuuid" + bytes(20),
        "a.gif": b"GIF89a\x01\0\x01\0\0\0\0\x21\xfe\xff",
        "a.webp": b"RIFF\xff\xff\xff\xffWEBPDRCP\xff\xff\xff\xff",
        "a.png": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXt",
        "a.jpg": b"\xff\xd8\xff\xfe\0\0\xff\xfe",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NoRecipe):
            read_recipe(tmp_path / name)


PLACES = {"location": "+48.1/", "location-eng": "+48.1/", "com.apple.quicktime.location.ISO6709": "+48.1+011.5/",
          "©xyz": "+48.1", "GPSLatitude": "48.1", "com.maker.spot": "+48.1374+011.5755+519.000/"}  # fmt: skip


def test_all_tags_stay_but_those_that_say_a_place() -> None:
    tags = {"title": "Anna", "ARTIST": "Papa", "com.apple.quicktime.creationdate": "2026", "date": "2026-05-01",
            "encoder": "Lavf", "com.android.model": "Phone", "comment": "first steps", "title-eng": "Anna"}  # fmt: skip
    assert export_tags(tags | PLACES) == {
        "title": "Anna", "artist": "Papa", "creationdate": "2026", "date": "2026-05-01", "com.android.model": "Phone",
        "comment": "first steps",
    }  # fmt: skip


def test_places_stay_when_asked_for() -> None:
    assert set(export_tags(PLACES, keep_location=True).values()) == set(PLACES.values())


def test_where_the_recipe_goes() -> None:
    assert recipe_tags(output_format(Path("a.mkv")), "{}") == {RECIPE_KEY: "{}"}
    assert recipe_tags(output_format(Path("a.wav")), "{}") == {"comment": f"{RECIPE_KEY}={{}}"}
    assert recipe_tags(output_format(Path("a.mp4")), "{}") == {}
    assert recipe_tags(output_format(Path("a.mkv")), None) == {}
