"""The documentation's tables come from the code, and every guarantee has its test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tools.docs_tables import PAGES, written

from dreamreel.cli import COMMANDS
from dreamreel.dream.cast import default_cast
from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard
from dreamreel.render.progress import Event

ROOT = Path(__file__).resolve().parent.parent
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_those_of_the_code(page):
    assert page.read_text("utf-8") == written(page), "run `.venv/bin/python tools/docs_tables.py`"


def test_the_tables_hold_every_command_and_everything_that_can_be_drawn():
    reference, guide = ((ROOT / "docs" / name).read_text("utf-8") for name in ("reference.md", "guide.md"))
    assert [name for name in COMMANDS if f"### {name}\n" not in reference] == []
    cast = default_cast()
    kinds = [*cast.actors, *cast.actions, *cast.settings]
    assert [kind for kind in kinds if f"| {kind.replace('_', ' ')} |" not in guide] == []


def test_storyboard_and_event_keys_are_documented():
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    keys = [
        *Storyboard.model_fields,
        *SettingCue.model_fields,
        *ActorCue.model_fields,
        *Event("plan").as_json(),
    ]
    assert [key for key in keys if f"`{key}`" not in reference] == []


def test_every_environment_variable_is_documented():
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    # The recipe's tag and completion's protocol are no settings.
    used = set(re.findall(r"\b(DREAMREEL_[A-Z]+)\b", source)) - {"DREAMREEL_RECIPE"}
    assert [name for name in sorted(used) if f"`{name}`" not in reference] == []


def proofs() -> list[tuple[str, str]]:
    return PROOF.findall((ROOT / "docs/guarantees.md").read_text("utf-8"))


def test_every_guarantee_names_a_test_that_exists():
    missing = [
        f"{path}::{name}"
        for path, name in proofs()
        if not (ROOT / path).is_file()
        or name
        not in {
            node.name
            for node in ast.parse((ROOT / path).read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
    ]
    assert missing == []


def test_every_line_of_the_guarantees_has_a_proof():
    lines = (ROOT / "docs/guarantees.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("|") and not line.startswith(("|---", "| promise"))]
    assert len(rows) > 20
    assert [row for row in rows if not PROOF.search(row)] == []
