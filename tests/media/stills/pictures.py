"""Pictures of every format, made here with the bare libraries: four coloured quarters, tags, a wide profile."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pillow_heif
import tifffile
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 64, 48
DATE = b"2021:03:04 05:06:07\0"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"'
    b' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmp:Rating="4" exif:GPSLatitude="48,51.5N"'
    b' photoshop:City="Hidden Town"/></rdf:RDF></x:xmpmeta>'
)


def quarters(*, alpha: bool = False, deep: bool = False) -> NDArray[np.uint16] | NDArray[np.uint8]:
    """Red, green, blue and grey quarters with a gentle ramp; the grey quarter is half transparent."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    ramp = x * 0.4 + y * 0.3
    picture = np.zeros((HEIGHT, WIDTH, 4 if alpha else 3))
    picture[: HEIGHT // 2, : WIDTH // 2, 0] = 180
    picture[: HEIGHT // 2, WIDTH // 2 :, 1] = 160
    picture[HEIGHT // 2 :, : WIDTH // 2, 2] = 200
    picture[HEIGHT // 2 :, WIDTH // 2 :, :3] = 120
    picture[..., :3] += ramp[..., None]
    if alpha:
        picture[..., 3] = 255
        picture[HEIGHT // 2 :, WIDTH // 2 :, 3] = 128
    if deep:
        return (picture * 257 + (x % 7)[..., None] * (1 if not alpha else 0)).astype(np.uint16)
    return picture.astype(np.uint8)


def exif(turn: int = 1) -> bytes:
    """Date, camera, orientation; and a place, a maker's note and a thumbnail that should not travel."""
    first = Image.Exif()
    first[0x010F], first[0x0132], first[0x0112], first[0x013B] = (
        "Maker",
        DATE[:-1].decode(),
        turn,
        "A. Nonymous",
    )
    first.get_ifd(0x8769).update({0x9003: DATE[:-1].decode(), 0x927C: b"NOTE-OF-THE-MAKER", 0x829A: 0.01})
    first.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return first.tobytes()


def profile() -> bytes:
    """A small display profile with wide primaries (ICC.1:2022 §7), so that ignoring it is seen."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    name = b"Wide Test\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(8 + 3 + 67),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011), b"gXYZ": xyz(0.2919, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1572, 0.0666, 0.7841),
        b"rTRC": b"curv\0\0\0\0\0\0\0\1\2\x33", b"gTRC": b"curv\0\0\0\0\0\0\0\1\2\x33",
        b"bTRC": b"curv\0\0\0\0\0\0\0\1\2\x33", b"cprt": b"text\0\0\0\0none\0",
    }  # fmt: skip
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def iptc() -> bytes:
    """A caption and a city, in a Photoshop block."""
    records = b"".join(
        b"\x1c\x02" + bytes((number,)) + struct.pack(">H", len(text)) + text
        for number, text in ((120, b"A caption"), (90, b"Hidden Town"))
    )
    return b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records + bytes(len(records) % 2)


def write(path: Path, *, alpha: bool = False, deep: bool = False, turn: int = 1, tagged: bool = True) -> Path:
    """A picture in the format of the suffix of `path`, with everything that format can carry."""
    return _WRITERS[path.suffix[1:]](path, alpha, deep, turn, tagged) or path


def _jpeg(path: Path, _alpha: bool, _deep: bool, turn: int, tagged: bool) -> None:
    given = {"exif": exif(turn), "xmp": XMP, "icc_profile": profile()} if tagged else {}
    Image.fromarray(quarters()).save(path, quality=95, subsampling=0, dpi=(300, 300), **given)
    if tagged:
        data = path.read_bytes()
        block = b"Photoshop 3.0\0" + iptc()
        path.write_bytes(data[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + data[2:])


def _png(path: Path, alpha: bool, deep: bool, turn: int, tagged: bool) -> None:
    if deep:
        import cv2

        order = [2, 1, 0, 3] if alpha else [2, 1, 0]
        assert cv2.imwrite(str(path), quarters(alpha=alpha, deep=True)[..., order])
        return
    given = {"exif": exif(turn), "icc_profile": profile()} if tagged else {}
    Image.fromarray(quarters(alpha=alpha)).save(path, dpi=(300, 300), **given)


def _pillow(path: Path, alpha: bool, _deep: bool, turn: int, tagged: bool) -> None:
    given = {"exif": exif(turn), "icc_profile": profile(), "xmp": XMP} if tagged else {}
    lossless = {"lossless": True} if path.suffix == ".webp" else {"quality": 95, "subsampling": "4:4:4"}
    Image.fromarray(quarters(alpha=alpha)).save(path, **lossless, **given)


def _heic(path: Path, alpha: bool, deep: bool, _turn: int, tagged: bool) -> None:
    pixels = quarters(alpha=alpha, deep=deep)
    mode = ("RGBA" if alpha else "RGB") + (";16" if deep else "")
    file = pillow_heif.from_bytes(mode, (WIDTH, HEIGHT), pixels.tobytes())
    given = {"exif": exif(), "icc_profile": profile(), "xmp": XMP} if tagged else {}
    file.save(path, quality=95, chroma=444, **given)


def _tiff(path: Path, alpha: bool, deep: bool, turn: int, tagged: bool) -> None:
    if deep:
        tifffile.imwrite(path, quarters(alpha=alpha, deep=True), photometric="rgb", resolution=(300, 300),
                         extrasamples=["unassalpha"] if alpha else None)  # fmt: skip
        return
    given = {"exif": exif(turn), "icc_profile": profile()} if tagged else {}
    Image.fromarray(quarters(alpha=alpha)).save(path, dpi=(300, 300), **given)


def _plain(path: Path, alpha: bool, _deep: bool, _turn: int, _tagged: bool) -> None:
    Image.fromarray(quarters(alpha=alpha)).save(path)


def _ico(path: Path, alpha: bool, _deep: bool, _turn: int, _tagged: bool) -> None:
    Image.fromarray(quarters(alpha=alpha)).save(path, sizes=[(WIDTH, HEIGHT)])


def _svg(path: Path, *_: object) -> None:
    half = f'width="{WIDTH // 2}" height="{HEIGHT // 2}"'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect {half} fill="#c80000"/><rect x="{WIDTH // 2}" {half} fill="#00b400"/>'
        f'<rect y="{HEIGHT // 2}" {half} fill="#0000dc"/></svg>',
        encoding="utf-8",
    )


def _dng(path: Path, *_: object) -> None:
    """A sensor of red, green and blue cells that saw the quarters (Adobe DNG 1.7 §4)."""
    size = 256, 192
    scene = np.asarray(Image.fromarray(quarters()).resize(size, Image.Resampling.NEAREST), np.float64) / 255
    cells = np.zeros((size[1], size[0]))
    cells[::2, ::2], cells[::2, 1::2] = scene[::2, ::2, 0], scene[::2, 1::2, 1]
    cells[1::2, ::2], cells[1::2, 1::2] = scene[1::2, ::2, 1], scene[1::2, 1::2, 2]
    matrix = (32406, -15372, -4986, -9689, 18758, 415, 557, -2040, 10570)
    tags = [
        (50706, 1, 4, (1, 4, 0, 0), True), (50708, 2, 0, "Test Camera", True), (33421, 3, 2, (2, 2), True),
        (33422, 1, 4, (0, 1, 1, 2), True), (50717, 3, 1, 4000, True), (50714, 3, 1, 0, True),
        (50721, 10, 9, tuple(v for one in matrix for v in (one, 10000)), True),
        (50728, 5, 3, (1, 1, 1, 1, 1, 1), True), (50778, 3, 1, 21, True), (271, 2, 0, "Test", True),
        (272, 2, 0, "Camera", True), (306, 2, 20, DATE[:-1].decode(), True),
    ]  # fmt: skip
    tifffile.imwrite(path, (cells**2.2 * 4000).astype(np.uint16), photometric=32803, extratags=tags, metadata=None,
                     software=None)  # fmt: skip


_WRITERS = {
    "jpg": _jpeg, "png": _png, "webp": _pillow, "avif": _pillow, "heic": _heic, "tif": _tiff, "bmp": _plain,
    "gif": _plain, "ico": _ico, "pdf": _plain, "svg": _svg, "dng": _dng,
}  # fmt: skip


def pixels(path: Path) -> NDArray[np.uint8]:
    """The upright 8-bit pixels of any output, read without the code under test."""
    if path.suffix == ".pdf":
        import pypdfium2

        document = pypdfium2.PdfDocument(path)
        try:
            page = document[0]
            scale = (
                WIDTH / max(page.get_size())
                if page.get_width() >= page.get_height()
                else WIDTH / page.get_height()
            )
            return page.render(scale=scale, rev_byteorder=True).to_numpy()[..., :3].copy()
        finally:
            document.close()
    picture: Image.Image
    if path.suffix == ".heic":
        picture = pillow_heif.open_heif(path).to_pillow()
    elif path.suffix in (".png", ".tif"):
        import cv2

        found = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        if found is not None and found.dtype == np.uint16:
            order = [2, 1, 0, 3] if found.shape[2] == 4 else [2, 1, 0]
            return (found[..., order] / 257 + 0.5).astype(np.uint8)
        picture = Image.open(io.BytesIO(path.read_bytes()))
    else:
        picture = Image.open(io.BytesIO(path.read_bytes()))
    from PIL import ImageOps

    picture = ImageOps.exif_transpose(picture) or picture
    if picture.mode not in ("RGB", "RGBA"):
        picture = picture.convert("RGBA" if "transparency" in picture.info or picture.mode == "PA" else "RGB")
    return np.asarray(picture)
