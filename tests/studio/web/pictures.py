"""Pictures of every page and state for the documentation: `python -m tests.studio.web.pictures [FOLDER]`.

    walks ─► desk by day: every state        phone by night: every state        the other two: the main ones

`make docs-images` runs this. The one photo in them is scikit-image's portrait of Eileen Collins (NASA, public domain).
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser
from tests.studio.films import astronaut
from tests.studio.serving import Serving, running_studio
from tests.studio.web.browsing import DESKTOP, PHONE, Asking, Visit, browser
from tests.studio.web.walks import WALKS

__all__ = ["FOLDER", "LARGEST", "MOST", "main"]

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "img" / "studio"
LARGEST, MOST = 120_000, 3_500_000
"""Bytes of one picture, and of all together."""
LOOKS: dict[str, dict[str, Any]] = {
    "desk-day": {"viewport": DESKTOP, "color_scheme": "light"},
    "phone-night": {
        "viewport": PHONE, "color_scheme": "dark", "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
    },
    "desk-night": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone-day": {
        "viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
    },
}  # fmt: skip
WHOLE = ("desk-day", "phone-night")
"""Looks of which every state is shown; of the others only the main ones."""
MAIN = {
    "create-ready",
    "create-making",
    "create-film",
    "enhance-compare",
    "library",
    "library-film",
    "jobs",
    "settings",
}
WIDTHS = {"desk": 1080, "phone": 468}
DREAMS = {
    "riding a whale under the stars": "still",
    "a rocket flies to the moon with two rabbits": "into",
    "a toy train through candy land": "into",
    "a unicorn dances with four butterflies in the meadow": "still",
    "a teddy bear plays in the snow with a happy dog": "into",
}


def furnish(ask: Asking, photo: Path) -> None:
    """Some films, so that pages look as they do after a week."""
    item = ask.send(photo)["id"]
    for seed, (dream, camera) in enumerate(DREAMS.items()):
        more = {
            "resolution": "360p",
            "fps": 12,
            "duration": 2,
            "camera": camera,
            "seed": seed,
            "aspect": "4:3",
        }
        ask.until(ask.dream(item, dream=dream, **more), "done")


def shown(visit: Visit, look: str) -> Image.Image:
    """What the window shows, as wide as the documentation wants it."""
    visit.drawn()
    picture = Image.open(io.BytesIO(visit.page.screenshot(animations="disabled", caret="hide")))  # noqa: TID251
    width = WIDTHS[look.partition("-")[0]]
    return picture.convert("RGB").resize(
        (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
    )


def packed(pictures: dict[str, Image.Image]) -> dict[str, bytes]:
    """The pictures as WebP, as good as their bytes together and one by one allow."""
    kept: dict[str, bytes] = {}
    for quality in (80, 74, 68, 62, 56, 50, 44):
        for name, picture in pictures.items():
            file = io.BytesIO()
            picture.save(file, "WEBP", quality=quality, method=6)
            kept[name] = file.getvalue()
        if max(map(len, kept.values())) <= LARGEST and sum(map(len, kept.values())) <= MOST:
            return kept
    raise SystemExit(f"The pictures are larger than {MOST / 1e6:.1f} MB together; show fewer states.")


def walked(chromium: Browser, studio: Serving, photo: Path, look: str) -> Iterator[tuple[str, Image.Image]]:
    """Every state in one look."""
    ask = Asking(studio)
    for name, walk in WALKS.items():
        visit = Visit(chromium, studio, allowed="401|422", **LOOKS[look])
        visit.patient = True
        for state in walk(visit, ask, photo):
            if look in WHOLE or state in MAIN:
                yield state, shown(visit, look)
            if state == "library-empty":
                furnish(ask, photo)
        visit.close()
        if visit.trouble:
            sys.stderr.write(f"{name}, {look}: {'; '.join(visit.trouble)}\n")
    if look in WHOLE:
        visit = Visit(chromium, studio, allowed="net::ERR", **LOOKS[look])
        visit.open("/library")
        visit.drawn()
        studio.kill()
        visit.text("shell.offline").wait_for()
        yield "offline", shown(visit, look)
        visit.close()
        studio.restart()


def main() -> None:
    """Draw them all, in place of those that were there."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        photo = astronaut(Path(place) / "eileen.png")
        with running_studio(Path(place) / "home") as studio:
            pictures = {
                f"{state}-{look}.webp": picture
                for look in LOOKS
                for state, picture in walked(chromium, studio, photo, look)
            }
    kept = packed(pictures)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    total = sum(map(len, kept.values()))
    sys.stdout.write(f"{len(kept)} pictures, {total / 1e6:.2f} MB, in {folder}\n")


if __name__ == "__main__":
    main()
