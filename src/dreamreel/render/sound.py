"""From sound trees to samples: exact to the sample, lazily, in blocks.

    samples(tree, begin, end, form) ──► float32 (channels, n) …    together exactly end - begin samples

Positions are whole samples at the output's rate; a time `t` is sample `nearest(t * rate)`, and cuts that continue each
other were made one by the planner, so that no sample is lost or doubled at a seam.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import cast

import av
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from numpy.typing import NDArray

from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import AudioInfo
from dreamreel.ops.base import Gain
from dreamreel.render import tree
from dreamreel.render.threads import Cancel
from dreamreel.time import nearest

__all__ = ["Block", "Blocks", "filtered", "loudness", "samples"]

Block = NDArray[np.float32]
Blocks = Generator[Block]

_STEP = 16_384
_BACK = 10
_LEARNING = 2
"""Seconds."""


@dataclass(frozen=True, slots=True)
class _Form:
    info: AudioInfo
    cancel: Cancel

    def at(self, time: Fraction) -> int:
        return nearest(time * self.info.rate)

    def zeros(self, length: int) -> Block:
        return np.zeros((self.info.channels, length), np.float32)


def samples(sound: tree.Sound, begin: int, end: int, info: AudioInfo, cancel: Cancel) -> Blocks:
    """Samples `[begin, end)` of `sound` at `info.rate` in `info.layout`; silence where there is nothing."""
    return _exactly(_raw(sound, begin, end, _Form(info, cancel)), end - begin, _Form(info, cancel))


def _exactly(blocks: Blocks, length: int, form: _Form) -> Blocks:
    """Cut or filled with silence to `length` samples."""
    left = length
    with closing(blocks):
        for block in blocks:
            form.cancel.check()
            if left <= 0:
                return
            yield block[:, :left]
            left -= block.shape[1]
    while left > 0:
        yield form.zeros(min(left, _STEP))
        left -= _STEP


def _raw(sound: tree.Sound, begin: int, end: int, form: _Form) -> Blocks:
    match sound:
        case tree.FileSound():
            return _file(sound, begin, form)
        case tree.Silence():
            return _silence(begin, end, form)
        case tree.DrawnSound():
            return _drawn(sound, begin, end, form)
        case tree.Joined():
            return _joined(sound, begin, end, form)
        case tree.Tempo():
            return _tempo(sound, begin, form)
        case tree.BackwardsSound():
            return _backwards(sound, begin, end, form)
        case tree.Gained():
            return _gained(sound, begin, end, form)
        case tree.FilteredSound():
            return _filtered(sound, begin, form)
        case tree.Mixed():
            return _mixed(sound, begin, end, form)
        case tree.Limited():
            return _limited(sound, begin, form)


def _part(sound: tree.Sound, begin: int, end: int, form: _Form) -> Blocks:
    return _exactly(_raw(sound, begin, end, form), end - begin, form)


def _file(sound: tree.FileSound, begin: int, form: _Form) -> Blocks:
    from dreamreel.media.decode import AudioReader

    with AudioReader(sound.path, sound.track) as reader:
        yield from reader.blocks(Fraction(begin, form.info.rate), form.info.rate, form.info.layout)


def _silence(begin: int, end: int, form: _Form) -> Blocks:
    for at in range(begin, end, _STEP):
        yield form.zeros(min(_STEP, end - at))


def _drawn(sound: tree.DrawnSound, begin: int, end: int, form: _Form) -> Blocks:
    from dreamreel.ops.generate import RATE, soundtrack

    whole = soundtrack(sound.op)
    if (form.info.rate, form.info.layout) != (RATE, "stereo"):
        specs = (FilterSpec.of("aresample", osr=form.info.rate),
                 FilterSpec.of("aformat", channel_layouts=form.info.layout))  # fmt: skip
        made = list(filtered([whole], AudioInfo(RATE), specs))
        whole = np.concatenate(made, axis=1)
    for at in range(begin, min(end, whole.shape[1]), _STEP):
        yield whole[:, at : min(at + _STEP, end)]


def _joined(sound: tree.Joined[tree.Sound], begin: int, end: int, form: _Form) -> Blocks:
    at = Fraction(0)
    for part in sound.parts:
        first, last = form.at(at), form.at(at + part.length)
        low, high = max(begin, first), min(end, last)
        if low < high:
            shift = form.at(part.start) - first
            yield from _part(part.child, low + shift, high + shift, form)
        at += part.length


def _tempo(sound: tree.Tempo, begin: int, form: _Form) -> Blocks:
    start = nearest(begin * sound.factor)
    source = _part(sound.child, start, form.at(sound.duration), form)
    # One atempo works well from half to double speed; a chain of equal steps reaches the rest.
    steps = max(1, math.ceil(abs(math.log2(sound.factor)) - 1e-9))
    step = FilterSpec.of("atempo", tempo=f"{float(sound.factor) ** (1 / steps):.9f}")
    with closing(source):
        yield from filtered(source, form.info, (step,) * steps)


def _backwards(sound: tree.BackwardsSound, begin: int, end: int, form: _Form) -> Blocks:
    total = form.at(sound.duration)
    chunk = _BACK * form.info.rate
    for at in range(begin, min(end, total), chunk):
        until = min(at + chunk, end, total)
        whole = np.concatenate(list(_part(sound.child, total - until, total - at, form)), axis=1)
        yield np.ascontiguousarray(whole[:, ::-1])


def _gained(sound: tree.Gained, begin: int, end: int, form: _Form) -> Blocks:
    at = begin
    with closing(_part(sound.child, begin, end, form)) as blocks:
        for block in blocks:
            factor = np.ones(1, np.float64)
            for gain in sound.gains:
                factor = factor * _factor(gain, at, block.shape[1], form.info.rate)
            yield (block * factor).astype(np.float32)
            at += block.shape[1]


def _factor(gain: Gain, at: int, length: int, rate: int) -> NDArray[np.float64]:
    if gain.low == gain.high:
        return np.full(1, gain.low)
    start, duration = float(gain.span.start * rate), float(gain.span.duration * rate)
    along: NDArray[np.float64] = np.clip(
        (np.arange(at, at + length, dtype=np.float64) - start) / duration, 0, 1
    )
    if not gain.equal_power:
        return gain.low + (gain.high - gain.low) * along
    turn = np.sin(along * (np.pi / 2)) if gain.high > gain.low else np.cos(along * (np.pi / 2))
    low, high = sorted((gain.low, gain.high))
    return low + (high - low) * turn


def _filtered(sound: tree.FilteredSound, begin: int, form: _Form) -> Blocks:
    """Begun a little earlier, because filters that learn what noise is need to have heard some."""
    info = AudioInfo(form.info.rate, sound.info.layout, sound.info.channels)
    source = _Form(info, form.cancel)
    early = max(0, begin - _LEARNING * info.rate)
    late = int(sound.delay * info.rate)
    # Channels that are mixed down must not add up to more than full scale.
    into = (
        FilterSpec.of("aresample", rematrix_maxval="1.0"),
        FilterSpec.of("aformat", channel_layouts=form.info.layout),
    )
    skip = begin - early + late
    with closing(_part(sound.child, early, source.at(sound.duration) + late, source)) as blocks:
        for block in filtered(blocks, info, (*sound.specs, *into)):
            if skip < block.shape[1]:
                yield block[:, skip:]
            skip = max(0, skip - block.shape[1])


def _mixed(sound: tree.Mixed, begin: int, end: int, form: _Form) -> Blocks:
    voices = [_steps(_layer(layer, begin, end, form)) for layer in sound.layers]
    try:
        for at in range(begin, end, _STEP):
            total = form.zeros(min(_STEP, end - at))
            for voice, layer in zip(voices, sound.layers, strict=True):
                total += next(voice) * np.float32(layer.amplitude)
            yield total
    finally:
        for voice in voices:
            voice.close()


def _layer(layer: tree.Layer, begin: int, end: int, form: _Form) -> Blocks:
    """The layer's samples over `[begin, end)` of the mix, silent before and after it."""
    first = form.at(layer.at)
    last = min(end, form.at(layer.at + layer.length))
    yield from _silence(begin, min(max(first, begin), end), form)
    low = max(begin, first)
    if low < last:
        yield from _part(layer.sound, low - first, last - first, form)
    yield from _silence(min(max(last, low), end), end, form)


def _steps(blocks: Blocks) -> Blocks:
    """The same samples in blocks of `_STEP`."""
    held: list[Block] = []
    size = 0
    with closing(blocks):
        for block in blocks:
            held.append(block)
            size += block.shape[1]
            while size >= _STEP:
                whole = np.concatenate(held, axis=1)
                yield whole[:, :_STEP]
                held, size = [whole[:, _STEP:]], size - _STEP
    if size:
        yield np.concatenate(held, axis=1)


def _limited(sound: tree.Limited, begin: int, form: _Form) -> Blocks:
    limit = 10 ** (sound.ceiling / 20)
    # Peaks between samples are seen at four times the rate (ITU-R BS.1770 annex 2).
    specs = (
        FilterSpec.of("aresample", osr=form.info.rate * 4),
        FilterSpec.of("alimiter", limit=f"{limit:.6f}", attack=5, release=50, level=0, latency=1),
        FilterSpec.of("aresample", osr=form.info.rate),
    )
    with closing(_part(sound.child, begin, form.at(sound.duration), form)) as blocks:
        yield from filtered(blocks, form.info, specs)


def filtered(blocks: Iterable[Block], info: AudioInfo, specs: tuple[FilterSpec, ...]) -> Blocks:
    """`blocks` through a run of FFmpeg's sound filters, as float planes."""
    for frame in _frames(blocks, info, (*specs, FilterSpec.of("aformat", sample_fmts="fltp"))):
        yield cast("Block", frame.to_ndarray())


def _frames(
    blocks: Iterable[Block], info: AudioInfo, specs: tuple[FilterSpec, ...]
) -> Generator[av.AudioFrame]:
    graph = Graph()
    source = f"time_base=1/{info.rate}:sample_rate={info.rate}:sample_fmt=fltp:channel_layout={info.layout}"
    contexts = [graph.add("abuffer", source)]
    contexts += [graph.add(spec.name, **dict(spec.args)) for spec in specs]
    contexts.append(graph.add("abuffersink"))
    for one, two in pairwise(contexts):
        one.link_to(two)
    graph.configure()
    position = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", info.layout)
        frame.sample_rate, frame.time_base, frame.pts = info.rate, Fraction(1, info.rate), position
        position += block.shape[1]
        graph.push(frame)
        yield from _drained(contexts[-1])
    graph.push(None)
    yield from _drained(contexts[-1])


def _drained(sink: FilterContext) -> Generator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def loudness(sound: tree.Sound, length: int, info: AudioInfo, cancel: Cancel) -> tuple[float, float]:
    """Loudness in LUFS (EBU R 128) and true peak in dBTP of the first `length` samples; −70 and −99 for silence."""
    integrated, peak = -70.0, -99.0
    with closing(samples(sound, 0, length, info, cancel)) as blocks:
        for frame in _frames(blocks, info, (FilterSpec.of("ebur128", metadata=1, peak="true"),)):
            facts = frame.metadata
            integrated = float(facts.get("lavfi.r128.I", integrated))
            peaks = [float(value) for key, value in facts.items() if key.startswith("lavfi.r128.true_peak")]
            peak = max([peak, *(20 * math.log10(value) for value in peaks if value > 0)])
    return integrated, peak
