"""PDF files of pictures: a page each, exactly as large as the picture at its dots per inch (ISO 32000-1).

A JPEG goes in as it is, byte for byte, and is turned by the page and not by decoding it. Everything else is packed
without loss, unless a quality is asked for or the source was lossy already.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["PdfPage", "written"]

_TURNED: Final = {
    1: "{w} 0 0 {h} 0 0", 2: "-{w} 0 0 {h} {w} 0", 3: "-{w} 0 0 -{h} {w} {h}", 4: "{w} 0 0 -{h} 0 {h}",
    5: "0 -{h} -{w} 0 {w} {h}", 6: "0 -{h} {w} 0 0 {h}", 7: "0 {h} {w} 0 0 0", 8: "0 {h} -{w} 0 {w} 0",
}  # fmt: skip
"""Matrix that lays the unit square of the picture on an upright page, by EXIF orientation (§8.9.5, §8.3.4)."""
_SPACES: Final = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """One picture: a JPEG, or rows of 8-bit samples without padding."""

    width: int
    height: int
    """Pixels as stored."""
    bands: int
    """1 grey, 3 RGB, 4 CMYK."""
    data: bytes
    jpeg: bool = False
    alpha: bytes | None = None
    """Samples of its transparency."""
    profile: bytes | None = None
    turn: int = 1
    """EXIF orientation, 1 to 8."""
    dpi: float = 96.0


def written(pages: Sequence[PdfPage]) -> bytes:
    """The PDF file of `pages`. The same pages give the same bytes."""
    bodies: list[bytes] = [b"", b""]  # the catalogue and the tree of pages, once their numbers are known
    kids: list[int] = []

    def add(body: bytes) -> int:
        bodies.append(body)
        return len(bodies)

    for page in pages:
        space = _SPACES[page.bands]
        if page.profile:
            number = add(_stream(f"/N {page.bands}", page.profile))
            space = f"[/ICCBased {number} 0 R]"
        size = f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} /BitsPerComponent 8"
        extra = f"{size} /ColorSpace {space}"
        if page.alpha is not None:
            mask = add(_stream(f"{size} /ColorSpace /DeviceGray", page.alpha))
            extra += f" /SMask {mask} 0 R"
        if page.jpeg and page.bands == 4:
            extra += " /Decode [1 0 1 0 1 0 1 0]"  # Adobe's CMYK is stored inverted.
        image = add(_stream(extra, page.data, jpeg=page.jpeg))
        sides = (page.width, page.height) if page.turn < 5 else (page.height, page.width)
        wide, high = (_number(side * 72 / page.dpi) for side in sides)
        matrix = _TURNED[page.turn].format(w=wide, h=high)
        drawing = add(_stream("", f"q {matrix} cm /Im0 Do Q".encode()))
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {drawing} 0 R "
                f"/Resources << /XObject << /Im0 {image} 0 R >> >> >>".encode()
            )
        )
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    listed = " ".join(f"{number} 0 R" for number in kids)
    bodies[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
    return _file(bodies)


def _stream(entries: str, data: bytes, *, jpeg: bool = False) -> bytes:
    packed = data if jpeg else zlib.compress(data, 6)
    kind = "DCTDecode" if jpeg else "FlateDecode"
    head = f"<< {entries} /Filter /{kind} /Length {len(packed)} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _file(bodies: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
