"""Networks read as ONNX: which can be used, and how far they look."""

import numpy as np
import pytest
from tests.neural.community.making import looking, onnx, shifting, wide

from dreamreel.errors import BadWeights
from dreamreel.neural.catalog import network, weights
from dreamreel.neural.community.compiled import of_onnx

ONE = {"w": np.ones((3, 3, 1, 1), np.float32)}


@pytest.fixture
def file(tmp_path):
    def written(data):
        path = tmp_path / "a.onnx"
        path.write_bytes(data)
        return path

    return written


@pytest.mark.parametrize("reach", [0, 1, 3])
def test_how_far_a_network_looks_is_seen_in_its_graph(file, reach):
    assert of_onnx(file(looking(reach=reach)))[0].halo == reach


def test_a_network_of_our_own_looks_as_far_as_is_known(file):
    own = network("clean-s-x2")
    found, count = of_onnx(file(weights(own)))
    assert (found.scale, found.halo) == (2, own.halo)
    assert count >= own.parameters


def test_a_network_that_sees_all_has_no_halo(file):
    assert of_onnx(file(wide()))[0].halo is None


def test_the_result_is_clipped_and_as_large_as_it_should_be(file):
    run, _ = of_onnx(file(shifting(np.eye(3) * 3, [0, 0, 0])))
    made = run(np.full((4, 6, 3), 0.5, np.float32))
    assert made.shape == (8, 12, 3)
    assert (made == 1).all()


@pytest.mark.parametrize(
    "data",
    [
        onnx([("Conv", ["x", "w"], "y", {})], {"w": np.ones((1, 3, 1, 1), np.float32)}),
        onnx([("Conv", ["x", "w"], "y", {})], {"w": np.ones((3, 1, 1, 1), np.float32)}, channels=1),
        onnx([("Conv", ["x", "w"], "y", {"strides": [2, 2]})], ONE),
        onnx([("Add", ["x", "z"], "y", {})], {}, inputs=("x", "z")),
        b"not a network",
        b"",
    ],
    ids=["one colour out", "one colour in", "smaller", "two pictures in", "words", "empty"],
)
def test_other_networks_are_refused(file, data):
    with pytest.raises(BadWeights, match=r"a\.onnx does not make one picture"):
        of_onnx(file(data))
