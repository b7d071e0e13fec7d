"""Work that is no job: one at a time, told of, kept only as long as somebody may ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.render.film import film
from tests.studio.films import eventually

from dreamreel.errors import NotFound
from dreamreel.graph import JSON
from dreamreel.studio.bench import Bench, State, Work


class Told:
    """What a bench said, in order."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def __call__(self, state: State) -> None:
        self.said.append((state.key, state.state))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def bench(tmp_path: Path, told: Told) -> Iterator[Bench]:
    made = Bench(tmp_path / "work", told)
    yield made
    made.close()


def look(path: Path, **more: object) -> Work:
    """A close look at a film."""
    order: dict[str, JSON] = {"path": str(path), "name": "party.mp4", "precision": "f32"}
    return Work(task="look", order=order, read=(path,), **more)  # type: ignore[arg-type]


def ended(bench: Bench, key: str) -> State:
    """Wait for the end of a piece of work."""
    return eventually(lambda: None if bench.get(key).active else bench.get(key), key)


def test_a_look_is_kept_before_it_counts_as_done(bench: Bench, told: Told, tmp_path: Path) -> None:
    found: list[dict[str, JSON]] = []
    bench.begin("one", look(film(tmp_path / "a.mp4", 12), kept=found.append))
    state = ended(bench, "one")
    assert (state.state, state.part) == ("done", 1.0)
    assert found == [state.done]
    assert told.said[:2] == [("one", "waiting"), ("one", "working")]
    assert told.said[-1] == ("one", "done")


def test_what_is_done_is_not_done_again_until_it_was_swept(bench: Bench, tmp_path: Path) -> None:
    work = look(film(tmp_path / "a.mp4", 12))
    bench.begin("one", work)
    first = ended(bench, "one")
    assert bench.begin("one", work) == first
    first.folder.rmdir()
    with pytest.raises(NotFound, match="begin it again"):
        bench.get("one")
    assert bench.begin("one", work).state == "waiting"


def test_why_it_failed_is_a_sentence_with_the_owners_name_and_nothing_is_left(
    bench: Bench, tmp_path: Path
) -> None:
    broken = tmp_path / "0123abcd"
    broken.write_bytes(b"no film at all")
    bench.begin("one", look(broken))
    state = ended(bench, "one")
    assert state.state == "failed"
    assert "party.mp4" in str(state.error)
    assert "0123abcd" not in str(state.error)
    eventually(lambda: not state.folder.exists(), "an empty bench")


def test_of_a_group_only_the_latest_goes_on(bench: Bench, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", 12)
    for key in ("one", "two", "three"):
        bench.begin(key, look(path, group="previews"))
    assert ended(bench, "three").state == "done"
    assert [bench.get(key).state for key in ("one", "two")] == ["stopped", "stopped"]


def test_nothing_goes_on_after_it_is_closed(bench: Bench, tmp_path: Path) -> None:
    bench.begin("one", look(film(tmp_path / "a.mp4", 200)))
    bench.close()
    assert bench.get("one").state == "stopped"
    assert not any((tmp_path / "work").iterdir()) if (tmp_path / "work").exists() else True
