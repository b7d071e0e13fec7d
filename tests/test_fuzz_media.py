"""A few dozen of the mutations that `python -m tests.fuzz_media` makes by the thousand."""

from __future__ import annotations

import sys

import pytest
from tests.fuzz_media import MUTATIONS, SEEDS, mutated, run

from dreamreel.lockdown import available


def test_a_mutation_is_made_again_by_its_number():
    sources = {"a.mp4": bytes(range(256)) * 20, "b.wav": b"RIFF" * 500}
    assert [mutated(n, sources) for n in range(40)] == [mutated(n, sources) for n in range(40)]
    assert len({mutated(n, sources)[1] for n in range(40)}) > 35
    assert len(MUTATIONS) >= 6
    assert len(SEEDS) >= 15


@pytest.mark.skipif(sys.platform != "linux", reason="leaks are read from /proc")
@pytest.mark.skipif(available().level == "none", reason=available().detail)
def test_damaged_media_are_read_or_refused(tmp_path):
    tally = run(range(7000, 7048), tmp_path)
    assert tally.wrong == []
    assert sum(tally.ended.values()) == 3 * 48
