"""GIF and animated WebP: exact pace, good colours, every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from tests.media.make import vfr_timing

from dreamreel.errors import BadParameter, RenderFailed
from dreamreel.media.animation import TimedFrame, write_animation
from dreamreel.media.formats import output_format
from dreamreel.media.metadata import read_recipe

GIF, WEBP = output_format(Path("a.gif")), output_format(Path("a.webp"))


def gradient(number: int) -> np.ndarray:
    """Soft colours that move: what a bad palette turns into bands."""
    x, y = np.meshgrid(np.arange(96), np.arange(64))
    wave = np.sin((x + 4 * number) / 20)
    return np.stack([140 + 80 * wave, 100 + y, 180 - x / 2], axis=-1).astype(np.uint8)


def film(count: int, rate: Fraction) -> Callable[[], Iterator[TimedFrame]]:
    def frames() -> Iterator[TimedFrame]:
        for number in range(count):
            yield number / rate, 1 / rate, av.VideoFrame.from_ndarray(gradient(number), "rgb24")

    return frames


def local_mean(values: np.ndarray) -> np.ndarray:
    height, width = values.shape[0] // 4, values.shape[1] // 4
    return values.reshape(height, 4, width, 4, -1).mean(axis=(1, 3))


def durations(path: Path) -> list[int]:
    with Image.open(path) as image:
        found: list[int] = []
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            found.append(image.info["duration"])
    return found


def test_24_fps_in_hundredths_does_not_drift(tmp_path: Path) -> None:
    assert write_animation(tmp_path / "a.gif", film(48, Fraction(24)), GIF) == 48
    lasting = durations(tmp_path / "a.gif")
    assert set(lasting) == {40, 50}
    assert sum(lasting) == 2000
    assert all(abs(sum(lasting[:n]) - n * 1000 / 24) <= 5 for n in range(49))


def test_webp_in_thousandths(tmp_path: Path) -> None:
    write_animation(tmp_path / "a.webp", film(12, Fraction(24)), WEBP)
    lasting = durations(tmp_path / "a.webp")
    assert len(lasting) == 12
    assert abs(sum(lasting) - 500) <= 1


@pytest.mark.parametrize("container", [GIF, WEBP], ids=lambda row: row.name)
def test_variable_times(tmp_path: Path, container: object) -> None:
    path = tmp_path / f"a{container.suffix}"
    timing = vfr_timing(8)

    def frames() -> Iterator[TimedFrame]:
        for number, (time, duration) in enumerate(timing):
            yield time, duration, av.VideoFrame.from_ndarray(gradient(number), "rgb24")

    write_animation(path, frames, container)
    lasting = durations(path)
    for number, (time, _) in enumerate(timing):
        assert abs(sum(lasting[:number]) - time * 1000) <= 5


def test_frames_too_short_for_browsers_are_dropped_not_slowed(tmp_path: Path) -> None:
    written = write_animation(tmp_path / "a.gif", film(100, Fraction(100)), GIF)
    assert written == 50
    assert sum(durations(tmp_path / "a.gif")) == 1000


@pytest.mark.parametrize(("container", "least"), [(GIF, 36), (WEBP, 38)], ids=["gif", "webp"])
def test_soft_colours_stay_soft(tmp_path: Path, container: object, least: float) -> None:
    path = tmp_path / f"a{container.suffix}"
    write_animation(path, film(12, Fraction(12)), container)
    with Image.open(path) as image:
        for number in (0, 7, 11):
            image.seek(number)
            # The eye sees the mean of dithered neighbours, so that is what is compared.
            wrong = local_mean(np.asarray(image.convert("RGB"), float) - gradient(number))
            assert 10 * np.log10(255**2 / np.mean(wrong**2)) > least


def test_video_frames_come_out_in_their_own_colours(tmp_path: Path) -> None:
    # BT.709 video: read as BT.601, this red would be off by tens.
    def frames() -> Iterator[TimedFrame]:
        red = np.empty((32, 32, 3), np.uint8)
        red[:] = (200, 30, 90)
        frame = av.VideoFrame.from_ndarray(red, "rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
        frame.colorspace, frame.color_range = 1, 1
        yield Fraction(0), Fraction(1), frame

    write_animation(tmp_path / "a.gif", frames, GIF)
    with Image.open(tmp_path / "a.gif") as image:
        assert np.abs(np.asarray(image.convert("RGB"))[16, 16].astype(int) - (200, 30, 90)).max() <= 4


def test_clear_pixels_stay_clear(tmp_path: Path) -> None:
    def frames() -> Iterator[TimedFrame]:
        for number in range(3):
            pixels = np.zeros((32, 32, 4), np.uint8)
            pixels[8:24, 8 + number : 24 + number] = (250, 200, 20, 255)
            yield Fraction(number, 10), Fraction(1, 10), av.VideoFrame.from_ndarray(pixels, "rgba")

    for container in (GIF, WEBP):
        path = tmp_path / f"a{container.suffix}"
        write_animation(path, frames, container)
        with Image.open(path) as image:
            for number in range(3):
                image.seek(number)
                alpha = np.asarray(image.convert("RGBA"))[..., 3]
                assert alpha[0, 0] == 0
                assert alpha[16, 16] == 255
                assert alpha[16, 7 + number] == 0


@pytest.mark.parametrize(("loop", "told"), [(0, 0), (3, 3)])
def test_loops(tmp_path: Path, loop: int, told: int) -> None:
    write_animation(tmp_path / "a.webp", film(3, Fraction(10)), WEBP, loop=loop)
    with Image.open(tmp_path / "a.webp") as image:
        assert image.info["loop"] == told
    write_animation(tmp_path / "a.gif", film(3, Fraction(10)), GIF, loop=loop)
    with Image.open(tmp_path / "a.gif") as image:
        # The GIF block counts repetitions, that is one less than showings.
        assert image.info["loop"] == max(0, told - 1)


def test_playing_once_has_no_loop_block(tmp_path: Path) -> None:
    write_animation(tmp_path / "a.gif", film(3, Fraction(10)), GIF, loop=1)
    assert b"NETSCAPE" not in (tmp_path / "a.gif").read_bytes()


def test_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match="no frames"):
        write_animation(tmp_path / "a.gif", list, GIF)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".apng", ".avif"])
def test_png_and_avif_move_too(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    assert write_animation(path, film(12, Fraction(24)), output_format(path), recipe='{"x": 1}') == 12
    lasting = durations(path)
    assert len(lasting) == 12
    assert sum(lasting) == pytest.approx(500, abs=2)
    with Image.open(path) as image:
        image.seek(7)
        wrong = local_mean(np.asarray(image.convert("RGB"), float) - gradient(7))
    assert 10 * np.log10(255**2 / (np.mean(wrong**2) + 1e-9)) > 34
    assert read_recipe(path) == '{"x": 1}'


def test_quality_is_worth_bytes(tmp_path: Path) -> None:
    for suffix in (".webp", ".avif"):
        sizes: list[int] = []
        for quality in (20, 95):
            path = tmp_path / f"{quality}{suffix}"
            write_animation(path, film(6, Fraction(24)), output_format(path), quality=quality)
            sizes.append(path.stat().st_size)
        assert sizes[0] * 1.05 < sizes[1], suffix


def test_dither_is_one_of_a_few(tmp_path: Path) -> None:
    write_animation(tmp_path / "b.gif", film(3, Fraction(10)), GIF, dither="none", colours=16)
    with pytest.raises(BadParameter, match="choose one of sierra2"):
        write_animation(tmp_path / "c.gif", film(3, Fraction(10)), GIF, dither="sand")
