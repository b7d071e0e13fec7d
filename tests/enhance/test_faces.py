"""When faces get a network of their own, how much of it, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.enhance.values import FULL, film

from dreamreel.enhance.able import Able, Net
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.findings import Findings
from dreamreel.enhance.propose import propose
from dreamreel.errors import BadParameter, CapabilityMissing

FACES = replace(FULL, nets=(*FULL.nets, Net("face", "m", 2, True)))
BAD = {"faces": 2, "face_height": 60}


def party(**facts: object) -> Findings:
    """A compressed film with faces in its second shot."""
    return film(640, 480, {}, BAD, faces="packed", **{"coarse": 0.5, **facts})  # pyright: ignore[reportArgumentType]


def share(found: Findings, asked: Asked | None = None, able: Able = FACES) -> object:
    """Of the network for faces, in the first enlargement."""
    steps = propose(found, asked or Asked(to="x2"), able).steps()
    return next(step for step in steps if step.verb == "upscale").args.get("face")


def test_faces_in_a_bad_film_get_a_modest_amount_and_the_reason_is_told() -> None:
    made = propose(party(), Asked(to="x2"), FACES)
    (step,) = made.steps()
    assert (step.args["family"], step.args["face"], made.faces) == ("general", 0.5, "packed")
    assert "2 faces, up to 60 px high → 0.5 of the network face m" in step.reason


@pytest.mark.parametrize(
    "found",
    [
        party(coarse=0.0),
        film(640, 480, {**BAD, "face_height": 15}, coarse=0.5),
        film(640, 480, {**BAD, "face_height": 300}, coarse=0.5),
        film(640, 480, {}, coarse=0.5),
        film(640, 480, {**BAD, "drawn": 1.0}, coarse=0.5),
    ],
    ids=["a good film", "tiny", "large", "none", "drawn"],
)
def test_where_it_would_not_help_nothing_is_done_by_itself(found: Findings) -> None:
    assert share(found) is None
    assert share(film(640, 480, {**BAD, "sharpness": 0.3})) == 0.5


def test_what_is_asked_for_is_done() -> None:
    assert share(party(coarse=0.0), Asked(to="x2", face=0.8)) == 0.8
    assert share(party(), Asked(to="x2", face=0.0)) is None
    with pytest.raises(BadParameter, match="face: 2 is out of range"):
        Asked(face=2)


def test_without_a_network_for_faces_nothing_is_proposed_and_a_wish_is_refused() -> None:
    assert share(party(), able=FULL) is None
    with pytest.raises(CapabilityMissing, match="leave --face out"):
        propose(party(), Asked(to="x2", face=0.5), FULL)
    assert "face" not in FACES.families()
    with pytest.raises(CapabilityMissing, match="no network 'face'"):
        propose(party(), Asked(to="x2", model="face"), FACES)


def test_the_first_enlargement_is_one_that_the_network_for_faces_goes_with() -> None:
    can = replace(FACES, nets=(*FACES.nets, Net("general", "m", 4, True), Net("clean", "s", 4)))
    plain, faced = (propose(party(), Asked(to="x4", face=face), can).steps() for face in (0.0, 0.5))
    assert [step.args["scale"] for step in plain] == [4]
    assert [(step.args["scale"], step.args.get("face")) for step in faced] == [(2, 0.5), (2, None)]


def test_a_film_without_faces_is_not_looked_through_again() -> None:
    made = propose(film(640, 480, {"faces": 0}, coarse=0.5), Asked(to="x2", face=0.5), FACES)
    assert "face" not in made.steps()[0].args
    assert "no faces were found in party.mp4" in made.notes[-1]


def test_in_a_long_film_faces_are_offered() -> None:
    long = replace(party(), sampled=True, faces="")
    made = propose(long, Asked(to="x2"), FACES)
    assert "--face 0.5" in made.offers[-1]
    assert share(long) is None
    assert share(long, Asked(to="x2", face=0.5)) == 0.5


def test_a_wish_that_nothing_reads_is_answered() -> None:
    same = propose(party(), Asked(to="same", face=0.5), FACES)
    assert "choose a larger size" in same.notes[-1]
    photo = replace(party(), still=True, duration=Fraction(0))
    same = propose(photo, Asked(to="same", face=0.5), FACES)
    assert "faces are worked on while a photo is enlarged" in same.notes[-1]


def test_photos_get_it_as_films_do() -> None:
    found = film(640, 480, {**BAD, "blocking": 0.4}, faces="packed", still=True, duration=Fraction(0))
    made = propose(found, Asked(to="x2"), FACES)
    (step,) = made.steps()
    assert (step.args["face"], made.faces) == (0.5, "packed")
    assert "2 faces, up to 60 px high → 0.5 of the network face m" in step.reason
    assert (
        share(replace(found, shots=(replace(found.shots[0], faces=None),)), Asked(to="x2", face=0.8)) == 0.8
    )
    none = propose(film(640, 480, {"faces": 0}, still=True), Asked(to="x2", face=0.8), FACES)
    assert "no faces were found in party.mp4" in none.notes[-1]
