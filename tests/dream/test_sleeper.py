"""The sleeper in time: everything starts at rest, breathes like an infant, answers the dream, closes its loop."""

from __future__ import annotations

import itertools

import pytest

from dreamreel.dream.sleeper import PortraitState, portrait_state
from dreamreel.dream.storyboard import Camera

CAMERAS: tuple[Camera, ...] = ("auto", "still", "drift", "push", "pull", "into")
STEP = 1 / 240


def series(name: str, duration: float, **kwargs: object) -> list[float]:
    count = round(duration / STEP)
    return [getattr(portrait_state(n * STEP, duration, **kwargs), name) for n in range(count + 1)]  # type: ignore[arg-type]


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("duration", [1.0, 5.0, 60.0])
def test_everything_starts_from_exactly_nothing(camera: Camera, loop: bool, duration: float) -> None:
    for seed in range(6):
        state = portrait_state(0.0, duration, camera=camera, seed=seed, loop=loop, smile_times=[0.0, 2.0])
        assert state == PortraitState()


@pytest.mark.parametrize("seed", range(5))
def test_an_infant_breathes_32_to_40_times_a_minute(seed: int) -> None:
    breath = [portrait_state(n / 60, 30.0, seed=seed).breath for n in range(1800)]
    peaks = sum(a < b >= c for a, b, c in zip(breath, breath[1:], breath[2:], strict=False))
    assert 15 <= peaks <= 21


def test_breathing_in_is_shorter_than_breathing_out() -> None:
    breath = series("breath", 10.0, seed=1)
    rising = sum(b > a for a, b in itertools.pairwise(breath))
    assert 0.38 < rising / len(breath) < 0.42


def test_the_head_answers_the_chest_later() -> None:
    breath, follow = series("breath", 1.5, seed=1), series("follow", 1.5, seed=1)
    assert breath.index(max(breath)) + 0.1 / STEP < follow.index(max(follow))


@pytest.mark.parametrize("duration", [3.0, 5.0, 8.0])
@pytest.mark.parametrize("camera", CAMERAS)
def test_a_loop_ends_where_it_began(duration: float, camera: Camera) -> None:
    for seed in range(4):
        end = portrait_state(
            duration, duration, camera=camera, seed=seed, loop=True, smile_times=[0.5, duration - 0.1]
        )
        values = [
            end.breath,
            end.follow,
            end.smile,
            end.stir.dx,
            end.stir.rot,
            end.camera.zoom - 1,
            end.parallax[0],
        ]
        assert values == pytest.approx([0] * 7, abs=1e-9)


def test_the_smile_waits_a_moment_rises_holds_and_goes() -> None:
    smile = series("smile", 8.0, smile_times=[1.0])
    first = next(n for n, value in enumerate(smile) if value > 0) * STEP
    peak = max(smile)
    arrived = next(n for n, value in enumerate(smile) if value > 0.999 * peak) * STEP
    left = max(n for n, value in enumerate(smile) if value > 0.999 * peak) * STEP
    gone = max(n for n, value in enumerate(smile) if value > 1e-6) * STEP
    assert first == pytest.approx(1.3, abs=0.05)
    assert 0.55 < arrived - first < 1.2
    assert left - arrived > 0.8
    assert gone - left == pytest.approx(1.5, abs=0.2)
    assert 0.7 < peak <= 1.0


def test_smiles_that_meet_flow_into_one_another() -> None:
    smile = series("smile", 8.0, smile_times=[1.0, 2.0, 3.5])
    assert max(smile) <= 1.0
    assert max(abs(b - a) for a, b in itertools.pairwise(smile)) < 0.015


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("duration", [1.0, 5.0, 30.0])
def test_the_camera_is_slow_and_stays_inside_the_photo(camera: Camera, duration: float) -> None:
    for seed in range(5):
        for n in range(41):
            view = portrait_state(
                n * duration / 40, duration, camera=camera, seed=seed, focus=(0.2, 0.9)
            ).camera
            assert 1 <= view.zoom <= 1.06
            half = 0.5 / view.zoom
            assert half - 1e-9 <= view.cx <= 1 - half + 1e-9
            assert half - 1e-9 <= view.cy <= 1 - half + 1e-9


def test_a_still_camera_stands_still() -> None:
    assert {s.zoom for s in series("camera", 5.0, camera="still")} == {1.0}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["breath", "follow", "smile", "evening"])
def test_nothing_jumps(name: str) -> None:
    values = series(name, 12.0, seed=3, smile_times=[1.0, 6.0])
    assert max(abs(b - a) for a, b in itertools.pairwise(values)) < 0.02


def test_seeds_differ_and_repeat() -> None:
    one, two = portrait_state(2.0, 5.0, seed=1), portrait_state(2.0, 5.0, seed=2)
    assert one != two
    assert one == portrait_state(2.0, 5.0, seed=1)
    assert portrait_state(1.0, 5.0, dream_open=1.7).evening == 1.0
