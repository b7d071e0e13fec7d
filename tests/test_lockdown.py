"""The sandbox: what a confined process can no longer do, what it still can, and what is said where it can do more."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.terminal import ROOT, photo

from dreamreel import lockdown
from dreamreel.lockdown import available, system_paths

LEVEL = available()
needs_landlock = pytest.mark.skipif(LEVEL.level != "full", reason=LEVEL.detail)

OPENING = """
import json, os, sys
from pathlib import Path
from dreamreel.lockdown import Policy, confine
given, work, other = (Path(argument) for argument in sys.argv[1:])
said = {}
def attempt(name, act):
    try:
        result = act()
        said[name] = "done"
        return result
    except MemoryError:
        said[name] = "MemoryError"
    except OSError as error:
        said[name] = type(error).__name__
"""

CLOSING = """
print(json.dumps(said))
"""


class Rooms(NamedTuple):
    """The folders of a confined process, and what it must not reach."""

    given: Path
    work: Path
    other: Path
    home: Path


def rooms(root: Path) -> Rooms:
    found = Rooms(root / "given", root / "work", root / "other", root / "house")
    for folder in found:
        folder.mkdir(parents=True)
    (found.other / "secret.txt").write_text("of somebody else", encoding="utf-8")
    (found.home / ".netrc").write_text("of the owner", encoding="utf-8")
    photo(found.given / "anna.png")
    return found


def child(places: Rooms, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own. It gets the folders as `given`, `work` and `other`, and confines itself."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(places.home), "TMPDIR": str(places.work),
        "DREAMREEL_HOME": str(places.work / "home"),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", OPENING + textwrap.dedent(code) + CLOSING, *map(str, places[:3])],
        env=environment, cwd=places.work, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip


def confined(places: Rooms, code: str, policy: str = "read=(given,), write=(work,)") -> dict[str, str]:
    """What code says after `confine`, which must have succeeded in full."""
    first = f"level = confine(Policy({policy}))\nassert level.level == 'full', level\n"
    ran = child(places, first + textwrap.dedent(code))
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How every attempt ended, all of them in one process."""
    return confined(
        rooms(tmp_path_factory.mktemp("confined")),
        """
        intel = os.uname().machine == "x86_64"
        import ctypes, fcntl, resource, signal, socket, struct, subprocess, termios
        libc = ctypes.CDLL(None, use_errno=True)
        def call(*arguments):
            if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
                raise OSError(ctypes.get_errno(), "refused")
        home = Path(os.environ["HOME"])
        attempt("read accounts", Path("/etc/passwd").read_bytes)
        attempt("read accounts round the corner", Path("/proc/self", "root", "etc/passwd").read_bytes)
        attempt("read home", (home / ".netrc").read_bytes)
        attempt("list home", lambda: os.listdir(home))
        attempt("read other folder", (other / "secret.txt").read_bytes)
        attempt("list temporary files", lambda: os.listdir("/tmp"))
        attempt("list processes", lambda: os.listdir("/proc"))
        attempt("read command line of parent", Path(f"/proc/{os.getppid()}/cmdline").read_bytes)
        attempt("write other folder", lambda: (other / "new").write_bytes(b"x"))
        attempt("empty other file", lambda: os.truncate(other / "secret.txt", 0))
        attempt("remove other file", (other / "secret.txt").unlink)
        attempt("write input", lambda: (given / "anna.png").write_bytes(b"x"))
        attempt("write package", lambda: (Path(sys.modules["dreamreel.lockdown"].__file__)).open("r+b"))
        attempt("link away", lambda: (work / "result.mp4").symlink_to(other / "secret.txt"))
        attempt("hard link", lambda: (work / "hard").hardlink_to(other / "secret.txt"))
        attempt("pipe with a name", lambda: os.mkfifo(work / "fifo"))
        attempt("move out", lambda: (work / "x").write_bytes(b"x") and (work / "x").rename(other / "x"))
        attempt("tcp", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        attempt("tcp 6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
        attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
        attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
        attempt("message bus", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        attempt("datagram pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
        attempt("raw pair", lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW))
        attempt("signal parent", lambda: os.kill(os.getppid(), 0))
        attempt("limit parent", lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)))
        attempt("io_uring", lambda: call(425, 1, 0))
        attempt("ptrace", lambda: call(101 if intel else 117, 16, os.getppid(), 0, 0))
        attempt("namespace by unshare", lambda: call(272 if intel else 97, 0x10000000))
        attempt("namespace by clone", lambda: call(56 if intel else 220, 0x10000011, 0, 0, 0, 0))
        attempt("type into terminal", lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"))
        attempt("start another program", lambda: subprocess.run([work / "own"], check=True)
            if (work / "own").write_text("#!/bin/sh") and not (work / "own").chmod(0o700) else None)

        attempt("read input", (given / "anna.png").read_bytes)
        attempt("write work", lambda: (work / "a").write_bytes(b"x"))
        attempt("make folder, rename into it, remove", lambda: (
            (work / "d").mkdir(), (work / "a").rename(work / "d/b"), (work / "d/b").unlink(), (work / "d").rmdir()))
        attempt("null", lambda: subprocess.DEVNULL and open(os.devnull, "w").write("x"))
        attempt("pair", socket.socketpair)
        attempt("own memory", Path("/proc/meminfo").read_bytes)
        def killed():
            process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
            process.kill()
            if process.wait() != -signal.SIGKILL:
                raise OSError
        attempt("kill own child", killed)
        def forked():
            if (pid := os.fork()) == 0:
                signal.pause()
            os.kill(pid, signal.SIGTERM)
            if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != -signal.SIGTERM:
                raise OSError
        attempt("kill own fork", forked)
        """,
    )


@needs_landlock
@pytest.mark.parametrize(
    "what",
    [
        "read accounts", "read accounts round the corner", "read home", "list home", "read other folder",
        "list temporary files", "list processes", "read command line of parent", "write other folder",
        "empty other file", "remove other file", "write input", "write package", "link away", "pipe with a name",
        "tcp", "tcp 6", "udp", "netlink", "packet", "message bus", "datagram pair", "raw pair", "signal parent",
        "limit parent", "io_uring", "ptrace", "namespace by unshare", "namespace by clone", "type into terminal",
        "start another program",
    ],
)  # fmt: skip
def test_refused(said: dict[str, str], what: str) -> None:
    assert said[what] == "PermissionError"


@needs_landlock
@pytest.mark.parametrize("what", ["hard link", "move out"])
def test_nothing_is_carried_over_the_border(said: dict[str, str], what: str) -> None:
    assert said[what] in {"PermissionError", "OSError"}  # EXDEV where another disk is pretended.


@needs_landlock
@pytest.mark.parametrize(
    "what",
    ["read input", "write work", "make folder, rename into it, remove", "null", "pair", "own memory", "kill own child",
     "kill own fork"],
)  # fmt: skip
def test_allowed(said: dict[str, str], what: str) -> None:
    assert said[what] == "done"


@needs_landlock
def test_a_child_is_confined_like_its_parent(tmp_path):
    found = confined(
        rooms(tmp_path),
        """
        import subprocess
        code = "import sys, socket\\n" \\
            "for act in (lambda: open('/etc/passwd'), socket.socket):\\n" \\
            "    try: act(); print('reached')\\n" \\
            "    except PermissionError: print('refused')"
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        said["child"] = ran.stdout.split()
        """,
    )
    assert found["child"] == ["refused", "refused"]


@needs_landlock
def test_memory_ends_at_the_limit(tmp_path):
    policy = f"memory={2**30}"
    code = "attempt('little', lambda: bytearray(2**26))\nattempt('much', lambda: bytearray(2**31))"
    assert confined(rooms(tmp_path), code, policy) == {"little": "done", "much": "MemoryError"}


@needs_landlock
def test_files_end_at_the_limit(tmp_path):
    places = rooms(tmp_path)
    code = "attempt('much', lambda: (work / 'a').write_bytes(bytes(2000)))"
    assert confined(places, code, "write=(work,), file_size=1000") == {"much": "OSError"}
    assert (places.work / "a").stat().st_size == 1000


@needs_landlock
def test_endless_work_is_ended(tmp_path):
    ran = child(rooms(tmp_path), "confine(Policy(cpu=1))\nwhile True: pass")
    assert ran.returncode == -signal.SIGXCPU


@needs_landlock
def test_no_core_is_dumped_and_few_files_are_open(tmp_path):
    code = """
    import resource
    said["core"] = resource.getrlimit(resource.RLIMIT_CORE)
    said["files"] = resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 256
    """
    assert confined(rooms(tmp_path), code) == {"core": [0, 0], "files": True}


@needs_landlock
def test_limits_are_never_raised(tmp_path):
    code = """
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
    confine(Policy(file_size=1000))
    said["size"] = resource.getrlimit(resource.RLIMIT_FSIZE)
    """
    ran = child(rooms(tmp_path), code)
    assert json.loads(ran.stdout) == {"size": [500, 500]}, ran.stderr


@needs_landlock
def test_a_folder_to_write_to_must_exist(tmp_path):
    code = "attempt('confine', lambda: confine(Policy(write=(work / 'nowhere',))))"
    assert json.loads(child(rooms(tmp_path), code).stdout) == {"confine": "FileNotFoundError"}


@needs_landlock
def test_an_input_that_is_not_there_is_passed_over(tmp_path):
    assert confined(rooms(tmp_path), "said['on'] = 'yes'", "read=(given / 'nowhere',)") == {"on": "yes"}


@needs_landlock
def test_one_file_can_be_given_without_its_folder(tmp_path):
    places = rooms(tmp_path)
    code = "attempt('it', (other / 'secret.txt').read_bytes)\nattempt('folder', lambda: os.listdir(other))"
    found = confined(places, code, "read=(other / 'secret.txt',)")
    assert found == {"it": "done", "folder": "PermissionError"}


@needs_landlock
def test_pictures_are_decoded_and_drawn(tmp_path):
    code = """
    import skia
    from dreamreel.media.images import load_image, save_image
    picture = load_image(given / "anna.png")
    said["size"] = [picture.pixels.shape[1], picture.pixels.shape[0]]
    surface = skia.Surface(64, 64)
    surface.getCanvas().drawString("zzz", 4, 40, skia.Font(skia.Typeface("")), skia.Paint())
    save_image(work / "drawn.png", surface.toarray(colorType=skia.kRGBA_8888_ColorType))
    said["drawn"] = (work / "drawn.png").stat().st_size > 0
    """
    assert confined(rooms(tmp_path), code) == {"size": [160, 120], "drawn": True}


@needs_landlock
def test_a_dream_is_rendered_by_workers_of_its_own(tmp_path):
    places = rooms(tmp_path)
    code = """
    import dreamreel
    clip = dreamreel.generate(given / "anna.png", "a whale in the sea", resolution="128x128", duration=2, fps=6)
    clip.write(work / "out.mp4")
    import resource
    said["bytes"] = (work / "out.mp4").stat().st_size > 1000
    said["workers"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > 0
    """
    assert confined(places, code) == {"bytes": True, "workers": True}
    assert not list((places.work / "home").rglob("*.part"))


@needs_landlock
def test_it_is_the_same_dream_as_outside(tmp_path):
    """Nothing that drawing looks at is missing inside: fonts, models, the number of processors."""
    code = """
    import dreamreel
    clip = dreamreel.generate(given / "anna.png", "three sheep under the moon", resolution="128x128", duration=1, fps=6)
    clip.write(work / "out.mp4")
    """
    inside, outside = rooms(tmp_path / "in"), rooms(tmp_path / "out")
    confined(inside, code)
    assert child(outside, code).returncode == 0
    assert (inside.work / "out.mp4").read_bytes() == (outside.work / "out.mp4").read_bytes()


@needs_landlock
def test_threads_that_ran_before_are_told_about(tmp_path):
    code = """
    import threading
    waiting = threading.Event()
    threading.Thread(target=waiting.wait).start()
    level = confine(Policy())
    waiting.set()
    said["level"], said["detail"] = level.level, level.detail
    """
    found = json.loads(child(rooms(tmp_path), code).stdout)
    if lockdown._landlock_version() >= 8:
        assert found["level"] == "full"
    else:
        assert found["level"] == "partial"
        assert "1 of its threads" in found["detail"]


@needs_landlock
def test_asking_confines_nobody():
    available()
    assert Path("/etc/passwd").read_bytes()


def test_the_sandbox_needs_the_standard_library_only():
    code = "import sys, dreamreel.lockdown; print(*{name.split('.')[0] for name in sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert set(ran.stdout.split()) - set(sys.stdlib_module_names) == {"__main__", "dreamreel"}


def test_system_paths_hold_what_python_needs_and_not_the_home_folder():
    found = system_paths()
    assert Path(sys.prefix) in found
    assert ROOT / "src/dreamreel" in found
    assert not any(Path.home().is_relative_to(path) for path in found)
    assert not any(Path("/tmp").is_relative_to(path) for path in found)


def test_an_installation_that_is_the_home_folder_does_not_open_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "house"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert tmp_path not in system_paths()


@pytest.mark.parametrize(
    ("system", "version", "seccomp", "threads", "level", "words"),
    [
        ("linux", 7, True, 1, "full", ["Landlock 7"]),
        ("linux", 8, True, 9, "full", ["Landlock 8"]),
        ("linux", 7, True, 9, "partial", ["8 of its threads"]),
        ("linux", 5, True, 1, "partial", ["end your other programs", "6.12"]),
        ("linux", 2, True, 1, "partial", ["empty files", "6.2"]),
        ("linux", 7, False, 1, "partial", ["network connections"]),
        ("linux", 0, True, 1, "partial", ["read and write your files"]),
        ("linux", 0, False, 1, "none", ["only limited in memory"]),
        ("darwin", 0, False, 1, "partial", ["macOS"]),
        ("win32", 0, False, 1, "none", ["all of your rights"]),
    ],
)
def test_less_is_told_honestly(system, version, seccomp, threads, level, words):
    found = lockdown._level(system, version, seccomp=seccomp, threads=threads)
    assert found.level == level
    assert all(word in found.detail for word in words)
    assert found.detail.endswith(".")


ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
ALLOWED, KILLED, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


def judged(program: bytes, number: int, arch: int, *arguments: int) -> int:
    """What a filter says about a call: the part of classic BPF that ours is written in."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(arguments + (0,) * 6)[:6])
    lines = list(struct.iter_unpack("<HBBI", program))
    at = loaded = 0
    while True:
        code, then, other, value = lines[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (loaded,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            loaded &= value
        else:
            met = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            at += then if met else other


def calls(machine: str) -> Iterator[tuple[str, int]]:
    """Every refused call with its number on a machine that has it."""
    for name, numbers in lockdown._REFUSED.items():
        if (number := numbers[ARCHITECTURES[machine][1]]) >= 0:
            yield name, number


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_judges_each_call(machine):
    program = lockdown._program(machine)
    arch, at = ARCHITECTURES[machine]
    assert {name: judged(program, number, arch) for name, number in calls(machine)} == {
        name: EPERM for name, _ in calls(machine)
    }
    assert judged(program, 435, arch) == ENOSYS  # clone3
    read, pair, clone, ioctl, prlimit = (
        (0, 63)[at],
        (53, 199)[at],
        (56, 220)[at],
        (16, 29)[at],
        (302, 261)[at],
    )
    assert judged(program, read, arch, 3) == ALLOWED
    assert judged(program, pair, arch, 1, 1 | 0o2000000) == ALLOWED
    assert judged(program, pair, arch, 1, 5) == ALLOWED
    assert [judged(program, pair, arch, *what) for what in ((1, 2), (1, 3), (30, 1))] == [EPERM] * 3
    assert judged(program, clone, arch, 0x003D0F00) == ALLOWED  # a thread
    assert judged(program, clone, arch, 0x10000011) == EPERM
    assert [judged(program, ioctl, arch, 0, what) for what in (0x5401, 0x5412, 0x541C)] == [
        ALLOWED,
        EPERM,
        EPERM,
    ]
    assert judged(program, prlimit, arch, 0, 4) == ALLOWED
    assert judged(program, prlimit, arch, 4711, 4) == EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_calls_of_another_architecture_end_the_process(machine):
    assert judged(lockdown._program(machine), 3, 0x40000003) == KILLED


def test_the_same_calls_under_other_numbers_are_refused():
    assert judged(lockdown._program("x86_64"), 0x40000000 | 41, 0xC000003E) == EPERM


def test_an_unknown_processor_has_no_filter():
    assert lockdown._program("riscv64") is None
