"""What comes in, and what of it can never be taken: one base for the forms of the API."""

from __future__ import annotations

from typing import Final, cast

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Given"]

_DEEPEST: Final = 32


class Given(BaseModel):
    """What comes in. Text that could never be sent out again is no text."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _sendable(cls, given: object) -> object:
        """Refuse halves of surrogate pairs, which JSON can write and UTF-8 cannot, and nests that nobody builds."""
        left: list[tuple[object, int]] = [(given, 0)]
        while left:
            value, depth = left.pop()
            if depth > _DEEPEST:
                raise ValueError("it is nested too deeply")
            if isinstance(value, str):
                try:
                    value.encode()
                except UnicodeEncodeError:
                    raise ValueError("it holds half a character") from None
            elif isinstance(value, dict):
                pairs = cast("dict[object, object]", value)
                left += [(part, depth + 1) for pair in pairs.items() for part in pair]
            elif isinstance(value, list):
                left += [(part, depth + 1) for part in cast("list[object]", value)]
        return given
