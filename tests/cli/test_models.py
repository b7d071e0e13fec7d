"""`dreamreel models`: what there is, and how weights come and go."""

import hashlib

import pytest
from tests.cli.terminal import typed
from tests.neural.community.making import compact, looking, safetensors

from dreamreel.neural.catalog import shipped
from dreamreel.neural.community.catalog import known


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch):
    folder = tmp_path / "models"
    monkeypatch.setenv("DREAMREEL_MODELS", str(folder))
    return folder


@pytest.fixture
def weights(tmp_path):
    return safetensors(tmp_path / "my-x2.safetensors", compact())


def test_all_networks_are_listed_under_where_they_are(capsys, weights):
    typed(capsys, "models", "add", weights, "--accept-licence")
    out = typed(capsys, "models").out
    parts = [
        out.index(words) for words in ("Shipped with", "clean-m-x2", "Installed", "my-x2", "Known", "span-x4")
    ]
    assert parts == sorted(parts)
    assert "CC-BY-NC-SA-4.0, not for money" in " ".join(out.split())


@pytest.mark.parametrize("words", [("models", "--json"), ("models", "list", "--json")])
def test_as_data_each_network_is_a_line(capsys, words):
    rows = typed(capsys, *words).events
    assert [row["name"] for row in rows] == [one.name for one in shipped()] + list(known())
    assert all(set(row) == set(rows[0]) for row in rows)
    assert {row["name"] for row in rows if row["installed"]} == {one.name for one in shipped()}


def test_a_card_shows_hash_numbers_and_terms(capsys, weights):
    card = " ".join(typed(capsys, "models", "show", "realesrgan-x4plus").out.split())
    for words in (
        "67040989 bytes",
        known()["realesrgan-x4plus"].sha256,
        "BSD 3-Clause",
        "For money yes",
        "v0.1.0",
    ):
        assert words in card
    typed(capsys, "models", "add", weights, "--accept-licence")
    row = typed(capsys, "models", "show", "my-x2", "--json").events[0]
    assert (row["licence"], row["known"], row["parameters"]) == ("unknown", False, 1700)


def test_the_licence_is_shown_and_must_be_agreed_to(capsys, models, weights):
    ran = typed(capsys, "models", "add", weights)
    assert ran.code == 2
    assert "is not in the catalogue" in ran.err
    assert "Unknown (unknown)" in ran.err
    assert "not accepted" in ran.complaint
    assert not models.exists()
    ran = typed(capsys, "models", "add", weights, "--accept-licence", "--json")
    assert ran.code == 0
    assert ran.events[0]["path"] == str(models / "my-x2.safetensors")


def test_an_agreement_is_asked_for_on_a_terminal(capsys, models, weights, monkeypatch):
    asked = []
    monkeypatch.setattr("dreamreel.cli.models.confirm", lambda words: asked.append(words) or True)
    assert typed(capsys, "models", "add", weights).code == 0
    assert asked == ["Do you accept this licence?"]


def test_weights_can_be_called_something_else(capsys, weights):
    assert typed(capsys, "models", "add", weights, "--name", "mine", "--accept-licence").code == 0
    assert typed(capsys, "models", "show", "mine").code == 0
    assert typed(capsys, "models", "remove", "mine").code == 0
    ran = typed(capsys, "models", "remove", "mine")
    assert (ran.code, "not installed" in ran.complaint) == (4, True)


def test_fetching_verifies_what_comes(capsys, models, tmp_path, monkeypatch):
    path = tmp_path / "soft.onnx"
    path.write_bytes(looking())
    row = known()["deh264-realplksr"]
    ran = typed(capsys, "models", "pull", row.name, "--from", path.as_uri(), "--accept-licence")
    assert ran.code in (3, 6)
    assert not list(models.glob("*.onnx"))
    from dataclasses import replace

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    right = {row.name: replace(row, sha256=digest, bytes=path.stat().st_size)}
    for module in ("catalog", "store", "fetch"):
        monkeypatch.setattr(f"dreamreel.neural.community.{module}.known", lambda: right)
    ran = typed(capsys, "models", "pull", row.name, "--from", path.as_uri())
    assert (ran.code, "Creative Commons" in ran.err) == (2, True)
    ran = typed(capsys, "models", "pull", row.name, "--from", path.as_uri(), "--accept-licence")
    assert (ran.code, ran.out.strip()) == (0, str(models / row.file))


def test_an_address_must_be_given(capsys):
    ran = typed(capsys, "models", "pull", "span-x4")
    assert (ran.code, "ADDRESS is missing" in ran.complaint) == (2, True)
    ran = typed(capsys, "models", "show", "nothing")
    assert (ran.code, "dreamreel models" in ran.complaint) == (2, True)
