"""`dreamreel backup`: everything that a studio has, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dreamreel.cli.help import Command, examples
from dreamreel.cli.options import Json, Yes
from dreamreel.cli.output import bytes_bar, data, say
from dreamreel.cli.run import may_replace
from dreamreel.wording import plural, size_text

__all__ = ["add"]

_EXAMPLES = examples("dreamreel backup studio.tar", "dreamreel restore studio.tar")


def add(root: typer.Typer) -> None:
    """Add the command to the application."""
    root.command("backup", cls=Command, epilog=_EXAMPLES)(backup)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup, a .tar.", show_default=False)],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write the studio's photos, films and jobs into one file, also while it runs. `dreamreel restore` reads it.

    The exit code is 6 when contents are missing or damaged, and therefore in the backup too.
    """
    from dreamreel.errors import Incomplete
    from dreamreel.media.atomic import check_writable
    from dreamreel.studio.backup import backup as back_up
    from dreamreel.studio.config import Folders, data_folder

    check_writable(file)
    may_replace(file, yes)
    with bytes_bar(file.name) as progress:
        made = back_up(Folders(data_folder()), file, progress)
    if as_json:
        data(
            {
                "path": str(file), "files": made.files, "bytes": made.bytes, "missing": list(made.missing),
                "damaged": list(made.damaged),
            }
        )  # fmt: skip
    else:
        say(f"{plural(made.files, 'file')}, {size_text(made.bytes)}; keep it where nobody else can read it:")
        data(str(file))
    if made.missing or made.damaged:
        raise Incomplete(
            f"The backup is as whole as the studio: {len(made.missing)} missing, {len(made.damaged)} damaged; "
            "`dreamreel library check` says which."
        )
