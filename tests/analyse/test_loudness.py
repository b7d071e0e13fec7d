"""Loudness and true peak, against known signals and against FFmpeg's own meter."""

from __future__ import annotations

import math

import av
import numpy as np
import pytest
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as EndOfStream
from av.filter import Graph
from numpy.typing import NDArray

from dreamreel.analyse.loudness import integrated_loudness, true_peak

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def by_ffmpeg(samples: NDArray[np.float32], rate: int) -> float:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=rate, format="fltp", layout=LAYOUTS[len(samples)], time_base=f"1/{rate}"
    )
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples), format="fltp", layout=LAYOUTS[len(samples)]
    )
    frame.sample_rate, frame.pts = rate, 0
    graph.push(frame)
    graph.push(None)
    read = -math.inf
    while True:
        try:
            read = float(graph.pull().metadata.get("lavfi.r128.I", read))
        except (EndOfStream, NothingYet):
            return read


def sine(
    frequency: float, rate: int, seconds: float, channels: int = 1, level: float = 1.0
) -> NDArray[np.float32]:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)
    return np.tile(wave.astype(np.float32), (channels, 1))


def test_a_full_scale_kilohertz_sine_in_one_channel_reads_minus_three():
    assert integrated_loudness(sine(997, 48_000, 3), 48_000) == pytest.approx(-3.01, abs=0.02)


def test_two_channels_add_three_lu():
    assert integrated_loudness(sine(997, 48_000, 3, channels=2), 48_000) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_agrees_with_ffmpeg_at_any_rate(rate: int):
    rng = np.random.default_rng(rate)
    noise = rng.standard_normal((2, 6 * rate)) * 0.1 * np.hanning(6 * rate)
    noise[1] *= 0.3
    samples = noise.astype(np.float32)
    assert integrated_loudness(samples, rate) == pytest.approx(by_ffmpeg(samples, rate), abs=0.1)


def test_agrees_with_ffmpeg_across_both_gates():
    parts = [sine(440, 48_000, 2, 2, level) for level in (0.2, 0.0001, 0.02, 0.25)]
    samples = np.concatenate(parts, axis=1)
    assert integrated_loudness(samples, 48_000) == pytest.approx(by_ffmpeg(samples, 48_000), abs=0.1)


def test_surround_channels_weigh_more_and_the_low_frequency_channel_nothing():
    samples = (np.random.default_rng(6).standard_normal((6, 4 * 48_000)) * 0.05).astype(np.float32)
    assert integrated_loudness(samples, 48_000) == pytest.approx(by_ffmpeg(samples, 48_000), abs=0.1)
    samples[3] *= 10
    assert integrated_loudness(samples, 48_000) == pytest.approx(by_ffmpeg(samples, 48_000), abs=0.1)


def test_silence_between_sounds_does_not_count():
    tone = sine(997, 48_000, 4, level=0.1)
    apart = np.concatenate((tone, np.zeros((1, 480_000), np.float32), tone), axis=1)
    assert integrated_loudness(apart, 48_000) == pytest.approx(integrated_loudness(tone, 48_000), abs=0.3)


def test_a_clip_shorter_than_a_block_is_measured_whole():
    assert integrated_loudness(sine(997, 48_000, 0.2, level=0.1), 48_000) == pytest.approx(-23.01, abs=0.1)


@pytest.mark.parametrize("length", [0, 1, 4_800, 96_000])
def test_silence_is_minus_infinity(length: int):
    silent = np.zeros((2, length), np.float32)
    assert integrated_loudness(silent, 48_000) == -math.inf
    assert true_peak(silent) == -math.inf


def test_the_peak_between_samples_is_found():
    """A sine at a quarter of the rate, sampled 45° off its crests, peaks 3 dB above every sample."""
    wave = np.sin(2 * np.pi * np.arange(9_600) / 4 + np.pi / 4) * np.hanning(9_600)
    assert 20 * np.log10(np.max(np.abs(wave))) == pytest.approx(-3.01, abs=0.01)
    assert true_peak(wave[None].astype(np.float32)) == pytest.approx(0.0, abs=0.05)


def test_a_peak_in_a_late_quiet_channel_is_not_skipped():
    samples = np.zeros((2, 50_000), np.float32)
    samples[0, 100] = 0.5
    samples[1, 40_000:40_002] = 0.49
    assert true_peak(samples) > 20 * math.log10(0.55)


def test_one_dimension_is_refused():
    with pytest.raises(ValueError, match="channels"):
        integrated_loudness(np.zeros(100, np.float32), 48_000)
    with pytest.raises(ValueError, match="channels"):
        true_peak(np.zeros(100, np.float32))


def test_a_rate_of_zero_is_refused():
    with pytest.raises(ValueError, match="rate"):
        integrated_loudness(np.zeros((1, 100), np.float32), 0)
