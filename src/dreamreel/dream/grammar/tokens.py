"""Tokens: words, numbers, emoji and punctuation of a text, each with the words as written.

A token is cut from the original text, and its reading form is made from that cut: compatibility forms folded
(full width, ligatures), case folded, accents and curly quotes gone. Hyphens and apostrophes separate tokens but
leave a mark, so that "hot-air balloon" reads like "hot air balloon" and "merry-go-round" is reported whole.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from dreamreel.dream.lexicon.data import words

__all__ = ["HYPHENS", "Token", "TokenKind", "tokenise"]

TokenKind = Literal["word", "number", "emoji", "comma", "stop", "and"]

_APOSTROPHES = frozenset("'’‘ʼ`´＇")
HYPHENS = frozenset("-‐‑–_")
_LINKS = _APOSTROPHES | HYPHENS
_COMMAS = frozenset(",;،、，；:：()[]{}—―/")
_STOPS = frozenset(".!?。！？؟…\n|•*")
_ANDS = frozenset("&+＋")
_JOINERS = frozenset("\u200d\ufe0f\ufe0e\u20e3")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `text[start:end]` as written, and how it is read."""

    kind: TokenKind
    word: str
    start: int
    end: int
    glued: bool = False
    """Whether a hyphen or an apostrophe joins it to the token before."""
    capital: bool = False


def tokenise(text: str) -> list[Token]:
    """Every token of `text`, in order. Linear in its length; never raises."""
    tokens: list[Token] = []
    at = 0
    glued = False
    while at < len(text):
        letter = text[at]
        if letter in _LINKS:
            near = bool(tokens) and tokens[-1].end == at and tokens[-1].kind in ("word", "number")
            glued, at = near, at + 1
            continue
        end, found = _token_at(text, at, glued)
        tokens.extend(found)
        glued, at = False, end
    return tokens


def _token_at(text: str, at: int, glued: bool) -> tuple[int, list[Token]]:
    """The end of the token that starts at `at`, and the token, if there is one."""
    letter = text[at]
    kind = _mark(letter)
    if kind:
        return at + 1, [Token(kind, letter, at, at + 1)]
    if letter.isdecimal():
        end = _digits(text, at)
        return end, [Token("number", _reading(text[at:end]).replace(",", ""), at, end, glued)]
    if _is_emoji(letter):
        end = _emoji(text, at)
        return end, [Token("emoji", _plain_emoji(text[at:end]), at, end)]
    if _is_letter(letter):
        end = at + 1
        while end < len(text) and (_is_letter(text[end]) or unicodedata.category(text[end])[0] == "M"):
            end += 1
        return end, _words(text, at, end, glued)
    return at + 1, []


def _mark(letter: str) -> TokenKind | None:
    return (
        "comma" if letter in _COMMAS else "stop" if letter in _STOPS else "and" if letter in _ANDS else None
    )


def _words(text: str, start: int, end: int, glued: bool) -> list[Token]:
    """A run of letters: one word, or the pieces of a run in a script that writes no spaces."""
    if not any(_is_kana(letter) for letter in text[start:end]):
        word = _reading(text[start:end])
        return [Token("word", word, start, end, glued, text[start].isupper())] if word else []
    joining = words("foreign", "kana", "words")
    pieces: list[Token] = []
    at = start
    while at < end:
        stretch = at
        while stretch < end and not _is_hiragana(text[stretch]):
            stretch += 1
        tail = stretch
        while tail < end and _is_hiragana(text[tail]):
            tail += 1
        # Hiragana behind other signs is a joining word, or the ending of the word before it.
        cut = stretch if text[stretch:tail] in joining else tail
        if cut > at:
            pieces.append(Token("word", _reading(text[at:cut]), at, cut))
        at = tail
    return pieces


def _reading(written: str) -> str:
    """The form that is looked up: compatibility folded, case folded, without accents."""
    folded = unicodedata.normalize("NFKD", written).casefold()
    if not folded.isascii():
        bare = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
        folded = unicodedata.normalize("NFKC", bare if bare.isascii() else folded)
    return folded


def _digits(text: str, at: int) -> int:
    end = at + 1
    while end < len(text) and (
        text[end].isdecimal()
        or (text[end] == "," and text[end + 1 : end + 4].isdecimal() and end + 4 <= len(text))
    ):
        end += 1
    return end + 1 if text[end : end + 1] == "\ufe0f" else end


def _emoji(text: str, at: int) -> int:
    """The end of an emoji with its modifiers and everything joined to it."""
    end = at + 1
    while end < len(text) and (
        text[end] in _JOINERS or 0x1F3FB <= ord(text[end]) <= 0x1F3FF or text[end - 1] == "\u200d"
    ):
        end += 1
    return end


def _plain_emoji(written: str) -> str:
    """The first sign of a joined emoji, without variation and skin tone."""
    return written[0]


def _is_emoji(letter: str) -> bool:
    return unicodedata.category(letter) == "So"


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "L"


def _is_hiragana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u309f"


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30ff"
