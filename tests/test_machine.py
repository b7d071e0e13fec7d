"""What this machine has to work with: what a process is bound to, and what its container allows."""

import os

import pytest

from dreamreel import machine


@pytest.fixture
def group(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("max 100000\n", 16),
        ("200000 100000\n", 2),
        ("150000 100000\n", 2),
        ("5000 100000\n", 1),
        ("6400000 100000\n", 16),
    ],
)
def test_a_container_has_as_many_cores_as_it_may_use(group, said, count):
    (group / "cpu.max").write_text(said)
    assert machine.cores() == count


@pytest.mark.parametrize("said", ["", "much"])
def test_what_a_group_says_unclearly_limits_nothing(group, said):
    assert machine.cores() == 16
    (group / "cpu.max").write_text(said)
    assert machine.cores() == 16


def test_a_process_bound_to_two_of_many_cores_has_two(group, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 7}, raising=False)
    assert machine.cores() == 2


def test_a_container_has_as_much_memory_as_is_left(group, monkeypatch):
    monkeypatch.delenv("DREAMREEL_MEMORY", raising=False)
    (group / "memory.max").write_text(f"{2**20}\n")
    (group / "memory.current").write_text(f"{2**19}\n")
    assert machine.free_memory() == 2**19
