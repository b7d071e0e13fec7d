"""Draw the pictures of the documentation into `docs/img/`; `make docs-images` runs this.

    python examples/docs_images.py [FOLDER]

    six-dreams.jpg   six dreams over a real photo, each under the words it was made from
    story.jpg        one dream over time
    cast.jpg         every actor, doing what it does when nobody says otherwise
    settings.jpg     every setting
    enhanced.jpg     small films before and after

The photo is the one that PHOTO names, else scikit-image's portrait of the astronaut Eileen Collins (NASA, public
domain).
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import skia
from PIL import Image, ImageDraw, ImageFont

import dreamreel
from dreamreel.dream.beats import beats
from dreamreel.dream.cast import default_cast
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.rig import Puppet, action, actor, recoloured
from dreamreel.dream.storyboard import SettingCue, Storyboard
from dreamreel.engines import Request, find_engine
from dreamreel.media.images import load_image
from dreamreel.ops import op_of
from dreamreel.ops.generate import Generate, painter

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
PAPER, INK = (250, 247, 242), (74, 66, 96)
GAP = 16
LARGEST = 390_000
"""Bytes of one picture."""

DREAMS = (
    "flying over the sea with two sheep",
    "a unicorn and butterflies in candy land",
    "a rocket flies to the moon",
    "a whale and many fish under water",
    "a rabbit and a castle in the snow",
    "an owl and a teddy bear in the forest at night",
)
STORY = "riding a whale under the stars"


def face_of_the_drawing() -> tuple[float, ...]:
    """Where the face is in `sleeping-baby.png`, as the demo knows it."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    bootstrap = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bootstrap)
    return tuple(float(value) for value in bootstrap.PHOTO_FACE.split(","))


def real_photo(scratch: Path) -> Path:
    """A photo of a person that may be shown."""
    if given := os.environ.get("PHOTO"):
        return Path(given)
    from skimage import data

    path = scratch / "astronaut.png"
    Image.fromarray(data.astronaut()[:330]).save(path)  # head and shoulders
    return path


def pictures(request: Request, moments: list[float]) -> list[Image.Image]:
    """Frames of a dream at parts of its length from 0 to 1."""
    made = find_engine(request.engine).generate(request)
    brush = painter(cast("Generate", op_of(made.clip.node)))
    last = int(request.duration * request.fps) - 1
    return [brush.frame(round(moment * last)).to_image() for moment in moments]


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own face, so that the pictures are the same on every machine."""
    return ImageFont.load_default(size)


def captioned(picture: Image.Image, words: str, size: int = 21) -> Image.Image:
    """A picture with words under it."""
    high = int(size * 2.1)
    tile = Image.new("RGB", (picture.width, picture.height + high), PAPER)
    tile.paste(picture, (0, 0))
    pen = ImageDraw.Draw(tile)
    pen.text((picture.width / 2, picture.height + high / 2), words, INK, font(size), anchor="mm")
    return tile


def sheet(tiles: list[Image.Image], columns: int) -> Image.Image:
    """Tiles of one size in rows."""
    wide, high = tiles[0].size
    rows = -(-len(tiles) // columns)
    page = Image.new("RGB", (columns * (wide + GAP) + GAP, rows * (high + GAP) + GAP), PAPER)
    for n, tile in enumerate(tiles):
        page.paste(tile, (GAP + n % columns * (wide + GAP), GAP + n // columns * (high + GAP)))
    return page


def save(page: Image.Image, path: Path) -> None:
    """As JPEG, at the best quality that keeps it small."""
    for quality in range(88, 60, -4):
        page.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= LARGEST:
            break
    sys.stdout.write(f"{path.name}  {page.width}×{page.height}, {path.stat().st_size // 1000} kB\n")


def six_dreams(folder: Path) -> Image.Image:
    """Six dreams over one photo."""
    request = Request(photo=real_photo(folder), resolution="640x412", sound="none")
    tiles = [captioned(pictures(replace(request, dream=words), [0.72])[0], words) for words in DREAMS]
    return sheet(tiles, 3)


def story(photo: Path) -> Image.Image:
    """One dream from its first frame on."""
    request = Request(photo=photo, dream=STORY, resolution="480p", sound="none", face=face_of_the_drawing())
    return sheet(pictures(request, [0.0, 0.18, 0.32, 0.46, 0.7, 1.0]), 3)


def portrait(kind: str, size: int) -> Image.Image:
    """One actor on a soft ground, in its habit."""
    who = actor(kind)
    left, top, right, bottom = who.box
    scale = size * 0.76 / max(right - left, bottom - top)
    surface = skia.Surface(size, size)
    canvas = surface.getCanvas()
    canvas.clear(skia.Color(226, 224, 244))
    canvas.translate(size / 2, size / 2)
    canvas.scale(scale, scale)
    canvas.translate(-(left + right) / 2, -(top + bottom) / 2)
    does = action(who.words.habit)
    puppet = Puppet(who, recoloured(who, None), LOOKS["plush"], scale)
    puppet.draw(canvas, lambda t: does.pose(who, t, 0.0, 1.0), 2.1)
    pixels = cast("np.ndarray", surface.toarray(colorType=skia.kRGBA_8888_ColorType))
    return Image.fromarray(np.ascontiguousarray(pixels[..., :3]))


def cast_sheet() -> Image.Image:
    """Every actor with its name."""
    kinds = sorted(default_cast().actors)
    return sheet([captioned(portrait(kind, 190), kind.replace("_", " "), 17) for kind in kinds], 6)


def settings_sheet(photo: Path) -> Image.Image:
    """Every setting, opened to the whole frame."""
    tiles: list[Image.Image] = []
    when = beats(8.0, "into", loop=False)
    assert when.full is not None
    assert when.back is not None
    open_wide = (when.full + when.back) / 2 / 8.0
    for kind, words in sorted(default_cast().settings.items()):
        board = Storyboard(setting=SettingCue(kind=kind, time=words.times[0]), camera="into")
        request = Request(
            photo=photo, storyboard=board, resolution="400x250", sound="none", duration=Fraction(8)
        )
        tiles.append(captioned(pictures(request, [open_wide])[0], kind.replace("_", " "), 18))
    return sheet(tiles, 5)


def enhanced() -> Image.Image:
    """Three small films, enlarged plainly and by `dreamreel enhance`: one compressed hard, one noisy, one drawn."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        photo = dreamreel.image(real_photo(scratch), 1)
        dream = find_engine("dream").generate(
            Request(photo=ROOT / "examples" / "sleeping-baby.png", dream=STORY, duration=Fraction(2), fps=Fraction(12),
                    resolution="288x216", sound="none", face=face_of_the_drawing())
        ).clip  # fmt: skip
        small = photo.crop(420, 315, 40, 8).resize(288, 216)
        film = dreamreel.open(small.write(scratch / "film.mp4", crf=4))  # A photo's grain would stand still.
        films = {
            "compressed hard": (small, 36),
            "taken in the dark": (film.grain(0.9), 20),
            "a dream, compressed hard": (dream[1:2], 36),
        }
        before: list[Image.Image] = []
        after: list[Image.Image] = []
        for number, (words, (clip, crf)) in enumerate(films.items()):
            worse = clip.write(scratch / f"{number}.mp4", crf=crf)
            made = scratch / f"{number}-enhanced.mp4"
            subprocess.run(
                [sys.executable, "-m", "dreamreel", "enhance", worse, "--to", "x2", "-o", made], check=True
            )
            for kept, one in (
                (before, dreamreel.open(worse).resize(576, 432)),
                (after, dreamreel.open(made)),
            ):
                shown = one[Fraction(1, 2) :].write(scratch / f"{number}-{len(kept)}.png")
                kept.append(Image.fromarray(load_image(shown).pixels[20:380, 60:520, :3]))
            before[-1], after[-1] = captioned(before[-1], words), captioned(after[-1], "the same, enhanced")
    return sheet([*before, *after], 3)


def main() -> None:
    """Draw all five."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    drawing = ROOT / "examples" / "sleeping-baby.png"
    save(six_dreams(folder), folder / "six-dreams.jpg")
    (folder / "astronaut.png").unlink(missing_ok=True)
    save(story(drawing), folder / "story.jpg")
    save(cast_sheet(), folder / "cast.jpg")
    save(settings_sheet(drawing), folder / "settings.jpg")
    save(enhanced(), folder / "enhanced.jpg")


if __name__ == "__main__":
    main()
