"""The Models page's part of the API: every network, shipped, added or known. `/models`."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from dreamreel.graph import JSON
from dreamreel.neural import catalog
from dreamreel.neural.listed import listed
from dreamreel.studio.models import REFUSED
from dreamreel.studio.service import Studio

__all__ = ["router"]

_WEIGHTS: Final = Path(catalog.__file__).parent / "weights"


class ModelOut(BaseModel):
    """A network."""

    name: str
    origin: Literal["shipped", "community"]
    installed: bool
    family: str | None
    """Of a shipped one."""
    size: str | None
    use: str
    """enlarge, restore, faces, deinterlace or colourise."""
    purpose: str
    architecture: str
    scale: int
    parameters: int | None
    """Numbers in it, where they were counted."""
    bytes: int | None
    licence: str
    licence_title: str
    commercial: bool
    """Whether what is made with it may be sold."""
    terms: str
    author: str
    source: str
    accepted: str
    """The day on which its licence was accepted."""


def router(studio: Studio) -> APIRouter:
    """The routes."""
    del studio
    routes = APIRouter(tags=["models"], responses=REFUSED)

    @routes.get("/models", operation_id="listModels")
    def list_models() -> list[ModelOut]:
        """Networks that ship with the program, then added weights, then those that could be added."""
        shipped = {one.name: one for one in catalog.shipped()}
        return [_model(row, shipped.get(str(row["name"]))) for row in listed()]

    return routes


def _model(row: dict[str, JSON], own: catalog.Network | None) -> ModelOut:
    more: dict[str, JSON] = {"family": None, "size": None}
    if own is not None:
        file = _WEIGHTS / own.file
        size = file.stat().st_size if file.is_file() else None
        more = {"family": own.family, "size": own.size, "bytes": size}
    return ModelOut.model_validate({**{name: row[name] for name in _NAMES if name in row}, **more})


_NAMES: Final = frozenset(ModelOut.model_fields)
