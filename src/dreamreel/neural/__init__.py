"""Networks that make pictures larger and cleaner, and what runs them.

    catalog     which networks there are: name, scale, halo, file, hash, licence
    graph       one network and the colour conversions around it, as one OpenVINO model for tiles of one size
    enlarge     frames in tiles through it: samples in, samples out
    faces       faces of a film by a network of their own, inside soft masks
    reuse       what of a frame has changed, and in which rectangles to compute it
    unweave     frames of interlaced films made whole, field by field, by a network of its own kind
    tiling      into how many tiles a picture is cut
    damage      how much of a film a network would take away
    runtimes/   the same graph on graphics cards, by ONNX Runtime; tried before it is used
    machine     which precision is fastest here
    community/  weights of others
    listed      all networks there are, ours and others', for whoever shows them

Knows frames and colour (`media`), nothing of clips or plans. OpenVINO and ONNX Runtime are imported only in this
room, when first needed.
"""
