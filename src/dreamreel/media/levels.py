"""Levels of codecs as people write them: H.264's 41 is 4.1, HEVC's 123 is 4.1, AV1's 9 is 4.1."""

from __future__ import annotations

__all__ = ["level_name"]


def level_name(codec: str, level: int) -> str | None:
    """The level's usual name, None where the codec has none or the file does not say (-99, 0).

    Sources: ITU-T H.264 A.3 (11 with constraint set 3 is 1b, written 9), ITU-T H.265 A.4 (30 × level), AV1 A.3
    (4 × (major - 2) + minor), ISO/IEC 13818-2 table 8-3.
    """
    if level <= 0 and not (codec == "av1" and level == 0):
        return None
    match codec:
        case "h264":
            return "1b" if level == 9 else f"{level // 10}.{level % 10}".removesuffix(".0")
        case "hevc":
            return f"{level / 30:.1f}".removesuffix(".0")
        case "av1":
            return f"{2 + (level >> 2)}.{level & 3}" if level < 31 else None
        case "mpeg2video":
            return {10: "low", 8: "main", 6: "high-1440", 4: "high"}.get(level)
        case "vp9":
            return f"{level // 10}.{level % 10}".removesuffix(".0")
        case _:
            return str(level) if codec in ("mpeg4", "vvc") else None
