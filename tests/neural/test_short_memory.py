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
made = Enlarger(*form, width, height, "f32", tile=width * height)(still("yuv420p", width, height))
np.save(sys.argv[3], samples(made)[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_tiles_become_smaller_and_the_picture_stays_the_same(tmp_path):
    args = [sys.executable, "-c", CHILD, *map(str, SIZE), str(tmp_path / "luma.npy")]
    done = subprocess.run(args, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "not enough memory for tiles of 960×544; going on with tiles of 480×544" in done.stderr
    plain = Enlarger(network("clean-m-x2"), "yuv420p", *SIZE, "f32")(still("yuv420p", *SIZE))
    assert np.array_equal(np.load(tmp_path / "luma.npy"), samples(plain)[0])
