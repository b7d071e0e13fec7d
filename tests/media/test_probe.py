"""What is in a file, exactly."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.media.make import cfr_timing, click_track, packed, vfr_timing, write_film

from dreamreel.errors import DamagedMedia, InputMissing, NotMedia
from dreamreel.media.colour import HD, SD, SRGB
from dreamreel.media.info import Colour
from dreamreel.media.probe import probe

NTSC = Fraction(30000, 1001)


def test_a_film(film: Path) -> None:
    info = probe(film)
    assert info.duration == 2
    assert info.size == film.stat().st_size
    video, audio = info.video[0], info.audio[0]
    assert (video.codec, video.width, video.height, video.rate, video.frames) == ("h264", 64, 48, 24, 48)
    assert (video.pix_fmt, video.bits, video.colour) == ("yuv420p", 8, HD)
    assert (audio.codec, audio.sample_rate, audio.layout, audio.channels, audio.duration) == (
        "aac", 48_000, "stereo", 2, 2)  # fmt: skip
    clip = info.clip_info()
    assert clip.duration == 2
    assert clip.video
    assert clip.video.rate == 24
    assert clip.audio
    assert clip.audio.rate == 48_000


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
@pytest.mark.parametrize("rate", [NTSC, Fraction(25)])
def test_length_and_rate_are_exact(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    path = tmp_path / f"a{suffix}"
    write_film(path, cfr_timing(31, rate), rate=rate)
    info = probe(path)
    assert info.video[0].rate == rate
    assert info.duration == 31 / rate


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_variable_rate_is_called_that(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    timing = vfr_timing()
    write_film(path, timing)
    info = probe(path)
    assert info.video[0].rate is None
    assert abs(info.duration - sum(duration for _, duration in timing)) <= Fraction(1, 1000)


def test_a_track_without_a_duration_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    packed(path, "matroska", [(40 * n, 40) for n in range(25)], Fraction(1, 1000))
    whole = path.read_bytes()
    # Header, segment and track entry stay; the Duration element becomes a Void of the same size.
    at = whole.index(b"\x44\x89\x88")
    path.write_bytes(whole[:at] + b"\xec\x89" + whole[at + 2 :].replace(b"DURATION", b"NOTATION"))
    assert probe(path).duration == 1


@pytest.mark.parametrize(
    ("degrees", "size", "sar"), [(0, (64, 48), 2), (90, (48, 64), Fraction(1, 2)), (180, (64, 48), 2)]
)
def test_rotation_swaps_the_sides_and_the_pixel_shape(
    tmp_path: Path, degrees: int, size: tuple[int, int], sar: Fraction
) -> None:
    path = tmp_path / "a.mp4"

    def turned(stream: av.VideoStream) -> None:
        stream.set_display_rotation(degrees)
        stream.codec_context.sample_aspect_ratio = Fraction(2)

    packed(path, "mp4", [(n, 1) for n in range(3)], Fraction(1, 25), turned)
    track = probe(path).video[0]
    assert track.rotation.degrees == degrees
    assert (track.width, track.height) == size
    assert (track.coded_width, track.coded_height) == (64, 48)
    assert track.sar == sar


def test_colour_that_is_not_said_stays_unsaid_and_is_completed_for_the_clip(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    packed(path, "mp4", [(0, 1), (1, 1)], Fraction(1, 25))
    info = probe(path)
    assert info.video[0].colour == Colour(2, 0, 2, 2)
    video = info.clip_info().video
    assert video
    assert video.colour == SD


def test_sound_that_ends_with_its_codecs_last_block_does_not_lengthen_the_clip(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write_film(path, cfr_timing(50, Fraction(25)), rate=Fraction(25), audio="aac", sound=click_track())
    assert probe(path).duration == 2


def test_sound_that_goes_on_does(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_film(path, cfr_timing(25, Fraction(25)), rate=Fraction(25), sound=click_track(3))
    assert probe(path).duration == 3


def test_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    write_film(path, [], sound=click_track())
    clip = probe(path).clip_info()
    assert clip.video is None
    assert clip.audio
    assert clip.duration == 2


def test_cover_art_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as target:
        sound = target.add_stream("aac", rate=48_000, layout="mono")
        cover = target.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt, cover.color_range = 32, 32, "yuvj420p", 2
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48_000, 0
        target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
        target.mux(cover.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")))
        target.mux(cover.encode(None))
    info = probe(path)
    assert info.video[0].cover
    assert info.main_video is None
    assert info.clip_info().video is None


def test_a_picture_is_a_still_clip(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (30, 20), (255, 0, 0, 128)).save(path)
    info = probe(path)
    assert info.duration == 0
    video = info.clip_info().video
    assert video
    assert (video.width, video.height, video.still, video.alpha, video.colour) == (30, 20, True, True, SRGB)


def test_animated_gif_and_png_are_films(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (16, 16), (n * 60, 0, 0)) for n in range(4)]
    for name in ("a.gif", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=100)
        info = probe(tmp_path / name)
        assert info.main_video
        assert (info.main_video.frames, info.main_video.rate) == (4, 10)
    frames[0].save(tmp_path / "b.gif")
    assert probe(tmp_path / "b.gif").still


def test_it_goes_to_json_and_names_no_folder(film: Path) -> None:
    text = json.dumps(probe(film).as_json())
    told = json.loads(text)
    assert told["name"] == "film.mp4"
    assert told["duration"] == "2"
    assert told["video"][0]["colour"]["matrix"] == "bt709"
    assert str(film.parent) not in text


def test_tags_that_are_not_utf8_do_not_break_it(film: Path) -> None:
    # The bytes of a Latin-1 ü where the encoder's name was.
    film.write_bytes(film.read_bytes().replace(b"Lavf", b"L\xfcvf"))
    json.dumps(probe(film).as_json(), ensure_ascii=False).encode()


def test_refusals(tmp_path: Path, film: Path) -> None:
    with pytest.raises(InputMissing):
        probe(tmp_path / "gone.mp4")
    (tmp_path / "a.jpg").write_text("not a photo")
    with pytest.raises(NotMedia):
        probe(tmp_path / "a.jpg")
    (tmp_path / "b.mp4").write_bytes(film.read_bytes()[:700])
    with pytest.raises(DamagedMedia):
        probe(tmp_path / "b.mp4")


def test_real_clips(media_dir: Path) -> None:
    info = probe(media_dir / "clips" / "asl-milk.mkv")
    assert info.duration == Fraction(17, 10)
    assert info.video[0].rate == 30
    assert probe(media_dir / "clips" / "bottle-detection.mp4").video[0].rate == Fraction(179, 6)
