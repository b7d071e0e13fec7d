"""Many files: which are found, what they are called, and that one bad file never stops the rest."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.render.film import film

from dreamreel.convert.batch import Naming, Task, found, named, run, save_report, summary, watch
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter, InputMissing, UsageError
from dreamreel.render.threads import Cancel

PICTURE = Wish(container="webp")
FILM = Wish(container="mkv")


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("DREAMREEL_HOME", str(tmp_path / "home"))


def picture(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (24, 32, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


@pytest.fixture
def album(tmp_path):
    for number, name in enumerate(("a.png", "b.jpg", "sub/c.png", ".hidden/d.png", "sub/.e.png")):
        picture(tmp_path / "album" / name, number)
    (tmp_path / "album" / "notes.txt").write_text("not a picture")
    film(tmp_path / "album" / "f.mp4", 10)
    return tmp_path / "album"


def names(items):
    return [one.path.name for one in items]


def test_a_folder_gives_what_can_become_the_target(album):
    assert names(found([album], PICTURE)) == ["a.png", "b.jpg", "c.png"]
    assert names(found([album], FILM)) == ["f.mp4"]
    assert names(found([album], PICTURE, recursive=False)) == ["a.png", "b.jpg"]


def test_what_is_named_is_taken_once_and_whatever_it_is_called(album):
    given = [album / "notes.txt", album / "a.png", album / "a.png"]
    assert names(found(given, PICTURE)) == ["notes.txt", "a.png"]


def test_patterns_are_filled_in(album):
    assert names(found([album / "*.png"], PICTURE)) == ["a.png"]
    assert names(found([album / "**" / "*.png"], PICTURE))[0] == "a.png"


def test_what_names_nothing_is_told(album):
    with pytest.raises(InputMissing, match="gone"):
        found([album / "gone"], PICTURE)
    with pytest.raises(InputMissing, match=r"\*\.xyz"):
        found([album / "*.xyz"], PICTURE)


def test_the_tree_is_kept_or_not(album, tmp_path):
    sources = found([album], PICTURE)
    kept = named(sources, PICTURE, Naming(folder=tmp_path / "out"))
    assert [task.out.relative_to(tmp_path).as_posix() for task in kept] == [
        "out/a.webp",
        "out/b.webp",
        "out/sub/c.webp",
    ]
    flat = named(sources, PICTURE, Naming(folder=tmp_path / "out", keep_tree=False))
    assert flat[2].out == tmp_path / "out" / "c.webp"


def test_no_two_results_have_one_name_and_none_is_a_source(album):
    picture(album / "a.jpg")
    tasks = named(found([album / "a.png", album / "a.jpg"], PICTURE), PICTURE, Naming())
    assert [task.out.name for task in tasks] == ["a.webp", "a-jpg.webp"]
    same = Wish(container="png")
    assert named(found([album / "a.png"], same), same, Naming())[0].out.name == "a-png.png"


def test_templates(album):
    sources = found([album / "a.png", album / "b.jpg"], PICTURE)
    tasks = named(sources, PICTURE, Naming(template="{parent}-{n:3}-{name}-{ext}"))
    assert [task.out.name for task in tasks] == ["album-001-a-png.webp", "album-002-b-jpg.webp"]


@pytest.mark.parametrize("template", ["{nmae}", "{", "", "{n:99}"])
def test_wrong_templates_are_told(album, template):
    with pytest.raises(BadParameter):
        named(found([album / "a.png"], PICTURE), PICTURE, Naming(template=template))


def test_a_template_cannot_leave_the_folder(album, tmp_path):
    (task,) = named(
        found([album / "a.png"], PICTURE), PICTURE, Naming(folder=tmp_path, template="../../{name}")
    )
    assert task.out.parent == tmp_path


def test_one_bad_file_stops_nothing(album, tmp_path):
    (album / "b.jpg").write_bytes(b"\xff\xd8\xff broken")
    heard = []
    tasks = named(found([album], PICTURE), PICTURE, Naming(folder=tmp_path / "out"))
    results = run(tasks, PICTURE, tell=lambda task, what: heard.append((task.source.name, what)))
    assert [one.state for one in results] == ["done", "failed", "done"]
    assert "b.jpg" in results[1].error
    assert results[1].code == 3
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.*")) == ["a.webp", "c.webp"]
    assert ("a.png", None) in heard


def test_what_was_done_is_skipped_until_it_changes(album, tmp_path):
    tasks = named(found([album], PICTURE), PICTURE, Naming(folder=tmp_path / "out"))

    def states(wish=PICTURE, **options):
        return [one.state for one in run(tasks, wish, skip_done=True, overwrite=True, **options)]

    assert states() == ["done"] * 3
    assert states() == ["skipped"] * 3
    picture(album / "a.png", seed=9)
    assert states() == ["done", "skipped", "skipped"]
    tasks[1].out.unlink()
    assert states() == ["skipped", "done", "skipped"]
    assert states(Wish(container="webp", width=16)) == ["done"] * 3


def test_results_are_not_replaced_unasked(album, tmp_path):
    tasks = [Task(album / "a.png", tmp_path / "a.webp")]
    (tmp_path / "a.webp").write_bytes(b"mine")
    (result,) = run(tasks, PICTURE)
    assert result.state == "failed"
    assert (tmp_path / "a.webp").read_bytes() == b"mine"


def test_a_batch_can_be_stopped(album, tmp_path):
    cancel = Cancel()
    cancel.set()
    results = run(
        named(found([album], PICTURE), PICTURE, Naming(folder=tmp_path / "o")), PICTURE, cancel=cancel
    )
    assert {one.state for one in results} == {"stopped"}
    assert not (tmp_path / "o").exists()


def test_the_report_can_be_read_by_programs(album, tmp_path):
    results = run(named(found([album], PICTURE), PICTURE, Naming(folder=tmp_path / "out")), PICTURE)
    save_report(results, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == json.loads(json.dumps(summary(results)))
    save_report(results, tmp_path / "r.csv")
    head, *rows = (tmp_path / "r.csv").read_text().splitlines()
    assert head.startswith("source,path,state,error,code")
    assert len(rows) == 3


def test_watching_takes_what_has_settled_and_nothing_twice(album, tmp_path):
    cancel, batches = Cancel(), []

    def done(tasks):
        batches.append([task.source.name for task in tasks])
        run(tasks, PICTURE)
        if len(batches) == 1:
            picture(album / "late.png", 5)
        else:
            cancel.set()

    watch([album], PICTURE, Naming(), cancel, done, every=0.01)
    assert batches == [["a.png", "b.jpg", "c.png"], ["late.png"]]


def test_only_folders_are_watched(album):
    with pytest.raises(UsageError, match="folder"):
        watch([album / "a.png"], PICTURE, Naming(), Cancel(), [].extend)


def test_films_are_converted_as_well(album, tmp_path):
    (task,) = named(found([album], FILM), FILM, Naming(folder=tmp_path / "out"))
    (result,) = run([task], FILM, verify=True)
    assert (result.state, task.out.name) == ("done", "f.mkv")
