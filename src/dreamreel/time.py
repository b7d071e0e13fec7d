"""Exact time: rationals and integer ticks. Nothing below the command line holds seconds as floats.

text, int, float at the edge ──► seconds() ──► Fraction ──► Span, frame numbers, ticks
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dreamreel.errors import BadTime

__all__ = [
    "FLICKS",
    "RateLike",
    "Span",
    "TimeLike",
    "figure",
    "fraction_text",
    "frame_rate",
    "nearest",
    "seconds",
    "ticks",
    "timecode",
]

FLICKS = 705_600_000
"""Ticks per second of the shared integer time base: divisible by every film, video (NTSC included) and audio
rate in use, https://github.com/facebookarchive/Flicks."""

TimeLike = Fraction | int | float | str
RateLike = Fraction | int | float | str

_CLOCK = re.compile(r"(?:(?P<h>\d+):)?(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:\.\d+)?)")
_EXPONENT = re.compile(r"[eE][+-]?\d{4,}")
_LONGEST_TEXT = 100
_NTSC = {
    "23.976": Fraction(24000, 1001),
    "23.98": Fraction(24000, 1001),
    "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001),
    "59.94": Fraction(60000, 1001),
    "119.88": Fraction(120000, 1001),
}


def seconds(value: TimeLike) -> Fraction:
    """Exact seconds from a number or a text: `5`, `2.5`, `"5/3"`, `"1:02.5"`, `"01:02:03"`, `"90s"`, `"500ms"`.

    A float is read by its shortest decimal form, so that 0.1 means one tenth. Raises `BadTime`.
    """
    try:
        if isinstance(value, float):
            return Fraction(Decimal(repr(value)))
        if isinstance(value, (int, Fraction)):
            return Fraction(value)
        text = value.strip()
        # Fraction("1e999999999") would fill the memory, and thousands of digits are nobody's time.
        if len(text) > _LONGEST_TEXT or _EXPONENT.search(text):
            raise ValueError(text)
        if clock := _CLOCK.fullmatch(text):
            return int(clock["h"] or 0) * 3600 + int(clock["m"]) * 60 + Fraction(clock["s"])
        if text.endswith("ms"):
            return Fraction(text[:-2].strip()) / 1000
        return Fraction(text.removesuffix("s").strip())
    except (ValueError, ZeroDivisionError, ArithmeticError):
        raise BadTime(
            f"{str(value)[:40]!r} is not a time; write seconds (2.5), a clock (1:02.5) or a fraction (5/3)."
        ) from None


def frame_rate(value: RateLike) -> Fraction:
    """An exact frame rate above 0 and up to 1000; NTSC decimals such as 29.97 become 30000/1001. Raises `BadTime`."""
    text = repr(value) if isinstance(value, float) else str(value).strip()
    rate = _NTSC.get(text) or seconds(value)
    if not 0 < rate <= 1000:
        raise BadTime(f"{value!r} is not a frame rate; choose one above 0 and up to 1000.")
    return rate


def nearest(value: Fraction) -> int:
    """The nearest integer, halves up: the one rounding rule for ticks, samples and frame numbers."""
    return math.floor(value + Fraction(1, 2))


def ticks(time: Fraction, base: Fraction) -> int:
    """`time` in units of `base` seconds, to the nearest tick."""
    return nearest(time / base)


def fraction_text(value: Fraction) -> str:
    """`"num/den"`, or the bare integer: how times are written in recipes."""
    return str(value)


def figure(value: Fraction) -> str:
    """A time, rate or factor for people, to six digits: `"2.5"`.

    A fraction may be larger than any float; it is then told as the largest float there is.
    """
    largest = sys.float_info.max
    return f"{float(min(max(value, Fraction(-largest)), Fraction(largest))):g}"


def timecode(time: Fraction) -> str:
    """`h:mm:ss.mmm` for people."""
    total = nearest(time * 1000)
    whole, milli = divmod(total, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{milli:03d}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of time `[start, end)` in exact seconds; `start <= end`."""

    start: Fraction
    end: Fraction

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadTime(f"a span cannot end ({self.end} s) before it starts ({self.start} s).")

    @property
    def duration(self) -> Fraction:
        """Length in seconds."""
        return self.end - self.start

    def shift(self, by: Fraction) -> Span:
        """The same length, moved by `by` seconds."""
        return Span(self.start + by, self.end + by)

    def scale(self, by: Fraction) -> Span:
        """Both ends multiplied by `by` (> 0)."""
        return Span(self.start * by, self.end * by)

    def clamp(self, other: Span) -> Span:
        """The part inside `other`; empty at the nearer end when they do not meet."""
        start = min(max(self.start, other.start), other.end)
        return Span(start, max(start, min(self.end, other.end)))

    def meets(self, other: Span) -> bool:
        """True when the two share an instant."""
        return self.start < other.end and other.start < self.end
