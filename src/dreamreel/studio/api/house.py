"""The house itself: status, settings, storage, integrity."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

from fastapi import APIRouter

from dreamreel import __version__, lockdown
from dreamreel.machine import cores, free_memory
from dreamreel.render.store import home
from dreamreel.studio.connections import made
from dreamreel.studio.kinds import pages
from dreamreel.studio.models import (
    REFUSED,
    CleanedUp,
    CleanUp,
    DiskOut,
    IntegrityOut,
    MachineOut,
    PageOut,
    QueueOut,
    SandboxOut,
    SettingsIn,
    SettingsOut,
    StatusOut,
    StorageOut,
)
from dreamreel.studio.service import Studio
from dreamreel.studio.static import LANGUAGES

__all__ = ["router"]


def router(studio: Studio) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["house"], responses=REFUSED)

    @routes.get("/status", operation_id="getStatus")
    def get_status() -> StatusOut:
        """The studio at a glance."""
        level, counts = lockdown.available(), studio.ledger.counts()
        return StatusOut(
            version=__version__, sandbox=SandboxOut(level=level.level, detail=level.detail), connections=made(),
            pages=[PageOut(name=page.name, order=page.order, icon=page.icon, listed=page.listed) for page in pages()],
            languages=list(LANGUAGES),
            queue=QueueOut(paused=studio.ledger.held(), queued=counts.get("queued", 0),
                           running=counts.get("running", 0), waiting=counts.get("paused", 0)),
            disk=DiskOut(free=shutil.disk_usage(studio.folders.root).free),
            machine=MachineOut(cores=cores(), memory=free_memory()),
        )  # fmt: skip

    _settings(routes, studio)
    _storage(routes, studio)
    return routes


def _settings(routes: APIRouter, studio: Studio) -> None:
    def shown() -> SettingsOut:
        chosen = studio.settings.get()
        return SettingsOut(
            language=chosen.language, theme=chosen.theme, tour_done=chosen.tour_done, concurrency=chosen.concurrency,
            trash_days=chosen.trash_days, upload_max=chosen.upload_max, data_folder=str(studio.folders.root),
            segments_folder=str(home() / "segments"),
        )  # fmt: skip

    @routes.get("/settings", operation_id="getSettings")
    def get_settings() -> SettingsOut:
        """What the owner chose, and where things are."""
        return shown()

    @routes.patch("/settings", operation_id="changeSettings")
    def change_settings(change: SettingsIn) -> SettingsOut:
        """Change some; what is absent stays."""
        studio.settings.change(**change.model_dump(exclude_none=True))
        studio.ledger.tell("settings", "settings", "changed", {})
        studio.changed()
        return shown()


def _storage(routes: APIRouter, studio: Studio) -> None:
    @routes.get("/storage", operation_id="getStorage")
    def get_storage() -> StorageOut:
        """Bytes by what they are for."""
        found = studio.library.storage(home() / "segments")
        return StorageOut.model_validate(found, from_attributes=True)

    @routes.post("/storage/clean", operation_id="cleanStorage")
    def clean_storage(wanted: CleanUp) -> CleanedUp:
        """Remove what can be spared. Finished films and photos outside the trash always stay."""
        freed = studio.library.clean(wanted.what, home() / "segments")
        studio.bus.ring()
        return CleanedUp(freed=freed)

    @routes.post("/integrity", operation_id="beginIntegrityCheck", status_code=202)
    def begin_integrity_check() -> IntegrityOut:
        """Begin to read all contents again and compare them with their hashes."""
        studio.begin_check()
        return _check(studio)

    @routes.get("/integrity", operation_id="getIntegrityCheck")
    def get_integrity_check() -> IntegrityOut:
        """How that stands."""
        return _check(studio)


def _check(studio: Studio) -> IntegrityOut:
    check = studio.check
    found = check.found
    return IntegrityOut.model_validate(
        {
            "state": check.state, "checked": check.checked, "total": check.total,
            "missing": list(found.missing) if found else [], "orphaned": list(found.orphaned) if found else [],
            "changed": list(found.changed) if found else [],
            "at": datetime.fromtimestamp(check.at, UTC) if check.at is not None else None,
        }
    )  # fmt: skip
