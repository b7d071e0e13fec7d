"""What is heard of a dream: the cloud opens and closes, and a few small sounds, each when it is seen."""

from __future__ import annotations

import itertools

import pytest

from dreamreel.dream.beats import beats
from dreamreel.dream.cues import cues, heard
from dreamreel.dream.stage import stage
from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard

SHEEP = Storyboard(setting=SettingCue(kind="meadow", time="day"), actors=(ActorCue(kind="sheep", count=4),))


def board(kind: str, place: str = "meadow", **more: object) -> Storyboard:
    cue = ActorCue.model_validate({"kind": kind, **more})
    return Storyboard(setting=SettingCue(kind=place, time="day"), actors=(cue,))


def test_the_cloud_is_heard_when_it_begins_to_open() -> None:
    when = beats(5.0, "auto", loop=False)
    opened = [event for event in heard(SHEEP, 5.0, 1) if event.kind == "open"]
    assert [event.time for event in opened] == [when.grow]


def test_only_a_loop_hears_the_cloud_close() -> None:
    assert "close" not in {event.kind for event in heard(SHEEP, 5.0, 1)}
    closed = [event for event in heard(SHEEP, 5.0, 1, loop=True) if event.kind == "close"]
    assert [event.time for event in closed] == [beats(5.0, "auto", loop=True).close]


def test_arrivals_sparkle_where_and_when_they_are_seen() -> None:
    staging = stage(SHEEP, 1400.0, beats(8.0, "drift", loop=False), 3)
    entrances = {role.enter: role for role in staging.roles}
    sparkles = [event for event in cues(staging) if event.kind == "sparkle"]
    assert sparkles
    for event in sparkles:
        role = entrances[float(event.time)]
        side = staging.moment(role, role.enter).x - staging.width / 2
        assert event.pan * side >= 0


def test_a_jumper_is_heard_when_its_feet_touch_the_ground() -> None:
    jumping = board("rabbit", action="jump")
    staging = stage(jumping, 1400.0, beats(8.0, "drift", loop=False), 0)
    rabbit = staging.roles[0]
    bounces = [float(event.time) for event in cues(staging) if event.kind == "bounce"]
    assert bounces
    for t in bounces:
        assert rabbit.pose(t).root.dy > -1
        assert min(rabbit.pose(t - k / 24).root.dy for k in range(1, 6)) < -4


def test_swimmers_splash_at_the_surface_only() -> None:
    assert "splash" in {event.kind for event in heard(board("whale", "open_sea", action="swim"), 8.0, 0)}
    assert "splash" not in {event.kind for event in heard(board("whale", "underwater"), 8.0, 0)}


@pytest.mark.parametrize("seed", range(6))
def test_a_crowd_makes_no_more_than_six_small_sounds_in_five_seconds(seed: int) -> None:
    crowd = Storyboard(
        setting=SettingCue(kind="meadow", time="day"),
        actors=(ActorCue(kind="rabbit", count=12, action="jump"), ActorCue(kind="sheep", count=12)),
    )
    events = heard(crowd, 5.0, seed)
    small = [float(event.time) for event in events if event.kind not in {"open", "close"}]
    assert 1 <= len(small) <= 6
    times = [float(event.time) for event in events]
    assert times == sorted(times)
    assert all(b - a >= 0.7 - 1e-9 for a, b in itertools.pairwise(times))


def test_the_same_dream_sounds_the_same() -> None:
    assert heard(SHEEP, 5.0, 7) == heard(SHEEP, 5.0, 7)
    assert heard(SHEEP, 5.0, 7) != heard(SHEEP, 5.0, 8)
