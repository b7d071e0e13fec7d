"""Which precision networks are computed in: tried once, then the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dreamreel.neural.catalog import PRECISIONS
from dreamreel.neural.machine import settle, settled, settled_before
from dreamreel.places import state_file


def test_what_was_tried_is_remembered(dreamreel_home: Path) -> None:
    assert settled_before() is None
    assert settled() in PRECISIONS
    assert settled_before() == settled()
    assert dreamreel_home in state_file("precision.json").parents


def test_what_is_written_down_holds(dreamreel_home: Path) -> None:
    assert dreamreel_home.is_dir()
    for precision in PRECISIONS:
        settle(precision)
        assert settled() == precision


def test_what_another_machine_or_nobody_wrote_is_tried_anew(dreamreel_home: Path) -> None:
    for words in ('{"machine": "another", "precision": "f32"}', '{"precision": "f64"}', "[]", "{"):
        (dreamreel_home / "precision.json").write_text(words, encoding="utf-8")
        assert settled_before() is None


def test_ctrl_c_is_heard_after_networks_came_and_went() -> None:
    """OpenVINO's cores leave the stack for signals in memory that is gone when there is more than one."""
    words = (
        "import signal; from dreamreel.neural.machine import fastest; fastest()\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "try: signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt: print('heard')"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "heard\n"
