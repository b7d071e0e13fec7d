"""Broken files made whole: nothing that is there is lost, the original stays, and what is fine is left alone."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest
from tests.fuzz_media import SEEDS

from dreamreel.errors import DamagedMedia, OutputIsInput, ProtectedMedia
from dreamreel.media.diagnosis import diagnose
from dreamreel.media.repair import repair, repaired_name


def packets(path: Path, kind: str) -> list[bytes]:
    """The packets of the first track of a kind."""
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def times(path: Path, kind: str) -> list[float]:
    """When they are shown."""
    with av.open(str(path)) as container:
        stream = next(s for s in container.streams if s.type == kind)
        return [float(p.pts * p.time_base) for p in container.demux(stream) if p.size]


@pytest.fixture(scope="module")
def seed():
    """Seeds by name, each made once."""
    made: dict[str, bytes] = {}
    return lambda name: made.setdefault(name, SEEDS[name]())


@pytest.mark.parametrize("name", sorted(name for name in SEEDS if not name.startswith(("photo", "anim"))))
def test_nothing_is_wrong_with_what_is_fine(tmp_path, seed, name):
    path = tmp_path / name
    path.write_bytes(seed(name))
    assert diagnose(path).troubles == ()
    assert repair(path, repaired_name(path)) is None
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


def test_an_mp4_without_its_index_is_rebuilt_by_a_good_file(tmp_path, seed):
    good, broken, out = tmp_path / "good.mp4", tmp_path / "broken.mp4", tmp_path / "out.mp4"
    good.write_bytes(seed("h264.mp4"))
    whole = seed("h264.mp4")
    broken.write_bytes(whole[: whole.rfind(b"moov") - 4])
    made = repair(broken, out, like=good)
    assert made is not None
    assert (made.pictures, made.bad, made.lost) == (6, 0, ())
    for kind in ("video", "audio"):
        assert packets(out, kind) == packets(good, kind)
        assert times(out, kind) == pytest.approx(times(good, kind), abs=0.001)


def test_a_recording_that_broke_off_gives_what_is_there(tmp_path, seed):
    good, broken, out = tmp_path / "good.mp4", tmp_path / "broken.mp4", tmp_path / "out.mp4"
    good.write_bytes(seed("h264.mp4"))
    whole = seed("h264.mp4")
    end = whole.rfind(b"moov") - 4
    broken.write_bytes(whole[: end * 2 // 3])
    made = repair(broken, out, like=good)
    assert made is not None
    assert made.bad == 0
    sound = packets(out, "audio")
    assert sound == packets(good, "audio")[: len(sound)]
    assert packets(out, "video")[0] == packets(good, "video")[0]


def test_garbage_between_samples_is_passed_over_and_told(tmp_path, seed):
    good, broken, out = tmp_path / "good.mp4", tmp_path / "broken.mp4", tmp_path / "out.mp4"
    good.write_bytes(seed("h264.mp4"))
    whole = seed("h264.mp4")
    first = packets(good, "video")[0]
    at = whole.find(first)
    broken.write_bytes(whole[:at] + b"\xff" * 700 + whole[at : whole.rfind(b"moov") - 4])
    made = repair(broken, out, like=good)
    assert made is not None
    assert made.pictures == 6
    assert any("700 bytes" in line for line in made.lost)


def test_without_a_good_file_the_way_out_is_said(tmp_path, seed):
    broken = tmp_path / "GOPR.mp4"
    broken.write_bytes(seed("h264.mp4")[:5000])
    with pytest.raises(DamagedMedia, match=r"has lost its index; give a whole file .* --like GOOD\.mp4"):
        repair(broken, tmp_path / "out.mp4")


def test_a_good_file_of_another_kind_does_not_fit(tmp_path, seed):
    broken, good = tmp_path / "broken.mp4", tmp_path / "good.mov"
    whole = seed("h264.mp4")
    broken.write_bytes(whole[: whole.rfind(b"moov") - 4])
    good.write_bytes(seed("mpeg4.mov"))
    with pytest.raises(DamagedMedia):
        repair(broken, tmp_path / "out.mp4", like=good)
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize(
    ("name", "part", "trouble"),
    [
        ("front.mp4", 0.7, "it is cut short: its end is missing"),
        ("h264.mkv", 0.7, "it is cut short: its end is missing"),
        ("mpeg4.avi", 0.7, "it is cut short: its end is missing"),
        ("h264.flv", 0.7, "it is cut short: its last tag is broken off"),
        ("sound.wav", 0.5, "it is cut short: its end is missing"),
    ],
)
def test_what_is_left_of_a_file_that_was_cut_short(tmp_path, seed, name, part, trouble):
    path = tmp_path / name
    whole = seed(name)
    path.write_bytes(whole[: int(len(whole) * part)])
    before = path.read_bytes()
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.troubles[0].words == trouble
    assert made.lost
    assert made.bad == 0
    assert diagnose(made.output).fine
    assert path.read_bytes() == before


def test_an_avi_without_its_index(tmp_path, seed):
    path = tmp_path / "mpeg4.avi"
    whole = seed("mpeg4.avi")
    path.write_bytes(whole[: whole.rfind(b"idx1")])
    made = repair(path, repaired_name(path))
    assert made is not None
    assert "a new index was written" in made.done
    assert b"idx1" in made.output.read_bytes()
    assert made.pictures == 6


def test_a_matroska_file_without_cues(tmp_path, seed):
    path = tmp_path / "h264.mkv"
    path.write_bytes(seed("h264.mkv").replace(b"\x1c\x53\xbb\x6b", b"\xec\x53\xbb\x6b"))
    made = repair(path, repaired_name(path))
    assert made is not None
    assert [trouble.kind for trouble in made.troubles] == ["index"]
    assert b"\x1c\x53\xbb\x6b" in made.output.read_bytes()
    assert packets(made.output, "video") == packets(path, "video")


@pytest.mark.parametrize(("name", "pictures"), [("h264.ts", 5), ("mpeg2.mpg", 5)])
def test_a_stream_with_a_hole(tmp_path, seed, name, pictures):
    path = tmp_path / name
    whole = seed(name)
    # Behind the headers, within the sound that comes first.
    path.write_bytes(whole[:6000] + b"\xa5" * 777 + whole[6000:])
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.troubles[0].kind == "damage"
    assert "what lay in the damaged places" in made.lost
    assert made.pictures >= pictures


@pytest.mark.parametrize("length", [0, 400, 0xFFFFFFFF])
def test_a_wav_whose_lengths_are_wrong_keeps_every_sample(tmp_path, seed, length):
    path = tmp_path / "sound.wav"
    whole = seed("sound.wav")
    at = whole.find(b"data")
    riff = length if length in (0, 0xFFFFFFFF) else length + 36
    path.write_bytes(
        whole[:4] + struct.pack("<I", riff) + whole[8 : at + 4] + struct.pack("<I", length) + whole[at + 8 :]
    )
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.output.read_bytes() == whole


def test_an_mp3_with_junk(tmp_path, seed):
    path = tmp_path / "sound.mp3"
    whole = seed("sound.mp3")
    tag = 10 + int.from_bytes(whole[8:10])
    path.write_bytes(whole[:tag] + b"<html>" * 300 + whole[tag:])
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.troubles[0].kind == "junk"
    assert b"<html>" not in made.output.read_bytes()


def test_a_flac_that_was_cut_short_says_its_new_length(tmp_path, seed):
    path = tmp_path / "sound.flac"
    whole = seed("sound.flac")
    path.write_bytes(whole[: len(whole) // 3])
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.troubles[0].words.endswith("that its header promises are not there")
    assert diagnose(made.output).fine


def scrambled(path: Path, change) -> None:
    """A transport stream whose packets' times `change` has touched."""
    source = path.with_suffix(".source.ts")
    source.write_bytes(SEEDS["h264.ts"]())
    with av.open(str(source)) as given, av.open(str(path), "w", format="mpegts") as target:
        streams = {s.index: target.add_stream_from_template(s) for s in given.streams}
        for number, packet in enumerate(given.demux()):
            if packet.size:
                change(number, packet)
                packet.stream = streams[packet.stream_index]
                target.mux(packet)


def test_a_clock_that_jumps_is_put_back_in_line(tmp_path):
    path = tmp_path / "jump.ts"
    late = 90_000 * 3600

    def change(number, packet):
        if packet.dts * packet.time_base > 0.3:
            packet.pts, packet.dts = packet.pts + late, packet.dts + late

    scrambled(path, change)
    made = repair(path, repaired_name(path))
    assert made is not None
    assert made.troubles[0].words == "its clock jumps 1 time"
    shown = times(made.output, "video")
    assert max(shown) - min(shown) < 1
    assert len(shown) == 6


def test_the_original_is_never_the_output(tmp_path, seed):
    path = tmp_path / "h264.mkv"
    path.write_bytes(seed("h264.mkv")[:9000])
    with pytest.raises(OutputIsInput):
        repair(path, path)
    assert path.stat().st_size == 9000


def test_a_locked_file_is_not_broken(tmp_path, seed):
    path = tmp_path / "shop.mp4"
    path.write_bytes(seed("h264.mp4").replace(b"avc1", b"encv"))
    with pytest.raises(ProtectedMedia, match="not broken"):
        repair(path, repaired_name(path))
