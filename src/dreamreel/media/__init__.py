"""Files in and out, through PyAV and Pillow: the only room that opens media.

    open ─► probe ─► MediaFile ─► ClipInfo            what is in a file
    open ─► decode: VideoReader, AudioReader          frames and samples at exact times
    images: load_image, save_image, write_animation   pictures
    filters: build_graph                              FFmpeg filters as data
    encode: VideoSegmentWriter, encode_audio          intermediate files
    mux                                               intermediates ─► the output, with its recipe inside

`formats` says what can be written, `colour`, `timing`, `rotation`, `truncation` and `carriers` hold the facts about
files, `atomic` keeps every output complete or absent, `libav` is the typed edge to PyAV.
"""
