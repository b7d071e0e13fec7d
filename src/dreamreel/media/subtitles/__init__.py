"""Subtitles: files and tracks of any format become one value, and that value any format again.

    files   srt, ass, vtt, ttml …  ─► read()    ─┐                  ┌─► write()    a file
    tracks  mov_text, subrip, ass …─► read_track ┴─► Subtitles ─────┼─► encoded()  packets for a container
                                                     (model, pure)  └─► draw       pictures

Text is kept in ASS form throughout, because every other format says less.
"""

from __future__ import annotations

from dreamreel.media.subtitles.files import FORMATS, format_named, is_subtitle_name, read, write
from dreamreel.media.subtitles.model import (
    Cue,
    Stretch,
    Style,
    Subtitles,
    apart,
    merged,
    scaled,
    shifted,
    sliced,
)

__all__ = ["FORMATS", "Cue", "Stretch", "Style", "Subtitles", "apart", "format_named", "is_subtitle_name", "merged",
           "read", "scaled", "shifted", "sliced", "write"]  # fmt: skip
