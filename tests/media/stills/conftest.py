"""What the tests of still pictures share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.media.stills import pictures


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture called `source` in the format of a suffix."""

    def made(suffix: str, **given: bool | int) -> Path:
        return pictures.write(tmp_path / f"source.{suffix}", **given)

    return made
