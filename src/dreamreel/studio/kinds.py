"""Kinds of job and pages: what a folder in `pages/` declares to the studio.

    form (from the page, the command line, a program) ─► Kind.prepare ─► Prepared: a recipe and an output ─► ledger

A kind's form is a pydantic model: the API's documentation, the page's fields and the checks all come from it.
Preparing is planning: no file from outside is decoded for it, and nothing is written.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ValidationError

from dreamreel.errors import BadParameter, NotFound
from dreamreel.graph import JSON
from dreamreel.ops.params import to_params

if TYPE_CHECKING:
    from fastapi import APIRouter

    from dreamreel.render.explain import Estimate
    from dreamreel.render.plan import Plan
    from dreamreel.render.target import Target
    from dreamreel.studio.library import Item
    from dreamreel.studio.service import Studio

__all__ = ["Kind", "Originals", "Page", "Prepared", "filled", "kinds", "pages"]


class Originals(Protocol):
    """What preparing may look up."""

    def get(self, item_id: str) -> Item:
        """An item. Raises `NotFound`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A job, decided."""

    title: str
    request: dict[str, JSON]
    """The form with every choice made (such as the seed), so that the same request is the same film."""
    recipe: str
    """Its files are named by their last name; `inputs` says what they are."""
    inputs: Mapping[str, str]
    """File name in the recipe → SHA-256 of the contents."""
    name: str
    """What the finished file is called."""
    photo: str | None
    plan: Plan
    cost: Estimate
    notes: tuple[str, ...] = ()
    target: Target | None = None
    """What to make of the clip, when that is not an MP4 as usual."""
    late: dict[str, JSON] | None = None
    """What the worker composes in place of the recipe, where steps measure the file; see `enhancing.composed`."""

    def output(self) -> dict[str, JSON]:
        """What the ledger keeps about the output."""
        return {
            "name": self.name,
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "target": to_params(self.target) if self.target else None,
            "late": self.late,
            "estimate": {"seconds": self.cost.seconds, "disk": self.cost.disk, "memory": self.cost.memory},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of job."""

    name: str
    form: type[BaseModel]
    prepare: Callable[[BaseModel, Originals], Prepared]
    """Raises the `UsageError`s and `InputRejected`s of the rooms below."""
    draft: Callable[[BaseModel, int], BaseModel]
    """The form of a quick, small attempt with this seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the studio: a folder in `pages/` with `page.js`, `page.css` and `texts/`."""

    name: str
    """The folder's name, and the page's address."""
    order: int
    icon: str
    listed: bool = True
    """Whether the navigation has it; else other pages lead there."""
    kinds: tuple[Kind, ...] = ()
    routers: tuple[Callable[[Studio], APIRouter], ...] = field(default_factory=tuple)
    """The page's own part of the API."""


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the navigation. A folder is a page when it declares `PAGE`."""
    package = importlib.import_module("dreamreel.studio.pages")
    found = [
        importlib.import_module(f"{package.__name__}.{module.name}").PAGE
        for module in pkgutil.iter_modules(package.__path__)
    ]
    return tuple(sorted(found, key=lambda page: page.order))


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind of job by its name."""
    return MappingProxyType({kind.name: kind for page in pages() for kind in page.kinds})


def filled(kind: str, request: Mapping[str, JSON]) -> tuple[Kind, BaseModel]:
    """A kind and its form. Raises `NotFound` for an unknown kind, `BadParameter` for a form that does not fit."""
    if kind not in kinds():
        raise NotFound(f"There is no kind of job called {kind[:40]!r}; this studio has {', '.join(kinds())}.")
    found = kinds()[kind]
    try:
        return found, found.form.model_validate(request)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the form"
        raise BadParameter(f"{where}: {first['msg']}.") from None
