"""Everything of a file but its picture survives, and times stay what they were."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction

import av
import pytest
from tests.analyse.footage import film, shot
from tests.enhance import values
from tests.enhance.values import PLAIN
from tests.media.make import cfr_timing, click_track, loudest, vfr_timing, write_film
from tests.render.film import heard
from tests.render.keeping import ITEMS, rich

from dreamreel.enhance.able import able
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.compose import compose, container_for
from dreamreel.enhance.findings import Findings, Shot
from dreamreel.enhance.job import enhance_one, output_for, prepared
from dreamreel.enhance.propose import propose
from dreamreel.errors import NotWritable, OutputIsInput
from dreamreel.graph import walk
from dreamreel.media.probe import probe
from dreamreel.render.run import as_options, render


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_everything_but_the_picture_survives_through_stretches_that_differ(tmp_path, suffix):
    path = rich(tmp_path / f"rich.{suffix}")
    found = probe(path)
    shots = tuple(Shot(start=Fraction(n), end=Fraction(n + 1), noise=9.0 * (n == 1)) for n in range(3))
    track = found.main_video
    findings = Findings(name="rich", width=track.width, height=track.height, sar=track.sar, duration=found.duration,
                        hard_end=Fraction(1), shots=shots)  # fmt: skip
    job = prepared(path, tmp_path / f"out.{suffix}", Asked(to="x2", size="s"), findings=findings, can=PLAIN)
    assert len(job.proposal.stretches) == 3
    target = job.composed.target
    render(
        job.composed.clip.node,
        job.out,
        as_options({one.name: getattr(target, one.name) for one in fields(target)}),
    )
    made = probe(job.out)
    assert {name: look(made) for name, look in ITEMS.items()} == {
        name: look(found) for name, look in ITEMS.items()
    }
    assert made.main_video.height == job.proposal.height == 2 * track.height


def test_sound_is_copied_to_the_bit_and_where_it_was(tmp_path):
    path = tmp_path / "a.mp4"
    write_film(path, cfr_timing(25, Fraction(25)), sound=click_track())
    enhance_one(Asked(to="x2", size="s"), path, tmp_path / "b.mp4", judge=False)
    before, after = heard(path), heard(tmp_path / "b.mp4")
    assert (before == after).all()
    assert loudest(before) == loudest(after)
    assert probe(path).main_audio.start == probe(tmp_path / "b.mp4").main_audio.start


def test_a_variable_rate_keeps_every_time(tmp_path):
    path = tmp_path / "a.mkv"
    write_film(path, vfr_timing(12))
    enhance_one(Asked(to="x2", size="s"), path, tmp_path / "b.mkv", judge=False)
    times = []
    for one in (path, tmp_path / "b.mkv"):
        with av.open(str(one)) as source:
            times.append([frame.pts * frame.time_base for frame in source.decode(video=0)])
    assert times[0] == times[1]


def test_quality_is_such_that_the_detail_stays(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 5))
    proposal = propose(Findings(name="a", width=96, height=64, shots=()), Asked(to="x2"), PLAIN)
    assert compose(probe(path), proposal, Asked(to="x2")).target.crf == 17
    chosen = compose(probe(path), proposal, Asked(to="x2", crf=30, codec="h265")).target
    assert (chosen.crf, chosen.codec) == (30, "h265")


@pytest.mark.parametrize(
    ("name", "container"), [("a.mp4", "mp4"), ("a.mkv", "mkv"), ("a.avi", "mp4"), ("a.mov", "mov")]
)
def test_a_film_comes_back_in_its_own_container_where_that_holds_enough(tmp_path, name, container):
    path = tmp_path / name
    write_film(path, cfr_timing(3, Fraction(25)))
    assert container_for(probe(path)) == container


def test_names_are_free_and_originals_safe(tmp_path):
    path = film(tmp_path / "party.mp4", shot(1, 3))
    assert output_for(probe(path), tmp_path).name == "party-enhanced.mp4"
    (tmp_path / "party-enhanced.mp4").write_bytes(b"mine")
    assert output_for(probe(path), tmp_path).name == "party-enhanced-2.mp4"
    with pytest.raises(OutputIsInput):
        prepared(path, path, Asked())
    with pytest.raises(NotWritable):
        enhance_one(Asked(), path, tmp_path / "party-enhanced.mp4")


def test_what_is_good_is_not_written(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 4, sigma=0))
    report = enhance_one(Asked(to="same"), path, tmp_path / "b.mp4")
    assert report["nothing"] is True
    assert not (tmp_path / "b.mp4").exists()


def test_every_verb_that_can_be_proposed_makes_a_film(tmp_path):
    """Also over shots that are treated differently, where what is measured must still be found in the file."""
    path = film(tmp_path / "a.mp4", [*shot(1, 6, sigma=6), *shot(2, 6, sigma=0)], options={"crf": "8"})
    shots = tuple(
        Shot(start=Fraction(6 * n, 25), end=Fraction(6 * n + 6, 25), noise=6.0 - 6 * n) for n in range(2)
    )
    findings = Findings(
        name="a", width=96, height=64, rate=Fraction(25), duration=Fraction(12, 25), shots=shots
    )
    asked = Asked(to="x2", size="s", stabilize=True, restore_film=True, auto_colour=True, deband="on", hdr=True,
                  match_grain=True, fps=Fraction(50))  # fmt: skip
    job = prepared(path, tmp_path / "b.mkv", asked, findings=findings, can=able())
    assert len(job.proposal.stretches) == 2
    ops = {node.op for node in walk([job.composed.clip.node])}
    assert {"clean.temporal", "clean.deband", "neural.enlarge"} <= ops
    assert job.composed.clip.info.video.rate == 50
    target = job.composed.target
    render(
        job.composed.clip.node,
        job.out,
        as_options({one.name: getattr(target, one.name) for one in fields(target)}),
    )
    made = probe(job.out).main_video
    assert (made.width, made.frames, made.colour.transfer, made.bits) == (192, 24, 16, 10)


def test_noise_is_averaged_as_strongly_as_it_is_in_those_shots(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 3))
    proposal = propose(values.film(96, 64, {"noise": 6.04, "noise_colour": 3.0}), Asked(to="x2"), PLAIN)
    clip = compose(probe(path), proposal, Asked()).clip
    temporal = next(node for node in walk([clip.node]) if node.op == "clean.temporal")
    assert (temporal.params["luma"], temporal.params["chroma"]) == (6.0, 3.0)
