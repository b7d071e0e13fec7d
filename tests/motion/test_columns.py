import numpy as np
import pytest

from dreamreel.errors import RecipeInvalid
from dreamreel.motion.columns import pack, unpack


def test_a_table_comes_back():
    table = np.array([[0, 5, -3], [40_000, 5, 2**30], [3_600_000_000 // 2, 6, -7]], np.int64)
    assert (unpack(pack(table), 3) == table).all()


def test_an_hour_is_short():
    rows = np.arange(1000)
    table = np.stack([rows * 40_000, rows * 0, *np.rint(900 * np.sin(rows / [[3], [5], [9], [14]]))], axis=1)
    assert len(pack(table.astype(np.int64))) < 12 * len(rows)


@pytest.mark.parametrize("text", ["", "?", "AAAA", pack(np.zeros((3, 4), np.int64))[:-6]])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(RecipeInvalid, match="measurements"):
        unpack(text, 6)
