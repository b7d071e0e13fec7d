"""`dreamreel doctor`: is everything here that Dreamreel needs? Each check says what is wrong and what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import typer

from dreamreel.cli.help import Command
from dreamreel.cli.options import Json
from dreamreel.cli.output import aligned, data
from dreamreel.wording import plural, size_text

__all__ = ["CHECKS", "Check", "Finding", "add"]

Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `fix` says what to do when it is not ok."""

    status: Status
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be right."""

    id: str
    look: Callable[[], Finding]


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("doctor", cls=Command)(doctor)


def doctor(as_json: Json = False) -> None:
    """Check this installation. The exit code is 4 when something needed is missing; --json prints an object a line."""
    from dreamreel.errors import CapabilityMissing

    failed: list[str] = []
    for check in CHECKS:
        found = _examined(check)
        if found.status == "failed":
            failed.append(check.id)
        if as_json:
            data({"check": check.id, "status": found.status, "detail": found.detail, "fix": found.fix})
        else:
            mark = {"ok": "✓", "warning": "!", "failed": "✗"}[found.status]
            text = found.detail + (f" – {found.fix}" if found.fix else "")
            for line in aligned([(f"{mark} {check.id}", text)], 12):
                data(line)
    if failed:
        raise CapabilityMissing(
            f"Not everything needed is here ({', '.join(failed)}); the lines marked ✗ say what to do."
        )


def _examined(check: Check) -> Finding:
    """A check that breaks is a finding, not a crash."""
    try:
        with _hushed():
            return check.look()
    except Exception as error:  # noqa: BLE001 - whatever breaks is what the user needs to read
        return Finding("failed", f"the check broke ({type(error).__name__}: {error})", "report this")


@contextmanager
def _hushed() -> Generator[None]:
    """Without what libraries write to the terminal by themselves: encoders' banners, a font file's warnings."""
    sys.stderr.flush()
    kept = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silence)


def _python() -> Finding:
    return Finding("ok", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")


def _ffmpeg() -> Finding:
    import av

    version = ".".join(str(v) for v in av.library_versions["libavcodec"])
    return Finding("ok", f"PyAV {av.__version__}, libavcodec {version}")


def _encoders() -> Finding:
    """Opens each one on a small picture: a name in the list proves nothing."""
    import av
    from av.error import FFmpegError

    from dreamreel.media.priority import ordinary_priority

    broken: list[str] = []
    for name in ("libx264", "libx265", "libsvtav1", "libvpx-vp9"):
        try:
            context = av.CodecContext.create(name, "w")
            context.width, context.height, context.pix_fmt = 256, 256, "yuv420p"
            context.framerate, context.time_base = Fraction(25), Fraction(1, 25)
            with ordinary_priority():
                context.open()
        except (FFmpegError, ValueError):
            broken.append(name)
    if "libx264" in broken:
        return Finding("failed", f"does not open: {', '.join(broken)}", "install the `av` wheel again")
    if broken:
        return Finding(
            "warning", f"does not open: {', '.join(broken)}", "those formats cannot be written here"
        )
    return Finding("ok", "H.264, H.265, AV1 and VP9 open")


def _drawing() -> Finding:
    import skia

    surface = skia.Surface(8, 8)
    surface.getCanvas().clear(skia.ColorWHITE)
    fonts = skia.FontMgr().countFamilies()
    if not fonts:
        return Finding(
            "warning", "Skia draws, but there are no fonts", "install one, such as fonts-dejavu, for titles"
        )
    return Finding("ok", f"Skia draws, {fonts} font families")


def _faces() -> Finding:
    from dreamreel.analyse.faces import YUNET_FILE
    from dreamreel.places import models_folder

    if (models_folder() / YUNET_FILE).is_file():
        return Finding("ok", "YuNet finds faces")
    return Finding(
        "ok",
        "faces are found with OpenCV's cascades; YuNet is used when its model file is in the models folder",
    )


def _models() -> Finding:
    """Reads every file of weights that was added: one that was changed would be refused in the middle of work."""
    from dreamreel.errors import DreamreelError
    from dreamreel.neural.community.store import installed, verified

    broken: list[str] = []
    there = installed()
    for one in there.values():
        try:
            verified(one)
        except DreamreelError:
            broken.append(one.card.name)
    if broken:
        return Finding(
            "warning",
            f"changed or damaged: {', '.join(broken)}",
            "remove them by `dreamreel models remove NAME` and add them again",
        )
    if not there:
        return Finding("ok", "the networks that ship; weights of others can be added (`dreamreel models`)")
    return Finding(
        "ok", f"the networks that ship, and {plural(len(there), 'file')} of weights as they were added"
    )


def _networks() -> Finding:
    """Tries what networks are computed by: one tile through every graphics card's runtime, against the processor's."""
    from dreamreel.neural.catalog import DEVICE_PRECISIONS, Precision
    from dreamreel.neural.machine import preferred, settled
    from dreamreel.neural.runtimes.chosen import on_device, told
    from dreamreel.neural.runtimes.providers import available, fault, version

    there = {one.key: one.title for one in available()}
    faults: dict[Precision, str] = {
        name: fault(name) for name in DEVICE_PRECISIONS if name.partition("-")[0] in there
    }
    if broken := [f"{told(name)}: {why}" for name, why in faults.items() if why]:
        return Finding(
            "warning",
            f"computed by {told(settled() if all(faults.values()) else preferred())}; left out: {'; '.join(broken)}",
            "mend the graphics card's driver, or set DREAMREEL_GPU=off",
        )
    chosen = preferred()
    detail = f"computed by {told(chosen)}"
    if on_device(chosen):
        return Finding("ok", f"{detail}, ONNX Runtime {version()}")
    if there:
        return Finding("ok", f"{detail}, which is faster here than {', '.join(there.values())}")
    return Finding("ok", f"{detail}; a graphics card is used with the extra `dreamreel[gpu]`")


def _store() -> Finding:
    """Write, fsync and rename where segments are kept."""
    from dreamreel.media.atomic import atomic_write
    from dreamreel.render.store import home

    folder = home()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as scratch, atomic_write(Path(scratch) / "probe") as part:
        part.write_bytes(b"probe")
    free = shutil.disk_usage(folder).free
    if free < 2 * 10**9:
        return Finding(
            "warning",
            f"{size_text(free)} free for segments",
            "make room, or set DREAMREEL_HOME to a larger disk",
        )
    return Finding("ok", f"segments can be kept, {size_text(free)} free")


def _sandbox() -> Finding:
    """What the studio decodes what was uploaded in."""
    from dreamreel.lockdown import available

    found = available()
    detail = found.detail.rstrip(".")
    if found.level == "full":
        return Finding("ok", detail)
    fix = {
        "linux": "give the studio only files you trust, or use Linux 6.12 or newer with Landlock switched on",
        "darwin": "give the studio only files you trust; Linux confines decoders fully",
    }
    return Finding("warning", detail, fix.get(sys.platform, fix["darwin"]))


def _machine() -> Finding:
    from dreamreel.machine import cores, free_memory

    free = free_memory()
    detail = f"{cores()} cores, {size_text(free)} of memory free"
    return (
        Finding("ok", detail)
        if free > 10**9
        else Finding("warning", detail, "close other programs for 1080p and larger")
    )


def _terminal() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") != "utf8":
        return Finding(
            "warning", f"the terminal's encoding is {encoding or 'unknown'}", "set LANG to a UTF-8 locale"
        )
    return Finding("ok", "UTF-8" + (", no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else ""))


CHECKS: tuple[Check, ...] = (
    Check("python", _python),
    Check("ffmpeg", _ffmpeg),
    Check("encoders", _encoders),
    Check("drawing", _drawing),
    Check("faces", _faces),
    Check("models", _models),
    Check("networks", _networks),
    Check("store", _store),
    Check("sandbox", _sandbox),
    Check("machine", _machine),
    Check("terminal", _terminal),
)
"""Every check, in the order shown."""
