"""The Enhance page: one button makes a film or a photo clean, sharp and large; what it will do is said before.

form.py   the form, and how it becomes a recipe      told.py   what was found and proposed, as the API says it
api.py    a close look, the plan, the preview        page.js   found ─► chain ─► card ─► before and after ─► job
"""

from __future__ import annotations

from dreamreel.studio.kinds import Page
from dreamreel.studio.pages.enhance.api import router
from dreamreel.studio.pages.enhance.form import ENHANCE

__all__ = ["PAGE"]

PAGE = Page(name="enhance", order=12, icon="enhance", kinds=(ENHANCE,), routers=(router,))
