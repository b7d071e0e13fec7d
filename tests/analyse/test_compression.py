"""What compression has done to a film, by films that were compressed more and more."""

import av
import cv2
import numpy as np
import pytest
from tests.analyse.footage import film, scene, sound
from tests.retouch.pictures import panned

from dreamreel.analyse.compression import Compression, blocks, detect, ringing
from dreamreel.errors import BadParameter


def encoded(path, codec, quality, pix_fmt="yuv420p"):
    options = {"crf": str(quality), "preset": "ultrafast"} if codec == "libx264" else {}
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 120, pix_fmt
        if not options:
            stream.codec_context.qmin = stream.codec_context.qmax = quality
        for n, picture in enumerate(panned(6)):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pix_fmt, threads=1)
            frame.pts = n
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return detect(path)


@pytest.mark.parametrize(
    ("codec", "qualities", "pix_fmt"),
    [
        ("libx264", (18, 28, 38, 48), "yuv420p"),
        ("mpeg2video", (2, 8, 31), "yuv420p"),
        ("mjpeg", (2, 8, 31), "yuvj420p"),
    ],
)
def test_the_coarser_a_film_the_more_is_told(tmp_path, codec, qualities, pix_fmt):
    amounts = [encoded(tmp_path / f"{n}.mkv", codec, quality, pix_fmt).amount
               for n, quality in enumerate(qualities)]  # fmt: skip
    assert amounts == sorted(amounts)
    assert amounts[0] < 0.4
    assert amounts[-1] > 0.6


def test_a_film_without_loss_shows_nothing(tmp_path):
    found = detect(film(tmp_path / "a.mkv", panned(6), codec="ffv1", options={}))
    assert found.coarse is None
    assert found.amount < 0.15


def test_blocks_show_on_their_grid_only():
    rng = np.random.default_rng(2)
    tiles = np.kron(rng.integers(90, 130, (12, 16)), np.ones((8, 8)))
    noise = rng.normal(0, 1, tiles.shape)
    plane = np.clip(tiles + noise, 0, 255).astype(np.uint8)
    assert blocks(plane) > 0.9
    assert blocks(plane[3:, 3:]) < 0.1


def test_a_picture_of_stripes_has_no_blocks():
    plane = np.tile(np.array([60, 180], np.uint8), (96, 64))
    assert blocks(plane) < 0.1


def test_ripples_beside_edges_are_ringing():
    plane = np.full((96, 128), 100.0)
    plane[:, 64:] = 200
    ripples = plane + 8 * np.cos(np.arange(128) * 1.6) * (np.abs(np.arange(128) - 64) < 12)
    soft = cv2.GaussianBlur(plane, (0, 0), 0.7)
    assert ringing(soft.astype(np.uint8)) < 0.1
    assert ringing(ripples.astype(np.uint8)) > 0.4


def test_the_worst_of_all_counts():
    assert Compression(0.2, 0.3, 0.7).amount == 0.7
    assert Compression(0.6, 0.3).amount == 0.6
    assert Compression(0.0, 1.0).amount == pytest.approx(0.75)


def test_tiny_pictures_and_sound_say_nothing(tmp_path):
    assert blocks(np.zeros((8, 8), np.uint8)) == 0
    assert ringing(np.zeros((8, 8), np.uint8)) == 0
    assert detect(film(tmp_path / "a.mp4", [scene(1, 32, 16)] * 2)).blocks < 0.2
    with pytest.raises(BadParameter, match="no moving picture"):
        detect(sound(tmp_path / "b.wav", [(0.1, 0.5)]))
