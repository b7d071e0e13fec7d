"""The command line as a user meets it: what was typed, what came back. In this process, because that is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from dreamreel.cli import main

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--resolution", "128x128", "--duration", "1", "--fps", "4", "--sound", "none")


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one sentence of a failure."""
        (line,) = [line for line in self.err.splitlines() if line.startswith("dreamreel: ")]
        return line.removeprefix("dreamreel: ")


def typed(capsys: pytest.CaptureFixture[str], *args: str | Path) -> Ran:
    """Run `dreamreel ARGS` here."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(arg) for arg in args])
    said = capsys.readouterr()
    code = ended.value.code
    assert isinstance(code, int)
    return Ran(code, said.out, said.err)


def command(*args: str | Path) -> list[str]:
    """`dreamreel ARGS` as a process of its own."""
    return [sys.executable, "-c", "from dreamreel.cli import main; main()", *map(str, args)]


def environment(**changes: str) -> dict[str, str]:
    """The environment of such a process."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **changes}


def started(*args: str | Path, **changes: str) -> Ran:
    """Run `dreamreel ARGS` as a process of its own, to its end."""
    done = subprocess.run(
        command(*args),
        env=environment(**changes),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def photo(path: Path, size: tuple[int, int] = (160, 120), **options: Any) -> Path:
    """A picture without a face: two soft gradients."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, 128 + 0 * x], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return path
