"""Write the API's description, `docs/openapi.json`: `python tools/openapi.py`. A test compares it with the code."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from dreamreel.studio.config import Folders
from dreamreel.studio.server import create_app
from dreamreel.studio.service import Studio

__all__ = ["PAGE", "described"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def described() -> str:
    """The document as text."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Folders(Path(folder) / "studio"))
        try:
            return json.dumps(create_app(studio).openapi(), indent=1, ensure_ascii=False) + "\n"
        finally:
            studio.close()


if __name__ == "__main__":
    PAGE.write_text(described(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is up to date.\n")
