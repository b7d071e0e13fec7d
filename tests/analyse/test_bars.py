from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, noisy, scene, sound

from dreamreel.analyse.bars import Box, box_of, detect
from dreamreel.analyse.look import Luma
from dreamreel.errors import BadParameter

W, H = 192, 128


def framed(box: Box, seed: int, low: int = 30, high: int = 225, sigma: float = 3.0):
    """A scene with black around `box`, and noise over all of it."""
    picture = np.zeros((H, W, 3), np.uint8)
    picture[box.y : box.y + box.height, box.x : box.x + box.width] = scene(
        seed, box.width, box.height, low, high
    )
    return noisy(picture, seed, sigma)


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 16, W, 96),
        Box(36, 0, 120, H),
        Box(24, 20, 144, 88),
        Box(0, 0, W, 100),
        Box(0, 0, W, H),
    ],
    ids=["letterbox", "pillarbox", "both", "one side", "none"],
)
def test_bars_of_a_film(tmp_path, box):
    assert detect(film(tmp_path / "a.mp4", [framed(box, n // 5) for n in range(30)])) == box


def test_odd_edges_move_inwards():
    picture = np.full((H, W), 16, np.uint8)
    picture[13:101, 35:150] = 120
    assert box_of([Luma(picture, 16, 235)] * 3, W, H) == Box(36, 14, 114, 86)


def test_dark_scenes_do_not_grow_the_bars(tmp_path):
    box = Box(0, 16, W, 96)
    frames = [framed(box, n // 5, low=0, high=24) for n in range(50)]
    frames += [framed(box, 70 + n // 5) for n in range(10)]
    assert detect(film(tmp_path / "a.mp4", frames)) == box


def test_a_lamp_in_the_dark_is_not_the_whole_picture(tmp_path):
    """All scenes are dark at the edges; one lit scene is enough to know them."""
    frames = []
    for n in range(40):
        picture = np.zeros((H, W, 3), np.uint8)
        picture[50:80, 60:120] = 200
        frames.append(noisy(picture, n))
    frames += [noisy(scene(3, W, H), n) for n in range(8)]
    assert detect(film(tmp_path / "a.mp4", frames)) == Box(0, 0, W, H)


def test_a_logo_in_a_bar_is_cut_away(tmp_path):
    box = Box(0, 24, W, 80)
    frames = []
    for n in range(20):
        picture = framed(box, n // 5)
        picture[6:14, 160:176] = 235
        frames.append(picture)
    assert detect(film(tmp_path / "a.mp4", frames)) == box


def test_words_in_a_bar_stay(tmp_path):
    box = Box(0, 24, W, 80)
    frames = []
    for n in range(20):
        picture = framed(box, n // 5)
        picture[108:118, 40:150:2] = 235
        frames.append(picture)
    found = detect(film(tmp_path / "a.mp4", frames))
    assert (found.y, found.y + found.height) == (24, 118)


def test_a_film_that_is_black_keeps_its_frame(tmp_path):
    frames = [noisy(np.zeros((H, W, 3), np.uint8), n) for n in range(10)]
    assert detect(film(tmp_path / "a.mp4", frames)) == Box(0, 0, W, H)


def test_one_flash_of_a_full_frame_is_not_enough():
    barred = np.full((H, W), 16, np.uint8)
    barred[20:100] = 120
    full = np.full((H, W), 120, np.uint8)
    frames = [Luma(barred, 16, 235)] * 9
    assert box_of([*frames, Luma(full, 16, 235)], W, H) == Box(0, 20, W, 80)
    assert box_of([*frames, *[Luma(full, 16, 235)] * 2], W, H) == Box(0, 0, W, H)


def test_a_thin_dark_edge_is_left_alone():
    picture = np.full((500, 800), 120, np.uint8)
    picture[:, :3] = 16
    assert box_of([Luma(picture, 16, 235)] * 3, 800, 500) == Box(0, 0, 800, 500)


def test_a_turned_film_is_measured_as_it_is_shown(tmp_path):
    import av

    path = film(tmp_path / "stored.mp4", [framed(Box(0, 16, W, 96), n // 5) for n in range(10)])
    turned = tmp_path / "turned.mp4"
    with av.open(str(path)) as source, av.open(str(turned), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    assert detect(turned) == Box(16, 0, 96, W)


def test_a_long_film_is_looked_at_by_its_key_frames(tmp_path):
    box = Box(0, 16, W, 96)
    path = film(tmp_path / "a.mp4", [framed(box, n // 5) for n in range(60)], Fraction(25),
                options={"g": "1", "preset": "ultrafast"})  # fmt: skip
    assert detect(path, frames=10) == box


def test_sound_has_no_bars(tmp_path):
    with pytest.raises(BadParameter, match="no moving picture"):
        detect(sound(tmp_path / "a.wav", [(0.2, 0.5)]))


def test_a_box_reads_as_ffmpeg_writes_it():
    assert str(Box(2, 4, 640, 360)) == "640x360+2+4"
