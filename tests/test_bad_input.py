"""Bad input, line by line: each is refused with one sentence and the right exit code, or works and says what it did.

Everything is typed at the command line, since that is where a person meets it.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.cli.terminal import SMALL, command, environment, photo, started, typed
from tests.media.make import cfr_timing, write_film

from dreamreel.media.images import load_image
from dreamreel.ops.generate import opaque

DREAM = "a whale in the sea"


@pytest.fixture
def generate(capsys, tmp_path, monkeypatch):
    """`dreamreel generate PHOTO a whale …`, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(source, *options, dream=DREAM):
        return typed(capsys, "generate", source, dream, *SMALL, *options)

    return run


def film(path: Path, count: int = 20) -> Path:
    """A short film that is fine."""
    write_film(path, cfr_timing(count, Fraction(25)))
    return path


@pytest.fixture
def picture(tmp_path):
    """A picture that is fine."""
    return photo(tmp_path / "anna.png")


# ── files that are no photo ─────────────────────────────────────────────────────────────────────────────────────


def test_no_such_file(generate, tmp_path):
    ran = generate(tmp_path / "nobody.jpg")
    assert (ran.code, ran.complaint) == (3, "nobody.jpg was not found; check the name and the folder.")


def test_a_directory(generate, tmp_path):
    (tmp_path / "photos").mkdir()
    ran = generate(tmp_path / "photos")
    assert (ran.code, ran.complaint) == (3, "photos is a folder; name one of the files in it.")


def test_a_text_named_jpg(generate, tmp_path):
    (tmp_path / "anna.jpg").write_text("This is a letter, not a photo.")
    ran = generate(tmp_path / "anna.jpg")
    assert ran.code == 3
    assert ran.complaint.startswith("anna.jpg is a text, not a picture")


def test_an_empty_file(generate, tmp_path):
    (tmp_path / "anna.jpg").touch()
    ran = generate(tmp_path / "anna.jpg")
    assert (ran.code, ran.complaint) == (3, "anna.jpg is empty; copy or download it again.")


def test_a_truncated_photo(generate, tmp_path):
    whole = photo(tmp_path / "whole.jpg", (640, 480)).read_bytes()
    (tmp_path / "anna.jpg").write_bytes(whole[: len(whole) // 2])
    ran = generate(tmp_path / "anna.jpg")
    assert ran.code == 3
    assert "damaged" in ran.complaint
    assert "copy or download it again" in ran.complaint


def test_a_truncated_video_is_told_and_never_half_written(capsys, tmp_path):
    whole = film(tmp_path / "whole.mp4", 100).read_bytes()
    (tmp_path / "party.mp4").write_bytes(whole[: len(whole) // 2])
    told = typed(capsys, "explain", tmp_path / "party.mp4", "--recipe")
    assert "party.mp4: the file is cut short" in told.err
    (tmp_path / "party.json").write_text(told.out)
    for out, words in (("out.mp4", "it is cut short"), ("out.webm", "it could be read only up to")):
        ran = typed(capsys, "render", tmp_path / "party.json", "-o", tmp_path / out)
        assert ran.code == 3
        assert ran.complaint.startswith(f"party.mp4 is damaged: {words}")
        assert not (tmp_path / out).exists()


def test_a_video_without_its_index(capsys, tmp_path):
    whole = film(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "party.mp4").write_bytes(whole[:200])
    ran = typed(capsys, "info", tmp_path / "party.mp4")
    assert ran.code == 3
    assert (
        ran.complaint == "party.mp4 starts like MP4 but is truncated or damaged; copy or download it again."
    )


def test_a_video_is_no_photo(generate, tmp_path):
    ran = generate(film(tmp_path / "party.mp4"))
    assert ran.code == 3
    assert ran.complaint == "party.mp4 is MP4 and not a picture; take a frame of it, or choose a photo."


def test_a_header_that_claims_a_gigapixel(generate, tmp_path):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    (tmp_path / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    ran = generate(tmp_path / "bomb.png")
    assert ran.code == 3
    assert ran.complaint == "bomb.png has more than 178 million pixels; scale it down first."


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("party.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n/etc/passwd\n", "an HLS playlist"),
        ("party.jpg", "ffconcat version 1.0\nfile '/etc/passwd'\n", "ffconcat"),
    ],
)
@pytest.mark.parametrize("verb", ["generate", "info", "explain"])
def test_a_playlist_in_disguise(capsys, tmp_path, name, text, what, verb):
    (tmp_path / name).write_text(text)
    ran = typed(capsys, verb, tmp_path / name, *([DREAM] if verb == "generate" else []))
    assert ran.code == 3
    assert what in ran.complaint
    assert "passwd" not in ran.err + ran.out


# ── photos that are unusual, and work ───────────────────────────────────────────────────────────────────────────


def gradient(mode: str) -> Image.Image:
    """120 wide and 160 high in any of Pillow's modes."""
    ramp = np.tile(np.linspace(0, 255, 120, dtype=np.uint8), (160, 1))
    if mode == "I;16":
        return Image.fromarray(ramp.astype(np.uint16) * 257)
    return Image.fromarray(np.stack([ramp, ramp[:, ::-1], ramp // 2], -1)).convert(mode)


@pytest.mark.parametrize(
    ("mode", "name", "note"),
    [
        ("CMYK", "anna.jpg", "CMYK was converted to RGB."),
        ("I;16", "anna.png", "16-bit grey was converted to 8 bits."),
        ("P", "anna.png", ""),
        ("L", "anna.jpg", ""),
        ("RGBA", "anna.png", ""),
    ],
)
def test_every_kind_of_pixel_works(generate, tmp_path, mode, name, note):
    gradient(mode).save(tmp_path / name)
    ran = generate(tmp_path / name, "--dry-run")
    assert ran.code == 0, ran.err
    assert "120×160 photo" in ran.err
    assert note in ran.err
    assert "transparent" not in ran.err


def test_what_is_transparent_becomes_white_and_is_told(generate, tmp_path):
    Image.fromarray(np.zeros((160, 120, 4), np.uint8)).save(tmp_path / "anna.png")
    assert "The photo has transparent parts" in generate(tmp_path / "anna.png", "--dry-run").err
    shown = opaque(load_image(tmp_path / "anna.png"))
    assert shown.shape == (160, 120, 3)
    assert shown.min() == 255


def test_an_animation_gives_its_first_picture_and_says_so(generate, tmp_path):
    frames = [gradient("RGB").rotate(90 * n, expand=False) for n in range(3)]
    frames[0].save(tmp_path / "anna.gif", save_all=True, append_images=frames[1:])
    ran = generate(tmp_path / "anna.gif", "--dry-run")
    assert ran.code == 0
    assert "first" in ran.err


def test_a_photo_that_was_turned_is_upright(generate, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient("RGB").save(tmp_path / "anna.jpg", exif=exif)
    assert "160×120 photo" in generate(tmp_path / "anna.jpg", "--dry-run").err


def test_a_heic_photo_becomes_a_dream(generate, tmp_path):
    pillow_heif.from_pillow(gradient("RGB")).save(tmp_path / "anna.heic")
    ran = generate(tmp_path / "anna.heic", "-o", "a.mp4")
    assert ran.code == 0, ran.err
    assert Path("a.mp4").stat().st_size > 1000


# ── dreams ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("dream", ["", "   ", "?!"])
def test_an_empty_prompt(generate, picture, dream):
    ran = generate(picture, dream=dream)
    assert ran.code == 2
    assert ran.complaint.startswith("The dream has no words in it; say what it shows")


def test_a_prompt_of_100_kb(generate, picture):
    ran = generate(picture, dream="sheep and " * 10_000)
    assert ran.code == 2
    assert ran.complaint.startswith("The dream has 100000 characters; tell it in at most 2000")


def test_a_prompt_in_japanese_gives_a_dream_and_says_what_was_not_understood(generate, picture):
    ran = generate(picture, "-o", "a.mp4", dream="羊が海の上を飛ぶ")
    assert ran.code == 0
    assert "was not understood" in ran.err
    assert Path("a.mp4").exists()


# ── lengths and sizes ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("duration", ["0", "1000000000", "-5", "0.5", "1e999"])
def test_a_duration_out_of_range(generate, picture, duration):
    ran = generate(picture, "--duration", duration)
    assert ran.code == 2
    assert ran.complaint.endswith("is out of range; choose 1 to 60 seconds.")


@pytest.mark.parametrize("duration", ["long", "nan"])
def test_a_duration_that_is_none(generate, picture, duration):
    ran = generate(picture, "--duration", duration)
    assert ran.code == 2
    assert duration in ran.complaint


def test_an_odd_size_is_made_even_and_told(generate, picture):
    ran = generate(picture, "--resolution", "321x241", "--dry-run")
    assert ran.code == 0
    assert "321x241 has an odd side; the video is 322x242" in ran.err


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("0x0", "out of range"),
        ("99999x99999", "out of range"),
        ("64x64", "out of range"),
        ("big", "is not a resolution"),
    ],
)
def test_a_size_that_cannot_be(generate, picture, size, words):
    ran = generate(picture, "--resolution", size)
    assert ran.code == 2
    assert words in ran.complaint


# ── outputs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_an_output_that_equals_the_input(generate, picture, options):
    before = picture.read_bytes()
    ran = generate(picture, "-o", picture, *options)
    assert ran.code == 2
    assert ran.complaint == "anna.png is also an input; originals are never overwritten, choose another name."
    assert picture.read_bytes() == before


def test_an_output_that_exists_is_kept(generate, picture):
    Path("a.mp4").write_bytes(b"mine")
    ran = generate(picture, "-o", "a.mp4")
    assert ran.code == 5
    assert ran.complaint == "a.mp4 exists already; give another name with -o, or --yes to replace it."
    assert Path("a.mp4").read_bytes() == b"mine"


def test_an_output_folder_that_does_not_exist(generate, picture):
    ran = generate(picture, "-o", "no/such/a.mp4")
    assert ran.code == 5
    assert (
        ran.complaint
        == "a.mp4 cannot be written because the folder such does not exist; create it and try again."
    )


def test_an_output_format_that_is_unknown(generate, picture):
    ran = generate(picture, "-o", "a.docx")
    assert ran.code == 2
    assert "docx" in ran.complaint


def in_a_tmpfs(
    folder: Path, options: str, *args: str | Path, **changes: str
) -> subprocess.CompletedProcess[str]:
    """`dreamreel ARGS` where `folder` is a file system of its own, seen by nobody else; skips where not allowed."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("a private file system needs Linux and unshare")
    inside = [
        "unshare",
        "-rm",
        "sh",
        "-c",
        f'mount -t tmpfs -o {options} tmpfs "$0" && exec "$@"',
        str(folder),
    ]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let a test mount a file system of its own")
    return subprocess.run(
        [*inside, *command(*args)], env=environment(**changes), capture_output=True, text=True, check=False
    )


def test_an_output_folder_that_is_read_only(picture, tmp_path):
    (tmp_path / "shelf").mkdir()
    ran = in_a_tmpfs(
        tmp_path / "shelf", "ro", "generate", picture, DREAM, *SMALL, "-o", tmp_path / "shelf/a.mp4"
    )
    assert ran.returncode == 5
    assert ran.stderr.splitlines()[-1] == (
        "dreamreel: a.mp4 cannot be written because the folder shelf does not allow writing; "
        "choose another one and try again."
    )


def test_a_disk_too_small_for_the_estimate_stops_before_work(picture, tmp_path):
    (tmp_path / "stick").mkdir()
    ran = in_a_tmpfs(tmp_path / "stick", "size=1m", "generate", picture, DREAM, "--resolution", "2160p",
                     "--duration", "60", "-o", tmp_path / "stick/a.mp4")  # fmt: skip
    assert ran.returncode == 5
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("dreamreel: This needs about ")
    assert "choose a smaller resolution" in last
    assert "Painting" not in ran.stderr


def test_a_disk_that_fills_up(picture, tmp_path):
    (tmp_path / "stick").mkdir()
    out = tmp_path / "stick/a.mp4"
    ran = in_a_tmpfs(tmp_path / "stick", "size=4k", "generate", picture, DREAM, *SMALL, "-o", out)
    assert ran.returncode == 5
    assert ran.stderr.splitlines()[-1] == (
        "dreamreel: There is no room left to write a.mp4; free some disk space or choose another folder."
    )
    assert "Traceback" not in ran.stderr


def test_memory_too_small_for_the_estimate_stops_before_work(picture, tmp_path):
    ran = started(
        "generate", picture, DREAM, "--resolution", "2160p", "-o", tmp_path / "a.mp4", DREAMREEL_MEMORY="500"
    )
    assert ran.code == 5
    assert "of memory and 500 MB is free: choose a smaller resolution" in ran.complaint
    assert not (tmp_path / "a.mp4").exists()
