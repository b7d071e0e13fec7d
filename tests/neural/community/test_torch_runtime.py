"""Networks that only torch can run. It is not part of the tests' environment; without it, what is said about that."""

import numpy as np
import pytest
from tests.neural.community.making import compact, looking, safetensors

from dreamreel.errors import BadWeights, ModelMissing
from dreamreel.neural.community import torch_runtime
from dreamreel.neural.community.compiled import of_plain
from dreamreel.neural.community.look import look, runner
from dreamreel.neural.community.plain import recognised
from dreamreel.neural.community.tensors import read_tensors, write_tensors
from dreamreel.neural.community.tiles import Tiled

needs_torch = pytest.mark.skipif(
    not torch_runtime.available(), reason="torch and spandrel are not installed (the extra dreamreel[torch])"
)
PICTURE = np.random.default_rng(1).random((20, 28, 3), dtype=np.float32)


@pytest.fixture
def strange(tmp_path):
    """Tensors of no network that is built here."""
    return safetensors(tmp_path / "strange.safetensors", {"conv.weight": np.ones((3, 3), np.float32)})


def test_without_torch_it_is_said_what_to_install(strange, monkeypatch):
    monkeypatch.setattr(torch_runtime, "find_spec", lambda _: None)
    with pytest.raises(
        ModelMissing, match=r"strange\.safetensors needs torch.*pip install dreamreel\[torch\]"
    ):
        look(strange)


def test_networks_that_are_built_here_need_no_torch(tmp_path, monkeypatch):
    monkeypatch.setattr(torch_runtime, "find_spec", lambda _: None)
    path = safetensors(tmp_path / "a.safetensors", compact())
    assert look(path).architecture == "Compact"
    assert runner(path)(PICTURE).shape == (40, 56, 3)
    (tmp_path / "a.onnx").write_bytes(looking())
    assert runner(tmp_path / "a.onnx")(PICTURE).shape == PICTURE.shape


@needs_torch
def test_what_spandrel_does_not_know_is_refused(strange):
    with pytest.raises(BadWeights, match="does not know"):
        look(strange)


def made(module, name, **options):
    """A small network with random weights, as torch has it, and its tensors."""
    import importlib

    torch = importlib.import_module("torch")
    torch.manual_seed(1)
    net = getattr(importlib.import_module(f"spandrel.architectures.{module}"), name)(**options).eval()
    return {key: value.numpy() for key, value in net.state_dict().items()}


@needs_torch
@pytest.mark.parametrize(
    ("module", "name", "options"),
    [
        ("Compact", "Compact", {"num_feat": 16, "num_conv": 3, "upscale": 2}),
        (
            "SPAN",
            "SPAN",
            {"num_in_ch": 3, "num_out_ch": 3, "feature_channels": 16, "upscale": 2, "norm": False},
        ),
        ("ESRGAN", "ESRGAN", {"num_filters": 64, "num_blocks": 1, "scale": 4}),
        (
            "ESRGAN",
            "ESRGAN",
            {"in_nc": 12, "num_filters": 64, "num_blocks": 1, "scale": 4, "shuffle_factor": 2},
        ),
    ],
    ids=["compact", "span", "esrgan", "folded esrgan"],
)
def test_what_is_built_here_is_what_torch_computes(tmp_path, module, name, options):
    path = tmp_path / "a.safetensors"
    write_tensors(path, made(module, name, **options))
    ours = of_plain(recognised(read_tensors(path)))(PICTURE)
    assert np.allclose(ours, torch_runtime.loaded(path)(PICTURE), atol=2e-4)


@needs_torch
def test_other_architectures_run_in_torch_in_tiles(tmp_path):
    path = tmp_path / "a.safetensors"
    write_tensors(path, made("PLKSR", "RealPLKSR", dim=64, n_blocks=1, upscaling_factor=2))
    assert look(path).scale == 2
    large = np.tile(PICTURE, (3, 3, 1))
    whole, tiles = (Tiled(runner(path), most)(large) for most in (10**6, 40 * 40))
    assert np.abs(whole - tiles).max() < 0.05
