"""What a shot needs, in coarse steps so that shots that look alike are treated alike. Pure.

Thresholds were set by eye on the real clips of the benchmarks at several qualities of H.264, with noise added, and on
drawn dreams: below them a step changes nothing that is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dreamreel.enhance.able import Able
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.findings import Findings, Shot
from dreamreel.graph import FrozenJSON
from dreamreel.neural.cleaning import NOISE_SEEN, SHOWN_SEEN, USUAL_RINGING, cleaning

__all__ = ["Need", "badness", "needs_of", "words"]

_NOISE: Final = (NOISE_SEEN, 15.0)
"""Steps of 255 from which noise is seen, and at which it is taken away with all strength."""
_TEMPORAL: Final = 3.5
"""Noise from which a network's own cleaning is not enough, and neighbours in time help."""
_LEFT: Final = 0.35
"""Of noise, what averaging over time leaves."""
_BLOCKS: Final = (SHOWN_SEEN, 0.7)
_RINGS: Final = (0.5, 1.0)
_COARSE: Final = 5
"""Strengths come in so many steps."""


_KINDS: Final = {
    "blocks": "compression's blocks",
    "halos": "halos around edges",
    "bands": "steps in smooth surfaces",
}


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is bad about a shot."""

    kind: str
    """noise, blocks, halos, or network: how much the network shall clean."""
    amount: float
    """0 to 1, in coarse steps."""
    value: float
    """What was measured."""
    verb: str = ""
    """The verb of `Clip` that helps; empty for what the network does."""
    args: Mapping[str, FrozenJSON] = field(default_factory=dict[str, FrozenJSON])
    told: str = ""
    """What is done, in words."""


def words(need: Need, values: Sequence[float]) -> str:
    """What was found, over all shots of a stretch."""
    if need.kind == "bands":
        return "asked for: steps in smooth surfaces"
    low, high = min(values), max(values)
    digits = 1 if need.kind == "noise" else 2
    span = (
        f"{low:.{digits}f}"
        if f"{low:.{digits}f}" == f"{high:.{digits}f}"
        else f"{low:.{digits}f}–{high:.{digits}f}"
    )
    if need.kind == "noise":
        return f"noise: σ {span} of 255"
    return f"{_KINDS[need.kind]}: {span} of 1"


def badness(shot: Shot, findings: Findings) -> float:
    """How much a shot needs cleaning, 0 (not at all) to 1 (with all that a network does).

    It follows from the decibels of luma that the shot must have lost to its noise and to compression.
    """
    # Strong noise is averaged away before the network sees it.
    noise = shot.noise * (_LEFT if shot.noise >= _TEMPORAL and not findings.still else 1.0)
    return cleaning(noise, findings.coarse, max(shot.blocking, shot.ringing - USUAL_RINGING))


def needs_of(shot: Shot, findings: Findings, asked: Asked, able: Able) -> tuple[Need, ...]:
    """What a shot needs, in the order it is done; the network's own cleaning last."""
    steers = any(
        net.strength and net.family != "face" and asked.model in ("auto", net.family) for net in able.nets
    )
    much = asked.strength
    found: list[Need] = []
    amount = _amount(shot.blocking, _BLOCKS, asked.deblock, much, steers=steers)
    if amount and "deblock" in able.verbs:
        found.append(
            Need(
                "blocks", amount, shot.blocking, "deblock", {"strength": amount}, f"smoothed, {amount:g} of 1"
            )
        )
    amount = _amount(shot.ringing, _RINGS, asked.dehalo, much, steers=steers)
    if amount and "dehalo" in able.verbs:
        found.append(
            Need(
                "halos", amount, shot.ringing, "dehalo", {"strength": amount}, f"taken back, {amount:g} of 1"
            )
        )
    found += _noise(shot, findings, asked, steers)
    if asked.deband == "on" and "deband" in able.verbs:
        amount = 0.4 if much is None else much
        found.append(Need("bands", amount, 0.0, "deband", {"strength": amount}, f"smoothed, {amount:g} of 1"))
    if steers:
        strength = badness(shot, findings) if much is None else much
        found.append(Need("network", strength, badness(shot, findings)))
    return tuple(found)


def _noise(shot: Shot, findings: Findings, asked: Asked, steers: bool) -> list[Need]:
    """Noise goes by averaging over time, before the network; weak noise the network takes by itself."""
    least = _TEMPORAL if steers and asked.denoise == "auto" else 0.0
    amount = _amount(shot.noise, _NOISE, asked.denoise, asked.strength, steers=False)
    if not amount or (shot.noise < least and asked.denoise != "on"):
        return []
    if findings.still:
        return [Need("noise", amount, shot.noise, "denoise", {"strength": amount, "method": "fine"},
                     f"denoised, {amount:g} of 1")]  # fmt: skip
    # What averaging calls 0.3 takes as much as there is; stronger noise leaves more that looks like detail.
    strength = 0.3 if asked.strength is None and amount <= 0.6 else 0.4 if asked.strength is None else amount
    return [Need("noise", strength, shot.noise, "denoise", {"strength": strength, "method": "temporal"},
                 f"temporal denoise {strength:g}")]  # fmt: skip


def _amount(
    value: float, limits: tuple[float, float], choice: str, strength: float | None, *, steers: bool
) -> float:
    """How much is done against something: what was found, or what was asked; nothing where the network does it."""
    if choice == "off" or (steers and choice == "auto"):
        return 0.0
    share = _coarse(_share(value, limits))
    if choice == "on":
        return strength if strength is not None else max(share, 2 / _COARSE)
    return share if strength is None or not share else strength


def _share(value: float, limits: tuple[float, float]) -> float:
    """0 below the first limit, at least one coarse step above it, 1 from the second on."""
    low, high = limits
    if value < low:
        return 0.0
    return min(1.0, max(1 / _COARSE, value / high))


def _coarse(share: float) -> float:
    return round(share * _COARSE) / _COARSE if share else 0.0
