"""What clips see of rendering: `clip.Renderer` as a module, found by name when a clip is first written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dreamreel.clip import Clip, Option

__all__ = ["explain", "write"]


def write(clip: Clip, path: Path, **options: Option) -> Path:
    """Compute `clip` into `path`; the options are the fields of `render.run.Options`."""
    from dreamreel.render.run import as_options, render

    return render(clip.node, path, as_options(dict(options))).path


def explain(clip: Clip, path: Path | None, **options: Option) -> str:
    """What `write` would do, in words; an mp4 file when `path` is None."""
    from dreamreel.render.explain import explained
    from dreamreel.render.plan import make_plan
    from dreamreel.render.run import as_options

    out = path or Path("clip.mp4" if clip.info.video else "clip.m4a")
    return explained(make_plan(clip.node, out, as_options(dict(options)).target))
