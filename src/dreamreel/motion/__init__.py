"""Pictures that move: steady paths for shaken cameras, and the frames between two frames.

    analyse.shake ─► path ─► (paths) smooth path ─► corrections, packed (columns) ─► recipe ─► (steady) warped frames
    two frames ─► (flow) motion both ways ─► (between) the frame at any instant between them

Everything here works on arrays and frames in memory; nothing opens a file, and nothing is remembered between frames.
"""

__all__: list[str] = []
