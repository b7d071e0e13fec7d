"""The client against a real studio: a whole dream, lost connections, and every failure as one sentence."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.terminal import environment, photo
from tests.studio.cutting import relay
from tests.studio.serving import running_studio

from dreamreel.errors import (
    BadParameter,
    Conflict,
    InputMissing,
    InputRejected,
    NotFound,
    NotWritable,
    StudioUnavailable,
)
from dreamreel.media.probe import probe
from dreamreel.studio._hearing import Message, messages
from dreamreel.studio._wire import checked_address, refused
from dreamreel.studio.client import Client

SMALL = {"resolution": "128x128", "fps": 6, "duration": 1, "sound": "none", "seed": 7}


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with running_studio(tmp_path_factory.mktemp("studio")) as serving:
        yield serving


@pytest.fixture
def client(studio):
    with Client(studio.address, studio.token) as client:
        client.resume_queue()
        yield client


@pytest.fixture(scope="module")
def anna(tmp_path_factory) -> Path:
    """A photo with a face."""
    from skimage import data

    path = tmp_path_factory.mktemp("photos") / "anna.jpg"
    Image.fromarray(data.astronaut()).resize((192, 192)).save(path)
    return path


@pytest.fixture(scope="module")
def made(studio, anna):
    """The photo, a job that is done, and what was said on the way."""
    seen = []
    with Client(studio.address, studio.token) as client:
        item = client.upload(anna)
        job = client.submit("generate", {"photo": item.id, "dream": "a whale in the sea", **SMALL})
        return item, client.wait(job.id, seen.append), seen


def waiting(client: Client, item: str, **changes) -> str:
    """A job that stays in the queue, because the queue is paused."""
    client.pause_queue()
    return client.submit("generate", {"photo": item, "dream": "two sheep", **SMALL, **changes}).id


def test_a_dream_from_photo_to_film(client, made, tmp_path):
    item, job, seen = made
    assert (item.kind, item.role, item.name, len(item.faces)) == ("photo", "original", "anna.jpg", 1)
    assert (job.state, job.error, job.progress.frames) == ("done", None, 6)
    assert seen[0].id == job.id
    assert seen[-1] == job
    film = client.item(job.result)
    assert (film.role, film.photo, film.request["seed"]) == ("result", item.id, 7)
    saved = client.download(film, tmp_path)
    assert saved == tmp_path / film.name
    assert probe(saved).video[0].width == 128
    assert [path.name for path in tmp_path.iterdir()] == [film.name]


def test_what_is_finished_is_not_waited_for(client, made):
    assert client.wait(made[1].id) == made[1]


def test_a_film_without_its_recipe_is_shorter(client, made, tmp_path):
    whole = client.download(made[1].result, tmp_path / "whole.mp4")
    bare = client.download(made[1].result, tmp_path / "bare.mp4", recipe="strip")
    assert bare.stat().st_size < whole.stat().st_size
    assert whole.read_bytes().startswith(bare.read_bytes())


def test_the_same_photo_is_one_item_and_progress_is_told(client, made, anna):
    told = []
    assert client.upload(anna, lambda *so_far: told.append(so_far)).id == made[0].id
    assert told[-1] == (anna.stat().st_size,) * 2


def test_the_same_key_is_the_same_job(client, made):
    first = waiting(client, made[0].id)
    request = {"photo": made[0].id, "dream": "a kite", **SMALL}
    jobs = {client.submit("generate", request, idempotency="kite-1").id for _ in range(3)}
    assert len(jobs) == 1
    with pytest.raises(Conflict, match="idempotency key"):
        client.submit("generate", {**request, "dream": "two kites"}, idempotency="kite-1")
    for job in (first, *jobs):
        client.cancel(job)


def test_a_job_is_paused_resumed_cancelled_and_tried_again(client, made):
    job = waiting(client, made[0].id)
    assert client.pause(job).state == "paused"
    assert client.resume(job).state == "queued"
    assert client.cancel(job).state == "cancelled"
    with pytest.raises(Conflict, match="cannot be paused"):
        client.pause(job)
    assert client.retry(job).state == "queued"
    client.resume_queue()
    assert client.wait(job).state == "done"
    assert [event.kind for event in client.log(job).events][:4] == [
        "queued",
        "paused",
        "queued",
        "cancelled",
    ]
    client.remove(job)
    with pytest.raises(NotFound, match="There is no job"):
        client.job(job)


def test_the_queue_has_an_order(client, made):
    first, second, third = (waiting(client, made[0].id, seed=seed) for seed in (1, 2, 3))
    client.move(third, before=first)
    assert [job.id for job in client.iter_jobs(states=["queued"])] == [third, first, second]
    client.prioritise(second, 1)
    assert [job.id for job in client.jobs(states=["queued"]).jobs] == [second, third, first]
    for job in (first, second, third):
        client.cancel(job)
    assert client.clear(["cancelled"]) >= 3


def test_every_page_is_read(client, made, monkeypatch):
    jobs = {waiting(client, made[0].id, seed=seed) for seed in range(5)}
    page = client.jobs(states=["queued"], limit=2)
    assert len(page.jobs) == 2
    assert page.next
    again = client.jobs(states=["queued"], limit=200, cursor=page.next)
    assert {job.id for job in (*page.jobs, *again.jobs)} == jobs
    for job in jobs:
        client.cancel(job)


def test_an_item_is_changed_found_trashed_restored_and_deleted(client, tmp_path):
    item = client.upload(photo(tmp_path / "boat.png")).id
    changed = client.change(item, title="A boat", rating=4, note="at night", favourite=True, tags=["sea"])
    assert (changed.rating, changed.tags, changed.favourite) == (4, ["sea"], True)
    assert [found.id for found in client.iter_items(tag="sea", favourite=True, min_rating=4)] == [item]
    assert ("sea", 1) in [(tag.name, tag.count) for tag in client.tags()]
    with pytest.raises(Conflict):
        client.delete(item)
    client.trash(item)
    assert [found.id for found in client.items(trashed=True).items] == [item]
    assert client.restore(item).trashed is None
    client.trash(item)
    client.delete(item)
    with pytest.raises(NotFound):
        client.item(item)


def test_the_house_is_told_about(client, made):
    assert client.status().connections == 0
    assert client.settings().data_folder.endswith("studio")
    assert client.storage().originals > 0
    assert {kind.name: kind.form["title"] for kind in client.kinds()} == {
        "generate": "Generate",
        "enhance": "Enhance",
        "convert": "Convert",
    }
    assert client.change_settings(trash_days=12).trash_days == 12
    assert client.clean(["derived"]) >= 0
    found = client.check()
    assert (found.state, found.missing, found.changed) == ("done", [], [])


def test_an_estimate_costs_nothing(client, made):
    before = client.status().queue
    card = client.estimate("generate", {"photo": made[0].id, "dream": "a whale", **SMALL})
    assert (card.width, card.height, card.frames, card.fits) == (128, 128, 6, True)
    assert client.status().queue == before


def test_events_begin_where_they_are_asked_to(client, made, studio):
    begin = client.newest()
    job = waiting(client, made[0].id)
    client.cancel(job)
    about = (event for event in client.events(begin) if event.subject == job)
    assert [event.kind for event in itertools.islice(about, 2)] == ["queued", "cancelled"]


def test_events_go_on_after_a_cut_and_nothing_is_missed(made, studio):
    with relay(studio.port) as line, Client(line.address, studio.token) as client:
        begin = client.newest()
        heard = client.events(begin)
        job = waiting(client, made[0].id)
        numbers = [next(heard).seq]
        line.cut_all()
        client.cancel(job)
        while True:
            event = next(heard)
            numbers.append(event.seq)
            if event.kind == "cancelled":
                break
        heard.close()
    assert numbers == list(range(begin + 1, begin + 1 + len(numbers)))


def test_waiting_survives_a_studio_that_is_killed_and_comes_back(tmp_path, anna):
    with running_studio(tmp_path / "home") as serving, Client(serving.address, serving.token) as client:
        item = client.upload(anna)
        long = {**SMALL, "duration": 3}
        job = client.submit("generate", {"photo": item.id, "dream": "a whale", **long}).id
        struck = []

        def strike(now):
            if now.state == "running" and now.progress and not struck:
                struck.append(now)
                serving.kill()
                serving.restart()

        assert client.wait(job, strike).state == "done"
        assert struck


@pytest.mark.parametrize("cuts", [[300_000], [200_000, 200_000]])
def test_an_upload_goes_on_after_a_cut(tmp_path, studio, cuts):
    picture = tmp_path / "noise.png"
    Image.frombytes("RGB", (500, 400), os.urandom(600_000)).save(picture)
    size = picture.stat().st_size
    with relay(studio.port, *cuts) as line, Client(line.address, studio.token) as client:
        told = []
        item = client.upload(picture, lambda *so_far: told.append(so_far))
        assert (item.width, item.bytes) == (500, size)
    assert line.connections > len(cuts)
    assert told[-1] == (size, size)
    assert size < line.sent < size + 50_000, "what had arrived should not be sent again"


def test_a_download_that_is_cut_leaves_nothing(studio, made, tmp_path):
    with relay(studio.port, answers=6000) as line, Client(line.address, studio.token) as client:
        with pytest.raises(StudioUnavailable, match="was lost"):
            client.download(made[0], tmp_path / "a.jpg", location="keep")
        assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_saved_is_a_sentence(client, made, tmp_path):
    with pytest.raises(NotWritable, match="does not exist"):
        client.download(made[0], tmp_path / "nowhere" / "a.jpg")


@pytest.mark.parametrize(
    ("contents", "error"), [(b"not a photo", InputRejected), (b"", InputRejected), (None, InputMissing)]
)
def test_what_cannot_be_taken_in_is_a_sentence(client, tmp_path, contents, error):
    path = tmp_path / "a.jpg"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(error, match=r"\.jpg"):
        client.upload(path)


@pytest.mark.parametrize(
    ("request_", "error", "words"),
    [
        ({}, BadParameter, "photo: Field required"),
        ({"photo": "i0"}, NotFound, "no such item"),
        ({"photo": "i0", "fps": 1000}, BadParameter, "fps: "),
    ],
)
def test_a_request_that_does_not_fit_is_the_error_that_it_is(client, request_, error, words):
    with pytest.raises(error, match=words):
        client.submit("generate", request_)


def test_no_such_kind_job_or_item(client):
    with pytest.raises(NotFound, match="kind of job"):
        client.submit("bake", {})
    with pytest.raises(NotFound):
        client.cancel("j0")
    with pytest.raises(NotFound, match="not an id"):
        client.item("../status")


def test_a_wrong_token_is_a_sentence(studio):
    with Client(studio.address, "x" * 43) as client, pytest.raises(StudioUnavailable, match="this token"):
        client.status()


def test_nobody_there_is_a_sentence():
    with socket.socket() as ears:
        ears.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{ears.getsockname()[1]}"
        with Client(address, "x") as client, pytest.raises(StudioUnavailable, match="No studio answers"):
            client.status()


def test_no_studio_on_this_machine_is_a_sentence():
    with pytest.raises(StudioUnavailable, match="start one with `dreamreel studio`"):
        Client.connect()


def test_the_running_studio_is_found(studio, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(studio.home))
    with Client.connect() as client:
        assert client.address == studio.address
        assert client.status().version


def test_the_environment_names_another_studio(studio, monkeypatch):
    monkeypatch.setenv("DREAMREEL_STUDIO", studio.address + "/")
    monkeypatch.setenv("DREAMREEL_STUDIO_TOKEN", studio.token)
    with Client.connect() as client:
        assert client.status().version


def test_the_own_token_is_shown_to_no_other_address(studio, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(studio.home))
    with pytest.raises(StudioUnavailable, match="DREAMREEL_STUDIO_TOKEN"):
        Client.connect("http://127.0.0.1:9")


def test_a_studio_that_was_killed_is_not_running(tmp_path, monkeypatch):
    with running_studio(tmp_path) as serving:
        serving.kill()
        assert (serving.folder / "address").exists()
        monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path))
        with pytest.raises(StudioUnavailable, match="No studio is running"):
            Client.connect()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://127.0.0.1:7788/", "http://127.0.0.1:7788"),
        ("http://127.0.0.1:7788/?token=abc", "http://127.0.0.1:7788"),
        ("http://0.0.0.0:80", "http://127.0.0.1:80"),
        ("http://[::]:80", "http://[::1]:80"),
        ("https://studio.local", "https://studio.local"),
    ],
)
def test_addresses(given, address):
    assert checked_address(given) == address


@pytest.mark.parametrize("given", ["", "127.0.0.1:80", "ftp://a", "http://a/b", "http://a:b", "http://u:p@a"])
def test_no_addresses(given):
    with pytest.raises(BadParameter, match="not the address of a studio"):
        checked_address(given)


@pytest.mark.parametrize("token", ["a\nb", "ä"])
def test_a_token_that_is_none(token):
    with pytest.raises(BadParameter, match="token"):
        Client("http://127.0.0.1:1", token)


def test_something_else_that_answers_is_a_sentence():
    error = refused(404, b"<html>", "http://a")
    assert isinstance(error, StudioUnavailable)
    assert str(error) == "What answers at http://a is not a studio; check the address."


def test_a_redirect_is_not_followed(studio):
    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(307)
            self.send_header("Location", f"{studio.address}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with (
            Client(f"http://127.0.0.1:{server.server_port}", studio.token) as client,
            pytest.raises(StudioUnavailable, match="is not a studio"),
        ):
            client.status()
        thread.join()


def test_messages_in_pieces_are_whole():
    text = b': open\nretry: 1\n\nid: 1\r\nevent: job.done\r\ndata: {"a":\r\ndata: "\xe2\x80\xa8"}\r\n\r\n'
    text += b"id: 2\ndata: cut off"
    whole = [Message("1", "job.done", '{"a":\n"\u2028"}')]
    assert list(messages([text])) == whole
    assert list(messages(bytes([byte]) for byte in text)) == whole


def test_the_client_needs_no_server():
    code = (
        "import sys, dreamreel.studio.client\n"
        "print(sorted({'fastapi', 'starlette', 'uvicorn', 'dreamreel.studio.server', 'av', 'skia'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_proxies_of_the_environment_are_not_used(studio, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Client(studio.address, studio.token) as client:
        assert client.status().version
