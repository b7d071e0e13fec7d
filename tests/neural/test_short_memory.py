"""Too little memory for a tile: smaller tiles, said, and the same picture."""

import subprocess
import sys

import numpy as np
import pytest
from tests.conftest import ROOT
from tests.neural.moving import samples, still

from dreamreel.neural.catalog import network
from dreamreel.neural.enlarge import Enlarger

SIZE = (960, 544)

CHILD = """
import logging, pathlib, resource, sys
import numpy as np
from tests.neural.moving import samples, still
from dreamreel.neural.catalog import network
from dreamreel.neural.enlarge import Enlarger

logging.basicConfig(format="%(message)s")
width, height = int(sys.argv[1]), int(sys.argv[2])
form = (network("clean-m-x2"), "yuv420p")
Enlarger(*form, 64, 48, "f32")(still("yuv420p", 64, 48))  # What is loaded once is loaded.
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200 * 2**20,) * 2)
film = [(seed, still("yuv420p", width, height, seed)) for seed in range(1, 3)]
made = list(Enlarger(*form, width, height, "f32", tile=width * height, lanes=int(sys.argv[4])).through(film))
np.save(sys.argv[3], np.stack([samples(frame)[0] for _, frame in made]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
@pytest.mark.parametrize("lanes", [1, 2])
def test_tiles_become_smaller_and_the_picture_stays_the_same(tmp_path, lanes):
    args = [sys.executable, "-c", CHILD, *map(str, SIZE), str(tmp_path / "luma.npy"), str(lanes)]
    done = subprocess.run(args, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "not enough memory for tiles of 960×544; going on with tiles of 480×544" in done.stderr
    plain = Enlarger(network("clean-m-x2"), "yuv420p", *SIZE, "f32")
    for seed, luma in enumerate(np.load(tmp_path / "luma.npy"), 1):
        assert np.array_equal(luma, samples(plain(still("yuv420p", *SIZE, seed)))[0])
