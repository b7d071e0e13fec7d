"""`python -m training.dreams FOLDER --photo PHOTO`: stills of dreams, for `cels` to be mixed with.

They are called `still-….png`. Run it with the program's own environment, not the one for training.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from dreamreel.dream.cast import default_cast
from dreamreel.dream.hand import LOOKS
from dreamreel.engines import Request, find_engine
from dreamreel.ops import op_of
from dreamreel.ops.generate import Generate, painter

__all__ = ["main"]

_MOMENTS = (0.45, 0.6, 0.75)
_SIDES = (544, 384)


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m training.dreams")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photo", type=Path, required=True)
    parser.add_argument("--count", type=int, default=60, help="dreams, each of which gives three stills")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    chance, cast_of = np.random.default_rng(0), default_cast()
    kinds, places = sorted(cast_of.actors), sorted(cast_of.settings)
    for number in range(told.count):
        heroes = [one.replace("_", " ") for one in chance.choice(kinds, 3, replace=False)]
        dream = f"a {heroes[0]}, a {heroes[1]} and a {heroes[2]}, {chance.choice(places).replace('_', ' ')}"
        request = Request(
            photo=told.photo, dream=dream, resolution="1088x768", sound="none", seed=number, duration=Fraction(6),
            look=chance.choice(sorted(LOOKS)), camera="into",
        )  # fmt: skip
        made = find_engine("dream").generate(request)
        brush = painter(cast("Generate", op_of(made.clip.node)))
        for moment in _MOMENTS:
            frame = brush.frame(round(moment * 6 * request.fps))
            picture = frame.to_image().resize(_SIDES, Image.Resampling.BOX)
            picture.save(told.folder / f"still-{number:03}-{round(100 * moment)}.png")


if __name__ == "__main__":
    main()
