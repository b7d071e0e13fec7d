"""Weights from an address that the user gives: resumed, verified, and kept only when they are right."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.neural.community.making import compact, safetensors

from dreamreel.errors import BadParameter, BadWeights, Incomplete, InputMissing, NotFound, UsageError
from dreamreel.neural.community import catalog
from dreamreel.neural.community.fetch import pull
from dreamreel.neural.community.store import installed


def yes(_):
    return True


def untold(*_):
    """Nobody watches."""


@pytest.fixture
def data(tmp_path, monkeypatch):
    """The file that the catalogue knows as made-x2."""
    found = safetensors(tmp_path / "made.safetensors", compact(features=64, body=4)).read_bytes()
    row = catalog.Card(
        name="made-x2", purpose="tests", use="enlarge", architecture="Compact", scale=2, file="made.safetensors",
        sha256=hashlib.sha256(found).hexdigest(), bytes=len(found), licence="BSD-3-Clause", author="nobody",
        origin="this test",
    )  # fmt: skip
    for module in ("catalog", "store", "fetch"):
        monkeypatch.setattr(f"dreamreel.neural.community.{module}.known", lambda: {"made-x2": row})
    return found


class Site:
    """A server of one file that can break off, ignore ranges, and says what it was asked."""

    def __init__(self, data):
        self.data, self.asked, self.most, self.ranges, self.status = data, [], None, True, None
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.answer(self)

            def log_message(self, *_):
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/made.safetensors"

    def answer(self, request):
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        if self.status:
            request.send_response(self.status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        part = self.data[start:]
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        request.wfile.write(part if self.most is None else part[: self.most])

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site(data):
    made = Site(data)
    yield made
    made.close()


def test_what_is_fetched_is_installed(models, data, site):
    told = []
    one = pull("made-x2", site.address, yes, lambda *row: told.append(row))
    assert one.path.read_bytes() == data
    assert installed() == {"made-x2": one}
    assert told[-1] == (len(data), len(data))
    assert sorted(path.name for path in models.iterdir()) == ["made.safetensors", "made.safetensors.json"]


def test_a_broken_connection_is_gone_on_with(models, data, site):
    site.most = 50_000
    with pytest.raises(Incomplete, match=f"after 50000 of {len(data)} bytes .* run the same again"):
        pull("made-x2", site.address, yes, untold)
    assert installed() == {}
    site.most = None
    pull("made-x2", site.address, yes, untold)
    assert site.asked == [None, "bytes=50000-"]
    assert "made-x2" in installed()


def test_a_server_that_knows_no_ranges_is_asked_for_all(models, data, site):
    site.most = 50_000
    with pytest.raises(Incomplete):
        pull("made-x2", site.address, yes, untold)
    site.most, site.ranges = None, False
    assert pull("made-x2", site.address, yes, untold).path.read_bytes() == data


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1] + b"x", lambda data: data + b"x", lambda data: b"x" + data]
)
def test_another_file_is_refused_and_nothing_kept(models, site, change):
    site.data = change(site.data)
    with pytest.raises(BadWeights, match="was not kept") as error:
        pull("made-x2", site.address, yes, untold)
    assert error.value.exit_code == 3
    assert list(models.iterdir()) == []


def test_a_shorter_file_is_never_installed(models, site):
    site.data = site.data[:1000]
    for _ in range(2):
        with pytest.raises(Incomplete) as error:
            pull("made-x2", site.address, yes, untold)
        assert error.value.exit_code == 6
    assert installed() == {}


def test_a_local_file_may_be_named_as_an_address(models, data, tmp_path):
    one = pull("made-x2", (tmp_path / "made.safetensors").as_uri(), yes, untold)
    assert one.path.read_bytes() == data
    with pytest.raises(InputMissing, match=r"gone\.pth"):
        pull("made-x2", (tmp_path / "gone.pth").as_uri(), yes, untold)


def test_without_agreement_nothing_is_asked_of_anyone(models, site):
    with pytest.raises(UsageError, match="not accepted"):
        pull("made-x2", site.address, lambda _: False, untold)
    assert site.asked == []


def test_an_answer_that_is_no_file_is_told(models, site):
    site.status = 404
    with pytest.raises(InputMissing, match=r"127\.0\.0\.1 answers 404"):
        pull("made-x2", site.address, yes, untold)


def test_a_server_that_is_not_there_is_told(models, site):
    site.close()
    with pytest.raises(InputMissing, match="cannot be reached"):
        pull("made-x2", site.address, yes, untold)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/a", "made.pth", "", "javascript:1"])
def test_only_some_kinds_of_addresses_are_taken(models, data, address):
    with pytest.raises(BadParameter, match="https://"):
        pull("made-x2", address, yes, untold)


def test_weights_that_could_not_be_checked_are_not_fetched(models, site):
    with pytest.raises(NotFound, match="dreamreel models add"):
        pull("others", site.address, yes, untold)
    assert site.asked == []
