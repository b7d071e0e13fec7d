"""Clips that only cut and join are written without encoding more than the edges, with all their tracks."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.coded import coded, loud_times, pictures
from tests.render.damage import wiped

from dreamreel import Clip, concat
from dreamreel import open as open_clip
from dreamreel.render.cutting import cut_spans
from dreamreel.render.run import as_options, render
from dreamreel.time import Span


def spans(*pairs: tuple[int, int]) -> list[Span]:
    return [Span(Fraction(start, 25), Fraction(end, 25)) for start, end in pairs]


def cut(path: Path, *pairs: tuple[int, int]) -> Clip:
    clip = open_clip(path)
    return concat([clip[span.start : span.end] for span in spans(*pairs)])


def same(source: list[np.ndarray], out: Path, numbers: list[int]) -> int:
    """How many pictures of `out` are bit for bit those of these numbers; there are as many of both."""
    made = pictures(out)
    assert len(made) == len(numbers)
    return sum(
        np.array_equal(source[number], picture) for number, (_, picture) in zip(numbers, made, strict=True)
    )


@pytest.fixture
def film(tmp_path):
    """Four seconds with sound, groups of 20 pictures, and all pictures of it."""
    path = coded(tmp_path / "film", "h264 open", 100, sound=True)
    return path, [picture for _, picture in pictures(path)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_a_cut_film_keeps_its_pictures_and_stays_in_step_with_its_sound(film, suffix, tmp_path):
    path, originals = film
    out = tmp_path / f"cut{suffix}"
    cut(path, (30, 90), (5, 60)).write(out)
    assert same(originals, out, [*range(30, 90), *range(5, 60)]) > 80
    # Loud at 2 s and 3 s of the source, thus 0.8 s and 1.8 s here; then at 1 s and 2 s, 0.8 s and 1.8 s after 2.4 s.
    wanted = [Fraction(8, 10), Fraction(18, 10), Fraction(32, 10), Fraction(42, 10)]
    packet = Fraction(1024, 48_000)
    assert all(abs(time - due) < packet for time, due in zip(loud_times(out), wanted, strict=True))


def test_what_was_cut_and_put_together_again_is_copied_whole(film, tmp_path):
    path, originals = film
    cut(path, (0, 33), (33, 100)).write(tmp_path / "again.mp4")
    assert same(originals, tmp_path / "again.mp4", list(range(100))) == 100


def test_films_encoded_alike_are_joined_without_encoding(film, tmp_path):
    path, originals = film
    other = coded(tmp_path / "other", "h264 open", 60, sound=True)
    concat([open_clip(path), open_clip(other)]).write(tmp_path / "both.mkv")
    both = [*originals, *(picture for _, picture in pictures(other))]
    assert same(both, tmp_path / "both.mkv", list(range(160))) == 160
    assert len(loud_times(tmp_path / "both.mkv")) >= 5


def test_a_film_of_other_coding_is_encoded(film, tmp_path):
    path, _ = film
    other = coded(tmp_path / "other", "h264 baseline", 30, sound=True)
    concat([open_clip(path), open_clip(other)]).write(tmp_path / "both.mp4")
    assert len(pictures(tmp_path / "both.mp4")) == 130


def test_a_cut_that_is_mostly_edges_is_encoded_and_said(film, tmp_path):
    path, _ = film
    told: list[str] = []
    cut(path, (22, 34), (42, 54)).write(
        tmp_path / "cut.mp4", on_event=lambda event: told.append(event.message)
    )
    assert any("the whole picture is encoded" in words for words in told)
    assert len(pictures(tmp_path / "cut.mp4")) == 24


def test_other_options_encode_the_picture(film, tmp_path):
    path, originals = film
    cut(path, (20, 100)).write(tmp_path / "cut.mp4", crf=30)
    assert same(originals, tmp_path / "cut.mp4", list(range(20, 100))) < 8


def test_chapters_follow_the_cut(tmp_path):
    path = coded(tmp_path / "film", "h264 open", 100)
    with av.open(str(path)) as read, av.open(str(tmp_path / "marked.mkv"), "w") as write:
        stream = write.add_stream_from_template(read.streams.video[0], opaque=True)
        write.set_chapters([
            {"id": n, "start": n * 1000, "end": n * 1000 + 1000, "time_base": Fraction(1, 1000),
             "metadata": {"title": f"part {n}"}} for n in range(4)
        ])  # fmt: skip
        for packet in read.demux(video=0):
            if packet.size:
                packet.stream = stream
                write.mux_one(packet)
    cut(tmp_path / "marked.mkv", (50, 100), (0, 25)).write(tmp_path / "cut.mkv")
    with av.open(str(tmp_path / "cut.mkv")) as made:
        found = [(float(c["start"] * c["time_base"]), c["metadata"]["title"]) for c in made.chapters()]
    assert found == [(0.0, "part 2"), (1.0, "part 3"), (2.0, "part 0")]


def test_spans_to_keep_lie_on_the_edges_between_pictures(film):
    path, _ = film
    wanted = [Span(Fraction(101, 100), Fraction(203, 100))]
    assert cut_spans(path, wanted, Fraction(4)) == tuple(spans((25, 51)))
    assert cut_spans(path, wanted, Fraction(4), remove=True) == tuple(spans((0, 25), (51, 100)))
    (grown,) = cut_spans(path, wanted, Fraction(4), keyframes=True)
    assert (grown.start, grown.end >= wanted[0].end) == (Fraction(20, 25), True)


def test_a_sound_is_cut_where_it_is_said(tmp_path):
    path = coded(tmp_path / "film", "h264", 50, sound=True)
    open_clip(path).write(tmp_path / "tone.m4a")
    wanted = [Span(Fraction(1, 3), Fraction(1))]
    assert cut_spans(tmp_path / "tone.m4a", wanted, Fraction(2)) == tuple(wanted)


@pytest.mark.parametrize(("packets", "told"), [((), 0), ((33,), 1), ((33, 34), 2)])
def test_pictures_of_the_edges_that_cannot_be_decoded_are_counted(film, packets, told, tmp_path):
    path, originals = film
    clip = cut(wiped(path, list(packets)), (30, 90))
    events = []
    made = render(clip.node, tmp_path / "cut.mp4", as_options({"on_event": events.append}))
    assert (made.concealed, events[-1].concealed) == (told, told)
    assert same(originals, tmp_path / "cut.mp4", list(range(30, 90))) >= 45
