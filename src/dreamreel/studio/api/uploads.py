"""Uploads that survive a cut: the core of tus 1.0 with creation and termination. `/uploads`."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from dreamreel.studio.models import REFUSED
from dreamreel.studio.service import Studio

__all__ = ["router"]

VERSION: Final = "1.0.0"
_BLOCK: Final = 2**20
"""Bytes that are written at once."""
_PROTOCOL: Final[dict[int | str, dict[str, Any]]] = {412: {"description": "Another version of the protocol"}}
Resumable = Annotated[str | None, Header(alias="Tus-Resumable")]


def router(studio: Studio) -> APIRouter:
    """The routes (tus.io, protocol 1.0.0)."""
    routes = APIRouter(tags=["uploads"], responses=REFUSED)
    _asking(routes, studio)
    _sending(routes, studio)
    return routes


def _asking(routes: APIRouter, studio: Studio) -> None:
    @routes.options("/uploads", operation_id="describeUploads", status_code=204)
    def describe_uploads() -> Response:
        """What this end of the protocol can do."""
        most = studio.settings.get().upload_max
        return _answer(
            {"Tus-Version": VERSION, "Tus-Max-Size": str(most), "Tus-Extension": "creation,termination"}
        )

    @routes.post(
        "/uploads", operation_id="createUpload", status_code=201, response_class=Response, responses=_PROTOCOL
    )
    def create_upload(
        upload_length: Annotated[int, Header(alias="Upload-Length", ge=-(2**62), le=2**62)],
        upload_metadata: Annotated[str, Header(alias="Upload-Metadata", max_length=16_000)] = "",
        tus_resumable: Resumable = None,
    ) -> Response:
        """Announce a file: its length, and as metadata its `filename` and, if known, its `sha256`."""
        _check(tus_resumable)
        told = _metadata(upload_metadata)
        made = studio.uploads.create(told.get("filename", "photo"), upload_length, told.get("sha256"))
        return _answer({"Location": f"/api/v1/uploads/{made.id}", "Upload-Offset": "0"}, 201)

    @routes.head(
        "/uploads/{upload}", operation_id="getUploadOffset", response_class=Response, responses=_PROTOCOL
    )
    def get_upload_offset(upload: str, tus_resumable: Resumable = None) -> Response:
        """How much has arrived."""
        _check(tus_resumable)
        found = studio.uploads.get(upload)
        told = {"Upload-Offset": str(studio.uploads.offset(upload)), "Upload-Length": str(found.length),
                "Cache-Control": "no-store"}  # fmt: skip
        return _answer({**told, "Dreamreel-Item": found.item} if found.item else told, 200)

    @routes.delete("/uploads/{upload}", operation_id="deleteUpload", status_code=204, responses=_PROTOCOL)
    def delete_upload(upload: str, tus_resumable: Resumable = None) -> Response:
        """Forget a file that is on its way."""
        _check(tus_resumable)
        studio.uploads.remove(upload)
        return _answer({})


def _sending(routes: APIRouter, studio: Studio) -> None:
    @routes.patch(
        "/uploads/{upload}", operation_id="appendUpload", status_code=204,
        responses={**_PROTOCOL, 415: {"description": "Not a part of a file"}},
        openapi_extra={"requestBody": {"required": True, "content": {
            "application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
    )  # fmt: skip
    async def append_upload(
        upload: str,
        request: Request,
        upload_offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=2**62)],
        content_type: Annotated[str, Header(alias="Content-Type", max_length=200)] = "",
        tus_resumable: Resumable = None,
    ) -> Response:
        """The next part, from this offset on. With the last one the file is looked at: `Dreamreel-Item` names the
        item that it has become, or the answer says why it was refused.
        """
        _check(tus_resumable)
        if content_type.partition(";")[0].strip().lower() != "application/offset+octet-stream":
            raise HTTPException(415, "Send the part as application/offset+octet-stream.")
        offset = await _received(studio, upload, upload_offset, request)
        found = await run_in_threadpool(studio.uploads.get, upload)
        told = {"Upload-Offset": str(offset)}
        if offset == found.length:
            item = await run_in_threadpool(studio.take_in, upload)
            told["Dreamreel-Item"] = item.id
        return _answer(told)


async def _received(studio: Studio, upload: str, at: int, request: Request) -> int:
    """Write what arrives, block by block; what arrived before a cut stays. Returns the new offset."""
    offset, block, wrote = at, bytearray(), False
    try:
        async for chunk in request.stream():
            block += chunk
            if len(block) >= _BLOCK:
                offset = await run_in_threadpool(studio.uploads.append, upload, offset, [bytes(block)])
                block.clear()
                wrote = True
    except ClientDisconnect:
        if block:
            await run_in_threadpool(studio.uploads.append, upload, offset, [bytes(block)])
        raise HTTPException(400, "The connection was cut; ask for the offset and go on from there.") from None
    if block or not wrote:
        offset = await run_in_threadpool(studio.uploads.append, upload, offset, [bytes(block)])
    return offset


def _answer(headers: dict[str, str], status: int = 204) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})


def _check(version: str | None) -> None:
    if version is not None and version != VERSION:
        raise HTTPException(
            412, f"This studio speaks tus {VERSION}.", {"Tus-Version": VERSION, "Tus-Resumable": VERSION}
        )


def _metadata(text: str) -> dict[str, str]:
    """`Upload-Metadata`: names and values in base64, separated by commas. Raises 400 for anything else."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name.lower()] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            raise HTTPException(400, "Upload-Metadata is not in base64; see the tus protocol.") from error
    return found
