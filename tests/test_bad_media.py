"""Media that are odd, locked or half there: `info` says what they are, and a conversion works or says why it cannot.

Everything is typed at the command line, since that is where a person meets it.
"""

from __future__ import annotations

import os
import struct
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.cli.terminal import typed
from tests.fuzz_media import SEEDS
from tests.media.make import WIDTH, packed

from dreamreel.media.details import describe
from dreamreel.media.probe import probe


@pytest.fixture
def converted(capsys, tmp_path, monkeypatch):
    """`dreamreel convert FILE -o out.mkv`, made small so that pictures are decoded."""
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))

    def run(source, *options):
        return typed(capsys, "convert", source, "-o", tmp_path / "out.mkv", "--width", "32", *options)

    return run


def put(path: Path, data: bytes) -> Path:
    """A file of these bytes."""
    path.write_bytes(data)
    return path


def pictures(path: Path) -> list[tuple[int, int]]:
    """The sizes of all pictures of a file."""
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


# ── locked ──────────────────────────────────────────────────────────────────────────────────────────────────────


def box(kind: bytes, *content: bytes) -> bytes:
    """An ISO-BMFF box."""
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


WIDEVINE = bytes.fromhex("edef8ba979d64acea3c827dcd51d21ed")


def locked(scheme: bytes = b"cenc") -> bytes:
    """A film whose picture is said to be encrypted, with a `pssh` of Widevine in its index."""
    whole = SEEDS["h264.mp4"]()
    at = whole.rfind(b"avc1")
    whole = whole[:at] + b"encv" + whole[at + 4 :]
    index = whole.rfind(b"moov") - 4
    system = box(b"pssh", bytes(4), WIDEVINE, bytes(4))
    length = int.from_bytes(whole[index : index + 4]) + len(system)
    return whole[:index] + length.to_bytes(4) + whole[index + 4 :] + system


def test_an_encrypted_film_is_shown_and_said_to_be_locked(capsys, tmp_path):
    ran = typed(capsys, "info", put(tmp_path / "shop.mp4", locked()))
    assert ran.code == 0
    assert "encrypted (Widevine)" in ran.out
    assert describe(tmp_path / "shop.mp4").as_json()["protection"] == {
        "tracks": [0],
        "systems": ["Widevine"],
        "scheme": None,
    }


def test_an_encrypted_film_is_not_converted(converted, tmp_path):
    ran = converted(put(tmp_path / "shop.mp4", locked()))
    assert ran.code == 3
    assert ran.complaint.startswith("shop.mp4 is encrypted (Widevine): only its shop's players can open it")
    assert not (tmp_path / "out.mkv").exists()


def test_a_song_from_a_shop_is_said_to_be_locked(capsys, tmp_path):
    song = SEEDS["sound.m4a"]()
    at = song.find(b"mp4a", song.rfind(b"stsd"))
    ran = typed(capsys, "info", put(tmp_path / "song.m4p", song[:at] + b"drms" + song[at + 4 :]))
    assert "encrypted (FairPlay)" in ran.out


# ── covers and nothing else ─────────────────────────────────────────────────────────────────────────────────────


def only_a_cover(path: Path) -> Path:
    """A file whose one track is a cover picture."""
    with av.open(str(path), "w", format="mp4") as target:
        stream = target.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24").reformat(
            format="yuvj420p"
        )
        frame.pts, frame.time_base = 0, Fraction(1)
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def test_a_file_with_nothing_but_a_cover(capsys, converted, tmp_path):
    path = only_a_cover(tmp_path / "cover.mp4")
    if not any(track.cover for track in probe(path, lenient=True).video):
        pytest.skip("this FFmpeg writes no file of a cover alone")
    assert "cover art" in typed(capsys, "info", path).out
    ran = converted(path)
    assert (ran.code, ran.complaint) == (
        3,
        "cover.mp4 holds a cover picture and nothing that plays; use the picture itself.",
    )


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_frame_rate_and_one_picture(capsys, converted, tmp_path):
    packed(tmp_path / "one.mkv", "matroska", [(0, 0)], Fraction(1, 1000))
    assert typed(capsys, "info", tmp_path / "one.mkv").code == 0
    ran = converted(tmp_path / "one.mkv")
    assert ran.code == 0, ran.err
    assert len(pictures(tmp_path / "out.mkv")) >= 1


def test_no_duration_in_the_header(capsys, converted, tmp_path):
    whole = SEEDS["h264.mkv"]()
    whole = whole.replace(b"\x44\x89\x88", b"\xec\x89\x88", 1)  # Duration becomes padding.
    put(tmp_path / "live.mkv", whole)
    assert describe(tmp_path / "live.mkv").file.duration >= Fraction(1, 2)
    ran = converted(tmp_path / "live.mkv")
    assert ran.code == 0, ran.err
    assert len(pictures(tmp_path / "out.mkv")) == 6


def test_times_before_zero(converted, tmp_path):
    packed(tmp_path / "early.nut", "nut", [(n * 40 - 400, 40) for n in range(10)], Fraction(1, 1000))
    ran = converted(tmp_path / "early.nut")
    assert ran.code == 0, ran.err
    assert len(pictures(tmp_path / "out.mkv")) == 10


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def stream_of(path: Path, width: int, height: int) -> bytes:
    """A transport stream of six pictures of one size."""
    with av.open(str(path), "w", format="mpegts") as target:
        stream = target.add_stream("libx264", rate=10, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 200, np.uint8), "rgb24")
            frame.pts, frame.time_base = number + (6 if width != WIDTH else 0), Fraction(1, 10)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path.read_bytes()


def test_a_picture_that_changes_its_size_keeps_the_first(converted, tmp_path):
    first, second = stream_of(tmp_path / "a.ts", 64, 48), stream_of(tmp_path / "b.ts", 160, 48)
    ran = converted(put(tmp_path / "call.ts", first + second))
    assert ran.code == 0, ran.err
    assert set(pictures(tmp_path / "out.mkv")) == {(32, 24)}
    with av.open(str(tmp_path / "out.mkv")) as container:
        last = list(container.decode(video=0))[-1].to_ndarray(format="gray")
    assert last[12, 16] > 150  # the picture, scaled to fit
    assert last[1, 16] < 40  # above it black, because it is wider than the first


def sparse(path: Path) -> Path:
    """An MP4 of over 4 GiB that takes no room: a hole, then the media, then an index with 64-bit offsets."""
    whole = SEEDS["h264.mp4"]()
    media, index = whole.rfind(b"mdat") - 4, whole.rfind(b"moov") - 4
    hole = 4 * 2**30 + 4096
    body = bytearray(whole[index:])
    at = 0
    while (at := body.find(b"stco", at)) >= 0:
        size, count = int.from_bytes(body[at - 4 : at]), int.from_bytes(body[at + 8 : at + 12])
        places = [int.from_bytes(body[at + 12 + 4 * n : at + 16 + 4 * n]) + hole for n in range(count)]
        wide = box(b"co64", bytes(4), count.to_bytes(4), *(place.to_bytes(8) for place in places))
        grown = len(wide) - size
        body[at - 4 : at - 4 + size] = wide
        for parent in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            place = body.rfind(parent, 0, at) - 4
            body[place : place + 4] = (int.from_bytes(body[place : place + 4]) + grown).to_bytes(4)
        at += 8
    with path.open("wb") as file:
        file.write(whole[:media])
        file.write(struct.pack(">I4sQ", 1, b"free", hole))
        file.seek(media + hole)
        file.write(whole[media:index])
        file.write(body)
    return path


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system may fill holes")
def test_a_file_of_over_4_gib(capsys, converted, tmp_path):
    path = sparse(tmp_path / "long.mp4")
    if path.stat().st_blocks * 512 > 2**20:
        pytest.skip("this file system has no holes")
    told = describe(path)
    assert told.file.size > 4 * 2**30
    assert told.file.video[0].frames == 6
    assert "4.3 GB" in typed(capsys, "info", path).out
    ran = converted(path)
    assert ran.code == 0, ran.err
    assert len(pictures(tmp_path / "out.mkv")) == 6


# ── words and names ─────────────────────────────────────────────────────────────────────────────────────────────


def test_tags_that_are_not_utf8(capsys, converted, tmp_path):
    song = SEEDS["sound.wav"]()
    info = b"INFO" + b"INAM" + struct.pack("<I", 6) + b"Fr\xe4nzi"
    chunk = b"LIST" + struct.pack("<I", len(info)) + info
    whole = song[:4] + struct.pack("<I", len(song) + len(chunk) - 8) + song[8:] + chunk
    put(tmp_path / "song.wav", whole)
    ran = typed(capsys, "info", tmp_path / "song.wav", "--json")
    assert ran.code == 0
    assert "Fr" in ran.out
    assert typed(capsys, "convert", tmp_path / "song.wav", "-o", tmp_path / "song.flac").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="other systems only know names that are text")
def test_a_name_that_is_not_utf8(capsys, converted, tmp_path):
    name = os.fsencode(tmp_path) + b"/Fr\xe4nzi.mp4"
    path = Path(os.fsdecode(name))
    put(path, SEEDS["h264.mp4"]())
    assert typed(capsys, "info", path).code == 0
    assert typed(capsys, "info", path, "--json").code == 0
    ran = converted(path)
    assert ran.code == 0, ran.err


def test_an_output_that_is_the_input(capsys, tmp_path):
    path = put(tmp_path / "film.mkv", SEEDS["h264.mkv"]())
    before = path.read_bytes()
    for verb in (("convert", path, "-o", path), ("tags", path, "--set", "title=A", "-o", path)):
        ran = typed(capsys, *verb, "--yes")
        assert ran.code == 2
        assert "originals are never overwritten" in ran.complaint
    assert path.read_bytes() == before
