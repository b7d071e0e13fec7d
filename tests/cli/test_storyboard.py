"""`storyboard`: how a dream is understood, in words and as data."""

from __future__ import annotations

import json

import pytest
from tests.cli.terminal import typed

from dreamreel.dream.cast import default_cast
from dreamreel.dream.prompt import read_prompt
from dreamreel.dream.storyboard import ActorCue, Storyboard
from dreamreel.dream.telling import sentence


def test_it_reads_like_english(capsys):
    ran = typed(capsys, "storyboard", "a rocket flies to the moon with 3 pink sheep")
    assert ran.code == 0
    assert ran.out.splitlines()[1:4] == [
        "actors    a rocket flying to the moon",
        "          a moon",
        "          3 pink sheep flying with the rocket",
    ]


def test_what_is_not_understood_is_told_with_what_is_near(capsys):
    told = typed(capsys, "storyboard", "a castel on the beach with a zorblax").out
    assert "castle" in told
    assert "“zorblax” was not understood" in told


def test_json_has_the_documented_keys(capsys):
    board = json.loads(typed(capsys, "storyboard", "two white rabbits hop around a moon", "--json").out)
    assert {"setting", "actors", "camera", "mood", "not_understood"} <= set(board)
    assert set(board["setting"]) == {"kind", "time", "weather"}
    assert set(board["actors"][0]) == {"kind", "count", "colour", "size", "action", "relation", "to"}
    assert (
        board["actors"][0] | {"kind": "rabbit", "count": 2, "colour": "white", "action": "hop"}
        == board["actors"][0]
    )
    assert Storyboard.model_validate(board) == read_prompt("two white rabbits hop around a moon")


@pytest.mark.parametrize("kind", sorted(default_cast().actors))
def test_every_actor_can_be_said(kind):
    text = sentence(Storyboard(actors=(ActorCue(kind=kind), ActorCue(kind=kind, count=2))))
    one, two = text.partition(": ")[2].split(", ")
    noun = kind.replace("_", " ")
    assert one in (f"a {noun}", f"an {noun}")
    assert two.startswith("2 ")
    assert not two.endswith(("ys", "sheeps", "fishs"))


@pytest.mark.parametrize("action", sorted(default_cast().actions))
def test_every_action_can_be_said(action):
    text = sentence(Storyboard(actors=(ActorCue(kind="dog", action=action),)))
    assert text.endswith("ing")
    assert read_prompt(text.partition(": ")[2]).actors[0].action == action
