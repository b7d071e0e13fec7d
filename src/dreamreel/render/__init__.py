"""Rendering: plan (pure), then run.

lower, plan, explain     what will be done, decided without opening a file
run, local, worker       doing it; `store` keeps what is finished, `progress` tells how far it is
frames, sound, graphs    pixels and samples, lazily, at exact times
renderer                 what clips see of all this
"""
