"""The jobs page; everything it needs of the API is the studio's own."""

from __future__ import annotations

from dreamreel.studio.kinds import Page

__all__ = ["PAGE"]

PAGE = Page(name="jobs", order=20, icon="jobs")
