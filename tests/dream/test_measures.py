"""Rendered dreams, judged by numbers: they begin as the photo, move smoothly, show what was asked for, and close."""

from __future__ import annotations

import functools
import hashlib
import pkgutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from dreamreel.analyse.faces import Face, face_from_points
from dreamreel.analyse.motion import GATES, Motion, measure
from dreamreel.dream import actors
from dreamreel.dream.beats import beats
from dreamreel.dream.fit import fit_photo
from dreamreel.dream.hand import LOOKS
from dreamreel.dream.painter import Painter, Scene
from dreamreel.dream.portrait import DARK, View, photo_planes
from dreamreel.dream.prompt import read_prompt
from dreamreel.dream.rig import actor
from dreamreel.dream.stage import stage
from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard
from dreamreel.dream.world import World

ROOT = Path(__file__).resolve().parent.parent.parent
RATE = Fraction(24)
WIDTH, HEIGHT = 320, 240
FACE = face_from_points((203, 103), (244, 103), (224, 126), (204, 141), (244, 141))
"""The astronaut's eyes, nose and mouth corners."""
KINDS = tuple(sorted(m.name for m in pkgutil.iter_modules(actors.__path__) if not m.name.startswith("_")))


@functools.cache
def picture(name: str) -> tuple[np.ndarray, Face | None]:
    if name == "astronaut":
        return data.astronaut(), FACE
    if name == "cat":
        return data.chelsea(), None
    drawn = cv2.imdecode(np.fromfile(ROOT / "examples" / f"{name}.png", np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(drawn, np.uint8), None


def painter(
    name: str, prompt: str, seconds: int = 5, seed: int = 0, loop: bool = False, **more: object
) -> Painter:
    photo, face = picture(name)
    scene = Scene(
        read_prompt(prompt), WIDTH, HEIGHT, RATE, Fraction(seconds), seed, loop=loop, face=face, **more  # type: ignore[arg-type]
    )  # fmt: skip
    return Painter(scene, photo)


def motion(drawn: Painter) -> Motion:
    return measure((drawn.planes(n)[0] for n in range(drawn.scene.frames)), RATE)


# --- smoothness ---


@pytest.mark.parametrize(
    ("name", "prompt", "loop"),
    [
        ("astronaut", "three sheep jumping over the moon", False),
        ("cat", "a rocket flying to the stars", False),
        ("sleeping-baby", "a red butterfly in the forest", False),
        ("astronaut", "a whale in the sea", True),
    ],
)
def test_a_dream_moves_smoothly(name: str, prompt: str, loop: bool) -> None:
    seen = motion(painter(name, prompt, loop=loop))
    assert GATES.broken(seen, loops=loop) == ()
    assert seen.still < 0.05


def test_opening_to_the_whole_frame_is_no_jump() -> None:
    drawn = painter("cat", "a unicorn in candy land", 12)
    assert drawn.beats.full is not None
    assert GATES.broken(motion(drawn)) == ()


def test_a_real_photo_moves_smoothly(media_dir: Path) -> None:
    path = media_dir / "photos" / "gb82-baby.png"
    if not path.is_file():
        pytest.skip("no gb82-baby.png among the real photos")
    photo = np.asarray(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)
    face = face_from_points((181, 447), (247, 416), (236, 478), (232, 522), (272, 503))
    board = read_prompt("a teddy bear in a hot air balloon")
    drawn = Painter(Scene(board, 256, 256, RATE, Fraction(5), face=face), photo)
    assert GATES.broken(motion(drawn)) == ()


# --- the photo ---


@pytest.mark.parametrize("name", ["astronaut", "cat", "sleeping-baby"])
def test_the_first_frame_is_the_fitted_photo(name: str) -> None:
    drawn = painter(name, "a dog on the beach", loop=name == "cat")
    photo, face = picture(name)
    luma, chroma = photo_planes(fit_photo(photo, WIDTH, HEIGHT, face))
    y, u, v = drawn.planes(0)
    assert np.array_equal(y, luma)
    assert np.array_equal(u, chroma[..., 0])
    assert np.array_equal(v, chroma[..., 1])


@pytest.mark.parametrize("seconds", [1.0, 2.5, 4.5])
def test_the_dream_touches_nothing_beyond_its_reach(seconds: float) -> None:
    drawn = painter("astronaut", "fish around a whale under water")
    y = drawn.planes(round(seconds * 24))[0].copy()
    alone, chroma = np.empty_like(y), np.empty((HEIGHT // 2, WIDTH // 2, 2), np.uint8)
    drawn.portrait.paint(drawn.state(seconds), alone, chroma)
    left, top, right, bottom = drawn.cloud.reach
    away = np.ones(y.shape, bool)
    away[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = False
    for bubble in drawn.cloud.bubbles(seconds, [1.0] * 4):
        spot = np.zeros(y.shape, np.uint8)
        cv2.circle(spot, (round(bubble.x), round(bubble.y)), round(2 * bubble.r) + 6, 1, -1)
        away &= spot == 0
    assert away.mean() > 0.2
    assert np.array_equal(y[away], alone[away])
    assert not np.array_equal(y, alone)


@pytest.mark.parametrize("seconds", [1.4, 2.9, 4.1])
def test_without_camera_and_evening_only_the_sleeper_moves(seconds: float) -> None:
    drawn = painter("astronaut", "a sheep in the meadow")
    state = replace(drawn.state(seconds), camera=View(), parallax=(0.0, 0.0), evening=0.0, light=DARK)
    y, chroma = np.empty((HEIGHT, WIDTH), np.uint8), np.empty((HEIGHT // 2, WIDTH // 2, 2), np.uint8)
    drawn.portrait.paint(state, y, chroma)
    first = drawn.planes(0)[0]
    still = ~drawn.portrait.moving_mask()
    assert still.mean() > 0.1
    assert np.array_equal(y[still], first[still])
    assert not np.array_equal(y, first)


# --- the dream ---


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 5])
def test_every_actor_is_seen(kind: str, count: int) -> None:
    """At least 0.5 % of the dream in a quarter of the frames, alone and as a crowd, in its own setting."""
    place = next(iter(actor(kind).words.settings), "night_sky")
    board = Storyboard(setting=SettingCue(kind=place), actors=(ActorCue(kind=kind, count=count),))
    world = World(
        stage(board, 1300.0, beats(5.0, "auto", loop=False), 3), board, LOOKS["plush"], 0.12, 3, (0.0, 0.0)
    )
    shares = [world.coverage(t, 1.3)[kind] for t in (0.5, 1.5, 2.5, 3.5, 4.5)]
    assert sum(share >= 0.005 for share in shares) >= 2
    assert shares[-1] >= 0.005


def test_actors_in_company_are_seen() -> None:
    drawn = painter("cat", "a tiny butterfly, a bird, two sheep and a huge castle in the meadow")
    shares = [drawn.coverage(n) for n in range(6, 120, 12)]
    assert set(shares[0]) == {"butterfly", "bird", "sheep", "castle"}
    for kind in shares[0]:
        assert sum(share[kind] >= 0.005 for share in shares) >= 0.25 * len(shares)


def test_another_seed_is_another_dream() -> None:
    frames = [
        painter("cat", "three sheep in the meadow", seed=seed).planes(100)[0].astype(int) for seed in (1, 2)
    ]
    window = painter("cat", "three sheep in the meadow", seed=1).cloud.window()
    x0, y0, x1, y1 = (round(v) for v in window)
    assert np.abs(frames[0] - frames[1])[y0:y1, x0:x1].mean() > 6


def test_the_same_seed_is_the_same_dream_at_any_time() -> None:
    one, two = (painter("cat", "an owl in the forest", seed=5) for _ in range(2))
    before = [plane.copy() for plane in one.planes(90)]
    two.planes(17)
    for a, b in zip(before, two.planes(90), strict=True):
        assert np.array_equal(a, b)


_ELSEWHERE = """
import hashlib
from fractions import Fraction
from skimage import data
from dreamreel.dream.painter import Painter, Scene
from dreamreel.dream.prompt import read_prompt
scene = Scene(read_prompt("a cat riding on a whale"), 320, 240, Fraction(24), Fraction(5), 9)
drawn = Painter(scene, data.chelsea())
print(hashlib.sha256(b"".join(p.tobytes() for n in (0, 31, 99) for p in drawn.planes(n))).hexdigest())
"""


def test_the_same_dream_in_another_process_is_equal_bit_for_bit() -> None:
    scene = Scene(read_prompt("a cat riding on a whale"), 320, 240, RATE, Fraction(5), 9)
    drawn = Painter(scene, data.chelsea())
    here = hashlib.sha256(b"".join(p.tobytes() for n in (0, 31, 99) for p in drawn.planes(n))).hexdigest()
    command = [sys.executable, "-c", _ELSEWHERE]
    there = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert there.stdout.strip() == here


# --- looping ---


def test_a_loop_ends_as_the_photo() -> None:
    drawn = painter("cat", "a boat in the sea", 3, loop=True)
    first = [plane.copy() for plane in drawn.planes(0)]
    for a, b in zip(first, drawn.planes(drawn.scene.frames - 1), strict=True):
        assert np.abs(a.astype(int) - b).max() <= 6
