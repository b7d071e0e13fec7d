"""Worker processes: the same frames as here, death survived once, everything gone when stopped."""

import os
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image

import dreamreel
from dreamreel.errors import Cancelled, NotMedia, RenderFailed
from dreamreel.ops.source import content_hash
from dreamreel.render.threads import Ahead, Cancel

BOARD = {"setting": {"kind": "night_sky"}, "actors": [{"kind": "sheep"}]}


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "a.png"
    shades = np.linspace(40, 220, 160, dtype=np.uint8)
    Image.fromarray(np.broadcast_to(shades[None, :, None], (96, 160, 3)).copy()).save(path)
    return path


def dream(photo, duration=2):
    from dreamreel.clip import Clip
    from dreamreel.ops.generate import Generate

    op = Generate(
        str(photo), content_hash(photo), BOARD, 160, 96, Fraction(duration), Fraction(12), sound="none"
    )
    return Clip.of(op)


def workers():
    return [
        child
        for child in psutil.Process().children()
        if "dreamreel.render.worker" in " ".join(child.cmdline())
    ]


def test_a_dream_is_drawn_by_processes_and_is_the_same_again(photo, tmp_path):
    events = []
    one = dream(photo).write(tmp_path / "a.mp4", on_event=events.append)
    two = dream(photo).write(tmp_path / "b.mp4", store=tmp_path / "home")
    assert one.read_bytes() == two.read_bytes()
    assert events[-1].segments == 2
    with av.open(str(one)) as source:
        assert len(list(source.decode(video=0))) == 24
    assert workers() == []


def test_a_worker_that_dies_is_replaced(photo, tmp_path):
    killed = []

    def kill(event):
        if not killed and event.stage == "picture" and workers():
            killed.append(workers()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    out = dream(photo).write(tmp_path / "a.mp4", on_event=kill)
    assert killed
    assert out.read_bytes() == dream(photo).write(tmp_path / "b.mp4", store=tmp_path / "home").read_bytes()


def test_a_segment_that_kills_twice_is_one_sentence(photo, tmp_path, monkeypatch):
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import sys, os\nif 'dreamreel.render.worker' in ' '.join(sys.orig_argv): os._exit(9)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(RenderFailed, match="ended twice"):
        dream(photo).write(tmp_path / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


def test_a_workers_error_is_the_users_sentence(photo, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_text("not a picture")
    with pytest.raises(NotMedia, match=r"broken\.png"):
        dream(broken).write(tmp_path / "a.mp4")


def test_cancel_ends_every_worker(photo, tmp_path):
    cancel = Cancel()

    def stop(event):
        if event.stage == "picture":
            cancel.set()

    with pytest.raises(Cancelled):
        dream(photo, 4).write(tmp_path / "a.mp4", cancel=cancel, on_event=stop)
    assert workers() == []
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dreamreel")]


def test_a_worker_ends_with_its_input(tmp_path):
    source = str(Path(__file__).parent.parent.parent / "src")
    clip = dreamreel.colour("red", 64, 64, 1)
    from dreamreel.render.local import Work
    from dreamreel.render.plan import make_plan
    from dreamreel.render.target import Target

    work = Work(make_plan(clip.node, Path("a.mp4"), Target()), Path("a.mp4"), Target())
    env = {**os.environ, "PYTHONPATH": source, "DREAMREEL_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "dreamreel.render.worker"], input=work.to_json() + '\n{"segment": 0}\n', env=env,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"done": 25' in done.stdout
    assert len(list(tmp_path.glob("segments/*/*.mp4"))) == 1


def test_a_stage_that_is_left_early_is_ended():
    ended = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            ended.set()

    with Ahead(endless, Cancel(), depth=2) as items:
        assert next(items) == 1
    assert ended.is_set()


def test_an_error_of_a_stage_is_raised_where_it_is_used():
    def failing():
        yield 1
        raise RenderFailed("broken.")

    with Ahead(failing, Cancel()) as items:
        assert next(items) == 1
        with pytest.raises(RenderFailed, match="broken"):
            next(items)


def test_a_raised_flag_stops_the_consumer():
    cancel = Cancel()

    def slow():
        yield 1
        cancel.set()
        yield 2

    with Ahead(slow, cancel) as items, pytest.raises(Cancelled):
        list(items)
