"""Presets: what to make for a phone, a network, an archive, as data; one TOML file a family, and files of the user.

A preset is a wish and limits. Within the limits a track is copied; otherwise it is encoded as the wish says.
"""
