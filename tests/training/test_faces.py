"""Pictures of faces for training are cut out of photos."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import skimage
from numpy.typing import NDArray
from training.faces import around, cuttings

_SHIPPED = Path(skimage.__file__).parent / "data"


def spot(side: int, wide: int) -> NDArray[np.uint8]:
    """A white square, `wide` pixels wide, in the middle of a dark one."""
    made = np.full((side, side, 3), 40, np.uint8)
    low = (side - wide) // 2
    made[low : low + wide, low : low + wide] = 255
    return made


def test_a_face_is_cut_out_at_several_sizes_but_never_enlarged() -> None:
    cut = list(around(spot(600, 100), [(300.0, 300.0, 100.0)]))
    widths = [int((one[one.shape[0] // 2] > 200).all(1).sum()) for one in cut]
    assert [abs(wide - size) <= 1 for wide, size in zip(widths, (96, 66, 46, 32), strict=True)] == [True] * 4


def test_no_picture_is_too_small_to_be_worsened() -> None:
    cut = list(around(spot(120, 50), [(10.0, 60.0, 50.0)]))
    assert cut
    assert all(min(one.shape[:2]) == 288 for one in cut)


def test_faces_are_found_without_a_model_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DREAMREEL_MODELS", raising=False)
    (tmp_path / "people").mkdir()
    (tmp_path / "things").mkdir()
    shutil.copy(_SHIPPED / "astronaut.png", tmp_path / "people")
    shutil.copy(_SHIPPED / "coffee.png", tmp_path / "things")
    assert len(cuttings([tmp_path / "people"])) >= 3
    with pytest.raises(FileNotFoundError, match="no faces in 1 files and folders, such as things"):
        cuttings([tmp_path / "things"])
