"""Findings and abilities made by hand."""

from __future__ import annotations

from fractions import Fraction

from dreamreel.enhance.able import VERBS, Able, Net
from dreamreel.enhance.findings import Findings, Shot

CLEAN = (Net("clean", "s", 2), Net("clean", "m", 2))
GENERAL = (Net("general", "s", 2, True), Net("general", "m", 2, True))
PLAIN = Able(nets=CLEAN, verbs=VERBS)
FULL = Able(nets=(*CLEAN, *GENERAL), verbs=VERBS)


def film(width: int = 640, height: int = 480, *shots: dict[str, float], **facts: object) -> Findings:
    """A film of two-second shots."""
    rows = shots or ({},)
    made = tuple(
        Shot(start=Fraction(2 * n), end=Fraction(2 * n + 2), **row)  # pyright: ignore[reportArgumentType]
        for n, row in enumerate(rows)
    )
    given = {"name": "party.mp4", "width": width, "height": height, "duration": Fraction(2 * len(made)), "shots": made,
             "rate": Fraction(25), **facts}  # fmt: skip
    return Findings(**given)  # pyright: ignore[reportArgumentType]
