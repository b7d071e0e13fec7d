"""What must be true of the project as a whole: what its files may hold, and what a module looks like."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "dreamreel"
MODULES = sorted(SOURCE.rglob("*.py"))

MODULE_LINES = 500
FUNCTION_LINES = 60
FILE_BYTES = 1_500_000

# Written in pieces, so that this file may be searched like any other.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "debian" + ".org",
    "ubuntu" + ".com",
    "npmjs" + ".",
    "nodejs" + ".org/dist",
    "anaconda" + ".org",
]
DOWNLOAD = re.compile(r"https?://\S+\.(?:whl|tgz|tar\.\w+|zip|deb|rpm|exe|dmg|pkg)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "work|root|home|Users" + r")/[\w.-]+")
LEFTOVER = re.compile(r"\b(?:" + "TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)" + r"\b|<<<<" + "<<<|>>>>" + ">>>")
HEAVY = ["av", "cv2", "numpy", "PIL", "pydantic", "rich", "scipy", "skia", "typer"]


def tracked_files() -> list[Path]:
    """Every file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no list of tracked files")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """A file's text, or nothing when it is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def found_in_tracked(pattern: re.Pattern[str]) -> list[str]:
    """`file:line: match` for each place in tracked text that a pattern finds."""
    places: list[str] = []
    for path in tracked_files():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            places += [f"{path.relative_to(ROOT)}:{number}: {match[0]}" for match in pattern.finditer(line)]
    return places


def module_name(path: Path) -> str:
    """A readable, unique test id."""
    return str(path.relative_to(SOURCE))


def test_no_registry_is_named() -> None:
    assert found_in_tracked(re.compile("|".join(map(re.escape, HOSTS)))) == []


def test_no_download_address_is_written_down() -> None:
    assert found_in_tracked(DOWNLOAD) == []


def test_no_path_of_somebodys_machine_is_written_down() -> None:
    assert found_in_tracked(MACHINE_PATH) == []


def test_nothing_is_left_for_later() -> None:
    assert found_in_tracked(LEFTOVER) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DOWNLOAD, "see https://" + "example.com/a-1.0.whl"),
        (MACHINE_PATH, "open('/" + "home/anna/x.jpg')"),
        (LEFTOVER, "# TO" + "DO: later"),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_no_tracked_file_is_large() -> None:
    sizes = {str(path.relative_to(ROOT)): path.stat().st_size for path in tracked_files()}
    assert {name: size for name, size in sizes.items() if size > FILE_BYTES} == {}


def test_every_requirement_is_pinned_and_hashed() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        entries = re.split(r"\n(?=[A-Za-z])", path.read_text("utf-8").strip())
        loose = [
            entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry
        ]
        assert loose == [], path.name


def test_requirement_sets_do_not_contradict_each_other() -> None:
    pins: dict[tuple[str, str], set[str]] = {}
    # bench.txt is installed alone, in an environment of its own.
    for path in set((ROOT / "requirements").glob("*.txt")) - {ROOT / "requirements" / "bench.txt"}:
        for name, version, marker in re.findall(
            r"^([\w.-]+)==(\S+)(.*?)\\?$", path.read_text("utf-8"), re.MULTILINE
        ):
            pins.setdefault((name, marker.strip()), set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements/run.txt").read_text("utf-8"), re.MULTILINE)
    )
    declared = {re.match(r"[\w.-]+", entry)[0].lower() for entry in project["dependencies"]}
    assert declared - pinned == set(), "run `make lock`"


def test_the_version_is_the_same_everywhere() -> None:
    import dreamreel

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert dreamreel.__version__ == declared == importlib.metadata.version("dreamreel")


def test_the_changelog_tells_about_this_version() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {declared}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_importing_dreamreel_loads_nothing_heavy() -> None:
    code = "import sys, dreamreel; print(*(n for n in sys.argv[1:] if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_says_what_it_is_and_what_it_offers(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "a module's docstring says what lives here"
    if path.name == "__main__.py" or len(tree.body) == 1:
        return
    offered = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if [ast.unparse(t) for t in (node.targets if isinstance(node, ast.Assign) else [node.target])]
        == ["__all__"]
    ]
    assert offered, "a module lists what it offers in __all__"
    assert len(offered[0]) == len(set(offered[0])), "__all__ names each thing once"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_and_its_functions_can_be_taken_in(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    functions = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: size for f in functions if (size := f.end_lineno - f.lineno + 1) > FUNCTION_LINES}
    assert long == {}


def imports_the_face(tree: ast.Module) -> list[str]:
    """The names that a module takes from `dreamreel/__init__` itself rather than from one of its rooms."""
    rooms = {path.stem for path in SOURCE.iterdir() if not path.name.startswith("_")}
    taken: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "dreamreel" and not node.level:
            taken += [alias.name for alias in node.names if alias.name not in rooms]
        elif isinstance(node, ast.Import):
            taken += [alias.name for alias in node.names if alias.name == "dreamreel"]
    return taken


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_only_the_studio_and_the_command_line_stand_on_the_public_face(path: Path) -> None:
    if path.relative_to(SOURCE).parts[0] in {"studio", "cli", "__main__.py"}:
        return
    assert imports_the_face(ast.parse(path.read_text("utf-8"))) == []
