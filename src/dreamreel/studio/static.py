"""The page's own files: scripts, styles, pictures and texts that ship with the program. Nothing of the owner's.

    /                       index.html, also for every page's address        /web/…                 the shell
    /pages/<name>/page.js   a page, and page.css                              /texts/<language>.json  all words, merged
    /sw.js, /manifest.webmanifest                                             work without a connection, be installed

Only names that were found when the server started are served, so that no address can lead anywhere else.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dreamreel import __version__
from dreamreel.errors import NotFound
from dreamreel.graph import JSON
from dreamreel.studio.kinds import pages

__all__ = ["LANGUAGES", "router", "texts"]

LANGUAGES: Final = ("en", "es", "fr", "de", "pt", "zh", "ja")
"""Languages of the texts; what one lacks is in English."""

_TYPES: Final = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".json": "application/json",
}  # fmt: skip


_WORDY: Final = ("text/", "application/json", "image/svg")


def router() -> APIRouter:
    """The routes; they stay out of the API's documentation."""
    routes = APIRouter(include_in_schema=False)
    files, page_names = _files(), [page.name for page in pages()]

    def send(request: Request, address: str) -> Response:
        if address not in files:
            raise NotFound("There is no such file in the studio.")
        data, media_type, tag = files[address]
        return _sent(request, data, media_type, tag)

    @routes.get("/")
    def home(request: Request) -> Response:
        del request
        return RedirectResponse(f"/{page_names[0]}", 303)

    @routes.get("/sw.js")
    def worker(request: Request) -> Response:
        return _worker(request, files)

    @routes.get("/manifest.webmanifest")
    def manifest(request: Request) -> Response:
        return _sent(request, _manifest(), "application/manifest+json", __version__)

    @routes.get("/texts/{name}")
    def words(request: Request, name: str) -> Response:
        language = name.removesuffix(".json")
        if language not in LANGUAGES:
            raise NotFound(f"The studio does not speak {language[:20]!r}; it speaks {', '.join(LANGUAGES)}.")
        data = json.dumps(texts(language), ensure_ascii=False).encode()
        return _sent(request, data, "application/json", _tag(data))

    @routes.get("/web/{path:path}")
    @routes.get("/pages/{path:path}")
    def static(request: Request, path: str) -> Response:
        del path
        return send(request, request.url.path)

    def page(request: Request) -> Response:
        return send(request, "/web/index.html")

    for name in page_names:
        routes.add_api_route(f"/{name}", page)
        routes.add_api_route(f"/{name}/{{path:path}}", page)
    return routes


@cache
def texts(language: str) -> dict[str, JSON]:
    """All words of a language, the shell's and every page's; what it lacks in English."""
    rooms = [_room("web"), *(_room("pages") / page.name for page in pages())]
    found: dict[str, JSON] = {}
    for wanted in ("en", language):
        for room in rooms:
            file = room / "texts" / f"{wanted}.json"
            if file.is_file():
                found |= cast("dict[str, JSON]", json.loads(file.read_text(encoding="utf-8")))
    return found


def _room(name: str) -> Traversable:
    return resources.files("dreamreel.studio") / name


def _files() -> dict[str, tuple[bytes, str, str]]:
    """Address → contents, media type and tag of everything that is served."""
    found: dict[str, tuple[bytes, str, str]] = {}
    for room in ("web", "pages"):
        for address, file in _walk(_room(room), f"/{room}"):
            suffix = address[address.rfind(".") :]
            if suffix in _TYPES and "/texts/" not in address:
                data = file.read_bytes()
                found[address] = data, _TYPES[suffix], _tag(data)
    return found


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        address = f"{prefix}/{item.name}"
        if item.is_dir():
            found += _walk(item, address)
        else:
            found.append((address, item))
    return found


def _tag(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _sent(request: Request, data: bytes, media_type: str, tag: str) -> Response:
    """The file, or the word that the browser's copy is still right. Asked for each time: an update shows at once."""
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    # Words and scripts only, never anything of the owner's beside a secret: nothing can be guessed from lengths.
    if media_type.startswith(_WORDY) and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_packed(data), media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(data, media_type=media_type, headers=headers)


@cache
def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def _worker(request: Request, files: dict[str, tuple[bytes, str, str]]) -> Response:
    """The service worker, served from the root so that it may look after every page; it knows the version by a name."""
    every = _tag("".join(tag for _, (_, _, tag) in sorted(files.items())).encode())
    data = files["/web/sw.js"][0].replace(b"__VERSION__", every.encode())
    return _sent(request, data, "text/javascript; charset=utf-8", _tag(data))


def _manifest() -> bytes:
    icons = [
        {"src": "/web/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "/web/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
        {
            "src": "/web/icons/icon-maskable-512.png",
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    return json.dumps(
        {
            "name": "Dreamreel", "short_name": "Dreamreel", "description": "A photo and a dream become a film.",
            "start_url": "/", "scope": "/", "display": "standalone", "background_color": "#fbf7f2",
            "theme_color": "#fbf7f2", "icons": icons,
        }
    ).encode()  # fmt: skip
