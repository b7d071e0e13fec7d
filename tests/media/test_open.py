"""Only media come in, whatever a file is called; and each refusal says what the file is."""

from __future__ import annotations

import os
from pathlib import Path

import av
import pytest
from PIL import Image

from dreamreel.errors import DamagedMedia, InputMissing, InputRejected, NotMedia, UnsafeMedia
from dreamreel.media.open import DEMUXERS, known_format, open_media


def refused(path: Path) -> InputRejected:
    with pytest.raises(InputRejected) as caught:
        open_media(path)
    assert path.name in str(caught.value)
    return caught.value


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_film_opens(film: Path) -> None:
    with open_media(film) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_a_missing_file(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path / "gone.mp4"), InputMissing)


def test_a_folder(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path), InputMissing)


def test_an_empty_file(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.mp4", b""))
    assert isinstance(error, NotMedia)
    assert "empty" in str(error)


def test_a_text_named_jpg(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.jpg", b"Dear grandmother,\nhere is the photo."))
    assert isinstance(error, NotMedia)
    assert "is a text" in str(error)


def test_noise(tmp_path: Path) -> None:
    assert isinstance(refused(written(tmp_path / "a.mp4", bytes(range(7, 250)) * 9)), NotMedia)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp4")
    assert isinstance(refused(tmp_path / "a.mp4"), NotMedia)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.m3u8", "#EXTM3U\n#EXTINF:1,\n{victim}\n#EXT-X-ENDLIST\n"),
        ("a.mp4", "#EXTM3U\n#EXTINF:1,\n{victim}\n#EXT-X-ENDLIST\n"),
        ("a.mp4", "ffconcat version 1.0\nfile '{victim}'\n"),
        ("a.mkv", "\ufeff  ffconcat version 1.0\nfile '{victim}'\n"),
        ("a.mpd", "<?xml version='1.0'?><MPD><BaseURL>{victim}</BaseURL></MPD>"),
        ("a.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"),
        ("a.pls", "[playlist]\nFile1={victim}\n"),
        ("a.svg", "<svg><image href='{victim}'/></svg>"),
    ],
)
def test_playlists_and_scripts_under_any_name(tmp_path: Path, film: Path, name: str, start: str) -> None:
    error = refused(written(tmp_path / name, start.format(victim=film).encode()))
    assert isinstance(error, UnsafeMedia)
    assert "use the video, sound or picture file itself" in str(error)


@pytest.mark.parametrize("content", [b"P6 2 2 255\n" + bytes(12), b"farbfeld-less text\n" * 3])
def test_what_the_library_would_read_but_the_list_does_not_name(tmp_path: Path, content: bytes) -> None:
    # The list is the wall and the sniffing only the sign on it: these pass the sniffing, and FFmpeg takes them.
    path = written(tmp_path / "a.nfo", content)
    with av.open(str(path)) as container:
        assert container.streams.video
    assert isinstance(refused(path), NotMedia)


def test_no_demuxer_reads_other_files() -> None:
    assert not {"hls", "dash", "concat", "image2", "sdp", "rtsp", "lavfi", "tee", "imf", "ffmetadata"} & set(
        DEMUXERS
    )


def test_an_mp4_without_its_index(tmp_path: Path, film: Path) -> None:
    error = refused(written(tmp_path / "a.mp4", film.read_bytes()[:600]))
    assert isinstance(error, DamagedMedia)
    assert "MP4" in str(error)


def test_names_that_look_like_protocols(tmp_path: Path, film: Path) -> None:
    for name in ("concat:a|b.mp4", "http:x.mp4", "-i.mp4", "50%d.mp4"):
        path = tmp_path / name
        path.write_bytes(film.read_bytes())
        with open_media(path) as container:
            assert container.streams.video


def test_magic_numbers() -> None:
    assert known_format(b"\x00\x00\x00\x18ftypmp42") == "MP4"
    assert known_format((b"G" + bytes(187)) * 3) == "MPEG-TS"
    assert known_format(b"hello") is None


def test_a_jpeg_is_one_picture_whatever_lies_beside_it(tmp_path: Path) -> None:
    for name in ("anna1.jpg", "anna2.jpg"):
        Image.new("RGB", (16, 16), "teal").save(tmp_path / name)
    with open_media(tmp_path / "anna1.jpg") as container:
        assert container.format.name == "jpeg_pipe"
        assert sum(1 for _ in container.decode(video=0)) == 1


def test_a_pdf_is_no_film_of_its_first_photo(tmp_path):
    Image.new("RGB", (64, 48), "red").save(tmp_path / "letter.pdf")
    with pytest.raises(NotMedia, match=r"convert letter\.pdf -o page\.png"):
        open_media(tmp_path / "letter.pdf")
