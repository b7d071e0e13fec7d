"""Colour words and their values, in the soft hand of the house."""

from __future__ import annotations

import functools
import re

from dreamreel.dream.lexicon.data import numbers, values, words
from dreamreel.errors import BadParameter

__all__ = ["colour_names", "colour_value", "colour_values", "is_rainbow", "shade_names"]

LIGHT = "#fff4dc"
SHADE = "#2b1b57"


@functools.cache
def colour_names() -> tuple[str, ...]:
    """The colour words, without shades and without the rainbow."""
    return tuple(values("colours", "colours"))


@functools.cache
def shade_names() -> tuple[str, ...]:
    """The words that make a colour lighter or darker: `("light", "dark", ...)`."""
    return tuple(numbers("colours", "shades"))


def is_rainbow(name: str) -> bool:
    """Whether this word means many colours at once."""
    return name in words("colours", "rainbow", "words")


def colour_value(name: str) -> str:
    """`"#rrggbb"` of a colour word (`"pink"`, `"light blue"`, `"rainbow"`) or of `"#rrggbb"` itself.

    Raises BadParameter when the word is no colour of the lexicon.
    """
    return colour_values(name)[0]


def colour_values(name: str) -> tuple[str, ...]:
    """Every value of a colour: one for most, six for `"rainbow"`, where copy `i` wears value `i mod 6`.

    Raises BadParameter when the word is no colour of the lexicon.
    """
    wanted = " ".join(name.casefold().replace("-", " ").split())
    if re.fullmatch(r"#[0-9a-f]{6}", wanted):
        return (wanted,)
    if is_rainbow(wanted):
        return words("colours", "rainbow", "values")
    table = values("colours", "colours")
    if wanted in table:
        return (table[wanted],)
    shade, _, base = wanted.partition(" ")
    shades = numbers("colours", "shades")
    if shade in shades and base in table:
        return (_toward(table[base], shades[shade]),)
    raise BadParameter(f"There is no colour “{name}”; use a word such as pink or light blue, or #rrggbb.")


def _toward(value: str, amount: float) -> str:
    """`value` moved toward the light (amount > 0) or toward the shade (amount < 0)."""
    end = LIGHT if amount >= 0 else SHADE
    pairs = zip(_channels(value), _channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * abs(amount)):02x}" for a, b in pairs)


def _channels(value: str) -> tuple[int, int, int]:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)
