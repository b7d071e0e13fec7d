"""Files of every format: exact times, styling kept as far as the format goes, hostile ones refused in a sentence."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.subtitles.words import said, texts, times

from dreamreel import errors
from dreamreel.media.subtitles import files
from dreamreel.media.subtitles.files import FORMATS, format_named, read, read_text, write, written
from dreamreel.media.subtitles.model import Cue, Style, Subtitles

PLAIN = said((1, "2.5", "Hello"), ("3.25", 4, "one\\Ntwo"), (61, 3661, "Straße, 東京, שלום"))
EXACT = said(("1.001", "2.999", "a"), ("3.5", "5.007", "b"))
STYLED = said(
    (1, 2, "{\\i1}Who{\\i0}'s {\\b1}there{\\b0}?"),
    (3, 4, "{\\an8}{\\c&H00FFFF&}Above{\\c}"),
    (5, 6, "A < B & C > D, a<3"),
)


@pytest.mark.parametrize("row", [row for row in FORMATS if row.write], ids=lambda row: row.name)
def test_words_and_times_come_back(row, tmp_path):
    path = tmp_path / f"film.{row.suffixes[0]}"
    write(PLAIN, path)
    found = read(path)
    assert len(found.cues) == 3
    ticks = {"microdvd": Fraction(1001, 24000), "tmp": Fraction(1, 2), "mpl2": Fraction(1, 20)}
    for cue, given_ in zip(found.cues, PLAIN.cues, strict=True):
        assert abs(cue.start - given_.start) <= ticks.get(row.name, 0)
        if row.name not in ("tmp",):
            assert abs(cue.end - given_.end) <= max(
                ticks.get(row.name, Fraction(0)), Fraction(3660 if row.name == "lrc" else 0)
            )
    words = [text.replace("\\N", " ") for text in texts(found)]
    assert words == ["Hello", "one two", "Straße, 東京, שלום"]


@pytest.mark.parametrize("name", ["srt", "vtt", "ttml", "sbv"])
def test_milliseconds_are_kept_exactly(name, tmp_path):
    write(EXACT, tmp_path / f"a.{name}")
    assert times(read(tmp_path / f"a.{name}")) == times(EXACT)


def test_ass_rounds_to_hundredths():
    assert times(read_text(written(EXACT, format_named("ass")), "a"))[1] == (
        Fraction(7, 2),
        Fraction(501, 100),
    )


@pytest.mark.parametrize("name", ["srt", "vtt", "ttml", "ass"])
def test_simple_styling_and_places_survive(name):
    found = texts(read_text(written(STYLED, format_named(name)), "a"))
    assert found[0] == texts(STYLED)[0]
    assert found[1].startswith("{\\an8}{\\c&H00FFFF&}Above")
    assert found[2] == "A < B & C > D, a<3"


def test_an_ass_script_survives_whole():
    style = Style("Sign", "Inter", 33.5, 0x0000FFFF, 0, 0x80102030, 0x11223344, True, True, True, True, 90.0, 110.0,
                  1.5,                  -3.25, 3, 2.5, 0.0, 7, 11, 12, 13)  # fmt: skip
    text = "{\\pos(10,20)\\t(0,500,\\fs40)}Text, with, commas"
    cue = Cue(Fraction(1), Fraction(2), text, "Sign", 3, 4, 5, 6, "Anna", "Banner;5")
    whole = Subtitles((cue,), (style,), 1920, 1080, 2, False, title="Film")
    assert read_text(written(whole, format_named("ass")), "a") == whole


def test_columns_are_where_the_format_line_says():
    text = (
        "[Script Info]\nPlayResY: 720\n[V4+ Styles]\nFormat: Fontsize, Name, Bold\nStyle: 40,Big,-1\n"
        "[Events]\nFormat: Start, End, Style, Text\nDialogue: 0:00:01.00,0:00:02.00,Big,Hello, you\n"
        "Dialogue: nonsense\nComment: 0:00:01.00,0:00:02.00,Big,not shown\n"
    )
    found = read_text(text, "a")
    assert found.styles[0].size == 40
    assert found.styles[0].bold
    assert (found.width, found.height) == (960, 720)
    assert texts(found) == ["Hello, you"]
    assert found.notes == ("1 line without a readable time left out",)


def test_ssa_is_read():
    text = (
        "[Script Info]\n[V4 Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, "
        "BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, "
        "Encoding\n"
        "Style: Default,Arial,24,65535,0,0,0,-1,0,1,2,0,6,10,10,10,0,1\n[Events]\n"
        "Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: Marked=0,0:00:01.00,0:00:02.00,*Default,,0000,0000,0000,,Hi\n"
    )
    found = read_text(text, "a")
    assert (found.styles[0].primary, found.styles[0].alignment) == (0xFFFF, 8)
    assert found.cues[0].style == "Default"


def test_subrip_as_it_is_found_in_the_wild():
    text = (
        "00:00:01,000 --> 00:00:02,000\nno number\n\n2\n0:0:3.5 --> 0:00:04:500 X1:10 Y1:20\ndots\n3\n\n"
        "4\n00:00:05,000-->00:00:06,000\n\n5\n00:00:07,000 --> 00:00:06,000\nbackwards\n\n6\n"
        "00:00:08,000 --> 00:00:09,000\nthe year\n1984\n\n7\n00:00:10,000 --> 00:00:11,000\nC:\\New {lit} 3 < 4\n"
    )
    found = read_text(text, "a")
    assert texts(found) == ["no number", "dots\\N3", "the year\\N1984", "C:\\\u2060New \\{lit\\} 3 < 4"]
    assert "C:\\New {lit} 3 < 4" in written(found, format_named("srt"))


def test_webvtt_as_video_sites_write_it():
    text = (
        "WEBVTT - a title\nKind: captions\n\nNOTE nobody\nreads this\n\nSTYLE\n::cue { color: red }\n\nintro\n"
        "00:01.000 --> 00:02.500 position:10%,line-left align:start line:0\n"
        "<v Anna>Hi <c.yellow>you</c> &amp; me</v>\n\n"
        "00:00:03.000 --> 00:00:04.000 line:90%\n<00:00:03.100><c> word</c><00:00:03.500><c> by word</c>\n"
    )
    found = read_text(text, "a")
    assert texts(found) == ["{\\an7}Hi {\\c&H00FFFF&}you{\\c} & me", "word by word"]
    assert times(found)[0] == (1, Fraction(5, 2))


def test_ttml_with_frames_ticks_and_nested_times():
    text = """<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
      xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:frameRate="25" ttp:tickRate="10000000" xml:lang="de">
      <head><styling>
      <style xml:id="s" tts:fontStyle="italic"/></styling></head><body begin="10s"><div>
      <p begin="00:00:01:05" end="00:00:02:00">frames</p><p begin="30000000t" dur="500ms" style="s">ticks<br/>and
         <span tts:fontWeight="bold">bold</span></p></div>
      <div timeContainer="seq"><p dur="1s">one</p><p dur="2s">two</p></div></body></tt>"""
    found = read_text(text, "a")
    assert found.language == "de"
    assert [(cue.start, cue.end, cue.text) for cue in found.cues] == [
        (10, 11, "one"),
        (11, 13, "two"),
        (Fraction(56, 5), 12, "frames"),
        (13, Fraction(27, 2), "{\\i1}ticks\\Nand {\\b1}bold{\\b0}"),
    ]


def test_sami_takes_its_first_language():
    text = (
        "<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Hello<br><i>you</i>\n<SYNC Start=1000><P Class=DECC>Hallo\n"
        "<SYNC Start=2500><P Class=ENCC>&nbsp;\n<SYNC Start=4000><P Class=ENCC>End</BODY></SAMI>"
    )
    found = read_text(text, "a")
    assert texts(found) == ["Hello\\N{\\i1}you{\\i0}", "End"]
    assert times(found)[0] == (1, Fraction(5, 2))


def test_microdvd_says_its_rate():
    found = read_text("{1}{1}25\n{25}{50}{y:i}Hi|you\n{75}{}open end\n", "a")
    assert times(found)[0] == (1, 2)
    assert found.cues[0].text.startswith("{\\i1}Hi")
    assert read_text("{24}{48}Hi\n", "a").notes == ("the frame rate is not said; 23.976 was taken",)


def test_the_language_is_read_off_the_name(tmp_path):
    write(PLAIN, tmp_path / "film.de.srt")
    assert read(tmp_path / "film.de.srt").language == "de"
    write(PLAIN, tmp_path / "film.final.srt")
    assert read(tmp_path / "film.final.srt").language is None


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", errors.NotMedia, "empty"),
        (b"  \n \n", errors.NotMedia, "empty"),
        (bytes(range(256)) * 40, errors.NotMedia, "binary"),
        (b"\x1aE\xdf\xa3" + bytes(5000), errors.NotMedia, "binary"),
        (b"just a letter to a friend\n", errors.NotMedia, "not a subtitle file"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\n", errors.NotMedia, "shows nothing"),
        (b"WEBVTT\n", errors.NotMedia, "shows nothing"),
        (b'<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="1s"', errors.DamagedMedia,
         "complete"),
        (b'<!DOCTYPE tt [<!ENTITY a "aaaa">]><tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>', errors.UnsafeMedia,
         "type"),
        (b"<SAMI><BODY>no times", errors.DamagedMedia, "SYNC"),
    ],
    ids=["empty", "blank", "binary", "matroska", "letter", "no text", "bare", "cut off", "entities", "sami"],
)  # fmt: skip
def test_what_is_no_subtitle_file_is_refused_in_a_sentence(data, error, words, tmp_path):
    path = tmp_path / "a.srt"
    path.write_bytes(data)
    with pytest.raises(error, match=words) as caught:
        read(path)
    assert "a.srt" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(errors.InputMissing, match="not found"):
        read(tmp_path / "none.srt")
    with pytest.raises(errors.InputMissing, match="folder"):
        read(tmp_path)


def test_more_cues_than_any_film_has_are_refused(tmp_path):
    path = tmp_path / "many.srt"
    path.write_bytes(b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n" * 1_000_000)
    with pytest.raises(errors.TooLarge, match="200000 cues"):
        read(path)


def test_a_file_larger_than_any_subtitle_file_is_refused(tmp_path):
    path = tmp_path / "large.srt"
    with path.open("wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(errors.TooLarge, match="64 MiB"):
        read(path)


def test_formats_that_are_only_read_are_not_written(tmp_path):
    with pytest.raises(errors.UsageError, match="only read"):
        write(PLAIN, tmp_path / "a.smi")
    with pytest.raises(errors.UsageError, match="srt"):
        write(PLAIN, tmp_path / "a.doc")
    assert not list(tmp_path.iterdir())


HEADS = {
    "ass": "[Script Info]\n[Events]\nDialogue: ",
    "ssa": "[V4 Styles]\nStyle: ",
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n",
    "ttml": '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="1s" end="2s">',
    "sami": "<SAMI><SYNC Start=1>",
    "srt": "1\n00:00:01,000 --> 00:00:02,000\n",
    "microdvd": "{1}{2}",
    "subviewer": "[INFORMATION]\n",
    "sbv": "0:00:01.000,0:00:02.000\n",
    "mpl2": "[1][2]",
    "lrc": "[00:01.00]",
    "tmp": "00:00:01:",
}


@given(st.text(max_size=400), st.sampled_from([row.name for row in FORMATS]))
def test_whatever_follows_a_beginning_is_read_or_refused(text, name):
    try:
        found = read_text(HEADS[name] + text, "a")
    except errors.InputRejected:
        return
    assert all(0 <= cue.start < cue.end for cue in found.cues)
    for row in FORMATS:
        if row.write:
            written(found, row)
