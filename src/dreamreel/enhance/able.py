"""What this installation can do: the networks that are there, and the verbs a clip has."""

from __future__ import annotations

import json
import platform
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreamreel.neural.catalog import Precision

__all__ = ["VERBS", "Able", "Net", "able", "settle", "settled", "settled_before"]

_CHOICE = "precision.json"

VERBS = (
    "auto_colour", "deband", "deblock", "dehalo", "deinterlace", "denoise", "grain", "interpolate", "restore",
    "restore_film","sharpen", "stabilize", "to_hdr", "upscale",
)  # fmt: skip
"""Verbs of `Clip` that a proposal may use."""


@dataclass(frozen=True, slots=True)
class Net:
    """One network that is there."""

    family: str
    size: str
    scale: int
    strength: bool = False
    """Whether it takes a strength."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """What can be proposed."""

    nets: tuple[Net, ...] = ()
    others: tuple[Net, ...] = ()
    """Installed weights of others: their names as families, without a size."""
    verbs: tuple[str, ...] = ()

    def families(self) -> tuple[str, ...]:
        """The families that enlarge, in the order of the catalogue."""
        return tuple(dict.fromkeys(net.family for net in self.nets if net.scale > 1))

    def net(self, family: str, size: str, scale: int) -> Net | None:
        """The network of that kind, or None."""
        return next(
            (net for net in self.nets if (net.family, net.size, net.scale) == (family, size, scale)), None
        )

    def other(self, name: str) -> Net | None:
        """The installed weights of that name, or None."""
        return next((net for net in self.others if net.family == name), None)

    def sizes(self, family: str) -> tuple[str, ...]:
        """The sizes a family has at twice the size, smallest first."""
        return tuple(size for size in "sml" if self.net(family, size, 2))


def able() -> Able:
    """What this installation has."""
    from dreamreel.clip import Clip
    from dreamreel.neural.catalog import networks
    from dreamreel.neural.community.store import installed

    nets = tuple(Net(one.family, one.size, one.scale, one.strength) for one in networks())
    others = tuple(Net(name, "", one.card.scale) for name, one in installed().items())
    return Able(nets=nets, others=others, verbs=tuple(verb for verb in VERBS if hasattr(Clip, verb)))


def settled() -> Precision:
    """The precision that networks are computed in on this machine: found once, and the same from then on.

    A render that goes on after it was stopped must make the same samples, so what was the fastest is written down.
    """
    from dreamreel.neural.machine import fastest

    if (known := settled_before()) is not None:
        return known
    choice = fastest()
    settle(choice)
    return choice


def settled_before() -> Precision | None:
    """The precision that was written down; None when nobody has tried yet."""
    from dreamreel.neural.catalog import PRECISIONS
    from dreamreel.render.store import state_file

    try:
        known = json.loads(state_file(_CHOICE).read_text(encoding="utf-8"))
        return (
            known["precision"]
            if known["machine"] == _machine() and known["precision"] in PRECISIONS
            else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # Not written yet, or not by this program.


def settle(choice: Precision) -> None:
    """Write a precision down; where that cannot be, it is found anew next time."""
    from dreamreel.media.atomic import atomic_write
    from dreamreel.render.store import state_file

    path = state_file(_CHOICE)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_write(path) as part:
            part.write_text(json.dumps({"machine": _machine(), "precision": choice}), encoding="utf-8")


def _machine() -> str:
    return f"{platform.machine()} {platform.processor()} {platform.node()}"
