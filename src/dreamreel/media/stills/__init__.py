"""Still pictures from any format to any other, with everything kept that the target can hold and the rest said.

    source ─► sniff ─► read (vips, pillow-heif, pdfium, LibRaw) ─► turn, crop, resize ─► colours ─► write ─► tags

Start at `convert.convert_still`. `is_picture_source` and `is_picture_target` say whether a file belongs here.
"""

from dreamreel.media.stills.convert import convert_still, join_stills
from dreamreel.media.stills.formats import FORMATS, StillFormat, is_picture_target
from dreamreel.media.stills.options import StillOptions, StillReport, options_from
from dreamreel.media.stills.sniff import is_picture_source

__all__ = [
    "FORMATS",
    "StillFormat",
    "StillOptions",
    "StillReport",
    "convert_still",
    "is_picture_source",
    "is_picture_target",
    "join_stills",
    "options_from",
]
