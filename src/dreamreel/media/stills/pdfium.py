"""Pages of PDF files drawn by PDFium, the library that draws them in Chrome, built without scripts and forms.

PDFium is not made for threads, so one page is drawn at a time in a process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dreamreel.errors import DamagedMedia, ProtectedMedia, TooLarge
from dreamreel.media.images import MAX_PIXELS
from dreamreel.media.stills.options import StillOptions
from dreamreel.media.stills.page import Page, as_image

__all__ = ["DPI", "MOST_PAGES", "opened"]

DPI: Final = 150.0
"""Dots per inch when none are asked for: text of normal size is sharp."""
MOST_PAGES: Final = 2000

_lock: Final = threading.Lock()


def opened(path: Path, options: StillOptions) -> tuple[int, Callable[[int, float, bool], Page]]:
    """How many pages there are, and what draws one. Raises `DamagedMedia`, `ProtectedMedia`, `TooLarge`."""
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    module: Any = pypdfium2
    dpi = options.dpi or DPI
    with _lock:
        document = _document(module, path)
        total = len(document)
        document.close()
    if total > MOST_PAGES:
        raise TooLarge(f"{path.name} has {total} pages, more than {MOST_PAGES}; split it first.")

    def read(number: int, factor: float, _streamed: bool) -> Page:
        with _lock:
            document = _document(module, path)
            try:
                page = document[number]
                scale = dpi * max(factor, 1e-3) / 72
                width, height = page.get_size()
                if width * scale * height * scale > MAX_PIXELS:
                    raise TooLarge(
                        f"Page {number + 1} of {path.name} is too large at {dpi:g} dots per inch; ask for fewer."
                    )
                pixels = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_numpy().copy()
            except module.PdfiumError as error:
                raise _damaged(path) from error
            finally:
                document.close()
        return Page(
            image=as_image(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels[..., :3]),
            dpi=dpi * factor, converted=(f"the page to pixels at {dpi * factor:g} dots per inch",),
        )  # fmt: skip

    return total, read


def _document(module: Any, path: Path) -> Any:  # noqa: ANN401 (pypdfium2 has no types)
    try:
        document = module.PdfDocument(path)
        if not len(document):
            raise _damaged(path)
    except module.PdfiumError as error:
        if "password" in str(error).lower():
            raise ProtectedMedia(
                f"{path.name} is locked with a password; unlock it with the program that locked it."
            ) from error
        raise _damaged(path) from error
    return document


def _damaged(path: Path) -> DamagedMedia:
    return DamagedMedia(f"{path.name} is a damaged or truncated PDF; copy or download it again.")
