from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, hdr, scene, shot, sound

from dreamreel.analyse import sheets
from dreamreel.analyse.look import file_picture
from dreamreel.errors import BadParameter, BadTime

COLOURS = [(220, 40, 40), (40, 200, 60), (50, 70, 220), (220, 200, 40)]


def stripes(path, each=6, size=(64, 48)):
    """A film of four plain colours, one after another."""
    pictures = [np.full((size[1], size[0], 3), colour, np.uint8) for colour in COLOURS for _ in range(each)]
    return film(path, pictures, options={"crf": "4", "preset": "ultrafast"})


def near(pixel, colour):
    return np.abs(np.asarray(pixel, int) - colour).max() <= 12


def test_times_are_spread_over_the_film():
    assert sheets.times(Fraction(8), 4) == [1, 3, 5, 7]


def test_shots_show_what_is_on_at_their_times(tmp_path):
    path = stripes(tmp_path / "a.mp4")
    seen = list(sheets.shots(path, sheets.times(Fraction(24, 25), 4), 32))
    assert [item.pixels.shape for item in seen] == [(24, 32, 3)] * 4
    assert all(near(item.pixels[12, 16], colour) for item, colour in zip(seen, COLOURS, strict=True))


def test_a_sheet_has_every_shot_in_its_place(tmp_path):
    path = stripes(tmp_path / "a.mp4")
    picture = sheets.sheet(path, 2, 2, 640)
    assert picture.shape[1] == 640
    high, wide = picture.shape[:2]
    for number, colour in enumerate(COLOURS):
        row, column = divmod(number, 2)
        assert near(
            picture[high - (high * 3 // 4 if row == 0 else high // 4) + 20, wide // 4 + column * wide // 2],
            colour,
        )


def test_the_line_on_top_says_what_the_film_is(tmp_path):
    told = sheets.facts(file_picture(stripes(tmp_path / "a.mp4"), "x"))
    for word in ("64×48", "25 fps", "h264", "0:00:00", "kB", "no sound"):
        assert word in told


def test_words_are_drawn_and_a_long_name_stays_inside(tmp_path):
    seen = [sheets.Shot(Fraction(1), np.full((48, 64, 3), 90, np.uint8))]
    head = sheets.draw_sheet("a.mp4", "told", seen, 1, 400)[:30].astype(int)
    long = sheets.draw_sheet("holiday " * 60, "told", seen, 1, 400)[:30].astype(int)
    dark = sheets.THEMES["dark"].ground[:3]
    assert np.abs(head - dark).max() > 100
    assert np.abs(long[:, -6:] - dark).max() < 8
    assert np.abs(long[:, 300:390] - dark).max() > 100


def test_themes_differ(tmp_path):
    path = stripes(tmp_path / "a.mp4")
    assert sheets.sheet(path, 2, 1, 640, "light")[2, 2].min() > 240
    assert sheets.sheet(path, 2, 1, 640, "dark")[2, 2].max() < 40


def test_black_frames_give_way(tmp_path):
    frames = shot(1, 40)
    for n in range(9, 12):
        frames[n] = np.zeros_like(frames[n])
    path = film(tmp_path / "a.mp4", frames)
    first, _ = sheets.shots(path, sheets.times(Fraction(40, 25), 2), 32)
    assert first.pixels.mean() > 40


def test_a_thumbnail_at_a_time(tmp_path):
    path = stripes(tmp_path / "a.mp4")
    assert near(sheets.thumbnail(path, Fraction(13, 25), 32).pixels[12, 16], COLOURS[2])
    with pytest.raises(BadTime, match="no picture at 0:00:07"):
        sheets.thumbnail(path, Fraction(7))


def test_the_best_picture_is_neither_dark_nor_flat(tmp_path):
    plain = [np.full((64, 96, 3), 128, np.uint8)] * 10
    dark = [np.full((64, 96, 3), 8, np.uint8)] * 10
    path = film(tmp_path / "a.mp4", [*dark, *plain, *shot(3, 10), *dark])
    assert Fraction(20, 25) <= sheets.best_time(path) < Fraction(30, 25)


def test_pixels_that_are_not_square_are_made_so(tmp_path):
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        for n in range(3):
            frame = av.VideoFrame.from_ndarray(scene(1, 64, 64), "rgb24")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert sheets.thumbnail(path, Fraction(0), 128).pixels.shape == (64, 128, 3)


def test_hdr_is_tone_mapped(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))
    row = sheets.thumbnail(hdr(tmp_path / "a.mkv"), Fraction(0), 64).pixels[16, [8, 24, 40, 56]].astype(int)
    # 203 cd/m² would be about 150 of 255 when it was shown as it is coded.
    assert 225 <= row[2].min() <= 240
    assert row[3].min() >= 250


def test_what_cannot_be_drawn_is_told(tmp_path):
    path = stripes(tmp_path / "a.mp4")
    for columns, rows, width in ((0, 4, 1600), (4, 41, 1600), (40, 1, 640), (1, 1, 100)):
        with pytest.raises(BadParameter):
            sheets.sheet(path, columns, rows, width)
    with pytest.raises(BadParameter, match="no moving picture"):
        sheets.sheet(sound(tmp_path / "a.wav", [(0.2, 0.5)]))
    with pytest.raises(BadParameter, match="16 to 8192"):
        sheets.thumbnail(path, Fraction(0), 4)
