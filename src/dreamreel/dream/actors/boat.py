"""A sailing boat: a nutshell hull with a face, two filling sails and a pennant."""

from __future__ import annotations

from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Both, Box, Capsule, Curve, Star

__all__ = ["ACTOR"]

_HULL = Both(
    Blob(((-58, 16), (-50, 38), (-28, 50), (24, 50), (50, 38), (64, 12), (40, 4), (-30, 6))),
    Box(-80, 15, 160, 60, 0),
)
_MAIN = Blob(((-2, -56), (2, -20), (0, 6), (-24, 7), (-42, 4), (-30, -16), (-14, -40)))
_JIB = Blob(((5, -46), (22, -24), (40, 4), (22, 7), (6, 5), (9, -18)))


ACTOR = Actor(
    words=ActorWords(
        nouns=("boat", "sailboat", "sailing boat", "ship", "sailing ship", "little boat", "yacht"),
        emoji=("⛵", "🚤", "🛶", "🚢"),
        habitat="water",
        habit="float",
        alive=False,
        settings=("open_sea", "beach"),
    ),
    colours={
        "body": 0xEE6F83,
        "rail": 0xFFE3B8,
        "keel": 0x8A5AA8,
        "sail": 0xFFF8EC,
        "jib": 0xFFDDA0,
        "shade": 0x7B6FC0,
        "mast": 0xB98058,
        "flag": 0x74BDEB,
        "stripe": 0xF7A9B6,
        "light": 0xFFFFFF,
    },
    parts=(
        Part(
            "mast",
            Capsule((2, -58), (2, 22), 2, 2.6),
            "mast",
            (2, 20),
            "hull",
            -1,
            "mast",
            (-10, 10),
            lag=0.08,
        ),
        Part(
            "flag",
            Blob(((2, -67), (-10, -65), (-22, -68), (-20, -61), (-22, -56), (-10, -58), (2, -57))),
            "flag",
            (2, -62),
            "mast",
            -1.5,
            "flag",
            (-30, 30),
            lag=0.25,
        ),
        Part(
            "sail",
            _MAIN,
            "sail",
            (0, -20),
            "mast",
            0.4,
            "sail",
            (-14, 14),
            lag=0.17,
            shade="shade",
            marks=(
                Mark(Curve(((-46, -6), (-20, -9), (8, -7)), 6), "stripe", 0.85),
                Mark(Star(-13, -22, 6.4, 3.8, 5, 2.4), "jib"),
            ),
        ),
        Part("jib", _JIB, "jib", (5, -20), "mast", 0.3, "jib", (-14, 14), lag=0.22, shade="shade"),
        Part(
            "hull",
            _HULL,
            "body",
            (0, 36),
            None,
            1,
            "body",
            (-20, 20),
            shade="keel",
            marks=(
                Mark(Curve(((-70, 46), (-20, 49), (70, 46)), 9), "rail", 0.75),
                Mark(Curve(((-46, 26), (-36, 37), (-24, 41)), 3), "light", 0.4, 1.4),
            ),
        ),
        Part("rail", Capsule((-58, 15), (62, 14), 3.6, 3.6), "rail", (0, 14), "hull", 1.5, light=0.7),
    ),
    face=Face("hull", (Eye(16, 26, 4.6), Eye(36, 26, 4.6)), (26, 31.5, 5), ((8, 33, 5), (44, 32, 5))),
    body="vehicle",
    size=0.26,
    box=(-63, -70, 67, 51),
    foot=43,
    tints=("stripe",),
    seats={"on": Seat(44, 26, 0.55, behind=True), "in": Seat(44, 26, 0.55, behind=True)},
)
