"""Pre-passes: ops that must have heard everything first. What is measured becomes data in the recipe."""

from __future__ import annotations

from dreamreel.errors import RenderFailed
from dreamreel.graph import Node, rewrite
from dreamreel.media.info import AudioInfo
from dreamreel.ops import infer, op_of
from dreamreel.ops.base import need_audio
from dreamreel.ops.sound import Normalise
from dreamreel.render.lower import lower
from dreamreel.render.progress import Event, Listener
from dreamreel.render.sound import loudness
from dreamreel.render.threads import Cancel
from dreamreel.time import nearest

__all__ = ["prepare"]


def prepare(node: Node, cancel: Cancel, listener: Listener | None = None) -> Node:
    """The graph with every op that measures resolved, in the order sound flows."""

    def resolved(one: Node) -> Node:
        if one.op != Normalise.name:
            return one
        op = op_of(one)
        if not isinstance(op, Normalise) or op.measured:
            return one
        if listener is not None:
            listener(Event("measure", message="listening to the whole clip for its loudness"))
        return op.resolved(*_heard(one.inputs[0], cancel)).node(*one.inputs)

    return rewrite(node, resolved)


def _heard(node: Node, cancel: Cancel) -> tuple[float, float]:
    """Integrated loudness and true peak of a clip's sound."""
    info = infer(node)[node.digest]
    audio: AudioInfo = need_audio("normalise", info)
    sound = lower(node).sound
    if sound is None:
        raise RenderFailed("a clip with sound has none to measure; this is a bug in the plan.")
    return loudness(sound, nearest(info.duration * audio.rate), audio, cancel)
