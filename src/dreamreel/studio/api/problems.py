"""Errors of the API: every failure becomes `application/problem+json` of one shape (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dreamreel import errors
from dreamreel.errors import DreamreelError
from dreamreel.media.atomic import output_error

__all__ = ["install", "problem"]

_log = logging.getLogger(__name__)

_STATUS: Final[tuple[tuple[type[DreamreelError], int], ...]] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.NoSpace, 507),
    (errors.WillNotFit, 507),
    (errors.UsageError, 422),
    (errors.EngineMissing, 422),
    (errors.InputRejected, 422),
    (errors.CapabilityMissing, 501),
    (errors.OutputFailed, 500),
)
"""The first that fits decides; what fits none is 500."""
_ECHOED: Final = 200
_TITLES: Final = {
    400: "This cannot be understood",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Not possible now",
    412: "Another version of the protocol",
    413: "Too large",
    415: "Wrong kind of content",
    422: "This does not fit",
    501: "Missing from this installation",
    507: "Not enough room",
}


def problem(
    status: int,
    detail: str,
    code: str = "",
    fields: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A refusal. `code` is the error's class, empty for refusals of the protocol."""
    detail = detail.encode("utf-8", "replace").decode()
    body: dict[str, object] = {
        "type": f"urn:dreamreel:{code}" if code else "about:blank",
        "title": _TITLES.get(status, "Something went wrong"), "status": status, "detail": detail,
        "code": code or "Refused", "errors": list(fields),
    }  # fmt: skip
    return JSONResponse(body, status, media_type="application/problem+json", headers=headers)


def install(app: FastAPI) -> None:
    """Give every failure of `app` its shape."""

    @app.exception_handler(DreamreelError)
    def told(request: Request, error: Exception) -> JSONResponse:
        del request
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
        return problem(status, _sentence(str(error)), type(error).__name__)

    @app.exception_handler(OSError)
    def disk(request: Request, error: Exception) -> JSONResponse:
        found = output_error(error, Path("the studio's data"))
        if isinstance(found, errors.NoSpace):
            found = errors.NoSpace(
                "There is no room left for the studio's data; free some disk space and try again."
            )
            return told(request, found)
        return broken(request, error)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: Exception) -> JSONResponse:
        del request
        found = cast("RequestValidationError", error).errors()
        if any(one.get("type") == "json_invalid" for one in found):
            return problem(
                400, "The request is not JSON; send an object with the fields of the documentation."
            )
        fields = [
            {"field": _short(".".join(str(part) for part in one["loc"])), "message": _short(str(one["msg"]))}
            for one in found[:20]
        ]
        first = fields[0] if fields else {"field": "request", "message": "does not fit"}
        return problem(422, f"{first['field']}: {first['message']}.", "BadParameter", fields)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: Exception) -> JSONResponse:
        del request
        known = cast("HTTPException", error)
        detail = str(known.detail)
        if known.status_code == 404 and detail == "Not Found":
            detail = "There is nothing at this address; see the API's documentation."
        if known.status_code == 405:
            detail = "This address does not take this method; see the API's documentation."
        return problem(known.status_code, detail, headers=dict(known.headers or {}))

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        # Neither the address nor the message: both may hold what the owner wrote.
        _log.error("a request failed (%s at %s)", type(error).__name__, request.scope.get("route"))
        return problem(
            500, f"Something unforeseen went wrong ({type(error).__name__}); nothing was lost, try again."
        )


def _short(text: str) -> str:
    """Something the sender wrote, as far as it can be sent back."""
    return text.removeprefix("Value error, ")[:_ECHOED].encode("utf-8", "replace").decode()


def _sentence(text: str) -> str:
    """With a capital where it begins with a word; the names of files and fields stay as they are."""
    return text[0].upper() + text[1:] if re.match(r"[a-z]+[ ,;]", text) else text
