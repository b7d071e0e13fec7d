"""The tables agree with the library, and unknown formats are answered with the known ones."""

from __future__ import annotations

from pathlib import Path

import av
import av.format
import pytest

from dreamreel.errors import UsageError
from dreamreel.media.formats import (
    AUDIO_CODECS,
    CONTAINERS,
    VIDEO_CODECS,
    audio_codec,
    keeps_sar,
    output_format,
    video_codec,
)


@pytest.mark.parametrize(("name", "wanted"), [
    ("a.mp4", "mp4"), ("A.MP4", "mp4"), ("a.m4v", "mp4"), ("a.webm", "webm"), ("a.mkv", "mkv"), ("a.mov", "mov"),
    ("a.gif", "gif"), ("a.webp", "webp"), ("a.png", "png"), ("a.jpg", "jpeg"), ("a.jpeg", "jpeg"), ("a.wav", "wav"),
    ("a.mp3", "mp3"), ("a.flac", "flac"), ("a.m4a", "m4a"), ("a.opus", "ogg"),
])  # fmt: skip
def test_suffixes(name: str, wanted: str) -> None:
    assert output_format(Path(name)).name == wanted


def test_a_named_container_wins_over_the_suffix() -> None:
    assert output_format(Path("a.mp4"), "mkv").name == "mkv"
    assert output_format(Path("noname"), ".webm").name == "webm"


@pytest.mark.parametrize("name", ["a.xyz", "noname", "a.txt"])
def test_unknown_suffixes_are_answered_with_the_known(name: str) -> None:
    with pytest.raises(UsageError, match="choose one of mp4, webm, mkv"):
        output_format(Path(name))


def test_a_codec_the_container_cannot_hold() -> None:
    with pytest.raises(UsageError, match="webm cannot hold 'h264' video; choose one of vp9, av1, vp8"):
        video_codec("h264", output_format(Path("a.webm")))
    with pytest.raises(UsageError, match="choose one of opus"):
        audio_codec("aac", output_format(Path("a.webm")))
    with pytest.raises(UsageError, match="holds no video stream"):
        video_codec(None, output_format(Path("a.mp3")))
    with pytest.raises(UsageError, match="holds no sound"):
        audio_codec(None, output_format(Path("a.gif")))


def test_every_row_is_whole() -> None:
    video = {row.key for row in VIDEO_CODECS}
    audio = {row.key for row in AUDIO_CODECS}
    for row in CONTAINERS:
        assert set(row.video) <= video
        assert set(row.audio) <= audio
        av.format.ContainerFormat(row.muxer, "w")
        if row.kind == "video":
            assert row.video
            assert row.audio
    assert len({suffix for row in CONTAINERS for suffix in row.extensions}) == sum(
        len(row.extensions) for row in CONTAINERS
    )


def test_pixel_formats_are_those_of_the_encoders() -> None:
    for row in VIDEO_CODECS:
        assert all(set(profile.pix_fmts) <= set(row.pix_fmts) for profile in row.profiles), row.key
        if row.key not in ("theora", "raw"):
            known = {form.name for form in av.codec.Codec(row.encoder, "w").video_formats or ()}
            assert set(row.pix_fmts) <= known, row.key


def test_rates_are_rounded_up_to_what_the_codec_takes() -> None:
    opus = next(row for row in AUDIO_CODECS if row.key == "opus")
    assert [opus.rate_for(rate) for rate in (48_000, 44_100, 22_050, 96_000)] == [
        48_000,
        48_000,
        24_000,
        48_000,
    ]


def test_where_pixel_shape_survives() -> None:
    vp9 = next(row for row in VIDEO_CODECS if row.key == "vp9")
    assert keeps_sar(output_format(Path("a.mp4")), vp9)
    assert not keeps_sar(output_format(Path("a.webm")), vp9)
