"""Rigs: actors as data, and the puppets that move them.

    Actor (parts, face, colours: data) ─┐
    colour and size of the cue ─────────┼─► Puppet: every part shaded once ── draw(pose) ──► canvas, every frame
    Action: phase ──► Pose (joint turns)┘

A part is shaded once per size and colour; after that it is only moved, so a hundred actors do not cost a hundred
shadings a frame. Children lag behind their parents (`Part.lag`), which is where follow-through comes from.

An actor file holds one `ACTOR = Actor(...)`, an action file one `ACTION = Action(...)`; both are found by name.
Rig units: a normal actor is about 110 units high or 130 wide, centred on (0, 0), and looks to the right when it has a
side.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import skia

from dreamreel.dream.cast import ActionWords, ActorWords
from dreamreel.dream.hand import INK, Brush, Look, Sprite, bake, hex_colour, mix
from dreamreel.dream.outlines import path
from dreamreel.dream.shapes import Point, Shape, flip

__all__ = [
    "Action",
    "Actor",
    "Body",
    "Expression",
    "Eye",
    "Face",
    "Live",
    "Mark",
    "Part",
    "Pose",
    "Puppet",
    "Seat",
    "Turn",
    "action",
    "actor",
    "mirrored",
]

Body = Literal["quadruped", "biped", "bird", "insect", "fish", "sky", "vehicle", "rooted", "toy"]
"""How an actor is built, which is what an action looks at first: `sky` for moon, star, sun, cloud, rainbow, heart;
`rooted` for what stands on the ground and sways; `toy` for what rolls or bounces as one piece."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A detail on a part, clipped to it: a curl, a stripe, a belly, a patch."""

    shape: Shape
    role: str
    """A colour role of the actor."""
    alpha: float = 1.0
    blur: float = 0.0
    soft: bool = False
    """Shaded like a part of its own instead of flat."""


@dataclass(frozen=True, slots=True)
class Part:
    """One closed, shaded piece of an actor."""

    name: str
    shape: Shape
    role: str = "body"
    """A colour role of the actor."""
    pivot: Point = (0.0, 0.0)
    """Where it turns, in rig units."""
    parent: str | None = None
    """The part it hangs on: it is carried along by that part's movement."""
    z: float = 0.0
    """Drawing order; higher is nearer."""
    joint: str = ""
    """What an action calls it: leg_fl leg_fr leg_bl leg_br, leg_l leg_r arm_l arm_r, wing_l wing_r (front view)
    wing_near wing_far (side view), tail, tail_tip, head, ear_l ear_r, fin_near fin_far, trunk, trunk_tip, mane, wheel,
    flame, sail, petals … Empty never turns. A `jaw` also opens by itself, to its upper limit and a little longer, when
    the face sings."""
    limits: tuple[float, float] = (-75.0, 75.0)
    """Degrees the joint may turn either way."""
    lag: float = 0.0
    """Seconds it follows behind: 4 to 8 frames (0.17-0.33) for tails, ears and tips."""
    marks: tuple[Mark, ...] = ()
    shade: str | None = None
    """Role of the colour its dark side leans to; None means the look's violet."""
    light: float = 1.0
    glow: str | None = None
    """Role of a colour that shines around it."""
    alpha: float = 1.0
    melt: float = 0.0
    """Units over which the part fades in from its pivot, so that a limb grows out of the body without a seam; looks of
    cut paper keep the seam."""


def mirrored(part: Part, name: str, joint: str, z: float | None = None) -> Part:
    """The same part on the other side of the axis x = 0."""
    return replace(
        part,
        name=name,
        shape=flip(part.shape),
        pivot=(-part.pivot[0], part.pivot[1]),
        z=part.z if z is None else z,
        joint=joint,
        limits=(-part.limits[1], -part.limits[0]),
        marks=tuple(replace(mark, shape=flip(mark.shape)) for mark in part.marks),
    )


@dataclass(frozen=True, slots=True)
class Eye:
    """An eye: centre and radius in rig units."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Face:
    """The live part of an actor: eyes that blink and look, a mouth that smiles and sings, cheeks."""

    part: str
    """The part it rides on."""
    eyes: tuple[Eye, ...]
    mouth: tuple[float, float, float] | None = None
    """Centre x, y and radius of the smile's circle; the smile is its lower arc."""
    blush: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a rider's feet are, in rig units."""

    x: float
    y: float
    size: float = 0.62
    """The rider's height is at most this share of the actor's own."""
    behind: bool = False
    """The rider is drawn before the actor, which hides its lower half: a hull, a wagon's side."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A part's or the whole actor's movement from rest: degrees, rig units, scale."""

    rot: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    sx: float = 1.0
    sy: float = 1.0


@dataclass(frozen=True, slots=True)
class Expression:
    """What the face does now."""

    asleep: bool = False
    closed: float = 0.0
    """Lids, 0 open to 1 shut; a blink is 120 ms."""
    sing: float = 0.0
    """Mouth, 0 smiling to 1 wide open."""
    look: Point = (0.0, 0.0)


REST = Turn()


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment of an actor: how each joint is turned, how the whole body moved within its place, and its face."""

    joints: Mapping[str, Turn] = field(default_factory=dict[str, Turn])
    root: Turn = REST
    face: Expression = Expression()


Live = Callable[[Brush, float, "Actor", Mapping[str, int]], None]
"""`live(brush, t, actor, colours)` draws what cannot be a part (spray, sparks, a rainbow's shimmer) in rig units at
time t."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One kind of actor."""

    words: ActorWords
    colours: Mapping[str, int]
    """Role → 0xRRGGBB. The role `body` is what a colour word of the prompt replaces; see `tints`."""
    parts: tuple[Part, ...]
    face: Face | None = None
    body: Body = "quadruped"
    size: float = 0.24
    """Height of its box as a fraction of the dream's height, at size `normal`."""
    box: tuple[float, float, float, float] = (-65.0, -55.0, 65.0, 55.0)
    """Left, top, right, bottom in rig units, of everything drawn at rest."""
    foot: float = 55.0
    """y of the ground it stands on, or of the water line for what floats, in rig units."""
    sided: bool = True
    """True when it is seen from its side and must be flipped to face where it goes."""
    tints: tuple[str, ...] = ()
    """Other roles that follow a new body colour, keeping their distance from it."""
    seats: Mapping[str, Seat] = field(default_factory=dict[str, Seat])
    """For the relations `on` and `in`; without one a rider stands on top."""
    behind: Live | None = None
    """Drawn before the parts."""
    front: Live | None = None
    """Drawn after the face."""

    @property
    def height(self) -> float:
        """Height of its box in rig units."""
        return self.box[3] - self.box[1]

    def joints(self) -> frozenset[str]:
        """The joints this actor has."""
        return frozenset(p.joint for p in self.parts if p.joint)


PoseFunction = Callable[[Actor, float, float, float], Pose]
"""`pose(actor, t, phase, energy)`: t in seconds; phase 0..1 sets this copy apart from others; energy 0.5 calm … 1.5
silly."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an actor can do."""

    words: ActionWords
    pose: PoseFunction
    travel: Literal["ground", "air", "water", "spot"] = "spot"
    """Where it moves while doing it: the stage picks the path."""
    speed: float = 0.0
    """Body lengths a second while travelling."""
    period: float = 1.0
    """Seconds of one cycle at energy 1; a looping dream rounds it to whole cycles."""


@functools.cache
def actor(kind: str) -> Actor:
    """The actor of that name. Raises ModuleNotFoundError for a kind that has no file."""
    return importlib.import_module(f"dreamreel.dream.actors.{kind}").ACTOR


@functools.cache
def action(kind: str) -> Action:
    """The action of that name. Raises ModuleNotFoundError for a kind that has no file."""
    return importlib.import_module(f"dreamreel.dream.actions.{kind}").ACTION


def recoloured(
    who: Actor, colour: str | None, ambient: int | None = None, pull: float = 0.12
) -> dict[str, int]:
    """The actor's colours with the body changed to `"#rrggbb"` and everything pulled toward the scene's colour."""
    colours = dict(who.colours)
    if colour is not None:
        old, new = colours["body"], hex_colour(colour)
        colours["body"] = new
        for role in who.tints:
            grey_old, grey_role = (
                sum(old >> s & 255 for s in (16, 8, 0)),
                sum(who.colours[role] >> s & 255 for s in (16, 8, 0)),
            )
            # Darker roles lean to a deep shade of the new colour itself: plum alone would grey a green or a yellow.
            lean = 0xFFFFFF if grey_role > grey_old else mix(mix(new, 0, 0.55), INK, 0.4)
            colours[role] = mix(new, lean, min(0.8, abs(grey_role - grey_old) / 420))
    if ambient is not None:
        colours = {role: mix(value, ambient, pull) for role, value in colours.items()}
    return colours


def _drawing_order(who: Actor) -> tuple[Part | Face, ...]:
    """Farthest first; the face follows the parts that are no nearer than the one it rides on."""
    parts = sorted(who.parts, key=lambda p: p.z)
    if who.face is None:
        return tuple(parts)
    level = next(p.z for p in parts if p.name == who.face.part)
    return (*(p for p in parts if p.z <= level), who.face, *(p for p in parts if p.z > level))


class Puppet:
    """An actor in one colouring and one largest size: every part is shaded once, here."""

    def __init__(self, who: Actor, colours: Mapping[str, int], look: Look, scale: float) -> None:
        """`scale` is pixels per rig unit at the largest size it will be drawn."""
        self.actor, self.colours, self.look, self.scale = who, colours, look, scale
        self._by_name = {p.name: p for p in who.parts}
        self._order = _drawing_order(who)
        self._sprites = {p.name: self._shade(p) for p in who.parts}

    def _shade(self, part: Part) -> Sprite:
        b = path(part.shape).computeTightBounds()
        margin = max(min(b.width(), b.height()) * 0.5, 3) if part.glow or self.look.shadow else 1.0

        def draw(brush: Brush) -> None:
            tone = self.colours.get
            shade = tone(part.shade) if part.shade else None
            brush.soft(
                part.shape,
                self.colours[part.role],
                shade=shade,
                light=part.light,
                glow=tone(part.glow) if part.glow else None,
                alpha=part.alpha,
            )
            with brush.inside(part.shape):
                for mark in part.marks:
                    if mark.soft:
                        brush.soft(
                            mark.shape,
                            self.colours[mark.role],
                            shade=shade,
                            light=part.light,
                            alpha=mark.alpha,
                        )
                    else:
                        brush.fill(mark.shape, self.colours[mark.role], mark.alpha, mark.blur)
                if self.actor.face and self.actor.face.part == part.name:
                    for x, y, r in self.actor.face.blush:
                        brush.blush(x, y, r)
            if part.melt and not self.look.shadow:
                brush.melt(part.shape, part.pivot, part.melt)

        return bake(
            draw,
            (b.left() - margin, b.top() - margin, b.right() + margin, b.bottom() + margin),
            self.scale,
            self.look,
        )

    def draw(self, canvas: skia.Canvas, pose: Callable[[float], Pose], t: float, alpha: float = 1.0) -> None:
        """Draw at time `t` in rig units (the caller has placed, scaled and flipped the canvas).

        Args:
            canvas: where to draw.
            pose: the pose at any time, so that lagging parts can look back.
            t: seconds.
            alpha: opacity of the whole actor.
        """
        poses: dict[float, Pose] = {}

        def at(lag: float) -> Pose:
            if lag not in poses:
                poses[lag] = pose(t - lag)
            return poses[lag]

        now, matrices, brush = at(0.0), dict[str, skia.Matrix](), Brush(canvas, self.look)
        if alpha < 1:
            canvas.saveLayer(None, skia.Paint(Alphaf=alpha))
        canvas.save()
        canvas.concat(_matrix(now.root, (0.0, self.actor.foot)))
        if self.actor.behind:
            self.actor.behind(brush, t, self.actor, self.colours)
        for step in self._order:
            part = step.part if isinstance(step, Face) else step.name
            canvas.save()
            canvas.concat(self._place(part, at, matrices))
            if isinstance(step, Face):
                _draw_face(brush, step, now.face)
            else:
                self._sprites[part].draw(canvas)
            canvas.restore()
        if self.actor.front:
            self.actor.front(brush, t, self.actor, self.colours)
        canvas.restore()
        if alpha < 1:
            canvas.restore()

    def _place(self, name: str, at: Callable[[float], Pose], done: dict[str, skia.Matrix]) -> skia.Matrix:
        if name not in done:
            part = self._by_name[name]
            pose = at(round(part.lag * 12) / 12)  # few different moments: each costs a whole pose
            turn = pose.joints.get(part.joint, REST) if part.joint else REST
            if part.joint == "jaw" and turn is REST and pose.face.sing:
                turn = Turn(part.limits[1] * pose.face.sing, sy=1 + 0.45 * pose.face.sing)
            lo, hi = part.limits
            own = _matrix(Turn(min(max(turn.rot, lo), hi), turn.dx, turn.dy, turn.sx, turn.sy), part.pivot)
            done[name] = skia.Matrix.Concat(self._place(part.parent, at, done), own) if part.parent else own
        return done[name]


def _draw_face(brush: Brush, face: Face, mood: Expression) -> None:
    for eye in face.eyes:
        brush.eye(eye.x, eye.y, eye.r, 1.0 if mood.asleep else mood.closed, mood.look)
    if face.mouth:
        brush.mouth(*face.mouth, opened=mood.sing)


def _matrix(turn: Turn, pivot: Point) -> skia.Matrix:
    matrix = skia.Matrix()
    if turn is REST:
        return matrix
    matrix.setTranslate(-pivot[0], -pivot[1])
    matrix.postScale(turn.sx, turn.sy)
    matrix.postRotate(turn.rot)
    matrix.postTranslate(pivot[0] + turn.dx, pivot[1] + turn.dy)
    return matrix
