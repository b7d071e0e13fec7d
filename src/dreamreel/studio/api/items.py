"""Items: the library. `/items`, `/tags`, `/trash`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.background import BackgroundTask

from dreamreel.errors import NotFound
from dreamreel.media.metadata import length_without_recipe
from dreamreel.studio.api.contents import BINARY, FILE, Wanted, sent
from dreamreel.studio.api.jobs import Key, shown
from dreamreel.studio.api.shown import item_out
from dreamreel.studio.files import Derived
from dreamreel.studio.library import Item
from dreamreel.studio.models import (
    REFUSED,
    Batch,
    Change,
    ItemOut,
    ItemsOut,
    JobOut,
    Removed,
    TagOut,
    Vary,
)
from dreamreel.studio.service import Studio

__all__ = ["router"]

_SHOWN: Final = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "video/mp4", "video/webm", "audio/mpeg",
    "audio/mp4", "audio/ogg", "audio/wav", "audio/flac",
})  # fmt: skip
"""What a browser may show in place; everything else is a download."""
_BLOCK: Final = 2**18

Sort = Literal["newest", "oldest", "rating", "name", "size"]


def router(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["library"], responses=REFUSED)
    _looking(routes, studio)
    _changing(routes, studio)
    _contents(routes, studio)
    _download(routes, studio)
    _again(routes, studio)
    return routes


def _looking(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/items", operation_id="listItems")
    def list_items(
        query: Annotated[str, Query(max_length=200)] = "",
        role: Literal["original", "result", "draft"] | None = None,
        kind: Literal["photo", "video", "sound"] | None = None,
        tag: Annotated[str | None, Query(max_length=60)] = None,
        favourite: bool | None = None,
        min_rating: Annotated[int, Query(ge=0, le=5)] = 0,
        photo: Annotated[str | None, Query(max_length=40)] = None,
        trashed: bool = False,
        sort: Sort = "newest",
        cursor: Annotated[str | None, Query(max_length=1000)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 60,
    ) -> ItemsOut:
        """Items that fit, page by page."""
        found, following = studio.library.items(
            query=query, role=role, kind=kind, tag=tag, favourite=favourite, min_rating=min_rating, photo=photo,
            trashed=trashed, sort=sort, cursor=cursor, limit=limit,
        )  # fmt: skip
        return ItemsOut(items=[item_out(item) for item in found], next=following)

    @routes.get("/items/{item}", operation_id="getItem")
    def get_item(item: str) -> ItemOut:
        """One item, also one in the trash."""
        return item_out(studio.library.get(item))

    @routes.get("/tags", operation_id="listTags")
    def list_tags() -> list[TagOut]:
        """Every tag and how many items have it."""
        return [TagOut(name=name, count=count) for name, count in studio.library.tags()]


def _changing(routes: APIRouter, studio: Studio) -> None:
    def changed(item: Item) -> ItemOut:
        studio.bus.ring()
        return item_out(item)

    @routes.patch("/items/{item}", operation_id="changeItem")
    def change_item(item: str, change: Change) -> ItemOut:
        """Title, name, stars, tags, note, favourite; what is absent stays."""
        given = change.model_dump(exclude_none=True)
        return changed(studio.library.change(item, **given))

    @routes.delete("/items/{item}", operation_id="deleteItem", status_code=204)
    def delete_item(item: str, forever: bool = False) -> None:
        """Into the trash; with `forever`, out of the trash and gone."""
        if forever:
            studio.library.delete(item)
        else:
            studio.library.trash(item)
        studio.bus.ring()

    @routes.post("/items/{item}/restore", operation_id="restoreItem")
    def restore_item(item: str) -> ItemOut:
        """Out of the trash."""
        return changed(studio.library.restore(item))

    @routes.post("/items/{item}/keep", operation_id="keepItem")
    def keep_item(item: str) -> ItemOut:
        """A draft becomes a result as it is."""
        return changed(studio.library.promote(item))

    @routes.post("/trash/empty", operation_id="emptyTrash")
    def empty_trash() -> Removed:
        """Everything in the trash is gone for good."""
        removed = studio.library.empty_trash()
        studio.bus.ring()
        return Removed(removed=removed)


def _contents(routes: APIRouter, studio: Studio) -> None:
    def derived(item: str, name: Derived, media_type: str, part: str | None) -> FileResponse:
        found = studio.library.get(item)
        return sent(studio.files.derived(found.sha256, name), media_type, f"{found.sha256}-{name}", part)

    @routes.get("/items/{item}/file", operation_id="getItemFile", response_class=FileResponse, responses=FILE)
    def get_item_file(item: str, part: Wanted = None) -> FileResponse:
        """The contents, with ranges; shown in place only when they are of a kind that cannot do anything."""
        found = studio.library.get(item)
        path = studio.files.path(found.sha256)
        if found.media_type in _SHOWN:
            return sent(path, found.media_type, found.sha256, part)
        return sent(path, "application/octet-stream", found.sha256, part, _attached(found.name))

    @routes.get(
        "/items/{item}/thumb", operation_id="getItemThumb", response_class=FileResponse, responses=FILE
    )
    def get_item_thumb(item: str, part: Wanted = None) -> FileResponse:
        """A small picture."""
        return derived(item, "thumb", "image/jpeg", part)

    @routes.get(
        "/items/{item}/poster", operation_id="getItemPoster", response_class=FileResponse, responses=FILE
    )
    def get_item_poster(item: str, part: Wanted = None) -> FileResponse:
        """A large picture."""
        return derived(item, "poster", "image/jpeg", part)

    @routes.get(
        "/items/{item}/preview", operation_id="getItemPreview", response_class=FileResponse, responses=FILE
    )
    def get_item_preview(item: str, part: Wanted = None) -> FileResponse:
        """A short, small film without sound."""
        return derived(item, "preview", "video/mp4", part)

    @routes.get(
        "/items/{item}/waves", operation_id="getItemWaves", response_class=FileResponse, responses=FILE
    )
    def get_item_waves(item: str, part: Wanted = None) -> FileResponse:
        """The shape of its sound from beginning to end, see-through; films without sound have none."""
        return derived(item, "waves", "image/png", part)


def _download(routes: APIRouter, studio: Studio) -> None:
    @routes.get(
        "/items/{item}/download", operation_id="downloadItem", response_class=StreamingResponse,
        responses={200: {"description": "The contents", "content": {"application/octet-stream": BINARY}}},
    )  # fmt: skip
    def download_item(
        item: str, recipe: Literal["keep", "strip"] = "keep", location: Literal["keep", "strip"] = "strip"
    ) -> Response:
        """The contents to keep. Where a photo was taken is left out unless asked for; films hold no place at all."""
        found = studio.library.get(item)
        path = studio.files.path(found.sha256)
        if not path.is_file():
            raise _missing(found)
        if found.kind == "photo" and location == "strip":
            clean, name = studio.without_place(found)
            tidy = BackgroundTask(shutil.rmtree, clean.parent, ignore_errors=True)
            return FileResponse(
                clean, media_type="application/octet-stream", headers=_attached(name), background=tidy
            )
        end = (
            length_without_recipe(path)
            if recipe == "strip" and found.kind == "video"
            else path.stat().st_size
        )
        headers = {**_attached(found.name), "Content-Length": str(end)}
        return StreamingResponse(_blocks(path, end), media_type="application/octet-stream", headers=headers)


def _again(routes: APIRouter, studio: Studio) -> None:
    @routes.post("/items/{item}/vary", operation_id="varyItem", status_code=202)
    def vary_item(item: str, wanted: Vary, idempotency_key: Key = None) -> Batch:
        """Quick drafts of the same dream, staged differently."""
        batch, jobs = studio.vary(item, wanted.count, idempotency_key)
        return Batch(batch=batch, jobs=[shown(studio, job) for job in jobs])

    @routes.post("/items/{item}/finish", operation_id="finishItem", status_code=202)
    def finish_item(item: str, idempotency_key: Key = None) -> JobOut:
        """A draft's staging at its full size."""
        return shown(studio, studio.finish(item, idempotency_key))


def _missing(item: Item) -> NotFound:
    return NotFound(f"The file of {item.name} is not there; run the integrity check to see what is missing.")


def _attached(name: str) -> dict[str, str]:
    """A download under this name (RFC 6266); the plain form is for old clients."""
    plain = "".join(
        mark if mark.isascii() and mark.isprintable() and mark not in '"\\' else "_" for mark in name
    )
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    }


def _blocks(path: Path, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while end > 0 and (block := file.read(min(_BLOCK, end))):
            end -= len(block)
            yield block
