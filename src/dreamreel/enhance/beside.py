"""Before and after beside each other: as one film with a divider, as a page with a slider, or of every network.

source ─► cropped, whole frames, enlarged plainly ─┐
                                                   ├─► left half │ right half, divider, words ─► film
source ─► the proposal ────────────────────────────┘   or both films inside one page
"""

from __future__ import annotations

import base64
import html
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from dreamreel.clip import Clip
from dreamreel.enhance.compose import applied
from dreamreel.media.atomic import atomic_write
from dreamreel.media.tonemap import is_hdr
from dreamreel.ops.source import ColourSource
from dreamreel.time import Span

if TYPE_CHECKING:
    from dreamreel.enhance.job import Prepared
    from dreamreel.render.progress import Listener
    from dreamreel.render.threads import Cancel

__all__ = ["PLAIN", "Side", "filled", "films", "plainly", "split", "tiled", "write_page", "write_photo_page"]

PLAIN = "source"
_KEPT_STEPS = frozenset({"deinterlace", "crop"})
"""Steps that the source needs as well, to be laid beside the result."""
_CRF = 18
_TILE = (640, 480)
"""Pixels of the same part of each picture in a film of several."""
_PAGE = "slider.html"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the pictures that are compared."""

    label: str
    note: str
    clip: Clip


def plainly(job: Prepared) -> Clip:
    """The source as large as the result, enlarged by Lanczos and otherwise as it is."""
    assert job.clip is not None
    assert job.composed is not None
    video = job.composed.clip.info.video
    assert video is not None
    same = [step for step in job.proposal.before if step.verb in _KEPT_STEPS]
    return applied(job.clip, same).resize(video.width, video.height, "stretch")


def films(job: Prepared, sides: Sequence[Side], span: Span | None = None) -> list[Side]:
    """The sides during the hardest seconds, in SDR and without sound: what pages and films of them are made of."""
    span = span or job.findings.hard
    made: list[Side] = []
    for side in sides:
        clip = side.clip[span.start : min(span.end, side.clip.duration)].mute()
        video = clip.info.video
        made.append(replace(side, clip=clip.tone_map() if video and is_hdr(video.colour) else clip))
    return made


def split(before: Clip, after: Clip, labels: tuple[str, str]) -> Clip:
    """The left half of `before` and the right half of `after`, with a thin divider and their names."""
    video = after.info.video
    assert video is not None
    half = video.width // 4 * 2
    line = max(2, video.width // 640 // 2 * 2)
    rate = video.rate or Fraction(25)
    bar = Clip.of(ColourSource("#ffffffcc", line, video.height, after.duration, rate))
    left = before.crop(half, video.height, 0, 0)
    size = max(10, round(min(video.width, video.height) / 28))
    shown = after.overlay(left, anchor="top-left").overlay(
        bar, anchor="top-left", x=(half - line // 2) // 2 * 2
    )
    return _named(_named(shown, labels[0], "bottom-left", size), labels[1], "bottom-right", size)


def _named(clip: Clip, text: str, corner: str, size: int) -> Clip:
    return clip.watermark_text(text, corner, size=size / _high(clip), opacity=0.9)  # pyright: ignore[reportArgumentType]


def _high(clip: Clip) -> int:
    assert clip.info.video is not None
    return clip.info.video.height


def tiled(sides: Sequence[Side]) -> Clip:
    """The same part of every side, two in a row, each with its name and what it scored."""
    first = sides[0].clip.info.video
    assert first is not None
    width, height = min(_TILE[0], first.width) // 2 * 2, min(_TILE[1], first.height) // 2 * 2
    columns = 1 if len(sides) == 1 else 2
    rows = -(-len(sides) // columns)
    rate = first.rate or Fraction(25)
    shown = Clip.of(ColourSource("black", width * columns, height * rows, sides[0].clip.duration, rate))
    for number, side in enumerate(sides):
        part = side.clip.crop(width, height)
        part = _named(part, f"{side.label}   {side.note}".strip(), "bottom-left", max(12, height // 24))
        x, y = number % columns * width, number // columns * height
        shown = shown.overlay(part, anchor="top-left", x=x, y=y)
    return shown


def write_page(
    out: Path, sides: Sequence[Side], title: str, *, on_event: Listener | None = None, cancel: Cancel | None = None
) -> Path:  # fmt: skip
    """One page that holds the films of all sides and needs nothing else; the last lies under the slider's right half.

    Raises what rendering raises, `NotWritable`, `NoSpace`.
    """
    from dreamreel.render.run import Options, render
    from dreamreel.render.sources import located

    rows: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory(prefix="dreamreel-") as folder:
        for number, side in enumerate(sides):
            path = Path(folder) / f"{number}.mp4"
            render(located(side.clip.node, path), path,
                   Options(container="mp4", codec="h264", crf=_CRF, pix_fmt="yuv420p", embed=False,
                           on_event=on_event, cancel=cancel))  # fmt: skip
            data = base64.b64encode(path.read_bytes()).decode("ascii")
            rows.append({"label": side.label, "note": side.note, "data": f"data:video/mp4;base64,{data}"})
    video = sides[-1].clip.info.video
    assert video is not None
    page = filled(title, "video", (video.width, video.height), rows)
    with atomic_write(out) as part:
        part.write_text(page, encoding="utf-8")
    return out


def write_photo_page(out: Path, job: Prepared, labels: tuple[str, str]) -> Path:
    """One page that holds a photo (its first page), plainly enlarged and enhanced.

    Raises what `media.stills` raises.
    """
    from dreamreel.enhance.photo import enhance_photo
    from dreamreel.media.stills import convert_still, options_from

    proposal = job.proposal
    size = (proposal.width, proposal.height)
    with tempfile.TemporaryDirectory(prefix="dreamreel-") as folder:
        paths = [Path(folder) / f"{number}.png" for number in range(2)]
        convert_still(
            job.source,
            paths[0],
            options_from(width=size[0], height=size[1], fit="stretch", srgb=True, pages="1"),
        )
        enhance_photo(job.source, paths[1], proposal, first=True)
        rows = [
            {"label": label, "note": "",
             "data": f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"}
            for label, path in zip(labels, paths, strict=True)
        ]  # fmt: skip
    with atomic_write(out) as part:
        part.write_text(filled(f"{job.source.name}, before and after", "image", size, rows), encoding="utf-8")
    return out


def filled(title: str, kind: str, size: tuple[int, int], rows: Sequence[dict[str, str]]) -> str:
    """The page with its pictures, which are of `kind` video or image and of one `size`."""
    page = resources.files("dreamreel.enhance").joinpath(_PAGE).read_text(encoding="utf-8")
    # No text can end the script element that holds it.
    data = json.dumps({"kind": kind, "width": size[0], "height": size[1], "sides": rows}).replace(
        "<", "\\u003c"
    )
    return page.replace("{{title}}", html.escape(title)).replace("{{data}}", data)
