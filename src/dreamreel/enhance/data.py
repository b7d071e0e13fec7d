"""The values of this room as JSON and back; exact times are integers or `"num/den"` texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from dreamreel.errors import BadParameter, RecipeInvalid
from dreamreel.graph import freeze
from dreamreel.ops.params import from_params, to_params

if TYPE_CHECKING:
    from dreamreel.graph import JSON, FrozenJSON

__all__ = ["dump", "load"]

_T = TypeVar("_T")


def dump(value: object) -> dict[str, JSON]:
    """A frozen value of this room (`Findings`, `Asked`, `Able`, `Proposal` …) as JSON data."""
    return to_params(value)


def load(cls: type[_T], data: object) -> _T:
    """The value of class `cls` from JSON data. Raises `BadParameter` when the data is not that of one."""
    try:
        frozen = freeze(data)
        if not isinstance(frozen, Mapping):
            raise RecipeInvalid("it is not a table of names and values")
        return from_params(cls, cast("Mapping[str, FrozenJSON]", frozen))
    except RecipeInvalid as error:
        raise BadParameter(f"{cls.__name__.lower()}: {str(error).rstrip('.')}.") from None
