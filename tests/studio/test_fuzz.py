"""Every operation of the API, asked what its description allows and what it does not: it answers as described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient
from tests.studio.films import astronaut, form, new_studio, taken_in

from dreamreel.studio.files import DERIVED
from dreamreel.studio.items import NewItem
from dreamreel.studio.server import Address, create_app, guarded
from dreamreel.studio.service import Studio
from tools import openapi

TOKEN = "t" * 43
EXAMPLES = 20
MODES = [GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
"""What the description allows, twice as often as what it does not."""
DOCUMENT: dict[str, Any] = json.loads(openapi.PAGE.read_text("utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    operation.ok().definition.raw["operationId"]: operation.ok() for operation in SCHEMA.get_all_operations()
}
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@schemathesis.serializer("application/offset+octet-stream")
def part_of_a_file(context: SerializationContext, value: object) -> Any:
    """The body of an upload: bytes as they are, and of what should not be there its text."""
    contents = getattr(value, "data", value)
    return {"data": contents if isinstance(contents, bytes) else str(contents).encode("utf-8", "replace")}


class Place:
    """A studio with something in every corner, and the ids of it."""

    def __init__(self, studio: Studio, client: TestClient) -> None:
        self.studio, self.client = studio, client
        photo = taken_in(studio, astronaut(studio.folders.root / "anna.png", 128))
        self.photo = photo.id
        self.sha256, self.bytes = photo.sha256, photo.bytes

    def settle(self) -> dict[str, list[str]]:
        """Put back what earlier requests took away; returns what there is."""
        studio = self.studio
        studio.library.restore(self.photo)
        job, _ = studio.submit("generate", form(self.photo))
        gone, _ = studio.submit("generate", form(self.photo))
        studio.ledger.cancel(gone.id)
        draft = studio.library.add(
            NewItem(
                role="draft", kind="video", sha256=self.sha256, bytes=self.bytes, media_type="video/mp4",
                suffix=".mp4", name="a.mp4", title="a", request=job.request, facts={"made": {"kind": "generate"}},
                duration="1", fps="24/1", width=128, height=128, photo=self.photo, job=gone.id,
            )
        )  # fmt: skip
        for name in DERIVED:
            studio.files.derived(self.sha256, name).write_bytes(b"a picture")
        upload = studio.uploads.create("anna.png", 1000)
        return {"item": [self.photo, draft.id], "job": [job.id, gone.id], "upload": [upload.id]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("DREAMREEL_HOME", str(home))
        studio = new_studio(home)
        app = guarded(create_app(studio), TOKEN, Address())
        headers = {"Authorization": f"Bearer {TOKEN}"}
        client = TestClient(
            app, base_url="http://127.0.0.1:7788", headers=headers, raise_server_exceptions=False
        )
        with client:
            # Streams of events end with what has happened so far.
            studio.bus.hang_up()
            yield Place(studio, client)
        studio.close()


def asked(client: TestClient, case: Case) -> Any:
    """Send a generated request byte by byte as it is; what no client can put on a wire is another example's turn."""
    wanted = case.as_transport_kwargs(base_url=str(client.base_url))
    try:
        raw = requests.Request(**wanted).prepare()
    except (requests.RequestException, UnicodeError):
        reject()
    headers = {name: value for name, value in raw.headers.items() if name.lower() != "authorization"}
    return client.request(str(raw.method), str(raw.url), headers=headers, content=raw.body)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_it_answers_as_described(place: Place, name: str) -> None:
    operation = OPERATIONS[name]
    there = place.settle()
    statuses: list[int] = []

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def fuzz(data: st.DataObject) -> None:
        mode = data.draw(st.sampled_from(MODES))
        case: Case = data.draw(operation.as_strategy(generation_mode=mode))
        for each, ids in there.items():
            if each in (case.path_parameters or {}) and data.draw(st.booleans()):
                case.path_parameters[each] = data.draw(st.sampled_from(ids))
        answer = asked(place.client, case)
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    fuzz()
    assert statuses
