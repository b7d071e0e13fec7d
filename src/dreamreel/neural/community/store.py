"""The user's own weights: a folder of files, each with a record beside it, added and removed whole.

    FILE ─► hashed while it is copied ─► card, from the catalogue or from looking into it ─► licence accepted?
         ─► .pth: as safetensors ─► weights in their place ─► record in its place: from now on they are installed

A record holds the hash of what is kept; it is compared whenever the weights are used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from dreamreel.errors import BadParameter, BadWeights, InputMissing, ModelMissing, NotFound, UsageError
from dreamreel.media.atomic import atomic_write, output_error
from dreamreel.neural.community.catalog import UNKNOWN, USES, Card, by_hash, known
from dreamreel.places import models_folder

if TYPE_CHECKING:
    from dreamreel.graph import JSON

__all__ = [
    "Installed",
    "add",
    "card",
    "colouring",
    "identify",
    "installed",
    "remove",
    "same",
    "usable",
    "verified",
]

_PICKLED: Final = frozenset({".pth", ".pt", ".ckpt"})
_LARGEST = 8 * 2**30
_BLOCK = 2**20
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """Weights that are there to be used."""

    card: Card
    path: Path
    """The file that is kept: safetensors or ONNX."""
    sha256: str
    """Its hash; that of the card is the hash of the file as its author published it."""
    parameters: int
    """How many numbers it holds; 0 where that was not counted."""
    accepted: str
    """The day on which the licence was accepted, as 2026-11-27; empty for a file that was put into the folder."""

    @property
    def known(self) -> bool:
        """Whether the catalogue knows these weights."""
        return by_hash(self.card.sha256) is not None


def installed() -> dict[str, Installed]:
    """All weights that are there, by name, those of the catalogue first and in its order. Files are not read."""
    folder = models_folder()
    found: dict[str, Installed] = {}
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        if (one := _recorded(path)) is not None and one.path.is_file():
            found[one.card.name] = one
    for one in known().values():
        path = folder / one.file
        # A file that needs no conversion may also be put there by hand.
        if one.name not in found and path.suffix not in _PICKLED and _size(path) == one.bytes:
            found[one.name] = Installed(card=one, path=path, sha256=one.sha256, parameters=0, accepted="")
    order = list(known())
    return dict(
        sorted(found.items(), key=lambda row: (order.index(row[0]) if row[0] in order else len(order), row))
    )


def card(name: str) -> Card:
    """What is known of weights, whether they are installed or not. Raises `NotFound`, with how to see all names."""
    if (one := installed().get(name)) is not None:
        return one.card
    if (row := known().get(name)) is not None:
        return row
    raise NotFound(
        f"there are no weights called {name[:60]!r}; `dreamreel models` lists those that are known."
    )


def usable(name: str) -> Installed:
    """Installed weights for enlarging or restoring. Raises `ModelMissing`, with what to do, or `BadParameter`."""
    one = installed().get(name)
    row = card(name) if one is None else one.card
    if row.use in ("faces", "colourise"):
        does = "find faces" if row.use == "faces" else "give colours"
        raise BadParameter(f"the weights {name} {does}; they cannot make a picture larger.")
    if one is None:
        raise _missing(row)
    return one


def _missing(row: Card) -> ModelMissing:
    return ModelMissing(
        f"The weights {row.name} are not installed; get {row.file} from {row.origin}, then run "
        f"`dreamreel models add {row.file}`."
    )


def colouring(name: str | None) -> Installed:
    """Installed weights that give colours: those of that name, else the first there are.

    Raises `ModelMissing`, with what to do, `NotFound` for a name that nobody knows, and `BadParameter` for weights that
    do something else.
    """
    there = installed()
    if name is None:
        found = next((one for one in there.values() if one.card.use == "colourise"), None)
        if found is None:
            raise ModelMissing(
                "No weights that give colours are installed; get an ONNX file of such a network, then run "
                "`dreamreel models add FILE`."
            )
        return found
    one = there.get(name)
    row = card(name) if one is None else one.card
    if row.use != "colourise":
        raise BadParameter(f"the weights {name} do not give colours; `dreamreel models` says what each does.")
    if one is None:
        raise _missing(row)
    return one


def same(one: Installed, weights: str, again: str) -> Installed:
    """`one`, if it is the weights that a film was made with, by the beginning of their hash.

    Raises `BadWeights` when it is not; `again` says what to do to the clip anew: enlarge, colour.
    """
    if not weights or not one.card.sha256.startswith(weights):
        raise BadWeights(
            f"The weights {one.card.name} that are installed are not those that this film was made with; "
            f"add those, or {again} the clip anew."
        )
    return one


def verified(one: Installed) -> Path:
    """The file, its hash compared now. Raises `BadWeights` when it is another one, `ModelMissing` when it is gone."""
    try:
        with one.path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing(
            f"The file {one.path.name} of the weights {one.card.name} cannot be read; add them again."
        ) from error
    if found != one.sha256:
        raise BadWeights(
            f"The file {one.path.name} of the weights {one.card.name} was changed or is damaged; "
            f"run `dreamreel models remove {one.card.name}` and add them again."
        )
    return one.path


def identify(source: Path, name: str | None = None) -> Card:
    """What a file is: by its hash from the catalogue, else by looking into it, called `name` or after the file.

    Raises `InputMissing`, and `BadWeights` for a file that is none that can be used.
    """
    digest, size = _hashed(source, None)
    if (row := by_hash(digest)) is not None:
        return row
    from dreamreel.neural.community.look import look

    with tempfile.TemporaryDirectory(prefix="dreamreel-") as folder:
        seen = look(_plain(source, Path(folder)))
    called = name or "-".join(re.findall(r"[a-z0-9]+", source.stem.lower())) or "weights"
    if not _NAME.fullmatch(called):
        raise BadParameter(f"{called[:60]!r} is no name for weights; use a–z, 0–9 and hyphens.")
    use = "colourise" if seen.colours else "restore" if seen.scale == 1 else "enlarge"
    purpose = USES["colourise"] if seen.colours else "unknown"
    return Card(
        name=called, purpose=purpose, use=use, architecture=seen.architecture, scale=seen.scale, file=source.name,
        sha256=digest, bytes=size, licence=UNKNOWN, author="unknown", origin="unknown",
    )  # fmt: skip


def add(source: Path, accept: Callable[[Card], bool], name: str | None = None) -> Installed:
    """Copy a file of weights into the folder of models, once `accept` has agreed to the terms of its card.

    The copy is complete or absent, and its hash is recorded. Raises `InputMissing`, `BadWeights`, `BadParameter` for a
    name that other weights have, `UsageError` when the terms were not accepted, and what writing raises.
    """
    row = identify(source, name)
    if (there := installed().get(row.name)) is not None and there.card.sha256 != row.sha256:
        raise BadParameter(f"there are other weights called {row.name} already; give these a name by --name.")
    if not accept(row):
        raise UsageError(
            f"The licence of {row.name} was not accepted, so nothing was added; see --accept-licence."
        )
    folder = _made()
    plain = (
        row.file if Path(row.file).suffix.lower() not in _PICKLED else f"{Path(row.file).stem}.safetensors"
    )
    with tempfile.TemporaryDirectory(prefix=".adding-", dir=folder) as work:
        copy = Path(work) / Path(row.file).name
        if _hashed(source, copy)[0] != row.sha256:
            raise BadWeights(f"{source.name} changed while it was being added; try again.")
        kept = _plain(copy, Path(work))
        today = date.today().isoformat()  # noqa: DTZ011 - the day where the user is
        one = Installed(
            card=row, path=folder / Path(plain).name, sha256=_hashed(kept, None)[0], accepted=today,
            parameters=0 if row.use == "faces" else _parameters(kept, known=row.licence != UNKNOWN),
        )  # fmt: skip
        with atomic_write(one.path) as part:
            shutil.move(kept, part)
    with atomic_write(_record(one.path)) as part:
        part.write_text(json.dumps(_row(one), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return one


def remove(name: str) -> Installed:
    """Throw weights away: the record first, then the file. Raises `ModelMissing`, and what the disk refuses."""
    one = installed().get(name)
    if one is None:
        raise ModelMissing(
            f"The weights {name[:60]} are not installed; `dreamreel models` lists those that are."
        )
    try:
        _record(one.path).unlink(missing_ok=True)
        one.path.unlink(missing_ok=True)
    except OSError as error:
        raise output_error(error, one.path) or error from error
    return one


def _made() -> Path:
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(error, folder) or error from error
    return folder


def _plain(source: Path, folder: Path) -> Path:
    """The file itself, or for pickled tensors the same ones as safetensors, in `folder`."""
    if source.suffix.lower() not in _PICKLED:
        return source
    from dreamreel.neural.community.convert import to_safetensors

    target = folder / f"{source.stem}.safetensors"
    to_safetensors(source, target)
    return target


def _parameters(path: Path, *, known: bool) -> int:
    from dreamreel.neural.community.look import look
    from dreamreel.neural.community.tensors import numbers, read_tensors

    try:
        return look(path).parameters
    except ModelMissing:  # Only torch could build it; what the catalogue knows may be added before torch is.
        if not known:
            raise
        return numbers(read_tensors(path))


def _hashed(source: Path, copy: Path | None) -> tuple[str, int]:
    """SHA-256 and size of a file, copied on the way if a copy is wanted."""
    digest, size = hashlib.sha256(), 0

    def through(target: IO[bytes] | None) -> None:
        nonlocal size
        with source.open("rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > _LARGEST:
                    raise BadWeights(f"{source.name} is larger than any weights that can be used (8 GB).")
                digest.update(block)
                if target is not None:
                    target.write(block)

    if not source.is_file():
        raise InputMissing(f"there is no file {source.name}; check its name.")
    try:
        if copy is None:
            through(None)
        else:
            with copy.open("wb") as target:
                through(target)
    except OSError as error:
        raise output_error(error, copy or source) or error from error
    return digest.hexdigest(), size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _record(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _row(one: Installed) -> dict[str, JSON]:
    about = cast("dict[str, JSON]", dataclasses.asdict(one.card))
    return {"weights": 1, "card": about, "file": one.path.name, "sha256": one.sha256,
            "parameters": one.parameters, "accepted": one.accepted}  # fmt: skip


def _recorded(path: Path) -> Installed | None:
    """What a record says; None for a file that is none."""
    try:
        row = cast("Mapping[str, object]", json.loads(path.read_text(encoding="utf-8")))
        if row["weights"] != 1:
            return None
        about = Card(**cast("dict[str, object]", row["card"]))  # pyright: ignore[reportArgumentType]
        kept = path.with_name(Path(str(row["file"])).name)
        return Installed(card=about, path=kept, sha256=str(row["sha256"]), accepted=str(row["accepted"]),
                         parameters=int(cast("int", row["parameters"])))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
