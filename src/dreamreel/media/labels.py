"""What tracks are called: their language, title and flags, as each container says them.

Languages are three letters, of the kind a container wants (ISO 639-2). ISO-BMFF has no title for tracks: there
it is the name of the handler, which is what players show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from av.stream import Disposition, Stream

__all__ = ["NO_LABEL", "Label", "language_code", "put_label", "track_title"]

_NAMELESS: Final = re.compile(
    r"handler|core media|l-smash|mainconcept|gpac|iso media|apple|\x1f|\W@", re.IGNORECASE
)
"""What writers of ISO-BMFF call the handler of a track that has no name."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a track is called."""

    language: str | None = None
    title: str | None = None
    dispositions: tuple[str, ...] = ()


NO_LABEL: Final = Label()


def track_title(tags: Mapping[str, str]) -> str | None:
    """The title that a track's tags give it, or None. Bytes that are not UTF-8 come as the reader left them."""
    handler = tags.get("handler_name", "")
    return tags.get("title") or tags.get("name") or (None if _NAMELESS.search(handler) else handler) or None


def put_label(stream: Stream, label: Label, muxer: str) -> None:
    """Write language, title and dispositions onto a stream of an output, as `muxer` wants them."""
    if language := language_code(muxer, label.language):
        stream.metadata["language"] = language
    if label.title:
        stream.metadata["handler_name" if muxer in ("mp4", "mov", "ipod", "3gp") else "title"] = label.title
    flags = Disposition(0)
    for name in label.dispositions:
        flags |= Disposition[name] if name in Disposition.__members__ else Disposition(0)
    stream.disposition = flags


_TWO: Final = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu",
    "el": "ell", "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fr": "fra",
    "ga": "gle", "gl": "glg", "gu": "guj", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye",
    "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz", "km": "khm", "kn": "kan",
    "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa",
    "my": "mya", "nb": "nob", "ne": "nep", "nl": "nld", "nn": "nno", "no": "nor", "pa": "pan", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "si": "sin", "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp",
    "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel", "th": "tha", "tl": "tgl", "tr": "tur", "uk": "ukr",
    "ur": "urd", "uz": "uzb", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to 639-2 (terminology codes)."""
_BOOKS: Final = {
    "sqi": "alb", "hye": "arm", "eus": "baq", "mya": "bur", "zho": "chi", "ces": "cze", "nld": "dut", "fra": "fre",
    "kat": "geo", "deu": "ger", "ell": "gre", "isl": "ice", "mkd": "mac", "mri": "mao", "msa": "may", "fas": "per",
    "ron": "rum", "slk": "slo", "bod": "tib", "cym": "wel",
}  # fmt: skip
"""The bibliographic codes where they differ; Matroska and QuickTime use them."""


def language_code(muxer: str, language: str | None) -> str | None:
    """The language as a container writes it: three letters, of the kind it wants."""
    if not language:
        return None
    first = language.replace("_", "-").split("-")[0].lower()
    three = _TWO.get(first, first)
    three = next((term for term, book in _BOOKS.items() if book == three), three)
    return _BOOKS.get(three, three) if muxer in ("matroska", "webm", "mov") else three
