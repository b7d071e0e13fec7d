"""Planning alone: nothing here opens a file."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

import dreamreel
from dreamreel.analyse.face_tracks import Box, Seen
from dreamreel.clip import Clip
from dreamreel.errors import BadParameter, UsageError
from dreamreel.graph import walk
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.ops import op_of
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.found_faces import packed
from dreamreel.ops.generate import Generate
from dreamreel.ops.source import FileSource, Mark, Tag
from dreamreel.render import tree
from dreamreel.render.explain import estimate, explained
from dreamreel.render.local import worker_count
from dreamreel.render.lower import lower
from dreamreel.render.plan import anonymous, make_plan
from dreamreel.render.target import Target

HD = VideoInfo(1920, 1080, rate=Fraction(25))
OP = FileSource("/photos/a.mp4", "00ff", ClipInfo(Fraction(60), HD, AudioInfo()))
FILM = Clip.of(OP)
OTHER = Clip.of(replace(OP, path="/photos/b.mp4", content="11aa"))
DREAM = Clip.of(Generate("/photos/a.jpg", "00ff", {}, 640, 480))


def planned(clip, name="a.mp4", **options):
    return make_plan(clip.node, Path(name), Target(**options))


def picture(clip):
    return lower(clip.node).picture


def test_trims_go_down_to_the_source():
    found = picture(FILM[10:50].resize(height=720)[5:20].crop(640, 360))
    assert isinstance(found, tree.Filtered)
    (part,) = found.child.parts
    assert isinstance(part.child, tree.FileFrames)
    assert (part.start, part.length) == (15, 15)


def test_filters_in_a_row_are_one_graph():
    found = picture(FILM.resize(height=720).rotate(90).flip().fade_in(1).crop(640, 640))
    assert [spec.name for spec in found.specs] == ["scale", "setsar", "transpose", "hflip", "fade", "crop"]
    assert isinstance(found.child, tree.FileFrames)


def test_what_changes_nothing_costs_nothing():
    same = FILM.resize(1920, 1080).rotate(0).speed(2).speed(Fraction(1, 2)).volume(0).crop(1920, 1080).fps(25)
    assert isinstance(picture(same), tree.FileFrames)
    assert isinstance(lower(same.node).sound, tree.FileSound)


def test_equal_parts_are_one():
    film = FILM[:2] + FILM[:2]
    one, two = picture(film).parts
    assert one.child is two.child


def test_a_title_is_drawn_once_and_held():
    found = picture(FILM.title("Anna", at=1, for_=2))
    assert isinstance(found, tree.Overlaid)
    assert tree.is_still(found.top)
    assert (found.window.start, found.window.end) == (1, 3)


def test_a_fading_title_is_drawn_again_only_while_it_fades():
    top = picture(FILM.title("Anna", at=1, for_=10, fade=1)).top
    assert [part.length for part in top.child.parts] == [1, 8, 1]
    assert tree.is_still(top.child.parts[1].child)


def test_different_clips_are_fitted_and_it_is_told():
    small = Clip.of(
        replace(OP, content="22", info=ClipInfo(Fraction(5), VideoInfo(640, 480, rate=Fraction(30))))
    )
    lowered = lower((FILM + small).node)
    assert lowered.info.video.rate == 30
    told = " ".join(lowered.notes)
    assert "640×480 is fitted into 1920×1080" in told
    assert "25 frames per second becomes 30" in told


def test_segments_cover_the_whole_on_whole_frames():
    ntsc = Clip.of(replace(OP, info=ClipInfo(Fraction(61, 3), replace(HD, rate=Fraction(30000, 1001)))))
    segments = planned(ntsc).segments
    assert segments[0].span.start == 0
    assert segments[-1].span.end == Fraction(61, 3)
    for one, two in pairwise(segments):
        assert one.span.end == two.span.start
        assert (one.span.end * Fraction(30000, 1001)).denominator == 1
    assert all(segment.span.duration >= 1 for segment in segments)


@pytest.mark.parametrize(("seconds", "count"), [(1, 1), (2, 2), (5, 4), (8, 8), (60, 60)])
def test_drawn_clips_are_cut_for_many_cores(seconds, count):
    dream = Clip.of(Generate("a.jpg", "00ff", {}, 640, 480, Fraction(seconds)))
    assert len(planned(dream).segments) == count
    assert planned(dream).processes


def test_keys_depend_on_what_is_made_and_on_nothing_else():
    keys = [
        planned(FILM).segments[0].key,
        planned(FILM.flip()).segments[0].key,
        planned(FILM, crf=30).segments[0].key,
        planned(FILM, codec="h265").segments[0].key,
        planned(OTHER).segments[0].key,
        planned(FILM).segments[1].key,
    ]
    assert len(set(keys)) == 6
    moved = Clip.of(replace(OP, path="/elsewhere/a.mp4"))
    assert planned(moved, "b.mkv").segments[0].key == keys[0]
    assert planned(FILM, threads=3).segments[0].key == keys[0]


def test_a_travelling_recipe_names_no_folder():
    node = anonymous((FILM + OTHER).overlay(DREAM).node)
    names = sorted(str(one.params.get("path") or one.params.get("photo")) for one in _leaves(node))
    assert names == ["a.jpg", "a.mp4", "b.mp4"]


def _leaves(node):
    from dreamreel.graph import walk

    return [one for one in walk([node]) if not one.inputs]


def test_odd_sides_are_told():
    odd = Clip.of(replace(OP, info=ClipInfo(Fraction(5), replace(HD, width=1919, height=1079))))
    plan = planned(odd)
    assert (plan.video.width, plan.video.height) == (1920, 1080)
    assert any("padded to 1920×1080" in note for note in plan.notes)


def test_what_a_format_cannot_hold_is_told_or_refused():
    assert any("sound is left out" in note for note in planned(FILM, "a.gif").notes)
    assert any("picture is left out" in note for note in planned(FILM, "a.mp3").notes)
    with pytest.raises(BadParameter, match="wav"):
        planned(FILM.mute(), "a.wav")
    with pytest.raises(UsageError, match="xyz"):
        planned(FILM, "a.xyz")


def test_chapters_move_with_the_cut():
    marks = (Mark(Fraction(0), Fraction(10), "One"), Mark(Fraction(10), Fraction(30), "Two"))
    clip = Clip.of(replace(OP, chapters=marks, tags=(Tag("title", "Sea"),)))
    plan = planned(clip[5:20].speed(2).title("x"))
    assert plan.chapters == (
        Mark(Fraction(0), Fraction(5, 2), "One"),
        Mark(Fraction(5, 2), Fraction(15, 2), "Two"),
    )
    assert plan.tags == (Tag("title", "Sea"),)
    assert planned(OTHER + clip).chapters[0] == Mark(Fraction(60), Fraction(70), "One")
    backwards = planned(clip.reverse())
    assert backwards.chapters == ()
    assert any("2 chapters" in note for note in backwards.notes)


def test_explain_says_what_goes_in_and_comes_out():
    text = explained(planned(FILM[3:12].resize(height=720).title("Anna", for_=3), "b.webm"))
    for words in (
        "in: a.mp4, 1920×1080, 25 fps",
        "out: webm, 1280×720, 25 fps, 0:00:09.000",
        "vp9",
        "opus",
        "decode a.mp4",
        "overlay at 0,0 from 0:00:00.000 to 0:00:03.000",
        "“Anna”",
    ):
        assert words in text
    assert "/home" not in text


def test_an_estimate_grows_with_the_work():
    gib = 2**30
    small, large = (estimate(planned(clip), 2, 4 * gib) for clip in (FILM[:5], FILM))
    assert 0 < small.seconds < large.seconds
    assert 0 < small.size < large.size < large.disk
    assert estimate(planned(FILM, codec="h265"), 2, gib).seconds > large.seconds
    assert estimate(planned(DREAM), 8, 8 * gib).workers == 4


def test_workers_fit_the_cores_and_the_memory():
    plan = planned(Clip.of(Generate("a.jpg", "00ff", {}, 3840, 2160, Fraction(8))))
    assert worker_count(plan, 2, 64 * 2**30) == 1  # so large a picture keeps two cores busy with one worker
    assert worker_count(plan, 64, 64 * 2**30) == 8
    assert worker_count(plan, 64, 2 * 2**30) == 1
    small = planned(Clip.of(Generate("a.jpg", "00ff", {}, 1280, 720, Fraction(8))))
    assert worker_count(small, 2, 64 * 2**30) == 2
    larger = planned(
        Clip.of(Generate("a.jpg", "00ff", {}, 640, 360, Fraction(8))).upscale(2, precision="cuda-f16")
    )
    assert worker_count(larger, 64, 64 * 2**30) == 3  # one graphics card for all of them


def test_a_still_has_one_frame_as_a_picture():
    plan = planned(dreamreel.colour("red", 64, 64), "a.png")
    assert plan.frames == 1
    assert plan.segments == ()


def test_frames_of_8k_are_encoded_in_a_way_that_keeps_few_of_them():
    def options(height):
        return dict(planned(FILM.resize(height=height)).settings.options)

    assert "sliced-threads=1" in options(4320)["x264opts"]
    assert "rc-lookahead" not in options(2160)
    both = planned(FILM.resize(height=4320), video_bitrate=40_000_000).settings.options
    assert dict(both)["x264opts"].endswith(":stitchable=1")


def test_a_network_on_the_processor_gets_most_of_it():
    def preset(clip, **options):
        return planned(clip, **options).settings.preset

    here, card = FILM.upscale(2, precision="int8"), FILM.upscale(2, precision="cuda-f16")
    assert preset(here) == "veryfast"
    assert dict(planned(here).settings.options) == {"rc-lookahead": "20", "trellis": "1"}
    small = FILM.upscale(2, precision="int8", size="s")
    assert preset(small) == "superfast"
    assert dict(planned(small).settings.options) == {"rc-lookahead": "20", "mbtree": "1"}
    assert preset(small.upscale(2, precision="int8")) == "veryfast"
    somebody = packed([tuple(Seen(Fraction(time), Box(600, 300, 900, 700)) for time in (0, 60))])
    faced = FILM.upscale(2, precision="int8", face=0.5, faces=somebody)
    assert any(isinstance(op_of(node), EnlargeFaces) for node in walk([faced.node]))
    assert preset(faced) == "veryfast"
    assert [preset(clip) for clip in (FILM, card)] == ["medium", "medium"]
    assert preset(here, preset="slow") == "slow"
    assert preset(here, video_bitrate=4_000_000) == "medium"
    assert planned(here, codec="h265").settings.preset == "medium"
