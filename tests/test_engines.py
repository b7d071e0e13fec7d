"""Requests: what is checked, what is told, and that the same request is the same clip."""

from __future__ import annotations

import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from tests.cli.terminal import photo

from dreamreel.clip import Clip
from dreamreel.dream.hand import LOOKS as DRAWN_LOOKS
from dreamreel.dream.prompt import read_prompt
from dreamreel.dream.storyboard import ActorCue, Camera, Storyboard
from dreamreel.engines import CAMERAS, ENGINES, LOOKS, Dream, Request, find_engine, request_times
from dreamreel.errors import BadDuration, BadParameter, EngineMissing, InputMissing, UsageError
from dreamreel.graph import walk

FACE = (60.0, 50.0, 100.0, 50.0, 80.0, 70.0, 66.0, 90.0, 94.0, 90.0)


@pytest.fixture
def request_(tmp_path):
    """A request for a whale."""
    return Request(photo=photo(tmp_path / "anna.png"), dream="a whale in the sea", resolution="128p")


def made(request: Request) -> Dream:
    return find_engine(request.engine).generate(request)


def sound(path: Path, seconds: int) -> Path:
    """A tone."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes((8000 * np.sin(np.arange(8000 * seconds) / 3)).astype("<i2").tobytes())
    return path


def ops(clip: Clip) -> list[str]:
    """The ops of a clip by name, inputs first."""
    return [node.op for node in walk([clip.node])]


def test_the_same_request_is_the_same_clip(request_):
    assert made(request_).clip.node.digest == made(request_).clip.node.digest


@pytest.mark.parametrize(
    "change",
    [
        {"dream": "a cat"}, {"seed": 1}, {"look": "glow"}, {"camera": "into"}, {"loop": True}, {"fps": Fraction(30)},
        {"duration": Fraction(6)}, {"sound": "none"}, {"resolution": "144p"}, {"aspect": "1:1"}, {"face": FACE},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_every_field_of_a_request_matters(request_, change):
    assert made(replace(request_, **change)).clip.node.digest != made(request_).clip.node.digest


def test_the_photo_matters_and_not_its_name(request_, tmp_path):
    from dreamreel.render.plan import anonymous

    other = photo(tmp_path / "other.png", (160, 128))
    assert made(replace(request_, photo=other)).clip.node.digest != made(request_).clip.node.digest
    moved = tmp_path / "elsewhere" / "anna.png"
    moved.parent.mkdir()
    moved.write_bytes(request_.photo.read_bytes())
    one, two = made(request_).clip.node, made(replace(request_, photo=moved)).clip.node
    assert anonymous(one).digest == anonymous(two).digest


def test_a_storyboard_stands_for_the_words_it_was_read_from(request_):
    board = read_prompt(request_.dream)
    by_board = made(replace(request_, dream="", storyboard=board))
    assert by_board.clip.node.digest == made(request_).clip.node.digest


def test_what_comes_out_is_what_was_asked(request_):
    info = made(replace(request_, duration=Fraction(7, 2), fps=Fraction(30000, 1001))).clip.info
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.rate) == (170, 128, Fraction(30000, 1001))
    assert info.duration == Fraction(7, 2)
    assert info.audio is not None


def test_notes_tell_what_was_chosen_and_converted(tmp_path):
    picture = photo(tmp_path / "anna.gif")
    notes = made(Request(photo=picture, dream="a whale", resolution="129x131")).notes
    assert any("odd side" in note for note in notes)
    assert any("No place was named" in note for note in notes)
    assert any("No face was found" in note for note in notes)


def test_a_face_by_hand(request_):
    with_face = made(replace(request_, face=FACE))
    assert not any("face" in note for note in with_face.notes)
    with pytest.raises(BadParameter, match="ten numbers"):
        made(replace(request_, face=FACE[:4]))
    with pytest.raises(BadParameter):
        made(replace(request_, face=(1.0,) * 10))
    with pytest.raises(BadParameter, match="0 faces that could be found"):
        made(replace(request_, face=2))


def test_a_face_is_found_in_a_real_photo(tmp_path):
    from PIL import Image
    from skimage import data

    Image.fromarray(data.astronaut()).save(tmp_path / "astronaut.png")
    dream = made(Request(photo=tmp_path / "astronaut.png", dream="a rocket", resolution="128p"))
    assert not any("No face" in note for note in dream.notes)


@pytest.mark.parametrize(("seconds", "repeats"), [(9, False), (2, True), (5, False)])
def test_an_own_sound_lasts_as_long_as_the_dream(request_, tmp_path, seconds, repeats):
    clip = made(replace(request_, sound=str(sound(tmp_path / "song.wav", seconds)))).clip
    assert clip.duration == 5
    assert clip.info.audio is not None
    assert ("time.loop" in ops(clip)) is repeats
    assert "fade.out" in ops(clip)


def test_an_own_sound_must_be_one(request_, tmp_path):
    with pytest.raises(InputMissing, match="neither a sound"):
        made(replace(request_, sound="lullabye"))
    with pytest.raises(BadParameter, match="no sound in it"):
        made(replace(request_, sound=str(photo(tmp_path / "a.png"))))


def test_looks_are_those_that_can_be_drawn():
    assert set(LOOKS) == set(DRAWN_LOOKS)


def test_cameras_are_those_of_the_storyboard():
    assert set(CAMERAS) == set(get_args(Camera))


def test_unknown_words_are_refused(request_):
    for change in ({"look": "oil"}, {"camera": "crane"}):
        with pytest.raises(BadParameter, match="choose one of"):
            made(replace(request_, **change))
    with pytest.raises(EngineMissing, match="has dream"):
        find_engine("wan")
    bad = Storyboard(actors=(ActorCue(kind="griffin"),))
    with pytest.raises(UsageError, match="griffin"):
        made(replace(request_, dream="", storyboard=bad))


@pytest.mark.parametrize(
    ("duration", "fps", "error"),
    [
        ("0", 24, BadDuration),
        ("61", 24, BadDuration),
        ("soon", 24, BadDuration),
        ("1e999", 24, BadDuration),
        (5, "121", BadParameter),
        (5, "0", BadParameter),
    ],
)
def test_times_out_of_range(duration, fps, error):
    with pytest.raises(error):
        request_times(duration, fps)


def test_times_are_exact():
    assert request_times("2.5", "29.97") == (Fraction(5, 2), Fraction(30000, 1001))


def test_every_engine_describes_itself():
    for name, engine in ENGINES.items():
        assert engine.name == name
        assert all(engine.as_json().values())


def test_from_python_it_is_the_same_request(request_):
    import dreamreel

    clip = dreamreel.generate(
        request_.photo, request_.dream, resolution="128p", seed=4, face=FACE, sound="none"
    )
    assert clip == made(replace(request_, seed=4, face=FACE, sound="none")).clip
