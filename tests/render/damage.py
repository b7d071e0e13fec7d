"""Films of which some packets are wiped."""

from __future__ import annotations

import av
from tests.render.film import film

COUNT = 40
"""Frames of them."""


def damaged(tmp_path, packets):
    """A film in groups of twelve, of which some packets are wiped."""
    path = film(tmp_path / "whole.mp4", COUNT, options={"g": "12", "bf": "2", "preset": "medium"})
    return wiped(path, packets)


def wiped(path, packets):
    """The film, beside it, with some packets of its picture made zeros."""
    with av.open(str(path)) as source:
        places = [(packet.pos, packet.size) for packet in source.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in packets:
        at, size = places[number]
        data[at : at + size] = bytes(size)
    bad = path.with_name(f"bad{path.suffix}")
    bad.write_bytes(data)
    return bad
