"""`doctor`: each check says what is wrong and what to do."""

from __future__ import annotations

import json

from tests.cli.terminal import started, typed
from tests.neural.community.making import compact, safetensors

from dreamreel.cli import doctor
from dreamreel.cli.doctor import CHECKS, Check, Finding
from dreamreel.lockdown import available
from dreamreel.neural.community.store import add


def test_a_good_installation_says_so_and_nothing_else_speaks():
    ran = started("doctor", "--json", PYTHONIOENCODING="utf-8")
    assert (ran.code, ran.err) == (0, "")
    assert [row["check"] for row in ran.events] == [check.id for check in CHECKS]
    assert all(set(row) == {"check", "status", "detail", "fix"} for row in ran.events)
    assert not any(row["status"] == "failed" for row in ran.events)


def test_every_warning_says_what_to_do(capsys, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MEMORY", "100")
    rows = {row["check"]: row for row in map(json.loads, typed(capsys, "doctor", "--json").out.splitlines())}
    assert rows["machine"]["status"] == "warning"
    assert rows["machine"]["fix"] == "close other programs for 1080p and larger"


def test_something_missing_is_exit_code_4(capsys, monkeypatch):
    def broken() -> Finding:
        raise OSError("no such library")

    monkeypatch.setattr(
        doctor, "CHECKS", (Check("drawing", broken), Check("fonts", lambda: Finding("ok", "one")))
    )
    ran = typed(capsys, "doctor")
    assert ran.code == 4
    assert ran.out.splitlines()[0].startswith("✗ drawing   the check broke (OSError: no such library)")
    assert ran.complaint == "Not everything needed is here (drawing); the lines marked ✗ say what to do."


def test_a_store_that_cannot_be_written_is_found(tmp_path, capsys, monkeypatch):
    (tmp_path / "home").touch()
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))
    ran = typed(capsys, "doctor")
    assert ran.code == 4
    assert "✗ store" in ran.out


def test_the_sandbox_of_this_machine_is_told(capsys):
    rows = {row["check"]: row for row in map(json.loads, typed(capsys, "doctor", "--json").out.splitlines())}
    found = available()
    assert rows["sandbox"]["detail"] + "." == found.detail
    assert (rows["sandbox"]["status"] == "ok") == (found.level == "full") == (not rows["sandbox"]["fix"])


def test_weights_that_were_changed_are_found(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    add(safetensors(tmp_path / "mine.safetensors", compact()), lambda _: True)
    assert models_row(capsys)["detail"].endswith("1 file of weights as they were added")
    path = tmp_path / "models" / "mine.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    row = models_row(capsys)
    assert (row["status"], row["detail"]) == ("warning", "changed or damaged: mine")


def models_row(capsys):
    rows = map(json.loads, typed(capsys, "doctor", "--json").out.splitlines())
    return next(row for row in rows if row["check"] == "models")
