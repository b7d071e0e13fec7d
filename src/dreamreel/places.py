"""Where things that are not films live on this machine."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["models_folder"]


def models_folder() -> Path:
    """Where model files live (it need not exist): `DREAMREEL_MODELS`, else `models` in the user's data folder."""
    if named := os.environ.get("DREAMREEL_MODELS"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("dreamreel") / "models"
