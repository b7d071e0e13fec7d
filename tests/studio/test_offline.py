"""From the photo to the film without a network: nothing but this machine is spoken to, and nothing else is needed."""

from __future__ import annotations

import ast
import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cli.terminal import ROOT, environment
from tests.studio.films import astronaut, new_studio
from tests.studio.watched import WATCHED

from dreamreel import lockdown
from dreamreel.errors import DreamreelError
from dreamreel.graph import JSON
from dreamreel.studio.process import Worker, run_task

HERE = Path(__file__).resolve().parent
FLOW = """
import sys
from pathlib import Path
from tests.studio.calling import caller, sent, job_in, submitted, films
from tests.studio.serving import Serving
class Studio(Serving):
    def __init__(self, address, token):
        self.address, self.token = address, token
link, photo, out = sys.stdin.readline().strip(), Path(sys.argv[1]), Path(sys.argv[2])
address, _, token = link.partition("/?token=")
with caller(Studio(address, token)) as client:
    item = sent(client, photo)
    board = client.post("/dream", json={"text": "two sheep and a moon"}).json()["storyboard"]
    card = client.post("/estimates", json={"kind": "generate", "request": {"photo": item, "storyboard": board}}).json()
    assert card["fits"], card
    job = submitted(client, item, storyboard=board)
    assert job_in(client, job, "done", "failed")["state"] == "done"
    (film,) = films(client)
    for part in ("thumb", "poster", "preview"):
        assert client.get(f"/items/{film['id']}/{part}").status_code == 200
    for asked in ("status", "settings", "storage", "tags", "kinds", "cast", "engines", "integrity", f"jobs/{job}/log"):
        assert client.get(f"/{asked}").status_code == 200
    for page in ("create", "jobs", "library", "settings"):
        assert client.get(address + "/" + page).status_code == 200
    out.write_bytes(client.get(f"/items/{film['id']}/download", params={"recipe": "strip"}).content)
"""
"""A whole Create flow, as a program of its own."""


def apart() -> list[str]:
    """The words that run a shell script in a network namespace with loopback only. Skips where that is not allowed."""
    words = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c"]
    if sys.platform != "linux":
        pytest.skip("network namespaces are Linux's")
    tried = subprocess.run([*words, "ip link set lo up"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no network of its own here: {tried.stderr.strip()}")
    return words


@contextmanager
def watched(tmp_path: Path, script: str = '"$@"', prefix: tuple[str, ...] = ("sh", "-c")) -> Iterator[str]:
    """A studio under watch; gives the address to open."""
    log = tmp_path / "watched.log"
    words = [sys.executable, str(HERE / "watched.py"), str(log), "studio", "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*prefix, script, "sh", *words], stdout=subprocess.PIPE, text=True,
        env=environment(DREAMREEL_HOME=str(tmp_path / "home")),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        with process.stdout:
            yield process.stdout.readline()
    finally:
        process.terminate()
        process.wait(60)


def asked_for(tmp_path: Path) -> list[tuple[str, str]]:
    """What the studio asked the system for."""
    return [tuple(json.loads(line)) for line in (tmp_path / "watched.log").read_text("utf-8").splitlines()]


def is_here(told: str) -> bool:
    """Whether an address, as it was written down, is this machine's."""
    try:
        found: Any = ast.literal_eval(told)
    except (SyntaxError, ValueError):
        found = told
    host = found[0] if isinstance(found, tuple) else found
    if isinstance(host, bytes):
        host = host.decode()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def flow(link: str, photo: Path, out: Path, prefix: tuple[str, ...] = ()) -> None:
    """Do the whole flow."""
    env = {**environment(), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    words = [*prefix, sys.executable, "-c", FLOW, str(photo), str(out)]
    done = subprocess.run(words, input=link, text=True, capture_output=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_the_watch_sees(tmp_path: Path) -> None:
    script = (
        "import socket, sys; from tests.studio.watched import watch; watch(sys.argv[1])\n"
        "for port in (9, 10):\n"
        "    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one: one.connect(('192.0.2.1', port))\n"
        "socket.getaddrinfo('127.0.0.1', 80)"
    )
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "watched.log")], env=env, check=False)
    told = asked_for(tmp_path)
    assert {event for event, _ in told} <= WATCHED.keys()
    assert [is_here(address) for _, address in told] == [False, False, True]


def test_a_whole_flow_speaks_to_this_machine_only(tmp_path: Path) -> None:
    photo, out = astronaut(tmp_path / "anna.png", 256), tmp_path / "film.mp4"
    with watched(tmp_path, 'exec "$@"') as link:
        flow(link, photo, out)
    told = asked_for(tmp_path)
    assert [event for event, _ in told].count("socket.bind") >= 1
    assert [one for one in told if not is_here(one[1])] == []
    assert out.stat().st_size > 1000


def test_a_whole_flow_needs_no_network(tmp_path: Path) -> None:
    words = apart()
    photo, out = astronaut(tmp_path / "anna.png", 256), tmp_path / "film.mp4"
    pid = tmp_path / "pid"
    script = f'ip link set lo up && echo $$ > "{pid}" && exec "$@"'
    with watched(tmp_path, script, tuple(words)) as link:
        # Where the studio is, there is nothing but loopback; whoever wants to speak to it has to go there.
        me = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
        inside = ("nsenter", f"--target={pid.read_text('ascii').strip()}", "--net", *me)
        alone = subprocess.run([*inside, "ip", "-o", "link"], capture_output=True, text=True, check=True)
        assert len(alone.stdout.splitlines()) == 1
        flow(link, photo, out, inside)
    assert out.stat().st_size > 1000


# ── what a worker can reach of the studio's own ──

needs_landlock = pytest.mark.skipif(lockdown.available().level != "full", reason=lockdown.available().detail)


@needs_landlock
@pytest.mark.parametrize(
    "name", ["token", "studio.db-copy", "blobs/ab/ab", "uploads/u0.part", "work/j0/out/film.mp4"]
)
def test_a_worker_sees_only_the_file_that_it_is_given(dreamreel_home: Path, name: str) -> None:
    studio = new_studio(dreamreel_home)
    # Pictures under the names of the studio's own, so that what can be read is understood.
    private, other = studio.folders.root / name, dreamreel_home / "other"
    private.parent.mkdir(parents=True, exist_ok=True)
    astronaut(dreamreel_home / "anna.png", 64).replace(private)
    folder = studio.folders.work / "look"
    for made in (folder, other):
        made.mkdir()
    order: dict[str, JSON] = {"path": str(private), "name": "anna.png"}
    assert run_task(Worker("inspect", folder, order, read=(private,)))["width"] == 64
    with pytest.raises(DreamreelError):
        run_task(Worker("inspect", folder, order, read=(other,)))
    studio.close()
