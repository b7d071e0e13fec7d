"""What codecs and containers ask of a clip is done and said, or refused with the way out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from dreamreel.errors import BadParameter
from dreamreel.media.codecs import AUDIO_CODECS, VIDEO_CODECS
from dreamreel.media.encode import settings_for
from dreamreel.media.formats import output_format
from dreamreel.media.info import AudioInfo, VideoInfo
from dreamreel.render.fit import fit_picture, fit_sound, with_hardware
from dreamreel.render.target import Target

VIDEO = {row.key: row for row in VIDEO_CODECS}
SOUND = {row.key: row for row in AUDIO_CODECS}


def picture(suffix: str, codec: str, info: VideoInfo, **more: object) -> tuple[VideoInfo, list[str]]:
    notes: list[str] = []
    container = output_format(Path(f"a{suffix}"))
    return fit_picture(info, VIDEO[codec], container, Target(**more), notes), notes


def sound(suffix: str, codec: str, info: AudioInfo, **more: object) -> AudioInfo:
    return fit_sound(info, SOUND[codec], output_format(Path(f"a{suffix}")), Target(**more), [])


def test_what_fits_is_left_alone() -> None:
    info = VideoInfo(640, 360, rate=None)
    assert picture(".mp4", "h264", info) == (info, [])


@pytest.mark.parametrize(("rate", "wanted"), [
    (Fraction(25), Fraction(25)), (Fraction(12), Fraction(24000, 1001)), (Fraction(120), Fraction(60)),
    (None, Fraction(30)),
])  # fmt: skip
def test_mpeg2_holds_few_rates(rate: Fraction | None, wanted: Fraction) -> None:
    shown, notes = picture(".mpg", "mpeg2", VideoInfo(64, 48, rate=rate))
    assert shown.rate == wanted
    assert bool(notes) == (rate != wanted)


def test_avi_holds_only_steady_rates() -> None:
    shown, notes = picture(".avi", "mpeg4", VideoInfo(64, 48, rate=None))
    assert shown.rate == 30
    assert notes == ["a varying frame rate → 30 fps: avi holds only steady ones"]
    assert picture(".avi", "mpeg4", VideoInfo(64, 48, rate=Fraction(12)))[1] == []


def test_sides_are_padded_to_what_the_codec_takes() -> None:
    assert picture(".mov", "cineform", VideoInfo(65, 49))[0].width == 80
    shown, notes = picture(".mp4", "h264", VideoInfo(65, 49))
    assert (shown.width, shown.height) == (66, 50)
    assert notes == ["65×49 is padded to 66×50: h264 needs even sides"]
    full, _ = picture(".mp4", "h264", VideoInfo(65, 49, "yuv444p"))
    assert (full.width, full.height) == (65, 49)


@pytest.mark.parametrize(("codec", "size", "words"), [
    ("dnxhd", (640, 360), "it takes 1920×1080, 1280×720. Resize the clip, or choose dnxhr"),
    ("dnxhr", (64, 48), "no picture below 256×120"), ("mpeg2", (5000, 100), "no picture above 4080×4080"),
])  # fmt: skip
def test_sizes_that_need_a_choice_are_refused(codec: str, size: tuple[int, int], words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        picture(".mov", codec, VideoInfo(*size))


@pytest.mark.parametrize(("codec", "pix_fmt", "wanted"), [
    ("h264", "yuv420p10le", "yuv420p10le"), ("h264", "yuv420p12le", "yuv420p10le"), ("av1", "yuv444p12le",
    "yuv420p10le"), ("av1", "yuv422p", "yuv420p"), ("prores", "yuv420p", "yuv422p10le"), ("prores", "yuva420p",
    "yuva444p10le"), ("dnxhr", "yuv420p10le", "yuv422p10le"), ("h264", "rgb24", "yuv420p"), ("ffv1", "rgb24",
    "yuv420p"), ("mjpeg", "yuv422p", "yuvj422p"), ("utvideo", "yuv422p10le", "yuv422p"), ("r210", "yuv420p",
    "gbrp10le"), ("png", "rgba", "rgba"), ("animation", "rgba", "argb"), ("h264", "gray", "gray"),
])  # fmt: skip
def test_pixels_keep_what_the_codec_can_keep(codec: str, pix_fmt: str, wanted: str) -> None:
    suffix = {"ffv1": ".mkv", "utvideo": ".avi"}.get(codec, ".mov")
    info = VideoInfo(256, 128, pix_fmt, alpha="a" in pix_fmt and "gray" not in pix_fmt)
    assert picture(suffix, codec, info)[0].pix_fmt == wanted


def test_lost_transparency_is_said() -> None:
    info = VideoInfo(64, 48, "rgba", alpha=True)
    assert "transparency is lost: what is see-through becomes black" in picture(".mp4", "h264", info)[1]
    assert not any("transparency" in note for note in picture(".mov", "prores", info)[1])


def test_sound_is_brought_to_what_is_taken() -> None:
    surround = AudioInfo(96_000, "5.1(side)", 6)
    assert sound(".mp3", "mp3", surround) == AudioInfo(48_000, "stereo", 2)
    assert sound(".opus", "opus", surround) == AudioInfo(48_000, "5.1", 6)
    assert sound(".mkv", "ac3", surround) == AudioInfo(48_000, "5.1(side)", 6)
    assert sound(".flac", "flac", surround) == surround
    assert sound(".mkv", "ac3", AudioInfo(48_000, "7.1", 8)).layout == "5.1(side)"
    assert sound(".mxf", "pcm", AudioInfo(44_100, "stereo", 2)).rate == 48_000
    assert sound(".mp4", "aac", AudioInfo(), channels="mono") == AudioInfo(48_000, "mono", 1)


def test_without_a_card_the_processor_encodes_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path))
    notes: list[str] = []
    settings = settings_for(VideoInfo(64, 48), VIDEO["ffv1"])
    assert with_hardware(settings, "auto", notes) == settings
    assert notes == ["no graphics card here writes ffv1; encoded by the processor"]
    assert with_hardware(replace(settings, codec="h264"), "off", notes).hardware is None
    assert len(notes) == 1
