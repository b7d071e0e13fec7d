r"""What a cue looks like at an instant: override tags, fades, moves and karaoke worked out, nothing drawn.

    Cue + styles + time ──► Shown   (equal values look equal, so one picture serves as long as they are)

Tags: \b \i \u \s \fn \fs \fsp \fscx \fscy \c \1c…\4c \alpha \1a…\4a \bord \shad \xshad \yshad \blur \be \an \a \pos
\move \org \frz \fax \fad \fade \t \k \kf \ko \r \q \clip (a rectangle) \p. http://www.tcax.org/docs/ass-specs.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dreamreel.media.subtitles.markup import BREAK, Tag, pieces
from dreamreel.media.subtitles.model import Cue, Style

__all__ = ["Face", "Run", "Shown", "is_animated", "shown"]

_LIMIT: Final = 20_000.0
_LONGEST: Final = 4000
"""Letters of one cue that are drawn."""
_LONGEST_SHAPE: Final = 16_000
_OLD_ALIGNMENTS: Final = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}


@dataclass(frozen=True, slots=True)
class Face:
    """How letters look. Lengths in the script's pixels, colours `0xAABBGGRR` with 0 opaque."""

    font: str
    size: float
    weight: int
    italic: bool
    underline: bool
    strike: bool
    spacing: float
    scale_x: float
    scale_y: float
    fill: int
    outline_colour: int
    back_colour: int
    outline: float
    shadow_x: float
    shadow_y: float
    blur: float


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look; a line feed ends a line."""

    text: str
    face: Face


@dataclass(frozen=True, slots=True)
class Shown:
    """A cue at an instant."""

    runs: tuple[Run, ...]
    alignment: int
    left: int
    right: int
    vertical: int
    border: int
    wrap: int
    angle: float = 0.0
    shear: float = 0.0
    opacity: int = 255
    at: tuple[float, float] | None = None
    """Where the anchor stands, or None for the place the margins say."""
    origin: tuple[float, float] | None = None
    """What it turns around, in place of the anchor."""
    clip: tuple[float, float, float, float] | None = None
    shape: str = ""
    """A drawing's commands (`m 0 0 l 10 0 …`) in place of letters; the first run has its colours."""
    shape_scale: float = 1.0

    @property
    def free(self) -> bool:
        """True when it stands where others do not push it away."""
        return self.at is not None


def is_animated(cue: Cue) -> bool:
    """True when the cue may look different at two instants."""
    return re.search(r"\\(t\s*\(|move|fad|[kK])", cue.text) is not None


def _face_of(style: Style) -> Face:
    shadow = _within(style.shadow, 0, 1000)
    return Face(
        style.font, _within(style.size, 1, 2000), 700 if style.bold else 400, style.italic, style.underline,
        style.strike, _within(style.spacing, -1000, 1000), _within(style.scale_x, 1, 10_000),
        _within(style.scale_y, 1, 10_000), style.primary, style.outline_colour, style.back_colour,
        _within(style.outline, 0, 500), shadow, shadow, 0.0,
    )  # fmt: skip


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


@dataclass(slots=True)
class _Pen:
    """What is in force while a text is read."""

    style: Style
    styles: Mapping[str, Style]
    face: Face
    secondary: int
    now: float
    """Milliseconds since the cue began."""
    length: float
    shown: Shown
    karaoke: float = 0.0
    """When the next syllable begins."""
    syllable: tuple[str, float, float] | None = None
    drawing: int = 0
    """`\\p`: 0 for letters, n for a drawing in units of 1/2ⁿ⁻¹ pixel."""


def shown(cue: Cue, styles: Mapping[str, Style], default: Style, wrap: int, now: float) -> Shown:
    """The cue `now` seconds after it began."""
    style = styles.get(cue.style, default)
    base = Shown((), style.alignment, cue.left or style.left, cue.right or style.right,
                 cue.vertical or style.vertical, style.border, wrap, style.angle)  # fmt: skip
    pen = _Pen(
        style, styles, _face_of(style), style.secondary, now * 1000, float(cue.end - cue.start) * 1000, base
    )
    runs: list[Run] = []
    letters = 0
    for piece in pieces(cue.text):
        if isinstance(piece, list):
            for tag in piece:
                _apply(pen, tag)
        elif pen.drawing:
            pen.shown = _drawn(pen.shown, piece, pen.drawing)
            runs += [Run("", pen.face)]
        elif letters < _LONGEST:
            letters += len(piece)
            runs += _sung(pen, piece[:_LONGEST])
    if pen.shown.shape:
        # A line is a shape or words; in the few that are both, the shape is what lies below.
        runs = [run for run in runs if not run.text][:1]
    return replace(pen.shown, runs=tuple(_joined(runs)))


def _drawn(made: Shown, commands: str, scale: int) -> Shown:
    shape = f"{made.shape} {commands}"[:_LONGEST_SHAPE]
    return replace(made, shape=shape, shape_scale=1 / 2 ** (scale - 1))


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Runs of one look made one, so that letters meet as their font wants."""
    held: Run | None = None
    for run in runs:
        if held is not None and held.face == run.face:
            held = Run(held.text + run.text, held.face)
        else:
            if held is not None:
                yield held
            held = run
    if held is not None:
        yield held


def _sung(pen: _Pen, text: str) -> Iterator[Run]:
    """The letters in the colours karaoke has for them now."""
    if pen.syllable is None or text == BREAK:
        yield Run(text, pen.face)
        return
    kind, start, end = pen.syllable
    waiting = replace(pen.face, fill=pen.secondary)
    if kind == "ko":
        yield Run(text, pen.face if pen.now >= start else replace(pen.face, outline=0.0))
    elif pen.now >= end or (kind == "k" and pen.now >= start):
        yield Run(text, pen.face)
    elif pen.now < start or kind == "k":
        yield Run(text, waiting)
    else:
        # A sweep goes letter by letter, the one it is at in a blend.
        share = (pen.now - start) / max(1.0, end - start) * len(text)
        whole = int(share)
        blend = round((share - whole) * 8) / 8
        yield Run(text[:whole], pen.face)
        yield Run(
            text[whole : whole + 1], replace(pen.face, fill=_mixed(pen.secondary, pen.face.fill, blend))
        )
        yield Run(text[whole + 1 :], waiting)


def _mixed(one: int, two: int, share: float) -> int:
    parts = ((one >> shift & 0xFF, two >> shift & 0xFF) for shift in (0, 8, 16, 24))
    return sum(round(a + (b - a) * share) << 8 * place for place, (a, b) in enumerate(parts))


def _number(text: str, default: float = 0.0) -> float:
    found = re.match(r"\s*([+-]?\d{0,7}(?:\.\d{0,6})?)", text)
    try:
        return max(-_LIMIT, min(_LIMIT, float(found[1]))) if found else default
    except ValueError:
        return default


def _numbers(text: str) -> list[float]:
    return [_number(part) for part in text.split(",")[:8]]


def _apply(pen: _Pen, tag: Tag) -> None:
    name, value = tag
    if name in _LOOKS:
        pen.face = _LOOKS[name](pen, value)
    elif name in _PLACES:
        pen.shown = _PLACES[name](pen, value)
    elif name in ("1a", "2a", "3a", "4a", "alpha", "1c", "2c", "3c", "4c", "c"):
        _colour(pen, name, value)
    elif name in ("k", "K", "kf", "ko", "kt"):
        _karaoke(pen, name, value)
    elif name == "t":
        _transform(pen, value)
    elif name == "p":
        pen.drawing = int(min(8, max(0, _number(value))))
    elif name == "r":
        style = pen.styles.get(value, pen.style) if value else pen.style
        pen.face, pen.secondary = _face_of(style), style.secondary
        pen.shown = replace(pen.shown, border=style.border)


# ── looks ─────────────────────────────────────────────────────────────────────────────────────────────────


def _own(pen: _Pen) -> Face:
    return _face_of(pen.style)


def _weight(pen: _Pen, value: str) -> Face:
    if value == "":
        return replace(pen.face, weight=_own(pen).weight)
    number = _number(value)
    weight = 700 if number == 1 else 400 if number < 100 else int(min(number, 1000))
    return replace(pen.face, weight=weight)


def _size(pen: _Pen, value: str) -> Face:
    if value == "" or _number(value) == 0:
        return replace(pen.face, size=_own(pen).size)
    size = pen.face.size * (1 + _number(value) / 10) if value[0] in "+-" else _number(value)
    return replace(pen.face, size=max(1.0, min(size, 2000.0)))


def _toggle(field: str) -> Callable[[_Pen, str], Face]:
    def switch(pen: _Pen, value: str) -> Face:
        on = getattr(_own(pen), field) if value == "" else _number(value) != 0
        return replace(pen.face, **{field: on})  # pyright: ignore[reportArgumentType]

    return switch


def _measure(low: float, high: float, *fields: str) -> Callable[[_Pen, str], Face]:
    def measure(pen: _Pen, value: str) -> Face:
        number = getattr(_own(pen), fields[0]) if value == "" else min(high, max(low, _number(value)))
        return replace(pen.face, **dict.fromkeys(fields, number))  # pyright: ignore[reportArgumentType]

    return measure


_LOOKS: Final[dict[str, Callable[[_Pen, str], Face]]] = {
    "b": _weight,
    "i": _toggle("italic"),
    "u": _toggle("underline"),
    "s": _toggle("strike"),
    "fn": lambda pen, value: replace(pen.face, font=value.lstrip("@")[:100] or _own(pen).font),
    "fs": _size,
    "fsp": _measure(-1000, 1000, "spacing"),
    "fscx": _measure(1, 10_000, "scale_x"),
    "fscy": _measure(1, 10_000, "scale_y"),
    "fsc": _measure(1, 10_000, "scale_x", "scale_y"),
    "bord": _measure(0, 500, "outline"),
    "xbord": _measure(0, 500, "outline"),
    "ybord": _measure(0, 500, "outline"),
    "shad": _measure(0, 1000, "shadow_x", "shadow_y"),
    "xshad": _measure(-1000, 1000, "shadow_x"),
    "yshad": _measure(-1000, 1000, "shadow_y"),
    "blur": _measure(0, 100, "blur"),
    "be": lambda pen, value: replace(pen.face, blur=min(20.0, max(0.0, _number(value) * 0.6))),
}


def _colour(pen: _Pen, name: str, value: str) -> None:
    digits = re.sub(r"[^0-9A-Fa-f]", "", re.sub(r"^&?[Hh]?", "", value))[-8:]
    alpha = name.endswith("a") and name != "c"
    which = {"1": "fill", "2": "secondary", "3": "outline_colour", "4": "back_colour"}
    fields = list(which.values()) if name == "alpha" else [which[name[0] if name[0].isdigit() else "1"]]
    own = {"fill": pen.style.primary, "secondary": pen.style.secondary, "outline_colour": pen.style.outline_colour,
           "back_colour": pen.style.back_colour}  # fmt: skip
    mask = 0xFF000000 if alpha else 0x00FFFFFF
    for field in fields:
        now = pen.secondary if field == "secondary" else getattr(pen.face, field)
        number = own[field] if not digits else int(digits, 16) << 24 if alpha else int(digits, 16)
        colour = (now & ~mask & 0xFFFFFFFF) | (number & mask)
        if field == "secondary":
            pen.secondary = colour
        else:
            pen.face = replace(pen.face, **{field: colour})  # pyright: ignore[reportArgumentType]


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────


def _aligned(pen: _Pen, value: str) -> Shown:
    number = int(_number(value))
    return replace(pen.shown, alignment=number if 1 <= number <= 9 else pen.style.alignment)


def _aligned_as_ssa(pen: _Pen, value: str) -> Shown:
    return replace(pen.shown, alignment=_OLD_ALIGNMENTS.get(int(_number(value)), pen.style.alignment))


def _pos(pen: _Pen, value: str) -> Shown:
    place = _numbers(value)
    # The first counts.
    return replace(pen.shown, at=(place[0], place[1])) if len(place) >= 2 and not pen.shown.at else pen.shown


def _move(pen: _Pen, value: str) -> Shown:
    given = _numbers(value)
    if len(given) < 4 or pen.shown.at:
        return pen.shown
    low, high = (given[4], given[5]) if len(given) >= 6 and given[5] > given[4] else (0.0, pen.length)
    share = min(1.0, max(0.0, (pen.now - low) / max(1.0, high - low)))
    place = (given[0] + (given[2] - given[0]) * share, given[1] + (given[3] - given[1]) * share)
    # An eighth of a pixel is less than the eye sees.
    return replace(pen.shown, at=(round(place[0] * 8) / 8, round(place[1] * 8) / 8))


def _fad(pen: _Pen, value: str) -> Shown:
    given = _numbers(value)
    if len(given) >= 7:
        return _fade(pen, value)
    if len(given) < 2:
        return pen.shown
    rise = 1.0 if given[0] <= 0 else pen.now / given[0]
    fall = 1.0 if given[1] <= 0 else (pen.length - pen.now) / given[1]
    return replace(pen.shown, opacity=round(255 * max(0.0, min(1.0, rise, fall))))


def _fade(pen: _Pen, value: str) -> Shown:
    given = _numbers(value)
    if len(given) < 7:
        return _fad(pen, value) if len(given) >= 2 else pen.shown
    a1, a2, a3, t1, t2, t3, t4 = given[:7]
    now = pen.now

    def between(one: float, two: float, low: float, high: float) -> float:
        return one + (two - one) * (now - low) / max(1.0, high - low)

    if now < t1:
        alpha = a1
    elif now < t2:
        alpha = between(a1, a2, t1, t2)
    elif now < t3:
        alpha = a2
    else:
        alpha = between(a2, a3, t3, t4) if now < t4 else a3
    return replace(pen.shown, opacity=255 - round(max(0.0, min(255.0, alpha))))


def _clip(pen: _Pen, value: str) -> Shown:
    given = _numbers(value)
    if len(given) != 4 or "m" in value:
        return pen.shown
    return replace(pen.shown, clip=(given[0], given[1], given[2], given[3]))


def _origin(pen: _Pen, value: str) -> Shown:
    given = _numbers(value)
    return replace(pen.shown, origin=(given[0], given[1])) if len(given) >= 2 else pen.shown


_PLACES: Final[dict[str, Callable[[_Pen, str], Shown]]] = {
    "an": _aligned, "a": _aligned_as_ssa, "pos": _pos, "move": _move, "fad": _fad, "fade": _fade, "clip": _clip,
    "org": _origin,
    "frz": lambda pen, value: replace(pen.shown, angle=_number(value, pen.style.angle)),
    "fr": lambda pen, value: replace(pen.shown, angle=_number(value, pen.style.angle)),
    "fax": lambda pen, value: replace(pen.shown, shear=_number(value)),
    "q": lambda pen, value: replace(pen.shown, wrap=int(_number(value)) % 4),
}  # fmt: skip

# ── in time ───────────────────────────────────────────────────────────────────────────────────────────────


def _karaoke(pen: _Pen, name: str, value: str) -> None:
    length = max(0.0, _number(value)) * 10
    if name == "kt":
        pen.karaoke = length
        return
    kind = "kf" if name in ("K", "kf") else name
    pen.syllable = (kind, pen.karaoke, pen.karaoke + length)
    pen.karaoke += length


def _transform(pen: _Pen, value: str) -> None:
    r"""`\t(start,end,accel,tags)`: from what is in force to what the tags say."""
    head, mark, tags = value.partition("\\")
    given = [_number(part) for part in head.split(",") if part.strip()]
    low, high, power = 0.0, pen.length, 1.0
    if len(given) in (1, 3):
        power = min(100.0, max(0.01, given[-1]))
    if len(given) >= 2:
        low, high = given[0], given[1]
    share = 1.0 if high <= low else min(1.0, max(0.0, (pen.now - low) / (high - low)))
    if pen.now < low or not mark:
        return
    share = round(share**power * 256) / 256
    goal = replace(pen)
    for piece in pieces("{\\" + tags + "}"):
        for tag in piece if isinstance(piece, list) else ():
            if (
                tag[0] in _LOOKS
                or tag[0] in ("frz", "fr", "fax", "clip")
                or tag[0][-1:] in ("c", "a")
                or tag[0] == "alpha"
            ):
                _apply(goal, tag)
    pen.face = _between(pen.face, goal.face, share)
    pen.secondary = _mixed(pen.secondary, goal.secondary, share)
    pen.shown = replace(
        pen.shown,
        angle=pen.shown.angle + (goal.shown.angle - pen.shown.angle) * share,
        shear=pen.shown.shear + (goal.shown.shear - pen.shown.shear) * share,
        clip=goal.shown.clip,
    )


def _between(one: Face, two: Face, share: float) -> Face:
    measures = ("size", "spacing", "scale_x", "scale_y", "outline", "shadow_x", "shadow_y", "blur")
    changed: dict[str, object] = {
        name: getattr(one, name) + (getattr(two, name) - getattr(one, name)) * share for name in measures
    }
    for name in ("fill", "outline_colour", "back_colour"):
        changed[name] = _mixed(getattr(one, name), getattr(two, name), share)
    return replace(two, **changed)  # pyright: ignore[reportArgumentType]
