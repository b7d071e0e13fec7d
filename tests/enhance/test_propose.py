"""From what was found to what is done, and why."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.enhance.values import CLEAN, FULL, PLAIN, film

from dreamreel.enhance.able import Able, Net
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.data import dump, load
from dreamreel.enhance.proposal import Proposal
from dreamreel.enhance.propose import propose
from dreamreel.errors import BadParameter, CapabilityMissing, UsageError


def verbs(proposal):
    return [step.verb for step in proposal.steps()]


def test_a_good_large_film_is_left_alone():
    found = propose(film(1920, 1080), Asked(), FULL)
    assert found.nothing
    assert "large enough" in found.notes[0]


def test_a_small_clean_film_is_only_enlarged():
    found = propose(film(640, 360), Asked(to="x2"), FULL)
    assert [(step.verb, step.args["family"]) for step in found.steps()] == [("upscale", "clean")]
    assert (found.width, found.height, found.network) == (1280, 720, "clean m")


def test_the_first_enlargement_is_by_the_usual_network_and_the_next_by_the_smallest():
    found = propose(film(640, 360), Asked(to="x4"), PLAIN)
    assert [step.args["size"] for step in found.steps()] == ["m", "s"]


def test_a_size_between_two_enlargements_ends_in_a_resize():
    last = propose(film(640, 480), Asked(), PLAIN).steps()[-1]
    assert (last.verb, last.args["width"], last.args["height"]) == ("resize", 1440, 1080)


def test_a_smaller_size_is_a_plain_resize_and_says_so():
    found = propose(film(1920, 1080, {"noise": 9.0}), Asked(to="480p"), FULL)
    assert (verbs(found), found.plain) == (["resize"], True)
    assert "plain resize" in found.notes[0]


def test_strong_noise_goes_over_time_and_says_how_strong_it_is():
    step = propose(film(640, 480, {"noise": 6.0}), Asked(to="x2"), PLAIN).steps()[0]
    assert (step.verb, step.args["method"]) == ("denoise", "temporal")
    assert step.reason == "noise: σ 6.0 of 255 → temporal denoise 0.3"


def test_a_compressed_film_is_cleaned_by_the_network_that_cleans():
    found = propose(film(640, 480, coarse=1.0), Asked(to="x2"), FULL)
    assert (found.steps()[0].args["family"], found.steps()[0].args["strength"]) == ("general", 1.0)


def test_without_that_network_it_is_told_what_would_do_better():
    found = propose(film(640, 480, coarse=0.5), Asked(to="x2"), PLAIN)
    assert found.network == "clean m"
    assert "would do better" in found.better[0]


def test_a_large_bad_film_is_restored_at_its_own_size():
    assert verbs(propose(film(1920, 1080, coarse=0.6), Asked(), FULL)) == ["restore"]


def test_shots_in_a_row_that_need_the_same_are_one_stretch():
    found = propose(film(640, 480, {}, {"noise": 8.0}, {"noise": 8.4}, {}), Asked(to="x2"), PLAIN)
    assert [(one.start, one.end, one.shots) for one in found.stretches] == [(0, 2, 1), (2, 6, 2), (6, 8, 1)]
    assert [len(one.steps) for one in found.stretches] == [0, 1, 0]
    assert [step.verb for step in found.after] == ["upscale"]
    assert "σ 8.0–8.4" in found.stretches[1].steps[0].reason


def test_more_stretches_than_are_worth_their_seams_become_one():
    shots = [{"noise": 8.0 if n % 2 else 0.0} for n in range(300)]
    assert propose(film(640, 480, *shots), Asked(to="x2"), PLAIN).stretches == ()


@pytest.mark.parametrize(
    ("scan", "args"),
    [("tff", {"order": "tff"}), ("bff", {"order": "bff"}), ("telecine", {"order": "auto", "film": True})],
)
def test_half_frames_become_whole_ones_first(scan, args):
    step = propose(film(720, 576, scan=scan), Asked(), PLAIN).steps()[0]
    assert (step.verb, dict(step.args)) == ("deinterlace", args)
    assert "deinterlace" not in verbs(propose(film(720, 576, scan=scan), Asked(deinterlace="off"), PLAIN))


@pytest.mark.parametrize(
    ("scan", "asked", "args"),
    [
        ("bff", Asked(), {"order": "bff", "method": "network"}),
        ("bff", Asked(deinterlace_by="bwdif"), {"order": "bff"}),
        ("telecine", Asked(), {"order": "auto", "film": True}),
        ("tff", Asked(to="480x360"), {"order": "tff"}),
    ],
)
def test_half_frames_become_whole_by_the_network_where_there_is_one(scan, asked, args):
    able = replace(PLAIN, fields=True)
    assert dict(propose(film(720, 576, scan=scan), asked, able).steps()[0].args) == args


def test_bars_are_offered_and_cut_when_asked_for():
    found = film(640, 480, crop="640x360+0+60")
    assert "--crop" in propose(found, Asked(), PLAIN).offers[0]
    cut = propose(found, Asked(crop=True), PLAIN)
    assert (cut.steps()[0].args["height"], cut.width, cut.height) == (360, 1920, 1080)


def test_what_is_asked_for_is_done_in_its_place():
    asked = Asked(to="x2", stabilize=True, colourise="auto", fps=Fraction(50), grain=0.3, auto_colour=True,
                  restore_film=True)  # fmt: skip
    assert verbs(propose(film(), asked, PLAIN)) == [
        "stabilize", "restore_film", "auto_colour", "colourise", "upscale", "interpolate", "grain",
    ]  # fmt: skip


def test_a_photo_gets_colours_when_asked_for_and_is_told_what_is_for_films():
    photo = film(still=True)
    made = propose(photo, Asked(to="x2", colourise="eccv16", stabilize=True), PLAIN)
    assert [(step.verb, step.args.get("model")) for step in made.steps()] == [
        ("colourise", "eccv16"), ("upscale", None),
    ]  # fmt: skip
    assert made.notes == (
        "a photo is enlarged, cleaned and coloured by networks alone; stabilize is for films",
    )
    able = replace(PLAIN, verbs=tuple(verb for verb in PLAIN.verbs if verb != "colourise"))
    with pytest.raises(CapabilityMissing, match="No weights that give colours are installed"):
        propose(photo, Asked(colourise="auto"), able)


def test_a_drawn_film_takes_the_network_for_drawings_where_there_is_one():
    drawn = film(640, 480, {"drawn": 0.9})
    assert "drawings" in propose(drawn, Asked(), PLAIN).better[0]
    able = Able(nets=(*CLEAN, Net("anime", "m", 2)), verbs=PLAIN.verbs)
    assert propose(drawn, Asked(), able).network == "anime m"


def test_pixels_that_are_not_square_become_square():
    found = propose(film(720, 576, sar=Fraction(64, 45)), Asked(), PLAIN)
    assert (found.width, found.height) == (1920, 1080)


def test_networks_that_are_not_there():
    with pytest.raises(CapabilityMissing, match="choose clean, auto"):
        propose(film(), Asked(model="gold"), PLAIN)
    with pytest.raises(BadParameter, match="no size l"):
        propose(film(), Asked(model="clean", size="l"), PLAIN)
    with pytest.raises(BadParameter, match="no network of size l"):
        propose(film(), Asked(size="l"), PLAIN)


def test_a_size_that_only_one_family_has_chooses_it():
    able = Able(nets=(*CLEAN, Net("general", "m", 2, True)), verbs=PLAIN.verbs)
    found = propose(film(640, 480, {"noise": 8.0}), Asked(size="s"), able)
    assert found.network == "clean s"
    assert "leave noise and the marks of compression" in found.better[0]
    for asked in (Asked(strength=0.0), Asked(size="s", strength=0.0), Asked(size="s", to="same")):
        assert not propose(film(640, 480, {"noise": 8.0}), asked, able).better


def test_photos_get_the_large_network_unless_they_are_huge():
    able = Able(nets=(*CLEAN, Net("clean", "l", 2, False)), verbs=PLAIN.verbs)
    sizes = [
        propose(film(width, 1000, still=still, duration=Fraction(0)), Asked(to="x2"), able).network
        for width, still in ((1500, True), (5000, True), (1500, False))
    ]
    assert sizes == ["clean l", "clean m", "clean m"]


def test_weights_of_others_are_taken_by_their_name():
    able = replace(PLAIN, others=(Net("esrgan", "", 4),))
    found = propose(film(640, 360), Asked(to="1080p", model="esrgan"), able)
    assert next(dict(step.args) for step in found.steps()) == {"scale": 4, "model": "esrgan"}
    assert (verbs(found), found.network) == (["upscale", "resize"], "esrgan")


def test_weights_that_repair_at_a_pictures_own_size_are_used_at_it():
    able = replace(PLAIN, others=(Net("deblur", "", 1),))
    for to, then in (("same", []), ("x2", ["resize"])):
        found = propose(film(640, 360), Asked(to=to, model="deblur"), able)
        assert verbs(found) == ["upscale", *then]
        assert dict(found.steps()[0].args) == {"scale": 1, "model": "deblur"}


def test_a_photo_is_only_enlarged_and_says_so():
    found = propose(film(60, 40, {"noise": 9.0}, still=True), Asked(grain=0.2), FULL)
    assert verbs(found) == ["upscale"]
    assert "grain is for films" in found.notes[0]


def test_steps_can_be_taken_out_everywhere_or_in_one_stretch():
    found = propose(film(640, 480, {}, {"noise": 8.0}), Asked(to="x2"), PLAIN)
    assert verbs(found.without("upscale")) == ["denoise"]
    assert verbs(found.without("denoise", Fraction(2))) == ["upscale"]
    assert verbs(found.without("denoise", Fraction(0))) == ["denoise", "upscale"]


def test_findings_wishes_and_proposals_are_json():
    found = film(640, 480, {"noise": 8.0}, {}, sar=Fraction(4, 3))
    asked = Asked(to="4K", fps=Fraction(30000, 1001), strength=0.4)
    proposal = propose(found, asked, FULL)
    for value in (found, asked, proposal, FULL):
        assert load(type(value), dump(value)) == value


@pytest.mark.parametrize(
    ("data", "words"),
    [({"to": "huge"}, "not a size"), ({"strength": 2.0}, "out of range"), ({"nonsense": 1}, "nonsense"),
     ({"size": "xl"}, "size"), ([], "table"), ({"fps": "0"}, "out of range")],
)  # fmt: skip
def test_data_that_is_no_wish(data, words):
    with pytest.raises(UsageError, match=words):
        load(Asked, data)
    with pytest.raises(BadParameter):
        load(Proposal, {"before": [{"verb": 1}]})
