"""The Models page: the networks that are here, what each is for and on what terms, and how to add those of others.

api.py   all networks as rows      page.js   cards, by where they come from
"""

from __future__ import annotations

from dreamreel.studio.kinds import Page
from dreamreel.studio.pages.models.api import router

__all__ = ["PAGE"]

PAGE = Page(name="models", order=80, icon="chip", listed=False, routers=(router,))
