"""Words, numbers and columns as people see them."""

from __future__ import annotations

import pytest

from dreamreel.cli.output import ProgressView, aligned
from dreamreel.render.progress import Event
from dreamreel.wording import duration_text, listing, plural, size_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (424_000_000, "424 MB"), (3 * 10**12, "3.0 TB")],
)
def test_sizes(count, text):
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (59.4, "59 s"), (80, "1 min 20 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text


def test_lists_and_plurals():
    assert [listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"]), listing([])] == [
        "a",
        "a and b",
        "a, b and c",
        "",
    ]
    assert [plural(1, "process", "processes"), plural(2, "face")] == ["1 process", "2 faces"]


def test_columns_are_wrapped_between_words(monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    lines = aligned([("setting", "night sky at night with a great many words to say"), ("mood", "calm")])
    assert lines == [
        "setting   night sky at night with a great",
        "          many words to say",
        "mood      calm",
    ]


def shown(capsys, *events: Event, as_json: bool = False) -> list[str]:
    with ProgressView(as_json) as view:
        for event in events:
            view(event)
    said = capsys.readouterr()
    return (said.out if as_json else said.err).splitlines()


def test_plain_progress_is_a_line_every_tenth(capsys):
    lines = shown(capsys, *(Event("picture", n, 40, 20.0, (40 - n) / 20) for n in range(1, 41)))
    assert len(lines) == 11
    assert lines[0] == "Painting 1/40, 20.0 fps"
    assert lines[5] == "Painting 20/40, 20.0 fps, 1 s left"


def test_frames_found_are_told(capsys):
    lines = shown(
        capsys, Event("plan", 0, 48), Event("plan", 24, 48, segment=1, segments=2), Event("done", 48, 48)
    )
    assert lines == ["24 of 48 frames are there from before."]


def test_json_progress_has_one_schema(capsys):
    (line,) = shown(capsys, Event("picture", 1, 2, 3.5, None, 0, 1), as_json=True)
    assert line == (
        '{"event": "progress", "stage": "picture", "frame": 1, "frames": 2, "fps": 3.5, "eta": null, "segment": 0, '
        '"segments": 1, "message": "", "concealed": 0}'
    )
