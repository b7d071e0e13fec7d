"""The grammar: from a text to what it says, in four steps, each a pure function of the one before.

text ──tokens──► words with positions ──tagging──► one sense a word ──parsing──► Draft ──compose──► Storyboard
"""

from __future__ import annotations

__all__: list[str] = []
