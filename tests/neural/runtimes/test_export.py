"""The graph that a graphics card computes: the very one of OpenVINO, written as an ONNX file."""

from __future__ import annotations

import cv2
import numpy as np
import openvino as ov
import pytest
from openvino import opset13 as op

from dreamreel.errors import CapabilityMissing
from dreamreel.media.info import Colour
from dreamreel.neural.catalog import network, networks
from dreamreel.neural.colours import Form
from dreamreel.neural.graph import TileModel, core, model_of
from dreamreel.neural.runtimes.export import exported

WIDTH, HEIGHT = 64, 48
FORMS = [(bits, across, down) for bits in (8, 10, 16) for across, down in ((2, 2), (2, 1), (1, 1))]


def form_of(bits: int, across: int, down: int) -> Form:
    full = 2 if bits == 16 else 1
    return Form(bits, across, down, Colour(matrix=1, range=full, primaries=1, transfer=1))


def picture(form: Form) -> tuple[np.ndarray, np.ndarray]:
    """Soft shapes with noise, over the whole range."""
    rng = np.random.default_rng(form.bits)
    soft = np.stack([cv2.resize(one, (WIDTH, HEIGHT)) for one in rng.random((3, HEIGHT // 4, WIDTH // 4))])
    whole = (soft + rng.normal(0, 0.05, soft.shape)).clip(0, 1) * (2**form.bits - 1)
    return whole[0].astype(form.sample), np.ascontiguousarray(whole[1:, :: form.down, :: form.across]).astype(
        form.sample
    )


def apart(form: Form, one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]) -> float:
    """The largest difference of two results, in steps of 8 bits."""
    steps = [np.abs(a.astype(int) - b.astype(int)).max() for a, b in zip(one, other, strict=True)]
    return max(steps) / 2 ** (form.bits - 8)


def ran(data: bytes, y: np.ndarray, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    made = runtime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(
        None, {"y": y[None, None], "uv": uv[None]}
    )
    return made[0][0, 0], made[1][0]


@pytest.mark.parametrize(("bits", "across", "down"), FORMS)
def test_the_numbers_are_those_of_openvino(bits, across, down):
    form, one = form_of(bits, across, down), network("clean-s-x2")
    y, uv = picture(form)
    right = TileModel(one, form, WIDTH, HEIGHT, "f32")(y, uv)
    made = ran(exported(model_of(one, form, WIDTH, HEIGHT, "f32", 1.0)), y, uv)
    assert [plane.dtype for plane in made] == [form.sample, form.sample]
    assert apart(form, made, right) <= (1 if bits == 8 else 0.25)


@pytest.mark.parametrize("bits", [8, 10])
def test_half_precision_stays_within_a_step(bits):
    form, one = form_of(bits, 2, 2), network("clean-s-x2")
    y, uv = picture(form)
    data = exported(model_of(one, form, WIDTH, HEIGHT, "f32", 1.0), half=True)
    assert len(data) < 0.7 * len(exported(model_of(one, form, WIDTH, HEIGHT, "f32", 1.0)))
    assert apart(form, ran(data, y, uv), TileModel(one, form, WIDTH, HEIGHT, "f32")(y, uv)) <= 1


def test_every_network_that_ships_can_be_written_in_every_strength():
    form = form_of(8, 2, 2)
    y, uv = picture(form)
    for one in networks():
        for strength in (0.0, 0.5) if one.strength else (1.0,):
            data = exported(model_of(one, form, WIDTH, HEIGHT, "f32", strength))
            # OpenVINO reads the file as well, which any other program could have written.
            read = core().compile_model(core().read_model(data), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            made = read.create_infer_request().infer({"y": y[None, None], "uv": uv[None]})
            right = TileModel(one, form, WIDTH, HEIGHT, "f32", strength)(y, uv)
            assert apart(form, (made[0][0, 0], made[1][0]), right) <= 1, (one.name, strength)


def test_a_step_that_has_no_counterpart_is_named():
    given = op.parameter([1, 3, 8, 8], np.float32)
    model = ov.Model([op.result(op.erf(given))], [given], "odd")
    with pytest.raises(CapabilityMissing, match="Erf"):
        exported(model)
