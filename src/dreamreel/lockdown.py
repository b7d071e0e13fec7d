"""A process that decodes what came from outside can do little more than that, whatever a damaged file makes of it.

    confine ─┬─ no_new_privs   no program gets more rights than this one has
             ├─ Landlock       files: what is named, nothing else; TCP; signals to other programs
             ├─ seccomp        no sockets, none of the calls that are ways out of a sandbox or deep into the kernel
             └─ rlimits        memory, file size, processor time, open files, no core dumps

All of it is for good, and children inherit it. Pure ctypes on the kernel's own interface: nothing to install. Linux
gives all of this without privileges (Landlock since 5.13, signals since 6.12); macOS only the limits; Windows nothing
yet. `available` says what is had here, in a sentence that hides nothing.

May import the standard library only, so that a process can be confined before anything else is loaded.

Sources: Linux `Documentation/userspace-api/landlock.rst` and `seccomp_filter.rst`; the list of calls follows Docker's
default profile (moby `profiles/seccomp/default.json`) and goes further where a decoder needs less.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import site
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

__all__ = ["Level", "Policy", "available", "confine", "system_paths"]

_OPEN_FILES: Final = 256

# Landlock's rights over files (linux/landlock.h); the number after each is the first version that knows it.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3  # 1
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8  # 1
_REFER, _TRUNCATE = 1 << 13, 1 << 14  # 2, 3
_READ: Final = _READ_FILE | _READ_DIR
_WRITE: Final = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
"""Not among them: symbolic links, pipes and sockets. The studio reads this folder with its own rights afterwards: a
link called `result.mp4` must not lead it to a private key, and a pipe must not make it wait for ever."""
_ON_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_HANDLED: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All rights over files that a version can refuse; later versions none more that matter where sockets are refused."""
_TCP: Final = 0b11
_SCOPES: Final = 0b11
_RESTRICT_TSYNC: Final = 1 << 3

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_PR_SET_NO_NEW_PRIVS: Final = 38

_ALLOW: Final = 0x7FFF_0000
_KILL: Final = 0x8000_0000
_REFUSE: Final = 0x0005_0000 | errno.EPERM
_UNKNOWN: Final = 0x0005_0000 | errno.ENOSYS
_AUDIT_ARCH: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32: Final = 0x4000_0000
_NEW_NAMESPACES: Final = 0x7E02_0000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

# Calls and their numbers on (x86_64, aarch64); -1 where an architecture has none.
_SECCOMP: Final = (317, 277)
_SOCKETPAIR, _CLONE, _IOCTL, _PRLIMIT = (53, 199), (56, 220), (16, 29), (302, 261)
_CLONE3: Final = (435, 435)
_REFUSED: Final[dict[str, tuple[int, int]]] = {
    # The network; and sockets with a name in the file system, which Landlock does not look at before version 9: the
    # desktop's message bus and Docker start programs for whoever connects.
    "socket": (41, 198),
    # Memory and handles of other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "migrate_pages": (256, 238), "move_pages": (279, 239),
    "shmget": (29, 194), "shmat": (30, 196), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # Large and young parts of the kernel, where its holes have been. io_uring would also pass this filter by.
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "lookup_dcookie": (212, 18), "personality": (135, 92), "modify_ldt": (154, -1),
    # Mounts and namespaces: in one of its own a process is root.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    # What only an administrator may do: for the day that one runs the studio.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "syslog": (103, 116), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161),
    "setdomainname": (171, 162), "vhangup": (153, 58), "iopl": (172, -1), "ioperm": (173, -1), "uselib": (134, -1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Policy:
    """What a confined process may touch besides `system_paths()`."""

    read: tuple[Path, ...] = ()
    """Files and folders that may be read; those that do not exist are passed over."""
    write: tuple[Path, ...] = ()
    """Folders (or files) in which everything may be read, written, renamed and removed. They must exist."""
    memory: int | None = None
    """Bytes of address space (RLIMIT_AS)."""
    file_size: int | None = None
    """Bytes of the largest file that may be written (RLIMIT_FSIZE)."""
    cpu: int | None = None
    """Seconds of processor time (RLIMIT_CPU); for each process, not for all of them together."""


@dataclass(frozen=True, slots=True)
class Level:
    """How well processes are confined."""

    level: Literal["full", "partial", "none"]
    detail: str
    """A sentence: what is confined, and what is not."""


def available() -> Level:
    """What `confine` achieves on this machine, without confining anyone."""
    return _level(sys.platform, _landlock_version(), seccomp=_seccomp_works(), threads=1)


def confine(policy: Policy) -> Level:
    """Confine this process and its children for good, as far as this system can, and say how far that was.

    Call it first thing, from the only thread: before version 8 (Linux 7.0) Landlock takes hold of the thread that
    calls it and of those that it starts, not of others that already run, and numerical libraries start some when they
    are imported. If there are others, the level is "partial".

    Raises:
        OSError: a folder to write to is missing, or the kernel refused what it said it has. The process may be
            confined in part then; it should end.
    """
    threads = _threads()
    version, filtered = _landlock_version(), _seccomp_works()
    if version or filtered:
        _call_libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if version:
        _confine_files(policy, version)
    if filtered:
        _refuse_calls()
    _limit(policy)
    return _level(sys.platform, version, seccomp=filtered, threads=threads)


def system_paths() -> tuple[Path, ...]:
    """What Python, its libraries, fonts and this package need to be read here; those that exist.

    Never the home folder as a whole (what is installed in it, its fonts), never accounts, temporary files or other
    processes.
    """
    home = Path(os.environ.get("HOME") or "/nonexistent")
    share = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    package = Path(__file__).resolve().parent
    installed = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable), package]
    installed += [Path(entry) for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}]
    if site.ENABLE_USER_SITE:
        installed.append(Path(site.getusersitepackages()))
    fonts = [share / "fonts", home / ".fonts", home / ".config/fontconfig", home / ".cache/fontconfig"]
    found = [
        *(path for path in installed if not home.is_relative_to(path)),
        *fonts,
        *map(Path, ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store", "/gnu/store")),
        *map(Path, ("/etc/fonts", "/var/cache/fontconfig", "/etc/ld.so.cache", "/etc/localtime")),
        *map(Path, ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat")),
        *map(Path, ("/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", "/sys/devices/system/node")),
        *map(Path, ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/cpu.max")),
        *map(Path, ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")),
    ]
    return tuple(dict.fromkeys(path for path in found if os.path.exists(path)))  # noqa: PTH110 - False, whatever fails


def _level(system: str, version: int, *, seccomp: bool, threads: int) -> Level:
    """The level that these parts add up to."""
    if system == "darwin":
        return Level(
            "partial",
            "macOS limits a decoder's memory and time, not which files and addresses it may reach.",
        )
    if system != "linux":
        return Level("none", "Decoders run with all of your rights: there is no sandbox for this system yet.")
    missing: list[str] = []
    if not version:
        missing.append("it can read and write your files, because this kernel has no Landlock")
    elif threads > 1 and version < 8:
        missing.append(
            f"{threads - 1} of its threads can reach your files, because they ran before it was confined"
        )
    if not seccomp:
        missing.append(
            "it can open network connections, because seccomp is not there for this processor or kernel"
        )
    if version and version < 3:
        missing.append("it can empty files, because this kernel is older than 6.2")
    if version < 6:
        missing.append("it can end your other programs, because this kernel is older than 6.12")
    if not missing:
        return Level(
            "full", f"Landlock {version} and seccomp confine a decoder's files, network and signals."
        )
    if not version and not seccomp:
        return Level(
            "none", "A decoder is only limited in memory and time: this kernel has no Landlock, no seccomp."
        )
    return Level("partial", f"A decoder is confined, but {'; '.join(missing)}.")


def _call_libc(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char]) -> int:
    """A function of the C library that returns -1 and sets errno.

    Integers go as `long`: `syscall` reads whole registers, of which an `int` fills only half on some processors.
    """
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    function.restype = ctypes.c_long
    result = int(function(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _landlock_version() -> int:
    """Landlock's version, 0 when the kernel has none, has it switched off, or a container forbids it."""
    if sys.platform != "linux":
        return 0
    try:
        return _call_libc("syscall", _CREATE_RULESET, 0, 0, 1)
    except OSError:
        return 0


def _confine_files(policy: Policy, version: int) -> None:
    system = system_paths()
    # To import the package, Python lists the folder it lies in: names only.
    rules = [
        (Path(__file__).resolve().parents[1], _READ_DIR),
        (Path("/dev/null"), _READ | _WRITE_FILE | _TRUNCATE),
    ]
    rules += [(path, _READ | _EXECUTE) for path in system] + [(path, _READ) for path in policy.read]
    handled = _HANDLED[min(version, 5)]
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)[
        : 8 if version < 4 else 16 if version < 6 else 24
    ]
    ruleset = _call_libc("syscall", _CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, rights in rules:
            # What cannot even be found need not be allowed.
            try:
                _allow(ruleset, path, rights & handled)
            except (FileNotFoundError, PermissionError, NotADirectoryError):
                continue
        for path in policy.write:
            _allow(ruleset, path, _WRITE & handled)
        _call_libc("syscall", _RESTRICT_SELF, ruleset, _RESTRICT_TSYNC if version >= 8 else 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():
            rights &= _ON_FILES
        _call_libc("syscall", _ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _seccomp_works() -> bool:
    if sys.platform != "linux" or _program(_machine()) is None:
        return False
    try:
        # SECCOMP_GET_ACTION_AVAIL
        number = _SECCOMP[list(_AUDIT_ARCH).index(_machine())]
        return _call_libc("syscall", number, 2, 0, struct.pack("=I", 0x0005_0000)) == 0
    except OSError:
        return False


def _machine() -> str:
    """The processor, as far as this process is concerned: a 32-bit one on a 64-bit kernel makes other calls."""
    return platform.machine() if ctypes.sizeof(ctypes.c_void_p) == 8 else "32-bit"


def _refuse_calls() -> None:
    program = _program(_machine())
    assert program is not None
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    # SECCOMP_SET_MODE_FILTER, for all threads (SECCOMP_FILTER_FLAG_TSYNC).
    number = _SECCOMP[list(_AUDIT_ARCH).index(_machine())]
    if _call_libc("syscall", number, 1, 1, header):
        raise OSError(errno.EBUSY, "a thread is confined in another way already")


def _program(machine: str) -> bytes | None:
    """The filter as classic BPF over `struct seccomp_data`, None for a processor it is not written for.

    A filter sees numbers, never what they point to: `clone3` hides its flags in memory and is said to be unknown, so
    that C libraries fall back to `clone`.
    """
    if machine not in _AUDIT_ARCH:
        return None
    at = list(_AUDIT_ARCH).index(machine)
    lines = [_load(4), _jump("==", _AUDIT_ARCH[machine], 1, 0), _return(_KILL), _load(0)]
    if machine == "x86_64":  # The same calls under other numbers.
        lines += [_jump(">=", _X32, 0, 1), _return(_REFUSE)]
    for numbers in _REFUSED.values():
        if numbers[at] >= 0:
            lines += [_jump("==", numbers[at], 0, 1), _return(_REFUSE)]
    lines += [_jump("==", _CLONE3[at], 0, 1), _return(_UNKNOWN)]
    refused, allowed = _return(_REFUSE), _return(_ALLOW)
    guarded = {
        # Unnamed pairs between the job's own processes. Not datagrams, which could be sent to any named socket.
        _SOCKETPAIR[at]: [
            _load(16), _jump("==", 1, 0, 4), _load(24), _line(0x54, 0xF), _jump("==", 1, 2, 0), _jump("==", 5, 1, 0),
            refused, allowed,
        ],
        _CLONE[at]: [_load(16), _jump("&", _NEW_NAMESPACES, 0, 1), refused, allowed],
        # Typing into the terminal that the studio was started from.
        _IOCTL[at]: [_load(24), _jump("==", _TIOCSTI, 1, 0), _jump("==", _TIOCLINUX, 0, 1), refused, allowed],
        # Limits of other programs of the same user.
        _PRLIMIT[at]: [_load(16), _jump("==", 0, 1, 0), refused, allowed],
    }  # fmt: skip
    for number, block in guarded.items():
        lines += [_jump("==", number, 0, len(block)), *block]
    return b"".join([*lines, allowed])


def _line(code: int, value: int, then: int = 0, other: int = 0) -> bytes:
    """One `struct sock_filter`."""
    return struct.pack("=HBBI", code, then, other, value)


def _load(offset: int) -> bytes:
    """Load a word of `struct seccomp_data`: 0 the call's number, 4 the architecture, 16 + 8n half of argument n.

    The low half: both architectures are little-endian.
    """
    return _line(0x20, offset)


def _jump(test: Literal["==", ">=", "&"], value: int, then: int, other: int) -> bytes:
    """Compare what is loaded, then pass over so many lines."""
    return _line({"==": 0x15, ">=": 0x35, "&": 0x45}[test], value, then, other)


def _return(verdict: int) -> bytes:
    return _line(0x06, verdict)


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - the number, not the paths
    except OSError:
        return 1


def _limit(policy: Policy) -> None:
    if sys.platform == "win32":
        return
    import resource

    # A core dump holds the photo.
    wanted = [(resource.RLIMIT_CORE, 0, 0), (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)]
    if policy.memory is not None:
        wanted.append((resource.RLIMIT_AS, policy.memory, policy.memory))
    if policy.file_size is not None:
        wanted.append((resource.RLIMIT_FSIZE, policy.file_size, policy.file_size))
    if policy.cpu is not None:
        # A little later than the signal that a process may catch comes the one that it cannot.
        wanted.append((resource.RLIMIT_CPU, policy.cpu, policy.cpu + 5))
    for what, soft, hard in wanted:
        _, most = resource.getrlimit(what)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            # macOS knows the names of some limits, but does not take them all.
            if sys.platform == "linux":
                raise
