"""The pre-flight card: what goes in, what comes out, what it costs, and whether it fits. Reads only headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dreamreel.wording import duration_text, plural, size_text

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.media.info import AudioInfo, VideoInfo
    from dreamreel.render.explain import Estimate
    from dreamreel.render.plan import Plan

__all__ = ["as_json", "audio_text", "length_text", "rows", "video_text"]

_CODECS: Final = {
    "h264": "H.264", "h265": "H.265", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "ffv1": "FFV1", "prores": "ProRes",
    "mjpeg": "Motion JPEG", "aac": "AAC", "opus": "Opus", "mp3": "MP3", "flac": "FLAC", "vorbis": "Vorbis",
    "pcm": "PCM", "alac": "ALAC", "hevc": "H.265", "ac3": "AC-3", "eac3": "E-AC-3", "mpeg2": "MPEG-2",
    "mpeg2video": "MPEG-2", "mpeg4": "MPEG-4", "dnxhr": "DNxHR", "cineform": "CineForm", "cfhd": "CineForm",
}  # fmt: skip
_WAYS: Final = {"copy": "copied", "cut": "copied, cut at the edges"}
_OTHERS: Final = {
    "subtitle": "subtitles",
    "cover": "covers",
    "attachment": "attachments",
    "data": "data tracks",
}


def rows(
    plan: Plan, cost: Estimate, output: Path, dream: str, recipe: bool, steps: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """The card's rows: a name, empty when it is that of the row above, and a text; `steps` before what comes out."""
    table = [("in" if i == 0 else "", text) for i, text in enumerate(_inputs(plan))]
    table += [("dream", dream)] if dream else []
    table += steps
    table += [("out" if i == 0 else "", text) for i, text in enumerate(_outputs(plan, output, recipe))]
    table += [("note" if i == 0 else "", note) for i, note in enumerate(plan.notes)]
    table.append(("time", f"about {duration_text(cost.seconds)} on this computer"))
    table.append(("size", f"about {size_text(cost.size)}; {size_text(cost.disk)} of disk while it works"))
    workers = plural(cost.workers, "process", "processes")
    table.append(("memory", f"about {size_text(cost.memory)} in {workers}"))
    return table


def _inputs(plan: Plan) -> Iterator[str]:
    """The files that are read; for a clip made of none, what it is made of."""
    from dreamreel.errors import DreamreelError
    from dreamreel.graph import walk
    from dreamreel.media.images import picture_info
    from dreamreel.ops import op_of
    from dreamreel.ops.base import Source
    from dreamreel.ops.source import FileSource
    from dreamreel.render.plan import source_path

    told: set[str] = set()
    for node in walk([plan.node]):
        op, path = op_of(node), source_path(node)
        if not isinstance(op, Source):
            continue
        if isinstance(op, FileSource):
            info = op.info
            words = [
                Path(op.path).name,
                *video_text(info.video),
                length_text(info.duration),
                *audio_text(info.audio),
            ]
        elif path is not None:
            try:
                found = picture_info(path)
            except DreamreelError:
                words = [
                    path.name
                ]  # It has been read before; what is wrong with it now is said when it is drawn.
            else:
                words = [path.name, f"{found.width}×{found.height} photo"]
        else:
            continue
        told.add(", ".join(words))
    yield from sorted(told) or ["nothing but colours and words"]


def _outputs(plan: Plan, output: Path, recipe: bool) -> Iterator[str]:
    picture = video_text(plan.video)
    yield ", ".join(
        [
            output.name,
            *picture,
            *([] if plan.container.kind == "picture" else [length_text(plan.info.duration)]),
        ]
    )
    inside = recipe and plan.container.recipe != "none" and plan.container.kind != "sequence"
    yield " + ".join(_tracks(plan) or [plan.container.name]) + (
        ", recipe inside" if inside else ", no recipe"
    )


def _tracks(plan: Plan) -> list[str]:
    """`H.264, copied`, `AAC 48 kHz stereo (deu)`, `2 subtitles`: what the output is made of."""
    tracks: list[str] = []
    if plan.settings is not None:
        tracks.append(_name(plan.settings.codec))
    elif plan.copied is not None:
        tracks.append(f"{_name(plan.copied.codec)}, {_WAYS.get(plan.copied.action, 'copied')}")
    for sound in plan.sounds:
        codec = sound.codec.key if sound.codec else sound.copied.codec if sound.copied else ""
        language = f" ({sound.track.language})" if sound.track and sound.track.language else ""
        way = f", {_WAYS.get(sound.copied.action, 'copied')}" if sound.copied else ""
        tracks.append(f"{_name(codec)} {', '.join(audio_text(sound.audio))}{language}{way}")
    if not plan.sounds and plan.video is not None and plan.container.kind in ("video", "audio"):
        tracks.append("no sound")
    kinds = [one.kind for one in plan.others if one.action != "drop"]
    tracks += [plural(kinds.count(kind), kind, words) for kind, words in _OTHERS.items() if kind in kinds]
    return tracks


def _name(codec: str) -> str:
    """The codec as people know it."""
    plain = "pcm" if codec.startswith("pcm_") else codec
    return _CODECS.get(plain, plain)


def video_text(video: VideoInfo | None) -> list[str]:
    """`1280×720` and `24 fps`."""
    if video is None:
        return []
    rate = [] if video.still else [f"{float(video.rate):.6g} fps"] if video.rate else ["variable frame rate"]
    return [f"{video.width}×{video.height}", *rate]


def audio_text(audio: AudioInfo | None) -> list[str]:
    """`48 kHz stereo`."""
    return [f"{audio.rate / 1000:g} kHz {audio.layout}"] if audio else []


def length_text(duration: Fraction) -> str:
    """`5 s`, `2.5 s`, `1 min 20 s`."""
    return f"{float(duration):.3g} s" if duration < 60 else duration_text(float(duration))


def as_json(plan: Plan, cost: Estimate, dream: str) -> dict[str, JSON]:
    """The card as data: the keys of the `plan` event."""
    from dreamreel.graph import digest_of
    from dreamreel.time import fraction_text

    video = plan.video
    return {
        "inputs": list(_inputs(plan)),
        "dream": dream,
        "container": plan.container.name,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "fps": fraction_text(video.rate) if video and video.rate else None,
        "frames": plan.frames,
        "duration": fraction_text(plan.info.duration),
        "video_codec": plan.settings.codec if plan.settings else None,
        "audio_codec": plan.audio_codec.key if plan.audio_codec else None,
        "copied": [one.codec for one in (plan.copied, *(sound.copied for sound in plan.sounds)) if one],
        "audio": plan.audio.layout if plan.audio else None,
        "segments": [segment.key for segment in plan.segments] or [digest_of(plan.node.digest)],
        "notes": list(plan.notes),
        "estimate": {
            "seconds": round(cost.seconds, 1),
            "bytes": cost.size,
            "disk": cost.disk,
            "memory": cost.memory,
            "workers": cost.workers,
        },
    }
