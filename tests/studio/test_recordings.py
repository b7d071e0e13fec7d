"""Films and sounds come in as photos do: looked at in a sandbox, with pictures of them, enough to plan with."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.render.film import film, ramp
from tests.studio.films import new_studio, taken_in

from dreamreel.clip import Clip
from dreamreel.convert.compose import compose
from dreamreel.convert.wish import Wish
from dreamreel.errors import DamagedMedia, NotMedia
from dreamreel.graph import freeze
from dreamreel.media.probe import MediaFile, probe
from dreamreel.ops.params import from_params
from dreamreel.ops.source import from_found
from dreamreel.studio.service import Studio


@pytest.fixture
def studio(dreamreel_home: Path):
    made = new_studio(dreamreel_home)
    yield made
    made.close()


def test_a_film_comes_in(studio: Studio, tmp_path: Path) -> None:
    item = taken_in(studio, film(tmp_path / "party.mkv", 30))
    assert (item.kind, item.media_type, item.suffix) == ("video", "video/x-matroska", ".mkv")
    assert (item.width, item.height, item.duration, item.fps) == (192, 64, "6/5", "25")
    for name in ("thumb", "poster", "preview"):
        assert studio.files.derived(item.sha256, name).is_file()  # type: ignore[arg-type]


def test_a_sound_comes_in_with_its_waveform(studio: Studio, tmp_path: Path) -> None:
    item = taken_in(studio, ramp(tmp_path / "song.wav"))
    assert (item.kind, item.media_type, item.suffix, item.width) == ("sound", "audio/wav", ".wav", None)
    assert studio.files.derived(item.sha256, "thumb").is_file()


def test_what_was_found_is_enough_to_plan_with(studio: Studio, tmp_path: Path) -> None:
    path = film(tmp_path / "party.mp4", 30)
    item = taken_in(studio, path)
    found = from_params(MediaFile, freeze(item.facts["media"]))  # type: ignore[arg-type]
    known = probe(path)
    assert (found.video, found.audio, found.duration) == (known.video, known.audio, known.duration)
    assert found.path.name == "party.mp4"
    source = Clip.of(from_found(found, str(item.facts["content"])))
    assert compose(Wish(container="mkv"), found, source, look=False).clip.info == known.clip_info()


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isom" + bytes(100), DamagedMedia),
        ("a.mp3", b"hello there", NotMedia),
    ],
)
def test_what_is_no_film_is_refused_by_its_own_name(studio, tmp_path, name, content, refusal) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(refusal, match=name):
        taken_in(studio, path)
    assert list(studio.folders.uploads.iterdir()) == []
