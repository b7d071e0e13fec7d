"""One number for how it looks, whatever the encoder: the crf that reaches it, found on samples of the film.

    quality 0–100 ─► samples of 2 s spread over the clip ─► encoded at a guess ─► XPSNR against what went in
                         └─ again, between the nearest two ◄─ too good or too poor? ─┘ ≤ 5 times ─► crf, as data

The scale is `analyse.quality.SCALE`. Samples are the same in every run, each probe is kept in the store, and where the
sample is the whole film the winning probe is the film. What is found besides: how large it gets and how long it takes.
The way of searching is that of ab-av1 (A. Leah), which is told in its README.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from dreamreel.analyse.quality import Meter, score
from dreamreel.graph import Node, digest_of
from dreamreel.media.atomic import atomic_write
from dreamreel.media.colour import Reformatter
from dreamreel.media.decode import VideoReader
from dreamreel.render.compare import comparable
from dreamreel.render.explain import Estimate
from dreamreel.render.frames import Room, frames
from dreamreel.render.pipeline import encode_segments
from dreamreel.render.plan import Plan, Segment, Target, make_plan
from dreamreel.render.scale import steps_per_point
from dreamreel.render.store import Entry, Store
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

__all__ = ["Found", "Probe", "next_crf", "samples", "search"]

_SAMPLE = Fraction(2)
"""Seconds of a sample: the distance of key frames, so that a sample costs what the film costs."""
_FEWEST, _MOST = 3, 8
"""Samples of a film that is not looked at whole."""
_SHARE = Fraction(1, 10)
"""Of a long film that samples may be."""
_PROBES = 5
_CLOSE = 0.75
"""Points of quality that nobody tells apart; the search ends there."""
_VERSION = 1
"""Of what a probe measures; part of its key."""


@dataclass(frozen=True, slots=True)
class Probe:
    """All samples at one crf."""

    crf: int
    quality: float
    """Mean over the frames of all samples."""
    size: int
    """Bytes of all samples."""
    seconds: float
    """What encoding them took when it was done."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search came to."""

    crf: int
    quality: float
    """Predicted for the film."""
    size: int
    """Bytes the picture will take, about."""
    seconds: float
    """Time that encoding the picture will take here, about."""
    probes: tuple[Probe, ...]

    def predicted(self, cost: Estimate) -> Estimate:
        """`cost` with the size and time that the samples foretell, in place of those of an ordinary film."""
        size = self.size + cost.size - cost.picture
        return replace(cost, size=size, disk=2 * size, seconds=self.seconds + 1.0)

    def told(self, wanted: float) -> str:
        """In words."""
        words = f"quality {self.quality:.0f} at crf {self.crf}, found in {len(self.probes)} tries on samples"
        return (
            words
            if self.quality >= wanted - 2
            else f"{words}; the best this encoder does, {wanted:g} was asked for"
        )


def search(
    node: Node,
    out: Path,
    target: Target,
    store: Store,
    cancel: Cancel,
    tell: Callable[[str], None] | None = None,
) -> Found | None:
    """The crf at which `node` written as `out` has the quality `target` asks for.

    None when nothing is to be found: no quality asked for, a crf or bitrate given, or a codec without a scale. Raises
    what planning, decoding and encoding raise.
    """
    if target.quality is None or target.crf is not None or target.video_bitrate or target.target_size:
        return None
    wanted = min(100.0, max(0.0, target.quality))
    plan = make_plan(node, out, target)
    if plan.settings is None or plan.settings.crf is None or plan.picture is None:
        return None
    row = plan.settings.row
    spans = samples(plan.info.duration, plan.settings.rate)
    probes: list[Probe] = []
    crf: int | None = plan.settings.crf
    while crf is not None and len(probes) < _PROBES:
        if tell:
            tell(f"trying crf {crf} on {len(spans)} sample{'s' if len(spans) > 1 else ''}")
        at = make_plan(node, out, replace(target, crf=crf))
        probes.append(_probe(at, crf, spans, store, cancel))
        crf = next_crf(probes, wanted, row.crf_range, steps_per_point(row))
    best = _best(probes, wanted)
    share = plan.info.duration / sum(span.duration for span in spans)
    return Found(best.crf, best.quality, int(best.size * share), best.seconds * float(share), tuple(probes))


# ── pure ──────────────────────────────────────────────────────────────────────────────────────────────────────


def samples(duration: Fraction, rate: Fraction | None) -> tuple[Span, ...]:
    """Stretches that stand for a film of `duration` seconds, on its frames: the middles of 3 to 8 equal parts."""
    if duration <= _FEWEST * _SAMPLE:
        return (Span(Fraction(0), duration),)
    count = min(_MOST, max(_FEWEST, int(duration * _SHARE / _SAMPLE)))
    step = 1 / rate if rate else Fraction(1, 1000)
    spans: list[Span] = []
    for number in range(count):
        middle = duration * (2 * number + 1) / (2 * count)
        start = max(Fraction(0), (middle - _SAMPLE / 2) // step * step)
        spans.append(Span(start, min(duration, start + math.ceil(_SAMPLE / step) * step)))
    return tuple(spans)


def next_crf(probes: Sequence[Probe], wanted: float, limits: tuple[int, int], per_point: float) -> int | None:
    """The crf to try next, or None when the last is close enough or there is nothing between."""
    if any(abs(probe.quality - wanted) <= _CLOSE for probe in probes):
        return None
    good = max(
        (probe for probe in probes if probe.quality > wanted), default=None, key=lambda probe: probe.crf
    )
    poor = min(
        (probe for probe in probes if probe.quality <= wanted), default=None, key=lambda probe: probe.crf
    )
    if good and poor:
        if poor.crf - good.crf <= 1:
            return None
        share = (good.quality - wanted) / max(1e-6, good.quality - poor.quality)
        crf = round(good.crf + share * (poor.crf - good.crf))
        return min(poor.crf - 1, max(good.crf + 1, crf))
    last = good or poor
    assert last is not None
    # Beyond all that was tried: a little further than the usual slope says, so that the next two lie on either side.
    far = (last.quality - wanted) * per_point
    crf = min(limits[1], max(limits[0], round(last.crf + far * 1.15 + math.copysign(0.5, far))))
    return None if any(probe.crf == crf for probe in probes) else crf


def _best(probes: Sequence[Probe], wanted: float) -> Probe:
    """The smallest that is good enough, else the nearest."""
    enough = [probe for probe in probes if probe.quality >= wanted - _CLOSE]
    return (
        max(enough, key=lambda probe: probe.crf) if enough else max(probes, key=lambda probe: probe.quality)
    )


# ── effects ───────────────────────────────────────────────────────────────────────────────────────────────────


def _probe(plan: Plan, crf: int, spans: Sequence[Span], store: Store, cancel: Cancel) -> Probe:
    found = [_sample(plan, span, store, cancel) for span in spans]
    count = sum(one.frames for one in found)
    quality = sum(one.quality * one.frames for one in found) / max(1, count)
    return Probe(crf, quality, sum(one.size for one in found), sum(one.seconds for one in found))


@dataclass(frozen=True, slots=True)
class _Measured:
    frames: int
    quality: float
    size: int
    seconds: float


def _sample(plan: Plan, span: Span, store: Store, cancel: Cancel) -> _Measured:
    """One sample encoded as the film would be and measured, unless that was done before."""
    assert plan.settings is not None
    assert plan.picture is not None
    segment = _segment(plan, span)
    key = digest_of(["probe", _VERSION, segment.key])
    if (known := store.find(key, ".probe")) is not None:
        facts = json.loads(known.path.read_bytes())
        return _Measured(facts["frames"], facts["quality"], facts["size"], facts["seconds"])
    entry, started = store.find(segment.key, segment.suffix), time.monotonic()
    if entry is None:
        made: list[Entry] = []
        encode_segments(plan.picture, plan.settings, [segment], store, cancel, _nothing,
                        lambda _, entry: made.append(entry))  # fmt: skip
        entry = made[0]
    seconds = time.monotonic() - started
    measured = _Measured(
        entry.frames, _quality(plan, span, entry, cancel), entry.path.stat().st_size, seconds
    )
    path = store.path(key, ".probe")
    with atomic_write(path) as part:
        part.write_text(json.dumps({"frames": measured.frames, "quality": measured.quality, "size": measured.size,
                                    "seconds": measured.seconds}), encoding="ascii")  # fmt: skip
    store.record(Entry(path, entry.frames, entry.first))
    return measured


def _nothing(frames: int) -> None:
    del frames


def _segment(plan: Plan, span: Span) -> Segment:
    """The sample as a segment; the film's own where the sample is one of its segments."""
    assert plan.settings is not None
    for segment in plan.segments:
        if segment.span == span:
            return segment
    key = digest_of(["sample", plan.segments[0].key, str(span.start), str(span.end)])
    return Segment(0 if span.start == 0 else 1, span, key, plan.segments[0].suffix)


def _quality(plan: Plan, span: Span, entry: Entry, cancel: Cancel) -> float:
    """Mean quality of the frames of an encoded sample against what went into the encoder."""
    assert plan.settings is not None
    assert plan.picture is not None
    assert plan.video is not None
    pix_fmt, _ = comparable(plan.video)
    colour = replace(plan.settings.colour, range=1)
    width, height = plan.settings.width, plan.settings.height
    before = Reformatter(pix_fmt, colour, width=width, height=height)
    after = Reformatter(pix_fmt, colour, width=width, height=height)
    meter = Meter(width, height, pix_fmt, plan.settings.nominal_rate)
    total, count = 0.0, 0
    room = Room(cancel)
    with VideoReader(entry.path) as reader, closing(frames(plan.picture, span, room)) as original:
        shown = ((at, frame) for at, frame in original if at >= span.start or span.start == 0)
        made = reader.frames(Span(Fraction(0), span.duration + 1))
        for (_, one), (_, two) in zip(shown, made, strict=False):
            total += score(meter.add(before(one), after(two)).xpsnr)
            count += 1
    return total / max(1, count)
