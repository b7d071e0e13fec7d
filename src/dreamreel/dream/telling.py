"""A storyboard in plain English: for a card, a title, a line in a list."""

from __future__ import annotations

from typing import Final

from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard
from dreamreel.wording import listing

__all__ = ["cast_line", "place", "sentence", "unknown"]

_WEATHER: Final = {
    "clear": "", "cloudy": "under clouds", "rain": "in the rain", "snow": "in falling snow", "fog": "in the fog",
    "wind": "in the wind",
}  # fmt: skip
_TIME: Final = {"dawn": "at dawn", "day": "by day", "dusk": "at dusk", "night": "at night"}


def sentence(board: Storyboard) -> str:
    """The storyboard in one line: `night sky at night: 3 pink sheep flying over the sea, a moon`."""
    actors = ", ".join(cast_line(cue) for cue in board.actors)
    return f"{place(board.setting)}{': ' if actors else ''}{actors}"


def unknown(board: Storyboard) -> list[str]:
    """A sentence for each word that could not be placed, with what is near to it."""
    from dreamreel.dream.prompt import suggest

    lines: list[str] = []
    for word in board.not_understood:
        near = suggest(word)
        lines.append(f"“{word}” was not understood" + (f"; near to it: {listing(near)}." if near else "."))
    return lines


def place(setting: SettingCue) -> str:
    """`night sky at night in falling snow`."""
    words = [setting.kind.replace("_", " "), _TIME[setting.time], _WEATHER[setting.weather]]
    return " ".join(word for word in words if word)


def cast_line(cue: ActorCue) -> str:
    """`3 big pink sheep flying over the sea`."""
    from dreamreel.dream.lexicon.morphology import plurals

    noun = cue.kind.replace("_", " ")
    words = [
        str(cue.count) if cue.count > 1 else "",
        cue.size if cue.size != "normal" else "",
        cue.colour or "",
    ]
    words.append(noun if cue.count == 1 else plurals(noun)[0])
    words.append(_doing(cue.action) if cue.action else "")
    if cue.to and cue.relation != "alone":
        words += [cue.relation, "the", cue.to.replace("_", " ")]
    text = " ".join(word for word in words if word)
    if cue.count == 1:
        text = f"{'an' if text[0] in 'aeiou' and not text.startswith('uni') else 'a'} {text}"
    return text


def _doing(action: str) -> str:
    """The action as it goes on: running, dancing, flying."""
    from dreamreel.dream.lexicon.morphology import verb_forms

    return verb_forms(action.replace("_", " "))[3][0]
