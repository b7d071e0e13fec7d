"""Graphs from data, with sources that know their colour and shape."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from dreamreel.errors import EncoderMissing, RenderFailed
from dreamreel.media.colour import HD, SD, frame_colour
from dreamreel.media.filters import Chain, FilterSpec, GraphInput, VideoGraph, build_graph
from dreamreel.media.info import VideoInfo

BASE = Fraction(1, 25)
SOURCE = GraphInput(width=64, height=48, pix_fmt="yuv420p", time_base=BASE, colour=SD, sar=Fraction(4, 3))


def picture(level: int, pts: int) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.full((72, 64), level, np.uint8), "yuv420p")
    frame.pts = pts
    return frame


def run(graph: VideoGraph, frames: list[av.VideoFrame | None]) -> list[av.VideoFrame]:
    return [ready for frame in frames for ready in graph.feed(0, frame)]


def test_frames_pass_with_time_and_colour() -> None:
    graph = build_graph([SOURCE], [Chain(("0",), (FilterSpec.of("scale", w=32, h=24),))])
    out = run(graph, [picture(100, 7), picture(100, 9), None])
    assert [(frame.pts, frame.width, frame.height) for frame in out] == [(7, 32, 24), (9, 32, 24)]
    assert frame_colour(out[0]) == SD
    assert graph.done


def test_the_pixel_shape_is_known_to_filters() -> None:
    # `scale` with the SAR in its expression sees 4/3 only when the source says so.
    graph = build_graph([SOURCE], [Chain(("0",), (FilterSpec.of("scale", w="trunc(iw*sar)", h="ih"),))])
    assert run(graph, [picture(0, 0), None])[0].width == 85


def test_the_matrix_is_known_to_filters() -> None:
    graph = build_graph([SOURCE], [Chain(("0",), (FilterSpec.of("scale", out_color_matrix="bt709"),))])
    out = run(graph, [picture(100, 0), None])[0]
    assert frame_colour(out).matrix == HD.matrix


def test_two_inputs_and_a_join() -> None:
    small = GraphInput(width=32, height=24, pix_fmt="yuv420p", time_base=BASE, colour=SD)
    graph = build_graph(
        [SOURCE, small],
        [Chain(("1",), (FilterSpec("hflip"),), ("mark",)),
         Chain(("0", "mark"), (FilterSpec.of("overlay", x=16, y=12, eof_action="repeat"),))],
    )  # fmt: skip
    mark = av.VideoFrame.from_ndarray(np.full((36, 32), 235, np.uint8), "yuv420p")
    mark.pts = 0
    graph.push(1, mark)
    graph.push(1, None)
    out = run(graph, [picture(16, 0), picture(16, 1), None])
    assert len(out) == 2
    grey = out[1].to_ndarray()[:48]
    assert (grey[24, 32], grey[2, 2]) == (235, 16)


def test_pull_is_none_when_the_graph_is_hungry() -> None:
    graph = build_graph([SOURCE], [Chain(("0",), (FilterSpec("null"),))])
    assert graph.pull() is None
    assert not graph.done


def test_a_filter_that_has_enough_ends_quietly() -> None:
    graph = build_graph([SOURCE], [Chain(("0",), (FilterSpec.of("trim", end_frame=1),))])
    assert len(run(graph, [picture(0, n) for n in range(5)] + [None])) == 1


def test_the_output_format_can_be_forced() -> None:
    graph = build_graph([SOURCE], [Chain(("0",), ())], pix_fmt="rgb24")
    assert run(graph, [picture(128, 0), None])[0].format.name == "rgb24"


def test_a_split_feeds_two_chains() -> None:
    graph = build_graph(
        [SOURCE],
        [Chain(("0",), (FilterSpec("split"),), ("a", "b")), Chain(("b", "a"), (FilterSpec("hstack"),))],
    )
    assert run(graph, [picture(0, 0), None])[0].width == 128


@pytest.mark.parametrize(
    "chains",
    [
        [Chain(("0",), (FilterSpec("null"),), ("a",))],
        [Chain(("7",), (FilterSpec("null"),))],
        [Chain(("0",), (FilterSpec("split"),), ("out", "lost"))],
        [Chain(("0",), (FilterSpec.of("scale", w="nonsense"),))],
        [Chain(("0",), (FilterSpec.of("scale", nosuchoption=1),))],
    ],
)
def test_graphs_that_cannot_be(chains: list[Chain]) -> None:
    with pytest.raises(RenderFailed):
        run(build_graph([SOURCE], chains), [picture(0, 0), None])


def test_a_missing_filter_is_a_missing_capability() -> None:
    with pytest.raises(EncoderMissing, match="no drawtext filter"):
        build_graph([SOURCE], [Chain(("0",), (FilterSpec("drawtext"),))])


def test_specs_are_values() -> None:
    spec = FilterSpec.of("fps", fps=Fraction(30000, 1001))
    assert spec == FilterSpec("fps", (("fps", "30000/1001"),))
    assert str(spec) == "fps=fps=30000/1001"
    assert str(FilterSpec("hflip")) == "hflip"


def test_an_input_from_a_clip_completes_its_colour() -> None:
    info = VideoInfo(64, 48, sar=Fraction(2))
    assert GraphInput.of(info, BASE).sar == 2
    assert GraphInput.of(info, BASE).colour == info.colour
