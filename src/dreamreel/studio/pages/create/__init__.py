"""The Create page: a photo and a dream become a film.

form.py   the form, and how it becomes a recipe      api.py   reading a dream as one types, what can be dreamt of
"""

from __future__ import annotations

from dreamreel.studio.kinds import Page
from dreamreel.studio.pages.create.api import router
from dreamreel.studio.pages.create.form import GENERATE

__all__ = ["PAGE"]

PAGE = Page(name="create", order=10, icon="create", kinds=(GENERATE,), routers=(router,))
