"""Pictures repaired by code of our own, where FFmpeg has no filter that is good enough.

    window of frames ─► planes ─► align (neighbours laid over the frame) ─► temporal, dust, halo, grain … ─► frame

Everything here is a function of a few frames: no file is opened, nothing is remembered between frames that could make
the result depend on where a film is cut into segments.
"""

__all__: list[str] = []
