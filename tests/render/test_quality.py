"""One number for how it looks: samples, the search, and what comes of it."""

from fractions import Fraction
from itertools import pairwise

import pytest
from tests.render.film import film as simple
from tests.render.noisy import noisy

import dreamreel
from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.render.compare import compare
from dreamreel.render.plan import Target, make_plan
from dreamreel.render.quality import Probe, next_crf, samples, search
from dreamreel.render.scale import guess
from dreamreel.render.store import Store
from dreamreel.render.threads import Cancel

FAST = {"preset": "ultrafast"}
ROWS = {row.key: row for row in VIDEO_CODECS}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return noisy(tmp_path_factory.mktemp("film") / "noisy.mp4", 25, noise=2)


def found(path, out, **target):
    return search(dreamreel.open(path).node, out, Target(**target, **FAST), Store(), Cancel())


# ── pure ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_short_films_are_looked_at_whole():
    assert [(span.start, span.end) for span in samples(Fraction(5), Fraction(25))] == [(0, 5)]


@pytest.mark.parametrize(("length", "count"), [(20, 3), (90, 4), (3600, 8)])
def test_samples_are_spread_over_the_film_on_its_frames(length, count):
    spans = samples(Fraction(length), Fraction(30000, 1001))
    assert len(spans) == count
    assert all((span.start * 30000 / 1001).denominator == 1 for span in spans)
    assert all(2 <= span.duration < Fraction(21, 10) for span in spans)
    assert all(a.end < b.start for a, b in pairwise(spans))
    assert spans == samples(Fraction(length), Fraction(30000, 1001))


@pytest.mark.parametrize("wanted", [30, 60, 75, 92])
@pytest.mark.parametrize(("slope", "first"), [(1.5, 23), (4.0, 23), (2.2, 40)])
def test_the_search_ends_near_the_wanted_quality(wanted, slope, first):
    def quality(crf):
        return 130 - slope * crf

    probes, crf = [], first
    while crf is not None and len(probes) < 5:
        probes.append(Probe(crf, quality(crf), 1, 1.0))
        crf = next_crf(probes, wanted, (0, 51), 0.4)
    best = min(abs(probe.quality - wanted) for probe in probes)
    possible = min(abs(quality(crf) - wanted) for crf in range(52))
    assert best <= max(0.75, possible + 0.01)


def test_higher_quality_is_a_lower_crf_for_every_codec():
    for key in ("h264", "h265", "av1", "vp9", "vp8", "mpeg4"):
        crfs = [guess(ROWS[key], quality) for quality in (30, 50, 75, 90)]
        assert crfs == sorted(crfs, reverse=True)
        low, high = ROWS[key].crf_range
        assert all(low <= crf <= high for crf in crfs)


def test_plans_show_a_guess_until_the_film_was_looked_at(film, tmp_path):
    plan = make_plan(dreamreel.open(film).node, tmp_path / "a.mp4", Target(quality=75))
    assert plan.settings.crf == guess(ROWS["h264"], 75)
    assert "is a guess at quality 75" in plan.notes[0]


# ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("codec", "name"), [("h264", "a.mp4"), ("h265", "a.mp4"), ("vp9", "a.webm")])
def test_a_quality_is_met_whatever_the_codec(film, tmp_path, codec, name):
    preset = {} if codec == "vp9" else FAST
    out = dreamreel.open(film).write(tmp_path / name, codec=codec, quality=60, **preset)
    assert compare(film, out).pooled("quality").mean == pytest.approx(60, abs=5)


def test_more_quality_is_a_larger_file_and_it_is_foretold(film, tmp_path):
    sizes = []
    for quality in (40, 70):
        told = found(film, tmp_path / "a.mp4", quality=quality)
        out = dreamreel.open(film).write(tmp_path / "a.mp4", quality=quality, **FAST)
        assert told.size == pytest.approx(out.stat().st_size, rel=0.15)
        sizes.append(out.stat().st_size)
    assert sizes[0] < sizes[1]


def test_what_was_found_is_data_and_is_kept(film, tmp_path):
    events = []
    first = found(film, tmp_path / "a.mp4", quality=70)
    dreamreel.open(film).write(tmp_path / "a.mp4", quality=70, on_event=events.append, **FAST)
    assert any(f"at crf {first.crf}" in event.message for event in events)
    assert all(event.fps == 0 for event in events)
    assert found(film, tmp_path / "a.mp4", quality=70).probes == first.probes
    plain = dreamreel.open(film).write(tmp_path / "b.mp4", crf=first.crf, **FAST)
    assert plain.read_bytes() == (tmp_path / "a.mp4").read_bytes()


@pytest.mark.parametrize("target", [{}, {"quality": 75, "crf": 20}, {"quality": 75, "codec": "ffv1"}])
def test_there_is_nothing_to_look_for(film, tmp_path, target):
    assert found(film, tmp_path / "a.mkv", **target) is None


def test_more_than_there_is_comes_as_near_as_it_can(tmp_path):
    told = found(simple(tmp_path / "f.mp4", 20), tmp_path / "a.mp4", quality=100)
    assert told.quality > 95
