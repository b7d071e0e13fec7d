"""The documentation is run: what README and docs/ show works, or says that it needs something first.

The convention, in Markdown:

* A ``console`` block shows a terminal. Lines that begin with `$ ` are run with bash, in order, in one scratch folder
  per document; the other lines are output, and are not compared.
* A ``python`` block is run as it stands, in the same folder, each in a Python of its own.
* ``console no-run`` and ``python no-run`` mark what needs something that a test has not got (set-up, a cluster, an
  hour). Such a block is still read: its programs and `make` targets must exist, its Python must parse.

The scratch folder holds `anna.jpg`, `party.mov` (12 s with sound) and `examples/`. `dreamreel generate` is given a
small size, so that a page of examples takes seconds.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"]
BLOCK = re.compile(
    r"^(?P<fence>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)\s*$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(
    r"(?<!!)\[[^\]]+\]\((?!\w+:)(?P<target>[^)#\s]+)(?:#[^)]*)?\)|!\[[^\]]*\]\((?!\w+:)(?P<image>[^)\s]+)\)"
)
PROGRAMS = {"cd", "dreamreel", "git", "make", "python", "sudo"}

# Last one wins, so these overrule the sizes that a document shows.
SMALL = ["--resolution", "128p", "--duration", "1", "--fps", "6", "--yes"]
SHIM = """import sys
from dreamreel.cli import main
if sys.argv[1:2] == ["generate"] and "--help" not in sys.argv:
    sys.argv += {small!r}
sys.exit(main())
"""


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, whether it is run, its text and where it begins."""

    language: str
    runs: bool
    body: str
    line: int

    def commands(self) -> list[str]:
        """What a terminal block types, a line that ends in a backslash joined with the next."""
        lines = self.body.replace("\\\n", " ").splitlines()
        return [line[2:].strip() for line in lines if line.startswith("$ ")]


def blocks_of(text: str) -> list[Block]:
    """The fenced blocks of a Markdown text, in order."""
    blocks: list[Block] = []
    for match in BLOCK.finditer(text):
        words = match["info"].split()
        line = text.count("\n", 0, match.start()) + 1
        blocks.append(Block(words[0] if words else "", "no-run" not in words, match["body"], line))
    return blocks


def document_name(path: Path) -> str:
    """A readable test id."""
    return str(path.relative_to(ROOT))


def make_targets() -> set[str]:
    """The targets that the Makefile has."""
    return set(re.findall(r"^([a-z][\w-]*):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def write_party(path: Path) -> None:
    """A 12-second clip with sound: a drifting gradient and a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=10, width=96, height=72, pix_fmt="yuv420p")
        audio = container.add_stream("aac", rate=48000)
        ramp = np.arange(96, dtype=np.int64)[None, :, None] + np.zeros((72, 1, 3), np.int64)
        for index in range(120):
            frame = av.VideoFrame.from_ndarray(((ramp * 2 + index) % 256).astype(np.uint8))
            frame.pts, frame.time_base = index, Fraction(1, 10)
            container.mux(video.encode(frame))
        tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(12 * 48000) / 48000)
        sound = av.AudioFrame.from_ndarray(tone[None, :].astype(np.float32), format="fltp", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = 48000, 0, Fraction(1, 48000)
        container.mux(audio.encode(sound))
        container.mux(video.encode())
        container.mux(audio.encode())


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder like a reader's: a photo, clips, subtitles, the examples, and a `dreamreel` that works small."""
    from skimage import data

    folder = tmp_path / "dreams of anna"
    folder.mkdir()
    Image.fromarray(data.astronaut()).resize((192, 192)).save(folder / "anna.jpg")
    write_party(folder / "party.mov")
    (folder / "party.en.srt").write_text("1\n00:00:00,500 --> 00:00:02,500\nGood night, moon.\n", "utf-8")
    (folder / "holiday").mkdir()
    for name in ("one.mov", "two.mov"):
        shutil.copy(folder / "party.mov", folder / "holiday" / name)
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", folder / "examples")
    shim = tmp_path / "bin" / "dreamreel"
    shim.parent.mkdir()
    program = tmp_path / "program.py"
    program.write_text(SHIM.format(small=SMALL), "utf-8")
    # Not a #! line with Python's path: that path may hold spaces.
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n', "utf-8")
    shim.chmod(0o755)
    return folder


def run_block(block: Block, folder: Path) -> None:
    """Run one block in a folder; a failure names the line and shows what was printed."""
    path = os.pathsep.join(
        [str(folder.parent / "bin"), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    if block.language == "python":
        jobs = [[sys.executable, "-W", "error", "-c", block.body]]
    else:
        jobs = [["bash", "-euo", "pipefail", "-c", command] for command in block.commands()]
    for job in jobs:
        done = subprocess.run(
            job,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        shown = f"line {block.line}: {job[-1]}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, shown
        assert "Traceback" not in done.stderr, shown


@pytest.mark.parametrize("path", DOCUMENTS, ids=document_name)
def test_what_a_document_shows_works(path: Path, scratch: Path) -> None:
    for block in blocks_of(path.read_text("utf-8")):
        if block.runs and block.language in {"console", "python"}:
            run_block(block, scratch)


@pytest.mark.parametrize("path", DOCUMENTS, ids=document_name)
def test_what_is_not_run_is_at_least_real(path: Path) -> None:
    for block in blocks_of(path.read_text("utf-8")):
        if block.language == "python":
            ast.parse(block.body)
        for command in block.commands() if block.language == "console" else []:
            words = shlex.split(command, comments=True)
            assert words[0] in PROGRAMS, f"line {block.line}: {words[0]} is not a program a reader has"
            if words[0] == "make":
                assert {word for word in words[1:] if "=" not in word} <= make_targets(), f"line {block.line}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=document_name)
def test_commands_are_shown_in_console_blocks(path: Path) -> None:
    shells = [
        b.line for b in blocks_of(path.read_text("utf-8")) if b.language in {"sh", "bash", "shell", "zsh"}
    ]
    assert shells == [], "use ```console and `$ `, so that the commands are run"


@pytest.mark.parametrize("path", DOCUMENTS, ids=document_name)
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    targets = [match["target"] or match["image"] for match in LINK.finditer(path.read_text("utf-8"))]
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_blocks_are_found_with_their_commands() -> None:
    text = "a\n```console\n$ dreamreel info \\\n  anna.jpg\nanna.jpg  192 × 192\n```\n```python no-run\nx = 1\n```\n"
    terminal, script = blocks_of(text)
    assert terminal.commands() == ["dreamreel info    anna.jpg"]
    assert (terminal.runs, terminal.line, script.language, script.runs) == (True, 2, "python", False)


def test_a_command_that_fails_is_noticed(scratch: Path) -> None:
    with pytest.raises(AssertionError, match="line 7"):
        run_block(Block("console", True, "$ ls anna.jpg\n$ ls nothing.jpg\n", 7), scratch)


def test_the_readme_begins_with_the_two_commands() -> None:
    shown = [c for b in blocks_of((ROOT / "README.md").read_text("utf-8")) for c in b.commands()]
    assert [command for command in shown if command.startswith("make")][:2] == ["make demo", "make test"]
