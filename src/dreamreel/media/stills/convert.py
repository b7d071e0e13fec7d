"""Pictures from file to file: `convert_still` for one source, `join_stills` for several in one PDF or TIFF.

source ─► nothing to change? ─yes─► its compressed pixels, other tags
│ no
▼
page ─► upright, cropped, resized ─► colours fitted ─► written ─► too large? smaller quality, then size
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dreamreel.errors import UsageError, WillNotFit
from dreamreel.media.atomic import atomic_write, check_writable
from dreamreel.media.mux import check_not_input
from dreamreel.media.stills import pdf
from dreamreel.media.stills.colour import background_of, fitted
from dreamreel.media.stills.copy import copied, may_copy, turned
from dreamreel.media.stills.formats import StillFormat, still_format
from dreamreel.media.stills.layout import Grow, laid_out, scaled, shaped, upright
from dreamreel.media.stills.options import StillOptions, StillReport
from dreamreel.media.stills.page import VipsImage, guarded
from dreamreel.media.stills.pdf import PdfPage
from dreamreel.media.stills.read import Source, open_source
from dreamreel.media.stills.segments import replaced
from dreamreel.media.stills.size import Found, within
from dreamreel.media.stills.tags import Tags, travelling
from dreamreel.media.stills.write import WRITERS, Settings, pdf_page, tiff_pages

__all__ = ["convert_still", "join_stills", "outputs_of", "page_names"]

_QUALITY: Final = 90
_LOSSY: Final = frozenset({"jpeg", "webp", "avif", "heic", "raw"})
"""Sources that go into a PDF as JPEG: without loss they would be ten times as large."""


def convert_still(
    source: Path, out: Path, options: StillOptions | None = None, *, grow: Grow | None = None
) -> StillReport:
    """Write the picture `source` as `out`, in the format of its suffix or of `options`, complete or absent.

    Where it becomes no smaller, `grow` does it instead of Lanczos, page after page.

    A source of several pages becomes one file where the format holds pages, else `out-1`, `out-2` … Raises what
    `read.open_source` raises, `UsageError`, `BadSize`, `OutputIsInput`, `NoSpace`, `NotWritable`, and `WillNotFit`
    when a target size is too small for any picture.
    """
    return join_stills((source,), out, options, grow=grow)


def join_stills(
    sources: Sequence[Path], out: Path, options: StillOptions | None = None, *, grow: Grow | None = None
) -> StillReport:
    """Write all pages of `sources` as `out`: one file where the format holds pages. Raises as `convert_still`."""
    options = options or StillOptions()
    background_of(options.background)
    row = still_format(out, options.format)
    if options.lossless and not row.lossless and not all(_is_copy(path, row, options) for path in sources):
        raise UsageError(
            f"{row.title} has no lossless form; choose png, webp, avif or tiff, or leave out lossless."
        )
    found = [open_source(path, options) for path in sources]
    pages = [(one, number) for one in found for number in one.pages]
    names = [out] if row.pages else page_names(out, len(pages))
    for name in names:
        check_not_input(name, sources)
        check_writable(name)
    story = _Story()
    if len(found) == 1 and may_copy(found[0], row, options):
        return _copy(found[0], out, row, options, story)
    batches = [pages] if row.pages else [[page] for page in pages]
    written = [
        _write(batch, name, row, options, story, grow) for batch, name in zip(batches, names, strict=True)
    ]
    first = written[0]
    return StillReport(
        source=sources[0], outputs=tuple(names), format=row.name, width=first.width, height=first.height,
        depth=first.depth, alpha=first.alpha, pages=len(pages), size=sum(one.size for one in written),
        quality=first.quality, kept=tuple(story.kept), converted=tuple(story.converted), lost=tuple(story.lost),
    )  # fmt: skip


def outputs_of(source: Path, out: Path, options: StillOptions | None = None) -> list[Path]:
    """The files that `convert_still` would write. Raises what `read.open_source` raises, and `UsageError`."""
    options = options or StillOptions()
    pages = open_source(source, options).pages
    return [out] if still_format(out, options.format).pages else page_names(out, len(pages))


def page_names(out: Path, count: int) -> list[Path]:
    """The names of `count` files that one `out` becomes: itself when it is one."""
    if count == 1:
        return [out]
    digits = len(str(count))
    return [out.with_name(f"{out.stem}-{number:0{digits}}{out.suffix}") for number in range(1, count + 1)]


@dataclass(slots=True)
class _Story:
    """What became of everything; each thing is told once."""

    kept: list[str] = field(default_factory=list[str])
    converted: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])

    def tell(self, kept: Iterable[str] = (), converted: Iterable[str] = (), lost: Iterable[str] = ()) -> None:
        for told, new in ((self.kept, kept), (self.converted, converted), (self.lost, lost)):
            told += [one for one in new if one not in told]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page ready to be written: its finished pixels, or the JPEG that it is."""

    image: VipsImage
    settings: Settings
    jpeg: PdfPage | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    width: int
    height: int
    depth: int
    alpha: bool
    size: int
    quality: int | None


def _is_copy(path: Path, row: StillFormat, options: StillOptions) -> bool:
    return may_copy(open_source(path, options), row, options)


def _copy(source: Source, out: Path, row: StillFormat, options: StillOptions, story: _Story) -> StillReport:
    page = source.page(0)
    data, lost = copied(source, page, options)
    with atomic_write(out) as part:
        part.write_bytes(data)
    story.tell(kept=("every compressed pixel",), lost=lost)
    if page.tags != Tags() and options.tags:
        story.tell(kept=("its tags",))
    sides = (page.image.width, page.image.height)
    width, height = sides[::-1] if turned(page.turn, options) >= 5 else sides
    return StillReport(
        source=source.path, outputs=(out,), format=row.name, width=width, height=height, depth=page.depth,
        alpha=bool(page.image.hasalpha()), pages=source.total, size=len(data), copied=True,
        kept=tuple(story.kept), converted=(), lost=tuple(story.lost),
    )  # fmt: skip


def _write(
    pages: Sequence[tuple[Source, int]], out: Path, row: StillFormat, options: StillOptions, story: _Story,
    grow: Grow | None = None,
) -> _Written:  # fmt: skip
    """One output of one or more pages."""
    source = pages[0][0]
    drawn = [_draw(one, number, row, options, story, grow) for one, number in pages]
    with guarded(source.path):
        if options.target_size is None:
            found = Found(_encode(drawn, row, None, 1.0), drawn[0].settings.quality, 1.0)
        else:
            found = _fit(drawn, out, row, options, story)
    with atomic_write(out) as part:
        part.write_bytes(found.data)
    first = drawn[0]
    width, height = first.image.width, first.image.height
    if first.jpeg is not None and first.jpeg.turn >= 5:
        width, height = height, width
    has_quality = row.lossy and not first.settings.lossless and first.jpeg is None
    return _Written(
        max(1, round(width * found.scale)), max(1, round(height * found.scale)), first.settings.depth,
        bool(first.image.hasalpha()), len(found.data), found.quality if has_quality else None,
    )  # fmt: skip


def _fit(drawn: Sequence[_Drawn], out: Path, row: StillFormat, options: StillOptions, story: _Story) -> Found:
    assert options.target_size is not None
    held = [replace(one, image=one.image.copy_memory()) for one in drawn]

    def encode(quality: int, scale: float) -> bytes:
        return _encode(held, row, quality, scale)

    best = round(options.quality or 95)
    found = within(encode, options.target_size, best, lossy=row.lossy)
    if found is None:
        raise WillNotFit(
            f"{out.name} cannot be made as small as {options.target_size} bytes; allow more, or leave out tags."
        )
    if found.scale < 1:
        story.tell(converted=(f"its size, to {found.scale:.0%} of each side, to stay within the target",))
    return found


def _encode(drawn: Sequence[_Drawn], row: StillFormat, quality: int | None, scale: float) -> bytes:
    pages: list[tuple[VipsImage, Settings]] = []
    for one in drawn:
        settings = one.settings if quality is None else replace(one.settings, quality=quality)
        pages.append((scaled(one.image, scale), settings))
    if row.name == "pdf":
        done = [
            one.jpeg or pdf_page(image, settings) for one, (image, settings) in zip(drawn, pages, strict=True)
        ]
        return pdf.written(done)
    if row.name == "tiff":
        return tiff_pages(pages)
    ((image, settings),) = pages
    return WRITERS[row.name](image, settings)


def _draw(
    source: Source,
    number: int,
    row: StillFormat,
    options: StillOptions,
    story: _Story,
    grow: Grow | None = None,
) -> _Drawn:
    """The finished picture of a page; most pixels are computed only when it is written."""
    page = source.page(number, streamed=True)
    layout = laid_out(*page.upright, options, row.most)
    streams = page.turn == 1 and layout.streams
    vector = source.format.name in ("svg", "pdf")
    if not streams or (not layout.crop and layout.factor != 1 and (vector or layout.factor < 1)):
        page = source.page(number, factor=1.0 if layout.crop else layout.factor, streamed=streams)
    jpeg = (
        row.name == "pdf" and source.format.name == "jpeg" and not options.reshapes and not options.reencodes
    )
    with guarded(source.path):
        image = page.image
        if not (jpeg and not options.lossless):
            image = shaped(upright(image, page.turn), layout, background_of(options.background), grow)
        ready = fitted(page, image, row, options)
    story.tell(ready.kept, (*page.converted, *ready.converted), (*page.lost, *ready.lost))
    if (ready.image.width, ready.image.height) != page.upright and layout.size != layout.source:
        story.tell(converted=(f"its size to {layout.canvas[0]}x{layout.canvas[1]}",))
    tags = _tags(page.tags, layout.canvas, row, options, story, profiled=ready.profile is not None)
    settings = _settings(source, row, options, ready.depth, page.dpi, tags)
    if page.dpi and not row.dpi and source.format.name not in ("pdf", "svg"):
        story.tell(lost=(f"its {page.dpi:g} dots per inch, for which {row.title} has no place",))
    profile = page.profile if ready.profile else None
    settings = replace(settings, profile=profile)
    if jpeg and not options.lossless:
        story.tell(kept=("every compressed pixel",))
        data = replaced("jpeg", source.path.read_bytes(), Tags())
        whole = PdfPage(
            width=page.image.width, height=page.image.height, bands=page.image.bands, data=data, jpeg=True,
            profile=profile, turn=page.turn, dpi=settings.dpi or 96,
        )  # fmt: skip
        return _Drawn(page.image, settings, whole)
    return _Drawn(ready.image, settings)


def _tags(
    tags: Tags,
    size: tuple[int, int],
    row: StillFormat,
    options: StillOptions,
    story: _Story,
    *,
    profiled: bool,
) -> Tags:
    if not options.tags:
        return Tags()
    kept, lost = travelling(
        tags, keep_location=options.keep_location, turn=1, size=size, uncalibrated=profiled
    )
    story.tell(lost=lost)
    for name, has, title in (("exif", row.exif, "EXIF"), ("xmp", row.xmp, "XMP"), ("iptc", row.iptc, "IPTC")):
        if getattr(kept, name) is None:
            continue
        if has:
            story.tell(kept=(title,))
        else:
            story.tell(lost=(f"its {title}, for which {row.title} has no place",))
            kept = replace(kept, **{name: None})
    return kept


def _settings(
    source: Source, row: StillFormat, options: StillOptions, depth: int, dpi: float | None, tags: Tags
) -> Settings:
    quality = round(options.quality) if options.quality is not None else _QUALITY
    lossless = options.lossless
    if row.name == "pdf" and options.quality is None and options.target_size is None:
        lossless = lossless or source.format.name not in _LOSSY
    return Settings(
        quality=quality, lossless=lossless, effort=options.effort, progressive=options.progressive,
        fine_chroma=options.chroma == "444" or (options.chroma is None and quality >= 90), depth=depth,
        dpi=options.dpi or dpi, tags=tags,
    )  # fmt: skip
