"""What the tests of this room share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.media.make import cfr_timing, click_track, write_film


@pytest.fixture(scope="session")
def film_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of 24 fps bars with a click, as MP4, encoded once."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_film(path, cfr_timing(48, Fraction(24)), rate=Fraction(24), sound=click_track())
    return path.read_bytes()


@pytest.fixture
def film(tmp_path: Path, film_bytes: bytes) -> Path:
    """The film as a file of the test's own."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film_bytes)
    return path
