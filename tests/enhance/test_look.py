"""What is found in films and photos."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image
from tests.analyse.footage import film, noisy, scene, shot
from tests.analyse.test_faces import MODELS
from tests.enhance.drawings import cel
from tests.motion.shaky import filmed, wall
from tests.render.film import ramp

from dreamreel.analyse.faces import YUNET_FILE
from dreamreel.enhance import measures
from dreamreel.enhance.hardest import Moment, hardest
from dreamreel.enhance.look import look
from dreamreel.errors import BadParameter, Cancelled
from dreamreel.motion.columns import unpack
from dreamreel.neural.faces import COLUMNS, SPACE
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

LOSSLESS = {"crf": "4", "preset": "ultrafast"}


def test_shots_and_the_noise_of_each(tmp_path):
    path = film(tmp_path / "a.mp4", [*shot(1, 30, sigma=0), *shot(2, 30, sigma=8)], options=LOSSLESS)
    found = look(path)
    assert [one.start for one in found.shots] == [0, Fraction(6, 5)]
    assert found.shots[0].noise < 1.5 < 3 < found.shots[1].noise
    assert (found.width, found.height, found.rate, found.scan, found.crop) == (
        96,
        64,
        25,
        "progressive",
        None,
    )


def test_the_hardest_seconds_are_in_the_shot_with_the_noise(tmp_path):
    quiet, loud = shot(1, 110, sigma=0), shot(2, 130, pan=1, sigma=9)
    found = look(film(tmp_path / "a.mp4", [*quiet, *loud], options=LOSSLESS))
    assert found.hard_start >= Fraction(4)
    assert found.hard.duration == 5


def test_drawings_on_twos_are_told_from_films(tmp_path):
    drawn = look(film(tmp_path / "a.mp4", [cel(n) for n in range(16)]))
    assert drawn.is_drawn
    assert drawn.held == pytest.approx(0.5, abs=0.1)
    filmed = look(film(tmp_path / "b.mp4", shot(3, 16, pan=2)))
    assert (filmed.is_drawn, filmed.held) == (False, 0)


def test_bars_are_found(tmp_path):
    def barred(picture):
        return np.concatenate(
            [np.zeros((16, 96, 3), np.uint8), picture[16:48], np.zeros((16, 96, 3), np.uint8)]
        )

    assert look(film(tmp_path / "a.mp4", [barred(one) for one in shot(1, 12)])).crop == "96x32+0+16"


def test_enlarged_pictures_are_soft():
    fine = np.asarray(noisy(scene(1, 256, 192), 1, 30)[..., 1])
    fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.6), np.uint8)
    small = cv2.resize(fine, (128, 96), interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.resize(small, (256, 192), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert measures.sharpness(soft) < 0.4 < measures.sharpness(fine)


def test_a_film_that_is_looked_at_can_be_stopped_and_tells_how_far_it_is(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 10))
    told: list[tuple[int, int]] = []
    look(path, tell=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (10, 10)
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        look(path, cancel=cancel)


def test_sound_has_nothing_to_enhance(tmp_path):
    with pytest.raises(BadParameter, match="no picture to enhance"):
        look(ramp(tmp_path / "a.wav"))


def test_a_photo_is_looked_at_in_its_middle(tmp_path):
    Image.fromarray(noisy(scene(1, 80, 60), 1, 12)).save(tmp_path / "a.png")
    found = look(tmp_path / "a.png")
    assert (found.still, found.width, found.height) == (True, 80, 60)
    assert found.shots[0].noise > 4


def test_a_film_of_one_small_frame(tmp_path):
    found = look(film(tmp_path / "a.mp4", [scene(1, 8, 8)]))
    assert len(found.shots) == 1


def moments(*weights: float) -> list[Moment]:
    return [Moment(Fraction(n), 6 * weight, 0, 0) for n, weight in enumerate(weights)]


def test_the_hardest_stretch_is_the_one_with_the_largest_mean():
    assert hardest(moments(0, 0, 1, 1, 1, 0, 0, 0), Fraction(8), Fraction(3)) == Span(
        Fraction(2), Fraction(5)
    )


def test_of_equals_the_first_and_of_short_clips_all():
    assert hardest(moments(1, 1, 1, 1, 1, 1, 1, 1), Fraction(8)) == Span(Fraction(0), Fraction(5))
    assert hardest(moments(1), Fraction(3)) == Span(Fraction(0), Fraction(3))
    assert hardest([], Fraction(9)) == Span(Fraction(0), Fraction(5))


def test_the_hardest_stretch_ends_with_the_clip():
    assert hardest(moments(0, 0, 0, 0, 0, 0, 1, 1), Fraction(8), Fraction(5)).end <= 8


def test_of_a_long_film_stretches_are_looked_at(tmp_path, monkeypatch):
    path = film(tmp_path / "a.mp4", [*shot(1, 30, sigma=0), *shot(2, 30, sigma=0)])
    monkeypatch.setattr("dreamreel.enhance.look._WHOLE", 0)
    monkeypatch.setattr("dreamreel.enhance.look._RUNS", 2)
    found = look(path)
    assert found.sampled
    assert [(one.start, one.end) for one in found.shots] == [(0, Fraction(12, 5))]
    monkeypatch.setattr("dreamreel.enhance.look._RUN", Fraction(30))
    assert look(path).shots[0].end == Fraction(12, 5)


@pytest.mark.skipif(not (MODELS / YUNET_FILE).is_file(), reason="the YuNet file is not here")
def test_faces_are_counted_and_followed_in_the_one_look(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_MODELS", str(MODELS))
    photo = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2GRAY)
    panned = [np.ascontiguousarray(photo[:240, 80 + 4 * n : 400 + 4 * n]) for n in range(15)]
    found = look(filmed(tmp_path / "a.mp4", [*[wall()[:240, :320]] * 15, *panned]))
    assert [shot.faces for shot in found.shots] == [0, 1]
    assert 60 < found.shots[1].face_height < 160
    table = unpack(found.faces, COLUMNS)
    assert set(table[:, 0]) == {0}
    assert (table[0, 1], table[-1, 1]) == (600, 1200)
    # Of the shot's first picture, between two looks.
    assert table[0, 2] / SPACE * 320 == pytest.approx(224 - 80, abs=8)
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path))
    blind = look(filmed(tmp_path / "b.mp4", panned))
    assert (blind.shots[0].faces, blind.faces) == (None, "")
