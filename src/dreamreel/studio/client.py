"""A studio from Python: everything the page can do, typed, over HTTP.

    with Client.connect() as studio:                     the studio that is running on this machine
        photo = studio.upload(Path("anna.jpg"))
        job = studio.submit("generate", {"photo": photo.id, "dream": "a whale in the sea"})
        job = studio.wait(job.id)
        studio.download(job.result, Path("anna-dream.mp4"))

Answers are the models of `studio.models`; refusals are the errors of `dreamreel.errors`, with the studio's own words.
Needs neither the server nor what it is made of, and speaks to no other address than the one it was given.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, cast

from pydantic import JsonValue, TypeAdapter

from dreamreel.errors import Incomplete, NotFound
from dreamreel.media.atomic import atomic_write
from dreamreel.studio._finding import located
from dreamreel.studio._hearing import Happening, events, newest
from dreamreel.studio._sending import Progress, send
from dreamreel.studio._wire import Lost, Patience, Shape, Wire
from dreamreel.studio.ledger import ACTIVE, FINISHED
from dreamreel.studio.models import (
    Batch,
    Card,
    CleanedUp,
    IntegrityOut,
    ItemOut,
    ItemsOut,
    JobOut,
    JobsOut,
    KindOut,
    Log,
    QueueState,
    Removed,
    SettingsOut,
    StatusOut,
    StorageOut,
    TagOut,
)

__all__ = ["ACTIVE", "FINISHED", "Client", "Happening", "Lost", "address_of"]

PATIENCE_S: Final = 30.0
"""How long a studio may be gone, for a restart, before uploads, events and waiting give up."""

_LOOK_S: Final = 0.5
_UNIQUE: Final = 16

Sort = Literal["newest", "oldest", "rating", "name", "size"]
Spare = Literal["trash", "drafts", "uploads", "segments", "derived"]


def address_of() -> str:
    """The address of the page of the studio that `Client.connect` finds, with the token that lets a browser in.

    Raises:
        StudioUnavailable: none is running, its token is not known, or it does not answer.
    """
    address, token = located(None, None)
    with Client(address, token) as client:
        client.status()
    return f"{client.address}/?token={token}"


class Client:
    """A connection to one studio. May be used by several threads; close it, or use it in a `with` block."""

    def __init__(self, address: str, token: str) -> None:
        """Speak to the studio at `address`. Nothing is sent yet.

        Raises:
            BadParameter: the address or the token is none.
        """
        self._wire = Wire(address, token)

    @classmethod
    def connect(cls, address: str | None = None, token: str | None = None) -> Client:
        """The studio at `address` ($DREAMREEL_STUDIO), which `token` ($DREAMREEL_STUDIO_TOKEN) lets in.

        Without an address it is the one that runs on the data folder of this user, whose token is there too. That
        token is shown to no other address.

        Raises:
            StudioUnavailable: none is running, or its token is not known.
            BadParameter: the address or the token is none.
        """
        return cls(*located(address, token))

    @property
    def address(self) -> str:
        """Where this studio is."""
        return self._wire.address

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    # The house

    def status(self) -> StatusOut:
        """The studio at a glance."""
        return self._wire.get("/status", StatusOut)

    def settings(self) -> SettingsOut:
        """What its owner chose, and where things are."""
        return self._wire.get("/settings", SettingsOut)

    def change_settings(self, **changes: JsonValue) -> SettingsOut:
        """Choose what is given; the names are those of `SettingsIn`."""
        return self._wire.post("/settings", SettingsOut, changes, method="PATCH")

    def storage(self) -> StorageOut:
        """Bytes by what they are for."""
        return self._wire.get("/storage", StorageOut)

    def clean(self, what: Sequence[Spare]) -> int:
        """Remove what can be spared; returns the bytes that are free now."""
        return self._wire.post("/storage/clean", CleanedUp, {"what": list[JsonValue](what)}).freed

    def begin_check(self) -> IntegrityOut:
        """Begin to read all contents again and compare them with their hashes, unless that is being done."""
        return self._wire.post("/integrity", IntegrityOut)

    def integrity(self) -> IntegrityOut:
        """How the last check stands."""
        return self._wire.get("/integrity", IntegrityOut)

    def check(self, progress: Progress | None = None) -> IntegrityOut:
        """Check all contents and wait for the result; `progress` gets how many were checked, and of how many."""
        found = self.begin_check()
        while found.state == "running":
            if progress:
                progress(found.checked, found.total)
            threading.Event().wait(_LOOK_S)
            found = self.integrity()
        return found

    # The library

    def upload(
        self, path: Path, progress: Progress | None = None, *, patience: float = PATIENCE_S
    ) -> ItemOut:
        """Send a file into the library. The same photo twice is one item; a cut connection goes on where it was.

        Args:
            path: the file; it is only read.
            progress: called with the bytes that are sent and the bytes of the file.
            patience: seconds that the studio may be gone.

        Raises:
            InputMissing: the file cannot be read.
            InputRejected: the studio does not take it, and says why.
            NoSpace: it has no room for it.
            StudioUnavailable: it does not answer.
        """
        return self.item(send(self._wire, path, progress, Patience(patience)))

    def items(
        self,
        *,
        query: str = "",
        role: Literal["original", "result", "draft"] | None = None,
        kind: Literal["photo", "video", "sound"] | None = None,
        tag: str | None = None,
        favourite: bool | None = None,
        min_rating: int = 0,
        photo: str | None = None,
        trashed: bool = False,
        sort: Sort = "newest",
        cursor: str | None = None,
        limit: int = 60,
    ) -> ItemsOut:
        """A page of the items that fit; `next` is the cursor of the page after it."""
        return self._wire.get(
            "/items", ItemsOut, query=query, role=role, kind=kind, tag=tag, favourite=_flag(favourite),
            min_rating=min_rating, photo=photo, trashed=_flag(trashed), sort=sort, cursor=cursor, limit=limit,
        )  # fmt: skip

    def iter_items(
        self,
        *,
        query: str = "",
        role: Literal["original", "result", "draft"] | None = None,
        kind: Literal["photo", "video", "sound"] | None = None,
        tag: str | None = None,
        favourite: bool | None = None,
        min_rating: int = 0,
        photo: str | None = None,
        trashed: bool = False,
        sort: Sort = "newest",
    ) -> Iterator[ItemOut]:
        """Every item that fits, page by page."""
        cursor: str | None = None
        while True:
            page = self.items(
                query=query, role=role, kind=kind, tag=tag, favourite=favourite, min_rating=min_rating, photo=photo,
                trashed=trashed, sort=sort, cursor=cursor, limit=200,
            )  # fmt: skip
            yield from page.items
            if (cursor := page.next) is None:
                return

    def item(self, item: str) -> ItemOut:
        """One item, also one in the trash."""
        return self._wire.get(f"/items/{_id(item)}", ItemOut)

    def change(
        self,
        item: str,
        *,
        name: str | None = None,
        title: str | None = None,
        favourite: bool | None = None,
        rating: int | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> ItemOut:
        """Say something about an item; what is None stays as it is."""
        wanted: dict[str, JsonValue] = {
            "name": name, "title": title, "favourite": favourite, "rating": rating, "note": note,
            "tags": None if tags is None else list[JsonValue](tags),
        }  # fmt: skip
        changes = {field: value for field, value in wanted.items() if value is not None}
        return self._wire.post(f"/items/{_id(item)}", ItemOut, changes, method="PATCH")

    def trash(self, item: str) -> None:
        """Put an item into the trash."""
        self._wire.ask("DELETE", f"/items/{_id(item)}")

    def restore(self, item: str) -> ItemOut:
        """Take an item out of the trash."""
        return self._wire.post(f"/items/{_id(item)}/restore", ItemOut)

    def delete(self, item: str) -> None:
        """Delete an item that is in the trash, for good. Raises `Conflict` for one that is not."""
        self._wire.ask("DELETE", f"/items/{_id(item)}", params={"forever": "true"})

    def empty_trash(self) -> int:
        """Delete everything in the trash for good; returns how many items that were."""
        return self._wire.post("/trash/empty", Removed).removed

    def keep(self, item: str) -> ItemOut:
        """Make a draft a result, as it is."""
        return self._wire.post(f"/items/{_id(item)}/keep", ItemOut)

    def vary(self, item: str, count: int = 4, *, idempotency: str | None = None) -> Batch:
        """Quick drafts of the same dream, staged differently."""
        return self._once(f"/items/{_id(item)}/vary", Batch, {"count": count}, idempotency)

    def finish(self, item: str, *, idempotency: str | None = None) -> JobOut:
        """A draft's staging at its full size."""
        return self._once(f"/items/{_id(item)}/finish", JobOut, None, idempotency)

    def tags(self) -> list[TagOut]:
        """Every tag and how many items have it."""
        answer = self._wire.ask("GET", "/tags", patience=Patience(1.0))
        return TypeAdapter(list[TagOut]).validate_json(answer.content)

    def download(
        self,
        item: str | ItemOut,
        target: Path,
        recipe: Literal["keep", "strip"] = "keep",
        location: Literal["keep", "strip"] = "strip",
        progress: Progress | None = None,
    ) -> Path:
        """Save an item as a file, complete or not at all; an existing one is replaced. Returns where it is.

        Args:
            item: an item or its id.
            target: a file, or a folder in which it gets the item's name.
            recipe: "strip" leaves out what a film was made of.
            location: "keep" leaves in what a camera wrote into a photo, such as where it was taken.
            progress: called with the bytes that are there and the bytes there will be.

        Raises:
            NotFound: there is no such item, or its contents are missing.
            NotWritable, NoSpace: the file cannot be written.
            StudioUnavailable: the connection was lost.
        """
        whole = self.item(item) if isinstance(item, str) else item
        path = target / Path(whole.name).name if target.is_dir() else target
        wanted: dict[str, str | int] = {"recipe": recipe, "location": location}
        with (
            self._wire.stream(f"/items/{_id(whole.id)}/download", params=wanted) as answer,
            atomic_write(path) as part,
            part.open("wb") as file,
        ):
            total, done = int(answer.headers.get("Content-Length", 0)), 0
            for block in answer.iter_bytes():
                file.write(block)
                done += len(block)
                if progress:
                    progress(done, total)
        return path

    # Jobs

    def kinds(self) -> list[KindOut]:
        """The kinds of job and the JSON Schema of their forms."""
        answer = self._wire.ask("GET", "/kinds", patience=Patience(1.0))
        found = TypeAdapter(list[dict[str, JsonValue]]).validate_json(answer.content)
        return [
            KindOut(name=str(kind["name"]), form=cast("dict[str, JsonValue]", kind["schema"]))
            for kind in found
        ]

    def estimate(self, kind: str, request: Mapping[str, JsonValue]) -> Card:
        """The pre-flight card: what goes in, what comes out, what it costs, whether it fits."""
        return self._wire.post("/estimates", Card, {"kind": kind, "request": dict(request)})

    def submit(
        self,
        kind: str,
        request: Mapping[str, JsonValue],
        *,
        batch: str | None = None,
        priority: int = 0,
        idempotency: str | None = None,
    ) -> JobOut:
        """Put a job into the queue, exactly once however often the connection is cut.

        Args:
            kind: one of `kinds`, such as "generate".
            request: its form.
            batch: a name that jobs which belong together share.
            priority: -1 later, 0 usual, 1 sooner.
            idempotency: a key; the same one gives the same job, also from another program or on another day.
        """
        wanted: dict[str, JsonValue] = {"kind": kind, "request": dict(request), "priority": priority}
        if batch is not None:
            wanted["batch"] = batch
        return self._once("/jobs", JobOut, wanted, idempotency)

    def _once(
        self, path: str, shape: type[Shape], wanted: Mapping[str, JsonValue] | None, key: str | None
    ) -> Shape:
        """Ask for work; sent again with the same key when the connection is lost, it is the same work."""
        headers = {"Idempotency-Key": key or secrets.token_hex(_UNIQUE)}
        answer = self._wire.ask("POST", path, json=wanted, headers=headers, patience=Patience(1.0))
        return self._wire.read(answer.content, shape)

    def jobs(
        self,
        *,
        states: Sequence[str] = (),
        batch: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> JobsOut:
        """A page of jobs: the queue in its order, then the finished ones, newest first."""
        return self._wire.get("/jobs", JobsOut, state=list(states), batch=batch, cursor=cursor, limit=limit)

    def iter_jobs(self, *, states: Sequence[str] = (), batch: str | None = None) -> Iterator[JobOut]:
        """Every job, page by page."""
        cursor: str | None = None
        while True:
            page = self.jobs(states=states, batch=batch, cursor=cursor, limit=200)
            yield from page.jobs
            if (cursor := page.next) is None:
                return

    def job(self, job: str) -> JobOut:
        """One job."""
        return self._wire.get(f"/jobs/{_id(job)}", JobOut)

    def cancel(self, job: str) -> JobOut:
        """Stop a job for good."""
        return self._wire.post(f"/jobs/{_id(job)}/cancel", JobOut)

    def pause(self, job: str) -> JobOut:
        """Stop a job until it is resumed."""
        return self._wire.post(f"/jobs/{_id(job)}/pause", JobOut)

    def resume(self, job: str) -> JobOut:
        """Go on with a paused job."""
        return self._wire.post(f"/jobs/{_id(job)}/resume", JobOut)

    def retry(self, job: str) -> JobOut:
        """Try a failed or cancelled job again; it goes on from what is done."""
        return self._wire.post(f"/jobs/{_id(job)}/retry", JobOut)

    def move(self, job: str, before: str | None = None) -> JobOut:
        """Put a job in front of another one; None is the end of the queue."""
        return self._wire.post(f"/jobs/{_id(job)}/move", JobOut, {"before": before})

    def prioritise(self, job: str, priority: int) -> JobOut:
        """-1 later, 0 usual, 1 sooner."""
        return self._wire.post(f"/jobs/{_id(job)}/priority", JobOut, {"priority": priority})

    def remove(self, job: str) -> None:
        """Take a finished job off the list; its film stays."""
        self._wire.ask("DELETE", f"/jobs/{_id(job)}")

    def clear(self, states: Sequence[str] = ("done", "failed", "cancelled")) -> int:
        """Take all finished jobs in these states off the list; returns how many."""
        return self._wire.post("/jobs/clear", Removed, {"states": list[JsonValue](states)}).removed

    def log(self, job: str) -> Log:
        """What happened to a job."""
        return self._wire.get(f"/jobs/{_id(job)}/log", Log)

    def preview(self, job: str) -> bytes:
        """The newest finished moment of a running job, a JPEG. Raises `NotFound` while there is none."""
        return self._wire.ask("GET", f"/jobs/{_id(job)}/preview").content

    def pause_queue(self) -> bool:
        """Begin no more jobs; those that run go on. True: it is paused."""
        return self._wire.post("/queue/pause", QueueState).paused

    def resume_queue(self) -> bool:
        """Begin jobs again. False: it is not paused."""
        return self._wire.post("/queue/resume", QueueState).paused

    # What happens

    def newest(self) -> int:
        """The number of the last event so far: `events(newest())` is everything from now on."""
        return newest(self._wire)

    def events(self, after: int | None = None, *, patience: float = PATIENCE_S) -> Generator[Happening]:
        """Everything that happens, for as long as it is asked for; a lost connection is made again, and nothing is
        missed.

        Args:
            after: the number of the last event that is known; None is from now on.
            patience: seconds that the studio may be gone.

        Raises:
            StudioUnavailable: it was gone for longer.
        """
        last = self.newest() if after is None else after
        return events(self._wire, last, Patience(patience))

    def wait(
        self, job: str, on_progress: Callable[[JobOut], None] | None = None, *, patience: float = PATIENCE_S
    ) -> JobOut:
        """Wait until a job is done, failed or cancelled, and return it as it is then; a paused one is waited for.

        Args:
            job: its id.
            on_progress: called with the job whenever something about it has changed.
            patience: seconds that the studio may be gone.

        Raises:
            NotFound: there is no such job, or it was removed.
            StudioUnavailable: the studio was gone for longer.
        """
        # First where the story is, then the job: what happens between the two is heard again.
        begin = self.newest()
        found = self.job(job)
        if on_progress:
            on_progress(found)
        if found.state in FINISHED:
            return found
        for happening in self.events(begin, patience=patience):
            if happening.topic == "job" and happening.subject != job:
                continue
            if happening.kind == "removed":
                raise NotFound(f"Job {job} was removed from the list; look in the library for its film.")
            if happening.topic in {"job", "reset"}:
                found = self.job(job)
                if on_progress:
                    on_progress(found)
                if found.state in FINISHED:
                    return found
        raise Incomplete(f"Job {job} is not finished; ask for it again.")


def _id(text: str) -> str:
    """An id as a part of an address; anything else is one that nothing has. Raises `NotFound`."""
    if not (text.isascii() and text.isalnum()) or len(text) > 40:
        raise NotFound(f"{text[:40]!r} is not an id; take one from the lists of jobs and items.")
    return text


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()
