"""`generate`, `again` and `render`: what is asked is what is made, and made again it is the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from tests.cli.terminal import SMALL, Ran, command, environment, photo, started, typed

from dreamreel.media.open import open_media

FACE = "60,50,100,50,80,70,66,90,94,90"
DREAM = "a whale in the sea"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a photo in it, and in it we are."""
    monkeypatch.chdir(tmp_path)
    photo(tmp_path / "anna.png")
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """One dream with sound, its photo beside it, and what was said."""
    folder = tmp_path_factory.mktemp("made")
    photo(folder / "anna.png")
    ran = started(
        "generate", folder / "anna.png", DREAM, *SMALL[:-2], "--face", FACE, "--json", "-o", folder / "anna.mp4",
        DREAMREEL_HOME=str(folder / "home"),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return folder, ran


def frames(path: Path) -> list[bytes]:
    """Every decoded frame of a film."""
    with open_media(path) as film:
        return [frame.to_ndarray().tobytes() for frame in film.decode(video=0)]


def dry(capsys, *options: str | Path, dream: str = DREAM) -> dict[str, dict]:
    """The events of a dry run by their names."""
    ran = typed(
        capsys, "generate", "anna.png", *([dream] if dream else []), *SMALL, "--dry-run", "--json", *options
    )
    assert ran.code == 0, ran.err
    return {event["event"]: event for event in ran.events}


def test_events_tell_the_whole_story(made):
    folder, ran = made
    names = [event["event"] for event in ran.events]
    assert names[:2] == ["storyboard", "plan"]
    assert names[-1] == "done"
    assert set(names[2:-1]) == {"progress"}
    plan, done = ran.events[1], ran.events[-1]
    assert (plan["width"], plan["height"], plan["fps"], plan["frames"], plan["duration"]) == (
        128,
        128,
        "4",
        4,
        "1",
    )
    assert (plan["video_codec"], plan["audio_codec"], plan["inputs"]) == (
        "h264",
        "aac",
        ["anna.png, 160×120 photo"],
    )
    assert done["bytes"] == (folder / "anna.mp4").stat().st_size
    last = ran.events[-2]
    assert (last["stage"], last["frame"], last["frames"]) == ("done", 4, 4)


def test_again_gives_the_same_frames(made, tmp_path, capsys, monkeypatch):
    folder, _ = made
    for name in ("anna.mp4", "anna.png"):
        shutil.copy(folder / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    ran = typed(capsys, "again", "anna.mp4")
    assert (ran.code, ran.out) == (0, "anna-again.mp4\n")
    assert len(frames(folder / "anna.mp4")) == 4
    assert frames(tmp_path / "anna-again.mp4") == frames(folder / "anna.mp4")
    assert (tmp_path / "anna-again.mp4").read_bytes() == (folder / "anna.mp4").read_bytes()


def test_a_saved_recipe_renders_to_the_same_file(made, tmp_path, capsys, monkeypatch):
    folder, _ = made
    recipe = typed(capsys, "explain", folder / "anna.mp4", "--recipe").out
    assert str(folder) not in recipe
    shutil.copy(folder / "anna.png", tmp_path / "anna.png")
    (tmp_path / "night.recipe.json").write_text(recipe, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DREAMREEL_HOME", str(folder / "home"))
    ran = typed(capsys, "render", "night.recipe.json", "--json")
    assert ran.code == 0, ran.err
    assert ran.events[-1]["path"] == "night.mp4"
    assert Path("night.mp4").read_bytes() == (folder / "anna.mp4").read_bytes()


def test_again_without_the_photo_names_it(made, tmp_path, capsys):
    shutil.copy(made[0] / "anna.mp4", tmp_path / "anna.mp4")
    ran = typed(capsys, "again", tmp_path / "anna.mp4", "-o", tmp_path / "b.mp4")
    assert ran.code == 3
    assert ran.complaint.startswith("anna.png")


def test_again_of_a_file_without_a_recipe(here, capsys):
    ran = typed(capsys, "again", "anna.png")
    assert (ran.code, ran.complaint) == (3, "anna.png carries no recipe; only files made by Dreamreel do.")


def test_a_recipe_that_is_none(here, capsys):
    Path("a.json").write_text("[]", encoding="utf-8")
    assert typed(capsys, "render", "a.json").code == 3
    ran = typed(capsys, "render", "b.json")
    assert (ran.code, ran.complaint) == (
        3,
        "the recipe b.json cannot be read (No such file or directory); check the name.",
    )


def test_a_dry_run_says_everything_and_leaves_nothing(here, capsys):
    before = sorted(here.rglob("*"))
    ran = typed(capsys, "generate", "anna.png", "a whale and a zorblax", *SMALL[:-2], "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    for words in (
        "“zorblax” was not understood", "anna.png, 160×120 photo", "a whale", "anna-dream.mp4, 128×128, 4 fps, 1 s",
        "H.264 + AAC 48 kHz stereo, recipe inside", "on this computer", "of disk while it works", "about",
    ):  # fmt: skip
        assert words in ran.err
    assert sorted(here.rglob("*")) == before


def test_the_photo_keeps_its_shape(here, capsys):
    plan = dry(capsys, "--resolution", "360p")["plan"]
    assert (plan["width"], plan["height"]) == (480, 360)


def test_a_seed_stages_another_dream_and_the_same_seed_the_same(here, capsys):
    one, same, other = (dry(capsys, "--seed", seed)["plan"]["segments"] for seed in ("1", "1", "2"))
    assert one == same
    assert not set(one) & set(other)


@pytest.mark.parametrize(
    "option", [("--look", "paper"), ("--camera", "still"), ("--loop",), ("--face", FACE)]
)
def test_an_option_changes_what_is_drawn(here, capsys, option):
    assert dry(capsys, *option)["plan"]["segments"] != dry(capsys)["plan"]["segments"]


@pytest.mark.parametrize(("option", "value"), [("--look", "oil"), ("--camera", "crane")])
def test_an_unknown_choice_names_the_known_ones(here, capsys, option, value):
    ran = typed(capsys, "generate", "anna.png", DREAM, option, value)
    assert ran.code == 2
    assert ran.complaint.startswith(f"{value!r} is not a {option[2:]}; choose one of ")


def test_a_face_placed_by_hand_needs_no_finding(here, capsys):
    assert any("No face was found" in note for note in dry(capsys)["storyboard"]["notes"])
    assert not any("face" in note for note in dry(capsys, "--face", FACE)["storyboard"]["notes"])


@pytest.mark.parametrize(
    ("face", "words"),
    [("3", "0 faces that could be found"), ("1,2,3", "takes ten numbers"), ("1,1,1,1,1,1,1,1,1,1", "")],
)
def test_a_face_that_is_none(here, capsys, face, words):
    ran = typed(capsys, "generate", "anna.png", DREAM, "--face", face)
    assert ran.code == 2
    assert words in ran.complaint


def test_a_storyboard_can_be_saved_edited_and_drawn(here, capsys):
    board = json.loads(typed(capsys, "storyboard", "two sheep fly over the sea", "--json").out)
    board["actors"][0] |= {"kind": "elephant", "count": 3}
    Path("dream.json").write_text(json.dumps(board), encoding="utf-8")
    told = dry(capsys, "--storyboard", "dream.json", dream="")
    assert told["storyboard"]["actors"][0]["kind"] == "elephant"
    assert "3 elephants flying over the sea" in told["plan"]["dream"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("not json", 3, "it is not JSON"),
        ('{"actors": [{"kind": "sheep", "count": 99}]}', 3, "actors.0.count"),
        ('{"wether": "rain"}', 3, "wether"),
        ('{"actors": [{"kind": "sheeep"}]}', 2, "try sheep"),
        ('{"setting": {"kind": "mars"}}', 2, "does not exist"),
    ],
)
def test_a_storyboard_that_is_none(here, capsys, text, code, words):
    Path("dream.json").write_text(text, encoding="utf-8")
    ran = typed(capsys, "generate", "anna.png", "--storyboard", "dream.json", "--dry-run")
    assert ran.code == code
    assert words in ran.complaint


def test_an_own_sound_is_heard(here, capsys):
    with wave.open("song.wav", "wb") as song:
        song.setnchannels(1)
        song.setsampwidth(2)
        song.setframerate(8000)
        song.writeframes(np.zeros(4000, "<i2").tobytes())
    assert dry(capsys, "--sound", "song.wav")["plan"]["audio_codec"] == "aac"
    assert dry(capsys)["plan"]["audio_codec"] is None
    ran = typed(capsys, "generate", "anna.png", DREAM, "--sound", "lullabye")
    assert ran.code == 3
    assert "neither a sound (lullaby, ambience, none) nor a file" in ran.complaint


def test_new_names_never_meet_old_files(here, capsys):
    Path("anna-dream.mp4").touch()
    Path("anna-dream-2.mp4").touch()
    ran = typed(capsys, "generate", "anna.png", DREAM, *SMALL, "--dry-run")
    assert "anna-dream-3.mp4" in ran.err


def test_plain_words_without_a_terminal(here, capsys):
    ran = typed(capsys, "generate", "anna.png", DREAM, *SMALL, "-o", "a.webm", "--no-recipe")
    assert (ran.code, ran.out) == (0, "a.webm\n")
    assert "\x1b" not in ran.err
    lines = ran.err.splitlines()
    assert any(line.startswith("Painting 4/4, ") for line in lines)
    assert lines[-1].startswith("Done in ")
    assert json.loads(typed(capsys, "info", "a.webm", "--json").out)["recipe"] is False


def on_a_terminal(answer: str, *args: str | Path, columns: int = 60, **changes: str) -> tuple[int, str]:
    """Run `dreamreel ARGS` on a terminal and type `answer`; the exit code and what the terminal was sent."""
    pty = pytest.importorskip("pty", reason="a pseudo-terminal needs a Unix")
    import fcntl
    import struct
    import termios

    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal can be had here ({error.strerror})")
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = environment(TERM="xterm-256color", **changes)
    env.pop("COLUMNS", None)
    with subprocess.Popen(command(*args), env=env, stdin=theirs, stderr=theirs, stdout=theirs) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        said = b""
        while True:
            try:
                said += (piece := os.read(ours, 4096))
            except OSError:  # Linux says so when the other end has closed.
                break
            if not piece:
                break
    os.close(ours)
    return process.returncode, said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs a Unix")
def test_a_bar_on_a_narrow_terminal(here):
    code, said = on_a_terminal("", "generate", "anna.png", DREAM, *SMALL, "-o", "a.mp4", NO_COLOR="1")
    assert code == 0
    assert "━" in said
    assert "100%" in said
    assert "\x1b[35m" not in said
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said)
    card = [line for line in plain.splitlines() if line.startswith(("╭", "│", "╰"))]
    assert len(card) >= 6
    assert max(map(len, card)) <= 60


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal needs a Unix")
def test_before_a_file_is_replaced_the_user_is_asked(here):
    Path("a.mp4").write_bytes(b"mine")
    code, said = on_a_terminal("n\n", "generate", "anna.png", DREAM, *SMALL, "-o", "a.mp4")
    assert "a.mp4 exists. Replace it? [y/N]" in said
    assert code == 5
    assert Path("a.mp4").read_bytes() == b"mine"
