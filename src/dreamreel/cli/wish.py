"""What a dream is asked for with, read from what was typed: `generate` and `jobs submit` read it alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreamreel.dream.storyboard import Storyboard

__all__ = ["face_of", "seed_of", "storyboard_of"]


def seed_of(text: str) -> int:
    """The number of --seed. Raises `BadParameter`."""
    from dreamreel.errors import BadParameter

    if not text.strip().removeprefix("-").isdecimal() or len(text) > 18:
        raise BadParameter(f"--seed {text!r} is not a whole number; choose any, such as 7.")
    return int(text)


def face_of(text: str | None) -> int | tuple[float, ...] | None:
    """The number of a face, its ten numbers, or None. Raises `BadParameter`."""
    from dreamreel.errors import BadParameter

    if text is None:
        return None
    try:
        return int(text) if text.strip().isdecimal() else tuple(float(value) for value in text.split(","))
    except ValueError:
        raise BadParameter(
            f"--face {text!r} is neither the number of a face nor ten numbers separated by commas."
        ) from None


def storyboard_of(path: Path) -> Storyboard:
    """The storyboard in a file. Raises `InputMissing` and `RecipeInvalid`."""
    from pydantic import ValidationError

    from dreamreel.dream.storyboard import Storyboard
    from dreamreel.errors import InputMissing, RecipeInvalid

    way = "make one with `dreamreel storyboard DREAM --json`."
    try:
        return Storyboard.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeInvalid(f"{path.name} is not a storyboard ({where}: {first['msg']}); {way}") from None
    except (ValueError, RecursionError):
        raise RecipeInvalid(f"{path.name} is not a storyboard (it is not JSON); {way}") from None
