"""How much of a network for faces a film needs, and what was done with it. Pure.

A face that is very small has nothing to bring out, a large one needs no help, and a film that is good is left alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from dreamreel.errors import CapabilityMissing
from dreamreel.graph import walk
from dreamreel.ops import op_of
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamreel.clip import Clip
    from dreamreel.enhance.able import Able, Net
    from dreamreel.enhance.asked import Asked
    from dreamreel.enhance.findings import Findings, Shot
    from dreamreel.graph import JSON

__all__ = ["face_net", "face_share", "faces_done", "faces_noted", "faces_offered", "faces_words"]

_SMALL, _LARGE = 24, 240
"""Pixels of a face's height from which, and up to which, a network of its own is worth it."""
_SOFT: Final = 0.55
"""Share of the finest detail below which a shot counts as bad, whatever else it is."""
_MODEST: Final = 0.5
"""How much of it shows where nobody said how much."""


def face_net(able: Able, size: str, scale: int) -> Net | None:
    """The network for faces that goes with one of that size and scale."""
    there = [net for net in able.nets if (net.family, net.scale) == ("face", scale)]
    return next((net for net in there if net.size == size), there[0] if there else None)


def face_share(findings: Findings, asked: Asked, net: Net | None, scale: int) -> float:
    """How much of the network for faces shows, 0 to 1. Raises `CapabilityMissing` where it is asked for and missing."""
    if asked.face == 0 or _none(findings):
        return 0.0
    if asked.face is not None:
        if net is None:
            raise CapabilityMissing(
                f"There is no network for faces that enlarges {scale} × in this installation; leave --face out, or see "
                "`dreamreel models`."
            )
        return asked.face
    if net is None or findings.is_drawn or findings.sampled:
        return 0.0
    return _MODEST if any(_needs(shot, findings) for shot in findings.shots) else 0.0


def _none(findings: Findings) -> bool:
    """Whether all of the film was looked through, and there is no face."""
    return not findings.sampled and all(shot.faces == 0 for shot in findings.shots) and bool(findings.shots)


def _needs(shot: Shot, findings: Findings) -> bool:
    from dreamreel.enhance.needs import badness

    bad = badness(shot, findings) > 0 or shot.sharpness < _SOFT
    return bool(shot.faces) and bad and _SMALL <= shot.face_height <= _LARGE


def faces_words(findings: Findings, net: Net, share: float) -> str:
    """What is done about faces, and why."""
    high = max((shot.face_height for shot in findings.shots), default=0)
    most = max((shot.faces or 0 for shot in findings.shots), default=0)
    found = f"{plural(most, 'face')}, up to {high} px high" if most else "faces"
    return f"{found} → {share:g} of the network {net.family} {net.size}, inside soft masks"


def faces_done(clip: Clip) -> dict[str, JSON] | None:
    """What an enhanced clip does about faces, for its report: network, share, seconds; None where it does nothing."""
    ops = [op for node in walk([clip.node]) if isinstance(op := op_of(node), EnlargeFaces)]
    if not ops:
        return None
    seconds = sum((span.duration for op in ops for span in op.shown()), Fraction(0))
    return {
        "network": ops[0].network,
        "share": max(op.share for op in ops),
        "seconds": round(float(seconds), 3),
    }


def faces_noted(findings: Findings, asked: Asked, *, enlarged: bool) -> Iterator[str]:
    """What becomes of a wish for faces that cannot be met."""
    if not asked.face:
        return
    if not enlarged:
        yield (f"faces are worked on while a {findings.kind} is enlarged by networks of this program; choose a larger "
               "size with --to, and no weights of others")  # fmt: skip
    elif _none(findings):
        yield f"no faces were found in {findings.name}, so there is nothing to do for them"


def faces_offered(findings: Findings, asked: Asked, net: Net | None) -> Iterator[str]:
    """Of a long film only parts were looked at; faces in all of it are found when asked for."""
    if (
        asked.face is None
        and net is not None
        and findings.sampled
        and any(_needs(s, findings) for s in findings.shots)
    ):
        yield f"there are faces; --face {_MODEST:g} brings them out, after the whole film was looked through for them"
