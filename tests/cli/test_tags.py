"""`dreamreel tags`: shown, edited, and refused where the words do not fit."""

from __future__ import annotations

import pytest
from tests.cli.terminal import typed
from tests.fuzz_media import SEEDS


@pytest.fixture
def film(tmp_path):
    """A small film."""
    path = tmp_path / "film.mkv"
    path.write_bytes(SEEDS["h264.mkv"]())
    return path


def test_tags_are_written_and_shown(capsys, film, tmp_path):
    out = tmp_path / "out.mkv"
    ran = typed(
        capsys,
        "tags",
        film,
        "--set",
        "title=Anna = 1",
        "--set",
        "mood=calm",
        "--language",
        "1=deu",
        "-o",
        out,
    )
    assert (ran.code, ran.out.strip()) == (0, str(out))
    shown = typed(capsys, "tags", out).out
    assert "Anna = 1" in shown
    assert "calm" in shown
    assert "track 1         aac, ger" in shown
    (found,) = typed(capsys, "tags", out, "--json").events
    assert ["title", "Anna = 1"] in found["tags"]
    assert found["tracks"][1]["language"] == "ger"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "title"), "is not of the form NAME=TEXT"),
        (("--language", "deu=1"), "does not begin with a track's number"),
        (("--default", "9"), "has no track 9"),
    ],
)
def test_words_that_do_not_fit(capsys, film, options, words):
    ran = typed(capsys, "tags", film, *options)
    assert ran.code == 2
    assert words in ran.complaint
