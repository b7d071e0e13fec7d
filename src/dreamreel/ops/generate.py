"""The dream: a photo and a storyboard become a clip. Thin on purpose: `dream` paints and plays, this says what."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from dreamreel.errors import BadDuration, BadParameter, RecipeInvalid
from dreamreel.graph import FrozenJSON, thaw
from dreamreel.media.info import AudioInfo, ClipInfo, Colour, VideoInfo
from dreamreel.ops.base import Source
from dreamreel.ops.geometry import check_size
from dreamreel.ops.params import from_params
from dreamreel.time import figure

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

    from dreamreel.dream.storyboard import Camera, Storyboard
    from dreamreel.media.images import Picture, Pixels

__all__ = ["RATE", "Artist", "Generate", "drawing_version", "painter", "soundtrack"]

RATE = 48_000
"""Samples per second of the dream's sound."""

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Generate(Source):
    """A dream over a photo: `duration` seconds of yuv420p BT.709 at `fps`, with 48 kHz stereo sound."""

    name = "dream.generate"
    processes = True
    photo: str
    """An absolute path, or only the file's name in a recipe that travels."""
    content: str
    """`content_hash` of the photo."""
    storyboard: Mapping[str, FrozenJSON]
    """The fields of `dream.storyboard.Storyboard`."""
    width: int
    height: int
    duration: Fraction = Fraction(5)
    fps: Fraction = Fraction(24)
    seed: int = 0
    look: str = "plush"
    camera: str | None = None
    """Overrides the storyboard's camera."""
    sound: str = "lullaby"
    """`lullaby` (with the setting's ambience), `ambience` or `none`; `sound.replace` lays a file under the clip."""
    loop: bool = False
    face: Mapping[str, FrozenJSON] = field(default_factory=dict[str, FrozenJSON])
    """Where the sleeper's face is, as the pre-pass or a hand found it; empty when there is none."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        del inputs
        check_size("generate", self.width, self.height)
        if self.width % 2 or self.height % 2:
            raise BadParameter(f"generate: {self.width}×{self.height} has an odd side; choose even ones.")
        if not 1 <= self.duration <= _LONGEST:
            raise BadDuration(
                f"a dream of {figure(self.duration)} s is out of range; choose 1 to {_LONGEST} seconds."
            )
        if not 1 <= self.fps <= 120:
            raise BadParameter(
                f"generate: {figure(self.fps)} frames per second is out of range; choose 1 to 120."
            )
        video = VideoInfo(self.width, self.height, "yuv420p", self.fps, colour=Colour())
        return ClipInfo(self.duration, video, AudioInfo() if self.sound != "none" else None)


@functools.cache
def drawing_version() -> str:
    """A digest of the code that draws and plays dreams: a dream drawn by other code is another dream."""
    digest = blake2b(digest_size=10)
    room = resources.files("dreamreel.dream")
    for name, file in sorted(_sources(room, "")):
        digest.update(name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        name = f"{prefix}/{item.name}"
        if item.is_dir() and item.name != "__pycache__":
            yield from _sources(item, name)
        elif item.name.endswith((".py", ".toml")):
            yield name, item


class Artist(Protocol):
    """What draws a dream: `frame(n)` is a function of n alone."""

    def frame(self, n: int) -> av.VideoFrame:
        """Frame n, yuv420p, BT.709 limited."""
        ...


def painter(op: Generate) -> Artist:
    """The painter of a dream, built once per process. Raises what loading the photo raises."""
    from dreamreel.analyse.faces import Face
    from dreamreel.dream.painter import Painter, Scene
    from dreamreel.media.images import load_image

    photo = opaque(load_image(Path(op.photo)))
    face = from_params(Face, op.face) if op.face else None
    scene = Scene(_storyboard(op), op.width, op.height, op.fps, op.duration, op.seed, op.look,
                  cast("Camera | None", op.camera), op.loop, face)  # fmt: skip
    return Painter(scene, photo)


def opaque(photo: Picture) -> Pixels:
    """A photo's colours, (height, width, 3); what is see-through shows white behind it."""
    if not photo.has_alpha:
        return photo.pixels
    colours, alpha = photo.pixels[..., :3].astype("u2"), photo.pixels[..., 3:].astype("u2")
    return ((colours * alpha + 255 * (255 - alpha) + 127) // 255).astype("u1")


def soundtrack(op: Generate) -> NDArray[np.float32]:
    """The dream's sound, float32 (2, n) at `RATE`."""
    from dreamreel.dream.cues import heard
    from dreamreel.dream.sound.mix import render_sound

    board = _storyboard(op)
    events = heard(board, float(op.duration), op.seed, cast("Camera | None", op.camera), loop=op.loop)
    return render_sound(
        board, op.duration, op.seed, loop=op.loop, events=events, lullaby=op.sound == "lullaby"
    )


def _storyboard(op: Generate) -> Storyboard:
    from pydantic import ValidationError

    from dreamreel.dream.storyboard import Storyboard

    try:
        return Storyboard.model_validate(thaw(op.storyboard))
    except ValidationError as error:
        raise RecipeInvalid(f"the storyboard is not one: {error.errors()[0]['msg']}.") from None
