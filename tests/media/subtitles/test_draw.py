"""Words as pictures: in their colours, at their places, once for as long as they look the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.media.subtitles.words import said

from dreamreel.media.subtitles.draw import Captions, Layer
from dreamreel.media.subtitles.look import Look
from dreamreel.media.subtitles.model import Cue, Style, Subtitles
from dreamreel.media.subtitles.tracks import FontFile

WIDE, HIGH = 640, 360
BASE = Style("Default", "DejaVu Sans", 30.0, outline=0.0, shadow=0.0, left=20, right=20, vertical=10)


def styled(text: str, *, style: Style = BASE, length: int = 4) -> Captions:
    cue = Cue(Fraction(0), Fraction(length), text)
    return Captions(Subtitles((cue,), (style,), WIDE, HIGH), WIDE, HIGH)


def only(captions: Captions, time: object = 0) -> Layer:
    (layer,) = captions.at(Fraction(str(time)))
    return layer


def ink(layer: Layer) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is opaque."""
    rows, columns = np.nonzero(layer.pixels[:, :, 3] > 128)
    edges = (layer.x + columns.min(), layer.y + rows.min(), layer.x + columns.max(), layer.y + rows.max())
    return tuple(int(edge) for edge in edges)  # pyright: ignore[reportReturnType]


def colours(layer: Layer) -> set[tuple[int, ...]]:
    """The colours of the wholly opaque pixels."""
    return {tuple(int(part) for part in pixel[:3]) for pixel in layer.pixels[layer.pixels[:, :, 3] == 255]}


@pytest.mark.parametrize("place", range(1, 10))
def test_each_place_of_the_keypad(place):
    left, top, right, bottom = ink(only(styled(f"{{\\an{place}}}Word")))
    row, column = divmod(place - 1, 3)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    assert (left < 30, 310 < middle_x < 330, right > WIDE - 30)[column]
    assert (bottom > HIGH - 30, 165 < middle_y < 195, top < 30)[row]


def test_an_alignment_of_old_scripts():
    assert ink(only(styled("{\\a6}Word")))[1] < 30


def test_margins_of_a_cue_go_before_those_of_its_style():
    cue = Cue(Fraction(0), Fraction(1), "{\\an1}W", left=200, vertical=100)
    captions = Captions(Subtitles((cue,), (BASE,), WIDE, HIGH), WIDE, HIGH)
    left, _, _, bottom = ink(only(captions))
    assert 195 < left < 210
    assert HIGH - 115 < bottom < HIGH - 95


def test_a_position_is_where_the_anchor_stands():
    left, top, right, bottom = ink(only(styled("{\\an5\\pos(200,100)}Word")))
    assert abs((left + right) / 2 - 200) < 5
    assert abs((top + bottom) / 2 - 100) < 12


def test_a_script_is_scaled_to_the_picture():
    cue = Cue(Fraction(0), Fraction(1), "{\\an5\\pos(320,180)}Word")
    small = Captions(Subtitles((cue,), (BASE,), WIDE, HIGH), WIDE, HIGH)
    large = Captions(Subtitles((cue,), (BASE,), WIDE, HIGH), WIDE * 3, HIGH * 3)
    one, two = ink(only(small)), ink(only(large))
    assert all(abs(a * 3 - b) < 10 for a, b in zip(one, two, strict=True))


def test_wide_pixels_make_the_picture_narrower_not_the_words():
    cue = Cue(Fraction(0), Fraction(1), "{\\an5\\pos(320,180)}Word")
    script = Subtitles((cue,), (BASE,), WIDE, HIGH)
    square, wide = Captions(script, WIDE, HIGH), Captions(script, WIDE // 2, HIGH, Fraction(2))
    one, two = ink(only(square)), ink(only(wide))
    assert abs((one[2] - one[0]) / 2 - (two[2] - two[0])) < 4
    assert one[1] == pytest.approx(two[1], abs=1)


def test_a_move_is_where_its_time_says():
    captions = styled("{\\an4\\move(0,100,400,100)}Word")
    places = [ink(only(captions, time))[0] for time in (0, 2, 3)]
    assert places[1] - places[0] == pytest.approx(200, abs=2)
    assert places[2] - places[0] == pytest.approx(300, abs=2)


def test_colours_are_blue_green_red_in_ass():
    assert (255, 0, 0) in colours(only(styled("{\\c&H0000FF&\\fs60}Word")))
    assert colours(only(styled("{\\1c&HFF0000&\\fs60}Word{\\r}"))) & {(0, 0, 255)}
    outlined = only(styled("{\\bord4\\3c&H00FF00&\\fs60}Word"))
    assert {(255, 255, 255), (0, 255, 0)} <= colours(outlined)


def test_alpha_and_fades():
    assert only(styled("{\\alpha&H80&\\fs60}Word")).pixels[:, :, 3].max() == pytest.approx(127, abs=2)
    assert only(styled("{\\1a&H80&\\c&H0000FF&\\fs60}Word")).pixels[:, :, 3].max() == pytest.approx(
        127, abs=2
    )
    captions = styled("{\\fad(1000,1000)\\fs60}Word")
    strength = [only(captions, time).pixels[:, :, 3].max() for time in ("0.5", 2, "3.75")]
    assert strength == [pytest.approx(128, abs=2), 255, pytest.approx(64, abs=2)]
    assert captions.at(Fraction(0)) == []
    assert styled("{\\fade(255,0,255,0,1000,2000,3000)}Word").at(Fraction(7, 2)) == []


def test_bold_is_heavier_and_italic_leans():
    plain, bold = (only(styled(text)).pixels[:, :, 3].astype(int).sum() for text in ("WWW", "{\\b1}WWW"))
    assert bold > plain * 1.15
    upright, italic = (ink(only(styled(text))) for text in ("{\\fs80}l", "{\\fs80\\i1}l"))
    assert italic[2] - italic[0] > upright[2] - upright[0] + 3


def test_underline_and_scale_and_spacing():
    plain, lined = (ink(only(styled(text))) for text in ("{\\fs80}nnn", "{\\fs80\\u1}nnn"))
    assert lined[3] > plain[3] + 1
    widths = [
        (box := ink(only(styled(text))))[2] - box[0] for text in ("nnn", "{\\fscx200}nnn", "{\\fsp20}nnn")
    ]
    assert widths[1] == pytest.approx(widths[0] * 2, rel=0.1)
    assert widths[2] == pytest.approx(widths[0] + 40, abs=6)


def test_a_quarter_turn_stands_upright():
    flat, turned = (
        ink(only(styled(text))) for text in ("{\\an5\\pos(320,180)}WWWW", "{\\an5\\pos(320,180)\\frz90}WWWW")
    )
    assert flat[2] - flat[0] == pytest.approx(turned[3] - turned[1], abs=3)


def test_a_clip_hides_what_is_outside():
    box = ink(only(styled("{\\an5\\pos(320,180)\\clip(320,0,640,360)\\fs60}WWWW")))
    assert box[0] >= 319


def test_karaoke_colours_syllables_in_turn():
    captions = styled("{\\fs60\\2c&H0000FF&\\k100}one {\\k100}two")
    assert (255, 0, 0) in colours(only(captions, "0.5"))
    assert (255, 0, 0) not in colours(only(captions, "1.5"))
    sweep = styled("{\\fs60\\2c&H0000FF&\\kf400}MMMMMMMM")
    shares = []
    for time in ("0.5", 2, "3.5"):
        layer = only(sweep, time)
        opaque = layer.pixels[layer.pixels[:, :, 3] == 255]
        shares.append((opaque[:, 1] > 200).mean())
    assert shares[0] < shares[1] < shares[2]


def test_a_transform_goes_from_one_look_to_another():
    captions = styled("{\\an5\\pos(320,180)\\fs20\\t(0,4000,\\fs60)}Word")
    heights = [(box := ink(only(captions, time)))[3] - box[1] for time in (0, 2, "3.99")]
    assert heights[1] == pytest.approx(heights[0] * 2, abs=3)
    assert heights[2] == pytest.approx(heights[0] * 3, abs=4)


def test_a_box_stands_behind_the_words():
    captions = Captions(said((0, 1, "Word")), WIDE, HIGH, look=Look(box=True))
    layer = only(captions)
    assert layer.pixels[2:6, layer.pixels.shape[1] // 2, 3].max() > 100


def test_long_lines_are_broken_in_the_middle():
    text = "I never thought we would come back to this place, not after all that has happened."
    layer = only(Captions(said((0, 1, text)), 1280, 720))
    rows = layer.pixels[:, :, 3].max(axis=1) > 128
    assert layer.pixels.shape[1] < 1280 * 0.84 + 20
    widths = []
    for half in (layer.pixels[: len(rows) // 2], layer.pixels[len(rows) // 2 :]):
        columns = np.flatnonzero(half[:, :, 3].max(axis=0) > 128)
        widths.append(columns[-1] - columns[0])
    assert min(widths) > 0.8 * max(widths)
    assert layer.pixels.shape[0] < 720 * 0.2


def test_cues_at_once_are_stacked_and_stay_where_they_are():
    captions = Captions(said((0, 2, "first"), (1, 3, "second")), WIDE, HIGH)
    low, high = (ink(layer) for layer in captions.at(Fraction(3, 2)))
    assert high[3] < low[1]
    assert ink(only(captions, "2.5")) == high
    # A render may begin anywhere.
    assert ink(only(Captions(said((0, 2, "first"), (1, 3, "second")), WIDE, HIGH), "2.5")) == high


def test_a_picture_is_drawn_once_for_as_long_as_it_looks_the_same():
    captions = Captions(said((0, 10, "a"), (20, 30, "b")), WIDE, HIGH)
    assert captions.at(Fraction(1))[0] is captions.at(Fraction(9))[0]
    fading = styled("{\\fad(1000,1000)}Word")
    assert fading.at(Fraction(3, 2))[0] is fading.at(Fraction(5, 2))[0]


def test_edges_are_even_and_times_half_open():
    captions = Captions(said((1, 2, "Word")), WIDE, HIGH)
    layer = only(captions, 1)
    assert (layer.x % 2, layer.y % 2, layer.pixels.shape[0] % 2, layer.pixels.shape[1] % 2) == (0, 0, 0, 0)
    assert captions.at(Fraction(2)) == captions.at(Fraction(999, 1000)) == []
    assert captions.changes(Fraction(0), Fraction(3)) == [1, 2]


def test_right_to_left_sentences_end_on_the_left():
    layer = only(styled("{\\fs60}שלום."))
    alpha = layer.pixels[:, :, 3] > 128
    # The full stop is a small block at the foot of the line.
    assert alpha[:, :6].any(axis=1).sum() < 20


@pytest.mark.parametrize(
    "text",
    ["{", "{\\", "{\\t(", "{\\t(0,1", "{\\pos(", "{\\pos(1)}x", "{\\fs0}x", "{\\fs-5}x", "{\\fs999999}x", "{\\fscx0}x",
     "{\\frz1e9}x", "{\\blur9999}x", "{\\bord99999}x", "{\\k}x{\\kf-5}y", "{\\fad(,)}x",
     "{\\move(1,2,3,4,9,1)}x", "\\N\\N",
     "{\\c&HZZ&}x",
     "{\\clip(m 0 0)}x", "{\\p1}m 0 0 l 1 1{\\p0}",
        "{\\p1}m 1 b 1 2 3 l",
        "{\\p9\\bord9}l 9999999 -9999999 m 5 5 5",
        "{\\p1}" + "m 0 0 l 9 9 " * 3000,
        "\u202e\u2067x", "x" * 10_000,
     "{\\t(\\t(\\t(\\fs9)))}x",
     "{\\fn}x", "{\\rNone}x", "{\\xshad-500}x", "\x00\x01x"],
)  # fmt: skip
def test_nothing_written_in_a_cue_breaks_the_drawing(text):
    captions = styled(text)
    for time in (0, 2, "3.9"):
        for layer in captions.at(Fraction(str(time))):
            assert layer.x + layer.pixels.shape[1] <= WIDE + 1
            assert layer.y + layer.pixels.shape[0] <= HIGH + 1


def test_thousands_of_cues_at_once_are_drawn_as_a_few():
    crowd = said(*((0, 10, f"line {n}") for n in range(5000)))
    assert len(Captions(crowd, WIDE, HIGH).at(Fraction(5))) <= 60


def foreign_font() -> FontFile:
    """A font under a name that no machine has."""
    path = next((path for path in Path("/usr/share/fonts").rglob("DejaVuSerif-Bold.ttf")), None)
    if path is None:
        pytest.skip("DejaVu Serif is not installed as a file")
    data = path.read_bytes()
    for codec in ("utf-16-be", "latin-1"):
        data = data.replace("DejaVu Serif".encode(codec), "Zejava Zerif".encode(codec))
    return FontFile("zejava.ttf", data)


def test_fonts_attached_to_the_film_are_used():
    style = replace(BASE, font="Zejava Zerif", size=60.0)
    cue = Cue(Fraction(0), Fraction(1), "Word")
    script = Subtitles((cue,), (style,), WIDE, HIGH)
    without, with_font = (
        only(Captions(script, WIDE, HIGH, fonts=fonts)) for fonts in ((), (foreign_font(),))
    )
    assert ink(without) != ink(with_font)
    assert with_font.pixels[:, :, 3].astype(int).sum() > without.pixels[:, :, 3].astype(int).sum() * 1.2


def test_letters_an_attached_font_lacks_come_from_elsewhere_and_broken_fonts_are_passed_over():
    style = replace(BASE, font="Zejava Zerif")
    script = Subtitles((Cue(Fraction(0), Fraction(1), "你好 Word"),), (style,), WIDE, HIGH)
    assert ink(only(Captions(script, WIDE, HIGH, fonts=[foreign_font()]))) == ink(
        only(Captions(script, WIDE, HIGH))
    )
    assert only(
        Captions(script, WIDE, HIGH, fonts=[FontFile("a.ttf", b"not a font"), FontFile("b.ttf", b"")])
    )


def test_a_shape_is_drawn_where_its_points_are():
    layer = only(styled("{\\an7\\pos(100,50)\\c&H00FF00&\\p1}m 0 0 l 80 0 80 40 0 40{\\p0}"))
    assert ink(layer) == (pytest.approx(100, abs=1), pytest.approx(50, abs=1), pytest.approx(179, abs=1),
                          pytest.approx(89, abs=1))  # fmt: skip
    assert colours(layer) == {(0, 255, 0)}
    half = ink(only(styled("{\\an7\\pos(100,50)\\p2}m 0 0 l 80 0 80 40 0 40")))
    assert half[2] - half[0] == pytest.approx(39, abs=1)
    curved = only(styled("{\\an5\\pos(320,180)\\p1}m 0 50 b 0 0 100 0 100 50 b 100 100 0 100 0 50"))
    left, top, right, bottom = ink(curved)
    assert (right - left, bottom - top) == (pytest.approx(100, abs=3), pytest.approx(75, abs=3))
