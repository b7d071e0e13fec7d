"""Damaged media by the thousand: every one is read, converted and repaired, or refused with a sentence; nothing else.

    python -m tests.fuzz_media --count 2000          seeds made here ─► mutated ─► a sandboxed process ─► counts

Seeds are small files of every container, made in code. Each mutation is numbered, and made again by its number alone.
The process is confined as a studio's worker is. A file must not make it hang, die, leak, or leave a file behind.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import os
import random
import select
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 10
"""No file may take longer than this for any verb."""
VERBS = ("info", "convert", "repair")
MEMORY = 6 * 2**30
GROWTH = 200 * 2**20
"""Bytes that a process may grow over hundreds of files: caches, not leaks."""
PER_PROCESS = 250

# ── seeds ───────────────────────────────────────────────────────────────────────────────────────────────────────


def film(muxer: str, video: str, audio: str | None, options: dict[str, str] | None = None) -> bytes:
    """Half a second of a moving bar with a tone."""
    place = tempfile.TemporaryDirectory()
    out = Path(place.name) / "film"
    with place, av.open(str(out), "w", format=muxer, options=options or {}) as target:
        stream = target.add_stream(video, rate=10, options={"preset": "ultrafast"} if "lib" in video else {})
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if video == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = 4
        sound = target.add_stream(audio, rate=48_000, layout="stereo") if audio else None
        for number in range(6):
            picture = np.zeros((48, 64, 3), np.uint8)
            picture[:, number * 8 : number * 8 + 8] = 255
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            target.mux(stream.encode(frame))
        if sound:
            _tone(target, sound, 25)
        target.mux(stream.encode(None))
        target.close()
        return out.read_bytes()


def sound(muxer: str, codec: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=muxer) as target:
        _tone(target, target.add_stream(codec, rate=48_000, layout="stereo"), 25)
    return out.getvalue()


def _tone(target: Any, stream: Any, blocks: int) -> None:
    context = stream.codec_context
    if not context.is_open:
        context.open()
    form, size = context.format, context.frame_size or 1024
    for number in range(blocks):
        wave = np.sin(np.arange(number * size, (number + 1) * size) / 20) * 0.3
        both = np.stack([wave, wave]).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
        frame.rate, frame.pts = 48_000, number * size
        for part in av.AudioResampler(form.name, "stereo", 48_000).resample(frame):
            part.pts = number * size
            target.mux(stream.encode(part))
    target.mux(stream.encode(None))


def picture(form: str, frames: int = 1) -> bytes:
    pictures = [Image.fromarray(np.full((48, 64, 3), 40 * n, np.uint8)) for n in range(1, frames + 1)]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(out, form, **more)
    return out.getvalue()


SEEDS: dict[str, Callable[[], bytes]] = {
    "h264.mp4": lambda: film("mp4", "libx264", "aac"),
    "front.mp4": lambda: film("mp4", "libx264", "aac", {"movflags": "faststart"}),
    "pieces.mp4": lambda: film("mp4", "libx264", "aac", {"movflags": "frag_keyframe+empty_moov"}),
    "mpeg4.mov": lambda: film("mov", "mpeg4", "pcm_s16le"),
    "h264.mkv": lambda: film("matroska", "libx264", "aac"),
    "vp8.webm": lambda: film("webm", "libvpx", "libopus"),
    "mpeg4.avi": lambda: film("avi", "mpeg4", "libmp3lame"),
    "mjpeg.avi": lambda: film("avi", "mjpeg", None),
    "h264.flv": lambda: film("flv", "libx264", "aac"),
    "h264.ts": lambda: film("mpegts", "libx264", "aac"),
    "mpeg2.mpg": lambda: film("vob", "mpeg2video", "mp2"),
    "ffv1.nut": lambda: film("nut", "ffv1", "pcm_s16le"),
    "sound.wav": lambda: sound("wav", "pcm_s16le"),
    "sound.mp3": lambda: sound("mp3", "libmp3lame"),
    "sound.flac": lambda: sound("flac", "flac"),
    "sound.opus": lambda: sound("ogg", "libopus"),
    "sound.m4a": lambda: sound("ipod", "aac"),
    "anim.gif": lambda: picture("GIF", 3),
    "photo.png": lambda: picture("PNG"),
    "photo.jpg": lambda: picture("JPEG"),
    "photo.webp": lambda: picture("WEBP"),
    "photo.tif": lambda: picture("TIFF"),
}
"""Small files of every container."""


def seeds() -> dict[str, bytes]:
    """All seeds, made now."""
    return {name: make() for name, make in SEEDS.items()}


# ── mutations ───────────────────────────────────────────────────────────────────────────────────────────────────


def _flips(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    del other
    for _ in range(rng.choice((1, 4, 32, 256))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def _cut(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    del other
    return data[: rng.randrange(1, len(data))]


def _lies(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    """Another number where a length stands: before four letters, or after them."""
    del other
    places = [at for at in range(4, len(data) - 8) if data[at : at + 4].isalnum()]
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.choice(places or [8])
        value = rng.choice(
            (0, 1, 7, 8, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, rng.randrange(1 << 32), rng.randrange(1 << 12))
        )
        at += rng.choice((-4, 4, 8, 12))
        data[at : at + 4] = value.to_bytes(4, rng.choice(("big", "little")))
    return data


def _splice(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def _hole(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    del other
    at, length = rng.randrange(len(data)), rng.randrange(1, 2000)
    filling = bytes(length) if rng.random() < 0.5 else rng.randbytes(length)
    data[at : at + length] = filling[: max(0, len(data) - at)]
    return data


def _twice(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    del other
    at, length = rng.randrange(len(data)), rng.randrange(1, 4000)
    return data[: at + length] + data[at:]


def _early(data: bytearray, rng: random.Random, other: bytes) -> bytearray:
    """Damage in the header only."""
    del other
    for _ in range(rng.choice((1, 2, 8))):
        data[rng.randrange(min(len(data), 512))] = rng.choice((0, 0xFF, rng.randrange(256)))
    return data


MUTATIONS = (_flips, _cut, _lies, _lies, _splice, _hole, _twice, _early)


def mutated(number: int, sources: dict[str, bytes]) -> tuple[str, bytes]:
    """The name and content of mutation `number`."""
    rng = random.Random(number)
    name = sorted(sources)[number % len(sources)]
    other = sources[rng.choice(sorted(sources))]
    data = bytearray(sources[name])
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(MUTATIONS)(data, rng, other) or bytearray(b"\0")
    stem, _, suffix = name.partition(".")
    return f"{stem}-{number}.{suffix}", bytes(data)


# ── the confined process ────────────────────────────────────────────────────────────────────────────────────────


def child(given: Path, work: Path, verbs: Sequence[str]) -> None:
    """Confine this process, then try every file named on standard input; one line of JSON for each verb."""
    os.environ["DREAMREEL_HOME"] = str(work / "home")
    from dreamreel.lockdown import Policy, confine

    confine(Policy(read=(given, ROOT), write=(work,), memory=MEMORY, file_size=64 * 2**20))
    voice = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        path = given / line.strip()
        for verb in verbs:
            print(json.dumps({"verb": verb, **_tried(verb, path, work)}), file=voice, flush=True)


def _tried(verb: str, path: Path, work: Path) -> dict[str, Any]:
    from dreamreel.errors import DreamreelError

    said, ended = "", "ok"
    try:
        _do(verb, path, work)
    except DreamreelError as error:
        ended, said = "refused", str(error)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        import traceback

        ended, said = "bug", "".join(traceback.format_exception(error))
    gc.collect()
    return {"ended": ended, "said": said, "open": len(os.listdir("/proc/self/fd")), "rss": _resident()}  # noqa: PTH208


def _do(verb: str, path: Path, work: Path) -> None:
    if verb == "info":
        from dreamreel.cli.told import rows, title
        from dreamreel.media.details import describe

        told = describe(path)
        json.dumps(told.as_json())
        "\n".join([title(told, path), *(text for _, text in rows(told))]).encode()
    elif verb == "convert":
        from dreamreel.making import open as open_clip

        clip = open_clip(path)
        if clip.info.video:
            clip = clip.resize(32, 24)
        clip.write(work / f"{path.stem}.{'mkv' if clip.info.video else 'wav'}", embed=False)
    else:
        from dreamreel.media.repair import repair, repaired_name

        repair(path, work / repaired_name(path).name)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Tally:
    """What came of it."""

    ended: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])
    """A line for everything that must not happen."""


class Trial:
    """A confined process that files are given to; another takes its place when it ends."""

    def __init__(self, given: Path, work: Path, tally: Tally, verbs: Sequence[str]) -> None:
        self._given, self._work, self.tally, self._verbs = given, work, tally, verbs
        self._process: subprocess.Popen[bytes] | None = None
        self._first: dict[str, int] | None = None
        self._done = 0

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *error: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
        self._process, self._first, self._done = None, None, 0

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._done >= PER_PROCESS:
            self._end()
            places = [str(self._given), str(self._work)]
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz_media", "--child", *places, "--verbs", *self._verbs],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, bufsize=0,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(self._work)},
            )  # fmt: skip
        return self._process

    def give(self, name: str) -> None:
        """Try every verb on the file `name`."""
        process = self._started()
        assert process.stdin
        process.stdin.write(name.encode() + b"\n")
        process.stdin.flush()
        fresh = self._done == 0
        for verb in self._verbs:
            answer = self._answer(process, LIMIT_S * (3 if fresh else 1))
            if isinstance(answer, str):
                self._wrong(name, verb, answer)
                self._end()
                return
            self.tally.ended[f"{verb} {answer['ended']}"] += 1
            if answer["ended"] == "bug":
                self._wrong(name, verb, f"bug {answer['said']}")
            self._watch(name, answer)
        self._done += 1
        self._sweep(name)

    def _answer(self, process: subprocess.Popen[bytes], limit: float) -> dict[str, Any] | str:
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], limit)
        if not ready:
            return "hang"
        line = process.stdout.readline()
        return json.loads(line) if line else f"died {process.wait()}"

    def _watch(self, name: str, answer: dict[str, Any]) -> None:
        if self._done == 40:
            self._first = answer
        if self._first and answer["open"] > self._first["open"] + 4:
            self._wrong(name, answer["verb"], f"leak of files, {self._first['open']} to {answer['open']}")
            self._first = answer
        if self._first and answer["rss"] > self._first["rss"] + GROWTH:
            self._wrong(name, answer["verb"], f"leak of memory, {self._first['rss']} to {answer['rss']}")
            self._first = answer

    def _sweep(self, name: str) -> None:
        """Remove what was made; anything that is not a finished output is stray."""
        stem = name.rpartition(".")[0]
        for path in self._work.iterdir():
            if path.name in ("home", ".cache", ".config"):
                continue
            if not path.name.startswith(stem) or path.suffix == ".part":
                self._wrong(name, "all", f"stray file {path.name}")
            path.unlink()

    def _wrong(self, name: str, verb: str, what: str) -> None:
        self.tally.wrong.append(f"{name} {verb}: {what}")
        sys.stderr.write(f"{name} {verb}: {what}\n")
        self.tally.ended[f"{verb} {what.split(maxsplit=1)[0]}"] += what.split(maxsplit=1)[0] != "bug"


def run(numbers: Iterable[int], folder: Path, verbs: Sequence[str] = VERBS) -> Tally:
    """Try the mutations of these numbers in `folder`; files that were trouble stay in its folder `given`."""
    given, work = folder / "given", folder / "work"
    given.mkdir()
    work.mkdir()
    sources, tally = seeds(), Tally()
    with Trial(given, work, tally, verbs) as trial:
        for number in numbers:
            name, data = mutated(number, sources)
            (given / name).write_bytes(data)
            before = len(tally.wrong)
            trial.give(name)
            if (given / name).read_bytes() != data:
                tally.wrong.append(f"{name} all: the original was changed")
            if len(tally.wrong) == before:
                (given / name).unlink()
    return tally


def main() -> None:
    """Run so many mutations from a number on, and print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--verbs", nargs="+", default=VERBS, choices=VERBS)
    parser.add_argument("--child", nargs=2, type=Path)
    options = parser.parse_args()
    if options.child:
        child(*options.child, options.verbs)
        return
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    tally = run(range(options.start, options.start + options.count), folder, options.verbs)
    told = [
        json.dumps(dict(sorted(tally.ended.items())), indent=2),
        *tally.wrong,
        f"The files in trouble: {folder}",
    ]
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
