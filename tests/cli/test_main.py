"""What every command has in common: help, versions, usage errors, exit codes, completion."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.terminal import command, environment, photo, started, typed

from dreamreel import __version__, errors
from dreamreel.cli import COMMANDS
from dreamreel.cli.help import EXIT_CODES


def test_the_version_is_data(capsys):
    assert typed(capsys, "--version") == (0, f"dreamreel {__version__}\n", "")


def test_it_is_a_module_too():
    ran = subprocess.run([sys.executable, "-m", "dreamreel", "--version"], capture_output=True, check=True)
    assert ran.stdout.decode() == f"dreamreel {__version__}\n"


def test_without_a_command_the_help_is_shown_as_an_error(capsys):
    ran = typed(capsys)
    assert (ran.code, ran.out) == (2, "")
    assert "Commands" in ran.err


def test_help_lists_every_command_and_every_exit_code(capsys):
    ran = typed(capsys, "--help")
    assert ran.code == 0
    assert [word for word in COMMANDS if f"  {word} " not in ran.out] == []
    assert [code for code in EXIT_CODES if f"{code} " not in ran.out.split("Exit codes:")[1]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    ran = typed(capsys, name, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: dreamreel {name}")


@pytest.mark.parametrize("columns", [58, 80, 200])
def test_help_fits_the_terminal(columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    told = typed(capsys, "generate", "--help").out.split("Examples")[0]
    assert max(map(len, told.splitlines())) <= columns


def test_help_is_grouped_with_defaults_and_examples(capsys):
    told = typed(capsys, "generate", "--help").out
    headings = [
        line for line in told.splitlines() if line.startswith(("Arguments", "The ", "Options", "Examples"))
    ]
    assert headings == ["Arguments", "The picture", "The dream", "The output", "Options", "Examples"]
    assert "[720p]" in told
    assert "--seed NUMBER" in told


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom dreamreel.cli import main\n"
        "heavy = {'av', 'cv2', 'skia', 'numpy', 'pydantic', 'rich'}\n"
        "try: main(['--help'])\nfinally: print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["generat", "a"], "There is no command 'generat'; did you mean generate or render?"),
        (["frobnicate"], f"There is no command 'frobnicate'; there are {', '.join(COMMANDS)}."),
        (["generate", "--resolutoin", "3"], "There is no option --resolutoin; did you mean --resolution?"),
        (["info", "--wat"], "There is no option --wat; see `dreamreel info --help`."),
        (["generate"], "PHOTO is missing; see `dreamreel generate --help`."),
        (["storyboard"], "DREAM is missing; see `dreamreel storyboard --help`."),
        (["generate", "a.jpg", "x", "--seed", "many"], "--seed 'many' is not a whole number; choose any, such as 7."),
        (["storyboard", "--json=3", "x"], "Option '--json' does not take a value."),
        (["generate", "a.jpg", "x", "-o"], "Option '-o' requires an argument."),
        (
            ["generate", "a.jpg", "three", "sheep"],
            "There are too many arguments (sheep); put a dream in quotes, or see `dreamreel generate --help`.",
        ),
        (["explain", "a", "b"], "There are too many arguments (b); see `dreamreel explain --help`."),
        (
            ["generate", "a.jpg", "x", "--face", "left"],
            "--face 'left' is neither the number of a face nor ten numbers separated by commas.",
        ),
        (["generate", "a.jpg", "x", "--storyboard", "b.json"], "Give the dream in words or as --storyboard, not both."),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence(args, sentence, capsys):
    ran = typed(capsys, *args)
    assert (ran.code, ran.out, ran.err) == (2, "", f"dreamreel: {sentence}\n")


def test_every_error_has_a_documented_exit_code():
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DreamreelError)
    }
    assert codes | {0} == set(EXIT_CODES)


def test_a_missing_engine_is_a_missing_capability(tmp_path, capsys):
    ran = typed(capsys, "generate", photo(tmp_path / "a.png"), "a whale", "--engine", "wan")
    assert ran.code == 4
    assert ran.complaint == "There is no engine called 'wan'; this installation has dream."


def test_what_nobody_foresaw_is_a_sentence_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("dreamreel.engines.ENGINES", None)
    ran = typed(capsys, "engines")
    assert ran.code == 1
    assert ran.complaint.startswith("Something unforeseen went wrong (AttributeError")
    assert "DREAMREEL_DEBUG=1" in ran.complaint


def test_debugging_shows_where(monkeypatch):
    ran = started("engines", DREAMREEL_DEBUG="1")
    assert ran.code == 0
    monkeypatch.setenv("DREAMREEL_DEBUG", "1")
    monkeypatch.setattr("dreamreel.engines.ENGINES", None)
    from dreamreel.cli import main

    with pytest.raises(AttributeError):
        main(["engines"])


def test_a_name_cannot_command_the_terminal(tmp_path, capsys):
    ran = typed(capsys, "info", tmp_path / "\x1b[31mred\nline.mp4")
    assert ran.code == 3
    assert "\x1b" not in ran.err
    assert ran.err.count("\n") == 1


def test_a_terminal_without_unicode_still_gets_an_answer(tmp_path):
    ran = started("info", photo(tmp_path / "a.png"), PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert "160\\xd7120" in ran.out
    told = started("storyboard", "ein 🐳 für Änne", "--json", PYTHONIOENCODING="ascii")
    assert json.loads(told.out)["actors"][0]["kind"] == "whale"


def test_a_reader_that_leaves_is_no_error(tmp_path):
    reader = subprocess.Popen(
        command("storyboard", "a whale and a sheep"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert reader.stdout is not None
    reader.stdout.close()
    assert reader.stderr is not None
    assert reader.stderr.read() == b""
    reader.stderr.close()
    reader.wait()


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete --command")]
)
def test_completion_scripts_are_made(shell, mark):
    ran = started(_DREAMREEL_COMPLETE=f"source_{shell}")
    assert ran.code == 0
    assert mark in ran.out
    assert "dreamreel" in ran.out


@pytest.mark.parametrize(
    ("line", "word", "found"),
    [("dreamreel gen", "1", ["generate"]), ("dreamreel generate --res", "2", ["--resolution"])],
)
def test_completion_completes(line, word, found):
    ran = started(_DREAMREEL_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=word)
    assert ran.out.split() == found


def test_completion_installs_itself(tmp_path):
    ran = started("--install-completion", HOME=str(tmp_path), SHELL="/bin/bash",
                  _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")  # fmt: skip
    if ran.code == 2:  # Without detection the option takes the shell's name.
        ran = started("--install-completion", "bash", HOME=str(tmp_path),
                      _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")  # fmt: skip
    assert ran.code == 0
    assert [path.name for path in tmp_path.rglob("dreamreel*")] == ["dreamreel.sh"]


def test_segments_that_cannot_be_kept_are_a_sentence(tmp_path, capsys, monkeypatch):
    home = Path(tmp_path / "home")
    home.write_text("a file", encoding="utf-8")
    monkeypatch.setenv("DREAMREEL_HOME", str(home / "here"))
    ran = typed(capsys, "generate", photo(tmp_path / "a.png"), "a whale", "-o", tmp_path / "a.mp4")
    assert ran.code == 5
    assert "set DREAMREEL_HOME" in ran.complaint
