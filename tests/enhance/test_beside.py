"""Before and after beside each other."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, shot
from tests.enhance.values import PLAIN

from dreamreel.clip import Clip
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.bakeoff import contestants
from dreamreel.enhance.beside import Side, filled, films, plainly, split, tiled, write_page
from dreamreel.enhance.job import prepared
from dreamreel.errors import BadParameter
from dreamreel.media.probe import probe
from dreamreel.ops.source import ColourSource


def colours(path):
    import av

    with av.open(str(path)) as source:
        return next(source.decode(video=0)).to_ndarray(format="rgb24").astype(int)


@pytest.fixture
def job(tmp_path):
    path = film(tmp_path / "a.mp4", shot(1, 8, sigma=0))
    return prepared(path, tmp_path / "b.mp4", Asked(to="x2", size="s"), can=PLAIN)


def test_the_left_half_is_before_and_the_right_half_after(tmp_path):
    before = Clip.of(ColourSource("red", 640, 360, Fraction(1)))
    after = Clip.of(ColourSource("blue", 640, 360, Fraction(1)))
    split(before, after, ("source", "enhanced")).write(tmp_path / "a.mp4", crf=8)
    picture = colours(tmp_path / "a.mp4")
    assert picture[100, 100].argmax() == 0
    assert picture[100, 500].argmax() == 2
    assert picture[100, 318].min() > 150
    assert picture[320:350, 20:120].min(axis=2).max() > 150


def test_the_source_is_as_large_as_the_result(job):
    assert plainly(job).info.video.width == 192
    first, second = films(job, [Side("a", "", plainly(job)), Side("b", "", job.composed.clip)])
    assert first.clip.info.video == replace(second.clip.info.video, pix_fmt=first.clip.info.video.pix_fmt)
    assert first.clip.info.audio is None


def test_a_page_holds_everything_and_asks_for_nothing(job, tmp_path):
    sides = films(job, [Side("source", "", plainly(job)), Side("</script><b>", "", job.composed.clip)])
    text = write_page(tmp_path / "a.html", sides, "Anna & <Papa>").read_text(encoding="utf-8")
    data = json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]
    )
    assert [side["label"] for side in data["sides"]] == ["source", "</script><b>"]
    assert all(side["data"].startswith("data:video/mp4;base64,") for side in data["sides"])
    assert (data["width"], data["height"]) == (192, 128)
    assert "<title>Anna &amp; &lt;Papa&gt;</title>" in text
    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//|url\(|@import", text)


def test_texts_cannot_break_out_of_the_page():
    page = filled("{{data}}", "video", (2, 2), [{"label": "{{title}}</script>", "note": "", "data": ""}])
    assert "</script>" not in page.partition('id="data">')[2].partition("</script>")[0]


def test_every_network_is_scored_on_the_same_seconds(job, tmp_path):
    found = list(contestants(job, PLAIN))
    assert [side.label for side, _ in found] == ["source", "clean s", "clean m"]
    assert all(test.psnr_plain == found[0][1].psnr for _, test in found)
    clip = tiled(films(job, [side for side, _ in found]))
    clip[0 : Fraction(1, 5)].write(tmp_path / "c.mp4")
    made = probe(tmp_path / "c.mp4").main_video
    assert (made.width, made.height) == (384, 256)
    assert np.ptp(colours(tmp_path / "c.mp4")[:128, :192]) > 50


def test_where_nothing_is_enlarged_there_is_no_bake_off(job):
    with pytest.raises(BadParameter, match="choose a larger size"):
        list(contestants(replace(job, proposal=replace(job.proposal, before=())), PLAIN))
