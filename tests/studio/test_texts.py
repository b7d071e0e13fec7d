"""The words of the page: every language has every text with the same gaps to fill, and what is asked for is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dreamreel.studio.static import LANGUAGES, texts

ROOT = Path(__file__).resolve().parents[2] / "src" / "dreamreel" / "studio"
ROOMS = sorted(folder.parent for folder in ROOT.rglob("texts") if folder.is_dir())
GAP = re.compile(r"\{(\w+)\}")
RUN = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
ASKED = re.compile(r"""\bt\(\s*["']([\w.-]+)["']""")


def catalogue(room: Path, language: str) -> dict[str, Any]:
    return json.loads((room / "texts" / f"{language}.json").read_text("utf-8"))


def gaps(text: Any) -> set[str]:
    """The names in braces of a text, of all its plural forms together."""
    return set(GAP.findall(json.dumps(text)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_language_has_every_text(room: Path, language: str) -> None:
    english, other = catalogue(room, "en"), catalogue(room, language)
    assert set(other) - {key for key in other if key.startswith("word.")} <= set(english)
    assert set(english) <= set(other)
    assert {key: gaps(other[key]) for key in english} == {key: gaps(english[key]) for key in english}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_plurals_have_their_general_form(language: str) -> None:
    for key, text in texts(language).items():
        if isinstance(text, dict):
            assert text.get("other"), key
        else:
            assert str(text).strip(), key


def test_every_text_that_a_script_asks_for_is_there() -> None:
    known = texts("en")
    asked = {
        (path.name, key)
        for path in ROOT.rglob("*.js")
        for key in ASKED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 100
    assert sorted((name, key) for name, key in asked if key not in known) == []


def test_scripts_hold_no_markup_that_a_browser_would_run() -> None:
    for path in ROOT.rglob("*.js"):
        assert not RUN.search(path.read_text("utf-8")), path.name


def test_pages_ask_nobody_else() -> None:
    for path in [*ROOT.rglob("*.js"), *ROOT.rglob("*.css"), *ROOT.rglob("*.html")]:
        found = re.findall(r"https?://[^\s\"'`)]+", path.read_text("utf-8"))
        assert [address for address in found if not address.startswith("http://www.w3.org/")] == [], path.name
