"""The embedded generator: a photo and a sentence become frames and a lullaby, on any CPU, without weights.

    sentence ─ prompt ─► Storyboard ─ stage ─► Staging ─┐
    photo ─ fit, analyse.faces ─► Portrait ─────────────┼─ painter ─► planar frames
    setting ─ scenery ─► Backdrop, actors ─ rig ────────┘
    Storyboard ─ sound ─► lullaby and ambience

What can be drawn lives in `actors/`, `actions/` and `settings/`, one small file each. This room may use `media.info`
and `analyse`; it knows nothing of clips, files or the command line.
"""

__all__: list[str] = []
