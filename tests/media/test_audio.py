"""Samples at exact times: priming dropped, holes filled, overlaps cut, rates changed without a shift."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.media.make import CLICK, SAMPLE_RATE, cfr_timing, click_track, loudest, write_film

from dreamreel.errors import BadParameter, DamagedMedia
from dreamreel.media.audio import AudioReader
from dreamreel.media.encode import encode_audio
from dreamreel.media.formats import audio_codec, output_format
from dreamreel.media.info import AudioInfo

ZERO = Fraction(0)


def samples(
    path: Path, start: Fraction = ZERO, rate: int = SAMPLE_RATE, layout: str = "stereo"
) -> NDArray[np.float32]:
    with AudioReader(path) as reader:
        return np.concatenate(list(reader.blocks(start, rate, layout)), axis=1)


def wav(path: Path, pieces: list[tuple[int, NDArray[np.float32]]]) -> None:
    """A Matroska file of float PCM pieces, each at its own sample number: holes and overlaps are possible."""
    with av.open(str(path), "w", format="nut") as target:
        stream = target.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        for at, piece in pieces:
            frame = av.AudioFrame.from_ndarray(piece[None, :], "flt", "mono")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
            for packet in stream.encode(frame):
                packet.pts = packet.dts = at
                target.mux(packet)


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".mp4", "aac"), (".mp4", "opus"), (".mkv", "aac"), (".mkv", "opus"), (".mkv", "flac"), (".mkv", "pcm"),
     (".webm", "opus"), (".mov", "pcm24"), (".mov", "alac")],
)  # fmt: skip
def test_sound_in_films_is_on_time(tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_film(path, cfr_timing(8, Fraction(4)), rate=Fraction(4), audio=codec, sound=click_track())
    assert loudest(samples(path)) == CLICK


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.m4a", "aac"), ("a.m4a", "alac"), ("a.mp3", "mp3"), ("a.wav", "pcm"), ("a.wav", "pcm24"), ("a.wav", "pcm32f"),
     ("a.flac", "flac"), ("a.opus", "opus"), ("a.ogg", "vorbis"), ("a.ogg", "flac")],
)  # fmt: skip
def test_sound_files_are_exact_to_the_sample(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    write_film(path, [], audio=codec, sound=click_track())
    heard = samples(path)
    assert loudest(heard) == CLICK
    assert heard.shape == (2, 2 * SAMPLE_RATE)


def test_lossless_is_lossless(tmp_path: Path) -> None:
    sound = click_track()
    write_film(tmp_path / "a.flac", [], sound=sound)
    assert float(np.abs(samples(tmp_path / "a.flac") - sound).max()) < 1 / 32_000


@pytest.mark.parametrize(
    "start", [Fraction(1, 10), Fraction(1, 8), Fraction(CLICK, SAMPLE_RATE), Fraction(-1, 10)]
)
@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.mkv"])
def test_starting_anywhere_is_exact(tmp_path: Path, name: str, start: Fraction) -> None:
    path = tmp_path / name
    write_film(path, [], sound=click_track())
    heard = samples(path, start)
    assert loudest(heard) == CLICK - start * SAMPLE_RATE
    if start < 0:
        assert float(np.abs(heard[:, : int(-start * SAMPLE_RATE) - 10]).max()) == 0


def test_another_rate_keeps_the_time(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_film(path, [], sound=click_track())
    for rate in (44_100, 32_000, 96_000):
        heard = samples(path, Fraction(1, 10), rate)
        wanted = (Fraction(CLICK, SAMPLE_RATE) - Fraction(1, 10)) * rate
        assert abs(int(np.abs(heard[0, : rate // 5]).argmax()) - wanted) <= Fraction(1, 2)
        assert heard.shape[1] == Fraction(19, 10) * rate


def test_two_starts_agree_where_they_overlap(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    write_film(path, [], sound=click_track(4))
    whole, late = samples(path), samples(path, Fraction(3))
    assert np.array_equal(whole[:, 3 * SAMPLE_RATE :], late)


def test_layouts_are_mixed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sound = click_track(1)
    sound[1] = 0
    write_film(path, [], sound=sound)
    mono = samples(path, layout="mono")
    assert mono.shape[0] == 1
    assert mono[0, CLICK] == pytest.approx(0.45, abs=0.01)


def test_a_hole_becomes_silence(tmp_path: Path) -> None:
    tone = np.full(4800, 0.5, np.float32)
    wav(tmp_path / "a.nut", [(0, tone), (9600, tone)])
    heard = samples(tmp_path / "a.nut", layout="mono")[0]
    assert heard.shape == (14_400,)
    assert np.array_equal(heard[4800:9600], np.zeros(4800, np.float32))
    assert np.array_equal(heard[9600:], tone)


def test_an_overlap_is_cut(tmp_path: Path) -> None:
    wav(tmp_path / "a.nut", [(0, np.full(4800, 0.5, np.float32)), (4000, np.full(4800, 0.25, np.float32))])
    heard = samples(tmp_path / "a.nut", layout="mono")[0]
    assert heard.shape == (8800,)
    assert heard[4799] == 0.5
    assert heard[4800] == 0.25


def test_jitter_of_a_timestamp_is_no_hole(tmp_path: Path) -> None:
    tone = np.sin(np.arange(4800) / 10).astype(np.float32)
    wav(tmp_path / "a.nut", [(0, tone), (4800 + 30, tone)])
    assert samples(tmp_path / "a.nut", layout="mono").shape == (1, 9600)


def test_a_track_that_starts_late_begins_with_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as target:
        picture = target.add_stream("ffv1", rate=10)
        picture.width = picture.height = 16
        sound = target.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24")
            frame.pts = number
            target.mux(picture.encode(frame))
        frame = av.AudioFrame.from_ndarray(np.full((1, 4800), 9000, np.int16), "s16", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, SAMPLE_RATE // 2
        target.mux(sound.encode(frame))
        target.mux(picture.encode(None))
    heard = samples(path, layout="mono")[0]
    assert int(np.flatnonzero(heard)[0]) == SAMPLE_RATE // 2


def test_a_sound_cut_off_says_how_far_it_got(tmp_path: Path) -> None:
    whole = tmp_path / "whole.wav"
    write_film(whole, [], sound=click_track(4))
    path = tmp_path / "cut.wav"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with AudioReader(path) as reader, pytest.raises(DamagedMedia, match="could be read only up to"):
        list(reader.blocks(ZERO, SAMPLE_RATE, "stereo"))


def test_a_silent_film_has_no_sound_track(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_film(path, cfr_timing(4, Fraction(4)), rate=Fraction(4))
    with pytest.raises(BadParameter, match="no sound track number 0; it has 0"):
        AudioReader(path)


def test_blocks_of_any_size_encode_to_the_same(tmp_path: Path) -> None:
    sound = click_track()
    info, codec = AudioInfo(SAMPLE_RATE, "stereo", 2), audio_codec("aac", output_format(Path("a.mp4")))
    assert encode_audio(tmp_path / "one", [sound], info, codec) == 2 * SAMPLE_RATE
    encode_audio(tmp_path / "many", np.array_split(sound, 37, axis=1), info, codec)
    assert np.array_equal(samples(tmp_path / "one"), samples(tmp_path / "many"))
