"""Suffixes of what is looked for in folders, by kind; a file that is named is taken whatever it is called."""

from __future__ import annotations

from typing import Final

__all__ = ["FILMS", "PICTURES", "SOUNDS"]

PICTURES: Final = frozenset({
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "avif", "heic", "heif", "tif", "tiff", "bmp", "gif", "ico", "pdf",
    "svg", "dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf", "pef", "srw",
})  # fmt: skip
SOUNDS: Final = frozenset({
    "mp3", "m4a", "m4b", "aac", "flac", "wav", "w64", "aif", "aiff", "caf", "ogg", "oga", "opus", "wma", "ac3", "eac3",
    "mp2", "wv", "tta", "ape", "amr", "au", "dts", "mka",
})  # fmt: skip
FILMS: Final = frozenset({
    "mp4", "m4v", "mov", "qt", "mkv", "webm", "avi", "ts", "mts", "m2ts", "m2t", "trp", "mpg", "mpeg", "mpe", "vob",
    "flv", "f4v", "wmv", "asf", "3gp", "3g2", "ogv", "mxf", "dv", "nut", "mj2", "ivf",
})  # fmt: skip
