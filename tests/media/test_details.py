"""What `info` tells beyond what conversions need: HDR, key frames, brands, subtitles, attachments, protection."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.fuzz_media import SEEDS
from tests.media.make import packed

from dreamreel.media.details import describe
from dreamreel.media.hdr import Light, dolby_vision
from dreamreel.media.info import Colour
from dreamreel.media.levels import level_name
from dreamreel.media.protection import protection


def told(folder: Path, name: str) -> dict:
    """The details of a seed as JSON."""
    path = folder / name
    path.write_bytes(SEEDS[name]())
    return describe(path).as_json()


def test_the_facts_of_an_mp4(tmp_path):
    found = told(tmp_path, "front.mp4")
    video, sound = found["video"][0], found["audio"][0]
    assert (found["faststart"], found["brands"][0], found["protection"]) == (True, "isom", None)
    assert (video["sample_entry"], video["chroma"], video["level"]) == ("avc1", "4:2:0", "1")
    assert video["rates"] == {"min": "10", "mean": "10", "max": "10"}
    assert (video["key_frames"], video["key_interval"]) == (2, {"min": "4", "mean": "4", "max": "4"})
    assert (video["hdr"], video["interlaced"], video["captions"]) == ("SDR", False, False)
    assert (sound["priming_samples"], sound["bits"], sound["sample_entry"]) == (1024, None, "mp4a")
    assert video["bit_rate"] > 0
    assert told(tmp_path, "h264.mp4")["faststart"] is False
    assert told(tmp_path, "h264.mkv")["faststart"] is None


def test_a_variable_rate_is_told_by_its_least_mean_and_most(tmp_path):
    packed(
        tmp_path / "vfr.mkv",
        "matroska",
        [(0, 40), (40, 40), (80, 100), (180, 40), (220, 40)],
        Fraction(1, 1000),
    )
    rates = describe(tmp_path / "vfr.mkv").as_json()["video"][0]["rates"]
    assert {name: float(Fraction(rates[name])) for name in rates} == pytest.approx(
        {"min": 10, "mean": 4 / 0.22, "max": 25}
    )


def hdr(path: Path) -> None:
    """Three pictures with the metadata of HDR10."""
    told = ("hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400:master-display="
            "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)")  # fmt: skip
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx265", rate=25, options={"x265-params": f"log-level=error:{told}"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p10le"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24").reformat(
                format="yuv420p10le"
            )
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def test_hdr10_and_its_mastering_display(tmp_path):
    hdr(tmp_path / "hdr.mp4")
    video = describe(tmp_path / "hdr.mp4").as_json()["video"][0]
    assert (video["hdr"], video["profile"], video["bits"]) == ("HDR10", "Main 10", 10)
    assert video["content_light"] == {"max_cll": 1000, "max_fall": 400}
    assert video["mastering"]["primaries"][0] == [0.68, 0.32]
    assert (video["mastering"]["min_luminance"], video["mastering"]["max_luminance"]) == (0.0001, 1000)


@pytest.mark.parametrize(
    ("light", "transfer", "name"),
    [
        (Light(), 1, "SDR"), (Light(), 18, "HLG"), (Light(), 16, "PQ"), (Light(content=(1, 1)), 16, "HDR10"),
        (Light(content=(1, 1), dynamic=True), 16, "HDR10+"), (Light(dolby="yes"), 16, "Dolby Vision"),
        (Light().with_config("profile 8.1, level 6"), 16, "Dolby Vision profile 8.1, level 6"),
    ],
)  # fmt: skip
def test_kinds_of_light(light, transfer, name):
    assert light.as_json(Colour(transfer=transfer))["hdr"] == name


def test_the_record_of_dolby_vision():
    record = bytes([1, 0, 8 << 1, 6 << 3 | 0b101, 1 << 4]) + bytes(19)
    assert dolby_vision(record) == "profile 8.1, level 6"
    assert dolby_vision(b"") is None


@pytest.mark.parametrize(
    ("codec", "level", "name"),
    [("h264", 41, "4.1"), ("h264", 9, "1b"), ("hevc", 123, "4.1"), ("hevc", 120, "4"), ("av1", 8, "4.0"),
     ("mpeg2video", 8, "main"), ("h264", -99, None), ("ffv1", 3, None)],
)  # fmt: skip
def test_levels_are_written_as_people_write_them(codec, level, name):
    assert level_name(codec, level) == name


def test_subtitles_attachments_and_their_sizes(tmp_path):
    path = tmp_path / "all.mkv"
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        target.add_attachment("Font.ttf", "font/ttf", b"\0\1\0\0" * 100)
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    (font,) = describe(path).as_json()["others"]
    assert (font["kind"], font["name"], font["mime"], font["size"]) == (
        "attachment",
        "Font.ttf",
        "font/ttf",
        400,
    )


@pytest.mark.parametrize(("name", "bits"), [("sound.flac", 16), ("sound.wav", 16), ("sound.mp3", None)])
def test_bits_only_where_samples_are_kept(tmp_path, name, bits):
    assert told(tmp_path, name)["audio"][0]["bits"] == bits


def test_a_scrambled_broadcast_is_locked_and_a_free_one_is_not(tmp_path):
    path = tmp_path / "channel.ts"
    whole = bytearray(SEEDS["h264.ts"]())
    path.write_bytes(whole)
    assert protection(path) is None
    for at in range(0, len(whole) - 187, 188):
        if whole[at + 3] & 0x10 and (whole[at + 1] & 0x1F or whole[at + 2] > 0x11):
            whole[at + 3] |= 0x80
    path.write_bytes(whole)
    found = protection(path)
    assert found is not None
    assert found.sentence == "encrypted (conditional access)"


def test_an_encrypted_matroska_file(tmp_path):
    def element(kind: str, *content: bytes) -> bytes:
        body = b"".join(content)
        return bytes.fromhex(kind) + struct.pack(">Q", len(body) | 1 << 56) + body

    track = element("ae", element("6d80", element("6240", element("5035", element("47e1", b"\5")))))
    whole = element("1a45dfa3", element("4282", b"webm")) + element("18538067", element("1654ae6b", track))
    (tmp_path / "shop.webm").write_bytes(whole)
    found = protection(tmp_path / "shop.webm")
    assert found is not None
    assert found.tracks == (0,)
