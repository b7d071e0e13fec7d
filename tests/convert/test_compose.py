"""A wish without a preset: what is done to a clip, what is copied, what is told."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.convert.facts import FILES, PQ, composed, file, picture, sound

from dreamreel.convert.resolve import length_of, merged
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter, BadSize, BadTime, UsageError
from dreamreel.render.plan import make_plan

FILM = FILES["plain"]


def ops(wish, found=FILM):
    """The verbs from the file up."""
    node, names = composed(wish, found).clip.node, []
    while node.inputs:
        names.append(node.op)
        node = node.inputs[0]
    return names[::-1]


def plan(wish, found=FILM):
    made = composed(wish, found)
    return make_plan(made.clip.node, Path(f"x{made.container.suffix}"), made.target)


def test_nothing_asked_is_nothing_done():
    assert ops(Wish(container="mkv")) == []
    assert plan(Wish(container="mkv")).copied is not None


@pytest.mark.parametrize(
    ("wish", "verbs"),
    [
        ({"short_side": 2160}, []),
        ({"max_rate": Fraction(60)}, []),
        ({"rate": Fraction(25)}, []),
        ({"short_side": 720}, ["geometry.resize"]),
        ({"start": Fraction(1), "end": Fraction(3)}, ["time.trim"]),
        ({"speed": Fraction(2), "reverse": True}, ["time.speed", "time.reverse"]),
        ({"crop": "640x360"}, ["geometry.crop"]),
        ({"rotate": 90, "flip": "vertical"}, ["geometry.rotate", "geometry.flip"]),
        ({"aspect": "9:16", "fit": "pad"}, ["geometry.pad"]),
        ({"rate": Fraction(30)}, ["time.fps"]),
        ({"deinterlace": "tff"}, ["clean.deinterlace"]),
        ({"deinterlace": "bff", "deinterlace_by": "network"}, ["clean.unweave"]),
        ({"deinterlace": "on", "deinterlace_by": "network"}, ["clean.unweave"]),
        ({"deinterlace": "auto", "crop": "auto"}, []),
        ({"loudness": -16.0}, ["sound.normalise"]),
        ({"denoise_sound": "light", "volume": 3.0}, ["sound.denoise", "sound.volume"]),
        ({"channels": "left"}, ["sound.channels"]),
        ({"channels": "mono"}, []),
        ({"fade_in": Fraction(1), "fade_out": Fraction(1)}, ["fade.in", "fade.out"]),
        ({"watermark_text": "Anna"}, ["compose.overlay"]),
    ],
)
def test_a_verb_is_there_only_when_it_changes_something(wish, verbs):
    assert ops(Wish(**wish)) == verbs


def test_a_variable_rate_is_bounded_after_the_speed():
    wish = Wish(speed=Fraction(2), max_rate=Fraction(30))
    assert ops(wish) == ["time.speed"]
    assert ops(wish, FILES["variable"]) == ["time.speed", "time.fps"]


def test_sound_alone_has_no_verbs_of_the_picture():
    assert ops(Wish(container="mp3", short_side=360, deinterlace="on", start=Fraction(1))) == ["time.trim"]


def test_sound_changes_leave_the_picture_as_it_is():
    made = plan(Wish(container="mp4", loudness=-16.0, channels="mono"))
    assert made.copied is not None
    assert made.sounds[0].audio.layout == "mono"


def test_what_asks_for_bits_or_another_codec_encodes():
    for wish in (
        {"crf": 20},
        {"quality": 80.0},
        {"codec": "h265"},
        {"encode": True},
        {"pix_fmt": "yuv420p10le"},
    ):
        assert plan(Wish(container="mp4", **wish)).copied is None
    assert plan(Wish(container="mp4", codec="h264")).copied is not None


def test_what_a_container_cannot_hold_is_encoded():
    made = plan(Wish(container="webm"))
    assert made.copied is None
    assert made.settings.codec == "vp9"


def test_a_copy_that_cannot_be_is_refused():
    with pytest.raises(UsageError, match="copied"):
        plan(Wish(container="mp4", codec="copy", short_side=360))


def test_hdr_that_is_encoded_stays_hdr_unless_it_is_told_otherwise():
    hdr = FILES["4k60 hdr"]
    kept = composed(Wish(container="mp4", short_side=720), hdr)
    assert kept.target.codec == "h265"
    assert any("HDR is kept" in note for note in kept.notes)
    for wish in ({"tone_map": "on"}, {"codec": "h264"}, {"container": "gif"}):
        mapped = composed(Wish(**{"container": "mp4", "short_side": 720, **wish}), hdr)
        assert mapped.clip.info.video.colour != PQ
    assert composed(Wish(container="mp4", codec="h264", tone_map="off"), hdr).clip.info.video.colour == PQ


def test_larger_than_it_was_is_done_and_told():
    made = composed(Wish(width=3840), FILM)
    assert made.clip.info.video.width == 3840
    assert any("larger" in note for note in made.notes)


def test_a_size_that_is_asked_for_is_aimed_at_unless_the_file_is_smaller():
    assert composed(Wish(target_size=3_000_000), FILM).target.target_size == 3_000_000
    small = composed(Wish(target_size=300_000_000, container="mp4"), FILM)
    assert small.target.target_size is None
    assert plan(Wish(target_size=300_000_000, container="mp4")).copied is not None


def test_times_from_the_end():
    wish = Wish(start=Fraction(-4), end=Fraction(-1))
    assert composed(wish, FILM).clip.duration == length_of(wish, FILM) == 3


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"end": Fraction(99)}, BadParameter),
        ({"start": Fraction(3), "end": Fraction(2)}, BadTime),
        ({"crop": "wide"}, BadParameter),
        ({"crop": "9999x9999"}, BadSize),
        ({"container": "xyz"}, UsageError),
        ({"codec": "xyz", "container": "mp4"}, UsageError),
        ({"preset": "no such"}, UsageError),
    ],
)
def test_what_cannot_be_is_told(wish, error):
    with pytest.raises(error):
        plan(Wish(**wish))


def test_surround_keeps_bits_for_every_channel():
    found = file(picture(), sound(codec="dts", layout="5.1", channels=6), name="a.mkv")
    assert composed(Wish(preset="iphone"), found).target.audio_bitrate == 576_000


def test_a_preset_for_a_codec_gives_way_to_another_codec():
    from dreamreel.convert.presets.shelf import preset

    whole = merged(Wish(codec="av1", audio_codec="opus"), preset("tv"))
    assert (whole.crf, whole.audio_bitrate, whole.square_pixels) == (None, None, True)


def test_a_wish_is_told_back_whole():
    made = composed(Wish(preset="android", start=Fraction(1)), replace(FILM, size=1))
    assert made.wish.container == "mp4"
    assert made.wish.start == 1
