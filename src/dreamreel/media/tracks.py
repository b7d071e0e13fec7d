"""Single tracks out of a file, as they are.

sound, picture ─► copied into a container of their own          cover, attachment ─► the bytes they are
words ─► a subtitle file        pictures of words ─► Matroska
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

from av.stream import AttachmentStream, Stream

from dreamreel.errors import BadParameter
from dreamreel.media.atomic import atomic_write
from dreamreel.media.compat import TEXT_SUBTITLES, holds
from dreamreel.media.formats import CONTAINERS, Container, output_format
from dreamreel.media.libav import demux
from dreamreel.media.mux import check_not_input, mux
from dreamreel.media.open import open_media
from dreamreel.media.remux import CopiedTrack
from dreamreel.media.timing import is_cover

__all__ = ["KINDS", "Found", "extract", "find_tracks", "usual_suffix"]

KINDS: Final = ("video", "audio", "subtitle", "cover", "attachment", "data")
"""What tracks can be called."""

_SOUND: Final = {
    "aac": ".m4a", "alac": ".m4a", "mp3": ".mp3", "opus": ".opus", "vorbis": ".ogg", "flac": ".flac", "ac3": ".ac3",
    "eac3": ".eac3", "mp2": ".mp2", "pcm_s16le": ".wav", "pcm_s24le": ".wav", "pcm_s32le": ".wav", "pcm_f32le": ".wav",
    "pcm_u8": ".wav", "wavpack": ".wv", "pcm_s16be": ".aiff", "pcm_s24be": ".aiff",
}  # fmt: skip
_PICTURES: Final = {
    "mjpeg": ".jpg",
    "png": ".png",
    "bmp": ".bmp",
    "gif": ".gif",
    "webp": ".webp",
    "tiff": ".tiff",
}
_WORDS: Final = {"ass": ".ass", "ssa": ".ass", "webvtt": ".vtt", "ttml": ".ttml"}


class Found:
    """A track that can be taken out."""

    def __init__(
        self, index: int, kind: str, number: int, codec: str, language: str | None, name: str
    ) -> None:
        self.index = index
        """FFmpeg's number of the stream."""
        self.kind = kind
        self.number = number
        """Among those of its kind, from 1."""
        self.codec = codec
        self.language = language
        self.name = name
        """An attachment's own name."""


def find_tracks(path: Path, wanted: str) -> list[Found]:
    """The tracks that `wanted` names: `audio`, `audio:2`, `subtitle:deu`, `cover`, `all`.

    Raises what `open_media` raises, and `BadParameter` when there is none.
    """
    kind, _, which = wanted.strip().lower().partition(":")
    kind = {"sound": "audio", "subtitles": "subtitle", "picture": "video"}.get(kind, kind)
    if kind not in (*KINDS, "all"):
        raise BadParameter(f"{wanted!r} is not a track; name one of {', '.join(KINDS)}, or all.")
    with open_media(path) as source:
        tracks = _listed(source.streams)
    found = [track for track in tracks if kind in ("all", track.kind)
             and which in ("", str(track.number), track.language)]  # fmt: skip
    if not found:
        own = ", ".join(f"{track.kind}:{track.number}" for track in tracks)
        raise BadParameter(f"{path.name} has no track {wanted}; it has {own}.")
    return found


def _listed(streams: object) -> list[Found]:
    counts: dict[str, int] = {}
    found: list[Found] = []
    for stream in cast("list[Stream]", streams):
        kind = "cover" if stream.type == "video" and is_cover(stream) else stream.type
        if kind not in KINDS:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        context = stream.codec_context
        codec = context.codec.canonical_name if context else ""
        name = cast("AttachmentStream", stream).name if kind == "attachment" else None
        found.append(
            Found(stream.index, kind, counts[kind], codec, stream.metadata.get("language"), name or "")
        )
    return found


def usual_suffix(track: Found, source: Path) -> str:
    """The suffix of the file that holds the track as it is."""
    match track.kind:
        case "audio":
            return _SOUND.get(track.codec, ".mka")
        case "subtitle":
            return _WORDS.get(track.codec, ".srt") if track.codec in TEXT_SUBTITLES else ".mks"
        case "cover":
            return _PICTURES.get(track.codec, ".jpg")
        case "attachment":
            return Path(track.name).suffix or ".bin"
        case "data":
            return ".bin"
        case _:
            own = next((row for row in CONTAINERS if source.suffix.lower() in row.extensions), None)
            return source.suffix if own and track.codec in holds(own.muxer).video else ".mkv"


def extract(path: Path, track: Found, out: Path) -> None:
    """Write one track of `path` to `out`, without encoding it. The output is complete or absent.

    Raises `BadParameter` where that kind of file cannot hold it, `OutputIsInput`, `NotWritable`, `NoSpace`.
    """
    check_not_input(out, [path])
    if track.kind == "subtitle" and track.codec in TEXT_SUBTITLES:
        from dreamreel.media.subtitles import write
        from dreamreel.media.subtitles.tracks import read_track

        write(read_track(path, index=track.index), out)
    elif track.kind in ("cover", "attachment", "data"):
        with atomic_write(out) as part, part.open("wb") as file, open_media(path) as source:
            stream = source.streams[track.index]
            if isinstance(stream, AttachmentStream):
                file.write(stream.data or b"")
            else:
                for packet in demux(source, [stream]):
                    file.write(bytes(packet))
    else:
        _copied(path, track, out)


def _copied(path: Path, track: Found, out: Path) -> None:
    container = _container(track, out)
    kind = "video" if track.kind == "video" else "audio" if track.kind == "audio" else "subtitle"
    mux([CopiedTrack(path, track.index, kind)], out, container)


def _container(track: Found, out: Path) -> Container:
    container = output_format(out, "mkv" if out.suffix.lower() in (".mks", ".mka") else None)
    row = holds(container.muxer)
    taken = {"video": row.video, "audio": row.audio}.get(track.kind, row.bitmap)
    if track.codec not in taken:
        raise BadParameter(
            f"{out.name} cannot hold {track.codec} as it is; leave out -o, or use `dreamreel convert`."
        )
    return container
