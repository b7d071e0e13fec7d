"""A folder of models of a test's own."""

import pytest


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Where added weights go."""
    folder = tmp_path / "models"
    monkeypatch.setenv("DREAMREEL_MODELS", str(folder))
    return folder
