"""The lexicon: every word that is not the name of an actor, an action or a setting, held as data.

    *.toml ──► data (typed tables) ──► vocabulary (phrase → senses, every inflected form) ──► grammar
                                  └──► colours (word → "#rrggbb")

The tables know words only. What a sentence means is the grammar's business.
"""

from __future__ import annotations

from dreamreel.dream.lexicon.colours import colour_value, colour_values

__all__ = ["colour_value", "colour_values"]
