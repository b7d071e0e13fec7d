"""Subtitles drawn into a film: the cues are in the recipe, the words are on the frames, the rest stays as it was."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from tests.media.subtitles.words import film_with, said
from tests.render.film import film

from dreamreel import errors, making
from dreamreel.media.subtitles import write
from dreamreel.media.subtitles.model import Cue, Style, Subtitles
from dreamreel.ops import load_recipe, op_of
from dreamreel.ops.subtitles import Caption, captions_of, subtitles_of
from dreamreel.render import tree
from dreamreel.render.frames import Room
from dreamreel.render.frames import frames as frames_of
from dreamreel.render.lower import lower
from dreamreel.render.timemap import stretches
from dreamreel.time import Span

WORDS = said(("0.4", 1, "WORDS"), ("1.2", "1.6", "MORE"))


def shown(clip, start=Fraction(0), end=None):
    """Time and luma of every frame."""
    made = lower(clip.node)
    assert made.picture is not None
    span = Span(start, end or clip.duration)
    return [(time, frame.to_ndarray(format="gray")) for time, frame in frames_of(made.picture, span, Room())]


@pytest.fixture
def grey():
    return making.colour("#606060", 320, 240, 2, 10)


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "film.en.srt"
    write(WORDS, path)
    return path


def test_words_are_on_the_frames_of_their_time(grey, words):
    lit = {time: int(picture.max()) > 200 for time, picture in shown(grey.subtitle(words))}
    assert {time for time, on in lit.items() if on} == {
        Fraction(n, 10) for n in (*range(4, 10), *range(12, 16))
    }
    assert len(lit) == 20


def test_only_the_words_own_rectangle_changes(grey, words):
    frames = dict(shown(grey.subtitle(words)))
    changed = np.argwhere(frames[Fraction(1, 2)] != frames[Fraction(0)])
    assert changed[:, 0].min() > 240 * 0.8
    assert changed[:, 0].max() < 240 * 0.97
    assert abs(changed[:, 1].mean() - 160) < 6


def test_a_film_of_a_variable_rate_shows_words_at_their_very_time(tmp_path, words):
    path = film(tmp_path / "a.mp4", 4, stamps=[0, 1, 7, 19], base=Fraction(1, 10), size=(240, 160))
    clip = making.open(path)
    assert clip.info.video is not None
    assert clip.info.video.rate is None
    found = shown(clip.subtitle(words))
    times = [time for time, _ in found]
    assert times == sorted({*(time for time, _ in shown(clip)), *(Fraction(n, 5) for n in (2, 5, 6, 8))})
    lit = [time for time, picture in found if int(picture[120:, 60:180].max()) > 220]
    assert lit == [Fraction(2, 5), Fraction(7, 10), Fraction(6, 5)]


def test_words_that_change_beside_a_frame_never_share_its_tick(tmp_path):
    path = film(tmp_path / "a.mp4", 3, stamps=[0, 500, 1500], base=Fraction(1, 1000), size=(240, 160))
    write(
        said(("0.0004", "0.4996", "A"), ("0.5003", "0.5101", "B"), ("0.5102", "0.5103", "C")),
        tmp_path / "a.srt",
    )
    clip = making.open(path).subtitle(tmp_path / "a.srt")
    times = [time for time, _ in shown(clip)]
    assert all(two - one >= Fraction(41, 1000) for one, two in pairwise(times))
    out = clip.write(tmp_path / "b.mp4")
    assert out.stat().st_size > 0
    # What changed a moment after a frame is shown soon after it, not at the next.
    assert any(Fraction(1, 2) < time < Fraction(3, 5) for time in times)


def test_a_render_may_begin_in_the_middle(grey, words):
    whole = dict(shown(grey.subtitle(words)))
    for time, picture in shown(grey.subtitle(words), Fraction(1, 2), Fraction(3, 2)):
        assert np.array_equal(picture, whole[time])


def test_the_cues_travel_in_the_recipe(grey, words, tmp_path):
    clip = grey.subtitle(words, colour="gold", size=8)
    words.unlink()
    again = making.load(load_recipe(clip.recipe.to_json()))
    assert again == clip
    op = op_of(again.node)
    assert isinstance(op, Caption)
    assert subtitles_of(op).cues == WORDS.cues
    assert (op.file, op.look.colour, len(op.content)) == ("film.en.srt", "gold", 40)
    assert str(tmp_path) not in clip.recipe.to_json()


def test_times_and_styles_of_a_script_are_kept_exactly():
    styles = (Style("Sign, big", "Inter", 33.5, alignment=7),)
    cue = Cue(Fraction(1001, 24000), Fraction(5, 3), "a,b\\Nc", "Sign, big", -1, 1, 2, 3)
    found = subtitles_of(captions_of(Subtitles((cue,), styles, 1920, 1080, 2, False)))
    assert (found.width, found.height, found.wrap, found.scaled_border) == (1920, 1080, 2, False)
    (kept,) = found.cues
    assert (kept.start, kept.end, kept.text) == (cue.start, cue.end, cue.text)
    assert kept.style == found.styles[0].name
    assert (kept.layer, kept.left, kept.right, kept.vertical) == (-1, 1, 2, 3)


def test_a_track_of_the_film_follows_the_cut(tmp_path):
    path = film_with(tmp_path / "a.mkv", said((0, 1, "one")), WORDS)
    clip = making.open(path)[1:2].speed(2).subtitle("track:2")
    op = op_of(clip.node)
    assert isinstance(op, Caption)
    assert [(cue.start, cue.end, cue.text) for cue in subtitles_of(op).cues] == [
        (Fraction(1, 10), Fraction(3, 10), "MORE")
    ]
    faster_first = making.open(path).speed(2)[0.5:1].subtitle("track:2")
    assert faster_first.node.params["lines"] == clip.node.params["lines"]
    with pytest.raises(errors.BadParameter, match="no subtitle track 3"):
        making.open(path).subtitle("track:3")


def test_a_track_is_drawn_before_clips_are_joined(tmp_path):
    path = film_with(tmp_path / "a.mkv", WORDS)
    clip = making.open(path)
    with pytest.raises(errors.BadParameter, match="before joining"):
        (clip + clip.reverse()).subtitle("track:1")


def test_sound_and_time_pass_through(tmp_path, words):
    path = film(tmp_path / "a.mp4", size=(240, 160))
    clip = making.open(path).subtitle(words)
    assert stretches(clip.node, "time") == stretches(making.open(path).node, "time")
    assert stretches(clip.node, "picture") is None


def test_the_plan_says_what_is_drawn(tmp_path, words):
    path = film(tmp_path / "a.mp4", size=(240, 160))
    assert "draw 2 subtitles" in making.open(path).subtitle(words).explain(tmp_path / "b.mp4")


def test_a_still_under_words_is_held_at_its_rate(grey, words):
    picture = lower(grey.subtitle(words).node).picture
    assert isinstance(picture, tree.Captioned)
    assert tree.on_grid(picture, Fraction(10))


@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        ({"lines": ("nonsense",)}, errors.RecipeInvalid, "cannot be read"),
        ({"lines": ("1,2,0,0,0,0,Default,x",) * 50_001}, errors.TooLarge, "50000"),
        ({"width": 0}, errors.RecipeInvalid, "picture of 0"),
        ({"size": 0.5}, errors.BadParameter, "out of range"),
        ({"colour": "no such"}, errors.BadParameter, "not a colour"),
    ],
)
def test_parameters_out_of_range_are_named(grey, change, error, word):
    from dataclasses import replace

    op = captions_of(WORDS)
    look = {key: change.pop(key) for key in ("size", "colour") if key in change}
    with pytest.raises(error, match=word):
        replace(op, look=replace(op.look, **look), **change).infer(grey.info)


def test_sound_alone_has_no_room_for_words(words):
    from dreamreel.media.info import AudioInfo, ClipInfo

    with pytest.raises(errors.BadParameter, match="needs a picture"):
        captions_of(WORDS).infer(ClipInfo(Fraction(4), None, AudioInfo()))
