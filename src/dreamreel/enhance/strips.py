"""Rows of a picture through a network: strips with a halo go in, their middles come out.

rows ─► strips with more rows around them, as far as a network looks ─► frames ─► network ─► rows of a larger picture

The result is the same as if the picture had gone in whole, and only a few strips are in memory.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import rgb_matrix
from dreamreel.media.info import Colour

if TYPE_CHECKING:
    import av

    from dreamreel.neural.catalog import Network
    from dreamreel.neural.faces import Spot

__all__ = ["Hand", "NetworkHand", "Rows", "WeightsHand", "larger_rows", "rows_of"]

Rows = NDArray[np.uint8 | np.uint16]
"""(height, width, channels) of 8 or 16 bits: grey, grey and alpha, RGB, or RGB and alpha."""

_STRIP = 1_500_000
"""Pixels of a strip, about."""
_KINDS: Final = {"uchar": np.uint8, "ushort": np.uint16}
_TOP = 4095
_PIX_FMT: Final = "yuva444p12le"
_FULL: Final = Colour(matrix=1, range=2, primaries=1, transfer=1)
_TO_RGB: Final = np.array(rgb_matrix(_FULL), np.float32)
_TO_YUV: Final = np.linalg.inv(rgb_matrix(_FULL)).astype(np.float32)
"""BT.709, which is exact both ways; the values stay those of the photo's own colours."""
_LOCKED: Final = 16
"""Rows beyond a network's that colours are locked by."""
_FAR: Final = 32
"""Rows around a strip for weights of which nobody knows how far they look."""
_EIGHTHS: Final = 8


class Hand(Protocol):
    """What makes strips larger. It belongs to one thread at a time."""

    scale: int
    rim: int
    """Rows above and below that a strip depends on; an even number."""

    def __call__(self, frame: av.VideoFrame, top: int) -> av.VideoFrame:
        """The strip that begins at the row `top` of the picture, larger."""
        ...


class NetworkHand:
    """A network of this program, and inside masks around faces another one."""

    def __init__(self, network: Network, strength: float, *, spots: Sequence[Spot] = (), face: Network | None = None,
                 share: float = 0.0) -> None:  # fmt: skip
        """`spots` are faces in the whole picture, and `share` how much of what `face` makes of them shows, 0 to 1."""
        from dreamreel.neural.graph import halo

        self.scale = network.scale
        self._network, self._strength = network, strength
        self._face, self._share = face, share
        # In eighths of a pixel, so that they lie in every strip where they do in the whole, to the last bit.
        self._spots = [_snapped(spot) for spot in spots] if face and share else []
        rim = max(halo(one) for one in (network, face) if one is not None)
        self.rim = rim + rim % 2
        self._made: dict[tuple[int, int], Any] = {}

    def __call__(self, frame: av.VideoFrame, top: int) -> av.VideoFrame:
        """See `Hand`."""
        from dataclasses import replace

        size = (frame.width, frame.height)
        if size not in self._made:
            self._made[size] = self._over(*size)
        if not self._spots:
            return self._made[size](frame)
        return self._made[size](frame, [replace(spot, y=spot.y - top) for spot in self._spots])

    def _over(self, width: int, height: int) -> Any:  # noqa: ANN401 (an Enlarger, or FacesOver)
        from dreamreel.neural.enlarge import Enlarger
        from dreamreel.neural.faces import FacesOver
        from dreamreel.neural.machine import preferred

        form = (_PIX_FMT, width, height, preferred())
        whole = Enlarger(self._network, *form, self._strength, reuse=False)
        if not self._spots or self._face is None:
            return whole
        return FacesOver(whole, Enlarger(self._face, *form, reuse=False), self._share, self.scale)


class WeightsHand:
    """Installed weights of others."""

    def __init__(self, name: str) -> None:
        """Raises what `neural.community.store.usable` raises."""
        from dreamreel.neural.community.enlarge import CommunityEnlarger
        from dreamreel.neural.community.store import usable

        one = usable(name)
        self.scale = one.card.scale
        self._enlarge = CommunityEnlarger(name, one.card.sha256[:16], lock=True)
        halo = self._enlarge.halo
        self.rim = (_FAR if halo is None else halo + halo % 2) + _LOCKED

    def __call__(self, frame: av.VideoFrame, top: int) -> av.VideoFrame:
        """See `Hand`."""
        from fractions import Fraction

        del top
        return self._enlarge([frame], 0, Fraction(0))


def _snapped(spot: Spot) -> Spot:
    from dataclasses import replace

    sides = {name: round(getattr(spot, name) * _EIGHTHS) / _EIGHTHS for name in ("x", "y", "wide", "high")}
    return replace(spot, **sides)


def rows_of(image: Any) -> Generator[Rows]:  # noqa: ANN401 (a libvips picture)
    """The rows of a picture of 8 or 16 bits in strips, each read once and in order."""
    from dreamreel.media.stills.page import vips

    # One region for all: between two evaluations libvips forgets the lines of a stream that the next one begins with.
    region = vips().Region.new(image)
    kind, step = _KINDS[image.format], max(1, _STRIP // max(1, image.width))
    for top in range(0, image.height, step):
        lines = min(step, image.height - top)
        read = region.fetch(0, top, image.width, lines)
        yield np.frombuffer(read, kind).reshape(lines, image.width, image.bands)


def larger_rows(rows: Iterator[Rows], width: int, height: int, hand: Hand) -> Generator[Rows]:
    """Rows of a picture of `width`×`height` made larger: the same as if it had gone in whole."""
    lines = max(2 * hand.rim, _STRIP // max(1, width), 2) // 2 * 2
    for top, first, last, strip in _strips(rows, height, lines, hand.rim):
        yield _through(hand, strip, top)[first * hand.scale : last * hand.scale]


def _strips(rows: Iterator[Rows], height: int, lines: int, rim: int) -> Generator[tuple[int, int, int, Rows]]:
    """Strips of `lines` rows with `rim` more on both sides where there are any: where they begin, and in them where
    their own rows begin and end.
    """
    held: list[Rows] = []
    top = at = 0
    for part in rows:
        held = [np.concatenate([*held, part])]
        while at < height:
            end = min(height, at + lines)
            below = min(height, end + rim)
            if top + held[0].shape[0] < below:
                break
            above = max(0, at - rim)
            yield above, at - above, end - above, held[0][above - top : below - top]
            at = end
            keep = max(0, at - rim)
            held, top = [held[0][keep - top :]], keep


def _through(hand: Hand, strip: Rows, at: int) -> Rows:
    """A strip made larger, in the depth and channels that it has."""
    import av

    from dreamreel.media.colour import tag
    from dreamreel.media.planes import planes

    (rows, columns, channels), scale = strip.shape, hand.scale
    top = np.float32(65_535 if strip.dtype == np.uint16 else 255)
    padded = np.pad(strip, ((0, rows % 2), (0, columns % 2), (0, 0)), mode="edge")
    unit = padded.astype(np.float32) / top
    rgb = np.repeat(unit[..., :1], 3, axis=2) if channels < 3 else unit[..., :3]
    yuv = rgb @ _TO_YUV.T
    yuv[..., 1:] += np.float32((_TOP + 1) / 2 / _TOP)
    alpha = unit[..., -1] if channels in (2, 4) else np.ones_like(unit[..., 0])
    frame = av.VideoFrame(padded.shape[1], padded.shape[0], _PIX_FMT)
    for target, plane in zip(planes(frame), (*np.moveaxis(yuv, -1, 0), alpha), strict=True):
        target[:] = np.clip(np.rint(plane * _TOP), 0, _TOP)
    made = hand(tag(frame, _FULL), at)
    parts = [plane[: rows * scale, : columns * scale].astype(np.float32) / _TOP for plane in planes(made)]
    large = np.stack(parts[:3], axis=-1)
    large[..., 1:] -= np.float32((_TOP + 1) / 2 / _TOP)
    colours = large[..., :1] if channels < 3 else large @ _TO_RGB.T
    whole = np.concatenate([colours, parts[3][..., None]], axis=2) if channels in (2, 4) else colours
    return np.clip(np.rint(whole * top), 0, top).astype(strip.dtype)
