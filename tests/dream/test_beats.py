"""The beats are in order, everything opens evenly and comes to rest, and a loop ends as it began."""

from __future__ import annotations

import itertools

import pytest

from dreamreel.dream.beats import beats
from dreamreel.dream.storyboard import Camera

DURATIONS = (1.0, 2.0, 3.0, 5.0, 8.0, 9.0, 12.0, 30.0, 60.0)
CAMERAS: tuple[Camera, ...] = ("auto", "still", "into")


@pytest.mark.parametrize("duration", DURATIONS)
@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("loop", [False, True])
def test_beats_are_in_order(duration: float, camera: Camera, loop: bool) -> None:
    b = beats(duration, camera, loop)
    named = [b.bubbles, b.grow, b.open, b.into, b.full, b.back, b.home, b.close, b.end]
    present = [t for t in named if t is not None]
    assert present == sorted(present)
    assert present[0] > 0
    assert b.end <= duration
    assert (b.close is not None) == loop
    assert all(b.grow < smile < duration for smile in b.smiles)


@pytest.mark.parametrize("duration", DURATIONS)
@pytest.mark.parametrize("loop", [False, True])
def test_everything_begins_and_a_loop_ends_at_nothing(duration: float, loop: bool) -> None:
    b = beats(duration, "into", loop)
    measures = [b.openness, b.fullness, b.evening, lambda t: b.bubble(t, 0, 4), lambda t: b.bubble(t, 3, 4)]
    for measure in measures:
        assert measure(0.0) == 0.0
        if loop:
            assert measure(duration) == 0.0


@pytest.mark.parametrize("duration", DURATIONS)
def test_a_film_that_does_not_loop_only_opens(duration: float) -> None:
    b = beats(duration, "still", loop=False)
    times = [k * duration / 400 for k in range(401)]
    for measure in (b.openness, b.evening, lambda t: b.bubble(t, 2, 4)):
        values = [measure(t) for t in times]
        assert values == sorted(values)
        assert values[-1] == 1.0


@pytest.mark.parametrize("loop", [False, True])
def test_the_area_of_the_cloud_grows_evenly(loop: bool) -> None:
    b = beats(5.0, "auto", loop)
    area = [b.openness(b.grow + (b.open - b.grow) * k / 60) ** 2 for k in range(61)]
    steps = [y - x for x, y in itertools.pairwise(area)]
    assert max(steps) < 1.5 / 60


def test_a_loop_closes_as_it_opened() -> None:
    b = beats(6.0, "auto", loop=True)
    assert b.close is not None
    for k in range(50):
        aside = k * (b.open - b.grow) / 50
        assert b.openness(b.grow + aside) == pytest.approx(b.openness(b.end - aside), abs=1e-9)


def test_five_seconds_show_the_dream_clearly_for_half_of_them() -> None:
    for loop, least in ((False, 2.5), (True, 2.0)):
        b = beats(5.0, "auto", loop)
        clear = sum(b.openness(k / 24) ** 2 > 0.6 for k in range(120)) / 24
        assert clear >= least


@pytest.mark.parametrize(
    ("camera", "duration", "opens"),
    [("auto", 8.9, False), ("auto", 9.0, True), ("into", 3.0, True), ("still", 30.0, False)],
)
def test_when_the_dream_fills_the_frame(camera: Camera, duration: float, opens: bool) -> None:
    b = beats(duration, camera, loop=False)
    fullest = max(b.fullness(k * duration / 500) for k in range(501))
    assert fullest == (1.0 if opens else 0.0)


def test_bubbles_rise_one_after_another() -> None:
    b = beats(5.0, "auto", loop=False)
    first = [min(k for k in range(240) if b.bubble(k / 48, n, 4) > 0.5) for n in range(4)]
    assert first == sorted(set(first))
