"""Bytes to text: byte order marks, UTF-8, UTF-16, else the likeliest of the older character sets.

Every candidate that can decode the bytes is scored by what its non-ASCII characters would be: letters that its
languages use often, in words; symbols, controls and capitals inside words speak against it.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import Final

from dreamreel.errors import NotMedia

__all__ = ["decoded"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip

_SAMPLE: Final = 200_000
_WORDS: Final = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")
_PUNCTUATION: Final = frozenset("’‘“”„«»–—…•¿¡°♪♫·´。、，！？「」『』・…")

_JAPANESE: Final = (
    "のいにるはをたがでてとしれさあなもまこりかっだすらうけよくわきんせおどじみえそねちめやばろひげつ"
    "アイウエオカキクケコサシスセソタチツテトナニハマミムメモラリルレロワンー"
)
_SIMPLIFIED: Final = (
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心"
    "多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长吗吧啊呢什谁问"
    "题知话现样今明请谢"
)
_TRADITIONAL: Final = (
    "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心"
    "多天而能好都然沒日於起還發成事只作當想看無開手經頭面長嗎吧啊呢什誰問題知話現樣今明請謝"
)

# For each character set the characters its languages use most. The first of
# two that fit equally wins: Russian bytes hardly ever decode as Hebrew, while Hebrew ones are lower-case Russian.
_EXPECTED: Final = {
    "cp1252": ("Western European", "éèàáíóúñçêâîôûëïüöäßùòìåæøœãõÉÈÀÁÍÓÚÑÇÊÜÖÄÅÆØ¿¡"),
    "cp1250": ("Central European", "ąćęłńóśźżáčďéěíňřšťúůýžőűöüăâîțşţđĄĆĘŁŚŹŻČĎĚŇŘŠŤŮŽŐŰĐ"),
    "cp1255": ("Hebrew", "יוהלאמרתבנשדחעקפגטזסכצםןךףץ"),
    "cp1251": ("Cyrillic", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґўОЕАИНТСРВЛКМДПУЯЫГЗБЧЙХЖШЮЦЩЭФІЇЄ"),
    "cp1253": ("Greek", "αοιετσνηυρπκμλςάόίέώήύγδθφχβωζξψϊΑΟΙΕΤΣΝΗΡΠΚΜΛΓΔΘΦΧΒΩ"),
    "cp1254": ("Turkish", "ıişğüçöİŞĞÜÇÖ"),
    "cp1256": ("Arabic", "اليمنورتبهدعسفكقحجشصطذخضزثغظءأإآةىؤئپچژگ"),
    "cp1257": ("Baltic", "āčēģīķļņšūžąęėįųŠŽĀČĒĢĪĶĻŅŪ"),
    "cp932": ("Japanese", _JAPANESE),
    "gb18030": ("Simplified Chinese", _SIMPLIFIED),
    "cp949": ("Korean", "이다는을가에의하지고은도한를그나어들니로라자아사기해있서안일것거보정수시인리만네내요게우면"),
    "big5": ("Traditional Chinese", _TRADITIONAL),
}  # fmt: skip


def decoded(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str | None]:
    """The text of a file called `name`, and a note when its character set had to be guessed.

    `encoding` says it instead. Raises `NotMedia` for what is no text or does not decode as said.
    """
    if encoding is not None:
        return _as_said(data, name, encoding), None
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace"), None
    if b"\x00" in data[:4096]:
        return _wide(data, name), "read as UTF-16, which it does not say"
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        # A file cut short in the middle of its last character is still UTF-8.
        if error.start >= len(data) - 3 and error.start > 0:
            return data[: error.start].decode("utf-8"), "its last character is cut off"
    return _guessed(data, name)


def _as_said(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except (LookupError, UnicodeDecodeError):
        raise NotMedia(f"{name} cannot be read as {encoding[:40]}; name another encoding, or none.") from None


def _wide(data: bytes, name: str) -> str:
    """UTF-16 without a mark: for most scripts one of two bytes repeats (0 for Latin)."""
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = data.decode(codec, "replace")
    sample = text[:2000]
    if min(even, odd) * 8 > max(even, odd) or _noise(sample) * 10 > len(sample):
        raise NotMedia(f"{name} holds binary data, not subtitles; choose a subtitle file.")
    return text


def _noise(text: str) -> int:
    return sum(not (mark.isprintable() or mark in "\r\n\t\f") for mark in text)


def _guessed(data: bytes, name: str) -> tuple[str, str]:
    sample = _whole_lines(data[:_SAMPLE], len(data) > _SAMPLE)
    scores: list[tuple[float, str]] = []
    for codec, (_, expected) in _EXPECTED.items():
        try:
            scores.append((_score(sample.decode(codec), frozenset(expected)), codec))
        except UnicodeDecodeError:
            continue
    best = max(scores, key=lambda item: item[0], default=(-1.0, "latin-1"))
    # Shared letters decide nothing; what a Western file lacks altogether, it is not.
    codec = best[1]
    if best[0] < -0.2:
        raise NotMedia(f"{name} is not a text in a known character set; save it as UTF-8 and try again.")
    language = _EXPECTED[codec][0] if codec in _EXPECTED else "Western European"
    return data.decode(
        codec, "replace"
    ), f"read as {language} ({codec}), a guess; name its encoding if it is wrong"


def _whole_lines(data: bytes, cut: bool) -> bytes:
    return data[: data.rfind(b"\n") + 1] or data if cut else data


def _score(text: str, expected: frozenset[str]) -> float:
    """How much the non-ASCII characters of `text` look like a language written with `expected`: 1 at best."""
    total, points = 0, 0.0
    for word in _WORDS.findall(text):
        foreign = [mark for mark in word if not mark.isascii()]
        total += len(foreign)
        points += sum(_points(mark, expected) for mark in foreign)
        if foreign and foreign[0].isalpha():
            points -= len(foreign) * _oddity(word, foreign)
    return points / total if total else 0.0


def _points(mark: str, expected: frozenset[str]) -> float:
    if mark in expected:
        return 1.0
    if mark in _PUNCTUATION:
        return 0.4
    return 0.15 if mark.isalpha() else -1.0


def _oddity(word: str, foreign: list[str]) -> float:
    """What speaks against a word: capitals after small letters, two scripts in one, Latin without a plain letter."""
    if any(two.isupper() and one.islower() for one, two in pairwise(word)):
        return 1.5
    latin = all(mark < "\u0250" for mark in foreign)
    mixed = len(foreign) < len(word)
    return 1.0 if (mixed and not latin) or (latin and not mixed and len(word) > 2) else 0.0
