"""Write the tables of the documentation from the code: `python tools/docs_tables.py`.

    Typer's commands ─► docs/reference.md       between  <!-- begin NAME -->  and  <!-- end NAME -->
    the cast         ─► docs/guide.md
    tokens.css       ─► docs/studio-design.md

A test compares the pages with what this writes, so that they never drift.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.main import get_command

from dreamreel.cli import COMMANDS, app
from dreamreel.cli.help import EXIT_CODES, Command, Group, described
from dreamreel.convert.presets.shelf import builtin
from dreamreel.dream.cast import default_cast

__all__ = ["PAGES", "main", "written"]

ROOT = Path(__file__).resolve().parent.parent


def table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


def commands() -> str:
    """Every command with its arguments and options; those of a group under the group."""
    program = get_command(app())
    above = typer.Context(program, info_name="dreamreel")
    return "\n".join(line for name in COMMANDS for line in sections(program, name, above, "###")).rstrip()


def sections(group: Group, name: str, above: typer.Context, marks: str) -> Iterator[str]:
    """The section of one command, or of a group and all its commands."""
    found = group.commands[name]
    ctx = typer.Context(found, info_name=name, parent=above)
    yield from (f"{marks} {ctx.command_path.removeprefix('dreamreel ')}", "")
    if isinstance(found, Group):
        yield from (found.help, "")
        for inner in found.list_commands(ctx):
            yield from sections(found, inner, ctx, f"{marks}#")
        return
    assert isinstance(found, Command)
    told = described(found, ctx)
    yield from (f"`{told.usage}`", "", told.summary, "")
    # Help is everywhere; it is said once above the table of commands.
    rows = [[f"`{row.names}`", row.text, row.default] for row in told.rows if "--help" not in row.names]
    if rows:
        yield from (*table(["argument or option", "meaning", "default"], rows), "")


def exit_codes() -> str:
    """Every exit code."""
    return "\n".join(table(["code", "meaning"], [[str(code), words] for code, words in EXIT_CODES.items()]))


def words(items: tuple[str, ...]) -> str:
    """A list of words in one cell."""
    return ", ".join(items)


def actors() -> str:
    """Every actor: the words that call it, and what it does when the dream does not say."""
    rows = [
        [kind.replace("_", " "), words(told.nouns), " ".join(told.emoji), told.habit]
        for kind, told in sorted(default_cast().actors.items())
    ]
    return "\n".join(table(["actor", "words for it", "emoji", "by itself"], rows))


def actions() -> str:
    """Every action and its words."""
    rows = [
        [kind, words((*told.verbs, *told.adjectives))]
        for kind, told in sorted(default_cast().actions.items())
    ]
    return "\n".join(table(["action", "words for it"], rows))


def settings() -> str:
    """Every setting, its words, its times of day and what in it can be named."""
    rows = [
        [kind.replace("_", " "), words(told.nouns), words(told.times), words(told.parts)]
        for kind, told in sorted(default_cast().settings.items())
    ]
    return "\n".join(table(["setting", "words for it", "times of day", "parts of it"], rows))


def presets() -> str:
    """Every built-in preset, family by family."""
    found: dict[str, list[list[str]]] = {}
    for name, told in builtin().items():
        found.setdefault(told.family, []).append([f"`{name}`", told.title, told.description])
    lines: list[str] = []
    for family, rows in found.items():
        lines += [f"#### {family}", "", *table(["preset", "for", "what it makes"], rows), ""]
    return "\n".join(lines).rstrip()


TOKENS = ROOT / "src" / "dreamreel" / "studio" / "web" / "tokens.css"
TOKEN = re.compile(
    r"^[ \t]*/\*(?P<group>.*?)\*/|/\*(?P<use>.*?)\*/|--(?P<name>[\w-]+):\s*(?P<value>[^;]+);",
    re.DOTALL | re.MULTILINE,
)


def block(css: str, selector: str) -> str:
    """What stands between the braces of the first rule with that selector."""
    return css.partition(f"\n{selector} {{\n")[2].partition("\n}\n")[0]


def values(css: str, selector: str) -> dict[str, str]:
    """The tokens of a theme."""
    return {found["name"]: found["value"] for found in TOKEN.finditer(block(css, selector)) if found["name"]}


def tokens() -> str:
    """Every token of the page's look, in the groups of the sheet, with the values of each theme."""
    css = TOKENS.read_text("utf-8")
    dark, contrast = (values(css, f':root[data-theme="{theme}"]') for theme in ("dark", "contrast"))
    groups: list[tuple[str, list[list[str]]]] = []
    for found in TOKEN.finditer(block(css, ":root")):
        if found["group"] is not None:
            groups.append((" ".join(found["group"].split()), []))
        elif found["use"] is not None:
            groups[-1][1][-1][-1] = " ".join(found["use"].split())
        else:
            name, value = found["name"], " ".join(found["value"].split())
            told = [f"`{one}`" if one else "" for one in (value, dark.get(name), contrast.get(name))]
            groups[-1][1].append([f"`--{name}`", *told, ""])
    lines: list[str] = []
    for title, rows in groups:
        head, _, rest = title.partition(": ")
        lines += [f"#### {head.rstrip('.')}", "", *([rest[:1].upper() + rest[1:], ""] if rest else [])]
        heads = ["token", "light", "dark", "high contrast", "for"]
        if not any(row[2] or row[3] for row in rows):
            heads, rows = ["token", "value", "for"], [[row[0], row[1], row[4]] for row in rows]
        if not any(row[-1] for row in rows):
            heads, rows = heads[:-1], [row[:-1] for row in rows]
        lines += [*table(heads, rows), ""]
    return "\n".join(lines).rstrip()


PAGES = {
    ROOT / "docs" / "studio-design.md": {"tokens": tokens},
    ROOT / "docs" / "reference.md": {"commands": commands, "exit codes": exit_codes},
    ROOT / "docs" / "convert.md": {"presets": presets},
    ROOT / "docs" / "guide.md": {"actors": actors, "actions": actions, "settings": settings},
}
"""Page → section name → what makes it."""


def written(page: Path) -> str:
    """The page with every section made anew."""
    text = page.read_text("utf-8")
    for name, make in PAGES[page].items():
        marks = re.escape(f"<!-- begin {name} -->"), re.escape(f"<!-- end {name} -->")
        section = f"<!-- begin {name} -->\n\n{make()}\n\n<!-- end {name} -->"
        text, count = re.subn(f"{marks[0]}.*?{marks[1]}", lambda _, new=section: new, text, flags=re.DOTALL)
        if count != 1:
            raise SystemExit(f"{page.name} must hold one section called {name!r}, and has {count}")
    return text


def main() -> None:
    """Bring all pages up to date."""
    for page in PAGES:
        page.write_text(written(page), encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)} is up to date.\n")


if __name__ == "__main__":
    main()
