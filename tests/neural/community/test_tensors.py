"""Files of tensors: what is written is read, what is damaged is refused, and nothing of a pickle is ever run."""

import json
import os
import struct
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from tests.neural.community.making import compact, pth, safetensors

from dreamreel.errors import BadWeights
from dreamreel.neural.community.convert import to_safetensors
from dreamreel.neural.community.tensors import canonical, numbers, read_tensors
from dreamreel.neural.community.unpack import Name, unpack


def same(one, other):
    return set(one) == set(other) and all(np.array_equal(one[name], other[name]) for name in one)


def test_what_is_written_is_read(tmp_path):
    tensors = {**compact(), "half": np.ones((2, 2), np.float16), "count": np.array([1, 2], np.int64)}
    assert same(read_tensors(safetensors(tmp_path / "a.safetensors", tensors)), tensors)


def test_bfloat16_is_widened(tmp_path):
    header = json.dumps({"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes.fromhex("803f00c0"))
    assert read_tensors(path)["x"].tolist() == [1.0, -2.0]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: b"\xff" * 8 + data[8:],
        lambda data: data.replace(b"F32", b"X32"),
        lambda data: data.replace(b'"shape": [8', b'"shape": [9', 1),
        lambda data: data.replace(b"data_offsets", b"data_offsetz", 1),
        lambda data: data[:0],
    ],
)
def test_a_damaged_file_is_refused(tmp_path, change):
    path = safetensors(tmp_path / "a.safetensors", compact())
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(BadWeights, match=r"a\.safetensors is no whole safetensors file"):
        read_tensors(path)


@pytest.mark.parametrize("old", [False, True])
def test_a_pth_becomes_safetensors_in_its_locked_room(tmp_path, monkeypatch, old):
    tensors = compact()
    source = pth(tmp_path / "a.pth", {"params_ema": tensors, "iter": 5}, monkeypatch, old)
    to_safetensors(source, tmp_path / "a.safetensors")
    assert same(read_tensors(tmp_path / "a.safetensors"), tensors)


def test_tensors_that_are_views_are_read_as_they_are(tmp_path, monkeypatch):
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    source = pth(tmp_path / "a.pth", {"w": turned}, monkeypatch)
    assert np.array_equal(unpack(source)["w"], turned)


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("old", [False, True])
def test_nothing_in_a_pickle_is_run(tmp_path, monkeypatch, old):
    trap = tmp_path / "trap"
    source = pth(tmp_path / "a.pth", {"params": compact()}, monkeypatch, old, also=Evil(str(trap)))
    found = unpack(source)
    assert isinstance(found["also"], Name)
    assert found["also"].name == "mkdir"
    to_safetensors(source, tmp_path / "a.safetensors")
    assert not trap.exists()


@pytest.mark.parametrize("data", [b"", b"not weights", b"\x80\x02}q\x00.", b"PK\x03\x04 and no more"])
def test_other_files_are_refused_in_one_sentence(tmp_path, data):
    source = tmp_path / "a.pth"
    source.write_bytes(data)
    with pytest.raises(BadWeights, match=r"a\.pth"):
        to_safetensors(source, tmp_path / "a.safetensors")


@pytest.mark.parametrize("old", [False, True])
def test_whatever_is_changed_in_a_file_ends_in_one_sentence_or_in_tensors(tmp_path, monkeypatch, old):
    data = pth(tmp_path / "a.pth", {"params": compact()}, monkeypatch, old).read_bytes()
    rng, path = np.random.default_rng(1), tmp_path / "b.pth"
    for _ in range(150):
        changed = bytearray(data)
        for at in rng.integers(0, len(data), 4):
            changed[at] = rng.integers(256)
        path.write_bytes(changed[: rng.integers(len(data) // 2, len(data) + 1)])
        with suppress(BadWeights):
            assert all(one.dtype.kind == "f" for one in canonical(unpack(path)).values())


def test_a_program_is_told_from_tensors(tmp_path):
    path = tmp_path / "a.pt"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a/data.pkl", b"\x80\x02}q\x00.")
        made.writestr("a/code/net.py", "")
    with pytest.raises(BadWeights, match=r"a\.pt is a program"):
        unpack(path)


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path, monkeypatch):
    source, less = pth(tmp_path / "a.pth", {"w": np.zeros(5, np.float32)}, monkeypatch), tmp_path / "b.pth"
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(less, "w") as made:
        made.writestr("made/data.pkl", given.read("made/data.pkl"))
        made.writestr("made/data/0", given.read("made/data/0")[:16])
    with pytest.raises(BadWeights, match="whole"):
        unpack(less)


def test_the_tensors_are_taken_out_of_their_wrapping():
    tensors = compact()
    wrapped = {"epoch": 3, "state_dict": {f"module.{name}": one for name, one in tensors.items()}}
    assert same(canonical(wrapped), tensors)
    assert numbers(tensors) == sum(one.size for one in tensors.values())
