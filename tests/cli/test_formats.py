"""`formats`: what can be read and written here, tried when asked."""

from __future__ import annotations

import json

import pytest
from tests.cli.terminal import typed

from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.media.formats import CONTAINERS
from dreamreel.media.installed import Ability, abilities, tried


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path))


def test_everything_in_words_fits_the_terminal(capsys):
    lines = typed(capsys, "formats").out.splitlines()
    assert lines[0].startswith("Containers")
    assert "Picture codecs" in lines
    assert all(len(line) <= 96 for line in lines)
    names = {line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")}
    assert {row.key for row in VIDEO_CODECS} <= names


def test_words_narrow_it(capsys):
    out = typed(capsys, "formats", "prores").out
    assert "proxy" in out
    assert "  mov " in out
    assert "  webm " not in out


def test_as_data(capsys):
    rows = [json.loads(line) for line in typed(capsys, "formats", "--json").out.splitlines()]
    found = {(row["kind"], row["name"]): row for row in rows}
    assert {("container", row.name) for row in CONTAINERS if row.kind != "picture"} <= set(found)
    assert found["video", "prores"]["profiles"][0] == "hq"
    assert found["video", "theora"]["writes"] is False
    assert found["video", "theora"]["reads"] is True
    assert found["container", "ogv"]["writes"] is False
    assert found["picture", "png"]["writes"] is True


def test_trying_writes_and_reads_back(capsys):
    rows = [
        json.loads(line) for line in typed(capsys, "formats", "utvideo", "--check", "--json").out.splitlines()
    ]
    assert {row["name"]: row["tried"] for row in rows} == {"avi": True, "nut": True, "utvideo": True}


def test_what_does_not_work_fails_when_it_is_tried():
    wrong = Ability(kind="container", name="webm", title="", reads=True, writes=True, audio=("wma",))
    assert tried(wrong).tried is False


def test_everything_that_is_said_to_be_written_can_be():
    for one in abilities():
        if one.kind in ("video", "audio", "container") and one.writes:
            assert tried(one).tried, one.name


def test_words_that_fit_nothing(capsys):
    ran = typed(capsys, "formats", "betamax")
    assert ran.code == 2
    assert ran.complaint == "nothing here is called 'betamax'; `dreamreel formats` shows everything."
