from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
from tests.analyse.footage import WIDTH, film, noisy, scene, sound

from dreamreel.analyse.interlace import Scan, combing, detect, judge
from dreamreel.errors import BadParameter


def instants(count: int, step: int = 3, sigma: float = 2.0):
    """A camera that pans: one picture for each instant."""
    rng = np.random.default_rng(3)
    detail = rng.uniform(0, 70, (64, WIDTH + step * count, 1)).repeat(3, axis=2)
    detail = cv2.blur(detail, (3, 3))
    wide = np.clip(scene(3, WIDTH + step * count) * 0.7 + detail, 0, 255).astype(np.uint8)
    return [noisy(wide[:, step * n : step * n + WIDTH], n, sigma) for n in range(count)]


def woven(top, bottom):
    """Even lines of one picture, odd lines of the other."""
    frame = top.copy()
    frame[1::2] = bottom[1::2]
    return frame


def fields(count: int, first: str, step: int = 3):
    shown = instants(2 * count, step)
    pairs = list(zip(shown[::2], shown[1::2], strict=True))
    return [woven(a, b) if first == "tff" else woven(b, a) for a, b in pairs]


def telecine(count: int):
    """Four pictures become five frames: A, B, B+C, C+D, D."""
    film = instants(4 * count, 4)
    made = []
    for a, b, c, d in zip(film[::4], film[1::4], film[2::4], film[3::4], strict=True):
        made += [a, b, woven(b, c), woven(c, d), d]
    return made


def written(tmp_path, frames):
    return film(tmp_path / "a.mkv", frames, codec="ffv1", options={}, pix_fmt="yuv422p")


def test_progressive(tmp_path):
    scan = detect(written(tmp_path, instants(30)))
    assert (scan.kind, scan.order) == ("progressive", None)
    assert scan.confidence > 0.9


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_interlaced(tmp_path, first):
    scan = detect(written(tmp_path, fields(30, first)))
    assert (scan.kind, scan.order) == (first, first)
    assert scan.confidence > 0.9


def test_telecine(tmp_path):
    scan = detect(written(tmp_path, telecine(8)))
    assert (scan.kind, scan.order) == ("telecine", "tff")
    assert scan.confidence > 0.9


def test_interlaced_film_of_a_lossy_encoder(tmp_path):
    options = {"crf": "20", "flags": "+ildct+ilme", "x264-params": "tff=1"}
    path = film(tmp_path / "a.mp4", fields(40, "tff", 4), options=options, pix_fmt="yuv420p")
    assert detect(path).kind == "tff"


def test_a_long_film_is_looked_at_in_runs(tmp_path):
    path = written(tmp_path, fields(200, "bff", 2))
    assert detect(path).kind == "bff"


def test_stillness_tells_nothing(tmp_path):
    scan = detect(written(tmp_path, [scene(1)] * 20))
    assert scan == Scan("progressive", 0.0)


def test_noise_on_a_still_picture_is_not_combing(tmp_path):
    still = scene(1)
    scan = detect(written(tmp_path, [noisy(still, n, 6) for n in range(30)]))
    assert scan.kind == "progressive"


def test_a_few_combed_frames_do_not_make_a_film_interlaced():
    run = ["progressive"] * 18 + ["tff"] * 2
    assert judge([run]).kind == "progressive"
    assert judge([run, ["tff"] * 20]).kind == "tff"


def test_a_film_pattern_may_begin_anywhere():
    cycle = ["progressive", "progressive", "progressive", "bff", "bff"]
    assert judge([(cycle * 4)[2:], (cycle * 4)[4:]]).kind == "telecine"


def test_one_look_for_each_frame_with_two_neighbours():
    grey = [picture[:, :, 1] for picture in instants(6)]
    assert len(list(combing(grey))) == 4


def test_frames_are_of_either_rate(tmp_path):
    path = film(
        tmp_path / "a.mkv",
        fields(30, "tff"),
        Fraction(30000, 1001),
        codec="ffv1",
        options={},
        pix_fmt="yuv422p",
    )
    assert detect(path).kind == "tff"


def test_sound_is_not_interlaced(tmp_path):
    with pytest.raises(BadParameter, match="no moving picture"):
        detect(sound(tmp_path / "a.wav", [(0.2, 0.5)]))
