"""A dog: a puppy with one dark ear patch, floppy ears and a red collar."""

from __future__ import annotations

from dreamreel.dream.actors._anatomy import four_legs
from dreamreel.dream.cast import ActorWords
from dreamreel.dream.rig import Actor, Eye, Face, Mark, Part, Seat
from dreamreel.dream.shapes import Blob, Curve, Oval, circle

__all__ = ["ACTOR"]

ACTOR = Actor(
    words=ActorWords(
        nouns=("dog", "puppy", "doggy", "doggie", "pup", "hound", "puppy dog"),
        emoji=("🐶", "🐕", "🦮"),
        habitat="ground",
        habit="run",
        settings=("meadow", "beach", "bedroom"),
    ),
    colours={
        "body": 0xEFCB9F,
        "far": 0xD3A980,
        "ear": 0xBE8765,
        "muzzle": 0xFFF4E4,
        "nose": 0x5B3F60,
        "collar": 0xE8788F,
        "tag": 0xFFD778,
    },
    parts=(
        Part(
            "tail_tip",
            Curve(((-52, -8), (-57, -18), (-55, -27)), 9),
            "muzzle",
            (-52, -8),
            "tail",
            -3,
            "tail_tip",
            (-50, 50),
            0.25,
        ),
        Part(
            "tail",
            Curve(((-32, 8), (-44, 4), (-52, -8)), 11),
            "body",
            (-33, 8),
            "body",
            -2,
            "tail",
            (-45, 45),
            0.1,
        ),
        *four_legs(
            ((8, 18), (9, 52)),
            ((-29, 19), (-30, 52)),
            (11, 8),
            far=11,
            melt=16,
            marks=(Mark(Oval(2, -1, 14, 8), "muzzle", 0.9, 0.6),),
        ),
        Part(
            "body",
            Blob(
                ((-36, -2), (-18, -8), (4, -8), (20, -2), (25, 18), (12, 33), (-14, 35), (-36, 33), (-45, 16))
            ),
            "body",
            (-8, 30),
            None,
            0,
            "body",
            (-20, 20),
            marks=(
                Mark(Oval(-6, 38, 32, 10), "muzzle", 0.6, 3),
                Mark(Blob(((-30, -14), (-8, -12), (-6, 2), (-18, 10), (-32, 6))), "ear", 0.75, 0.8),
            ),
        ),
        Part("tag", circle(24, 17, 5), "tag", (23, 10), "collar", 1.7, "tag", (-40, 40), 0.2),
        Part(
            "collar",
            Curve(((-2, 6), (10, 13), (26, 13), (40, 6)), 8),
            "collar",
            (18, 8),
            "body",
            1.8,
            light=0.8,
        ),
        Part(
            "head",
            Blob(
                (
                    (22, -48),
                    (40, -44),
                    (50, -28),
                    (53, -14),
                    (51, 0),
                    (38, 9),
                    (22, 10),
                    (6, 7),
                    (-3, -4),
                    (-5, -22),
                    (4, -42),
                )
            ),
            "body",
            (18, 4),
            "body",
            3,
            "head",
            (-25, 25),
            0.1,
            (
                Mark(Oval(38, -20, 14, 17, 14), "ear", 0.75, 0.8),
                Mark(
                    Blob(((26, -13), (40, -10), (46, 0), (38, 10), (26, 12), (12, 10), (4, 1), (12, -10))),
                    "muzzle",
                    0.95,
                    0.8,
                ),
                Mark(Oval(26, -7.5, 6.2, 4.4), "nose"),
                Mark(Oval(24.5, -9, 2.2, 1.2, -20), "muzzle", 0.6),
            ),
        ),
        Part(
            "ear_l",
            Blob(((6, -44), (-4, -44), (-14, -30), (-17, -10), (-12, 2), (-3, 2), (4, -12), (10, -32))),
            "ear",
            (4, -39),
            "head",
            4,
            "ear_l",
            (-20, 60),
            0.2,
            (Mark(Oval(-8, -8, 5, 10, 10), "far", 0.35, 2),),
        ),
        Part(
            "ear_r",
            Blob(((40, -44), (50, -44), (61, -30), (65, -10), (61, 1), (53, 2), (48, -12), (40, -32))),
            "ear",
            (45, -39),
            "head",
            4,
            "ear_r",
            (-60, 20),
            0.22,
            (Mark(Oval(58, -8, 5, 10, -10), "far", 0.35, 2),),
        ),
    ),
    face=Face("head", (Eye(14, -18, 4.8), Eye(37, -18, 4.8)), (26, -4, 5.4), ((6, -6, 5.5), (46, -6, 5.5))),
    body="quadruped",
    size=0.21,
    box=(-62, -48, 66, 52),
    foot=51,
    tints=("far", "ear"),
    seats={"on": Seat(-22, 10)},
)
