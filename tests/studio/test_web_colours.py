"""The colours of the page: text and the edges of controls can be told from what is behind them, in every theme."""

from __future__ import annotations

import re
from importlib import resources

import pytest

PAPERS = ("paper", "paper-glow", "surface", "surface-sunken", "surface-raised")
SOFT = ("accent-soft", "accent-softer")
TEXT = [
    *((ink, behind) for ink in ("ink", "ink-soft", "accent-ink") for behind in (*PAPERS, *SOFT)),
    *(("ink-faint", behind) for behind in PAPERS),
    *(("on-accent", behind) for behind in ("accent", "accent-hover", "accent-pressed")),
    *((kind, behind) for kind in ("good", "bad", "warn") for behind in (f"{kind}-soft", "surface", "surface-raised")),
    *(("ink", behind) for behind in ("good-soft", "bad-soft", "warn-soft")),
    ("on-bad", "bad"), ("on-bad", "bad-hover"), ("honey-ink", "honey-soft"), ("honey-ink", "surface"),
    ("night-ink", "night"), ("night-soft", "night"), ("night-soft", "night-deep"),
]  # fmt: skip
EDGES = [
    (edge, behind)
    for edge in ("line-strong", "accent", "focus")
    for behind in ("paper", "surface", "surface-sunken")
]


def _theme(name: str) -> dict[str, str]:
    text = (resources.files("dreamreel.studio") / "web" / "tokens.css").read_text(encoding="utf-8")
    selectors = [":root {"] + ([] if name == "light" else [f':root[data-theme="{name}"] {{'])
    found: dict[str, str] = {}
    for selector in selectors:
        body = text[text.index(selector) :]
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6});", body[: body.index("}")]))
    return found


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "least"), [("light", 4.5), ("dark", 4.5), ("contrast", 7.0)])
def test_text_can_be_read(theme: str, least: float) -> None:
    colours = _theme(theme)
    low = {pair: ratio for pair in TEXT if (ratio := _ratio(colours[pair[0]], colours[pair[1]])) < least}
    assert low == {}


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_edges_of_controls_can_be_seen(theme: str) -> None:
    colours = _theme(theme)
    low = {pair: ratio for pair in EDGES if (ratio := _ratio(colours[pair[0]], colours[pair[1]])) < 3}
    assert low == {}
