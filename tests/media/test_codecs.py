"""Profiles, depths, HDR and bitrates arrive in the file; every sound codec comes back out of every container."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.make import bar, cfr_timing, click_track, size_of, write_film

from dreamreel.errors import BadParameter
from dreamreel.media.codecs import AUDIO_CODECS, VIDEO_CODECS, VideoCodec
from dreamreel.media.encode import VideoSegmentWriter, encode_audio, profile_for, settings_for
from dreamreel.media.formats import CONTAINERS, deeper, output_format
from dreamreel.media.info import AudioInfo, Colour, Hdr, VideoInfo
from dreamreel.media.mux import FilmTrack, SoundTrack, mux
from dreamreel.media.probe import probe

VIDEO = {row.key: row for row in VIDEO_CODECS}
SOUND = {row.key: row for row in AUDIO_CODECS}
PQ = Colour(9, 1, 9, 16)
DISPLAY = Hdr((34000, 16000, 13250, 34500, 7500, 3000, 15635, 16450), 50, 10_000_000, 1000, 400)
PAIRS = [(row.name, codec) for row in CONTAINERS for codec in row.audio if row.name != "ogv"]
DECODED = {"mp3": "mp3", "wma": "wmav2", "amr": "amr_nb", "ulaw": "pcm_mulaw", "alaw": "pcm_alaw"}


def encode(path: Path, row: VideoCodec, info: VideoInfo, count: int = 6, **more: object) -> None:
    with VideoSegmentWriter(path, settings_for(info, row, threads=1, **more)) as writer:
        for number in range(count):
            picture = av.VideoFrame.from_ndarray(bar(number, info.width, info.height), "rgb24")
            writer.write(picture, Fraction(number, 25), Fraction(1, 25))


def tag_of(path: Path) -> str:
    with av.open(str(path)) as source:
        return source.streams.video[0].codec_context.codec_tag


@pytest.mark.parametrize(("container", "codec"), PAIRS)
def test_sound_comes_back_from_every_container(tmp_path: Path, container: str, codec: str) -> None:
    row = next(row for row in CONTAINERS if row.name == container)
    path = tmp_path / f"a{row.suffix}"
    timing = cfr_timing(25, Fraction(25)) if row.kind == "video" else []
    video = next((key for key in row.video if key not in ("h263",)), None)
    write_film(path, timing, rate=Fraction(25), video=video, audio=codec, sound=click_track(1))
    track = probe(path).audio[0]
    assert track.codec == DECODED.get(codec, SOUND[codec].encoder.removeprefix("lib"))
    assert track.sample_rate == SOUND[codec].rate_for(48_000)
    with av.open(str(path)) as source:
        heard = sum(frame.samples for frame in source.decode(audio=0)) / track.sample_rate
    assert heard == pytest.approx(1, abs=0.04)


@pytest.mark.parametrize(("profile", "tag", "pix_fmt"), [
    ("proxy", "apco", "yuv422p10le"), ("lt", "apcs", "yuv422p10le"), ("standard", "apcn", "yuv422p10le"),
    ("hq", "apch", "yuv422p10le"), ("4444", "ap4h", "yuv444p10le"), ("4444xq", "ap4x", "yuv444p10le"),
])  # fmt: skip
def test_prores_profiles_have_their_fourcc(tmp_path: Path, profile: str, tag: str, pix_fmt: str) -> None:
    encode(tmp_path / "s", VIDEO["prores"], VideoInfo(64, 48), profile=profile)
    assert tag_of(tmp_path / "s") == tag
    assert probe(tmp_path / "s").video[0].pix_fmt.replace("12", "10") == pix_fmt


@pytest.mark.parametrize(("profile", "name", "pix_fmt"), [
    ("lb", "DNXHR LB", "yuv422p"), ("sq", "DNXHR SQ", "yuv422p"), ("hq", "DNXHR HQ", "yuv422p"),
    ("hqx", "DNXHR HQX", "yuv422p10le"), ("444", "DNXHR 444", "yuv444p10le"),
])  # fmt: skip
def test_dnxhr_profiles(tmp_path: Path, profile: str, name: str, pix_fmt: str) -> None:
    encode(tmp_path / "s", VIDEO["dnxhr"], VideoInfo(256, 120), profile=profile)
    track = probe(tmp_path / "s").video[0]
    assert (track.profile, track.pix_fmt) == (name, pix_fmt)


def test_dnxhd_has_a_bitrate_for_every_form() -> None:
    row = VIDEO["dnxhd"]
    hd = VideoInfo(1920, 1080)
    assert settings_for(hd, row).bitrate == 120_000_000
    assert settings_for(replace(hd, rate=Fraction(60000, 1001)), row, profile="hqx").bitrate == 440_000_000
    with pytest.raises(BadParameter, match="Choose dnxhr"):
        settings_for(replace(hd, rate=Fraction(30)), row)
    with pytest.raises(BadParameter, match="no form for 1280×720"):
        settings_for(VideoInfo(1280, 720), row, profile="lb")


def test_the_profile_follows_the_pixels() -> None:
    prores, dnxhr = VIDEO["prores"], VIDEO["dnxhr"]
    assert profile_for(prores, None, "yuv420p").key == "hq"
    assert profile_for(prores, None, "yuva444p10le").key == "4444"
    assert profile_for(dnxhr, None, "yuv420p").key == "sq"
    assert profile_for(dnxhr, None, "yuv420p10le").key == "hqx"
    with pytest.raises(BadParameter, match="choose one of hq, standard"):
        profile_for(prores, "best", "yuv420p")
    with pytest.raises(BadParameter, match="no profiles"):
        profile_for(VIDEO["mjpeg"], "best", "yuv420p")


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "prores", "dnxhr", "ffv1", "v210", "cineform"])
def test_ten_bits_stay_ten(tmp_path: Path, codec: str) -> None:
    row = VIDEO[codec]
    deep = next(name for name in row.pix_fmts if "10" in name)
    encode(tmp_path / "s", row, VideoInfo(*size_of(row), pix_fmt=deep))
    assert probe(tmp_path / "s").video[0].bits >= 10


@pytest.mark.parametrize("codec", ["h264", "h265", "av1"])
def test_hdr10_metadata_is_in_the_stream(tmp_path: Path, codec: str) -> None:
    encode(tmp_path / "s", VIDEO[codec], VideoInfo(64, 64, "yuv420p10le", colour=PQ, hdr=DISPLAY))
    track = probe(tmp_path / "s").video[0]
    assert track.light == DISPLAY
    assert track.colour == PQ


def test_a_display_is_not_claimed_for_ordinary_video() -> None:
    assert settings_for(VideoInfo(64, 64, hdr=DISPLAY), VIDEO["h265"]).hdr is None


@pytest.mark.parametrize("codec", ["h264", "h265", "av1", "vp9", "vp8", "mpeg2", "mpeg4", "mjpeg"])
def test_a_higher_bitrate_makes_a_larger_file(tmp_path: Path, codec: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (12, 144, 176, 3), np.uint8)
    sizes: list[int] = []
    for bitrate in (100_000, 20_000_000):
        options = {"qmin": "2", "qmax": "31"} if codec == "mjpeg" else None
        settings = settings_for(
            VideoInfo(176, 144), VIDEO[codec], bitrate=bitrate, threads=1, options=options
        )
        with VideoSegmentWriter(tmp_path / "s", settings) as writer:
            for number, picture in enumerate(noise):
                frame = av.VideoFrame.from_ndarray(picture, "rgb24")
                writer.write(frame, Fraction(number, 25), Fraction(1, 25))
        sizes.append((tmp_path / "s").stat().st_size)
    assert sizes[0] * 1.2 < sizes[1]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_two_passes(tmp_path: Path, codec: str) -> None:
    first = settings_for(VideoInfo(64, 48), VIDEO[codec], bitrate=200_000, threads=1)
    for pass_ in (1, 2):
        settings = replace(first, pass_=pass_, stats=str(tmp_path / "log"))
        with VideoSegmentWriter(tmp_path / f"{pass_}", settings) as writer:
            for number in range(25):
                frame = av.VideoFrame.from_ndarray(bar(number), "rgb24")
                writer.write(frame, Fraction(number, 25), Fraction(1, 25))
    assert (tmp_path / "log").stat().st_size > 0
    assert probe(tmp_path / "2").video[0].frames == 25


@pytest.mark.parametrize(("codec", "sample_fmt"), [("flac24", "s32"), ("alac24", "s32p"), ("wavpack24", "s32p"),
                                                   ("pcm24", "s32"), ("pcm32f", "flt")])  # fmt: skip
def test_twenty_four_bits_of_sound_are_kept(tmp_path: Path, codec: str, sample_fmt: str) -> None:
    # Steps of 2⁻²³ are nothing in 16 bits.
    sound = (np.arange(4800) % 7 * 2.0**-23).astype(np.float32)
    encode_audio(tmp_path / "s", [np.stack([sound, sound])], AudioInfo(), SOUND[codec])
    with av.open(str(tmp_path / "s")) as source:
        assert source.streams.audio[0].codec_context.format.name == sample_fmt
        heard = np.concatenate([frame.to_ndarray().reshape(-1) for frame in source.decode(audio=0)])
    assert len(np.unique(heard)) == 7


def test_the_depth_of_the_source_chooses_the_row() -> None:
    flac, mov = output_format(Path("a.flac")), output_format(Path("a.mov"))
    assert deeper(SOUND["flac"], flac, 24).key == "flac24"
    assert deeper(SOUND["flac"], flac, 16).key == "flac"
    assert deeper(SOUND["pcm"], mov, 32).key == "pcm24"
    assert deeper(SOUND["aac"], mov, 24).key == "aac"


def test_a_codec_that_moves_frames_keeps_them_in_order_where_the_container_cannot_say_it(
    tmp_path: Path,
) -> None:
    path, avi = tmp_path / "a.avi", output_format(Path("a.avi"))
    assert not avi.reorders
    write_film(path, cfr_timing(12, Fraction(25)), rate=Fraction(25), video="h264")
    with av.open(str(path)) as source:
        assert source.streams.video[0].codec_context.has_b_frames is False


def test_sound_that_primes_the_decoder_does_not_move_avis_pictures(tmp_path: Path) -> None:
    encode(tmp_path / "v", VIDEO["mpeg4"], VideoInfo(64, 48), count=25)
    encode_audio(tmp_path / "s", [click_track(1)], AudioInfo(), SOUND["mp3"])
    film = FilmTrack([tmp_path / "v"], [Fraction(0)], [Fraction(1)])
    mux([film, SoundTrack(tmp_path / "s")], tmp_path / "a.avi", output_format(Path("a.avi")))
    found = probe(tmp_path / "a.avi").video[0]
    assert (found.frames, found.start, found.rate) == (25, 0, 25)
