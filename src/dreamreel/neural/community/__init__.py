"""Weights that others have trained: what is known of them, the user's own copies, and what runs them.

    catalogue.toml ─► catalog     what is known: hash, licence, author, where it comes from
    store                         the folder of models: added, verified at every use, removed
    fetch                         from an address that the user gives, resumed, verified while it comes
    tensors, unpack, convert      safetensors; .pth read without running anything in it, in a locked room
    plain, onnx, spandrel         networks: built for OpenVINO, read as ONNX, or loaded by spandrel for torch
    tiles, lock, pictures         tiles with feathered seams; the source's colours; frames as RGB and back
    enlarge                       frames through all of that
    colours, colourise            networks that give grey pictures colours, and frames through those

No address of any host is written down here, and nothing is fetched that the user did not name. torch and spandrel are
imported only here, when weights need them.
"""
