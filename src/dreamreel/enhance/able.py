"""What this installation can do: the networks that are there, and the verbs a clip has."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["VERBS", "Able", "Net", "able"]

VERBS = (
    "auto_colour", "colourise", "deband", "deblock", "dehalo", "deinterlace", "denoise", "grain", "interpolate",
    "restore", "restore_film", "sharpen", "stabilize", "to_hdr", "upscale",
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
    fields: bool = False
    """Whether there is a network that makes whole frames of fields."""

    def families(self) -> tuple[str, ...]:
        """The families that enlarge whole pictures, in the order of the catalogue."""
        return tuple(name for name in dict.fromkeys(net.family for net in self.nets) if name != "face")

    def net(self, family: str, size: str, scale: int) -> Net | None:
        """The network of that kind, or None."""
        return next(
            (net for net in self.nets if (net.family, net.size, net.scale) == (family, size, scale)), None
        )

    def scales(self, family: str, size: str) -> tuple[int, ...]:
        """How many times larger the networks of that kind make a picture, smallest first."""
        return tuple(sorted(net.scale for net in self.nets if (net.family, net.size) == (family, size)))

    def other(self, name: str) -> Net | None:
        """The installed weights of that name, or None."""
        return next((net for net in self.others if net.family == name), None)

    def sizes(self, family: str) -> tuple[str, ...]:
        """The sizes a family has at twice the size, smallest first."""
        return tuple(size for size in "sml" if self.net(family, size, 2))


def able() -> Able:
    """What this installation has."""
    from dreamreel.clip import Clip
    from dreamreel.neural.catalog import networks, shipped
    from dreamreel.neural.community.store import installed

    nets = tuple(Net(one.family, one.size, one.scale, one.strength) for one in networks())
    there = installed().items()
    others = tuple(
        Net(name, "", one.card.scale) for name, one in there if one.card.use in ("enlarge", "restore")
    )
    colours = any(one.card.use == "colourise" for _, one in there)
    verbs = tuple(verb for verb in VERBS if hasattr(Clip, verb) and (colours or verb != "colourise"))
    fields = any(one.family == "deinterlace" for one in shipped())
    return Able(nets=nets, others=others, verbs=verbs, fields=fields)
