"""Whole renders: what comes out, what survives a crash, what stops, what is told."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest
from tests.render.film import film, heard, ramp, read

import dreamreel
from dreamreel.errors import BadParameter, Cancelled, InputMissing, NotWritable, OutputIsInput, RenderFailed
from dreamreel.media.metadata import read_recipe
from dreamreel.render.store import Store
from dreamreel.render.threads import Cancel

SOURCE = str(Path(__file__).parent.parent.parent / "src")
FAST = {"preset": "ultrafast"}


@pytest.fixture(scope="module")
def count(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "count.mp4", 50)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "long.mp4", 600)


def test_the_whole_path_keeps_frames_and_times(count, tmp_path):
    out = dreamreel.open(count).write(tmp_path / "out.mp4", **FAST)
    assert read(out) == read(count)


def test_open_cut_resize_write(count, tmp_path):
    out = (
        dreamreel.open(count)[Fraction(2, 5) : Fraction(8, 5)]
        .resize(height=32)
        .write(tmp_path / "y.webm", crf=20)
    )
    assert [number for _, number in read(out)] == list(range(10, 40))
    info = dreamreel.open(out).info
    assert (info.video.width, info.video.height, info.duration) == (96, 32, Fraction(6, 5))


def test_a_variable_rate_survives(tmp_path):
    stamps = [0, 40, 50, 130, 131, 300, 301, 302, 9_000, 9_100, 25_000, 25_040]
    path = film(tmp_path / "vfr.mp4", len(stamps), stamps=stamps, base=Fraction(1, 1000))
    out = dreamreel.open(path).write(tmp_path / "out.mp4", **FAST)
    assert read(out) == [(Fraction(t, 1000), n) for n, t in enumerate(stamps)]


def test_segments_join_without_a_seam(long, tmp_path):
    events = []
    longer = dreamreel.open(long).loop(3)
    out = longer.write(tmp_path / "out.mp4", on_event=events.append, **FAST)
    assert events[-1].segments == 3
    assert read(out) == [(Fraction(n, 25), n % 600) for n in range(1800)]


def test_sound_and_picture_start_together(count, tmp_path):
    clip = dreamreel.open(count).replace_sound(dreamreel.open(ramp(tmp_path / "r.wav")))
    out = clip.write(tmp_path / "out.mov", audio_codec="pcm", **FAST)
    sound = heard(out)[0]
    assert len(sound) == 16_000
    assert round(float(sound[0]) * 32_768) + 16_384 == 0


@pytest.mark.parametrize("name", ["o.mkv", "o.mov", "o.gif", "o.webp", "o.png", "o.jpg"])
def test_every_kind_of_output_opens_again(count, tmp_path, name):
    out = dreamreel.open(count)[:1].write(tmp_path / name)
    assert dreamreel.open(out).info.video.width == 192


@pytest.mark.parametrize("name", ["o.wav", "o.mp3", "o.flac", "o.m4a", "o.opus"])
def test_sound_alone_is_written(tmp_path, name):
    out = dreamreel.open(ramp(tmp_path / "r.wav", 16_000)).write(tmp_path / name)
    info = dreamreel.open(out).info
    assert info.video is None
    assert abs(info.duration - 2) < Fraction(1, 10)


def test_a_picture_is_the_first_frame(count, tmp_path):
    out = dreamreel.open(count)[1:].write(tmp_path / "o.png")
    assert [number for _, number in read(out)] == [25]


def test_the_recipe_inside_makes_it_again_and_names_no_folder(count, tmp_path):
    clip = dreamreel.open(count)[:1].fade_out(Fraction(1, 2))
    out = clip.write(tmp_path / "out.mp4", **FAST)
    text = read_recipe(out)
    assert str(count.parent) not in text
    assert count.name in text
    again = dreamreel.again(out).write(tmp_path / "again.mp4", **FAST)
    assert again.read_bytes() == out.read_bytes()


def test_a_moved_source_is_found_beside_the_output(count, tmp_path):
    out = dreamreel.open(count)[:1].write(tmp_path / "out.mp4", **FAST)
    clip = dreamreel.again(out)
    Path(os.environ["DREAMREEL_HOME"], "sources.json").unlink()
    with pytest.raises(InputMissing, match=r"count\.mp4"):
        clip.write(tmp_path / "b.mp4", **FAST)
    (tmp_path / "count.mp4").write_bytes(count.read_bytes())
    assert clip.write(tmp_path / "b.mp4", **FAST).read_bytes() == out.read_bytes()


def test_a_changed_source_is_refused(tmp_path):
    path = film(tmp_path / "a.mp4", 25)
    clip = dreamreel.open(path)
    film(path, 26)
    with pytest.raises(InputMissing, match="changed"):
        clip.write(tmp_path / "b.mp4")


def test_an_input_is_never_overwritten(count, tmp_path):
    before = count.read_bytes()
    with pytest.raises(OutputIsInput):
        dreamreel.open(count)[:1].write(count)
    link = tmp_path / "link.mp4"
    link.symlink_to(count)
    with pytest.raises(OutputIsInput):
        dreamreel.open(count)[:1].write(link)
    assert count.read_bytes() == before


def test_a_folder_that_is_not_there_is_named_before_work(count, tmp_path):
    with pytest.raises(NotWritable):
        dreamreel.open(count).write(tmp_path / "no" / "a.mp4")


def test_an_unknown_option_is_named(count, tmp_path):
    with pytest.raises(BadParameter, match="colour_depth"):
        dreamreel.open(count).write(tmp_path / "a.mp4", colour_depth=10)


def test_what_was_made_is_found_again(long, tmp_path):
    out = dreamreel.open(long).write(tmp_path / "a.mp4", **FAST)
    events = []
    again = dreamreel.open(long).write(tmp_path / "b.mp4", on_event=events.append, **FAST)
    assert [event.fps for event in events if event.stage == "picture"] == []
    assert again.read_bytes() == out.read_bytes()


def test_other_settings_are_other_segments(count, tmp_path):
    events = []
    dreamreel.open(count).write(tmp_path / "a.mp4", crf=20, **FAST)
    dreamreel.open(count).write(tmp_path / "b.mp4", crf=30, on_event=events.append, **FAST)
    assert any(event.stage == "picture" for event in events)


KILLED = """
import os, signal, sys
import dreamreel
def stop(event):
    if event.segment >= 1:
        os.kill(os.getpid(), signal.SIGKILL)
dreamreel.open(sys.argv[1]).write(sys.argv[2], preset="ultrafast", on_event=stop)
"""


def test_a_killed_render_goes_on_and_gives_the_same_file(long, tmp_path):
    whole = dreamreel.open(long).write(tmp_path / "whole.mp4", **FAST)
    home, out = tmp_path / "home", tmp_path / "out.mp4"
    env = {**os.environ, "PYTHONPATH": SOURCE, "DREAMREEL_HOME": str(home)}
    dead = subprocess.run(
        [sys.executable, "-c", KILLED, str(long), str(out)], env=env, capture_output=True, check=False
    )
    assert dead.returncode == -signal.SIGKILL
    assert not out.exists()
    done = list((home / "segments").glob("*/*.json"))
    assert len(done) == 1
    stamp = done[0].with_suffix(".mp4").stat().st_mtime_ns
    dreamreel.open(long).write(out, store=home, **FAST)
    assert done[0].with_suffix(".mp4").stat().st_mtime_ns == stamp
    assert out.read_bytes() == whole.read_bytes()


def test_cancel_stops_leaves_no_file_and_says_how_to_go_on(long, tmp_path):
    cancel = Cancel()

    def stop(event):
        if event.frame > 20:
            cancel.set()

    with pytest.raises(Cancelled, match=r"a\.mp4.*again"):
        dreamreel.open(long).write(tmp_path / "a.mp4", cancel=cancel, on_event=stop, **FAST)
    assert list(tmp_path.iterdir()) == []
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("dreamreel")]
    assert not list(Store().root.glob("*/.*.part"))


INTERRUPTED = """
import os, signal, sys
import dreamreel
from dreamreel.errors import Cancelled
def stop(event):
    if event.frame > 20:
        os.kill(os.getpid(), signal.SIGINT)
try:
    dreamreel.open(sys.argv[1]).write(sys.argv[2], on_event=stop, copy=False)
except Cancelled as error:
    print(error)
    sys.exit(error.exit_code)
"""


def test_ctrl_c_is_a_sentence(long, tmp_path):
    env = {**os.environ, "PYTHONPATH": SOURCE}
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(long), str(tmp_path / "a.mp4")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 130
    assert "goes on" in ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_error_in_a_stage_ends_all_threads(long, tmp_path):
    def fail(event):
        if event.frame > 20:
            raise RenderFailed("enough.")

    with pytest.raises(RenderFailed, match="enough"):
        dreamreel.open(long).write(tmp_path / "a.mp4", on_event=fail, **FAST)
    assert list(tmp_path.iterdir()) == []
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("dreamreel")]


def test_events_count_up_to_the_whole(count, tmp_path):
    events = []
    dreamreel.open(count).write(tmp_path / "a.mp4", on_event=events.append, **FAST)
    assert events[0].stage == "plan"
    assert events[-1].stage == "done"
    assert events[-1].frame == events[-1].frames == 50
    assert json.loads(json.dumps(events[-1].as_json()))["stage"] == "done"


def test_colours_sizes_and_aspect_are_kept(tmp_path):
    path = film(tmp_path / "a.mp4", 10, sar=Fraction(4, 3))
    out = dreamreel.open(path).write(tmp_path / "b.mp4", **FAST)
    with av.open(str(path)) as one, av.open(str(out)) as two:
        for name in ("width", "height", "pix_fmt", "sample_aspect_ratio"):
            assert getattr(one.streams.video[0].codec_context, name) == getattr(
                two.streams.video[0].codec_context, name
            )
        context = two.streams.video[0].codec_context
        assert context.sample_aspect_ratio == Fraction(4, 3)
        assert (context.colorspace, context.color_range, context.color_primaries, context.color_trc) == (
            1,
            1,
            1,
            1,
        )


def test_tags_of_the_only_source_travel(tmp_path):
    path = film(tmp_path / "a.mp4", 10, tags={"title": "Sea", "location": "+48.1+011.5/"})
    out = dreamreel.open(path).write(tmp_path / "b.mp4", **FAST)
    with av.open(str(out)) as source:
        assert source.metadata["title"] == "Sea"
        assert "location" not in source.metadata


def test_the_same_render_is_the_same_bytes(count, tmp_path):
    digests = set()
    for name in ("a", "b"):
        out = dreamreel.open(count).speed(2).write(tmp_path / f"{name}.mp4", store=tmp_path / name, **FAST)
        digests.add(hashlib.blake2b(out.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_number_in_the_name_makes_a_file_of_every_frame(count, tmp_path):
    clip = dreamreel.open(count)
    clip.write(tmp_path / "frame-%03d.png", store=tmp_path / "store")
    made = sorted(path.name for path in tmp_path.glob("frame-*.png"))
    assert made[0] == "frame-001.png"
    assert len(made) == round(clip.info.duration * clip.info.video.rate)
