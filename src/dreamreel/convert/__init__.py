"""Converting: what a user of `convert` can say, presets, and the way from both to a clip and a target.

words ─► Wish ─┐
preset (data) ─┼─► resolve (pure) ─► compose (pure) ─► Clip + Target ─► the renderer
probed file ───┘                                        job: one file, start to end, with a report
"""
