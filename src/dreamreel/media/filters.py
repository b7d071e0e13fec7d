"""Filter graphs as data, and the one way to run them.

    FilterSpec("scale", …)   one filter
    Chain(("0",), (spec, …), ("big",))   input labels ─► filters in a row ─► output labels
    build_graph(inputs, chains)   inputs are "0", "1" …; the label "out" goes to the sink

Sources are made by hand, because PyAV's `add_buffer` writes pixel_aspect=1/1 and no colour (`av/filter/graph.py`), and
FFmpeg would then convert between matrices that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self, TypeAlias

from dreamreel.errors import EncoderMissing, RenderFailed
from dreamreel.media.colour import complete, tag
from dreamreel.media.info import Colour, VideoInfo

if TYPE_CHECKING:
    # Clips and plans are made of filter specs; only running a graph needs FFmpeg, which takes 0.1 s to import.
    import av
    import av.filter
    from av.filter.context import FilterContext

__all__ = ["Chain", "FilterSpec", "GraphInput", "VideoGraph", "build_graph"]


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """One filter with its options, as FFmpeg names them. Values need no escaping."""

    name: str
    args: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, **args: str | int | Fraction) -> Self:
        """`FilterSpec.of("scale", w=640, h=360)`; fractions become `num/den`."""
        return cls(name, tuple((key, str(value)) for key, value in args.items()))

    def __str__(self) -> str:
        return (
            f"{self.name}={':'.join(f'{key}={value}' for key, value in self.args)}"
            if self.args
            else self.name
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """Filters in a row. The first filter takes all `inputs` in order, the last gives all `outputs`."""

    inputs: tuple[str, ...]
    filters: tuple[FilterSpec, ...]
    outputs: tuple[str, ...] = ("out",)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphInput:
    """What the frames of one source are like, as decoded (before rotation)."""

    width: int
    height: int
    pix_fmt: str
    time_base: Fraction
    """Seconds per unit of the frames' pts."""
    colour: Colour
    sar: Fraction = Fraction(1)
    rate: Fraction | None = None

    @classmethod
    def of(cls, info: VideoInfo, time_base: Fraction) -> Self:
        """The input for upright frames like `info`."""
        colour = complete(info.colour, info.pix_fmt, info.height)
        return cls(width=info.width, height=info.height, pix_fmt=info.pix_fmt, time_base=time_base, colour=colour,
                   sar=info.sar, rate=info.rate)  # fmt: skip


class VideoGraph:
    """A configured graph with numbered inputs and one output. It belongs to one thread at a time."""

    def __init__(self, graph: av.filter.Graph, inputs: Sequence[GraphInput]) -> None:
        import av.error

        self._graph = graph
        self._failure = av.error.FFmpegError
        self._inputs = tuple(inputs)
        self._ended: set[int] = set()
        self.done = False
        """True once the last frame was pulled."""

    def push(self, index: int, frame: av.VideoFrame | None) -> None:
        """Give a frame to input `index`, or None: it has no more.

        The frame's pts must be in the input's time base. Always `pull` until None afterwards: what a graph holds is
        not bounded (PyAV#215). Raises `RenderFailed` when a filter refuses the frame.
        """
        if frame is not None:
            tag(frame, self._inputs[index].colour)
            frame.time_base = self._inputs[index].time_base
        elif index in self._ended:
            return
        else:
            self._ended.add(index)
        try:
            self._graph.vpush(frame, at=index)
        except EOFError:
            # A filter such as `trim` has all it wanted and takes no more.
            self._ended.add(index)
        except self._failure as error:
            raise RenderFailed(f"A filter refused a frame: {error}.") from error

    def pull(self) -> av.VideoFrame | None:
        """The next finished frame; None when the graph needs input first, or has ended (`done`)."""
        try:
            return self._graph.vpull()
        except BlockingIOError:
            return None
        except EOFError:
            self.done = True
            return None
        except self._failure as error:
            raise RenderFailed(f"A filter failed: {error}.") from error

    def frames(self) -> Iterator[av.VideoFrame]:
        """All frames that can be pulled now."""
        while (frame := self.pull()) is not None:
            yield frame

    def feed(self, index: int, frame: av.VideoFrame | None) -> Iterator[av.VideoFrame]:
        """`push`, then all `frames`."""
        self.push(index, frame)
        yield from self.frames()


def build_graph(
    inputs: Sequence[GraphInput], chains: Sequence[Chain], *, pix_fmt: str | None = None, threads: int = 1
) -> VideoGraph:
    """Build and configure a graph. `pix_fmt` is forced on the output; `threads` per filter, 0 lets FFmpeg choose.

    Raises `RenderFailed` when the labels do not join up or FFmpeg refuses the options, `EncoderMissing` for a filter
    this installation lacks.
    """
    import av.error
    import av.filter

    graph = av.filter.Graph()
    graph.threads = threads  # Only counts before the first filter is added.
    ends = {str(number): (_source(graph, each, number), 0) for number, each in enumerate(inputs)}
    tail = (FilterSpec("format", (("pix_fmts", pix_fmt),)),) if pix_fmt else ()
    try:
        for chain in (*chains, Chain(("out",), (*tail, FilterSpec("buffersink")), ())):
            _add_chain(graph, chain, ends)
        if ends:
            raise RenderFailed(
                f"The filter graph leaves {', '.join(sorted(ends))} unused; this is a bug in the plan."
            )
        graph.configure()
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(f"The filters {_text(chains)} do not fit together: {error}.") from error
    return VideoGraph(graph, inputs)


_End: TypeAlias = "tuple[FilterContext, int]"


def _source(graph: av.filter.Graph, source: GraphInput, number: int) -> FilterContext:
    return graph.add(
        "buffer", name=f"in{number}", video_size=f"{source.width}x{source.height}", pix_fmt=source.pix_fmt,
        time_base=str(source.time_base), pixel_aspect=str(source.sar),
        colorspace=str(source.colour.matrix), range=str(source.colour.range),
        **({"frame_rate": str(source.rate)} if source.rate else {}),
    )  # fmt: skip


def _add_chain(graph: av.filter.Graph, chain: Chain, ends: dict[str, _End]) -> None:
    """Add the filters of `chain`, take its inputs from `ends` and put its outputs there."""
    feeds = [_taken(ends, label) for label in chain.inputs]
    for spec in chain.filters:
        node = _add_filter(graph, spec)
        for pad, (before, out) in enumerate(feeds):
            before.link_to(node, out, pad)
        feeds = [(node, 0)]
    last = feeds[0][0] if feeds else None
    for pad, label in enumerate(chain.outputs):
        if last is None or label in ends:
            raise RenderFailed(
                f"The filter graph makes {label} twice or from nothing; this is a bug in the plan."
            )
        ends[label] = feeds[pad] if not chain.filters else (last, pad)


def _taken(ends: dict[str, _End], label: str) -> _End:
    if label not in ends:
        raise RenderFailed(
            f"The filter graph uses {label} twice or before it is made; this is a bug in the plan."
        )
    return ends.pop(label)


def _add_filter(graph: av.filter.Graph, spec: FilterSpec) -> FilterContext:
    from av.filter import filters_available

    from dreamreel.media.tonemap import resolved

    spec = resolved(spec)
    if spec.name not in filters_available:
        raise EncoderMissing(
            f"This installation has no {spec.name} filter; install the PyAV wheel from PyPI."
        )
    return graph.add(spec.name, **dict(spec.args))


def _text(chains: Sequence[Chain]) -> str:
    return "; ".join(
        "".join(f"[{label}]" for label in chain.inputs)
        + ",".join(map(str, chain.filters))
        + "".join(f"[{label}]" for label in chain.outputs)
        for chain in chains
    )
