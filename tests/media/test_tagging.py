"""Tags edited: they are there on re-opening, in every container by its own name, and the tracks are untouched."""

from __future__ import annotations

import os
from pathlib import Path

import av
import pytest
from PIL import Image
from tests.fuzz_media import SEEDS

from dreamreel.errors import BadParameter, NotMedia
from dreamreel.media.formats import CONTAINERS, output_format
from dreamreel.media.probe import probe
from dreamreel.media.tagging import FAMILIES, NAMES, Edit, known_name, storable, tagged


def film(folder: Path, name: str = "h264.mp4") -> Path:
    """A seed as a file."""
    path = folder / name
    path.write_bytes(SEEDS[name]())
    return path


def tags(path: Path) -> dict[str, str]:
    """What a file says, by small names."""
    with av.open(str(path)) as container:
        found = dict(container.metadata)
        for stream in container.streams:
            found.update({k: v for k, v in stream.metadata.items() if k.upper() in ("TITLE", "ARTIST")})
    return {name.lower(): value for name, value in found.items()}


def contents(path: Path) -> list[list[bytes]]:
    """The packets of all tracks in time."""
    with av.open(str(path)) as container:
        streams = [
            s for s in container.streams if s.type in ("video", "audio") and not int(s.disposition) & 1024
        ]
        rows: dict[int, list[bytes]] = {s.index: [] for s in streams}
        for packet in container.demux(streams):
            if packet.size:
                rows[packet.stream_index].append(bytes(packet))
    return list(rows.values())


@pytest.mark.parametrize(
    "name",
    ["h264.mp4", "mpeg4.mov", "h264.mkv", "mpeg4.avi", "sound.wav", "sound.mp3", "sound.flac", "sound.opus"],
)
def test_a_title_and_an_artist_in_every_container(tmp_path, name):
    path, out = film(tmp_path, name), tmp_path / f"out{Path(name).suffix}"
    assert tagged(path, out, Edit(values=(("title", "Anna träumt"), ("artist", "Bob")))) == []
    said = tags(out)
    assert (said["title"], said["artist"]) == ("Anna träumt", "Bob")
    assert contents(out) == contents(path)


def test_a_tag_is_removed_and_the_others_stay(tmp_path):
    one, two = tmp_path / "one.mkv", tmp_path / "two.mkv"
    tagged(
        film(tmp_path, "h264.mkv"), one, Edit(values=(("title", "A"), ("mood", "calm"), ("comment", "no")))
    )
    tagged(one, two, Edit(remove=("comment",)))
    said = tags(two)
    assert (said["title"], said["mood"]) == ("A", "calm")
    assert "comment" not in said
    three = tmp_path / "three.mkv"
    tagged(two, three, Edit(remove=("all",)))
    assert "title" not in tags(three)


def test_a_place_stays_behind_unless_asked_for(tmp_path):
    one, two, three = tmp_path / "one.mkv", tmp_path / "two.mkv", tmp_path / "three.mkv"
    with av.open(str(film(tmp_path, "h264.mkv"))) as given, av.open(str(one), "w") as target:
        target.metadata["location"] = "+48.1374+011.5755/"
        streams = {s.index: target.add_stream_from_template(s) for s in given.streams}
        for packet in given.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    tagged(one, two, Edit(values=(("title", "A"),)))
    assert "location" not in tags(two)
    tagged(one, three, Edit(values=(("title", "A"),), keep_location=True))
    assert tags(three)["location"] == "+48.1374+011.5755/"


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mkv", "sound.mp3", "sound.flac"])
def test_a_cover_is_put_in_replaced_and_removed(tmp_path, name):
    suffix = Path(name).suffix
    for colour in ("red", "blue"):
        Image.new("RGB", (32, 32), colour).save(tmp_path / f"{colour}.png")
    one, two, three = (tmp_path / f"{n}{suffix}" for n in "123")
    tagged(film(tmp_path, name), one, Edit(cover=tmp_path / "red.png"))
    tagged(one, two, Edit(cover=tmp_path / "blue.png"))
    tagged(two, three, Edit(no_cover=True))
    assert [sum(track.cover for track in probe(path).video) for path in (one, two, three)] == [1, 1, 0]
    assert contents(three) == contents(tmp_path / name)


def test_a_cover_must_be_a_picture_and_the_container_must_take_it(tmp_path):
    path = film(tmp_path)
    with pytest.raises(NotMedia, match="is not a picture"):
        tagged(path, tmp_path / "out.mp4", Edit(cover=path))
    Image.new("RGB", (32, 32)).save(tmp_path / "red.png")
    with pytest.raises(BadParameter, match="has no place for a cover"):
        tagged(film(tmp_path, "sound.wav"), tmp_path / "out.wav", Edit(cover=tmp_path / "red.png"))


def test_languages_and_the_default_track(tmp_path):
    out = tmp_path / "out.mkv"
    tagged(
        film(tmp_path, "h264.mkv"),
        out,
        Edit(languages=((1, "deu"),), titles=((1, "Kommentar"),), default=(1,)),
    )
    (sound,) = probe(out).audio
    assert (sound.language, sound.title) in {("ger", "Kommentar"), ("deu", "Kommentar")}
    assert "default" in sound.dispositions


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit(languages=((7, "deu"),)), "has no track 7; its tracks are 0, 1"),
        (Edit(languages=((1, "german"),)), "give three letters such as deu"),
        (Edit(values=(("mood", "calm"),)), "has no place for the tag 'mood'; write mkv"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, edit, words):
    with pytest.raises(BadParameter, match=words):
        tagged(film(tmp_path), tmp_path / "out.mp4", edit)
    assert not (tmp_path / "out.mp4").exists()


def test_the_times_of_the_file_stay(tmp_path):
    path = film(tmp_path)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    tagged(path, tmp_path / "out.mp4", Edit(values=(("title", "A"),)))
    assert (tmp_path / "out.mp4").stat().st_mtime == 1_000_000_000


@pytest.mark.parametrize("text", ["Title", "©nam", "TIT2", "INAM", "title", "TITLE"])
def test_names_of_all_families_mean_the_same(text):
    assert known_name(text) == "title"


def test_no_family_uses_a_name_twice_and_every_family_is_used():
    for own in ("itunes", "id3", "vorbis", "matroska", "riff"):
        used = [getattr(row, own) for row in NAMES if getattr(row, own)]
        assert len(used) == len(set(used))
        assert own in FAMILIES.values()
    assert set(FAMILIES) <= {row.muxer for row in CONTAINERS}
    assert not storable("title", output_format(Path("a.ts")))
