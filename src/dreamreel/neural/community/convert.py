"""`.pth` to safetensors, in a process that can do nothing else.

    here: python -m dreamreel.neural.community.convert SOURCE TARGET ─► locked room: one file to read, one to write

The reader runs nothing of what a file contains (see `unpack`); should it be deceived all the same, the process has no
network, no other files, little memory and little time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from dreamreel.errors import BadWeights

__all__ = ["to_safetensors"]

_SECONDS = 300
_MEMORY = 2 * 2**30
_COPIES = 6
"""How often all tensors may lie in memory at once, file and intermediate steps included."""
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")


def to_safetensors(source: Path, target: Path) -> None:
    """Write the tensors of a `.pth` file to `target`, an empty file. Raises `BadWeights`."""
    target.touch()
    package = str(Path(__file__).resolve().parents[3])
    own = {name: os.environ[name] for name in _KEPT if name in os.environ}
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", __name__, str(source.resolve()), str(target.resolve())],
        capture_output=True, text=True, check=False, timeout=2 * _SECONDS,
        env={**own, **quiet, "PYTHONPATH": package},
    )  # fmt: skip
    if ran.returncode == 0:
        return
    told = ran.stdout.strip().splitlines()[-1:] if ran.returncode == BadWeights.exit_code else []
    raise BadWeights(
        json.loads(told[0])["error"]
        if told
        else f"{source.name} made the process that read it end; it is damaged, too large, or made to do harm."
    )


def _main(source: Path, target: Path) -> int:
    from dreamreel.lockdown import Policy, confine

    size = source.stat().st_size
    confine(Policy(read=(source,), write=(target,), memory=_MEMORY + _COPIES * size,
                   file_size=2 * size + 2**20, cpu=_SECONDS))  # fmt: skip

    from dreamreel.neural.community.tensors import canonical, write_tensors
    from dreamreel.neural.community.unpack import unpack

    try:
        tensors = canonical(unpack(source))
        if not tensors:
            raise BadWeights(
                f"{source.name} holds no tensors by name; only such files of weights can be read."
            )
        write_tensors(target, tensors)
    except BadWeights as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return BadWeights.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), Path(sys.argv[2])))
