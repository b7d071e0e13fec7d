"""Samples out of files, exact to the sample, as float32 planes.

    packets ─► decoder (drops priming) ─► float planar ─► placed on the file's clock ─► resampled ─► blocks
                                                           gaps: silence, overlaps: cut

FFmpeg hides codec delay: the first decoded frame already begins at the first sample that is heard. What is left is to
trust timestamps only where they contradict the count of samples, because Matroska rounds them to a millisecond.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from dreamreel.errors import DamagedMedia
from dreamreel.media.libav import decode_audio
from dreamreel.media.reader import MediaReader, expected_length
from dreamreel.time import nearest

__all__ = ["AudioReader", "Block", "sample_bits", "usual_layout"]

Block = NDArray[np.float32]
"""Samples as (channels, n)."""

_PRE_ROLL = Fraction(1, 2)
"""Decoded before the wanted sample and thrown away: MP3's bit reservoir and Opus' 80 ms convergence fit in."""
_TRUSTED = Fraction(1, 1000)
"""Timestamps that differ by no more than this from the count of samples are rounding, not gaps."""
_FROM_START = Fraction(300)
"""In containers with coarse ticks, a start up to here is reached by decoding from the start: only that is exact."""
_DEFAULT_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


class AudioReader(MediaReader):
    """The samples of one sound track."""

    def __init__(self, path: Path, stream: int = 0) -> None:
        """Open sound track number `stream`. Raises what `open_media` raises, `BadParameter` without such a track."""
        super().__init__(path, "audio", stream)
        self.sample_rate = self._audio.codec_context.sample_rate
        if not self.sample_rate:
            self.close()
            raise DamagedMedia(f"The sound of {path.name} is damaged from its start; it cannot be decoded.")
        self.layout = usual_layout(self._audio.codec_context.layout.name, self._audio.codec_context.channels)

    @property
    def _audio(self) -> AudioStream:
        assert isinstance(self._stream, AudioStream)
        return self._stream

    def blocks(self, start: Fraction, rate: int, layout: str) -> Iterator[Block]:
        """Samples from exactly `start` seconds since the file's start to the end of the track.

        Float32 (channels, n) at `rate` in `layout`, |sample| ≤ 1 unless the file is louder; n varies. Where the track
        has not begun, or has a hole of more than a millisecond, there is silence. A track that breaks off raises
        `DamagedMedia` after its last block.
        """
        common = math.gcd(self.sample_rate, rate)
        # A lead that is a whole number of samples at both rates puts the resampler's grid exactly on `start`.
        lead = Fraction(math.ceil(_PRE_ROLL * common), common)
        skip = nearest(lead * rate)
        for block in self._resampled(start - lead, rate, layout):
            if skip >= block.shape[1]:
                skip -= block.shape[1]
                continue
            yield block[:, skip:]
            skip = 0

    def _resampled(self, begin: Fraction, rate: int, layout: str) -> Iterator[Block]:
        placed = self._placed(begin, layout)
        if rate == self.sample_rate:
            yield from placed
            return
        resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
        position = 0
        for block in placed:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", layout)
            frame.sample_rate, frame.time_base, frame.pts = (
                self.sample_rate,
                Fraction(1, self.sample_rate),
                position,
            )
            position += block.shape[1]
            yield from (_array(out) for out in resampler.resample(frame))
        yield from (_array(out) for out in resampler.resample(None))

    def _placed(self, begin: Fraction, layout: str) -> Iterator[Block]:
        """Contiguous samples at the track's own rate from `begin`, holes filled and overlaps cut."""
        position = nearest(begin * self.sample_rate)
        end = self._end_sample()
        tolerance = (_TRUSTED + self.time_base / 2) * self.sample_rate
        running = False
        for time, block in self._frames(begin, layout):
            gap = time * self.sample_rate - position
            if running and abs(gap) <= tolerance:
                gap = Fraction(0)
            elif not running and abs(time - self.start) * self.sample_rate <= tolerance:
                # The first frame after the priming was cut: its own timestamp is rounded twice.
                gap = self.start * self.sample_rate - position
            missing = nearest(gap)
            if missing < 0:
                block = block[:, -missing:]
            if end is not None:
                block = block[:, : max(0, end - position - max(0, missing))]
            if not block.shape[1]:
                continue
            running = True
            for size in _pieces(max(0, missing), self.sample_rate):
                yield np.zeros((block.shape[0], size), np.float32)
            yield block
            position += max(0, missing) + block.shape[1]
        self._check_cut(Fraction(position, self.sample_rate), None, Fraction(1, 2))

    def _frames(self, begin: Fraction, layout: str) -> Iterator[tuple[Fraction, Block]]:
        """Decoded frames with their times, as float planes in `layout`, from some point at or before `begin`."""
        coarse = self.time_base * self.sample_rate > 2
        if begin <= self.start or (coarse and begin <= _FROM_START):
            self._rewind()
        else:
            self._seek(begin)
        convert = _Converter(self.sample_rate, layout)
        time = self.start
        for packet in self._packets():
            try:
                frames = decode_audio(self._audio, packet)
            except av.error.FFmpegError:
                self._bad_packets += 1
                continue
            self._bad_packets = 0
            for frame in frames:
                if frame.pts is not None:
                    time = frame.pts * (frame.time_base or self.time_base) - self.origin
                for block in convert(frame):
                    yield time, block
                    time += Fraction(block.shape[1], self.sample_rate)

    def _end_sample(self) -> int | None:
        """Where the track ends by its header. MP4 says so only there; elsewhere the decoder trims the padding."""
        length = expected_length(self._stream)
        if length is None or "mp4" not in self.container.format.name:
            return None
        return nearest((self.start + length) * self.sample_rate)


class _Converter:
    """Any decoded frame to float planes in one layout; frames may change format on the way, as broadcasts do."""

    def __init__(self, rate: int, layout: str) -> None:
        self._rate, self._layout = rate, layout
        self._key: tuple[str, str, int] | None = None
        self._resampler = self._made()

    def __call__(self, frame: av.AudioFrame) -> Iterator[Block]:
        layout = usual_layout(frame.layout.name, frame.layout.nb_channels)
        if layout != frame.layout.name:
            frame = _relabelled(frame, layout)
        key = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._key not in (None, key):
            yield from (_array(out) for out in self._resampler.resample(None))
            self._resampler = self._made()
        self._key = key
        yield from (_array(out) for out in self._resampler.resample(frame))

    def _made(self) -> AudioResampler:
        # Without the limit, channels mixed down in floats add up to more than full scale, and would clip.
        options = {"rematrix_maxval": "1.0"}
        return AudioResampler(format="fltp", layout=self._layout, rate=self._rate, options=options)


def usual_layout(name: str, channels: int) -> str:
    """The layout `name`; where a file says only how many channels there are, the usual one for that many."""
    return _DEFAULT_LAYOUTS.get(channels, name) if name.endswith("channels") else name


def _relabelled(frame: av.AudioFrame, layout: str) -> av.AudioFrame:
    result = av.AudioFrame.from_ndarray(frame.to_ndarray(), frame.format.name, layout)
    result.sample_rate, result.time_base, result.pts = frame.sample_rate, frame.time_base, frame.pts
    return result


def _array(frame: av.AudioFrame) -> Block:
    return frame.to_ndarray().astype(np.float32, copy=False)


def _pieces(total: int, most: int) -> Iterator[int]:
    while total > 0:
        yield min(total, most)
        total -= most


def sample_bits(stream: AudioStream) -> int | None:
    """Bits of a sample as stored; None for codecs that do not keep samples as they are."""
    context = stream.codec_context
    name, header = context.codec.canonical_name, context.extradata or b""
    if name == "flac" and len(header) >= 34:  # STREAMINFO, RFC 9639 §8.2
        return ((header[12] & 1) << 4 | header[13] >> 4) + 1
    if name == "alac" and len(header) >= 36:
        return header[17]
    if name.startswith("pcm_") and (digits := "".join(filter(str.isdigit, name.split("_")[1]))):
        return int(digits)
    form = cast("av.AudioFormat | None", context.format)  # Damaged headers leave it open.
    return form.bits if form and context.codec.lossless and not context.codec.lossy else None
