"""`dreamreel library`: the photos and films of the studio that is running.

list show tags     look         add download          in and out
tag rate note      say          trash restore delete  away, and back
favourite keep                  storage clean check   the room they take, and whether they are whole
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar, cast

import typer

from dreamreel.cli.help import OUTPUT, Command, examples, group
from dreamreel.cli.options import ItemId, ItemIds, Json, JsonLines, Yes
from dreamreel.cli.output import aligned, bytes_bar, confirm, data, printable, say
from dreamreel.cli.run import free_name, may_replace
from dreamreel.cli.tables import Cell, ago, table, when
from dreamreel.wording import duration_text, plural, size_text

if TYPE_CHECKING:
    from dreamreel.graph import JSON
    from dreamreel.studio.client import Client
    from dreamreel.studio.models import ItemOut

__all__ = ["add"]

_EXAMPLES = examples(
    "dreamreel library add anna.jpg",
    "dreamreel library list sheep --kind film",
    "dreamreel library download ITEM -o anna.mp4",
)
Choice = TypeVar("Choice")
Spare = Literal["trash", "drafts", "uploads", "segments", "derived"]

_KINDS: Final[dict[str, Literal["photo", "video", "sound"]]] = {
    "photo": "photo",
    "film": "video",
    "sound": "sound",
}
_ROLES: Final[dict[str, Literal["original", "result", "draft"]]] = {
    "original": "original", "result": "result", "draft": "draft",
}  # fmt: skip
_SORTS: Final[dict[str, Literal["newest", "oldest", "rating", "name", "size"]]] = {
    "newest": "newest", "oldest": "oldest", "rating": "rating", "name": "name", "size": "size",
}  # fmt: skip
_SPARE: Final[dict[str, Spare]] = {
    "trash": "trash", "drafts": "drafts", "uploads": "uploads", "segments": "segments", "derived": "derived",
}  # fmt: skip
_WHICH: Final = "Which items"

OfKind = Annotated[
    str | None,
    typer.Option(metavar="photo|film|sound", help="Only these.", rich_help_panel=_WHICH, show_default=False),
]
OfRole = Annotated[
    str | None,
    typer.Option(
        metavar="original|result|draft", help="Only these.", rich_help_panel=_WHICH, show_default=False
    ),
]
OfTag = Annotated[
    str | None,
    typer.Option(metavar="TAG", help="Only those with it.", rich_help_panel=_WHICH, show_default=False),
]
OfPhoto = Annotated[
    str | None,
    typer.Option(
        metavar="ITEM", help="Only what was made from it.", rich_help_panel=_WHICH, show_default=False
    ),
]
Favourites = Annotated[
    bool, typer.Option("--favourite", help="Only favourites.", rich_help_panel=_WHICH, show_default=False)
]
Stars = Annotated[
    int,
    typer.Option(
        metavar="STARS",
        help="Only those with so many or more.",
        rich_help_panel=_WHICH,
        min=0,
        max=5,
        show_default=False,
    ),
]
Trashed = Annotated[
    bool,
    typer.Option("--trash", help="Only what is in the trash.", rich_help_panel=_WHICH, show_default=False),
]
Sure = Annotated[bool, typer.Option("--yes", "-y", help="Do it without being asked.", show_default=False)]


def add(root: typer.Typer) -> None:
    """Add the commands to the application."""
    library = group(
        root, "library", "Look after the photos and films of the studio that is running.", _EXAMPLES
    )
    commands: tuple[Callable[..., None], ...] = (
        list_, show, add_, download, tag, tags, rate, note, favourite, keep, trash, restore, delete, storage, clean,
        check,
    )  # fmt: skip
    for command in commands:
        library.command(command.__name__.strip("_"), cls=Command)(command)


def list_(
    words: Annotated[
        str, typer.Argument(metavar="WORDS", help="Only items with these words in name, dream, note or tags.")
    ] = "",
    kind: OfKind = None,
    role: OfRole = None,
    tag: OfTag = None,
    photo: OfPhoto = None,
    favourite: Favourites = False,
    rating: Stars = 0,
    trashed: Trashed = False,
    sort: Annotated[
        str, typer.Option(metavar="newest|oldest|rating|name|size", help="What comes first.")
    ] = "newest",
    limit: Annotated[int, typer.Option(metavar="NUMBER", help="At most so many; 0 is all.", min=0)] = 30,
    as_json: JsonLines = False,
) -> None:
    """List photos, films and sounds."""
    with _connected() as studio:
        found = studio.iter_items(
            query=words, kind=_chosen("--kind", kind, _KINDS) if kind else None,
            role=_chosen("--role", role, _ROLES) if role else None, tag=tag,
            photo=photo, favourite=favourite or None, min_rating=rating, trashed=trashed,
            sort=_chosen("--sort", sort, _SORTS),
        )  # fmt: skip
        shown: list[ItemOut] = []
        for item in found:
            if limit and len(shown) >= limit:
                break
            shown.append(item)
            if as_json:
                data(_json(item))
    if as_json:
        return
    if not shown:
        say("There are no such items; `dreamreel library add` takes photos in.")
        return
    table(("item", "what", "name", "length", "size", "", "when"), (_row(item) for item in shown), shorten=2)
    if limit and len(shown) == limit:
        say(f"These are the first {limit}; --limit 0 shows all.")


def _row(item: ItemOut) -> list[Cell | str]:
    what = {"photo": "photo", "video": "film", "sound": "sound"}[item.kind]
    label = "draft" if item.role == "draft" else what
    style = {"ok": "", "missing": "red", "changed": "red"}[item.state]
    marks = ("♥" if item.favourite else "") + "★" * item.rating
    length = duration_text(item.duration) if item.duration else ""
    return [
        item.id,
        Cell(label if item.state == "ok" else f"{label}, {item.state}", None, style or "dim"),
        Cell(_called(item)),
        Cell(length, f"{item.duration:g}" if item.duration else ""),
        Cell(size_text(item.bytes), str(item.bytes)),
        Cell(marks, None, "yellow"),
        when(item.created),
    ]


def _called(item: ItemOut) -> str:
    """A film by its dream, a photo by its name."""
    return item.title if item.title and item.role != "original" else item.name


def show(item: ItemId, as_json: Json = False) -> None:
    """Show everything about an item."""
    with _connected() as studio:
        found = studio.item(item)
    if as_json:
        data(_json(found))
        return
    for line in aligned((name, printable(text)) for name, text in _rows(found)):
        data(line)


def _rows(item: ItemOut) -> Iterator[tuple[str, str]]:
    yield "item", item.id
    yield "name", item.name
    if item.title:
        yield "title", item.title
    words = [{"photo": "photo", "video": "film", "sound": "sound"}[item.kind]]
    words += [f"{item.width}×{item.height}"] if item.width else []
    words += [f"{item.fps:g} fps"] if item.fps else []
    words += [duration_text(item.duration)] if item.duration else []
    yield "what", ", ".join([*words, size_text(item.bytes)]) + (" (a draft)" if item.role == "draft" else "")
    yield "since", f"{item.created.astimezone():%Y-%m-%d %H:%M:%S} ({ago(item.created)})"
    if item.photo:
        yield "photo", item.photo
    if item.job:
        yield "job", item.job
    if item.faces:
        yield "faces", plural(len(item.faces), "face")
    if item.rating or item.favourite:
        yield "stars", ("♥ " if item.favourite else "") + "★" * item.rating
    if item.tags:
        yield "tags", ", ".join(item.tags)
    if item.note:
        yield "note", item.note
    if item.trashed:
        yield "trash", f"since {ago(item.trashed)}; `dreamreel library restore {item.id}` takes it out"
    if item.state != "ok":
        yield "state", f"its contents are {item.state}; put a backup of them back"
    yield from (("about" if number == 0 else "", text) for number, text in enumerate(item.notes))


def add_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Photos; they are copied.", show_default=False)
    ],
    as_json: JsonLines = False,
) -> None:
    """Take photos into the library, and print their ids. The same photo twice is one item."""
    with _connected() as studio:
        for file in files:
            with bytes_bar(file.name) as progress:
                item = studio.upload(file, progress)
            data(_json(item) if as_json else item.id)


def download(
    item: ItemId,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="A file, or a folder to put it in.",
            rich_help_panel=OUTPUT,
            show_default="its own name in this folder",
        ),
    ] = None,
    no_recipe: Annotated[
        bool,
        typer.Option(
            "--no-recipe",
            help="Leave out what a film was made of.",
            rich_help_panel=OUTPUT,
            show_default=False,
        ),
    ] = False,
    place: Annotated[
        bool,
        typer.Option(
            "--keep-place",
            help="Leave in where and when a photo was taken.",
            rich_help_panel=OUTPUT,
            show_default=False,
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Save an item as a file, and print its name."""
    with _connected() as studio:
        found = studio.item(item)
        name = Path(found.name)
        target = output or free_name(name.stem, name.suffix)
        if target.is_dir():
            target /= name.name
        may_replace(target, yes)
        with bytes_bar(target.name) as progress:
            saved = studio.download(
                found, target, "strip" if no_recipe else "keep", "keep" if place else "strip", progress
            )
    data(str(saved))


def tag(
    item: ItemId,
    words: Annotated[list[str], typer.Argument(metavar="TAG…", help="The tags.", show_default=False)],
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the tags away instead.", show_default=False)
    ] = False,
    as_json: Json = False,
) -> None:
    """Give an item tags, besides those it has."""
    with _connected() as studio:
        had = studio.item(item).tags
        kept = [word for word in had if word not in words] if remove else [*had, *words]
        changed = studio.change(item, tags=list(dict.fromkeys(kept)))
    _told(changed, f"tags: {', '.join(changed.tags) or 'none'}", as_json)


def tags(as_json: JsonLines = False) -> None:
    """List all tags and how many items have each."""
    with _connected() as studio:
        found = studio.tags()
    if as_json:
        for word in found:
            data({"name": word.name, "count": word.count})
    elif found:
        table(("tag", "items"), ([word.name, str(word.count)] for word in found), shorten=0)
    else:
        say("There are no tags yet; `dreamreel library tag` gives them.")


def rate(
    item: ItemId,
    stars: Annotated[int, typer.Argument(metavar="STARS", help="0 to 5.", min=0, max=5, show_default=False)],
    as_json: Json = False,
) -> None:
    """Give an item stars."""
    with _connected() as studio:
        changed = studio.change(item, rating=stars)
    _told(changed, f"{plural(changed.rating, 'star')}", as_json)


def note(
    item: ItemId,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The note; empty takes it away.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Write a note on an item, in the place of the one it has."""
    with _connected() as studio:
        changed = studio.change(item, note=text)
    _told(changed, "noted" if changed.note else "no note", as_json)


def favourite(
    item: ItemId,
    off: Annotated[bool, typer.Option("--off", help="It is none any more.", show_default=False)] = False,
    as_json: Json = False,
) -> None:
    """Make an item a favourite."""
    with _connected() as studio:
        changed = studio.change(item, favourite=not off)
    _told(changed, "a favourite" if changed.favourite else "no favourite", as_json)


def keep(item: ItemId, as_json: Json = False) -> None:
    """Make a draft a result, as it is."""
    with _connected() as studio:
        changed = studio.keep(item)
    _told(changed, "kept", as_json)


def trash(items: ItemIds) -> None:
    """Put items into the trash; from there they can be restored."""
    with _connected() as studio:
        for item in items:
            studio.trash(item)
            say(f"{item}: in the trash.")


def restore(items: ItemIds, as_json: JsonLines = False) -> None:
    """Take items out of the trash."""
    with _connected() as studio:
        for item in items:
            _told(studio.restore(item), "restored", as_json)


def delete(items: ItemIds, yes: Sure = False) -> None:
    """Delete items that are in the trash, for good."""
    _sure(f"Delete {plural(len(items), 'item')} for good?", yes)
    with _connected() as studio:
        for item in items:
            studio.delete(item)
            say(f"{item}: deleted.")


def storage(as_json: Json = False) -> None:
    """Show what takes how much room."""
    with _connected() as studio:
        found = studio.storage()
    if as_json:
        data(cast("JSON", found.model_dump(mode="json")))
        return
    for name, size in found.model_dump().items():
        data(f"{name:<10} {size_text(size):>10}  {_ROOM[name]}".rstrip())


_ROOM: Final = {
    "originals": "photos as they came",
    "results": "finished films",
    "drafts": "films to choose from",
    "trash": "what was deleted and can be restored",
    "derived": "small pictures; made again when they are looked at",
    "segments": "finished moments of films; they only save time",
    "uploads": "files on their way in",
    "free": "left on this disk",
}
"""What each number of the storage is about."""


def clean(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT…", help="trash, drafts, uploads, segments, derived.", show_default=False
        ),
    ],
    yes: Sure = False,
    as_json: Json = False,
) -> None:
    """Remove what can be spared; `dreamreel library storage` shows how much each is. Photos and films always stay."""
    names: list[Spare] = [_chosen("WHAT", name, _SPARE) for name in what]
    lasting = [name for name in names if name in ("trash", "drafts")]
    if lasting:
        _sure(f"Remove {' and '.join(f'all {name}' for name in lasting)} for good?", yes)
    with _connected() as studio:
        freed = studio.clean(names)
    if as_json:
        data({"freed": freed})
    else:
        say(f"{size_text(freed)} freed.")


def check(as_json: Json = False) -> None:
    """Read everything again and compare it with what it was. The exit code is 6 when something is not whole."""
    from dreamreel.errors import Incomplete

    with _connected() as studio, bytes_bar("Reading everything", str) as progress:
        found = studio.check(progress)
    if as_json:
        data(cast("JSON", found.model_dump(mode="json")))
    for word, ids in (("missing", found.missing), ("changed", found.changed)):
        for name in [] if as_json else ids:
            data(f"{name}\t{word}")
    if found.missing or found.changed:
        raise Incomplete(
            f"The library is not whole: {len(found.missing)} missing, {len(found.changed)} changed; "
            "put these items back from a backup."
        )
    spare = f"; {plural(len(found.orphaned), 'file')} that no item needs" if found.orphaned else ""
    say(f"{plural(found.checked, 'file')} checked, all whole{spare}.")


def _connected() -> Client:
    from dreamreel.studio.client import Client

    return Client.connect()


def _told(item: ItemOut, words: str, as_json: bool) -> None:
    if as_json:
        data(_json(item))
    else:
        say(f"{item.id}: {printable(words)}.")


def _json(item: ItemOut) -> JSON:
    return cast("JSON", item.model_dump(mode="json"))


def _chosen(what: str, given: str, known: Mapping[str, Choice]) -> Choice:
    """What a word stands for. Raises `BadParameter`."""
    from dreamreel.errors import BadParameter

    if given not in known:
        raise BadParameter(f"{what} cannot be {given!r}; choose one of {', '.join(known)}.")
    return known[given]


def _sure(question: str, yes: bool) -> None:
    """Ask before something is gone for good. Raises `BadParameter` when there is no yes."""
    from dreamreel.errors import BadParameter

    if not yes and not confirm(question):
        raise BadParameter("Nothing was removed; say --yes to do it without being asked.")
