"""Networks built from their tensors: what they compute is what their definition says."""

import numpy as np
import pytest
from tests.neural.community.making import compact

from dreamreel.neural.community.compiled import of_plain
from dreamreel.neural.community.plain import recognised

RNG = np.random.default_rng(3)
PICTURE = RNG.random((9, 12, 3), dtype=np.float32)


def convolved(planes, kernel, bias):
    """Zero-padded 3×3 or 1×1 convolution of (C, H, W)."""
    side = kernel.shape[-1] // 2
    wide = np.pad(planes, ((0, 0), (side, side), (side, side)))
    height, width = planes.shape[1:]
    made = np.zeros((len(kernel), height, width))
    for y in range(kernel.shape[2]):
        for x in range(kernel.shape[3]):
            made += np.einsum("oc,chw->ohw", kernel[:, :, y, x], wide[:, y : y + height, x : x + width])
    return made + bias[:, None, None]


def shuffled(planes, scale):
    channels, height, width = planes.shape
    apart = planes.reshape(channels // scale**2, scale, scale, height, width)
    return apart.transpose(0, 3, 1, 4, 2).reshape(-1, height * scale, width * scale)


def leaky(planes, slope):
    return np.where(planes > 0, planes, planes * slope)


def layer(planes, tensors, name):
    return convolved(planes, tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def made_by(tensors):
    plain = recognised(tensors)
    return plain, of_plain(plain)(PICTURE).transpose(2, 0, 1)


def tensor(*shape, spread=0.1):
    return RNG.normal(0, spread, shape).astype(np.float32)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_compact(scale):
    tensors = compact(scale)
    plain, made = made_by(tensors)
    planes = x = PICTURE.transpose(2, 0, 1)
    for number in (0, 2):
        planes = leaky(layer(planes, tensors, f"body.{number}"), 0.1)
    planes = shuffled(layer(planes, tensors, "body.4"), scale) + np.kron(x, np.ones((scale, scale)))
    assert (plain.architecture, plain.scale, plain.halo) == ("Compact", scale, 3)
    assert np.allclose(made, planes.clip(0, 1), atol=1e-5)


def span(scale, normed, width=4):
    names = ["conv_1", "conv_2", *(f"block_{b}.c{c}_r" for b in range(1, 7) for c in (1, 2, 3))]
    found = {}
    for name in names:
        given = 3 if name == "conv_1" else width
        shapes = {
            "sk": (width, given, 1, 1), "conv.0": (2 * given, given, 1, 1),
            "conv.1": (2 * width, 2 * given, 3, 3), "conv.2": (width, 2 * width, 1, 1),
        }  # fmt: skip
        for part, shape in shapes.items():
            found[f"{name}.{part}.weight"] = tensor(*shape, spread=0.3)
            found[f"{name}.{part}.bias"] = tensor(shape[0])
    found |= {"conv_cat.weight": tensor(width, 4 * width, 1, 1, spread=0.4), "conv_cat.bias": tensor(width)}
    found |= {
        "upsampler.0.weight": tensor(3 * scale**2, width, 3, 3),
        "upsampler.0.bias": tensor(3 * scale**2) + 0.5,
    }
    return found if normed else found | {"no_norm": np.zeros(1, np.float32)}


@pytest.mark.parametrize("normed", [False, True])
def test_span(normed):
    tensors = span(2, normed)
    plain, made = made_by(tensors)

    def three(planes, name):
        # As it is trained: the border of zeros goes around what goes in, not between the convolutions.
        wide = layer(np.pad(planes, ((0, 0), (1, 1), (1, 1))), tensors, f"{name}.conv.0")
        middle = layer(wide, tensors, f"{name}.conv.1")[:, 1:-1, 1:-1]
        return layer(middle, tensors, f"{name}.conv.2") + layer(planes, tensors, f"{name}.sk")

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    x = PICTURE.transpose(2, 0, 1).astype(np.float64)
    if normed:
        x = (x - np.array([0.4488, 0.4371, 0.4040])[:, None, None]) * 255
    start = planes = three(x, "conv_1")
    kept = []
    for number in range(1, 7):
        one = three(planes, f"block_{number}.c1_r")
        one = one * sigmoid(one)
        two = three(one, f"block_{number}.c2_r")
        last = three(two * sigmoid(two), f"block_{number}.c3_r")
        planes = (last + planes) * (sigmoid(last) - 0.5)
        kept.append((planes, one))
    joined = np.concatenate([start, three(planes, "conv_2"), kept[0][0], kept[5][1]])
    expected = shuffled(layer(layer(joined, tensors, "conv_cat"), tensors, "upsampler.0"), 2)
    assert (plain.architecture, plain.scale, plain.halo) == ("SPAN", 2, 21)
    assert np.allclose(made, expected.clip(0, 1), atol=1e-3 if normed else 1e-4)


def esrgan(names, folded=1, width=4, grown=2):
    first, block, body, up, hr, last = names
    found = {}

    def put(name, made, given):
        found[f"{name}.weight"], found[f"{name}.bias"] = tensor(made, given, 3, 3, spread=0.2), tensor(made)

    put(first, width, 3 * folded**2)
    for dense in (1, 2, 3):
        for number in range(1, 6):
            put(block.format(dense, number), width if number == 5 else grown, width + (number - 1) * grown)
    put(body, width, width)
    for number in (1, 2):
        put(up[number - 1], width, width)
    put(hr, width, width)
    put(last, 3, width)
    found[f"{last}.bias"] += 0.5
    return found


NEW = ("conv_first", "body.0.rdb{}.conv{}", "conv_body", ("conv_up1", "conv_up2"), "conv_hr", "conv_last")
MIDDLE = (
    "conv_first",
    "RRDB_trunk.0.RDB{}.conv{}",
    "trunk_conv",
    ("upconv1", "upconv2"),
    "HRconv",
    "conv_last",
)
OLD = (
    "model.0",
    "model.1.sub.0.RDB{}.conv{}.0",
    "model.1.sub.1",
    ("model.3", "model.6"),
    "model.8",
    "model.10",
)


@pytest.mark.parametrize("names", [NEW, MIDDLE, OLD], ids=["new", "middle", "old"])
def test_esrgan_under_all_its_names(names):
    tensors = esrgan(names)
    plain, made = made_by(tensors)
    first, block, body, up, hr, last = names
    start = planes = layer(PICTURE.transpose(2, 0, 1), tensors, first)
    inner = planes
    for dense in (1, 2, 3):
        held = [inner]
        for number in range(1, 5):
            held.append(leaky(layer(np.concatenate(held), tensors, block.format(dense, number)), 0.2))
        inner = layer(np.concatenate(held), tensors, block.format(dense, 5)) * 0.2 + inner
    planes = layer(inner * 0.2 + planes, tensors, body) + start
    for name in up:
        planes = leaky(layer(np.kron(planes, np.ones((2, 2))), tensors, name), 0.2)
    planes = layer(leaky(layer(planes, tensors, hr), 0.2), tensors, last)
    assert (plain.architecture, plain.scale, plain.halo) == ("ESRGAN", 4, None)
    assert np.allclose(made, planes.clip(0, 1), atol=1e-5)


def test_a_folded_esrgan_doubles_and_wants_even_sides():
    plain = recognised(esrgan(NEW, folded=2))
    assert (plain.scale, plain.even) == (2, 2)
    assert of_plain(plain)(PICTURE[:8]).shape == (16, 24, 3)


@pytest.mark.parametrize("name", ["body.2.weight", "body.4.bias", "body.0.weight"])
def test_tensors_that_only_resemble_a_network_are_none(name):
    tensors = compact()
    if name == "body.2.weight":
        del tensors[name]
    else:
        tensors[name] = tensors[name][:-1]
    assert recognised(tensors) is None
    assert recognised({}) is None
    assert recognised({"conv.weight": np.zeros((1, 1), np.float32)}) is None
