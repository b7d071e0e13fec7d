"""How each setting sounds: a table of textures, and the one function that mixes them.

    setting kind, time of day, weather ─► layers ─► dry bus + what the room hears of it

Levels are dB relative to each other within a setting; how loud the whole lies under the lullaby is said by `under`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dreamreel.dream.sound.field import Field, Stereo, blank, decibels, generator
from dreamreel.dream.sound.textures import (
    Air,
    Buzz,
    Calls,
    Chimes,
    Clock,
    Crickets,
    Drops,
    Pad,
    SleighBells,
    Syllable,
    Texture,
    Waves,
)
from dreamreel.dream.storyboard import SettingCue, TimeOfDay, Weather

__all__ = ["AMBIENCES", "Ambience", "Layer", "layers_of", "render_ambience"]


@dataclass(frozen=True)
class Layer:
    """A texture, how loud, and how much of it the room answers."""

    texture: Texture
    db: float
    far: float = 0.2
    """0 close to the ear … 1 only its reverberation is heard."""


@dataclass(frozen=True)
class Ambience:
    """The sound of a place."""

    always: tuple[Layer, ...]
    by_day: tuple[Layer, ...] = ()
    """Dawn and day."""
    by_night: tuple[Layer, ...] = ()
    """Dusk and night."""
    under: float = 15.0
    """LU below the lullaby."""
    weather: Literal["outside", "behind glass", "none"] = "outside"
    roof: tuple[Weather, ...] = field(default=())
    """Weathers that are already part of `always`."""


ROBIN = (
    Syllable(3300, 4300, 0.07, 0.03),
    Syllable(4200, 3100, 0.10, 0.05),
    Syllable(3000, 3600, 0.06, 0.03),
    Syllable(3900, 3500, 0.12, 0.09, bend=0.08),
)
TIT = (Syllable(4700, 4500, 0.09, 0.07), Syllable(3700, 3600, 0.13, 0.10))
CUCKOO = (Syllable(660, 650, 0.22, 0.16), Syllable(525, 515, 0.32, 0.9))
OWL = (
    Syllable(365, 355, 0.42, 0.55, bend=0.03, rough=0.10),
    Syllable(350, 360, 0.12, 0.10, rough=0.10),
    Syllable(372, 345, 0.85, 0.5, bend=0.03, rough=0.10),
)
GULL = (
    Syllable(1250, 900, 0.32, 0.10, bend=0.22, rough=0.35),
    Syllable(1200, 880, 0.26, 0.12, bend=0.20, rough=0.35),
    Syllable(1120, 820, 0.24, 0.3, bend=0.18, rough=0.35),
)
WHALE = (
    Syllable(210, 330, 1.1, 0.15, bend=0.10, rough=0.08),
    Syllable(320, 240, 1.4, 0.6, bend=0.06, rough=0.08),
)

STARS = Layer(Chimes(every=2.6, register=24), -4, far=0.8)
CRICKETS = Layer(Crickets(), 2, far=0.45)

AMBIENCES: dict[str, Ambience] = {
    "night_sky": Ambience(
        always=(Layer(Air(180, 900, gust=0.5, period=7), 0, far=0.1), STARS),
        by_day=(Layer(Calls(ROBIN, every=4.5), -1, far=0.7),),
        by_night=(Layer(Crickets(count=3), -1, far=0.6),),
        under=16,
    ),
    "meadow": Ambience(
        always=(Layer(Air(250, 1700, gust=0.7, period=5), 0, far=0.1),),
        by_day=(
            Layer(Calls(ROBIN, every=2.6, voices=3, least=2, repeat=(1, 2)), 6, far=0.5),
            Layer(Calls(TIT, every=3.7, voices=2, repeat=(2, 3)), 3, far=0.5),
            Layer(Buzz(), 2, far=0.1),
        ),
        by_night=(CRICKETS, Layer(Crickets(pitch=3500, count=2), 1, far=0.6)),
        under=15,
    ),
    "forest": Ambience(
        always=(
            Layer(Air(130, 700, gust=0.6, period=7), 0, far=0.1),
            Layer(Air(1400, 4800, gust=0.85, period=4, width=0.95, slope=0.6), -9, far=0.2),
        ),
        by_day=(
            Layer(Calls(ROBIN, every=3.2, voices=3, repeat=(1, 2)), 7, far=0.65),
            Layer(Calls(CUCKOO, every=7.0, voices=1, repeat=(1, 2)), 6, far=0.85),
        ),
        by_night=(
            Layer(Calls(OWL, every=9.0, voices=2), 9, far=0.7),
            Layer(Crickets(count=2), -1, far=0.6),
        ),
        under=15,
    ),
    "beach": Ambience(
        always=(Layer(Waves(period=5.5, hiss=0.55), 0, far=0.1),),
        by_day=(Layer(Calls(GULL, every=11.0, voices=2), 1, far=0.8),),
        by_night=(Layer(Crickets(count=2), -3, far=0.6),),
        under=14.5,
    ),
    "open_sea": Ambience(
        always=(
            Layer(Waves(period=7.0, hiss=0.22), 0, far=0.1),
            Layer(Air(200, 850, gust=0.7, period=6), -5, far=0.1),
        ),
        by_day=(Layer(Calls(GULL, every=14.0, voices=2), 0, far=0.85),),
        by_night=(STARS,),
        under=15,
    ),
    "underwater": Ambience(
        always=(
            Layer(Air(90, 320, gust=0.5, period=6, slope=1.4), 0, far=0.2),
            Layer(Drops(per_second=3.0, low=380, high=1300, decay=0.045, rise=0.22), 5, far=0.4),
            Layer(Calls(WHALE, every=11.0, voices=1), 7, far=0.9),
        ),
        under=14.5,
        weather="none",
    ),
    "space": Ambience(
        always=(
            Layer(Pad(register=-12, shimmer=0.3), 0, far=0.5),
            Layer(Air(120, 500, gust=0.6, period=8, slope=1.3), -8, far=0.2),
            Layer(Chimes(every=3.4, register=24, decay=1.4), -3, far=0.9),
        ),
        under=15,
        weather="none",
    ),
    "snow_field": Ambience(
        always=(
            Layer(Air(140, 480, gust=0.7, period=6.5, slope=1.2), 0, far=0.1),
            Layer(SleighBells(), -2, far=0.75),
        ),
        by_night=(STARS,),
        under=15,
        roof=("snow",),
    ),
    "bedroom": Ambience(
        always=(
            Layer(Air(110, 420, gust=0.25, period=7, width=0.5, slope=1.3), 0, far=0.1),
            Layer(Clock(), 5, far=0.35),
        ),
        by_day=(Layer(Calls(ROBIN, every=5.0), -3, far=0.9),),
        by_night=(Layer(Chimes(every=4.5, register=24, decay=0.7), -5, far=0.7),),
        under=17,
        weather="behind glass",
    ),
    "candy_land": Ambience(
        always=(
            Layer(Air(300, 1400, gust=0.6, period=5), -3, far=0.1),
            Layer(Chimes(every=0.9, register=24, decay=0.35, cluster=4), 4, far=0.6),
            Layer(Chimes(every=1.2, register=0, decay=0.11, overtone=2.0, cluster=3), 9, far=0.4),
        ),
        by_night=(STARS,),
        under=14.5,
    ),
}
"""By the setting's kind."""

QUIET_AIR = Ambience(always=(Layer(Air(160, 800, gust=0.5, period=7), 0, far=0.1),), under=17)
"""A setting that has no sound of its own yet."""

WEATHERS: dict[Weather, tuple[Layer, ...]] = {
    "clear": (),
    "cloudy": (),
    "fog": (),
    "rain": (
        Layer(Air(700, 5200, gust=0.2, period=6, width=0.95, slope=0.7), 1, far=0.1),
        Layer(Drops(per_second=38, low=900, high=3600, decay=0.009), 5, far=0.25),
    ),
    "snow": (Layer(Air(350, 1500, gust=0.5, period=6, width=0.9), -7, far=0.2),),
    "wind": (Layer(Air(220, 1100, gust=0.9, period=3.5, width=0.85), 3, far=0.15),),
}
BEHIND_GLASS: dict[Weather, tuple[Layer, ...]] = {
    "rain": (
        Layer(Air(250, 1500, gust=0.2, period=6, width=0.8), -2, far=0.2),
        Layer(Drops(per_second=16, low=700, high=2000, decay=0.012), 2, far=0.4),
    ),
    "wind": (Layer(Air(160, 600, gust=0.9, period=4, width=0.8), 0, far=0.3),),
}
"""What of the weather is heard indoors."""

DARK: tuple[TimeOfDay, ...] = ("dusk", "night")


def layers_of(setting: SettingCue) -> tuple[Layer, ...]:
    """Everything that is heard there, at that time and in that weather."""
    place = AMBIENCES.get(setting.kind, QUIET_AIR)
    layers = place.always + (place.by_night if setting.time in DARK else place.by_day)
    if place.weather == "none" or setting.weather in place.roof:
        return layers
    return layers + (WEATHERS if place.weather == "outside" else BEHIND_GLASS).get(setting.weather, ())


def render_ambience(field: Field, setting: SettingCue, seed: int) -> tuple[Stereo, Stereo]:
    """(dry, send): what reaches the ear directly, and what the room is to answer."""
    dry, send = blank(field), blank(field)
    for i, layer in enumerate(layers_of(setting)):
        sound = layer.texture.render(field, generator("ambience", seed, setting.kind, i))
        sound *= np.float32(decibels(layer.db))
        dry += np.float32(1 - layer.far) * sound
        send += np.float32(layer.far) * sound
    return dry, send
