"""The pre-flight card: what goes in, what comes out, what it costs, and whether it fits. Reads only headers."""

from __future__ import annotations

from collections.abc import Iterator
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
    "pcm": "PCM", "alac": "ALAC",
}  # fmt: skip


def rows(plan: Plan, cost: Estimate, output: Path, dream: str, recipe: bool) -> list[tuple[str, str]]:
    """The card's rows: a name, empty when it is that of the row above, and a text."""
    table = [("in" if i == 0 else "", text) for i, text in enumerate(_inputs(plan))]
    table += [("dream", dream)] if dream else []
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
    tracks: list[str] = []
    if plan.settings is not None:
        tracks.append(_CODECS.get(plan.settings.codec, plan.settings.codec))
    if plan.audio is not None and plan.audio_codec is not None:
        codec = _CODECS.get(plan.audio_codec.key, plan.audio_codec.key)
        tracks.append(f"{codec} {', '.join(audio_text(plan.audio))}")
    elif plan.video is not None and plan.container.kind != "picture":
        tracks.append("no sound")
    yield " + ".join(tracks or [plan.container.name]) + (", recipe inside" if recipe else ", no recipe")


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
