"""A real studio for tests: `dreamreel studio` as a process of its own, on a free port, with a home of its own.

with running_studio(tmp_path) as studio:
    studio.address, studio.token            # http://127.0.0.1:40123, what lets in
    studio.kill(); studio.restart()         # SIGKILL; a new process, same data, same port
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from tests.cli.terminal import command, environment

__all__ = ["LONGEST_S", "Serving", "running_studio"]

LONGEST_S = 60
"""Nothing here takes this long; it only keeps a broken studio from hanging."""


class Serving:
    """A studio that runs, and the means to stop and start it."""

    def __init__(self, home: Path, options: tuple[str, ...], env: dict[str, str]) -> None:
        self.home, self._options, self._env = home, options, env
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "server.log"
        self.address = self.token = ""
        self.process = self._start("0")

    @property
    def folder(self) -> Path:
        """Its data folder."""
        return self.home / "studio"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def environment(self) -> dict[str, str]:
        """What a command needs in order to find this studio."""
        return {"DREAMREEL_HOME": str(self.home), **self._env}

    def _start(self, port: str) -> subprocess.Popen[str]:
        with self.log.open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                command("studio", "--port", port, "--no-browser", *self._options),
                env=environment(**self.environment()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        # The first line is the address; from then on connections are taken.
        link = process.stdout.readline().strip()
        process.stdout.close()
        if not link:
            process.wait(LONGEST_S)
            raise AssertionError(f"the studio did not start:\n{self.log.read_text('utf-8')}")
        self.address, _, self.token = link.partition("/?token=")
        return process

    def stop(self) -> int:
        """Ask it to end (SIGTERM), and say how it did."""
        self.process.terminate()
        try:
            return self.process.wait(LONGEST_S)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it and all its workers as if the power had gone (SIGKILL)."""
        if self.process.poll() is not None:
            return
        workers = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait(LONGEST_S)
        for worker in workers:
            if worker.is_running():
                worker.kill()
        psutil.wait_procs(workers, LONGEST_S)

    def restart(self) -> None:
        """Start it again, on the same data and the same port."""
        if self.process.poll() is None:
            self.stop()
        self.process = self._start(str(self.port))


@contextmanager
def running_studio(home: Path, *options: str, **env: str) -> Iterator[Serving]:
    """A studio with the home folder `home`; `options` are of `dreamreel studio`, `env` more of its environment."""
    serving = Serving(home, options, env)
    try:
        yield serving
    finally:
        if serving.process.poll() is None:
            serving.stop()
