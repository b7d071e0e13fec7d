"""Old character sets are recognised by their letters, and said so; what is no text is refused."""

from __future__ import annotations

import pytest

from dreamreel.errors import NotMedia
from dreamreel.media.subtitles.charset import decoded

LINES = {
    "cp1252": [
        "Où est-il passé? Ça va très bien.",
        "Mañana será otro día, ¿no?",
        "Größe übt Spaß",
        "“Hi” – it’s Anna",
    ],
    "cp1250": [
        "Zażółć gęślą jaźń. Gdzie jesteś?",
        "Příliš žluťoučký kůň úpěl",
        "Hol vagy? Őrült vagy, tűnj el",
    ],
    "cp1251": ["Где ты был? Я ждал тебя весь вечер.", "ГДЕ ТЫ?"],
    "cp1253": ["Πού είσαι; Σε περίμενα όλη νύχτα."],
    "cp1254": ["Nasılsın? İyi günler, şimdi geliyorum ağabey."],
    "cp1255": ["איפה היית? חיכיתי לך כל הלילה"],
    "cp1256": ["أين كنت؟ انتظرتك طوال الليل"],
    "cp1257": ["Es tevi gaidīju visu nakti, šodien ēdīsim."],
    "cp932": ["どこにいたの？一晩中待っていたよ。", "東京へ行きます"],
    "gb18030": ["你去哪儿了？我等了你一晚上。"],
    "cp949": ["어디 있었어? 밤새 기다렸잖아."],
    "big5": ["你去哪裡了？我等了你一個晚上。"],
}


@pytest.mark.parametrize(
    ("codec", "line"), [(codec, line) for codec, lines in LINES.items() for line in lines]
)
def test_an_old_character_set_is_recognised_and_said(codec, line):
    text = f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{line}\r\n"
    found, note = decoded(text.encode(codec), "a.srt")
    assert found == text
    assert note is not None
    assert codec in note


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line", ["Hello there", "你去哪儿了？", "Где ты был?"])
def test_unicode_is_never_guessed(codec, line):
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{line}\n"
    found, note = decoded(text.encode(codec), "a.srt")
    assert found == text
    assert (note is not None) == (codec in ("utf-16-le", "utf-16-be"))


def test_an_encoding_that_is_named_is_used():
    assert decoded("é".encode("cp437"), "a.srt", "cp437") == ("é", None)
    with pytest.raises(NotMedia, match=r"a\.srt cannot be read as utf-8"):
        decoded(b"\xff\xfe\xff", "a.srt", "utf-8")
    with pytest.raises(NotMedia, match="klingon"):
        decoded(b"a", "a.srt", "klingon")


def test_a_file_cut_inside_a_letter_is_still_utf_8():
    found, note = decoded("Grüße für Łukasz".encode()[:-1] + "ł".encode()[:1], "a.srt")
    assert found.startswith("Grüße für")
    assert note == "its last character is cut off"
