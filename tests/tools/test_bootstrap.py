"""The set-up script: what it says, what it would run, and that it leaves a finished environment alone."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
AWKWARD = 'it\'s $HOME, `ls` & "two" sheep; 50 % ü'


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working on an empty copy of the project."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, value in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "STAMPS": tmp_path / ".venv/.stamps",
    }.items():
        monkeypatch.setattr(module, name, value)
    for name in ("PHOTO", "DREAM", "OUT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/sleeping-baby.png").write_bytes(b"png")
    return module


def test_an_old_python_can_read_it() -> None:
    text = (ROOT / "tools" / "bootstrap.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 7))


def test_an_old_python_is_told_what_to_do(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 0))
    monkeypatch.setattr(bootstrap, "newer_python", lambda: None)
    with pytest.raises(bootstrap.SetupError, match=r"needs Python 9\.0 or newer"):
        bootstrap.need_python()


def test_the_demo_needs_nothing_from_the_user(bootstrap: ModuleType) -> None:
    command, out = bootstrap.demo_command()
    assert command[1] == "generate"
    assert command[-2:] == ["examples/sleeping-baby.png", bootstrap.DREAM]
    assert command[command.index("--face") + 1].count(",") == 9
    assert out == Path("dreams/sleeping-baby.mp4")


def test_the_demo_takes_any_characters(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = tmp_path / f"{AWKWARD}.jpg"
    photo.write_bytes(b"jpg")
    monkeypatch.setenv("PHOTO", str(photo))
    monkeypatch.setenv("DREAM", AWKWARD)
    command, out = bootstrap.demo_command()
    assert command[-2:] == [str(photo), AWKWARD]
    assert "--face" not in command
    assert out == Path("dreams") / f"{AWKWARD}.mp4"


def test_a_second_demo_keeps_the_first_dream(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "dreams").mkdir()
    (tmp_path / "dreams/sleeping-baby.mp4").write_bytes(b"mp4")
    assert bootstrap.demo_command()[1] == Path("dreams/sleeping-baby-2.mp4")


def test_an_output_that_is_there_is_not_overwritten(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.mp4").write_bytes(b"mp4")
    monkeypatch.setenv("OUT", "mine.mp4")
    with pytest.raises(bootstrap.SetupError, match=r"mine\.mp4 is already there"):
        bootstrap.demo_command()


def test_a_photo_that_is_not_there_is_named(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTO", "nobody.jpg")
    with pytest.raises(bootstrap.SetupError, match=r"no photo at nobody\.jpg"):
        bootstrap.demo_command()


def test_a_stamp_stands_for_one_content_only(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    bootstrap.stamp("run", bootstrap.digest("a==1"))
    assert bootstrap.stamped("run", bootstrap.digest("a==1"))
    assert not bootstrap.stamped("run", bootstrap.digest("a==2"))


def test_an_environment_without_an_interpreter_is_not_usable(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    assert not bootstrap.usable()


def test_without_permission_the_one_command_is_told(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/run.txt").write_text("a==1", "utf-8")
    monkeypatch.setattr(bootstrap, "missing_libraries", lambda: (["libEGL.so.1", "libGL.so.1"], ""))
    monkeypatch.setattr(bootstrap, "package_manager", lambda: "apt-get")
    monkeypatch.setattr(bootstrap, "privilege", lambda: None)
    with pytest.raises(bootstrap.SetupError) as told:
        bootstrap.ensure_libraries()
    assert "`sudo apt-get install --no-install-recommends libegl1 libgl1`" in str(told.value)


def test_every_library_is_known_to_every_package_manager(bootstrap: ModuleType) -> None:
    known = [*bootstrap.LIBRARIES.values(), bootstrap.FONTS, bootstrap.BROWSER, bootstrap.GLYPHS]
    for packages in known:
        assert set(packages) == set(bootstrap.INSTALL)


@pytest.fixture
def without_browser(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[list[str]]:
    """A machine with apt-get and no browser; what is asked of apt-get is kept, and fails."""
    asked: list[list[str]] = []
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(bootstrap, "BROWSERS", ["a-browser-that-nobody-has"])
    monkeypatch.setattr(bootstrap, "package_manager", lambda: "apt-get")
    monkeypatch.setattr(bootstrap, "privilege", list)
    monkeypatch.setattr(bootstrap, "install_packages", lambda _, packages: asked.append(packages))
    return asked


def test_a_browser_that_cannot_be_installed_is_told_and_tried_once(
    bootstrap: ModuleType, without_browser: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        bootstrap.ensure_browser()
        assert (
            "skipped; run `sudo apt-get install --no-install-recommends chromium`" in capsys.readouterr().err
        )
    assert without_browser == [["chromium"]]


def test_a_browser_that_is_there_is_left_alone(
    bootstrap: ModuleType, without_browser: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "browser", lambda: "chromium")
    monkeypatch.setattr(bootstrap, "HAS_GLYPHS", "")
    bootstrap.stamp("browser", bootstrap.digest("browser"))
    bootstrap.ensure_browser()
    assert without_browser == []


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_hands_on_any_characters_untouched(tmp_path: Path) -> None:
    stand_in = tmp_path / "python of anna"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$PHOTO" "$DREAM" "$OUT" "$@"\n', "utf-8")
    stand_in.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", "demo", f"PYTHON={stand_in}", f"PHOTO={AWKWARD}.jpg", f"DREAM={AWKWARD}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"{AWKWARD}.jpg", AWKWARD, "", "tools/bootstrap.py", "demo"]
