"""The graph: what a clip is made of, as plain data that can be hashed, written down and read back.

A `Node` is one op with its parameters and its inputs. Its digest is computed once, when it is built, from
the digests of its inputs, so a graph of any depth costs one hash per node and nothing ever recurses. A
`Recipe` is a set of named output nodes, written as a flat table in topological order:

    {"schema": 1,
     "nodes":   [{"op": "source.file/1", "params": {…}, "inputs": []},
                 {"op": "geometry.resize/1", "params": {…}, "inputs": [0]}],
     "outputs": {"main": 1}}

    Node ──walk()──► table ──canonical JSON──► text ──Recipe.from_json(), upgrades──► Node

This room knows nothing about what ops do; `ops` gives meaning to the names.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from dreamreel.errors import InputMissing, NotWritable, RecipeInvalid

__all__ = [
    "JSON",
    "SCHEMA",
    "FrozenJSON",
    "Migration",
    "Node",
    "Recipe",
    "Upgrades",
    "canonical",
    "digest_of",
    "freeze",
    "migrate",
    "rewrite",
    "thaw",
    "upgrade",
    "walk",
]

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]
FrozenJSON = None | bool | int | float | str | tuple["FrozenJSON", ...] | Mapping[str, "FrozenJSON"]

SCHEMA: Final = 1
"""The version of the recipe's outer shape; ops have versions of their own."""

Migration = Callable[[dict[str, JSON]], dict[str, JSON]]
"""One small step: the data of version n in, the data of version n + 1 out."""

Upgrades = Mapping[tuple[str, int], Migration]
"""For `(op name, version)`, the step that turns its parameters into those of the next version."""

_SCHEMA_STEPS: Final[Mapping[int, Migration]] = MappingProxyType({})
_MAX_TEXT = 64 * 2**20
_MAX_NODES = 200_000


def freeze(value: object) -> FrozenJSON:
    """A deep, read-only copy of JSON data. Raises `RecipeInvalid` for anything JSON cannot carry exactly."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                raise RecipeInvalid("a recipe cannot hold an infinite or undefined number.")
            return value
        case list() | tuple():
            return tuple(freeze(item) for item in cast("list[object]", value))
        case Mapping():
            items = cast("Mapping[object, object]", value)
            return MappingProxyType({_key(key): freeze(items[key]) for key in items})
        case _:
            raise RecipeInvalid(f"a recipe cannot hold a value of type {type(value).__name__}.")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise RecipeInvalid(f"the name {key!r} in a recipe is not a text.")
    return key


def thaw(value: FrozenJSON) -> JSON:
    """The plain lists and dictionaries of a frozen value, free to change."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    return value


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces, ASCII; the same in every process and on every machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest_of(value: JSON) -> str:
    """blake2b-160 of the canonical JSON, as 40 hexadecimal digits."""
    return blake2b(canonical(value).encode("ascii"), digest_size=20).hexdigest()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """One op applied to its inputs: frozen, equal and hashable by digest, cheap at any depth."""

    op: str
    version: int
    params: Mapping[str, FrozenJSON]
    inputs: tuple[Node, ...] = ()
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        frozen = freeze(self.params)
        object.__setattr__(self, "params", frozen)
        identity: JSON = {
            "op": self.op,
            "version": self.version,
            "params": thaw(frozen),
            "inputs": [node.digest for node in self.inputs],
        }
        object.__setattr__(self, "digest", digest_of(identity))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Node {self.op}/{self.version} {self.digest[:12]} of {len(self.inputs)}>"


def walk(outputs: Iterable[Node]) -> Iterator[Node]:
    """Every distinct node that `outputs` need, inputs before users, each once; iterative, so depth is free."""
    done: set[str] = set()
    for root in outputs:
        stack: list[tuple[Node, int]] = [(root, 0)]
        while stack:
            node, at = stack.pop()
            if node.digest in done:
                continue
            if at < len(node.inputs):
                stack.append((node, at + 1))
                stack.append((node.inputs[at], 0))
            else:
                done.add(node.digest)
                yield node


def rewrite(root: Node, change: Callable[[Node], Node]) -> Node:
    """The graph with every node replaced by `change(node)`, inputs first; unchanged parts stay shared."""
    made: dict[str, Node] = {}
    for node in walk([root]):
        inputs = tuple(made[source.digest] for source in node.inputs)
        kept = all(new is old for new, old in zip(inputs, node.inputs, strict=True))
        made[node.digest] = change(node if kept else Node(node.op, node.version, node.params, inputs))
    return made[root.digest]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Named outputs and all they are made of. Two recipes are equal when their outputs are."""

    outputs: Mapping[str, Node]

    def __post_init__(self) -> None:
        if not self.outputs:
            raise RecipeInvalid("the recipe has no output; name at least one.")
        object.__setattr__(self, "outputs", MappingProxyType(dict(sorted(self.outputs.items()))))

    @classmethod
    def of(cls, node: Node) -> Recipe:
        """The recipe of a single output, called `main`."""
        return cls({"main": node})

    @property
    def main(self) -> Node:
        """The output called `main`, or the only one. Raises `RecipeInvalid` when there is no such choice."""
        if len(self.outputs) == 1:
            return next(iter(self.outputs.values()))
        if "main" not in self.outputs:
            raise RecipeInvalid(
                f"the recipe has several outputs and none is called main: {', '.join(self.outputs)}."
            )
        return self.outputs["main"]

    def __hash__(self) -> int:
        return hash(tuple((name, node.digest) for name, node in self.outputs.items()))

    def to_data(self) -> dict[str, JSON]:
        """The flat table as plain JSON data."""
        index: dict[str, int] = {}
        table: list[JSON] = []
        for node in walk(self.outputs.values()):
            index[node.digest] = len(table)
            inputs: list[JSON] = [index[source.digest] for source in node.inputs]
            table.append({"op": f"{node.op}/{node.version}", "params": thaw(node.params), "inputs": inputs})
        outputs: dict[str, JSON] = {name: index[node.digest] for name, node in self.outputs.items()}
        return {"schema": SCHEMA, "nodes": table, "outputs": outputs}

    def to_json(self, *, indent: int | None = None) -> str:
        """The recipe as text; canonical (one line) unless `indent` asks for a form for people."""
        data = self.to_data()
        return canonical(data) if indent is None else json.dumps(data, indent=indent, sort_keys=True) + "\n"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recipe for people to read and other tools to use. Raises `NotWritable`."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            part.write_text(self.to_json(indent=1), encoding="utf-8")
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise NotWritable(
                f"{target.name} cannot be written ({error.strerror}); choose another folder."
            ) from None

    @classmethod
    def from_json(cls, text: str | bytes, upgrades: Upgrades = MappingProxyType({})) -> Recipe:
        """Read a recipe's text, migrating old schemas and old ops. Raises `RecipeInvalid`."""
        if len(text) > _MAX_TEXT:
            raise RecipeInvalid(f"the recipe is larger than {_MAX_TEXT >> 20} MiB; it cannot be one.")
        try:
            data = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise RecipeInvalid("the recipe is not JSON text; was the right file given?") from None
        return cls.from_data(data, upgrades)

    @classmethod
    def from_data(cls, data: object, upgrades: Upgrades = MappingProxyType({})) -> Recipe:
        """Build the graph of JSON data, migrating old schemas and old ops. Raises `RecipeInvalid`."""
        if not isinstance(data, dict):
            raise RecipeInvalid("the recipe is not a JSON object; was the right file given?")
        try:
            return _build(migrate(cast("dict[str, JSON]", data)), upgrades)
        except RecursionError:
            raise RecipeInvalid(
                "the recipe's parameters are nested too deeply; it cannot be one of ours."
            ) from None

    @classmethod
    def load(cls, path: str | os.PathLike[str], upgrades: Upgrades = MappingProxyType({})) -> Recipe:
        """Read a recipe file. Raises `InputMissing` and `RecipeInvalid`."""
        source = Path(path)
        try:
            with source.open("rb") as file:
                text = file.read(_MAX_TEXT + 1)
        except OSError as error:
            raise InputMissing(
                f"the recipe {source.name} cannot be read ({error.strerror}); check the name."
            ) from None
        return cls.from_json(text, upgrades)


def _no_constant(name: str) -> float:
    raise ValueError(name)


def migrate(
    data: dict[str, JSON], steps: Mapping[int, Migration] = _SCHEMA_STEPS, to: int = SCHEMA
) -> dict[str, JSON]:
    """Bring a recipe's outer shape to schema `to` by a chain of small steps. Raises `RecipeInvalid`."""
    version = data.get("schema")
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise RecipeInvalid("the recipe does not say its schema; was the right file given?")
    if version > to:
        raise RecipeInvalid(
            f"the recipe has schema {version}, newer than this program's {to}; update dreamreel."
        )
    while version < to:
        if version not in steps:
            raise RecipeInvalid(f"recipes of schema {version} can no longer be read.")
        data = {**steps[version](data), "schema": version + 1}
        version += 1
    return data


def upgrade(
    op: str, version: int, params: dict[str, JSON], upgrades: Upgrades
) -> tuple[int, dict[str, JSON]]:
    """The newest version of an op's parameters, by as many steps as there are."""
    while (op, version) in upgrades:
        params = upgrades[op, version](params)
        version += 1
    return version, params


def _build(data: dict[str, JSON], upgrades: Upgrades) -> Recipe:
    table, outputs = data.get("nodes"), data.get("outputs")
    if not isinstance(table, list) or not isinstance(outputs, dict) or len(table) > _MAX_NODES:
        raise RecipeInvalid("the recipe has no table of nodes and outputs; was the right file given?")
    nodes: list[Node] = []
    shared: dict[str, Node] = {}
    for position, row in enumerate(table):
        node = _row(position, row, nodes, upgrades)
        nodes.append(shared.setdefault(node.digest, node))
    return Recipe({name: nodes[_index(name, value, len(nodes))] for name, value in outputs.items()})


def _row(position: int, row: JSON, before: list[Node], upgrades: Upgrades) -> Node:
    if not isinstance(row, dict):
        raise RecipeInvalid(f"node {position} of the recipe is not an object.")
    name, params, inputs = row.get("op"), row.get("params"), row.get("inputs")
    op, slash, version = name.rpartition("/") if isinstance(name, str) else ("", "", "")
    if not (op and slash and version.isascii() and version.isdigit() and len(version) < 6):
        raise RecipeInvalid(f"node {position} of the recipe does not name an op with its version.")
    if not isinstance(params, dict) or not isinstance(inputs, list):
        raise RecipeInvalid(f"node {position} ({op}) of the recipe lacks its parameters or inputs.")
    number, params = upgrade(op, int(version), params, upgrades)
    return Node(
        op,
        number,
        cast("Mapping[str, FrozenJSON]", params),
        tuple(before[_index(f"node {position}", source, position)] for source in inputs),
    )


def _index(what: str, value: JSON, limit: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise RecipeInvalid(f"{what} of the recipe points to a node that does not come before it.")
    return value
