"""An op that makes a picture larger by a network, and the faces in it by one of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar, Final

from dreamreel.errors import BadParameter, CapabilityMissing
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.neural.catalog import face_network, network
from dreamreel.ops.base import Frames, Worker, need_video
from dreamreel.ops.enlarge import Enlarge, multiplied
from dreamreel.ops.forms import made_of
from dreamreel.time import Span

if TYPE_CHECKING:
    from dreamreel.neural.catalog import Network

__all__ = ["EnlargeFaces", "check_faces", "face_network_for"]

_PART: Final = 0.2
"""Of a picture that boxes around faces take, with all they depend on; for estimates."""


@dataclass(frozen=True, slots=True)
class EnlargeFaces(Frames):
    """Every frame larger by `base`; around faces what another network makes of them laid over it, softly.

    See `neural.faces`. Faces were found in the clip's film (`analyse.face_tracks`): `tracks` is a row for each place
    that a face moves evenly from or to, packed (`motion.columns`). What is unchanged is taken from the frame before,
    to the bit; `base` has no tolerance.
    """

    name = "neural.enlarge_faces"
    timed: ClassVar[bool] = True
    base: Enlarge
    network: str
    weights: str
    """The beginning of the hash of the file of the network for faces."""
    tracks: str
    share: float = 0.5
    """How much of what it makes shows, 0 to 1."""
    strength: float = 1.0
    """0 to 1, for networks that can be steered."""

    def form(self, video: VideoInfo) -> VideoInfo:
        return made_of(video)

    @property
    def speed(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Each number of a network is multiplied about once per pixel."""
        return multiplied(self.base.precision) / (
            network(self.base.network).parameters + _PART * network(self.network).parameters
        )

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_video("enlarge", info)
        if self.base.tolerance:
            raise BadParameter("enlarge: faces are enlarged exactly; give a tolerance of 0.")
        check_faces(self.share)
        larger = replace(self.base, network=self.network, weights=self.weights, strength=self.strength)
        if network(self.network).scale != network(self.base.network).scale:
            raise BadParameter(
                f"enlarge: {self.network} and {self.base.network} do not enlarge alike; choose networks of one scale."
            )
        larger.infer(info)
        return self.base.infer(info)

    def worker(self, info: ClipInfo) -> Worker:
        from dreamreel.motion.columns import unpack
        from dreamreel.neural.enlarge import LANES, Enlarger
        from dreamreel.neural.faces import COLUMNS, Faces, FacesEnlarger

        video, base = need_video("enlarge", info), self.base
        form = (video.pix_fmt, video.width, video.height, base.precision)
        whole = Enlarger(network(base.network), *form, base.strength, lanes=LANES)
        face = Enlarger(network(self.network), *form, self.strength, reuse=False, lanes=LANES)
        faces = Faces(unpack(self.tracks, COLUMNS))
        return FacesEnlarger(whole, face, faces, self.share, network(base.network).scale)

    def shown(self) -> tuple[Span, ...]:
        """When there are faces, in the time of the clip that is enlarged: stretches that do not meet, in order."""
        from dreamreel.motion.columns import unpack
        from dreamreel.neural.faces import COLUMNS

        made: list[Span] = []
        tracks = groupby(unpack(self.tracks, COLUMNS)[:, :2].tolist(), key=itemgetter(0))
        for low, high in sorted((rows[0][1], rows[-1][1]) for _, one in tracks if (rows := list(one))):
            start, end = Fraction(low, 1000), Fraction(high, 1000)
            if made and start <= made[-1].end:
                start, end = made[-1].start, max(end, made.pop().end)
            made.append(Span(start, end))
        return tuple(made)

    def told(self) -> str:
        base = f"enlarge with {self.base.network}, {self.base.precision}"
        return f"{base}, and {self.share:.0%} of {self.network} inside masks around faces"


def check_faces(share: float) -> None:
    """Raises `BadParameter` for a share that is not 0 to 1."""
    if not 0 <= share <= 1:
        raise BadParameter(f"face: {share:g} is out of range; choose 0 to 1.")


def face_network_for(base: Enlarge) -> Network:
    """The network for faces that goes with a network for the whole. Raises `CapabilityMissing` where there is none."""
    whole = network(base.network)
    found = face_network(whole.size, whole.scale)
    if found is None:
        raise CapabilityMissing(
            f"There is no network for faces that enlarges {whole.scale} × in this installation; leave face out, or "
            "see `dreamreel models`."
        )
    return found
