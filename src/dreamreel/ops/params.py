"""Typed op fields ⇄ the JSON parameters of a node.

    frozen dataclass ──to_params()──► {"at": "5/3", …} ──from_params(cls, …)──► the same dataclass

Exact times are integers or `"num/den"` texts. Reading checks every type, because a recipe may come from anywhere.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, Union, cast

from dreamreel.errors import RecipeInvalid
from dreamreel.graph import JSON, FrozenJSON, thaw

__all__ = ["fraction_json", "from_params", "to_params"]

_T = TypeVar("_T")
_EXACT = re.compile(r"-?[0-9]{1,60}(/0{0,9}[1-9][0-9]{0,59})?")


def fraction_json(value: Fraction) -> int | str:
    """An integer, or `"num/den"`."""
    return value.numerator if value.denominator == 1 else str(value)


def to_params(value: object) -> dict[str, JSON]:
    """The fields of a frozen dataclass as JSON data."""
    hints = _hints(type(value))
    return {name: _out(getattr(value, name), hint) for name, hint in hints.items()}


def from_params(cls: type[_T], params: Mapping[str, FrozenJSON]) -> _T:
    """The dataclass `cls` with the fields of `params`; missing ones take their defaults. Raises `RecipeInvalid`."""
    hints = _hints(cls)
    if unknown := sorted(set(params) - set(hints)):
        raise RecipeInvalid(f"the recipe gives {cls.__name__} an unknown parameter {unknown[0]!r}.")
    try:
        return cls(**{name: _in(params[name], hints[name], f"{cls.__name__}.{name}") for name in params})
    except TypeError:
        raise RecipeInvalid(f"the recipe does not give all parameters of {cls.__name__}.") from None


@cache
def _hints(cls: type) -> dict[str, object]:
    hints = typing.get_type_hints(cls)
    return {item.name: hints[item.name] for item in dataclasses.fields(cls)}


def _out(value: object, hint: object) -> JSON:
    match value:
        case Fraction():
            return fraction_json(value)
        case Path():
            return str(value)
        case Mapping():
            return thaw(cast("FrozenJSON", value))
        case tuple():
            return [_out(item, None) for item in cast("tuple[object, ...]", value)]
        case None | bool() | str():
            return value
        case int() if hint is float or float in typing.get_args(hint):
            return float(value)
        case int() | float():
            return value
        case _:
            return to_params(value)


def _in(value: FrozenJSON, hint: object, where: str) -> object:
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        return _in_union(value, typing.get_args(hint), where)
    if origin is Literal:
        return _expect(value in typing.get_args(hint), value, where)
    if origin is tuple:
        item = typing.get_args(hint)[0]
        _expect(isinstance(value, tuple), value, where)
        return tuple(_in(entry, item, where) for entry in cast("tuple[FrozenJSON, ...]", value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _expect(isinstance(value, Mapping), value, where)
    if hint is Fraction:
        return _fraction(value, where)
    if hint is Path:
        return Path(str(_expect(isinstance(value, str), value, where)))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        _expect(isinstance(value, Mapping), value, where)
        return from_params(hint, cast("Mapping[str, FrozenJSON]", value))
    if hint is float:
        number = _expect(isinstance(value, (int, float)) and not isinstance(value, bool), value, where)
        return float(cast("float", number))
    fits = isinstance(value, cast("type", hint)) and (hint is bool or not isinstance(value, bool))
    return _expect(fits, value, where)


def _in_union(value: FrozenJSON, choices: tuple[object, ...], where: str) -> object:
    if value is None and type(None) in choices:
        return None
    rest = [choice for choice in choices if choice is not type(None)]
    return _in(value, rest[0], where)


def _fraction(value: FrozenJSON, where: str) -> Fraction:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    # Only this form: Fraction("1e999999999") would fill the memory.
    if not isinstance(value, str) or not _EXACT.fullmatch(value):
        raise RecipeInvalid(f'the recipe\'s {where} is not an exact number such as 5 or "5/3".')
    return Fraction(value)


def _expect(fits: bool, value: FrozenJSON, where: str) -> FrozenJSON:
    if not fits:
        raise RecipeInvalid(f"the recipe's {where} is of the wrong kind.")
    return value
