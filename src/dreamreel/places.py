"""Where things that are not films live on this machine."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["models_folder", "state_file"]


def models_folder() -> Path:
    """Where model files live (it need not exist): `DREAMREEL_MODELS`, else `models` in the user's data folder."""
    if named := os.environ.get("DREAMREEL_MODELS"):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("dreamreel") / "models"


def state_file(name: str) -> Path:
    """A private file that outlives the cache: under `$DREAMREEL_HOME`, else in the user's state folder."""
    if given := os.environ.get("DREAMREEL_HOME"):
        return Path(given) / name
    from platformdirs import user_state_path

    return user_state_path("dreamreel", appauthor=False) / name
