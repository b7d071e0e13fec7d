"""A proposal and a file become a clip and a target; nothing is written.

    file ─► before ─► stretches, each by itself, put together again ─► after ─► clip
    clip ─► convert.compose: sound, subtitles, chapters, fonts, tags as they are ─► Target

The picture's quality is set so high that what was gained is not thrown away again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from dreamreel.clip import Clip, concat
from dreamreel.convert.compose import compose as converted
from dreamreel.convert.wish import Wish
from dreamreel.media.formats import Container, output_format
from dreamreel.media.tonemap import is_hdr
from dreamreel.ops.found import grain_for
from dreamreel.ops.repair import TemporalDenoise
from dreamreel.ops.source import content_hash, from_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamreel.enhance.asked import Asked
    from dreamreel.enhance.proposal import Proposal, Step
    from dreamreel.media.probe import MediaFile
    from dreamreel.render.target import Target

__all__ = ["Composed", "applied", "compose", "container_for", "enhanced"]

_CRF: Final = {"h264": 17, "h265": 19, "av1": 24, "vp9": 22, "vp8": 8, "mpeg4": 2, "mpeg2": 2, "mjpeg": 2}
"""Quality at which detail survives; each codec's own scale."""
_H264_WIDEST: Final = 4096
_KEPT: Final = frozenset({"mp4", "m4v", "mov", "mkv", "webm", "ts", "gif"})
"""Containers that a film comes back in; others hold too little, and become Matroska or MP4."""


@dataclass(frozen=True, slots=True)
class Composed:
    """What to render, and into what."""

    clip: Clip
    target: Target
    container: Container
    notes: tuple[str, ...]


def compose(
    found: MediaFile,
    proposal: Proposal,
    asked: Asked,
    *,
    container: str | None = None,
    source: Clip | None = None,
) -> Composed:
    """The clip and target of a proposal for a file. `container` is the wanted format, the file's own where it can be.

    `source` is the file as a clip where somebody has it already. Raises what the verbs raise.
    """
    whole = source or Clip.of(from_found(found, content_hash(found.path)))
    clip = enhanced(whole, proposal)
    name = container or container_for(found)
    wish = _wish(clip, found, asked, name)
    made = converted(wish, found, clip, look=False)
    notes = (*proposal.notes, *(note for note in made.notes if "adds no detail" not in note))
    return Composed(clip, made.target, made.container, tuple(dict.fromkeys(notes)))


def enhanced(clip: Clip, proposal: Proposal) -> Clip:
    """A file's clip with everything a proposal does. Raises what the verbs raise."""
    faces = proposal.faces
    source, clip = clip, applied(clip, proposal.before, faces=faces)
    if proposal.stretches:
        length = clip.duration
        borders = [Fraction(0), *(one.start for one in proposal.stretches[1:]), length]
        parts = [
            applied(clip[start:end], one.steps, faces=faces)
            for one, start, end in zip(proposal.stretches, borders[:-1], borders[1:], strict=True)
            if start < end
        ]
        clip = concat(parts)
    return applied(clip, proposal.after, source, faces=faces)


def applied(clip: Clip, steps: Sequence[Step], source: Clip | None = None, *, faces: str = "") -> Clip:
    """A clip with steps done to it, one after another.

    `source` is the film in which its grain is measured, `faces` where faces are in it, where that is known. Raises
    what the verbs raise.
    """
    for step in steps:
        if step.verb == "grain" and step.args["strength"] == "match":
            grain = grain_for((source or clip).node, clip.info, 0)
            clip = Clip.of(grain, clip) if grain is not None else clip
        else:
            clip = _one(clip, step, faces)
    return clip


def _one(clip: Clip, step: Step, faces: str) -> Clip:
    args: dict[str, object] = dict(step.args)
    if step.args.get("face"):
        args["faces"] = faces or None
    match step.verb:
        case "upscale" | "restore":
            from dreamreel.neural.machine import preferred

            return getattr(clip, step.verb)(precision=preferred(), **args)
        case "denoise" if "luma" in args:
            del args["method"]
            return Clip.of(TemporalDenoise(**args), clip)  # pyright: ignore[reportArgumentType]
        case "interpolate":
            return getattr(clip, step.verb)(Fraction(str(args["rate"])))
        case _:
            return getattr(clip, step.verb)(**args)


def container_for(found: MediaFile) -> str:
    """The format a file comes back in: its own, else MP4, or Matroska where there is more than pictures and sound."""
    own = found.path.suffix.lower().lstrip(".")
    if own in _KEPT:
        return own
    if own in {"m2ts", "mts", "m2t", "trp"}:
        return "ts"
    return "mkv" if found.others or len(found.audio) > 1 else "mp4"


def _wish(clip: Clip, found: MediaFile, asked: Asked, container: str) -> Wish:
    kind = output_format(found.path, container)
    if kind.kind != "video" or clip.info.video is None:
        return Wish(container=container)
    codec = asked.codec or _codec(clip, found, kind)
    tone_map: Literal["auto", "off"] = "off" if asked.hdr else "auto"
    crf = _CRF.get(codec) if asked.crf is None else asked.crf
    return Wish(container=container, codec=codec, crf=crf, tone_map=tone_map)


def _codec(clip: Clip, found: MediaFile, container: Container) -> str:
    """H.264, which plays anywhere, where it can carry the picture; else H.265, or what the container has."""
    track = found.main_video
    video = clip.info.video
    assert video is not None
    deep = (track is not None and track.bits > 8) or "10" in video.pix_fmt or is_hdr(video.colour)
    large = max(video.width, video.height) > _H264_WIDEST
    wanted = ("h265", "av1", "vp9") if deep or large else ("h264", "vp9")
    if video.alpha:
        wanted = ("prores", "vp9", *wanted)  # The others have no place for what is transparent.
    return next((name for name in wanted if name in container.video), container.video[0])
