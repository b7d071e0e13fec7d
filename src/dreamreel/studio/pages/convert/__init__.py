"""The Convert page: any film or sound into any other, or parts of it, and nothing lost without a word.

form.py   the form, and how it becomes a recipe      api.py   what would become of a file, presets, formats
"""

from __future__ import annotations

from dreamreel.studio.kinds import Page
from dreamreel.studio.pages.convert.api import router
from dreamreel.studio.pages.convert.form import CONVERT

__all__ = ["PAGE"]

PAGE = Page(name="convert", order=15, icon="convert", kinds=(CONVERT,), routers=(router,))
