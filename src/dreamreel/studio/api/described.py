"""The API's description, made exact: what FastAPI cannot know of the guard, of errors and of empty answers."""

from __future__ import annotations

from typing import Final, cast

from dreamreel.graph import JSON

__all__ = ["exact"]

_PROBLEM: Final[dict[str, JSON]] = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
}
_GUARD: Final = {
    "401": "The token is missing",
    "403": "The request came from another site, or under a name that is not this machine's",
    "413": "Too large",
}
_ANYWHERE: Final = {
    **_GUARD,
    "400": "It cannot be understood",
    "422": "A value does not fit",
    "507": "There is not enough room",
}
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")


def exact(document: dict[str, JSON]) -> dict[str, JSON]:
    """The description as it should be: every refusal is a problem, and every route may give those of the guard."""
    for path in cast("dict[str, dict[str, JSON]]", document["paths"]).values():
        for method in _METHODS:
            if method in path:
                operation = cast("dict[str, JSON]", path[method])
                found = cast("dict[str, dict[str, JSON]]", operation["responses"])
                operation["responses"] = cast("JSON", _responses(found, method))
    schemas = cast("dict[str, dict[str, JSON]]", document["components"])["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _responses(given: dict[str, dict[str, JSON]], method: str) -> dict[str, dict[str, JSON]]:
    found: dict[str, dict[str, JSON]] = {code: {"description": words} for code, words in _ANYWHERE.items()}
    for code, response in {**found, **given}.items():
        found[code] = dict(response)
        if code >= "400":
            found[code]["content"] = cast("JSON", _PROBLEM)
        if code >= "400" and code in _ANYWHERE:
            found[code]["description"] = _ANYWHERE[code]
        if method == "head":
            found[code].pop("content", None)
    return dict(sorted(found.items()))
