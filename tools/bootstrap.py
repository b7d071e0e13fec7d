"""Set up a working copy of Dreamreel and run its everyday jobs; called by the Makefile.

Everything lands in `.venv` beside this folder, from the pinned and hashed sets in `requirements/`. What is
installed is remembered in `.venv/.stamps`, one file per set holding a digest of what it was made from: a second
run compares digests and touches neither the network nor the environment.

    make ─► bootstrap ─► .venv (uv, or venv + pip) ─► pinned sets ─► dreamreel itself ─► system libraries ─► the job

Standard library only, and old syntax on purpose: this file must run on any Python 3 to be able to say that a
newer one is needed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["SetupError", "demo", "ensure", "lock", "main"]

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / ".stamps"
DREAM = "flying over the sea with three sheep and a smiling moon"
PHOTO = "examples/sleeping-baby.png"
# Right eye, left eye, nose, right and left corner of the mouth in that drawing, which no face finder was taught.
PHOTO_FACE = "487.5,634.4,621.6,603.4,563.9,659.4,548,700.9,596.3,689.7"

# Each set stands on the ones before it.
SETS = {"run": ["run"], "test": ["test"], "lint": ["test", "lint"]}

# A shared library that a wheel expects, and the package that has it under each package manager.
LIBRARIES = {
    "libEGL.so.1": {
        "apt-get": "libegl1",
        "dnf": "libglvnd-egl",
        "pacman": "libglvnd",
        "apk": "mesa-egl",
        "zypper": "libglvnd",
    },
    "libGL.so.1": {
        "apt-get": "libgl1",
        "dnf": "libglvnd-glx",
        "pacman": "libglvnd",
        "apk": "mesa-gl",
        "zypper": "libglvnd",
    },
    "libexpat.so.1": {
        "apt-get": "libexpat1",
        "dnf": "expat",
        "pacman": "expat",
        "apk": "expat",
        "zypper": "libexpat1",
    },
    "libstdc++.so.6": {
        "apt-get": "libstdc++6",
        "dnf": "libstdc++",
        "pacman": "gcc-libs",
        "apk": "libstdc++",
        "zypper": "libstdc++6",
    },
}
FONTS = {
    "apt-get": "fonts-dejavu-core",
    "dnf": "dejavu-sans-fonts",
    "pacman": "ttf-dejavu",
    "apk": "font-dejavu",
    "zypper": "dejavu-fonts",
}
# A browser, for the tests of the studio's page, and a small font for what the others cannot write.
BROWSERS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
BROWSER = {
    "apt-get": "chromium",
    "dnf": "chromium",
    "pacman": "chromium",
    "apk": "chromium",
    "zypper": "chromium",
}
GLYPHS = {
    "apt-get": "fonts-droid-fallback",
    "dnf": "google-droid-sans-fonts",
    "pacman": "noto-fonts-cjk",
    "apk": "font-noto-cjk",
    "zypper": "google-droid-fonts",
}
INSTALL = {
    "apt-get": ["apt-get", "install", "-y", "-q", "--no-install-recommends"],
    "dnf": ["dnf", "install", "-y", "-q"],
    "pacman": ["pacman", "-S", "--noconfirm", "--needed"],
    "apk": ["apk", "add", "-q"],
    "zypper": ["zypper", "--non-interactive", "install"],
}
# Tried when an install fails: a fresh image often has no package lists yet.
REFRESH = {
    "apt-get": ["apt-get", "update", "-q"],
    "pacman": ["pacman", "-Sy"],
    "apk": ["apk", "update", "-q"],
    "zypper": ["zypper", "--non-interactive", "refresh"],
}

DRAWS = "import av, cv2, skia"
HAS_FONT = "import sys, skia; sys.exit(skia.FontMgr().countFamilies() == 0)"
HAS_GLYPHS = (
    "import sys, skia; f = skia.FontMgr().matchFamilyStyleCharacter('', skia.FontStyle(), ['ja'], 0x5922); "
    "sys.exit(f is None)"
)


class SetupError(Exception):
    """Setting up cannot go on; the message is one sentence that says what to do."""


def say(text):
    """Tell the user something on stderr; stdout is for results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


# ── Python and the environment ──────────────────────────────────────────────────────────────────────────────────


def newer_python():
    """A Python on PATH that is new enough, or None; for when `python3` itself is too old."""
    for minor in range(19, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found and run_quietly([found, "-c", ""]).returncode == 0:
            return found
    return None


def need_python():
    """Go on in a Python that is new enough, replacing this process if that is another one."""
    if sys.version_info[:2] >= OLDEST:
        return
    found = newer_python()
    if found:
        os.execv(found, [found] + sys.argv)
    raise SetupError(
        "Dreamreel needs Python %d.%d or newer and this one is %s: install a newer one, then run "
        "`make PYTHON=/path/to/python3 …`." % (OLDEST + (sys.version.split()[0],))
    )


def venv_python():
    """The environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment():
    """The environment variables for installers: ours only, and no cache where none can be kept."""
    env = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "VIRTUAL_ENV")
    }
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["UV_PYTHON_DOWNLOADS"] = "never"
    home = env.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    try:
        Path(home).mkdir(parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        env.setdefault("PIP_NO_CACHE_DIR", "1")
        if "UV_CACHE_DIR" not in env:
            env["UV_NO_CACHE"] = "1"
    return env


def run_quietly(command, **kw):
    """Run a command without input; its output is kept, not shown."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=str(ROOT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        **kw,
    )


def tail(output, lines=12):
    """The last lines of a command's output, indented to be read under a sentence."""
    return "\n".join("    " + line for line in output.strip().splitlines()[-lines:])


def usable():
    """Whether the environment is there, whole, and made by a Python that is new enough and still installed."""
    code = "import sys; sys.exit(sys.version_info[:2] < %r)" % (OLDEST,)
    try:
        return run_quietly([venv_python(), "-c", code]).returncode == 0
    except OSError:
        return False


def find_uv():
    """The path of a uv that really runs, or None."""
    uv = shutil.which("uv")
    return uv if uv and run_quietly([uv, "--version"]).returncode == 0 else None


def create(uv):
    """Make `.venv` anew; returns nothing, raises `SetupError` when this Python cannot."""
    if uv:
        made = run_quietly([uv, "venv", "-q", "--clear", "--python", sys.executable, VENV], env=environment())
        if made.returncode == 0:
            return
    try:
        __import__("ensurepip")
    except ImportError:
        raise SetupError(
            "This Python has no `ensurepip`, so it cannot make an environment: install it (on Debian and Ubuntu: "
            "`apt-get install python3-venv`), then run the same command again."
        ) from None
    made = run_quietly([sys.executable, "-m", "venv", "--clear", VENV], env=environment())
    if made.returncode:
        raise SetupError("The environment .venv could not be made:\n%s" % tail(made.stdout))


# ── Python packages ─────────────────────────────────────────────────────────────────────────────────────────────


def project_table():
    """The parts of pyproject.toml that decide what an installation of the project looks like, as text."""
    import tomllib  # not in the old Pythons that this file must still be read by

    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return repr([table["project"], table["build-system"], table.get("tool", {}).get("hatch")])


def digest(*parts):
    """A short name for this content; making the environment anew removes what was named before."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamped(name, value):
    """Whether this stamp was left by an installation of the same content."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text("utf-8") == value


def stamp(name, value):
    """Remember that this content is installed."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(value, "utf-8")


def pip_command(uv):
    """How to install into the environment, up to the arguments that `uv pip` and pip share."""
    if uv:
        return [uv, "pip", "install", "--python", venv_python()]
    return [venv_python(), "-m", "pip", "install"]


SOURCE_ONLY = ("pyvips",)


def split_set(text):
    """A pinned set in two: what comes as wheels, and the packages of SOURCE_ONLY."""
    wheels, sources, own = [], [], False
    for line in text.splitlines(True):
        if re.match(r"[A-Za-z0-9]", line):
            own = line.split("==")[0] in SOURCE_ONLY
        (sources if own else wheels).append(line)
    return "".join(wheels), "".join(sources)


def install_set(name, uv):
    """Install one pinned set; every file must match its hash."""
    path = ROOT / "requirements" / (name + ".txt")
    value = digest(path.read_text("utf-8"))
    if stamped(name, value):
        return
    count = len(re.findall(r"^[a-z]", path.read_text("utf-8"), re.MULTILINE))
    say("Installing %d pinned packages for `%s` into .venv (once; a minute or two) …" % (count, name))
    wheels, sources = split_set(path.read_text("utf-8"))
    # Wheels only: a source build would need compilers that a fresh machine does not have.
    ways = [(wheels, ["--only-binary", ":all:"])]
    # But for these, which are plain Python that is published as source alone.
    if sources:
        ways.append((sources, ["--no-build-isolation", "--no-binary", ",".join(SOURCE_ONLY)]))
    for text, how in ways:
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / (name + ".txt")
            part.write_text(text, "utf-8")
            done = run_quietly(
                pip_command(uv) + ["--require-hashes", "--no-deps"] + how + ["-r", part],
                env=dict(environment(), PKG_CONFIG="false"),
            )
        if done.returncode:
            break
    if done.returncode:
        raise SetupError(
            "The packages of requirements/%s.txt could not be installed:\n%s" % (name, tail(done.stdout))
        )
    stamp(name, value)


def install_project(uv):
    """Install Dreamreel itself as an editable package, with the build tool that the sets already hold."""
    value = digest(project_table(), str(ROOT))
    if stamped("dreamreel", value):
        return
    done = run_quietly(
        pip_command(uv) + ["--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT], env=environment()
    )
    if done.returncode:
        raise SetupError("Dreamreel itself could not be installed into .venv:\n%s" % tail(done.stdout))
    stamp("dreamreel", value)


def install(names, uv):
    """Install sets and project into an environment that is there."""
    for name in names:
        install_set(name, uv)
    install_project(uv)


def ensure(purpose):
    """Bring `.venv` to what a purpose (`run`, `test`, `lint`) needs, doing only what is missing."""
    need_python()
    uv = find_uv()
    fresh = not usable()
    if fresh:
        say("Creating .venv with Python %s …" % sys.version.split()[0])
        create(uv)
    if not uv and run_quietly([venv_python(), "-m", "pip", "--version"]).returncode:
        create(None)  # an environment made by a uv that has gone has no pip
    # The test set contains the run set, so a newer purpose's stamp serves an older one.
    names = SETS[purpose]
    if purpose == "run" and stamped("test", digest((ROOT / "requirements/test.txt").read_text("utf-8"))):
        names = []
    try:
        install(names, uv)
    except SetupError:
        if not uv:
            raise
        # uv does not read pip's configuration; where only pip knows a package mirror, pip succeeds.
        say("uv could not do it; trying venv and pip …")
        create(None)
        install(names, None)
    ensure_libraries()
    if purpose == "test":
        ensure_browser()


# ── system libraries ────────────────────────────────────────────────────────────────────────────────────────────


def package_manager():
    """The name of this machine's package manager, or None when it has none we know."""
    return next((name for name in INSTALL if shutil.which(name)), None)


def privilege():
    """What to put before a command so that it may install packages: nothing, sudo, or None when not allowed."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run_quietly(["sudo", "-n", "true"]).returncode == 0:
        return ["sudo", "-n"]
    return None


def install_packages(manager, packages):
    """Install system packages; returns whether that worked."""
    prefix = privilege()
    if prefix is None:
        return False
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    say("Installing system packages with %s: %s …" % (manager, " ".join(packages)))
    for refresh in (False, True):
        if refresh and manager in REFRESH:
            run_quietly(prefix + REFRESH[manager], env=env)
        if run_quietly(prefix + INSTALL[manager] + packages, env=env).returncode == 0:
            return True
    return False


def missing_libraries():
    """Shared libraries that the drawing packages cannot find, as (names, the loader's own words).

    The truth is a real import in a child. The loader names only the first library it misses, so the known ones
    are tried one by one, to be installed together.
    """
    tried = run_quietly([venv_python(), "-c", DRAWS])
    if tried.returncode == 0:
        return [], ""
    named = re.search(r"ImportError: ([\w.+-]+\.so[\w.]*): cannot open", tried.stdout)
    if not named:
        raise SetupError("The drawing packages are installed but do not start:\n%s" % tail(tried.stdout))
    code = "import ctypes, sys\nfor n in sys.argv[1:]:\n try: ctypes.CDLL(n)\n except OSError: print(n)"
    known = run_quietly([venv_python(), "-c", code] + list(LIBRARIES)).stdout.split()
    return sorted(set(known) | {named.group(1)}), tail(tried.stdout, 1)


def ensure_libraries():
    """Make the drawing packages start, installing the system libraries they expect where that is allowed."""
    value = digest("libraries", (ROOT / "requirements/run.txt").read_text("utf-8"))
    if stamped("libraries", value) and run_quietly([venv_python(), "-c", DRAWS]).returncode == 0:
        return
    manager = package_manager()
    before = []
    while True:
        missing, words = missing_libraries()
        if not missing:
            break
        unknown = [name for name in missing if name not in LIBRARIES]
        if manager is None or unknown:
            raise SetupError(
                "Drawing needs %s: install what provides it with your package manager, then run the same command "
                "again.\n%s" % (" and ".join(unknown or missing), words)
            )
        packages = sorted({LIBRARIES[name][manager] for name in missing})
        if missing == before or not install_packages(manager, packages):
            raise SetupError(
                "Drawing needs %s, which I may not install here: run `%s`, then the same command again."
                % (" and ".join(missing), " ".join(by_hand(manager, packages)))
            )
        before = missing
    ensure_font(manager)
    stamp("libraries", value)


def by_hand(manager, packages):
    """The one command a person types to install these packages."""
    words = [
        word for word in INSTALL[manager] if word not in ("-q", "-y", "--noconfirm", "--non-interactive")
    ]
    return ["sudo"] + words + packages


def ensure_font(manager):
    """Have at least one font, since a machine without any draws titles as nothing; not fatal."""
    if not sys.platform.startswith("linux") or run_quietly([venv_python(), "-c", HAS_FONT]).returncode == 0:
        return
    if manager and install_packages(manager, [FONTS[manager]]):
        return
    how = "; `%s` gives one" % " ".join(by_hand(manager, [FONTS[manager]])) if manager else ""
    say("Note: this machine has no font, so titles will stay empty%s." % how)


def browser():
    """The path of a browser that can test the studio's page, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def ensure_browser():
    """Have a browser for the tests of the studio's page; without one they are skipped, so that is not fatal.

    What could not be installed is remembered, so that a second run does not try again.
    """
    if browser() is not None and stamped("browser", digest("browser")):
        return
    manager = package_manager()
    refused = digest("no browser", str(manager), str(privilege()))
    if browser() is None:
        tried = stamped("browser", refused)
        if tried or not manager or not install_packages(manager, [BROWSER[manager]]) or browser() is None:
            how = "install Chromium"
            if manager:
                how = "run `%s`" % " ".join(by_hand(manager, [BROWSER[manager]]))
            say(
                "Note: this machine has no browser and I may not install one, so the tests of the studio's page are "
                "skipped; %s to have them." % how
            )
            stamp("browser", refused)
            return
    if sys.platform.startswith("linux") and manager:
        if run_quietly([venv_python(), "-c", HAS_GLYPHS]).returncode != 0:
            install_packages(manager, [GLYPHS[manager]])  # a page in Japanese is tested either way
    stamp("browser", digest("browser"))


# ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def free_name(folder, stem):
    """The first of stem.mp4, stem-2.mp4, … that is not taken in a folder of the project."""
    number = 1
    while True:
        path = Path(folder, "%s.mp4" % stem if number == 1 else "%s-%d.mp4" % (stem, number))
        if not (ROOT / path).exists():
            return path
        number += 1


def wanted(name):
    """What the user gave as `make demo NAME=…`, or an empty string."""
    return os.environ.get(name, "").strip()


def demo_command():
    """The command that `make demo` shows and runs, and the file it will make.

    PHOTO, DREAM and OUT come through the environment, never through a shell, so any character may be in them.
    """
    photo = Path(wanted("PHOTO") or PHOTO).expanduser()
    if not (ROOT / photo).is_file():
        raise SetupError("There is no photo at %s: give the path of a picture as PHOTO=…." % photo)
    out = Path(wanted("OUT")).expanduser() if wanted("OUT") else free_name("dreams", photo.stem)
    if (ROOT / out).exists():
        raise SetupError("%s is already there: give another OUT=…, or remove it first." % out)
    (ROOT / out).parent.mkdir(parents=True, exist_ok=True)
    program = venv_python().with_name("dreamreel.exe" if os.name == "nt" else "dreamreel")
    # After `--` nothing is an option, whatever a photo or a dream begins with.
    face = [] if wanted("PHOTO") else ["--face", PHOTO_FACE]
    command = [program.relative_to(ROOT), "generate", "--yes", *face, "-o", out]
    command += ["--", photo, wanted("DREAM") or DREAM]
    return [str(part) for part in command], out


def demo():
    """Set up, make a video from a photo and a dream, and say where it is and what was done."""
    need_python()
    command, out = demo_command()
    ensure("run")
    import shlex

    say("$ " + " ".join(shlex.quote(part) for part in command))
    done = subprocess.run([str(ROOT / command[0])] + command[1:], cwd=str(ROOT), check=False)
    if done.returncode:
        return done.returncode
    size = (ROOT / out).stat().st_size / 1e6
    sys.stdout.write("Your dream is ready: %s (%.1f MB). Nothing left this machine.\n" % (ROOT / out, size))
    sys.stdout.write('Next: make demo PHOTO=my.jpg DREAM="…"  or  %s --help\n' % command[0])
    return 0


def lock():
    """Write requirements/*.txt anew from pyproject.toml; needs uv."""
    uv = find_uv()
    if not uv:
        raise SetupError("Locking needs uv: install it (`pip install uv`), then run `make lock` again.")
    shared = (
        "--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url "
        "--no-emit-find-links --no-header --no-annotate -q"
    ).split()
    folder = Path("requirements")
    plans = {
        "run": ["pyproject.toml", "--group", "build"],
        "test": ["pyproject.toml", "--group", "build", "--group", "test", "-c", folder / "run.txt"],
        "lint": ["--group", "lint", "-c", folder / "test.txt"],
        "bench": ["--group", "bench"],
    }
    for name, plan in plans.items():
        out = folder / (name + ".txt")
        done = run_quietly(
            [uv, "pip", "compile"] + plan + shared + ["-o", out] + sys.argv[2:], env=environment()
        )
        if done.returncode:
            raise SetupError("%s could not be made:\n%s" % (out, tail(done.stdout)))
        say("%s is up to date." % out)


def main():
    """Run one job: `run`, `test` or `lint` prepare the environment, `demo` and `lock` do what they say."""
    job = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        if job == "demo":
            return demo()
        if job == "lock":
            lock()
        elif job in SETS:
            ensure(job)
        else:
            raise SetupError(
                "There is no job called %s: choose from demo, lock, %s." % (job, ", ".join(SETS))
            )
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        say("Stopped; run the same command to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
