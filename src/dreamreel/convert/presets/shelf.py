"""Where presets are: the built-in ones by family, the user's own folder, and any file that is named.

preset("iphone")       the user's own of that name, else the built-in one
preset("mine.toml")    the only preset, or the first, of a file
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from dreamreel.convert.presets.model import Preset, Rows, built, rows_of, to_toml
from dreamreel.errors import BadParameter, InputMissing, NotFound

__all__ = ["FAMILIES", "OWN", "builtin", "families", "from_file", "home", "own", "preset", "remove", "save"]

FAMILIES: Final = (
    "web", "phones", "tablets", "screens", "social", "messengers", "editing", "archive", "audio", "images",
)  # fmt: skip
"""Files of built-in presets, in the order in which they are shown."""
OWN: Final = "Your own"
"""The family of the user's own presets."""
_LARGEST = 4 * 2**20


@cache
def builtin() -> Mapping[str, Preset]:
    """Every built-in preset by name, family by family."""
    rows: dict[str, Mapping[str, object]] = {}
    titles: dict[str, str] = {}
    for family in ("bases", *FAMILIES):
        text = (
            resources.files("dreamreel.convert.presets")
            .joinpath(f"{family}.toml")
            .read_text(encoding="utf-8")
        )
        data = tomllib.loads(text)
        found = rows_of(data, f"{family}.toml")
        titles |= dict.fromkeys(found, "" if family == "bases" else str(data["title"]))
        rows |= found
    return MappingProxyType({name: built(name, rows, title) for name, title in titles.items() if title})


def families() -> dict[str, list[Preset]]:
    """All presets under the titles of their families; the user's own come last."""
    found: dict[str, list[Preset]] = {}
    for one in (*builtin().values(), *own().values()):
        found.setdefault(one.family, []).append(one)
    return found


def home() -> Path:
    """The folder of the user's own presets: under `$DREAMREEL_HOME`, else in the user's settings."""
    if given := os.environ.get("DREAMREEL_HOME"):
        return Path(given) / "presets"
    import platformdirs

    return Path(platformdirs.user_config_dir("dreamreel", appauthor=False)) / "presets"


def own() -> dict[str, Preset]:
    """The user's own presets by name; files that cannot be read are left out."""
    found: dict[str, Preset] = {}
    for path in sorted(home().glob("*.toml")):
        try:
            found |= {one.name: one for one in from_file(path)}
        except (BadParameter, InputMissing):
            continue
    return found


def from_file(path: Path) -> list[Preset]:
    """The presets in a TOML or JSON file, which may extend built-in ones. Raises `InputMissing`, `BadParameter`."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadParameter(f"{path.name} is too large for a file of presets.")
        text = path.read_text(encoding="utf-8")
        data: object = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise InputMissing(f"{path.name} cannot be read ({error.strerror}); check the name.") from None
    except (ValueError, RecursionError) as error:
        raise BadParameter(f"{path.name} is not a file of presets ({error}).") from None
    rows = rows_of(data, path.name)
    return [built(name, {**_as_rows(), **rows}, OWN) for name in rows]


def _as_rows() -> Rows:
    from dreamreel.convert.presets.model import as_data

    return {name: as_data(one) for name, one in builtin().items()}


def preset(name: str) -> Preset:
    """The preset of that name, or in that file. Raises `NotFound`, `InputMissing`, `BadParameter`."""
    if name.lower().endswith((".toml", ".json")):
        return from_file(Path(name))[0]
    key = name.lower()
    file = home() / f"{key}.toml"
    if "/" not in key and "\\" not in key and file.is_file():
        return from_file(file)[0]
    if (found := own().get(key) or builtin().get(key)) is not None:
        return found
    near = difflib.get_close_matches(key, [*builtin(), *own()], 3)
    way = f"did you mean {' or '.join(near)}?" if near else "`dreamreel presets` lists them."
    raise NotFound(f"there is no preset called {name[:60]!r}; {way}")


def save(one: Preset) -> Path:
    """Keep a preset in the user's folder. Raises `NotWritable`, `NoSpace`."""
    from dreamreel.errors import NotWritable
    from dreamreel.media.atomic import atomic_write

    path = home() / f"{one.name}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(f"{path.parent.name} cannot be made ({error.strerror}).") from None
    rows_of({"presets": {one.name: {}}}, "the preset")
    with atomic_write(path) as part:
        part.write_text(to_toml([one]), encoding="utf-8")
    return path


def remove(name: str) -> None:
    """Throw one of the user's own presets away. Raises `NotFound`."""
    path = home() / f"{name.lower()}.toml"
    if "/" in name or "\\" in name or not path.is_file():
        raise NotFound(f"you have no preset called {name[:60]!r}; `dreamreel presets` lists yours last.")
    path.unlink()
