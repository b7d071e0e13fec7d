"""Everything a file holds besides its pictures: kept in every other container, or its loss is told.

`python -m tests.render.test_keeping` writes the table of docs/convert.md anew.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from tests.render.keeping import ITEMS, SOURCES, TARGETS, Outcome, converted, outcomes, rich

from dreamreel.media.probe import probe

DOCS = Path(__file__).parent.parent.parent / "docs" / "convert.md"
BEGIN, END = "<!-- kept: begin -->", "<!-- kept: end -->"
_MARKS = {"kept": "✓", "told": "told", "–": "–"}


def row(folder: Path, source: str) -> dict[str, list[Outcome]]:
    """What becomes of a rich file of one container in every other, by target."""
    path = rich(folder / f"rich.{source}")
    before = probe(path)
    made: dict[str, list[Outcome]] = {}
    for target in TARGETS:
        plan, out = converted(path, folder / f"from-{source}.{target}")
        made[target] = outcomes(before, plan, out)
    return made


def table(source: str, found: dict[str, list[Outcome]]) -> str:
    """The outcomes as a table of the documentation."""
    lines = [f"| from {source} to | {' | '.join(TARGETS)} |", f"|---|{'---|' * len(TARGETS)}"]
    for number, item in enumerate(ITEMS):
        cells = [_MARKS.get(found[target][number].what, "LOST") for target in TARGETS]
        if set(cells) != {"–"}:
            lines.append(f"| {item} | {' | '.join(cells)} |")
    return "\n".join(lines)


@pytest.mark.parametrize("source", SOURCES)
def test_nothing_is_lost_without_a_word(tmp_path, source):
    found = row(tmp_path, source)
    silent = [
        (target, one.item, one.why) for target in TARGETS for one in found[target] if one.what == "lost"
    ]
    assert silent == []
    assert table(source, found) in DOCS.read_text(encoding="utf-8"), "python -m tests.render.test_keeping"


def test_places_do_not_travel(tmp_path):
    path = rich(tmp_path / "rich.mp4")
    assert b"48.1374" in path.read_bytes()
    for suffix in ("mp4", "mkv", "mov", "webm", "mp3", "flac", "opus", "wav", "m4a"):
        _, out = converted(path, tmp_path / f"o.{suffix}")
        content = out.read_bytes()
        assert b"48.1374" not in content, suffix
        assert b"Anna" in content, suffix


def test_places_travel_when_asked_to(tmp_path):
    path = rich(tmp_path / "rich.mkv")
    _, out = converted(path, tmp_path / "o.mkv", keep_location=True)
    assert b"48.1374" in out.read_bytes()


@pytest.mark.parametrize(
    ("source", "target"), [("mp4", "mkv"), ("mkv", "mp4"), ("mov", "mov"), ("ts", "mp4")]
)
def test_copies_are_the_same_bits(tmp_path, source, target):
    path = rich(tmp_path / f"rich.{source}")
    _, out = converted(path, tmp_path / f"o.{target}")
    assert _decoded(out) == _decoded(path)


def _decoded(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as source:
        pictures = [bytes(frame.planes[0]) for frame in source.decode(video=0)]
    with av.open(str(path)) as source:
        return [*pictures, *(frame.to_ndarray().tobytes() for frame in source.decode(audio=0))]


def test_sound_and_picture_stay_in_step(tmp_path):
    path = rich(tmp_path / "rich.mkv")
    before = probe(path)
    for target in ("mp4", "mov", "mkv"):
        _, out = converted(path, tmp_path / f"o.{target}")
        after = probe(out)
        gaps = [file.audio[0].start - file.main_video.start for file in (before, after) if file.main_video]
        assert abs(gaps[0] - gaps[1]) <= 0.0011


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        tables = [table(source, row(Path(name), source)) for source in SOURCES]
    text = DOCS.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    sys.stdout.write("\n\n".join(tables) + "\n")
    DOCS.write_text(
        f"{head}{BEGIN}\n\n" + "\n\n".join(tables) + f"\n\n{END}{rest.partition(END)[2]}", "utf-8"
    )
