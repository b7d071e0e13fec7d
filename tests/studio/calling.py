"""A studio's API as a program calls it over the wire: photos, jobs, and waiting for what becomes of them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx2
import psutil
from tests.studio.films import eventually, form
from tests.studio.serving import Serving

__all__ = ["API", "ENDED", "begun", "caller", "family", "films", "job_in", "sent", "submitted"]

API = "/api/v1"
ENDED = ("done", "failed", "cancelled")


def caller(studio: Serving, **more: Any) -> httpx2.Client:
    """A client with the token. Close it."""
    headers = {"Authorization": f"Bearer {studio.token}"}
    return httpx2.Client(
        base_url=f"{studio.address}{API}", headers=headers, timeout=60, trust_env=False, **more
    )


def begun(client: httpx2.Client, name: str, length: int) -> httpx2.Response:
    """Announce a file."""
    told = f"filename {base64.b64encode(name.encode()).decode()}"
    return client.post("/uploads", headers={"Upload-Length": str(length), "Upload-Metadata": told})


def part(client: httpx2.Client, where: str, offset: int, contents: bytes) -> httpx2.Response:
    """Send a part of a file that was announced at `where`."""
    headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(where.removeprefix(API), content=contents, headers=headers)


def sent(client: httpx2.Client, photo: Path) -> str:
    """Upload a photo; returns its item."""
    contents = photo.read_bytes()
    where = begun(client, photo.name, len(contents)).headers["Location"]
    answer = part(client, where, 0, contents)
    assert answer.status_code == 204, answer.text
    return answer.headers["Dreamreel-Item"]


def submitted(client: httpx2.Client, photo: str, **more: Any) -> str:
    """Put a small dream into the queue; returns the job."""
    answer = client.post("/jobs", json={"kind": "generate", "request": form(photo, **more)})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def job_in(client: httpx2.Client, job: str, *states: str) -> dict[str, Any]:
    """Wait until a job is in one of these states, and return it."""

    def look() -> dict[str, Any] | None:
        now = client.get(f"/jobs/{job}").json()
        return now if now["state"] in states else None

    return eventually(look, f"job {job} in {states}")


def films(client: httpx2.Client) -> list[dict[str, Any]]:
    """All results, oldest first."""
    return client.get("/items", params={"role": "result", "sort": "oldest", "limit": 200}).json()["items"]


def family(studio: Serving) -> list[psutil.Process]:
    """Everything the studio's process has started and that still runs."""
    try:
        return psutil.Process(studio.process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
