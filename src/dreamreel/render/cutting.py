"""A picture that is cut out of files without encoding it: from a plan's stretches to a track of packets, and its check.

stretches ─► index of each file ─► pieces (smart) ─► worth it? ─► Splice ─► packets ─► muxer
└ no ─► CannotSplice: the picture is encoded after all
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from av.container import OutputContainer
from av.video.stream import VideoStream

from dreamreel.errors import BadParameter
from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.media.compat import codec_of
from dreamreel.media.formats import Container
from dreamreel.media.index import PacketIndex, index_video
from dreamreel.media.labels import Label
from dreamreel.media.mux import PacketTrack
from dreamreel.media.open import open_media
from dreamreel.media.pieces import Range
from dreamreel.media.remux import CopiedTrack, Piece, Timed, add_copies, copied_packets
from dreamreel.media.seams import fault
from dreamreel.media.splice import CannotSplice, Part, Splice
from dreamreel.render import smart
from dreamreel.render.plan import Plan
from dreamreel.render.target import Target
from dreamreel.render.timemap import Stretch
from dreamreel.render.tracks import TrackPlan
from dreamreel.time import Span

__all__ = ["CannotSplice", "checked", "cut_spans", "encoded_instead", "joined", "picture_track", "spliced"]


def cut_spans(path: Path, spans: Iterable[Span], duration: Fraction, *, remove: bool = False,
              keyframes: bool = False) -> tuple[Span, ...]:  # fmt: skip
    """The spans of `path` to keep, on the edges between its pictures.

    `remove` keeps all others instead; `keyframes` makes each longer, until nothing has to be encoded. A file without
    pictures is cut where it is said. Raises `BadTime` when nothing would be left.
    """
    wanted = smart.kept(spans, duration, remove=remove)
    try:
        index = index_video(path)
    except BadParameter:
        return wanted
    if not index.exact or not index.entries:
        return wanted
    wanted = smart.lossless(index, wanted) if keyframes else smart.snap(index, wanted)
    return smart.kept(wanted, duration)


def spliced(one: TrackPlan, threads: int = 0) -> Splice:
    """The picture of a plan, its edges encoded. Raises `CannotSplice` when all of it is better encoded."""
    assert one.track is not None
    indexes: dict[Path, PacketIndex] = {}
    parts: list[Part] = []
    base: Fraction | None = None
    copied = encoded = 0
    for path, stretches in groupby(one.stretches, key=lambda part: Path(part.file.path)):
        index = indexes.get(path) or index_video(path, _stream_of(one, path))
        indexes[path] = index
        if not index.exact:
            raise CannotSplice(f"{path.name} does not say when each picture is shown.")
        base = base or index.base
        wanted = smart.ranges(index, [smart.Placed(part.span, part.at) for part in stretches], base)
        pieces = smart.plan(index, _joined(wanted))
        parts.append(Part(path, index, pieces))
        cost = smart.cost(index, pieces)
        copied, encoded = copied + cost.copied, encoded + cost.encoded
    if not all(smart.worth_it(part.index, part.pieces) for part in parts if part.pieces) or not copied:
        raise CannotSplice("encoding all of it costs no more than looking for what could be copied.")
    return Splice([part for part in parts if part.pieces], threads=threads)


def _stream_of(one: TrackPlan, path: Path) -> int | None:
    """Which stream of `path` is the picture: of several files, each one's first."""
    assert one.track is not None
    files = {part.file.path for part in one.stretches}
    return one.track.index if len(files) == 1 and path == one.path else None


def _joined(wanted: Sequence[Range]) -> list[Range]:
    """Ranges that follow one another in source and output made one: there is no seam between them."""
    made: list[Range] = []
    for part in wanted:
        if made and (made[-1].end, made[-1].shift) == (part.start, part.shift):
            made[-1] = Range(made[-1].start, part.end, part.shift)
        else:
            made.append(part)
    return made


def picture_track(splice: Splice, label: Label) -> PacketTrack:
    """The picture as a track for `media.mux`."""

    def start(stack: ExitStack, target: OutputContainer, container: Container) -> Iterator[Timed]:
        first = splice.parts[0]
        source = stack.enter_context(open_media(first.path))
        template = CopiedTrack(first.path, first.index.stream, "video", label=label)
        stream = add_copies(target, container, source, [template])[first.index.stream]
        assert isinstance(stream, VideoStream)
        stream.time_base = splice.base
        stream.codec_context.extradata = splice.extradata
        return _timed(splice, stream, container)

    return PacketTrack(start, tuple({part.path for part in splice.parts}))


def _timed(splice: Splice, stream: VideoStream, container: Container) -> Iterator[Timed]:
    stamps = splice.stamps
    # ISO-BMFF stores only the steps between decoding times; their sum is the film's length.
    last = splice.end - min(stamp.pts for stamp in stamps) - (stamps[-1].dts - stamps[0].dts)
    for number, packet in enumerate(splice.packets()):
        if container.dts_durations:
            following = stamps[number + 1].dts if number + 1 < len(stamps) else None
            packet.duration = max(1, last) if following is None else following - stamps[number].dts
        packet.stream = stream
        yield Timed(stamps[number].dts * splice.base, packet)


def encoded_instead(plan: Plan, target: Target) -> Target:
    """The wish that encodes the whole picture of `plan` in the codec it has, and copies the rest."""
    assert plan.copied is not None
    assert plan.video is not None
    own = (row.key for row in VIDEO_CODECS
           if row.key in plan.container.video and codec_of(row.encoder) == plan.copied.codec)  # fmt: skip
    return replace(target, codec=target.codec or next(own, None), pix_fmt=plan.video.pix_fmt)


def checked(out: Path, splice: Splice) -> None:
    """Raise `CannotSplice` when the picture of the finished file `out` is not what it should be."""
    if (words := fault(out, splice)) is not None:
        raise CannotSplice(f"{out.name}: {words}.")


def joined(one: TrackPlan) -> PacketTrack:
    """A track that is copied out of several files encoded alike."""
    assert one.track is not None
    kind = one.kind
    label = Label(one.language, one.title, one.dispositions)
    runs = [(Path(path), list(run)) for path, run in groupby(one.stretches, key=lambda part: part.file.path)]

    def start(stack: ExitStack, target: OutputContainer, container: Container) -> Iterator[Timed]:
        tracks = [CopiedTrack(path, _same_track(one, run), kind,
                              tuple(Piece(part.span, part.at) for part in run), label)
                  for path, run in runs]  # fmt: skip
        first = stack.enter_context(open_media(tracks[0].path))
        (stream,) = add_copies(target, container, first, tracks[:1]).values()

        def packets() -> Iterator[Timed]:
            last: Fraction | None = None
            for track in tracks:
                with open_media(track.path) as source:
                    for timed in copied_packets(source, container, [track], {track.index: stream}):
                        packet = timed.packet
                        time = (packet.dts or 0) * (packet.time_base or Fraction(0))
                        if last is None or time > last:  # The last packet of a file reaches into the next.
                            last = time
                            yield timed

        return packets()

    return PacketTrack(start, tuple({path for path, _ in runs}))


def _same_track(one: TrackPlan, run: Sequence[Stretch]) -> int:
    """The number of the stream that `one` is in the file of `run`."""
    assert one.track is not None
    file = run[0].file
    own = [track for track in one.stretches[0].file.tracks if track.kind == one.kind]
    position = own.index(one.track) if one.track in own else 0
    same = [track for track in file.tracks if track.kind == one.kind]
    return same[min(position, len(same) - 1)].index
