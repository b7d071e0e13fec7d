"""What is proposed for a clip: a chain of steps for each stretch, each with its reason. Plain values, JSON-able."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from dreamreel.graph import FrozenJSON

__all__ = ["Proposal", "Step", "Stretch"]


@dataclass(frozen=True, slots=True)
class Step:
    """One verb of `Clip` with what it is given, and why."""

    verb: str
    args: Mapping[str, FrozenJSON]
    reason: str
    """In plain words: what was found → what is done."""

    @property
    def key(self) -> tuple[str, tuple[tuple[str, FrozenJSON], ...]]:
        """What is done, without the reason."""
        return self.verb, tuple(sorted(self.args.items()))


@dataclass(frozen=True, slots=True)
class Stretch:
    """One or more shots in a row that are treated alike."""

    start: Fraction
    end: Fraction
    shots: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A chain: `before` on the whole, then what differs in each stretch, then `after` on the whole."""

    before: tuple[Step, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    """Empty when all of the clip is treated alike."""
    after: tuple[Step, ...] = ()
    width: int = 0
    height: int = 0
    """Of the result."""
    plain: bool = False
    """True for a plain resize: a smaller size was asked for."""
    faces: str = ""
    """Where faces are, of a film that was looked through for them; see `Findings`."""
    network: str = ""
    """The networks in words: `general, m`; empty when there is none."""
    notes: tuple[str, ...] = ()
    """What the user should know."""
    offers: tuple[str, ...] = ()
    """What was found and is done only when asked for, with the option that does it."""
    better: tuple[str, ...] = ()
    """What would make the result better: what is not installed, or what was asked otherwise."""

    @property
    def nothing(self) -> bool:
        """True when there is nothing to do."""
        return not (self.before or self.after or any(stretch.steps for stretch in self.stretches))

    def steps(self) -> tuple[Step, ...]:
        """All steps in order; those of stretches once for each stretch."""
        middle = tuple(step for stretch in self.stretches for step in stretch.steps)
        return (*self.before, *middle, *self.after)

    def without(self, verb: str, start: Fraction | None = None) -> Proposal:
        """The proposal without a kind of step, in the stretch that begins at `start` or everywhere."""

        def kept(steps: tuple[Step, ...]) -> tuple[Step, ...]:
            return tuple(step for step in steps if step.verb != verb)

        stretches = tuple(
            replace(one, steps=kept(one.steps)) if start in (None, one.start) else one
            for one in self.stretches
        )
        if start is not None:
            return replace(self, stretches=stretches)
        return replace(self, before=kept(self.before), stretches=stretches, after=kept(self.after))
