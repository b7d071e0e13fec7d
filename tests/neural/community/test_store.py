"""Weights that are added: recognised, agreed to, whole, verified at every use, and gone when they are removed."""

import hashlib
import json

import numpy as np
import pytest
from tests.neural.community.making import card as making_card
from tests.neural.community.making import compact, looking, pth, safetensors

from dreamreel.errors import BadParameter, BadWeights, InputMissing, ModelMissing, NotFound, UsageError
from dreamreel.neural.community import catalog
from dreamreel.neural.community.store import add, card, identify, installed, remove, usable, verified


def yes(_):
    return True


@pytest.fixture
def weights(tmp_path):
    return safetensors(tmp_path / "My Weights_2x.safetensors", compact())


@pytest.fixture
def listed(weights, monkeypatch):
    """The weights, as if the catalogue knew them as made-x2."""
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    row = catalog.Card(
        name="made-x2", purpose="tests", use="enlarge", architecture="Compact", scale=2, file="made.safetensors",
        sha256=digest, bytes=weights.stat().st_size, licence="BSD-3-Clause", author="nobody", origin="this test",
    )  # fmt: skip
    rows = {"made-x2": row}
    for module in ("catalog", "store", "fetch"):
        monkeypatch.setattr(f"dreamreel.neural.community.{module}.known", lambda: rows)
    return row


def test_unknown_weights_are_looked_into_and_said_to_be_unknown(models, weights):
    asked = []
    one = add(weights, lambda row: asked.append(row) or True)
    assert asked == [one.card]
    assert (one.card.name, one.card.architecture, one.card.scale) == ("my-weights-2x", "Compact", 2)
    assert (one.card.licence, one.card.terms.commercial, one.known) == ("unknown", False, False)
    assert one.parameters == sum(tensor.size for tensor in compact().values())
    assert installed() == {"my-weights-2x": one}
    assert one.path.read_bytes() == weights.read_bytes()


def test_known_weights_are_recognised_whatever_they_are_called(models, weights, listed):
    one = add(weights, yes)
    assert (one.card, one.known, one.path.name) == (listed, True, "made.safetensors")
    assert one.accepted


def test_without_agreement_nothing_is_added(models, weights):
    with pytest.raises(UsageError, match="not accepted, so nothing was added"):
        add(weights, lambda _: False)
    assert installed() == {}
    assert not models.exists()


def test_a_pth_is_kept_as_safetensors_and_known_by_its_own_hash(models, tmp_path, monkeypatch):
    source = pth(tmp_path / "a.pth", {"params": compact()}, monkeypatch)
    monkeypatch.setenv("DREAMREEL_MODELS", str(models))
    one = add(source, yes)
    assert one.path.name == "a.safetensors"
    assert one.card.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert verified(one) == one.path
    assert sorted(path.name for path in models.iterdir()) == ["a.safetensors", "a.safetensors.json"]


def test_other_weights_of_the_same_name_need_another_one(models, weights, tmp_path):
    add(weights, yes)
    other = safetensors(tmp_path / "my-weights-2x.safetensors", compact(seed=2))
    with pytest.raises(BadParameter, match="--name"):
        add(other, yes)
    assert add(other, yes, "second").card.name == "second"
    with pytest.raises(BadParameter, match="a–z"):
        add(safetensors(tmp_path / "c.safetensors", compact(seed=3)), yes, "../c")


def test_adding_twice_changes_nothing(models, weights):
    assert add(weights, yes) == add(weights, yes)


def test_weights_that_were_changed_are_refused(models, weights):
    one = add(weights, yes)
    data = bytearray(one.path.read_bytes())
    data[-1] ^= 1
    one.path.write_bytes(data)
    with pytest.raises(BadWeights, match="changed or is damaged"):
        verified(one)


def test_missing_weights_are_told_with_what_to_do(models, listed):
    with pytest.raises(ModelMissing, match=r"get made\.safetensors from this test, .*dreamreel models add"):
        usable("made-x2")
    with pytest.raises(NotFound, match="dreamreel models"):
        usable("nothing")


def test_face_finders_make_nothing_larger(models):
    with pytest.raises(BadParameter, match="find faces"):
        usable("yunet")


def test_removed_weights_are_gone(models, weights):
    add(weights, yes)
    remove("my-weights-2x")
    assert installed() == {}
    assert list(models.iterdir()) == []
    with pytest.raises(ModelMissing, match="not installed"):
        remove("my-weights-2x")


def test_a_file_of_the_catalogue_may_be_put_there_by_hand(models, weights, listed):
    models.mkdir()
    (models / listed.file).write_bytes(weights.read_bytes())
    assert installed()["made-x2"].accepted == ""
    assert verified(usable("made-x2"))
    assert card("made-x2") is listed


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"weights": 1}', '{"weights": 1, "card": {"x": 1}, "file": "a"}']
)
def test_records_that_are_none_are_passed_over(models, text):
    models.mkdir()
    (models / "a.json").write_text(text)
    assert installed() == {}


def test_a_record_names_no_file_elsewhere(models, weights, tmp_path):
    one = add(weights, yes)
    record = models / f"{one.path.name}.json"
    row = json.loads(record.read_text())
    record.write_text(json.dumps({**row, "file": "../../outside.safetensors"}))
    (tmp_path.parent / "outside.safetensors").write_bytes(b"x")
    assert installed() == {}


def test_onnx_is_looked_into_by_its_graph(models, tmp_path):
    path = tmp_path / "soft.onnx"
    path.write_bytes(looking())
    one = add(path, yes)
    assert (one.card.architecture, one.card.scale, one.card.use) == ("ONNX", 1, "restore")
    assert one.parameters >= 3 * 3 * 25


def test_known_weights_for_torch_may_be_added_before_torch(models, tmp_path, monkeypatch):
    monkeypatch.setattr("dreamreel.neural.community.torch_runtime.find_spec", lambda _: None)
    path = safetensors(tmp_path / "a.safetensors", {"strange.weight": np.ones((2, 3), np.float32)})
    with pytest.raises(ModelMissing, match="needs torch"):
        add(path, yes)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    row = making_card(name="strange", file="a.safetensors", sha256=digest)
    for module in ("catalog", "store"):
        monkeypatch.setattr(f"dreamreel.neural.community.{module}.known", lambda: {"strange": row})
    assert add(path, yes).parameters == 6


@pytest.mark.parametrize("name", ["a.txt", "a.onnx", "a.safetensors", "a.pth"])
def test_what_is_no_weights_is_refused(models, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"hello")
    with pytest.raises(BadWeights, match=rf"a\.{name[2:]}"):
        add(path, yes)
    with pytest.raises(InputMissing, match="no file"):
        identify(tmp_path / "gone.pth")
