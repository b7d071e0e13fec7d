"""Detectors: what is in a picture or a sound.

Arrays in, plain values out; nothing here opens a file or changes a pixel.
"""

__all__: list[str] = []
