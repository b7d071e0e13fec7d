"""Files that a crash, a full disk or a bad download left broken: the same again without what is wrong with them.

    diagnose ─► nothing wrong: said, nothing written
       │
       ├─ no index, and a good file of the same camera ─► rebuild (media/rebuild.py)
       ├─ a WAV with wrong lengths ─► the same with right ones
       └─ else ─► what can be read is copied, times put right (media/mend.py)
                                              └─► decoded once to see that it plays ─► Repair: done, lost

The original is read and never written. Nothing is encoded again, so nothing gets worse.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av.error

from dreamreel.errors import DamagedMedia
from dreamreel.media.atomic import atomic_write, output_error
from dreamreel.media.diagnosis import Diagnosis, Trouble, diagnose, riff_chunks
from dreamreel.media.formats import CONTAINERS, Container, output_format
from dreamreel.media.mend import Mended, mend, survey
from dreamreel.media.mux import check_not_input
from dreamreel.media.open import check_input, known_format, open_media
from dreamreel.media.rebuild import rebuild
from dreamreel.media.timing import is_cover
from dreamreel.wording import plural, size_text

__all__ = ["Diagnosis", "Repair", "Trouble", "check_like", "diagnose", "repair", "repaired_name"]

_RIFF_MOST: Final = 0xFFFF_FFF0
_NOTICED: Final = Fraction(1, 10)
"""Seconds whose loss is told; less is the rounding of headers."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of it."""

    output: Path
    troubles: tuple[Trouble, ...]
    done: tuple[str, ...]
    """What was rebuilt, a sentence each."""
    lost: tuple[str, ...]
    """What could not be saved; empty when everything was."""
    seconds: Fraction
    pictures: int
    """Pictures of the result that decode."""
    bad: int
    """Packets of the result that do not decode."""


def repaired_name(path: Path) -> Path:
    """Where a repaired file goes when nothing else is said: beside the original, as `party-repaired.mp4`."""
    suffix = path.suffix if _writable(path) else ".mkv"
    return path.with_name(f"{path.stem}-repaired{suffix}")


def _writable(path: Path) -> Container | None:
    suffix = path.suffix.lower()
    return next(
        (row for row in CONTAINERS if suffix in row.extensions and row.kind in ("video", "audio")), None
    )


def repair(
    path: Path, output: Path, like: Path | None = None, found: Diagnosis | None = None
) -> Repair | None:
    """Write what can be saved of `path` to `output`; None, and nothing written, when nothing is wrong with it.

    `like` is a whole file that the same camera made with the same settings; it is needed where the index is lost.
    Raises what `diagnose` raises, `OutputIsInput`, `UsageError`, and `DamagedMedia` when nothing can be saved.
    """
    found = found or diagnose(path)
    if found.fine:
        return None
    check_not_input(output, [path, *([like] if like else [])])
    container = output_format(output)
    check_like(path, found, like)
    if not found.readable:
        return _rebuilt(path, output, like, container, found)
    if known_format(check_input(path)) == "WAV" and container.muxer == "wav" and _wave_lengths_wrong(found):
        return _wave(path, output, found)
    with atomic_write(output) as part:
        try:
            told = mend(path, part, container)
        except av.error.FFmpegError as error:
            raise _refused(path, container, error) from error
        if not told.packets or not part.exists():
            raise _nothing(path)
        if container.muxer == "flac":
            _say_length(part, told.length)
        pictures, bad, seconds = _played(part)
        if not seconds:
            raise _nothing(path)
    return Repair(output, found.troubles, tuple(_done(found, told)), tuple(_lost(found, told, bad)), told.length,
                  pictures, bad)  # fmt: skip


def _nothing(path: Path) -> DamagedMedia:
    return DamagedMedia(f"Nothing in {path.name} can be saved: no picture or sound of it can be decoded.")


def _refused(path: Path, container: Container, error: av.error.FFmpegError) -> Exception:
    """What a muxer's refusal means: a full disk stays one; anything else is damage that a new file cannot hold."""
    if output_error(error, path):
        return error
    way = "" if container.muxer == "matroska" else "; try -o with a name that ends in .mkv"
    return DamagedMedia(f"{path.name} is too damaged for a new {container.name} file{way}.")


def _say_length(part: Path, length: Fraction) -> None:
    """Write into FLAC's STREAMINFO how many samples there are; the digest of those that were is no longer true."""
    with part.open("r+b") as file:
        head = file.read(42)
        if head[:4] != b"fLaC" or head[4] & 0x7F:
            return
        info = bytearray(head)
        rate = int.from_bytes(info[18:21]) >> 4
        info[21:26] = ((info[21] & 0xF0) << 32 | round(length * rate)).to_bytes(5)
        info[26:42] = bytes(16)
        file.seek(0)
        file.write(info)


def check_like(path: Path, found: Diagnosis, like: Path | None) -> None:
    """Raise `DamagedMedia` when `path` cannot be repaired, or not without a good file."""
    if found.readable or found.fine:
        return
    if not any(trouble.kind == "index" for trouble in found.troubles):
        raise DamagedMedia(f"{path.name} is too damaged to repair: {found.troubles[0].words}.")
    if like is None:
        raise DamagedMedia(
            f"{path.name} has lost its index; give a whole file that the same camera made with the same settings: "
            f"--like GOOD{path.suffix}."
        )


def _wave_lengths_wrong(found: Diagnosis) -> bool:
    return any(trouble.kind == "length" for trouble in found.troubles)


def _wave(path: Path, output: Path, found: Diagnosis) -> Repair:
    """A WAV with the lengths that its header should say; every sample is kept."""
    size = path.stat().st_size
    with path.open("rb") as source, atomic_write(output) as part:
        at = next((b.start for b in riff_chunks(source, size) if b.kind == b"data"), 0)
        if not at or size > _RIFF_MOST:
            raise DamagedMedia(
                f"{path.name} is too damaged to repair: its sound is not where its header says."
            )
        source.seek(0)
        head = bytearray(source.read(at + 8))
        head[4:8], head[at + 4 : at + 8] = (
            (size - 8).to_bytes(4, "little"),
            (size - at - 8).to_bytes(4, "little"),
        )
        with part.open("wb") as target:
            target.write(head)
            shutil.copyfileobj(source, target)
        told = survey(part)
        _, bad, good = _played(part)
        if not good:
            raise DamagedMedia(f"Nothing in {path.name} can be saved: no sound of it can be decoded.")
    lost = [f"{plural(bad, 'packet')} in it cannot be decoded"] if bad else []
    if any("cut short" in trouble.words for trouble in found.troubles):
        lost.append("what came after its end")
    return Repair(
        output,
        found.troubles,
        ("its header says the lengths that are there",),
        tuple(lost),
        told.length,
        0,
        bad,
    )


def _rebuilt(path: Path, output: Path, like: Path | None, container: Container, found: Diagnosis) -> Repair:
    assert like is not None
    with atomic_write(output) as part:
        try:
            made = rebuild(path, like, part, container)
        except av.error.FFmpegError as error:
            raise _refused(path, container, error) from error
        pictures, bad, _ = _played(part)
    done = [f"the index was rebuilt from {plural(made.pictures, 'picture')} and {plural(made.frames, 'sound frame')}",
            f"times follow the rate of {like.name}"]  # fmt: skip
    lost = [f"{plural(made.undecodable, 'picture')} that could not be decoded"] if made.undecodable else []
    lost += [f"{size_text(made.skipped)} that were neither picture nor sound"] if made.skipped else []
    lost += [f"the {track}, which cannot be told from other bytes" for track in made.missing]
    return Repair(output, found.troubles, tuple(done), tuple(lost), made.seconds, pictures, bad)


def _done(found: Diagnosis, told: Mended) -> list[str]:
    words = {"index": "a new index was written", "length": "all lengths were written anew",
             "damage": "readers are led around the damage", "junk": "what is not sound was left out",
             "times": "times were put in order"}  # fmt: skip
    done = [words[kind] for kind in dict.fromkeys(trouble.kind for trouble in found.troubles)]
    return [
        *done,
        f"{plural(sum(told.packets.values()), 'packet')} of {plural(len(told.packets), 'track')} were copied",
    ]


def _lost(found: Diagnosis, told: Mended, bad: int) -> list[str]:
    lost = list(told.dropped) + ([plural(told.cut, "packet") + " cut off in the middle"] if told.cut else [])
    if any(trouble.kind == "damage" for trouble in found.troubles):
        lost.append("what lay in the damaged places")
    missing = (found.claimed or Fraction(0)) - told.length
    if missing > _NOTICED and not told.jumps:
        lost.append(f"{float(missing):.1f} s at the end")
    return lost + ([f"{plural(bad, 'packet')} in it cannot be decoded"] if bad else [])


def _played(path: Path) -> tuple[int, int, bool]:
    """Decode all of a new file: pictures, packets that fail, and whether there was anything at all."""
    pictures = bad = good = 0
    with open_media(path) as container:
        tracks = [
            s
            for s in container.streams
            if s.type in ("video", "audio") and s.codec_context and not is_cover(s)
        ]
        for track in tracks:
            if track.type == "video":
                track.codec_context.thread_type = "AUTO"
        try:
            for packet in container.demux(tracks):
                try:
                    frames: Sequence[object] = packet.decode()
                except (av.error.FFmpegError, ValueError):
                    bad += 1
                    continue
                good += len(frames)
                pictures += len(frames) if packet.stream.type == "video" else 0
        except av.error.FFmpegError:
            bad += 1
    return pictures, bad, good > 0
