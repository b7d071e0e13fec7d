"""`dreamreel studio` as a process: it closes in order, however it is told to, and says where it is."""

from __future__ import annotations

import signal
import sys

import pytest
from tests.cli.terminal import typed
from tests.studio.serving import running_studio

from dreamreel.studio.client import Client

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of a Unix")


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_closes_in_order(tmp_path, number):
    # Under nohup the signal is ignored, and what is started here would go on ignoring it.
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)
    with running_studio(tmp_path) as serving:
        serving.process.send_signal(number)
        assert serving.process.wait(60) == 0
    assert not (serving.folder / "address").exists()
    last = serving.log.read_text("utf-8").splitlines()[-1]
    assert last == "The studio is closed; what was not finished goes on with the next start."


def test_the_one_that_runs_is_shown_again(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path))
    with running_studio(tmp_path) as serving:
        ran = typed(capsys, "studio", "--running", "--no-browser")
        assert (ran.code, ran.out) == (0, f"{serving.address}/?token={serving.token}\n")
        again = typed(capsys, "studio", "--port", "0", "--no-browser")
        assert again.code == 5
        assert "already" in again.complaint
        with Client.connect() as client:
            assert client.status().queue.running == 0
    ran = typed(capsys, "studio", "--running")
    assert (ran.code, ran.out) == (4, "")


def test_nobody_listens_beyond_this_machine_without_a_password(tmp_path, capsys):
    assert typed(capsys, "studio", "--host", "0.0.0.0").code == 2
    ran = typed(capsys, "studio", "--host", "0.0.0.0", "--password-file", tmp_path / "none")
    assert (ran.code, ran.complaint) == (3, "The password file none cannot be read; check the name.")
