"""Detectors: what is in a picture or a sound, and pictures that show it.

    file ─► look (frames as luma, samples as levels) ─► scenes, silence, black, bars, interlace ─► spans …

Each detector is a pure function on arrays, and a `detect` that reads a file for it. Nothing here changes a pixel.
"""

__all__: list[str] = []
