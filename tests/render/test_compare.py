"""Two files measured against each other: which frames meet, and what is told."""

from fractions import Fraction

import pytest
from tests.render.film import film

import dreamreel
from dreamreel.errors import BadParameter
from dreamreel.render.charts import CHART_SIZE, write_chart, write_worst
from dreamreel.render.compare import compare
from dreamreel.time import Span

FAST = {"preset": "ultrafast"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A film of numbered frames, and a poor copy of it."""
    folder = tmp_path_factory.mktemp("pair")
    one = film(folder / "one.mp4", 50)
    return one, dreamreel.open(one).write(folder / "poor.mp4", crf=45, **FAST)


def test_a_copy_is_identical(pair, tmp_path):
    again = dreamreel.open(pair[0]).write(tmp_path / "again.mkv")
    found = compare(pair[0], again)
    assert len(found.frames) == 50
    assert found.pooled("quality").worst == 100.0
    assert found.notes == ()


def test_a_poor_copy_is_worse_and_its_worst_frames_lie_apart(pair):
    found = compare(*pair)
    assert found.pooled("ssim").mean < 1
    worst = found.worst(3)
    assert worst[0].scores.xpsnr == found.pooled("xpsnr").worst
    assert all(abs(a.time - b.time) >= Fraction(1, 2) for a in worst for b in worst if a is not b)


@pytest.mark.parametrize("seconds", ["2/5", "4/5"])
def test_an_offset_is_found(pair, tmp_path, seconds):
    late = Fraction(seconds)
    cut = dreamreel.open(pair[0])[late:].write(tmp_path / "cut.mp4", crf=10, **FAST)
    found = compare(pair[0], cut)
    assert found.offset == -late
    assert found.frames[0].time == late
    assert found.pooled("quality").worst > 60
    assert "earlier" in found.notes[0]


def test_a_wrong_offset_given_is_believed(pair, tmp_path):
    again = dreamreel.open(pair[0]).write(tmp_path / "again.mkv")
    assert compare(pair[0], again, offset=Fraction(1, 5)).pooled("quality").mean < 50


def test_another_size_and_rate_are_compared_and_told(pair, tmp_path):
    small = dreamreel.open(pair[0]).resize(height=32).fps(50).write(tmp_path / "small.mp4", crf=5, **FAST)
    found = compare(pair[0], small)
    assert len(found.frames) == 50
    assert any("96×32" in note for note in found.notes)
    assert any("rates differ" in note for note in found.notes)


def test_a_span_of_the_reference(pair):
    found = compare(*pair, span=Span(Fraction(1, 2), Fraction(1)))
    assert [found.frames[0].time, len(found.frames)] == [Fraction(13, 25), 12]


def test_nothing_in_common(pair):
    with pytest.raises(BadParameter, match="shows nothing"):
        compare(*pair, offset=Fraction(60))


def test_a_sound_cannot_be_compared(pair, tmp_path):
    from tests.render.film import ramp

    with pytest.raises(BadParameter, match="no picture"):
        compare(pair[0], ramp(tmp_path / "r.wav"))


def test_charts(pair, tmp_path):
    found = compare(*pair)
    png = write_chart(found, ("one.mp4", "poor.mp4"), tmp_path / "chart.png")
    assert dreamreel.open(png).info.video.width == 2 * CHART_SIZE[0]
    svg = write_chart(found, ("one.mp4", "poor.mp4"), tmp_path / "chart.svg").read_text()
    assert svg.rstrip().endswith("</svg>")
    assert svg.count("<text") > 20
    with pytest.raises(BadParameter, match=r"\.png or \.svg"):
        write_chart(found, ("a", "b"), tmp_path / "chart.pdf")


def test_the_worst_frames_side_by_side(pair, tmp_path):
    sheet = write_worst(compare(*pair), pair, 2, tmp_path / "worst.png")
    video = dreamreel.open(sheet).info.video
    assert (video.width, video.height) == (3 * 192 + 4 * 16, 2 * (64 + 44) + 16)
