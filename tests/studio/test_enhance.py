"""Enhancing through the API: looked at in a worker, planned without opening anything, shown, made; and the networks."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from tests.analyse.footage import film as footage
from tests.analyse.test_interlace import fields
from tests.neural.community.colouring import colouriser
from tests.render.film import film, ramp
from tests.studio import within
from tests.studio.films import ended, eventually, taken_in
from tests.studio.within import opened

from dreamreel.enhance.photo import photo_suffix
from dreamreel.enhance.proposal import Proposal, Step, Stretch
from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.media.decode import VideoReader
from dreamreel.media.encode import VideoSegmentWriter, settings_for
from dreamreel.media.images import load_image, save_image
from dreamreel.media.info import VideoInfo
from dreamreel.media.planes import planes
from dreamreel.media.probe import probe
from dreamreel.neural.community import store
from dreamreel.studio.pages.enhance.form import Change, changed, unmeasured
from dreamreel.studio.tasks import media_type_of
from dreamreel.time import Span

API = "/api/v1"
SMALL = {"model": "clean", "size": "s"}


class Caller(within.Caller):
    """A client that enhances."""

    def looked(self, source: str) -> Any:
        """Have an item looked at; what was found."""
        begun = self.post(f"{API}/enhance/looks", json={"source": source})
        assert begun.status_code == 202, begun.text

        def found() -> Any:
            now = self.get(f"{API}/enhance/looks/{source}").json()
            assert now["state"] not in ("failed", "stopped"), now
            return now["findings"]

        return eventually(found, "a look")

    def planned(self, source: str, **form: Any) -> Any:
        """What an enhancement would do."""
        answer = self.post(f"{API}/enhance/plan", json={"source": source, **SMALL, **form})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def shown(self, source: str, **form: Any) -> Any:
        """A finished preview."""
        begun = self.post(f"{API}/enhance/previews", json={"source": source, **SMALL, **form})
        assert begun.status_code == 202, begun.text

        def done() -> Any:
            now = self.get(f"{API}/enhance/previews/{begun.json()['key']}").json()
            assert now["state"] not in ("failed", "stopped"), now
            return now if now["state"] == "done" else None

        return eventually(done, "a preview")

    def made(self, source: str, **form: Any) -> tuple[Any, Path]:
        """Enhance an item; the result's row and its contents."""
        answer = self.post(
            f"{API}/jobs", json={"kind": "enhance", "request": {"source": source, **SMALL, **form}}
        )
        assert answer.status_code == 202, answer.text
        job = ended(self.studio, self.studio.ledger.get(answer.json()["id"]))
        assert job.state == "done", job.error
        item = self.studio.library.get(str(job.result))
        return self.get(f"{API}/items/{item.id}").json(), self.studio.files.path(item.sha256)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """One studio for all: starting workers is what takes the time here."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DREAMREEL_HOME", str(home))
        with opened(Caller, home) as made:
            yield made


@pytest.fixture(scope="module")
def clip(client: Caller, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A film of a second that was looked at."""
    path = film(tmp_path_factory.mktemp("films") / "party.mkv", 25, size=(96, 64))
    item = taken_in(client.studio, path).id
    client.looked(item)
    return item


def flattened(proposal: Any) -> list[Any]:
    """Every step of a proposal."""
    middle = [step for stretch in proposal["stretches"] for step in stretch["steps"]]
    return [*proposal["before"], *middle, *proposal["after"]]


def test_a_film_is_looked_at_once(client: Caller, clip: str) -> None:
    again = client.post(f"{API}/enhance/looks", json={"source": clip}).json()
    assert (again["state"], again["findings"]["width"], again["findings"]["height"]) == ("done", 96, 64)
    assert again["findings"]["shots"][0]["start"] == 0


def test_nothing_is_planned_before_the_look(client: Caller, tmp_path: Path) -> None:
    item = taken_in(client.studio, film(tmp_path / "new.mkv", 5)).id
    answer = client.post(f"{API}/enhance/plan", json={"source": item})
    assert answer.status_code == 409
    assert "new.mkv" in answer.json()["detail"]
    assert client.get(f"{API}/enhance/looks/{item}").status_code == 404


def test_what_an_older_program_found_is_looked_for_again(client: Caller, tmp_path: Path) -> None:
    item = taken_in(client.studio, film(tmp_path / "old.mkv", 5, size=(96, 64))).id
    client.studio.library.learn(item, {"enhance": {"program": "0.0.0", "findings": {"of": "long ago"}}})
    assert client.get(f"{API}/enhance/looks/{item}").status_code == 404
    assert client.looked(item)["width"] == 96


def test_what_would_become_of_a_film_is_told(client: Caller, clip: str) -> None:
    told = client.planned(clip, to="x2")
    assert (told["width_in"], told["height_in"], told["width"], told["height"]) == (96, 64, 192, 128)
    assert (told["name"], told["problem"], told["frames"]) == ("party-enhanced.mkv", None, 25)
    assert told["bytes"] > 0
    assert told["seconds"] > 0
    assert any(
        step["verb"] == "upscale" and step["args"]["family"] == "clean"
        for step in flattened(told["proposal"])
    )


def test_a_step_is_left_out_and_offered_still(client: Caller, clip: str) -> None:
    told = client.planned(clip, to="x2", changes=[{"verb": "upscale", "on": False}])
    assert [step["verb"] for step in flattened(told["proposal"])].count("upscale") == 0
    assert [step["verb"] for step in flattened(told["offered"])].count("upscale") == 1


def test_how_much_is_changed_in_one_stretch_only(client: Caller, tmp_path: Path) -> None:
    item = taken_in(client.studio, blocky(tmp_path / "blocks.mp4")).id
    client.looked(item)
    offered = client.planned(item, to="same")["offered"]
    rough = [one for one in offered["stretches"] if any(step["verb"] == "deblock" for step in one["steps"])]
    assert len(offered["stretches"]) > 1
    assert rough
    change = {"verb": "deblock", "start": rough[0]["key"], "strength": 0.35}
    changed = client.planned(item, to="same", changes=[change])["proposal"]
    strengths = {
        one["key"]: step["args"]["strength"]
        for one in changed["stretches"]
        for step in one["steps"]
        if step["verb"] == "deblock"
    }
    assert strengths[rough[0]["key"]] == 0.35
    assert [value for key, value in strengths.items() if key != rough[0]["key"]].count(0.35) == 0


def blocky(path: Path) -> Path:
    """A smooth film, a cut, and a film of blocks."""
    smooth = np.tile(np.linspace(60, 180, 128, dtype=np.float32), (96, 1)).astype(np.uint8)
    rough = np.kron(np.random.default_rng(7).integers(60, 180, (12, 16)), np.ones((8, 8))).astype(np.uint8)
    row = next(row for row in VIDEO_CODECS if row.key == "h264")
    step = Fraction(1, 10)
    info = VideoInfo(128, 96, rate=1 / step)
    settings = settings_for(info, row, crf=4, preset="ultrafast", threads=1)
    with VideoSegmentWriter(path, settings) as writer:
        for n in range(30):
            frame = av.VideoFrame.from_ndarray(
                np.repeat((smooth if n < 15 else rough)[..., None], 3, 2), "rgb24"
            )
            writer.write(frame, n * step, step)
    return path


def test_the_hardest_seconds_are_shown_before_and_after(client: Caller, clip: str, tmp_path: Path) -> None:
    told = client.shown(clip, to="x2")
    sizes: list[tuple[int, int]] = []
    for side in ("before", "after"):
        answer = client.get(f"{API}/enhance/previews/{told['key']}/{side}", headers={"Range": "bytes=0-"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (206, "video/mp4")
        (tmp_path / f"{side}.mp4").write_bytes(answer.content)
        track = probe(tmp_path / f"{side}.mp4").main_video
        assert track is not None
        assert (track.codec, track.pix_fmt) == ("h264", "yuv420p")
        sizes.append((track.width, track.height))
    assert sizes == [(96, 64), (192, 128)]
    assert (
        client.post(f"{API}/enhance/previews", json={"source": clip, **SMALL, "to": "x2"}).json()["state"]
        == "done"
    )


def test_a_preview_that_nobody_began_is_not_there(client: Caller) -> None:
    assert client.get(f"{API}/enhance/previews/preview-0/after").status_code == 404


def test_a_film_is_enhanced(client: Caller, clip: str) -> None:
    item, path = client.made(clip, to="x2")
    assert (item["name"], item["kind"], item["width"], item["height"]) == (
        "party-enhanced.mkv",
        "video",
        192,
        128,
    )
    assert item["photo"] == clip
    assert probe(path).duration == 1


def test_a_step_that_measures_the_file_is_composed_by_the_worker(client: Caller, clip: str) -> None:
    prepared = client.studio.estimate(
        "enhance", {"source": clip, **SMALL, "to": "x2", "stabilize": True}
    ).prepared
    assert prepared.late is not None
    assert "stabil" not in prepared.recipe
    item, _ = client.made(clip, to="x2", stabilize=True)
    assert (item["width"], item["height"]) == (192, 128)


def test_a_film_gets_colours_by_weights_that_were_added(
    client: Caller, clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DREAMREEL_MODELS", str(tmp_path / "models"))
    refused = client.post(f"{API}/enhance/plan", json={"source": clip, "colourise": True})
    assert "No weights that give colours are installed" in refused.json()["detail"]
    (tmp_path / "sepia.onnx").write_bytes(colouriser())
    store.add(tmp_path / "sepia.onnx", lambda _: True)
    assert "colourise" in client.get(f"{API}/enhance/choices").json()["verbs"]
    _, path = client.made(clip, to="same", colourise=True)
    with VideoReader(path) as made:
        _, frame = next(iter(made.frames(Span(Fraction(0), Fraction(1)))))
    assert float(planes(frame)[2].mean()) > 132
    page = Image.new("L", (60, 40), 128)
    page.save(tmp_path / "eye.tif", save_all=True, append_images=[page])
    photo = taken_in(client.studio, tmp_path / "eye.tif").id
    client.looked(photo)
    assert client.shown(photo, to="same", colourise=True)["kind"] == "photo"
    red, _, blue = load_image(client.made(photo, to="same", colourise=True)[1]).pixels.mean(axis=(0, 1))
    assert red > blue + 20


def test_an_interlaced_film_is_made_whole_by_what_is_chosen(client: Caller, tmp_path: Path) -> None:
    assert client.get(f"{API}/enhance/choices").json()["fields"] is True
    options = {"codec": "ffv1", "options": {}, "pix_fmt": "yuv422p"}
    tape = taken_in(client.studio, footage(tmp_path / "tape.mkv", fields(12, "tff"), **options)).id
    assert client.looked(tape)["scan"] == "tff"
    for wish, method in (({}, "network"), ({"deinterlace_by": "bwdif"}, None)):
        first = client.planned(tape, to="x2", **wish)["proposal"]["before"][0]
        assert (first["verb"], first["args"].get("method")) == ("deinterlace", method)
    answer = client.post(f"{API}/enhance/plan", json={"source": tape, "deinterlace_by": "yadif"})
    assert answer.status_code == 422


def test_a_photo_is_enhanced(client: Caller, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (40, 60, 3), np.uint8)
    save_image(tmp_path / "eye.png", pixels)
    source = taken_in(client.studio, tmp_path / "eye.png").id
    assert client.looked(source)["still"] is True
    told = client.shown(source, to="x2")
    assert told["kind"] == "photo"
    assert client.get(f"{API}/enhance/previews/{told['key']}/after").headers["Content-Type"] == "image/jpeg"
    # There is no face, which is found out where the photo is decoded.
    item, path = client.made(source, to="x2", face=0.5)
    assert (item["name"], item["kind"], item["media_type"], item["fps"]) == (
        "eye-enhanced.png", "photo", "image/png", None,
    )  # fmt: skip
    assert load_image(path).pixels.shape == (80, 120, 3)
    assert client.get(f"{API}/items/{item['id']}/poster").status_code == 200


@pytest.mark.parametrize("suffix", ["avif", "heic", "heif", "jpeg", "jpg", "png", "tif", "tiff", "webp"])
def test_what_a_photo_becomes_is_kept_as_a_photo(suffix: str) -> None:
    assert photo_suffix(Path(f"eye.{suffix}")) == f".{suffix}"
    assert media_type_of(suffix, film=True)[0].startswith("image/")
    assert photo_suffix(Path("eye.bmp")) == ".png"


def test_a_sound_has_no_picture_to_enhance(client: Caller, tmp_path: Path) -> None:
    song = taken_in(client.studio, ramp(tmp_path / "song.wav")).id
    answer = client.post(f"{API}/enhance/looks", json={"source": song})
    assert answer.status_code == 422
    assert "song.wav" in answer.json()["detail"]


@pytest.mark.parametrize(
    "form",
    [
        {"to": "../etc"}, {"model": "/tmp/net.onnx"}, {"strength": 2}, {"watermark": "a.png"}, {"fps": 0},
        {"changes": [{"verb": "__init__; x"}]}, {"changes": [{"verb": "upscale", "start": "1/0"}]},
        {"model": "nothing-like-it"},
    ],
)  # fmt: skip
def test_a_form_that_asks_for_what_is_not_there_is_refused(
    client: Caller, clip: str, form: dict[str, Any]
) -> None:
    for where, body in (
        ("enhance/plan", {"source": clip, **form}),
        ("enhance/previews", {"source": clip, **form}),
        ("jobs", {"kind": "enhance", "request": {"source": clip, **form}}),
    ):
        answer = client.post(f"{API}/{where}", json=body)
        assert answer.status_code in (404, 422, 501), answer.text
        assert "\n" not in answer.json()["detail"]


def test_nothing_to_do_is_no_job(client: Caller, clip: str) -> None:
    changes = [
        {"verb": step["verb"], "on": False} for step in flattened(client.planned(clip, to="x2")["offered"])
    ]
    assert client.planned(clip, to="x2", changes=changes)["proposal"]["nothing"] is True
    request = {"source": clip, **SMALL, "to": "x2", "changes": changes}
    answer = client.post(f"{API}/jobs", json={"kind": "enhance", "request": request})
    assert answer.status_code == 422
    assert "nothing to do" in answer.json()["detail"]


def test_there_is_something_to_choose_from(client: Caller) -> None:
    told = client.get(f"{API}/enhance/choices").json()
    assert {"1080p", "4K", "8K"} <= set(told["sizes"])
    assert {"clean"} <= {one["name"] for one in told["families"]}
    assert "upscale" in told["verbs"]


def test_every_network_is_told_with_its_licence(client: Caller) -> None:
    models = client.get(f"{API}/models").json()
    own = [one for one in models if one["origin"] == "shipped"]
    assert {"clean-s-x2", "clean-m-x2"} <= {one["name"] for one in own}
    assert all(one["installed"] and one["bytes"] and one["family"] and one["parameters"] for one in own)
    others = [one for one in models if one["origin"] == "community"]
    assert all(one["licence"] and one["terms"] and not one["installed"] for one in others)
    assert len(others) > 5


def test_how_much_of_faces_shows_is_changed_for_a_stretch_or_the_whole() -> None:
    def step(face: float) -> Step:
        return Step("upscale", {"scale": 2, "family": "general", "strength": 0.4, "face": face}, "why")

    two = (
        Stretch(Fraction(0), Fraction(2), 1, (step(0.5),)),
        Stretch(Fraction(2), Fraction(4), 1, (step(0.5),)),
    )
    offered = Proposal(
        stretches=two, after=(Step("upscale", {"scale": 2, "family": "clean"}, "why"),), faces="some"
    )
    one = changed(offered, [Change(verb="upscale", start="2", face=0.8)])
    assert [part.steps[0].args["face"] for part in one.stretches] == [0.5, 0.8]
    whole = changed(offered, [Change(verb="upscale", face=0.0, strength=1.0)])
    assert [(part.steps[0].args["face"], part.steps[0].args["strength"]) for part in whole.stretches] == [
        (0, 1)
    ] * 2
    assert whole.after == offered.after


def test_faces_that_are_known_are_planned_and_others_are_looked_for_by_the_worker() -> None:
    step = Step("upscale", {"scale": 2, "family": "clean", "size": "s", "face": 0.5}, "why")
    known = Proposal(before=(step,), faces="some")
    assert unmeasured(known) == known
    unknown = unmeasured(Proposal(before=(step,)))
    assert dict(unknown.before[0].args) == {"scale": 2, "family": "clean", "size": "s"}
