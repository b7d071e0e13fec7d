"""What converters keep of one and the same file: Dreamreel beside the commands of HandBrake and FFmpeg, in one run.

    python benchmarks/keeping.py

A film with two sounds, two subtitle tracks, chapters, a font, a cover, tags, rotation and a varying frame rate becomes
an MP4 by each program, asked for nothing but that. Programs that are not installed are left out. "LosslessCut" is its
export: FFmpeg copying what it maps by default, video, sounds and subtitles as its stream table allows.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.render.keeping import ITEMS, rich  # noqa: E402

import dreamreel  # noqa: E402
from dreamreel.media.probe import probe  # noqa: E402

NOTHING = (None, 0, [], {}, [None, None], [False, False])
PEERS = {
    "FFmpeg": ["ffmpeg", "-v", "error", "-y", "-i", "{in}", "{out}"],
    "FFmpeg, copying": ["ffmpeg", "-v", "error", "-y", "-i", "{in}", "-c", "copy", "{out}"],
    "LosslessCut": ["ffmpeg", "-v", "error", "-y", "-i", "{in}", "-map", "0:v:0", "-map", "0:a", "-map", "0:s",
                    "-c", "copy", "-c:s", "mov_text", "-map_metadata", "0", "-movflags", "use_metadata_tags",
                    "-ignore_unknown", "-strict", "experimental", "{out}"],
    "HandBrake": ["HandBrakeCLI", "-i", "{in}", "-o", "{out}"],
}  # fmt: skip


def outcome(before: object, after: object) -> str:
    """What became of one item."""
    if before in NOTHING:
        return "–"
    return "✓" if after == before else "lost" if after in NOTHING else "changed"


def main() -> None:
    """Print the table."""
    columns: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = rich(folder / "film.mkv")
        known = {item: look(probe(source)) for item, look in ITEMS.items()}
        ours = dreamreel.open(source).write(folder / "ours.mp4")
        made = {"Dreamreel": ours}
        for peer, command in PEERS.items():
            if shutil.which(command[0]) is None:
                continue
            out = folder / f"{peer.replace(' ', '-')}.mp4"
            filled = [part.replace("{in}", str(source)).replace("{out}", str(out)) for part in command]
            done = subprocess.run(filled, capture_output=True, check=False)
            if done.returncode == 0 and out.exists():
                made[peer] = out
            else:
                columns[peer] = ["fails"] * len(ITEMS)
        for peer, path in made.items():
            found = probe(path)
            columns[peer] = [outcome(known[item], look(found)) for item, look in ITEMS.items()]
    names = ["Dreamreel", *(peer for peer in PEERS if peer in columns)]
    print(f"| MKV to MP4 | {' | '.join(names)} |")
    print(f"|---|{'---|' * len(names)}")
    for number, item in enumerate(ITEMS):
        print(f"| {item} | {' | '.join(columns[name][number] for name in names)} |")


if __name__ == "__main__":
    main()
