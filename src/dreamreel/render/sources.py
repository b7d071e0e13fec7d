"""What a recipe needs and where it is here: its files, and what computes its networks.

Where source files are: recipes that travel name them by their last name and a hash of their contents only.

A private index in the user's state folder maps hashes to paths; besides it, files are looked for beside the output and
in the current folder. What is found must have the same contents.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from dreamreel.errors import InputMissing
from dreamreel.graph import FrozenJSON, Node, freeze, rewrite, walk
from dreamreel.media.atomic import atomic_write
from dreamreel.ops.source import content_hash
from dreamreel.places import state_file
from dreamreel.render.plan import Plan, source_path

if TYPE_CHECKING:
    from dreamreel.neural.catalog import Precision

__all__ = ["computable", "located", "remember"]

_log = logging.getLogger("dreamreel")

_INDEX = "sources.json"
_MOST = 5000


def located(node: Node, out: Path) -> Node:
    """The same graph with every file where it is now, and networks computed by what is here (see `computable`).

    Raises `InputMissing` for a file that is nowhere or has changed.
    """
    index: dict[str, str] | None = None

    def find(one: Node) -> Node:
        nonlocal index
        path = source_path(one)
        if path is None:
            return computable(one)
        content = one.params.get("content")
        if path.is_absolute() and path.exists() and content_hash(path) == content:
            return one
        if index is None:
            index = _load()
        for candidate in _candidates(path, index.get(str(content)), out):
            if candidate.is_file() and content_hash(candidate) == content:
                name = "path" if "path" in one.params else "photo"
                return Node(one.op, one.version, {**one.params, name: str(candidate.resolve())}, one.inputs)
        changed = path.is_file()
        what = (
            "has changed since the recipe was made"
            if changed
            else "is not where it was, nor beside the output"
        )
        raise InputMissing(
            f"{path.name} {what}; put the original there, or make the clip again from the new one."
        )

    return rewrite(node, find)


def computable(one: Node) -> Node:
    """The node itself; where its network was to be computed by a graphics card that is not here, or no longer right,
    by the processor instead, and it is said why. Its segments are other ones then: a film is never made of both.
    """
    params = _computable(one.params)
    return one if params == one.params else Node(one.op, one.version, params, one.inputs)


def _computable(params: Mapping[str, FrozenJSON]) -> dict[str, FrozenJSON]:
    """Parameters, those of ops inside them included, with precisions that this machine has."""
    made: dict[str, FrozenJSON] = {
        name: freeze(_computable(value)) if isinstance(value, Mapping) else value
        for name, value in params.items()
    }
    if "precision" in made:
        from dreamreel.neural.runtimes.chosen import device_precision

        if (wanted := device_precision(made["precision"])) is not None:
            made["precision"] = _here(wanted)
    return made


def _here(wanted: Precision) -> Precision:
    """What computes instead of a graphics card that is not here; the very precision where it is."""
    from dreamreel.neural.machine import settled
    from dreamreel.neural.runtimes.chosen import told
    from dreamreel.neural.runtimes.providers import fault

    if not (why := fault(wanted)):
        return wanted
    _say(f"this film was begun with {told(wanted)}, and {why}; all of it is computed by {told(settled())}")
    return settled()


@lru_cache
def _say(words: str) -> None:
    """A warning, once."""
    _log.warning("%s", words)


def _candidates(path: Path, known: str | None, out: Path) -> Iterator[Path]:
    if known:
        yield Path(known)
    yield out.parent / path.name
    yield Path.cwd() / path.name


def remember(plan: Plan) -> None:
    """Note where this render's files are, for `again`."""
    index = _load()
    for node in walk([plan.node]):
        path, content = source_path(node), node.params.get("content")
        if path is not None and isinstance(content, str):
            index.pop(content, None)
            index[content] = str(path)
    target = state_file(_INDEX)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    newest = dict(list(index.items())[-_MOST:])
    with atomic_write(target) as part:
        part.touch(mode=0o600)
        part.write_text(json.dumps(newest, indent=0), encoding="utf-8")


def _load() -> dict[str, str]:
    try:
        data = json.loads(state_file(_INDEX).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    items = cast("dict[object, object]", data).items()
    return {key: value for key, value in items if isinstance(key, str) and isinstance(value, str)}
