r"""What subtitles are: cues in exact time with their text in ASS form, the styles they name, and whose track it is.

Pure values. Every change makes a new value; no file is touched here.

    Subtitles ─┬─ cues     start, end, text ("Hello{\i1} there{\i0}\Nsecond line"), style, layer, margins
               ├─ styles   fonts, colours, borders; none for plain texts, which take the look of the player
               └─ language, title, flags (default, forced, hearing_impaired)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

from dreamreel.errors import BadParameter
from dreamreel.time import Span

__all__ = ["FLAGS", "MAX_CUES", "MAX_TEXT", "Cue", "Stretch", "Style", "Subtitles", "apart", "merged", "scaled",
           "shifted", "sliced", "without_styles"]  # fmt: skip

MAX_CUES: Final = 200_000
"""More than any film has: a day of speech is 30 000."""

MAX_TEXT: Final = 20_000
"""Characters of one cue, tags included."""

FLAGS: Final = ("default", "forced", "hearing_impaired", "original", "comment")
"""What a container can say of a subtitle track, by FFmpeg's names of dispositions."""


@dataclass(frozen=True, slots=True)
class Style:
    """An ASS style. Lengths are in pixels of the script's own picture, colours `0xAABBGGRR` with 0 opaque."""

    name: str = "Default"
    font: str = "Arial"
    size: float = 20.0
    """Height of a line, ascent and descent, not of the em."""
    primary: int = 0x00FFFFFF
    secondary: int = 0x000000FF
    """The colour of what karaoke has not reached."""
    outline_colour: int = 0x00000000
    back_colour: int = 0x00000000
    """The colour of the shadow."""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    scale_x: float = 100.0
    scale_y: float = 100.0
    spacing: float = 0.0
    angle: float = 0.0
    """Degrees counter-clockwise."""
    border: int = 1
    """1 outline and shadow, 3 a box in the outline's colour, 4 a box in the shadow's."""
    outline: float = 2.0
    shadow: float = 2.0
    alignment: int = 2
    """As on a numeric keypad: 2 bottom centre, 8 top centre."""
    left: int = 10
    right: int = 10
    vertical: int = 10


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from `start` until `end`, in seconds."""

    start: Fraction
    end: Fraction
    text: str
    """ASS text: `\\N` breaks a line, `{\\…}` changes the style."""
    style: str = "Default"
    layer: int = 0
    left: int = 0
    """Margins in place of the style's; 0 takes the style's."""
    right: int = 0
    vertical: int = 0
    name: str = ""
    """Who speaks."""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Subtitles:
    """The cues of one track in order of their start."""

    cues: tuple[Cue, ...]
    styles: tuple[Style, ...] = ()
    """Empty for plain texts."""
    width: int = 384
    """The picture that positions and sizes of the styles refer to (ASS PlayResX, PlayResY)."""
    height: int = 288
    wrap: int = 0
    """0 and 3 balanced lines, 1 full lines, 2 only where `\\N` says."""
    scaled_border: bool = True
    """True when outlines and shadows grow with the picture."""
    language: str | None = None
    """ISO 639-2 or BCP 47."""
    title: str | None = None
    flags: tuple[str, ...] = ()
    """Some of `FLAGS`."""
    notes: tuple[str, ...] = ()
    """What was guessed or left out when reading, in words."""

    @property
    def duration(self) -> Fraction:
        """When the last cue ends, in seconds."""
        return max((cue.end for cue in self.cues), default=Fraction(0))

    @property
    def plain(self) -> bool:
        """True when there are no styles of its own."""
        return not self.styles


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the source that plays from `start` on, at `factor` times its speed. Seconds."""

    span: Span
    start: Fraction
    factor: Fraction = Fraction(1)


def _remade(subtitles: Subtitles, cues: Iterable[Cue]) -> Subtitles:
    return replace(subtitles, cues=tuple(sorted(cues, key=lambda cue: cue.start)))


def shifted(subtitles: Subtitles, by: Fraction) -> Subtitles:
    """Every cue `by` seconds later. What would begin before 0 is cut there, what would end before it is left out."""
    moved = (replace(cue, start=max(Fraction(0), cue.start + by), end=cue.end + by) for cue in subtitles.cues)
    return _remade(subtitles, (cue for cue in moved if cue.end > cue.start))


def scaled(subtitles: Subtitles, factor: Fraction) -> Subtitles:
    """All times multiplied by `factor`: `Fraction(25, 1) / Fraction(24000, 1001)` for a film slowed from 25 to 23.976.

    Raises `BadParameter` unless it is between 1/100 and 100.
    """
    if not Fraction(1, 100) <= factor <= 100:
        raise BadParameter(f"subtitles: a factor of {float(factor):g} is out of range; choose 0.01 to 100.")
    return _remade(
        subtitles, (replace(cue, start=cue.start * factor, end=cue.end * factor) for cue in subtitles.cues)
    )


def sliced(subtitles: Subtitles, stretches: Sequence[Stretch]) -> Subtitles:
    """The cues of a cut: each part of a cue inside a stretch, moved to where the stretch plays.

    source      ──[aaaaaa]─────[bbbb]──     a is cut at the edge, what lies outside is left out
    stretches       └──┐       └────┘
    output      [aaa]──[bbbb]

    A cue that a cut divides into two that meet is one cue again.
    """
    made: list[Cue] = []
    for cue in subtitles.cues:
        pieces: list[tuple[Fraction, Fraction]] = []
        for stretch in stretches:
            low, high = max(cue.start, stretch.span.start), min(cue.end, stretch.span.end)
            if low >= high:
                continue
            start = stretch.start + (low - stretch.span.start) / stretch.factor
            end = start + (high - low) / stretch.factor
            if pieces and pieces[-1][1] == start:
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
        made += [replace(cue, start=start, end=end) for start, end in pieces]
    return _remade(subtitles, made)


def merged(first: Subtitles, second: Subtitles) -> Subtitles:
    """Both at once, as for two languages; a style of the second is renamed where the first has another of its name."""
    taken = {style.name: style for style in first.styles}
    names: dict[str, str] = {}
    added: list[Style] = []
    for style in second.styles:
        name = style.name
        while name in taken and taken[name] != replace(style, name=name):
            name += "_"
        names[style.name] = name
        if name not in taken:
            taken[name] = replace(style, name=name)
            added.append(taken[name])
    cues = (replace(cue, style=names.get(cue.style, cue.style)) for cue in second.cues)
    return _remade(replace(first, styles=(*first.styles, *added)), (*first.cues, *cues))


def without_styles(subtitles: Subtitles, text: Callable[[str], str]) -> Subtitles:
    """Plain subtitles, with `text` applied to every cue's."""
    cues = (Cue(cue.start, cue.end, words) for cue in subtitles.cues if (words := text(cue.text)).strip())
    return _remade(replace(subtitles, styles=(), width=384, height=288, wrap=0), cues)


def apart(subtitles: Subtitles) -> Subtitles:
    """The same with no two cues at once, for formats that show one at a time: those that meet share a cue, as lines.

    [aaaaaaaa]            [aa][a+b][bb]
        [bbbbbb]    ──►
    """
    cues = [cue for cue in subtitles.cues if cue.end > cue.start]
    if all(one.end <= two.start for one, two in pairwise(cues)):
        return replace(subtitles, cues=tuple(cues))
    made: list[Cue] = []
    active: list[Cue] = []
    at = Fraction(0)
    edges = sorted({cue.start for cue in cues} | {cue.end for cue in cues})
    waiting = iter([*cues, None])
    following = next(waiting)
    for edge in edges:
        if active:
            made.append(_together(active, at, edge))
        active = [cue for cue in active if cue.end > edge]
        while following is not None and following.start <= edge:
            active.append(following)
            following = next(waiting)
        at = edge
    return replace(subtitles, cues=tuple(made))


def _together(cues: Sequence[Cue], start: Fraction, end: Fraction) -> Cue:
    # What is shown first stands below, as players stack cues; more lines than these nobody can read.
    texts = list(dict.fromkeys(cue.text for cue in reversed(cues[:8])))
    text = "\\N".join(f"{one}{{\\r}}" if "{" in one and one is not texts[-1] else one for one in texts)
    return replace(cues[0], start=start, end=end, text=text)
