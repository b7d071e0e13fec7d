"""Planar frames as R'G'B' from 0 to 1, and back.

Chroma is sited as in MPEG-2 and H.264: beside the left of two luma columns, between two rows. It is made larger by
linear interpolation and smaller by the matching filter: flat colours and ramps come back as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from dreamreel.media.colour import complete, frame_colour, rgb_matrix, tag
from dreamreel.media.planes import like, planes, steps
from dreamreel.neural.colours import Form
from dreamreel.neural.community.compiled import Picture

if TYPE_CHECKING:
    import av

__all__ = ["from_rgb", "to_rgb"]

_Plane = NDArray[np.float32]


def to_rgb(frame: av.VideoFrame) -> Picture:
    """The picture of a planar YUV frame of any depth; (H, W, 3)."""
    form = _form(frame)
    black, white, span = form.spread
    y, u, v = (plane.astype(np.float32) for plane in planes(frame)[:3])
    channels = [(y - black) / white]
    channels += [_enlarged((one - form.grey) / span, form.across, form.down, y.shape) for one in (u, v)]
    picture = np.ascontiguousarray(np.stack(channels, 2), np.float32)
    return np.clip(cv2.transform(picture, np.array(rgb_matrix(form.colour), np.float32)), 0, 1).astype(
        np.float32
    )


def from_rgb(picture: Picture, frame: av.VideoFrame) -> av.VideoFrame:
    """A new frame of the picture's size with the format, colour and time of `frame`; transparency is enlarged."""
    height, width = picture.shape[:2]
    form = _form(frame)
    black, white, span = form.spread
    made = like(frame, width, height)
    back = np.linalg.inv(rgb_matrix(form.colour))
    targets = planes(made)
    for number, (factor, base) in enumerate(((white, black), (span, form.grey), (span, form.grey))):
        plane = np.asarray(cv2.transform(picture, back[number : number + 1]), np.float32)
        if number and (form.across, form.down) != (1, 1):
            plane = _shrunk(plane, form.across, form.down)
        plane *= np.float32(factor)
        plane += np.float32(base)
        np.rint(plane, out=plane)
        target = targets[number]
        target[:] = np.clip(plane, 0, 2**form.bits - 1, out=plane)[: target.shape[0], : target.shape[1]]
    if len(targets) == 4:
        alpha = cv2.resize(planes(frame)[3], (width, height), interpolation=cv2.INTER_LINEAR)
        targets[3][:] = alpha
    return tag(made, form.colour)


def _form(frame: av.VideoFrame) -> Form:
    colour = complete(frame_colour(frame), frame.format.name, frame.height)
    return Form(frame.format.components[0].bits, *steps(frame.format.name), colour)


def _enlarged(plane: _Plane, across: int, down: int, shape: tuple[int, ...]) -> _Plane:
    """A plane of chroma as large as luma: columns lie beside the left of two, rows between two."""
    if (across, down) == (1, 1):
        return plane
    height, width = shape[:2]
    # Where each sample of the result lies among those that there are.
    columns = np.arange(width, dtype=np.float32) / across
    rows = (
        (np.arange(height, dtype=np.float32) + 0.5) / down - 0.5
        if down > 1
        else np.arange(height, dtype=np.float32)
    )
    grid = np.meshgrid(np.clip(columns, 0, plane.shape[1] - 1), np.clip(rows, 0, plane.shape[0] - 1))
    made = cv2.remap(plane, grid[0].astype(np.float32), grid[1].astype(np.float32), cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return np.asarray(made, np.float32)


def _shrunk(plane: _Plane, across: int, down: int) -> _Plane:
    """A plane as large as luma, for the places where chroma lies."""
    if across > 1:
        taps = np.concatenate([np.arange(1, across + 1), np.arange(across - 1, 0, -1)]) / across**2
        plane = np.asarray(cv2.filter2D(plane, -1, taps[None], borderType=cv2.BORDER_REFLECT_101), np.float32)
        plane = plane[:, ::across]
    if down > 1:
        missing = -len(plane) % down
        plane = np.concatenate([plane, np.repeat(plane[-1:], missing, 0)]) if missing else plane
        plane = plane.reshape(-1, down, plane.shape[1]).mean(1, dtype=np.float32)
    return np.ascontiguousarray(plane)
