"""HandBrake's own exports, read: what is taken over, what is left out and said."""

from __future__ import annotations

import contextlib
import json
from fractions import Fraction

import pytest

from dreamreel.convert.presets.handbrake import from_handbrake, imported
from dreamreel.errors import BadParameter, InputMissing

PRESET = {
    "PresetName": "Fast 1080p30", "PresetDescription": "H.264 video\nand AAC stereo", "Type": 0, "Folder": False,
    "FileFormat": "av_mp4", "VideoEncoder": "x264", "VideoQualityType": 2, "VideoQualitySlider": 22.0,
    "VideoAvgBitrate": 6000, "VideoMultiPass": True, "VideoPreset": "fast", "VideoFramerate": "30",
    "VideoFramerateMode": "pfr", "PictureWidth": 1920, "PictureHeight": 1080, "PictureCropMode": 0,
    "PictureDeinterlaceFilter": "decomb", "PictureDenoiseFilter": "off", "PictureRotate": "disable=1",
    "ChapterMarkers": True, "MetadataPassthrough": True, "AudioCopyMask": ["copy:aac", "copy:ac3"],
    "AudioEncoderFallback": "av_aac", "AudioLanguageList": ["any"], "AudioTrackSelectionBehavior": "first",
    "AudioList": [{"AudioEncoder": "copy", "AudioBitrate": 160, "AudioMixdown": "stereo", "AudioSamplerate": "auto"}],
    "SubtitleLanguageList": ["eng", "deu"], "SubtitleTrackSelectionBehavior": "all", "SubtitleBurnBehavior": "none",
}  # fmt: skip


def tree(*presets):
    return {
        "PresetList": [{"Folder": True, "PresetName": "Mine", "ChildrenArray": list(presets)}],
        "VersionMajor": 73,
    }


def read(**changes):
    ((preset, strange),) = from_handbrake(tree({**PRESET, **changes}), "x.json")
    return preset, strange


def test_a_usual_preset_is_taken_over_whole():
    preset, strange = read()
    wish, limits = preset.wish, preset.limits
    assert (preset.name, preset.family) == ("fast-1080p30", "HandBrake: Mine")
    assert preset.description == "H.264 video and AAC stereo"
    assert (wish.container, wish.codec, wish.crf, wish.effort) == ("mp4", "h264", 22, "fast")
    assert (wish.max_width, wish.max_height, limits.rate) == (1920, 1080, Fraction(30))
    assert (wish.crop, wish.deinterlace, wish.audio, wish.subtitles) == ("auto", "auto", "1", "eng,deu")
    assert (wish.audio_codec, wish.audio_bitrate, limits.audio_codecs) == ("aac", 160_000, ("aac", "ac3"))
    assert limits.channels == 2
    assert strange == ()


@pytest.mark.parametrize(
    ("encoder", "codec", "pix_fmt", "hardware"),
    [("x264_10bit", "h264", "yuv420p10le", "off"), ("x265", "h265", "yuv420p", "off"),
     ("svt_av1_10bit", "av1", "yuv420p10le", "off"), ("VP9", "vp9", "yuv420p", "off"),
     ("nvenc_h265_10bit", "h265", "yuv420p10le", "nvenc"), ("qsv_av1", "av1", "yuv420p", "qsv"),
     ("vce_h264", "h264", "yuv420p", "amf"), ("vt_h265", "h265", "yuv420p", "videotoolbox"),
     ("mpeg2", "mpeg2", "yuv420p", "off")],
)  # fmt: skip
def test_encoders(encoder, codec, pix_fmt, hardware):
    wish = read(VideoEncoder=encoder)[0].wish
    assert (wish.codec, wish.pix_fmt, wish.hardware) == (codec, pix_fmt, hardware)
    assert (wish.crf is None) == (hardware != "off")


def test_an_average_bitrate_and_two_passes():
    wish = read(VideoQualityType=1)[0].wish
    assert (wish.video_bitrate, wish.two_pass, wish.crf) == (6_000_000, True, None)


def test_constant_rates():
    assert read(VideoFramerateMode="cfr", VideoFramerate="29.97")[0].wish.rate == Fraction(30000, 1001)
    assert read(VideoFramerateMode="cfr", VideoFramerate="auto")[0].wish.constant_rate


def test_what_is_not_understood_is_listed():
    preset, strange = read(VideoEncoder="magic", FileFormat="av_xyz", PictureDenoiseFilter="nlmeans",
                           VideoTune="film", SubtitleBurnBehavior="foreign", PictureCropMode=3,
                           AudioList=[{"AudioEncoder": "strange"}, {"AudioEncoder": "av_aac"}])  # fmt: skip
    told = "; ".join(strange)
    for words in (
        "'magic'",
        "'xyz'",
        "removing noise",
        "tuning",
        "foreign",
        "crops by hand",
        "'strange'",
        "1 further",
    ):
        assert words in told
    assert (preset.wish.codec, preset.wish.container, preset.wish.audio_codec) == ("h264", "mp4", "aac")


def test_names_are_told_apart_and_folders_may_be_nested():
    inner = {"Folder": True, "PresetName": "Inner", "ChildrenArray": [PRESET, PRESET]}
    names = [(one.name, one.family) for one, _ in from_handbrake(tree(PRESET, inner), "x")]
    assert names == [
        ("fast-1080p30", "HandBrake: Mine"),
        ("fast-1080p30-2", "HandBrake: Inner"),
        ("fast-1080p30-3", "HandBrake: Inner"),
    ]


@pytest.mark.parametrize(
    "data", [[], {}, {"PresetList": []}, {"PresetList": [{"PresetName": "x"}]}, 3, [[[]]]]
)
def test_other_json_is_told_in_a_sentence(data):
    with pytest.raises(BadParameter, match="holds no presets"):
        from_handbrake(data, "x.json")


@pytest.mark.parametrize("value", [-1, 10**9, "x", [], {}, None, True, float("inf")])
@pytest.mark.parametrize("key", [key for key in PRESET if key not in ("PresetName", "Folder")])
def test_nothing_in_a_file_is_a_crash(key, value):
    with contextlib.suppress(BadParameter):
        from_handbrake(tree({**PRESET, key: value}), "x.json")


def test_a_file(tmp_path):
    path = tmp_path / "hb.json"
    path.write_text("\ufeff" + json.dumps(tree(PRESET)), encoding="utf-8")
    ((preset, _),) = imported(path)
    assert preset.title == "Fast 1080p30"
    path.write_text("{")
    with pytest.raises(BadParameter):
        imported(path)
    with pytest.raises(InputMissing):
        imported(tmp_path / "no.json")
