"""Looks at a file before anything is decided: what is wrong with it, shot by shot.

    film ─► interlacing, bars, shake (their own detectors, stretches all over it)
         ─► all its frames, once: cuts, held frames ─► every half second a closer look: noise, blocks, sharpness …
         ─► a shot's number is the middle one of what was seen in it ─► Findings
    photo ─► the same closer look, once

A long film is not gone through whole: forty stretches stand for it, and it counts as one shot.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from dreamreel.enhance.findings import Findings, Shot
from dreamreel.enhance.hardest import Moment, hardest
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

if TYPE_CHECKING:
    from pathlib import Path

    import av
    import numpy as np
    from numpy.typing import NDArray

    from dreamreel.analyse.face_tracks import Watch
    from dreamreel.analyse.noise import Noise
    from dreamreel.media.probe import MediaFile, VideoTrack

__all__ = ["look"]

_HALF = Fraction(1, 2)
"""Seconds from one closer look to the next, at the least."""
_LOOKS = 240
"""Closer looks at a film, at the most."""
_WHOLE = 25_000_000_000
"""Pixels of a film up to which all its frames are looked at: about eight minutes of 1080p."""
_RUNS, _RUN = 40, Fraction(6, 5)
"""Stretches of a longer film, and their seconds."""
_SHAKES, _SHAKEN = 4, Fraction(2)
"""Stretches in which the camera's shake is measured, and their seconds."""
_TINY: Final = (160, 90)
"""What frames are brought down to, to see whether they repeat and how they move."""
_HDR: Final = frozenset({16, 18})

Tell = Callable[[int, int], None]
"""Hears how many frames were looked at, and of how many."""


@dataclass(frozen=True, slots=True)
class _Glance:
    """One closer look."""

    time: Fraction
    noise: float
    noise_colour: float
    blocking: float
    ringing: float
    sharpness: float
    brightness: float
    detail: float
    drawn: float
    motion: float


@dataclass(slots=True)
class _Pass:
    """Goes along the frames of a film and remembers what the findings need."""

    step: Fraction
    faces: Watch | None
    """None where the model of faces is missing."""
    cancel: Cancel
    tell: Tell | None
    expected: int
    times: list[Fraction] = field(default_factory=list[Fraction])
    glances: list[_Glance] = field(default_factory=list[_Glance])
    repeated: int = 0
    compared: int = 0
    last: av.VideoFrame | None = None
    tiny: NDArray[np.uint8] | None = None

    def frames(self, path: Path, span: Span | None) -> Iterator[NDArray[np.uint8]]:
        """The frames as small planes for finding cuts; looked at more closely on the way."""
        from dreamreel.analyse.look import every, small
        from dreamreel.analyse.scenes import HEIGHT, WIDTH

        shown = every(path) if span is None else every(path, span.start, span.end)
        self.last = self.tiny = None
        for time, frame in shown:
            self.cancel.check()
            if self.faces is not None:
                self.faces(time, frame)
            self._see(time, frame)
            self.times.append(time)
            if self.tell:
                self.tell(min(len(self.times), self.expected), self.expected)
            yield small(frame, WIDTH, HEIGHT)

    def _see(self, time: Fraction, frame: av.VideoFrame) -> None:
        import cv2
        import numpy as np

        from dreamreel.analyse.look import luma
        from dreamreel.enhance.measures import repeats

        one = luma(frame)
        tiny = np.asarray(cv2.resize(one.plane, _TINY, interpolation=cv2.INTER_AREA), np.uint8)
        before = self.tiny
        if before is not None:
            self.compared += 1
            self.repeated += repeats(before, tiny)
        due = not self.glances or time - self.glances[-1].time >= self.step
        # The first frame has none before it, and of two that repeat nothing is learnt about noise.
        if due and before is not None and self.last is not None and not repeats(before, tiny):
            self.glances.append(self._glance(time, frame, before, tiny))
        elif not self.glances and before is None:
            self.glances.append(self._glance(time, frame, None, tiny))
        self.last, self.tiny = frame, tiny

    def _glance(
        self, time: Fraction, frame: av.VideoFrame, before: NDArray[np.uint8] | None, tiny: NDArray[np.uint8]
    ) -> _Glance:
        from dreamreel.analyse.compression import blocks, ringing
        from dreamreel.analyse.drawing import drawn, picture
        from dreamreel.analyse.look import luma
        from dreamreel.enhance.measures import motion, seen

        one = luma(frame)
        pair = [frame] if before is None or self.last is None else [self.last, frame]
        noise = _noise(pair)
        found = seen(one, noise.luma)
        moved = 0.0 if before is None else motion(before, tiny) * frame.width / _TINY[0]
        return _Glance(time, noise.luma, noise.chroma, blocks(one.plane), ringing(one.plane), found.sharpness,
                       found.brightness, found.detail, drawn(picture(frame)), moved)  # fmt: skip


def look(path: Path, *, tell: Tell | None = None, cancel: Cancel | None = None) -> Findings:
    """What is wrong with a film or a photo, and what is not.

    Raises what opening it raises, `BadParameter` when it has no picture, `Cancelled` when `cancel` is set.
    """
    from dreamreel.errors import BadParameter
    from dreamreel.media.probe import probe

    found = probe(path)
    if found.still is not None:
        return _photo(found)
    track = found.main_video
    if track is None:
        raise BadParameter(f"{path.name} has no picture to enhance; choose a video or a photo.")
    return _film(found, track, tell, cancel or Cancel())


def _film(found: MediaFile, track: VideoTrack, tell: Tell | None, cancel: Cancel) -> Findings:
    from dreamreel.analyse import scenes

    rate = track.rate or track.average_rate or Fraction(25)
    count = track.frames or int(found.duration * rate)
    whole = count * track.width * track.height <= _WHOLE
    length = found.duration if whole else _RUNS * _RUN
    walk = _Pass(max(_HALF, length / _LOOKS), _watch(found, track), cancel, tell,
                 max(1, count if whole else int(length * rate)))  # fmt: skip
    if whole:
        cuts = scenes.cuts(walk.times, walk.frames(found.path, None))
        spans = scenes.spans(walk.times, found.duration, cuts) if walk.times else []
    else:
        free = found.duration - _RUN
        for run in range(_RUNS):
            start = free * (2 * run + 1) / (2 * _RUNS)
            for _ in walk.frames(found.path, Span(start, start + _RUN)):
                pass
        spans = [Span(Fraction(0), found.duration)]
    spans = spans or [Span(Fraction(0), found.duration)]
    shots = tuple(_with_faces(_shot(span, walk.glances), walk.faces, track.height) for span in spans)
    return _facts(found, track, shots, walk, sampled=not whole)


def _facts(
    found: MediaFile, track: VideoTrack, shots: tuple[Shot, ...], walk: _Pass, *, sampled: bool
) -> Findings:
    from dreamreel.analyse import bars, compression, interlace

    scan = interlace.detect(found.path)
    shake = _shake(found, track)
    box = bars.detect(found.path)
    whole = (box.width, box.height) == (track.width, track.height)
    scale = 640 / track.width
    moments = [Moment(one.time, one.noise, one.detail, one.motion * scale) for one in walk.glances]
    hard = hardest(moments, found.duration)
    return Findings(
        name=found.path.name, width=track.width, height=track.height, sar=track.sar, rate=track.rate,
        duration=found.duration, codec=track.codec, bits=track.bits, bit_rate=track.bit_rate,
        coarse=compression.detect(found.path).coarse, hdr=track.colour.transfer in _HDR, scan=scan.kind,
         shake=shake, held=round(walk.repeated / max(1, walk.compared), 3),
        crop=None if whole else str(box), hard_start=hard.start, hard_end=hard.end, sampled=sampled, shots=shots,
        faces="" if sampled else _tracks(walk.faces, shots),
    )  # fmt: skip


def _shake(found: MediaFile, track: VideoTrack) -> float | None:
    """How far the camera shakes in the worst of a few stretches, per cent of the width; None where that is unknown."""
    import numpy as np

    from dreamreel.analyse.shake import detect
    from dreamreel.motion.paths import jitter

    rate = float(track.rate or track.average_rate or 25)
    free = max(Fraction(0), found.duration - _SHAKEN)
    worst: list[float] = []
    for run in range(_SHAKES if free else 1):
        start = free * (2 * run + 1) / (2 * _SHAKES)
        shake = detect(found.path, start, min(found.duration, start + _SHAKEN))
        worst += [jitter(np.cumsum(shake.moves[low:high], axis=0), rate) for low, high in shake.shots()]
    return round(100 * max(worst), 3) if worst else None


def _shot(span: Span, glances: list[_Glance]) -> Shot:
    """The middle of what was seen in a stretch; the nearest look where it is too short to have one of its own."""
    times = [one.time for one in glances]
    low, high = bisect_left(times, span.start), bisect_right(times, span.end)
    inside = glances[low:high] or glances[max(0, low - 1) : low + 1][:1]
    if not inside:
        return Shot(start=span.start, end=span.end)
    return Shot(
        start=span.start, end=span.end, noise=_mid(one.noise for one in inside),
        noise_colour=_mid(one.noise_colour for one in inside),
        blocking=_mid(one.blocking for one in inside), ringing=_mid(one.ringing for one in inside),
        sharpness=_mid(one.sharpness for one in inside),
        brightness=_mid(one.brightness for one in inside), motion=_mid(one.motion for one in inside),
        detail=_mid(one.detail for one in inside), drawn=_mid(one.drawn for one in inside),
    )  # fmt: skip


def _with_faces(shot: Shot, watch: Watch | None, height: int) -> Shot:
    """The shot with the faces that were seen in it."""
    from dreamreel.analyse.face_tracks import faces_of

    if watch is None:
        return shot
    most, high = faces_of(
        look for look in watch.looks if shot.start <= look.time < max(shot.end, shot.start + _HALF)
    )
    return replace(shot, faces=most, face_height=round(high * height))


def _tracks(watch: Watch | None, shots: tuple[Shot, ...]) -> str:
    """Where faces are, in a film that was looked at whole."""
    from dreamreel.analyse.face_tracks import linked
    from dreamreel.ops.found_faces import packed

    if watch is None:
        return ""
    return packed(linked(watch.looks, [shot.start for shot in shots[1:]], shots[-1].end))


def _mid(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)


def _noise(pair: list[av.VideoFrame]) -> Noise:
    """The noise of a frame, better told with the frame before it."""
    from dreamreel.analyse.noise import Plane, measure, parts

    def middle(frame: av.VideoFrame) -> list[Plane]:
        planes = parts(frame)
        high, wide = planes[0].shape
        down, over = max(0, high - 720) // 32 * 16, max(0, wide - 1280) // 32 * 16
        cut: list[Plane] = []
        for plane in planes:
            y, x = down * plane.shape[0] // high, over * plane.shape[1] // wide
            cut.append(plane[y : plane.shape[0] - y, x : plane.shape[1] - x])
        return cut

    return measure([[middle(frame) for frame in pair]])


def _watch(found: MediaFile, track: VideoTrack) -> Watch | None:
    """What looks for faces in a film; without the model of faces nobody does."""
    from dreamreel.analyse.face_tracks import Watch
    from dreamreel.analyse.look import FilePicture

    return Watch(FilePicture(found, track)) if _finds_faces() else None


def _finds_faces() -> bool:
    from dreamreel.analyse.faces import YUNET_FILE
    from dreamreel.places import models_folder

    return (models_folder() / YUNET_FILE).is_file()


def _photo(found: MediaFile) -> Findings:
    """What is wrong with a photo, seen in its middle, where its pixels are as they were stored."""
    import numpy as np

    from dreamreel.analyse.compression import blocks, ringing
    from dreamreel.analyse.drawing import drawn
    from dreamreel.analyse.look import Luma
    from dreamreel.analyse.noise import of_plane
    from dreamreel.enhance.measures import seen
    from dreamreel.enhance.photo import faces_in_photo

    assert found.still is not None
    still = found.still
    faces = faces_in_photo(found.path) if _finds_faces() else None
    plane, colours = _middle(found.path)
    one = Luma(plane, 0, 255)
    noise = of_plane(plane.astype(np.float32))
    told = seen(one, noise)
    shot = Shot(
        start=Fraction(0), end=Fraction(0), noise=round(noise, 3), blocking=blocks(plane), ringing=ringing(plane),
        sharpness=round(told.sharpness, 3), brightness=round(told.brightness, 3), detail=round(told.detail, 3),
        drawn=round(drawn(colours), 3), **_faces_in(faces, still.height),
    )  # fmt: skip
    return Findings(name=found.path.name, width=still.width, height=still.height, codec=found.format,
                    still=True, shots=(shot,), faces=faces or "")  # fmt: skip


def _faces_in(faces: str | None, height: int) -> dict[str, int]:
    """How many faces there are, and how high the highest is; nothing where nobody looked."""
    from dreamreel.ops.found_faces import unpacked

    if faces is None:
        return {}
    high = [track[0].box.high * height for track in unpacked(faces)]
    return {"faces": len(high), "face_height": round(max(high, default=0.0))}


def _middle(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The middle of a photo in grey, at most 1280×720 of it, and in colour as `analyse.drawing` sees pictures."""
    import av
    import numpy as np

    from dreamreel.analyse.drawing import picture
    from dreamreel.media.stills import StillOptions
    from dreamreel.media.stills.page import as_array, guarded
    from dreamreel.media.stills.read import open_source

    with guarded(path):
        image = open_source(path, StillOptions()).page(0).image
        wide, high = min(1280, image.width), min(720, image.height)
        # Blocks of JPEG begin at multiples of 8.
        part = image.crop((image.width - wide) // 16 * 8, (image.height - high) // 16 * 8, wide, high)
        grey, colours = (as_array(part.colourspace(space)) for space in ("b-w", "srgb"))
    small = [_bytes(one) for one in (grey[..., 0], colours[..., :3])]
    pixels, rgb = (np.ascontiguousarray(one).astype(np.uint8) for one in small)
    return pixels, picture(av.VideoFrame.from_ndarray(rgb, "rgb24"))


def _bytes(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Pixels of any depth in 8 bits; floats go from 0 to 1, as everywhere where pictures are read."""
    import numpy as np

    if pixels.dtype.kind == "f":
        pixels = np.clip(np.nan_to_num(pixels), 0, 1) * 255
    return (pixels >> 8 if pixels.dtype == np.uint16 else pixels).astype(np.uint8)
