"""What computes networks besides OpenVINO: ONNX Runtime on a graphics card, through one of its providers.

    graph (OpenVINO's, colours converted in it) ─► export ─► file ─► an ONNX model, byte for byte the same everywhere
    providers ─► is one there, does it give the right numbers ─► device: tiles through it
    chosen    ─► tiles by the one runtime that a precision names

There is one graph. What a graphics card computes is translated from it node by node, so that whatever is changed there
(colours, strengths, scales) is changed here as well. onnxruntime is an optional extra; without it nothing of this room
is used.
"""
