"""MP3 made by LAME itself: the same packets at the same times as FFmpeg's encoder makes, and not a sample lost."""

import av
import numpy as np
import pytest
from av.audio.resampler import AudioResampler

from dreamreel.media.codecs import AUDIO_CODECS
from dreamreel.media.encode import add_audio_stream, encode_audio
from dreamreel.media.info import AudioInfo
from dreamreel.media.lame import encode_mp3
from dreamreel.media.libav import encode_samples
from dreamreel.media.open import open_output

ROW = next(row for row in AUDIO_CODECS if row.key == "mp3")
KINDS = [
    (44_100, "stereo"),
    (48_000, "mono"),
    (32_000, "stereo"),
    (22_050, "stereo"),
    (16_000, "mono"),
    (8_000, "mono"),
]


def tones(rate: int, layout: str, count: int) -> tuple[np.ndarray, AudioInfo]:
    info = AudioInfo(rate, layout, 1 if layout == "mono" else 2)
    wave = np.sin(np.arange(count) * 0.05) * np.hanning(count) * 0.5
    return np.tile(wave.astype(np.float32), (info.channels, 1)), info


@pytest.mark.parametrize(("rate", "layout"), KINDS)
@pytest.mark.parametrize("extra", [0, 1, 700])
def test_every_sample_is_heard_where_it_was(tmp_path, rate, layout, extra):
    samples, info = tones(rate, layout, rate * 2 // 576 * 576 + extra)
    path = tmp_path / "tones.mp3"
    assert encode_audio(path, np.array_split(samples, 7, 1), info, ROW) == samples.shape[1]
    with av.open(str(path)) as made:
        heard = np.concatenate([frame.to_ndarray() for frame in made.decode(audio=0)], 1)
    # Where the last frame has more room than the header can tell, a few samples of silence stay, as in FFmpeg.
    assert 0 <= heard.shape[1] - samples.shape[1] < 529
    assert np.corrcoef(heard[0][: samples.shape[1]], samples[0])[0, 1] > 0.9999


@pytest.mark.parametrize(("rate", "layout"), KINDS)
def test_packets_are_timed_as_ffmpeg_times_them(tmp_path, rate, layout):
    samples, info = tones(rate, layout, rate + 300)

    def packets(encode, form):
        with open_output(tmp_path / f"{form}.mp3", "mp3", {}) as target:
            stream = add_audio_stream(target, info, ROW, 64_000)
            frame = av.AudioFrame.from_ndarray(samples, "fltp", layout)
            frame.sample_rate, frame.pts = rate, 0
            size = stream.codec_context.frame_size
            convert = AudioResampler(format=form, layout=layout, rate=rate, frame_size=size)
            frames = [*convert.resample(frame), *convert.resample(None), None]
            # FFmpeg sometimes ends with a frame of no duration.
            return [(one.pts, one.dts, one.duration) for one in encode(stream, frames) if one.duration]

    assert packets(encode_mp3, "s16") == packets(encode_samples, "fltp")


def test_the_bitrate_is_met(tmp_path):
    samples, info = tones(44_100, "stereo", 441_000)
    encode_audio(tmp_path / "tones.mp3", [samples], info, ROW, 128_000)
    assert (tmp_path / "tones.mp3").stat().st_size == pytest.approx(160_000, rel=0.02)
