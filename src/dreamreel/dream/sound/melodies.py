"""Cradle songs everyone knows, all long in the public domain, arranged here for a small music box.

Data only. The tunes are traditional, or by composers who died more than a century ago; harmonies, miniatures and
forms are this project's own.
"""

from __future__ import annotations

from dreamreel.dream.sound.score import Melody, phrase

__all__ = ["MELODIES"]

WIEGENLIED = Melody(
    title="Wiegenlied (Johannes Brahms, op. 49 no. 4, 1868)",
    bar=3,
    pulse=1,
    pickup=1,
    phrases=(
        phrase(
            "e5:1/2 e5:1/2 | g5:3/2 e5:1/2 e5 | g5:2 e5:1/2 g5:1/2 | c6 b5:3/2 a5:1/2 | a5 g5",
            "r:1 | C:3 | C:3 | C:1 G:2 | F:1 C:1",
        ),
        phrase(
            "d5:1/2 e5:1/2 | f5 d5 d5:1/2 e5:1/2 | f5:2 d5:1/2 f5:1/2 | b5:1/2 a5:1/2 g5 b5 | c6:2",
            "r:1 | G7:3 | G7:3 | G7:3 | C:2",
        ),
        phrase(
            "c5:1/2 c5:1/2 | c6:2 a5:1/2 f5:1/2 | g5:2 e5:1/2 c5:1/2 | f5 g5 a5 | g5:2",
            "r:1 | F:3 | C:3 | F:2 Dm:1 | G:2",
        ),
        phrase(
            "c5:1/2 c5:1/2 | c6:2 a5:1/2 f5:1/2 | g5:2 e5:1/2 c5:1/2 | f5 e5 d5 | c5:2",
            "r:1 | F:3 | C:3 | G7:3 | C:2",
        ),
    ),
    forms=((0, 1), (2, 3), (0, 1, 2, 3)),
    miniature=phrase("e5:1/2 e5:1/2 | g5:3/2 e5:1/2 e5 | g5:2", "r:1 | C:3 | C:2"),
)

TWINKLE = Melody(
    title="Ah ! vous dirai-je, maman (France, 1761)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("c5 c5 g5 g5 | a5 a5 g5:2 | f5 f5 e5 e5 | d5 d5 c5:2", "C:4 | F:2 C:2 | F:2 C:2 | G7:2 C:2"),
        phrase(
            "g5 g5 f5 f5 | e5 e5 d5:2 | g5 g5 f5 f5 | e5 e5 d5:2", "C:2 F:2 | C:2 G:2 | C:2 F:2 | C:2 G:2"
        ),
    ),
    forms=((0,), (0, 1, 0)),
    miniature=phrase("c5 c5 g5 g5 | a5 a5 g5 e5:1/2 d5:1/2 | c5:4", "C:4 | F:2 C:1 G7:1 | C:4"),
)

SCHLAF_KINDLEIN = Melody(
    title="Schlaf, Kindlein, schlaf (Johann Friedrich Reichardt, 1781)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("e5:2 d5 d5 | c5:3 e5 | g5 g5 f5 f5 | e5:4", "C:2 G:2 | C:4 | C:2 G7:2 | C:4"),
        phrase("d5 e5 f5 d5 | e5 f5 g5:2 | d5 e5 f5 d5 | e5 f5 g5:2", "G7:4 | C:4 | G7:4 | Am:2 C:2"),
        phrase("e5:2 d5 d5 | c5:4", "C:2 G7:2 | C:4"),
    ),
    forms=((0, 2), (0, 1, 2)),
    miniature=phrase("e5:2 d5 d5 | c5 e5 g5 d5 | c5:4", "C:2 G:2 | Am:2 G7:2 | C:4"),
)

FRERE_JACQUES = Melody(
    title="Frère Jacques (France, 18th century)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("c5 d5 e5 c5 | c5 d5 e5 c5", "C:4 | Am:4"),
        phrase("e5 f5 g5:2 | e5 f5 g5:2", "C:4 | Em:4"),
        phrase("g5:1/2 a5:1/2 g5:1/2 f5:1/2 e5 c5 | g5:1/2 a5:1/2 g5:1/2 f5:1/2 e5 c5", "C:4 | C:4"),
        phrase("c5 g4 c5:2 | c5 g4 c5:2", "G7:2 C:2 | G7:2 C:2"),
    ),
    forms=((0, 3), (0, 1, 3), (0, 1, 2, 3)),
    miniature=phrase("c5 d5 e5 c5 | e5 f5 g5 g4 | c5:4", "C:4 | Am:2 G7:2 | C:4"),
)

AU_CLAIR = Melody(
    title="Au clair de la lune (France, 18th century)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("c5 c5 c5 d5 | e5:2 d5:2 | c5 e5 d5 d5 | c5:4", "C:4 | C:2 G:2 | Am:2 G7:2 | C:4"),
        phrase("d5 d5 d5 d5 | a4:2 a4:2 | d5 c5 b4 a4 | g4:4", "Dm:4 | F:4 | Dm:2 Em:2 | G:4"),
    ),
    forms=((0,), (0, 1, 0)),
    miniature=phrase("c5 c5 c5 d5 | e5:2 d5:2 | c5:4", "C:4 | C:2 G7:2 | C:4"),
)

ENTCHEN = Melody(
    title="Alle meine Entchen (Germany, 1859)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("c5 d5 e5 f5 | g5:2 g5:2 | a5 a5 a5 a5 | g5:4", "C:4 | C:4 | F:4 | C:4"),
        phrase("f5 f5 f5 f5 | e5:2 e5:2 | d5 d5 d5 d5 | c5:4", "G7:4 | C:4 | G7:4 | C:4"),
    ),
    forms=((1,), (0, 1)),
    miniature=phrase("c5 d5 e5 f5 | g5 g5 e5 d5 | c5:4", "C:4 | C:2 G7:2 | C:4"),
)

ROW_YOUR_BOAT = Melody(
    title="Row, row, row your boat (United States, 1852)",
    bar=6,
    pulse=3,
    phrases=(
        phrase("c5:3 c5:3 | c5:2 d5 e5:3 | e5:2 d5 e5:2 f5 | g5:6", "C:6 | C:6 | C:6 | G:6"),
        phrase("c6 c6 c6 g5 g5 g5 | e5 e5 e5 c5 c5 c5 | g5:2 f5 e5:2 d5 | c5:6", "C:6 | C:6 | G7:6 | C:6"),
    ),
    forms=((1,), (0, 1)),
    miniature=phrase("e5:2 d5 e5:2 f5 | g5:2 f5 e5:2 d5 | c5:6", "C:6 | G7:6 | C:6"),
)

LITTLE_LAMB = Melody(
    title="Mary had a little lamb (Lowell Mason, 1831)",
    bar=4,
    pulse=2,
    phrases=(
        phrase("e5:3/2 d5:1/2 c5 d5 | e5 e5 e5:2 | d5 d5 d5:2 | e5 g5 g5:2", "C:4 | Am:4 | G:4 | C:4"),
        phrase("e5:3/2 d5:1/2 c5 d5 | e5 e5 e5 c5 | d5 d5 e5 d5 | c5:4", "C:4 | Am:4 | G7:4 | C:4"),
    ),
    forms=((1,), (0, 1)),
    miniature=phrase("e5:3/2 d5:1/2 c5 d5 | e5 g5 e5 d5 | c5:4", "C:4 | Am:2 G7:2 | C:4"),
)

MELODIES: tuple[Melody, ...] = (
    WIEGENLIED,
    TWINKLE,
    SCHLAF_KINDLEIN,
    FRERE_JACQUES,
    AU_CLAIR,
    ENTCHEN,
    ROW_YOUR_BOAT,
    LITTLE_LAMB,
)
