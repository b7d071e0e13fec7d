"""Channels, noise and fades of the sound, by the samples that come out of the render tree."""

from __future__ import annotations

import math
import wave
from fractions import Fraction

import numpy as np
import pytest
from tests.analyse.footage import film, scene, sound
from tests.render.film import heard

import dreamreel
from dreamreel.errors import BadDuration, BadParameter
from dreamreel.media.info import AudioInfo, ClipInfo
from dreamreel.ops.hearing import LAYOUTS, LOUDNESS, Channels, loudness_named
from dreamreel.render.lower import lower
from dreamreel.render.sound import samples
from dreamreel.render.threads import Cancel

RATE = 16_000


def rendered(clip, begin=0, end=None):
    audio = clip.info.audio
    total = round(clip.duration * audio.rate) if end is None else end
    return np.concatenate(list(samples(lower(clip.node).sound, begin, total, audio, Cancel())), axis=1)


def stereo(path, seconds=1.0):
    """The left channel at 0.5, the right one at −0.25."""
    count = round(seconds * RATE)
    both = np.stack([np.full(count, 0.5), np.full(count, -0.25)], axis=1)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((both * 32_768).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize(
    ("layout", "take", "expected"),
    [
        ("mono", (), [0.125]),
        ("mono", "left", [0.5]),
        ("mono", "right", [-0.25]),
        ("stereo", "left", [0.5, 0.5]),
        ("stereo", "right", [-0.25, -0.25]),
        ("stereo", "swap", [-0.25, 0.5]),
        ("stereo", (1, 1), [-0.25, -0.25]),
        ("5.1", (), [0.5, -0.25, 0, 0, 0, 0]),
    ],
)
def test_channels_of_a_stereo_sound(tmp_path, layout, take, expected):
    clip = dreamreel.open(stereo(tmp_path / "a.wav")).channels(layout, take)
    assert (clip.info.audio.layout, clip.info.audio.channels) == (layout, len(expected))
    assert rendered(clip)[:, 8000].tolist() == pytest.approx(expected, abs=1e-3)


def rows(source, target):
    """The mixing matrix of two layouts, read back from the filter."""
    info = ClipInfo(Fraction(1), None, AudioInfo(48_000, source, len(LAYOUTS[source])))
    (spec,) = Channels(target).sound_filters(info)
    name, *lines = dict(spec.args)["args"].split("|")
    assert name == target
    matrix = {}
    for line in lines:
        out, terms = line.split("=")
        matrix[out] = {int(term.split("*c")[1]): float(term.split("*c")[0]) for term in terms.split("+")}
    return matrix


def test_surround_becomes_stereo_by_bs775():
    scale = 1 / (1 + 2 * math.sqrt(0.5))
    matrix = rows("5.1", "stereo")
    assert matrix["FL"] == pytest.approx(
        {0: scale, 2: scale * math.sqrt(0.5), 4: scale * math.sqrt(0.5)}, abs=1e-5
    )
    assert matrix["FR"] == pytest.approx(
        {1: scale, 2: scale * math.sqrt(0.5), 5: scale * math.sqrt(0.5)}, abs=1e-5
    )


@pytest.mark.parametrize("source", LAYOUTS)
@pytest.mark.parametrize("target", LAYOUTS)
def test_no_mix_can_exceed_full_scale_and_every_voice_is_heard(source, target):
    if source == target:
        return
    matrix = rows(source, target)
    assert all(sum(row.values()) <= 1 + 1e-5 for row in matrix.values())
    used = {channel for row in matrix.values() for channel, gain in row.items() if gain > 0}
    voices = {n for n, name in enumerate(LAYOUTS[source]) if name != "LFE"}
    assert voices <= used


def test_left_stays_left():
    for source in ("5.1", "7.1", "quad", "5.0(side)"):
        for row, sides in (("FL", ("FR", "BR", "SR")), ("FR", ("FL", "BL", "SL"))):
            names = LAYOUTS[source]
            assert not any(names[channel] in sides for channel in rows(source, "stereo")[row])


def test_wrong_channels_are_told(tmp_path):
    clip = dreamreel.open(stereo(tmp_path / "a.wav"))
    for layout, take, words in (
        ("9.9", (), "not a layout"),
        ("mono", (0, 1), "1 channels"),
        ("mono", (2,), "2 channels"),
    ):
        with pytest.raises(BadParameter, match=words):
            clip.channels(layout, take)
    with pytest.raises(BadParameter, match="two channels"):
        dreamreel.open(sound(tmp_path / "m.wav", [(0.2, 0.5)])).channels("stereo", "right")


def test_channels_of_a_written_file(tmp_path):
    path = dreamreel.open(stereo(tmp_path / "a.wav")).channels("stereo", "swap").write(tmp_path / "b.wav")
    assert heard(path)[:, 8000].tolist() == pytest.approx([-0.25, 0.5], abs=1e-3)


def test_nothing_is_done_for_the_layout_it_has(tmp_path):
    clip = dreamreel.open(stereo(tmp_path / "a.wav"))
    assert clip.channels("stereo") is clip


def level(block):
    return 10 * math.log10(float((block**2).mean()) + 1e-12)


def test_noise_becomes_quieter_and_the_voice_stays(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(0.5, 0.3), (0.5, 0)] * 4, hiss=0.01))
    clean = clip.denoise_sound("strong")
    before, after = rendered(clip), rendered(clean)
    assert before.shape == after.shape
    gap, voice = slice(round(3.6 * RATE), round(3.9 * RATE)), slice(round(3.1 * RATE), round(3.4 * RATE))
    assert level(before[:, gap]) - level(after[:, gap]) > 10
    assert level(after[:, voice]) == pytest.approx(level(before[:, voice]), abs=0.5)


def test_the_noise_is_measured_in_the_file(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(0.5, 0.3), (0.5, 0)] * 2, hiss=0.01))
    assert clip.denoise_sound().node.params["floor"] == pytest.approx(-40, abs=1.5)
    assert clip.denoise_sound(floor=-60).node.params["floor"] == -60


def test_the_filters_delay_is_made_good(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(0.5, 0), (0.2, 0.5), (0.8, 0)]))
    before, after = rendered(clip)[0], rendered(clip.denoise_sound("light", floor=-70))[0]
    shift = np.correlate(after[6000:14_000], before[7000:13_000], "valid").argmax() - 1000
    assert abs(int(shift)) <= 1


def test_a_part_sounds_like_the_same_part_of_the_whole(tmp_path):
    clip = dreamreel.open(stereo(tmp_path / "a.wav", 3)).channels("mono")
    assert np.allclose(rendered(clip)[:, 20_000:30_000], rendered(clip, 20_000, 30_000))
    part = clip[1:2]
    assert np.allclose(rendered(part), rendered(clip)[:, RATE : 2 * RATE])


def test_strengths_are_words_or_numbers(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(0.5, 0.3)]))
    assert clip.denoise_sound(17.5, floor=-50).node.params["reduction"] == 17.5
    with pytest.raises(BadParameter, match="light, medium, strong"):
        clip.denoise_sound("heavy")
    with pytest.raises(BadParameter, match="1 to 40"):
        clip.denoise_sound(90, floor=-50)


def test_the_sound_fades_alone(tmp_path):
    clip = dreamreel.open(stereo(tmp_path / "a.wav", 2)).fade_sound(0.5, 1)
    left = rendered(clip)[0]
    assert left[[0, 4000, 12_000, 24_000]].tolist() == pytest.approx([0, 0.25, 0.5, 0.25], abs=2e-3)
    with pytest.raises(BadDuration, match="2 s"):
        clip.fade_sound(3)


def test_silence_at_the_ends_is_cut_away(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(1, 0), (1, 0.5), (0.8, 0), (1, 0.5), (1, 0)]))
    short = clip.trim_silence(padding=0)
    assert (short.node.op, float(short.duration)) == ("time.trim", pytest.approx(2.8, abs=0.03))
    shorter = clip.trim_silence("all", padding=0)
    assert float(shorter.duration) == pytest.approx(2, abs=0.05)


def test_silence_of_a_part_is_looked_for_in_that_part(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(1, 0.5), (1, 0), (1, 0.5), (1, 0)]))
    part = clip[Fraction(3, 2) : Fraction(7, 2)].volume(-3)
    assert float(part.trim_silence(padding=0).duration) == pytest.approx(1, abs=0.03)


def test_silence_needs_a_file_that_is_heard(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(1, 0.5), (1, 0)]))
    with pytest.raises(BadParameter, match="before clips are joined"):
        (clip + clip).trim_silence()
    with pytest.raises(BadParameter, match="nothing would be left"):
        dreamreel.open(sound(tmp_path / "b.wav", [(1, 0)])).trim_silence()


def test_loudness_by_name(tmp_path):
    clip = dreamreel.open(sound(tmp_path / "a.wav", [(1, 0.5)]))
    params = clip.normalise("atsc").node.params
    assert (params["target"], params["peak"]) == (-24, -2)
    assert clip.normalise("ebu", peak=-3).node.params["peak"] == -3
    assert clip.normalise(-18).node.params["peak"] == -1
    assert loudness_named("apple").target == -16
    with pytest.raises(BadParameter, match="streaming"):
        clip.normalise("moon")
    assert all(-30 <= row.target <= -10 and -3 <= row.peak <= 0 and row.what for row in LOUDNESS.values())


def test_a_film_without_sound_is_told(tmp_path):
    clip = dreamreel.open(film(tmp_path / "a.mp4", [scene(1)] * 3))
    for verb in (clip.channels, clip.denoise_sound, clip.trim_silence, clip.fade_sound):
        with pytest.raises(BadParameter, match="has none"):
            verb()
