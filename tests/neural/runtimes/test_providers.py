"""Graphics cards: what is there, what is right, and what happens where there is none. Computed by ONNX Runtime's own
provider for processors here.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import numpy as np
import pytest
from tests.conftest import ROOT
from tests.neural.moving import samples as plane_samples
from tests.neural.moving import still
from tests.render.film import film, read

import dreamreel
from dreamreel.errors import CapabilityMissing, RenderFailed
from dreamreel.graph import Node
from dreamreel.neural import machine
from dreamreel.neural.catalog import DEVICE_PRECISIONS, PRECISIONS, Network, network
from dreamreel.neural.enlarge import Enlarger
from dreamreel.neural.runtimes import chosen, providers
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.render import sources

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")


@pytest.fixture
def frame():
    import av

    made = av.VideoFrame(96, 64, "yuv420p")
    rng = np.random.default_rng(2)
    for plane in made.planes:
        plane.update(rng.integers(16, 235, plane.buffer_size, np.uint8).tobytes())
    return made


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    monkeypatch.delenv("DREAMREEL_GPU", raising=False)
    providers.fault.cache_clear()
    yield
    providers.fault.cache_clear()


def samples(frame):
    return [np.frombuffer(plane, np.uint8).astype(int) for plane in frame.planes]


def test_the_processor_of_onnx_runtime_computes_right():
    assert providers.fault("onnx-f32") == ""
    assert providers.fault("onnx-f16") == ""


def test_what_is_not_here_says_so():
    there = {one.key for one in providers.available()}
    for name in DEVICE_PRECISIONS:
        if name.partition("-")[0] not in {*there, "onnx"}:
            assert "is not installed here" in providers.fault(name)


def test_wrong_numbers_are_found(monkeypatch):
    monkeypatch.setattr(providers, "_BOUND", {"f16": (0, 0.0)})
    assert "other numbers than the processor" in providers.fault("onnx-f16")


def test_switched_off_nothing_is_there(monkeypatch):
    monkeypatch.setenv("DREAMREEL_GPU", "off")
    assert providers.available() == ()
    assert providers.fault("cuda-f16") == "DREAMREEL_GPU is off"
    assert machine.preferred() in PRECISIONS


def chosen_before(folder, precision):
    """As if a precision had been found to be the best with what is here."""
    machine.preferred()
    path = folder / "device.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "precision": precision}), encoding="utf-8")


def test_what_was_chosen_is_written_down(monkeypatch, dreamreel_home):
    monkeypatch.setenv("DREAMREEL_GPU", "onnx")
    assert machine.preferred() in {*PRECISIONS, "onnx-f16", "onnx-f32"}
    chosen_before(dreamreel_home, "onnx-f32")
    assert machine.preferred() == "onnx-f32"


def test_that_something_else_computes_is_said_once(monkeypatch, dreamreel_home, caplog):
    monkeypatch.setenv("DREAMREEL_GPU", "onnx")
    chosen_before(dreamreel_home, "onnx-f32")
    monkeypatch.setenv("DREAMREEL_GPU", "off")
    with caplog.at_level(logging.WARNING):
        assert machine.preferred() in PRECISIONS
        assert machine.preferred() in PRECISIONS
    said = [one.getMessage() for one in caplog.records]
    assert len(said) == 1
    assert "networks were computed by ONNX Runtime on the processor, single precision here" in said[0]


@pytest.mark.parametrize("precision", ["onnx-f32", "onnx-f16"])
def test_frames_come_out_as_they_do_from_openvino(frame, precision):
    made, right = (
        Enlarger(network("clean-s-x2"), "yuv420p", 96, 64, one)(frame) for one in (precision, "f32")
    )
    assert (made.width, made.height) == (192, 128)
    for one, other in zip(samples(made), samples(right), strict=True):
        assert np.abs(one - other).max() <= 1


def test_only_the_very_frame_before_is_not_computed_again(frame):
    enlarge = Enlarger(network("clean-s-x2"), "yuv420p", 96, 64, "onnx-f32")
    first = samples(enlarge(frame))
    enlarge(frame)
    once = enlarge.computed
    again = samples(enlarge(frame))
    assert enlarge.computed == once
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    rows = np.frombuffer(frame.planes[0], np.uint8).copy()
    rows[0] ^= 1
    frame.planes[0].update(rows.tobytes())
    enlarge(frame)
    assert enlarge.computed == 2 * once


CHILD = """
import logging, pathlib, resource, sys
import numpy as np
from tests.neural.moving import samples, still
from dreamreel.neural.catalog import network
from dreamreel.neural.enlarge import Enlarger

logging.basicConfig(format="%(message)s")
form = (network("clean-s-x2"), "yuv420p")
Enlarger(*form, 64, 48, "onnx-f32")(still("yuv420p", 64, 48))  # What is loaded once is loaded.
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 150 * 2**20,) * 2)
np.save(sys.argv[1], samples(Enlarger(*form, 960, 544, "onnx-f32")(still("yuv420p", 960, 544)))[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_smaller_tiles_where_memory_runs_out(tmp_path):
    args = [sys.executable, "-c", CHILD, str(tmp_path / "luma.npy")]
    done = subprocess.run(args, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "not enough memory for tiles of 960×544; going on with tiles of 480×544" in done.stderr
    plain = Enlarger(network("clean-s-x2"), "yuv420p", 960, 544, "f32")(still("yuv420p", 960, 544))
    assert np.abs(np.load(tmp_path / "luma.npy").astype(int) - plane_samples(plain)[0]).max() <= 1


def test_a_card_that_fails_is_no_want_of_memory():
    from dreamreel.media.info import Colour
    from dreamreel.neural.colours import Form

    one: Network = network("clean-s-x2")
    form = Form(8, 2, 2, Colour(matrix=1, range=1, primaries=1, transfer=1))
    tile = chosen.tile_model(one, form, 64, 48, "onnx-f32", 1.0)
    with pytest.raises(RenderFailed, match="DREAMREEL_GPU=off"):
        tile(np.zeros((40, 64), np.uint8), np.zeros((2, 24, 32), np.uint8))


def test_a_film_begun_with_a_card_that_is_gone_is_computed_by_the_processor(tmp_path, caplog, dreamreel_home):
    clip = dreamreel.open(film(tmp_path / "a.mp4", 6)).upscale(2, size="s", precision="cuda-f16")
    if providers.fault("cuda-f16") == "":
        pytest.skip("there is a graphics card here")
    sources._say.cache_clear()
    with caplog.at_level(logging.WARNING):
        out = clip.write(tmp_path / "b.mp4", preset="ultrafast")
    assert "begun with CUDA, half precision, and ONNX Runtime with CUDA is not installed here" in caplog.text
    assert len(read(out)) == 6
    plain = dreamreel.open(tmp_path / "a.mp4").upscale(2, size="s", precision=machine.settled())
    assert sources.located(clip.node, out).digest == sources.located(plain.node, out).digest
    with pytest.raises(CapabilityMissing):
        Enlarger(network("clean-s-x2"), "yuv420p", 96, 64, "cuda-f16")(still("yuv420p", 96, 64))


def test_an_op_inside_another_is_moved_as_well():
    if providers.fault("cuda-f16") == "":
        pytest.skip("there is a graphics card here")
    base = Enlarge("clean-s-x2", "00ff00ff", "cuda-f16")
    node = EnlargeFaces(base, "face-s-x2", "00ff00ff", "").node(Node("leaf", 1, {}))
    moved = sources.computable(node)
    assert moved.params["base"]["precision"] == machine.settled()
    assert {**moved.params, "base": None} == {**node.params, "base": None}


def test_what_can_be_computed_here_stays_as_it_is(tmp_path):
    clip = dreamreel.open(film(tmp_path / "a.mp4", 6)).upscale(2, size="s", precision="onnx-f32")
    assert sources.computable(clip.node) == clip.node
    assert isinstance(clip.node, Node)
    out = clip.write(tmp_path / "b.mp4", preset="ultrafast")
    assert len(read(out)) == 6
    assert "enlarge with clean-s-x2, onnx-f32" in clip.explain()


def test_what_computes_is_told_in_words():
    assert chosen.told("cuda-f16") == "CUDA, half precision"
    assert chosen.told("int8") == "OpenVINO on the processor, 8-bit arithmetic"
