"""Subtitles drawn into the picture.

The op carries the cues themselves, each as one line of text with exact times, so that a recipe renders where the
subtitle file is not; `content` tells which file they came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from dreamreel.errors import BadParameter, RecipeInvalid, TooLarge
from dreamreel.media.info import ClipInfo
from dreamreel.media.subtitles.look import Look
from dreamreel.media.subtitles.model import Cue, Stretch, Style, Subtitles, sliced
from dreamreel.ops.base import Op, need_video
from dreamreel.ops.forms import planar
from dreamreel.ops.geometry import rgba
from dreamreel.ops.params import fraction_json
from dreamreel.ops.source import FileSource, content_hash
from dreamreel.ops.time_ import Speed, Trim
from dreamreel.time import Span

__all__ = ["Caption", "captions_from", "captions_of", "spelled", "subtitles_of", "track_of"]

_PLAIN: Final = Look()
_MOST: Final = 50_000
_TEXT: Final = 8 * 2**20
_TIME: Final = r"(\d{1,40}(?:/\d{1,40})?)"
_LINE: Final = re.compile(
    rf"{_TIME},{_TIME},(-?\d{{1,4}}),(\d{{1,5}}),(\d{{1,5}}),(\d{{1,5}}),([^,]*),(.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Caption(Op):
    """Words drawn over the picture at their times, with the styling of ASS; the sound stays as it is."""

    name = "text.subtitles"
    lines: tuple[str, ...]
    """`start,end,layer,left,right,vertical,style,text` of each cue; times are exact seconds such as `5/2`."""
    styles: tuple[Style, ...] = ()
    """None for plain words, which take `look`."""
    width: int = 384
    height: int = 288
    """The picture that the styles' lengths refer to."""
    wrap: int = 0
    scaled_border: bool = True
    look: Look = _PLAIN
    file: str = ""
    """The name of the file the cues were read from."""
    content: str = ""
    """`content_hash` of that file."""
    fonts: bool = False
    """True to use the fonts attached to the film, where there are any."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        video = need_video("subtitle", inputs[0])
        if len(self.lines) > _MOST or sum(map(len, self.lines)) > _TEXT:
            raise TooLarge(f"subtitle: more than {_MOST} cues cannot be drawn; cut the subtitles first.")
        if not (1 <= self.width <= 20_000 and 1 <= self.height <= 20_000):
            raise RecipeInvalid(f"the recipe gives subtitles a picture of {self.width}×{self.height}.")
        if not 1 <= self.look.size <= 50:
            raise BadParameter(f"subtitle: a size of {self.look.size:g} % is out of range; choose 1 to 50.")
        rgba(self.look.colour)
        rgba(self.look.outline)
        for line in self.lines:
            if not _LINE.fullmatch(line):
                raise RecipeInvalid(f"the recipe has a subtitle line that cannot be read: {line[:40]!r}.")
        rate = video.rate or (Fraction(25) if video.still else None)
        return replace(inputs[0], video=replace(planar(video), still=False, rate=rate))


def captions_of(subtitles: Subtitles, look: Look | None = None, *, file: str = "", content: str = "",
                fonts: bool = False) -> Caption:  # fmt: skip
    """The op that draws `subtitles`."""
    lines = tuple(
        f"{fraction_json(cue.start)},{fraction_json(cue.end)},{cue.layer},{cue.left},{cue.right},{cue.vertical},"
        f"{cue.style.replace(',', ';')},{cue.text}"
        for cue in subtitles.cues
        if cue.end > cue.start >= 0
    )
    styles = tuple(replace(style, name=style.name.replace(",", ";")) for style in subtitles.styles)
    return Caption(lines, styles, subtitles.width, subtitles.height, subtitles.wrap, subtitles.scaled_border,
                   look or _PLAIN, file, content, fonts)  # fmt: skip


def subtitles_of(op: Caption) -> Subtitles:
    """The subtitles that an op draws."""
    cues: list[Cue] = []
    for line in op.lines:
        found = _LINE.fullmatch(line)
        assert found is not None  # infer has seen it
        start, end, layer, left, right, vertical, style, text = found.groups()
        cues.append(
            Cue(_time(start), _time(end), text, style, int(layer), int(left), int(right), int(vertical))
        )
    ordered = tuple(sorted((cue for cue in cues if cue.end > cue.start), key=lambda cue: cue.start))
    return Subtitles(ordered, op.styles, op.width, op.height, op.wrap, op.scaled_border)


def captions_from(path: Path, look: Look, encoding: str | None = None) -> Caption:
    """The op that draws a subtitle file. Raises what reading it raises."""
    from dreamreel.media.subtitles.files import read

    found = read(path, encoding)
    return captions_of(found, look, file=path.name, content=content_hash(path))


def _time(text: str) -> Fraction:
    over, _, under = text.partition("/")
    return Fraction(int(over), int(under or 1) or 1)


def spelled(look: Look) -> Look:
    """The look with its colours as `#rrggbbaa`, which drawing reads. Raises `BadParameter`."""
    colours = ["#" + "".join(f"{part:02x}" for part in rgba(name)) for name in (look.colour, look.outline)]
    return replace(look, colour=colours[0], outline=colours[1])


def track_of(ops: Sequence[Op], number: int, look: Look | None = None) -> Caption:
    """The op that draws the `number`th subtitle track of the file that a clip is one stretch of.

    `ops` are those from the clip's own down to its source, along the first inputs. Raises `BadParameter` when the clip
    is not one stretch of one file, and what reading a track raises.
    """
    from dreamreel.media.subtitles.tracks import fonts_of, read_track

    source = ops[-1]
    if not isinstance(source, FileSource) or any(type(op).arity[1] != 1 for op in ops[:-1]):
        raise BadParameter("subtitle: a track can be drawn on one file only; draw it before joining clips.")
    path = Path(source.path)
    found = read_track(path, number=number)
    # The clip's time t is the file's shift + t * factor; walking down, each op is applied to both.
    shift, factor = Fraction(0), Fraction(1)
    for op in ops[:-1]:
        if isinstance(op, Trim):
            shift += op.start
        elif isinstance(op, Speed):
            shift, factor = shift * op.factor, factor * op.factor
    whole = Stretch(Span(max(Fraction(0), shift), max(found.duration, shift)), Fraction(0), factor)
    return captions_of(sliced(found, [whole]), look, file=path.name, content=content_hash(path),
                       fonts=bool(fonts_of(path)))  # fmt: skip
