import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dreamreel
from dreamreel import errors
from dreamreel.clip import Clip, concat
from dreamreel.ops import load_recipe

CLIP = dreamreel.colour("navy", 640, 360, 10)
TIMES = st.fractions(0, 10, max_denominator=120)


@given(TIMES, TIMES, TIMES, TIMES)
def test_a_cut_of_a_cut_is_one_cut(a, b, c, d):
    a, b, c, d = sorted((a, b, c, d))
    if a == d or b == c:
        return
    inner = CLIP[a:d][b - a : c - a]
    assert inner == CLIP[b:c]
    assert inner.duration == c - b


@given(TIMES)
def test_cutting_nothing_off_is_nothing(a):
    assert CLIP[:] == CLIP
    assert CLIP[0:10] is CLIP
    if 0 < a < 10:
        assert CLIP[a:] == CLIP[a - 10 :]
        assert CLIP[:a] == CLIP[: a - 10]


@given(TIMES.filter(bool), TIMES.filter(bool), TIMES.filter(bool))
def test_joining_does_not_care_for_brackets(a, b, c):
    x, y, z = CLIP[:a], CLIP[:b], CLIP[:c]
    assert (x + y) + z == x + (y + z)
    assert (x + y + z).duration == a + b + c


@given(st.fractions(Fraction(1, 50), 50, max_denominator=60))
def test_speed_scales_the_length_exactly(factor):
    fast = CLIP.speed(factor)
    assert fast.duration == 10 / factor
    assert fast.speed(1 / factor).duration == 10


def test_a_clip_is_a_value():
    assert {CLIP[:1], CLIP[0:1], CLIP[1:2]} == {CLIP[:1], CLIP[1:2]}
    with pytest.raises(AttributeError):
        CLIP.node = None


def test_times_are_written_in_many_ways():
    assert CLIP["0:02":"0:04.5"] == CLIP[2:4.5] == CLIP["2s" : Fraction(9, 2)]


@pytest.mark.parametrize(
    "part", [slice(0, 11), slice(5, 5), slice(6, 5), slice(-11, None), slice(0, 5, 2), slice("x", 2)]
)
def test_a_cut_that_cannot_be_is_refused_at_once(part):
    with pytest.raises(errors.BadTime):
        CLIP[part]


def test_a_clip_says_what_it_is():
    assert repr(CLIP.resize(height=180)) == "<Clip geometry.resize 320×180 10 s>"


def test_a_title_that_begins_after_the_end_is_refused():
    with pytest.raises(errors.BadTime, match="title"):
        CLIP.title("late", at=10)


def test_a_transition_shortens_the_film():
    film = concat([CLIP, CLIP, CLIP], transition="dissolve", duration=Fraction(1, 2))
    assert film.duration == 29
    with pytest.raises(errors.BadParameter):
        concat([])


def test_a_clip_saved_is_the_clip_loaded(tmp_path):
    clip = (CLIP[:1].fade_in(0.5) + CLIP.speed(2)).title("Größe 👶", at=1, for_=2).rotate(90)
    clip.save(tmp_path / "clip.json")
    loaded = dreamreel.load(tmp_path / "clip.json")
    assert loaded == clip
    assert loaded.info == clip.info
    assert dreamreel.load(clip.recipe) == clip


def test_a_recipe_with_an_unknown_op_is_refused(tmp_path):
    text = CLIP.recipe.to_json().replace("source.colour/1", "source.colour/9")
    with pytest.raises(errors.RecipeInvalid, match=r"source\.colour/9"):
        load_recipe(text)


def test_a_thousand_verbs_are_no_problem():
    clip = CLIP
    for _ in range(1000):
        clip = clip.flip()
    assert Clip.from_node(clip.node) == clip
    assert "one graph" in clip.explain("a.mp4")


def test_every_name_of_the_public_face_is_there():
    for name in dreamreel.__all__:
        assert getattr(dreamreel, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = dreamreel.nothing


def test_importing_loads_no_heavy_room():
    heavy = {"av", "numpy", "cv2", "skia", "pydantic", "PIL"}
    program = "import sys, dreamreel; print(*sys.modules)"
    source = str(Path(__file__).parent.parent / "src")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "dreamreel" in done.stdout.split()
    assert not heavy & set(done.stdout.split())
