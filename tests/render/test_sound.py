"""Which sample is heard when, and how loud."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.render.film import ramp

import dreamreel
from dreamreel.clip import Clip
from dreamreel.media.info import AudioInfo
from dreamreel.render.lower import lower
from dreamreel.render.prepare import prepare
from dreamreel.render.sound import loudness, samples
from dreamreel.render.threads import Cancel
from dreamreel.time import nearest

RATE, COUNT = 8_000, 32_000


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return dreamreel.open(ramp(tmp_path_factory.mktemp("sound") / "ramp.wav", COUNT, RATE))


def played(clip, rate=RATE, layout="mono", channels=1):
    length = nearest(clip.duration * rate)
    blocks = list(samples(lower(clip.node).sound, 0, length, AudioInfo(rate, layout, channels), Cancel()))
    return np.concatenate(blocks, axis=1)


def indices(clip):
    return np.rint(played(clip)[0] * 32_768).astype(int) + 16_384


def test_a_sound_is_its_samples(clip):
    assert clip.duration == 4
    assert (indices(clip) == np.arange(COUNT)).all()


def test_a_cut_begins_and_ends_on_its_sample(clip):
    assert (indices(clip[Fraction(1, 3) : Fraction(2, 3)]) == np.arange(2667, 2667 + 2667)).all()


@settings(max_examples=20)
@given(
    a=st.fractions(0, 4, max_denominator=999),
    b=st.fractions(0, 4, max_denominator=999),
    c=st.fractions(0, 4, max_denominator=999),
)
def test_a_cut_and_its_complement_lose_no_sample(clip, a, b, c):
    a, b, c = sorted((a, b, c))
    if a == b or b == c:
        return
    assert (indices(clip[a:b] + clip[b:c]) == indices(clip[a:c])).all()


def test_a_loop_repeats_every_sample(clip):
    assert (indices(clip[:1] * 3) == np.tile(np.arange(RATE), 3)).all()


def test_reverse_plays_every_sample_backwards(clip):
    assert (indices(clip.reverse()) == np.arange(COUNT)[::-1]).all()


def test_speed_and_its_inverse_are_nothing(clip):
    assert (indices(clip.speed(Fraction(3, 2)).speed(Fraction(2, 3))) == np.arange(COUNT)).all()


def tone(path, seconds=2, rate=48_000, level=0.25, frequency=1000):
    import wave

    wavelet = level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((wavelet * 32_767).astype("<i2").tobytes())
    return path


def pitch(sound, rate):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return spectrum.argmax() * rate / len(sound)


@pytest.mark.parametrize("factor", [Fraction(1, 2), Fraction(2), Fraction(5)])
def test_speed_keeps_the_pitch(tmp_path, factor):
    clip = dreamreel.open(tone(tmp_path / "tone.wav")).speed(factor)
    sound = played(clip, 48_000)[0]
    assert len(sound) == nearest(2 / factor * 48_000)
    assert abs(pitch(sound, 48_000) - 1000) < 15


def test_volume_is_in_decibels(clip):
    assert np.allclose(played(clip.volume(-6.0)), played(clip) * 10 ** (-6 / 20), atol=1e-6)


def test_a_fade_is_a_straight_line(tmp_path):
    sound = played(dreamreel.open(ramp(tmp_path / "r.wav")).fade_out(2))[0]
    plain = played(dreamreel.open(tmp_path / "r.wav"))[0]
    assert np.allclose(sound[:16_000], plain[:16_000])
    assert np.allclose(sound[24_000], plain[24_000] * 0.5, atol=1e-4)


def test_mix_adds_from_its_time_on(clip):
    mixed = played(clip.mix(clip[:1], at=2, db=-6.0))[0]
    plain = played(clip)[0]
    wanted = plain.copy()
    wanted[16_000:24_000] += plain[:8_000] * np.float32(10 ** (-6 / 20))
    assert np.allclose(mixed, wanted, atol=1e-5)


def test_replaced_sound_is_cut_or_followed_by_silence(clip):
    picture = dreamreel.colour("red", 64, 64, 5)
    sound = played(picture.replace_sound(clip))[0]
    assert len(sound) == 5 * RATE
    assert (sound[COUNT:] == 0).all()
    assert (indices(dreamreel.colour("red", 64, 64, 1).replace_sound(clip)) == np.arange(RATE)).all()


def test_a_clip_without_sound_is_silent_beside_one_with(clip):
    picture = dreamreel.colour("red", 64, 64, 1)
    film = picture + picture.replace_sound(clip)
    assert film.info.audio is not None
    assert (played(film)[0][:RATE] == 0).all()
    assert (indices(film)[RATE:] == np.arange(RATE)).all()


def test_a_dissolve_keeps_the_power(tmp_path):
    one = dreamreel.colour("red", 64, 64, 2).replace_sound(
        dreamreel.open(tone(tmp_path / "a.wav", frequency=400))
    )
    two = dreamreel.colour("blue", 64, 64, 2).replace_sound(
        dreamreel.open(tone(tmp_path / "b.wav", frequency=1700))
    )
    sound = played(one.dissolve(two, 1), 48_000)[0]
    power = [float((sound[at : at + 4800] ** 2).mean()) for at in range(0, len(sound) - 4800, 4800)]
    assert len(sound) == 3 * 48_000
    assert max(power) / min(power) < 1.1


def test_loudness_is_measured_once_and_reached(tmp_path):
    clip = dreamreel.open(tone(tmp_path / "tone.wav", seconds=4, level=0.05)).normalise(-20)
    node = prepare(clip.node, Cancel())
    assert node.params["integrated"] == pytest.approx(-29.0, abs=0.5)
    assert prepare(node, Cancel()) is node
    reached, _ = loudness(lower(node).sound, 4 * 48_000, AudioInfo(48_000, "mono", 1), Cancel())
    assert reached == pytest.approx(-20, abs=0.1)


def test_a_limiter_keeps_peaks_under_the_ceiling(tmp_path):
    quiet = dreamreel.open(tone(tmp_path / "q.wav", seconds=4, level=0.02))
    clip = quiet.mix(
        dreamreel.open(tone(tmp_path / "p.wav", seconds=Fraction(1, 100), level=0.9)), at=2
    ).normalise(-16)
    node = prepare(clip.node, Cancel())
    _, peak = loudness(lower(node).sound, 4 * 48_000, AudioInfo(48_000, "mono", 1), Cancel())
    assert peak < -0.7


def test_silence_stays_silence(tmp_path):
    clip = dreamreel.open(tone(tmp_path / "s.wav", level=0)).normalise()
    assert played(Clip.from_node(prepare(clip.node, Cancel()))).max() == 0


def test_a_sound_needs_no_picture_library():
    code = "import sys, dreamreel.render.run; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
