"""A preset as a value, and its form on disk: TOML or JSON, with a version and small steps from older ones.

[presets.NAME]
title = "…"            what people call it
description = "…"      one sentence
extends = "OTHER"      everything of another preset that is not said here
wish = { … }           fields of `Wish`: how to encode
limits = { … }         fields of `Limits`: what is copied as it is, what must not be exceeded
"""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType, UnionType
from typing import Final, cast

from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter
from dreamreel.time import fraction_text, frame_rate, seconds

__all__ = ["STEPS", "VERSION", "Limits", "Preset", "Rows", "as_data", "built", "rows_of", "to_toml"]

VERSION: Final = 1
"""Of the form on disk."""

Rows = Mapping[str, Mapping[str, object]]
"""Presets as data, by name."""
Step = Callable[[dict[str, object]], dict[str, object]]
STEPS: Final[Mapping[int, Step]] = MappingProxyType({})
"""From the version that is the key to the next one."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_KEYS: Final = frozenset({"title", "description", "extends", "family", "wish", "limits"})
_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a target takes. None: anything."""

    codecs: tuple[str, ...] = ()
    """Picture codecs that are copied as they are."""
    pix_fmts: tuple[str, ...] = ()
    """Pixel formats it shows; the first is the usual one."""
    hdr: bool = False
    """Whether it shows PQ and HLG."""
    audio_codecs: tuple[str, ...] = ()
    """Sound codecs that are copied as they are."""
    channels: int | None = None
    """Most sound channels."""
    long_side: int | None = None
    short_side: int | None = None
    """Most pixels of the longer and the shorter side, whichever way up the picture is."""
    rate: Fraction | None = None
    """Most frames per second."""
    length: Fraction | None = None
    """Most seconds."""
    size: int | None = None
    """Most bytes."""
    bitrate: int | None = None
    """Most bits per second of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What to make for one kind of target."""

    name: str
    title: str
    description: str
    family: str
    wish: Wish
    limits: Limits


def rows_of(data: object, where: str, steps: Mapping[int, Step] = STEPS, version: int = VERSION) -> Rows:
    """The rows of a file of presets, brought to this version. Raises `BadParameter`; `where` names the file."""
    if not isinstance(data, Mapping):
        raise BadParameter(f"{where} holds no presets.")
    whole = {str(key): value for key, value in cast("Mapping[object, object]", data).items()}
    found = whole.get("version", version)
    if not isinstance(found, int) or not 0 < found <= version:
        raise BadParameter(f"{where} was written for another version of presets ({found}); update dreamreel.")
    presets = whole.get("presets")
    if not isinstance(presets, Mapping) or not presets:
        raise BadParameter(f"{where} holds no presets; it needs a table [presets.NAME].")
    rows: dict[str, Mapping[str, object]] = {}
    for key, row in cast("Mapping[object, object]", presets).items():
        name = str(key)
        if not _NAME.fullmatch(name) or not isinstance(row, Mapping):
            raise BadParameter(
                f"{where}: {name[:40]!r} is not a preset; a name is of a–z, 0–9, dots and hyphens."
            )
        row = {str(one): value for one, value in cast("Mapping[object, object]", row).items()}
        for number in range(found, version):
            row = steps[number](row)
        rows[name] = row
    return rows


def built(name: str, rows: Rows, family: str) -> Preset:
    """The preset `name` with everything it extends. Raises `BadParameter`."""
    chain = _chain(name, rows)
    wish: dict[str, object] = {}
    limits: dict[str, object] = {}
    for row in reversed(chain):
        wish |= _table(name, row, "wish")
        limits |= _table(name, row, "limits")
    own = chain[0]
    try:
        return Preset(
            name=name, title=_text(own, "title", name), description=_text(own, "description", ""),
            family=_text(own, "family", family), wish=Wish.from_json(wish), limits=_limits(limits),
        )  # fmt: skip
    except BadParameter as error:
        raise BadParameter(f"the preset {name}: {error}") from None


def _chain(name: str, rows: Rows) -> list[Mapping[str, object]]:
    """A row and what it extends, nearest first."""
    chain: list[Mapping[str, object]] = []
    seen: list[str] = []
    while name:
        if name not in rows:
            raise BadParameter(
                f"the preset {seen[-1] if seen else name} extends {name!r}, which does not exist."
            )
        if name in seen:
            raise BadParameter(f"the preset {name} extends itself.")
        row = rows[name]
        if unknown := sorted(set(row) - _KEYS):
            raise BadParameter(f"the preset {name} has an unknown entry {unknown[0]!r}.")
        seen.append(name)
        chain.append(row)
        name = _text(row, "extends", "")
    return chain


def _table(name: str, row: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = row.get(key, {})
    if not isinstance(value, Mapping):
        raise BadParameter(f"the preset {name}: {key} is not a table.")
    return {str(one): item for one, item in cast("Mapping[object, object]", value).items()}


def _text(row: Mapping[str, object], key: str, default: str) -> str:
    value = row.get(key, default)
    if not isinstance(value, str) or len(value) > _MOST:
        raise BadParameter(f"{key} is not a text.")
    return value


def _limits(data: Mapping[str, object]) -> Limits:
    hints = typing.get_type_hints(Limits)
    if unknown := sorted(set(data) - set(hints)):
        raise BadParameter(f"there is no limit called {unknown[0][:40]!r}.")
    return Limits(**{name: _limit(name, value, hints[name]) for name, value in data.items()})  # pyright: ignore[reportArgumentType]


def _limit(name: str, value: object, hint: object) -> object:
    if typing.get_origin(hint) is tuple:
        texts = list(cast("Sequence[object]", value)) if isinstance(value, (list, tuple)) else [None]
        if not all(isinstance(text, str) for text in texts):
            raise BadParameter(f"the limit {name} is not a list of texts.")
        return tuple(texts)
    if typing.get_origin(hint) is UnionType:
        hint = typing.get_args(hint)[0]
    if hint is Fraction and isinstance(value, (int, float, str)) and not isinstance(value, bool):
        return frame_rate(value) if name == "rate" else seconds(value)
    if not isinstance(value, cast("type", hint)) or isinstance(value, bool) != (hint is bool):
        raise BadParameter(
            f"the limit {name} is not {'true or false' if hint is bool else 'a whole number'}."
        )
    if hint is int and not 0 < cast("int", value) < 10**15:
        raise BadParameter(f"the limit {name} is out of range; choose more than 0.")
    return value


def as_data(preset: Preset) -> dict[str, object]:
    """A preset as a row of data that stands alone."""
    limits = {item.name: getattr(preset.limits, item.name) for item in fields(Limits)}
    told = {name: _plain(value) for name, value in limits.items() if value not in (None, (), False)}
    row: dict[str, object] = {
        "title": preset.title,
        "description": preset.description,
        "family": preset.family,
    }
    return row | {"wish": preset.wish.as_json(), "limits": told}


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else fraction_text(value)
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def to_toml(presets: Sequence[Preset]) -> str:
    """Presets as the text of a TOML file."""
    lines = [f"version = {VERSION}"]
    for preset in presets:
        lines += ["", f"[presets.{json.dumps(preset.name)}]"]
        lines += [
            f"{name} = {_toml(value)}" for name, value in as_data(preset).items() if value not in ("", {})
        ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """A value of JSON as TOML, whose texts, numbers and lists are written the same way."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return "{ " + ", ".join(f"{name} = {_toml(item)}" for name, item in items) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in cast("list[object]", value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
