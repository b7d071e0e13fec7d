"""`dreamreel repair`: what is told, where the result goes, and what is left alone."""

from __future__ import annotations

from pathlib import Path

from tests.cli.terminal import typed
from tests.fuzz_media import SEEDS


def broken(path: Path, name: str, part: float = 0.7) -> Path:
    """A seed that was cut short."""
    whole = SEEDS[name]()
    path.write_bytes(whole[: int(len(whole) * part)])
    return path


def test_what_is_fine_is_left_alone(capsys, tmp_path):
    (tmp_path / "film.mkv").write_bytes(SEEDS["h264.mkv"]())
    ran = typed(capsys, "repair", tmp_path / "film.mkv")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Nothing is wrong with film.mkv; nothing was written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["film.mkv"]


def test_what_was_done_and_lost_is_told(capsys, tmp_path):
    ran = typed(capsys, "repair", broken(tmp_path / "film.mkv", "h264.mkv"))
    assert ran.code == 0
    assert ran.out.strip() == str(tmp_path / "film-repaired.mkv")
    assert "wrong     it is cut short" in ran.err
    assert "done      " in ran.err
    assert "s at the end" in ran.err
    assert "pictures decoded from beginning to end" in ran.err


def test_a_dry_run_only_says_what_is_wrong(capsys, tmp_path):
    ran = typed(capsys, "repair", broken(tmp_path / "film.mp4", "h264.mp4"), "--dry-run")
    assert ran.code == 0
    assert "its index (moov) is missing" in ran.out
    assert "--like GOOD" in ran.out
    assert len(list(tmp_path.iterdir())) == 1


def test_facts_as_data(capsys, tmp_path):
    path = broken(tmp_path / "film.mkv", "h264.mkv")
    (found,) = typed(capsys, "repair", path, "--dry-run", "--json").events
    assert (found["fine"], found["readable"], found["troubles"][0]["kind"]) == (False, True, "length")
    (made,) = typed(capsys, "repair", path, "--json").events
    assert Path(made["output"]).name == "film-repaired.mkv"
    assert made["undecodable"] == 0


def test_a_result_that_exists_is_kept(capsys, tmp_path):
    path = broken(tmp_path / "film.mkv", "h264.mkv")
    (tmp_path / "film-repaired.mkv").write_bytes(b"mine")
    ran = typed(capsys, "repair", path)
    assert ran.code == 5
    assert (tmp_path / "film-repaired.mkv").read_bytes() == b"mine"
