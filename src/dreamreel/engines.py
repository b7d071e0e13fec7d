"""Engines: what turns a photo and a dream into a clip. Each is a row of data and one function.

    Request (photo, dream, size, length, seed …) ─► Engine.generate ─► Dream(clip, storyboard, notes)

Front ends build their options from `Request` and what an engine can do from its row; no engine is named anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, get_args

from dreamreel.clip import Clip
from dreamreel.errors import BadDuration, BadParameter, BadTime, EngineMissing, InputMissing
from dreamreel.graph import JSON
from dreamreel.sizes import dream_size
from dreamreel.time import figure, frame_rate, seconds

if TYPE_CHECKING:
    from dreamreel.analyse.faces import Face
    from dreamreel.dream.storyboard import Storyboard

__all__ = [
    "CAMERAS",
    "ENGINES",
    "LONGEST",
    "LOOKS",
    "SHORTEST",
    "SOUNDS",
    "CameraName",
    "Dream",
    "Engine",
    "LookName",
    "PhotoFacts",
    "Request",
    "SoundName",
    "find_engine",
    "look_at",
    "request_times",
]

CameraName = Literal["auto", "still", "drift", "push", "pull", "into"]
LookName = Literal["plush", "pastel", "paper", "glow"]
SoundName = Literal["lullaby", "ambience", "none"]
CAMERAS: Final[tuple[CameraName, ...]] = get_args(CameraName)
LOOKS: Final[tuple[LookName, ...]] = get_args(LookName)
SOUNDS: Final[tuple[SoundName, ...]] = get_args(SoundName)
SHORTEST, LONGEST = 1, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What has to be known of a photo to plan its dream. Where it is at hand, nobody opens the photo again: a server
    plans from these facts and leaves all decoding to its sandbox.
    """

    width: int
    """As displayed, after the camera's rotation."""
    height: int
    content: str
    """`ops.source.content_hash` of the file."""
    see_through: bool = False
    faces: tuple[Face, ...] = ()
    notes: tuple[str, ...] = ()
    """What had to be converted, as `media.images.Picture` tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a user asks for. Every field has the default that suits most people."""

    photo: Path
    """A photo of the sleeper, any common image format."""
    dream: str = ""
    """The dream in plain English; may stay empty when `storyboard` is given."""
    storyboard: Storyboard | None = None
    """A storyboard to use instead of reading `dream`."""
    resolution: str = "720p"
    """The shorter side, 360p to 2160p, or a size such as 1280x720."""
    aspect: str = "photo"
    """The photo's own shape, or 16:9, 9:16, 1:1, 4:5."""
    duration: Fraction = Fraction(5)
    """Seconds, 1 to 60."""
    fps: Fraction = Fraction(24)
    """Frames per second, 1 to 120."""
    seed: int = 0
    """Another number stages the same dream differently."""
    look: str = "plush"
    camera: str = "auto"
    """How the picture moves; `into` opens the dream to the whole frame; `auto` leaves it to the dream."""
    sound: str = "lullaby"
    """`lullaby` (with the setting's ambience), `ambience`, `none`, or a sound file."""
    loop: bool = False
    """End where it began, so that it plays on without a seam."""
    face: int | tuple[float, ...] | None = None
    """Which face dreams (1 is the first found), or ten numbers: x and y in the photo's pixels of the right eye, the
    left eye, the nose, and the right and left corner of the mouth (right and left of the sleeper). None finds the
    sleeper."""
    engine: str = "dream"
    facts: PhotoFacts | None = None
    """What an earlier look at the photo found; None looks now."""


@dataclass(frozen=True, slots=True)
class Dream:
    """The answer to a request: a clip that has not been computed, and what to tell the user about it."""

    clip: Clip
    storyboard: Storyboard
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to generate a video."""

    name: str
    summary: str
    needs: str
    sizes: str
    length: str
    looks: tuple[str, ...]
    cameras: tuple[str, ...]
    sounds: tuple[str, ...]
    generate: Callable[[Request], Dream]

    def as_json(self) -> dict[str, JSON]:
        """What it can do, as plain data."""
        return {
            "name": self.name,
            "summary": self.summary,
            "needs": self.needs,
            "sizes": self.sizes,
            "length": self.length,
            "looks": list(self.looks),
            "cameras": list(self.cameras),
            "sounds": list(self.sounds),
        }


def find_engine(name: str) -> Engine:
    """The engine of that name. Raises `EngineMissing`."""
    if name not in ENGINES:
        raise EngineMissing(
            f"There is no engine called {name!r}; this installation has {', '.join(ENGINES)}."
        )
    return ENGINES[name]


def request_times(duration: str | float | Fraction, fps: str | float | Fraction) -> tuple[Fraction, Fraction]:
    """An exact duration and frame rate in range. Raises `BadDuration` and `BadParameter`."""
    try:
        length = seconds(duration)
    except BadTime as error:
        raise BadDuration(str(error)) from None
    if not SHORTEST <= length <= LONGEST:
        raise BadDuration(
            f"A dream of {figure(length)} s is out of range; choose {SHORTEST} to {LONGEST} seconds."
        )
    try:
        rate = frame_rate(fps)
    except BadTime as error:
        raise BadParameter(str(error)) from None
    if not 1 <= rate <= 120:
        raise BadParameter(f"{figure(rate)} frames per second is out of range; choose 1 to 120.")
    return length, rate


def _check_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise BadParameter(f"{value!r} is not a {what}; choose one of {', '.join(choices)}.")


def look_at(path: Path, *, faces: bool = True) -> PhotoFacts:
    """Decode a photo and find the faces in it. Raises what `media.images.load_image` raises."""
    from dreamreel.analyse.faces import find_faces
    from dreamreel.media.images import load_image
    from dreamreel.ops.generate import opaque
    from dreamreel.ops.source import content_hash

    photo = load_image(path)
    return PhotoFacts(
        width=photo.width,
        height=photo.height,
        content=content_hash(path),
        see_through=photo.has_alpha and int(photo.pixels[..., 3].min()) < 255,
        faces=tuple(find_faces(opaque(photo))) if faces else (),
        notes=photo.notes,
    )


def _dream(request: Request) -> Dream:
    """The embedded engine: check everything cheap first, then open the photo, then find the sleeper."""
    from dreamreel.dream.prompt import check_storyboard, read_prompt
    from dreamreel.ops.generate import Generate

    length, rate = request_times(request.duration, request.fps)
    _check_choice("look", request.look, LOOKS)
    _check_choice("camera", request.camera, CAMERAS)
    board = request.storyboard or read_prompt(request.dream)
    check_storyboard(board)
    dream_size((16, 9), request.resolution, request.aspect)
    photo = request.facts or look_at(request.photo, faces=not isinstance(request.face, tuple))
    (width, height), size_notes = dream_size((photo.width, photo.height), request.resolution, request.aspect)
    face, face_notes = _sleeper(request, photo.faces)
    own = Path(request.sound) if request.sound not in SOUNDS else None
    op = Generate(
        photo=str(request.photo.resolve()),
        content=photo.content,
        storyboard=board.model_dump(mode="json"),
        width=width,
        height=height,
        duration=length,
        fps=rate,
        seed=request.seed,
        look=request.look,
        camera=None if request.camera == "auto" else request.camera,
        sound="none" if own else request.sound,
        loop=request.loop,
        face=asdict(face) if face else {},
    )
    clip = Clip.of(op)
    if own:
        clip = clip.replace_sound(_own_sound(own, length))
    seen = ("The photo has transparent parts; they are white in the video.",) if photo.see_through else ()
    return Dream(clip, board, (*board.notes, *photo.notes, *seen, *size_notes, *face_notes))


def _sleeper(request: Request, found: tuple[Face, ...]) -> tuple[Face | None, tuple[str, ...]]:
    """The face the dream belongs to, and what to say about it."""
    from dreamreel.analyse.faces import face_from_points, sleeper

    if isinstance(request.face, tuple):
        if len(request.face) != 10:
            raise BadParameter(
                "A face placed by hand takes ten numbers: "
                "x and y of right eye, left eye, nose, right and left mouth corner."
            )
        n = request.face
        try:
            return face_from_points((n[0], n[1]), (n[2], n[3]), (n[4], n[5]), (n[6], n[7]), (n[8], n[9])), ()
        except ValueError as error:
            raise BadParameter(f"{error}.") from None
    face = sleeper(found, request.face)
    if face is None and request.face is not None:
        raise BadParameter(
            f"{request.photo.name} has {len(found)} faces that could be found, and {request.face} is none of them; "
            "choose one of those, or place five points by hand."
        )
    if face is None:
        return None, (
            "No face was found, so there will be no smile; place the five points of the face by hand to have one.",
        )
    if len(found) > 1 and request.face is None:
        told = (
            f"{len(found)} faces were found; the dream is given to the one most like a sleeping child "
            "(another face can be chosen)."
        )
        return face, (told,)
    return face, ()


def _own_sound(path: Path, length: Fraction) -> Clip:
    """A sound file cut or repeated to the dream's length, fading at the end."""
    from dreamreel.ops.source import from_file

    if not path.exists():
        raise InputMissing(
            f"{str(path)!r} is neither a sound ({', '.join(SOUNDS)}) nor a file; check the name."
        )
    sound = Clip.of(from_file(path))
    if sound.info.audio is None:
        raise BadParameter(f"{path.name} has no sound in it; choose another file.")
    if sound.duration < length:
        sound = sound.loop(-(-length // sound.duration))
    return sound[:length].fade_out(min(Fraction(1), length / 4))


ENGINES: Final[Mapping[str, Engine]] = MappingProxyType(
    {
        "dream": Engine(
            "dream",
            "The photo breathes and smiles while its dream plays in a cloud; drawn on this computer, without models "
            "and without a network.",
            "any CPU",
            "360p to 2160p, or any even size from 128 to 4096 pixels a side",
            f"{SHORTEST} to {LONGEST} s",
            LOOKS,
            CAMERAS,
            SOUNDS,
            _dream,
        )
    }
)
"""Every engine of this installation."""
