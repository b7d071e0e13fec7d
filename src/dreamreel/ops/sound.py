"""Ops on sound: volume, mute, mix, replace, and loudness to a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from dreamreel.errors import BadParameter, BadTime
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Compose, Filter, Gain, need_audio
from dreamreel.time import Span, figure

__all__ = ["Mix", "Mute", "Normalise", "ReplaceSound", "Volume"]


def _amplitude(db: float) -> float:
    return 10.0 ** (db / 20.0)


@dataclass(frozen=True, slots=True)
class Volume(Filter):
    """Louder or quieter by `db` decibels, −120 to 60."""

    name = "sound.volume"
    db: float

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_audio("volume", info)
        if not -120 <= self.db <= 60:
            raise BadParameter(f"volume: {self.db:g} dB is out of range; choose -120 to 60.")
        return info

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        if self.db == 0:
            return ()
        return (Gain(Span(Fraction(0), info.duration), _amplitude(self.db), _amplitude(self.db)),)


@dataclass(frozen=True, slots=True)
class Mute(Filter):
    """The picture alone: the sound track is taken away."""

    name = "sound.mute"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        if info.video is None:
            raise BadParameter("mute: this clip has only sound, so nothing would be left.")
        return replace(info, audio=None)


@dataclass(frozen=True, slots=True)
class Mix(Compose):
    """The second clip's sound added to the first's, from `at` on, `db` louder or quieter. The first sets the length."""

    name = "sound.mix"
    at: Fraction = Fraction(0)
    db: float = 0.0

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        base, other = inputs
        extra = need_audio("mix", other)
        if not 0 <= self.at < base.duration:
            raise BadTime(f"mix: {figure(self.at)} s is not inside a clip of {figure(base.duration)} s.")
        if not -120 <= self.db <= 60:
            raise BadParameter(f"mix: {self.db:g} dB is out of range; choose -120 to 60.")
        return replace(base, audio=base.audio or extra)

    @property
    def amplitude(self) -> float:
        """The linear factor on the second sound."""
        return _amplitude(self.db)


@dataclass(frozen=True, slots=True)
class ReplaceSound(Compose):
    """The first clip's picture with the second clip's sound, cut or followed by silence to the picture's length."""

    name = "sound.replace"

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        base, other = inputs
        return replace(base, audio=need_audio("replace sound", other))


@dataclass(frozen=True, slots=True)
class Normalise(Filter):
    """Loudness brought to `target` LUFS (EBU R 128), true peaks kept under `peak` dBTP.

    The clip is heard once before the render; what was measured becomes part of the op, so that the render itself is
    one constant gain, and a limiter only where the gain would lift a peak over the ceiling.
    """

    name = "sound.normalise"
    target: float = -16.0
    peak: float = -1.0
    integrated: float | None = None
    """Measured integrated loudness in LUFS; None before the measuring pass."""
    true_peak: float | None = None
    """Measured true peak in dBTP."""

    def infer(self, *inputs: ClipInfo) -> ClipInfo:
        (info,) = inputs
        need_audio("normalise", info)
        if not -70 <= self.target <= -5 or not -9 <= self.peak <= 0:
            raise BadParameter("normalise: choose a target of -70 to -5 LUFS and a peak of -9 to 0 dBTP.")
        return info

    @property
    def measured(self) -> bool:
        """True once the measuring pass has been made."""
        return self.integrated is not None

    def resolved(self, integrated: float, true_peak: float) -> Normalise:
        """The same op with what was measured, to a hundredth of a decibel."""
        return replace(self, integrated=round(integrated, 2), true_peak=round(true_peak, 2))

    @property
    def gain_db(self) -> float:
        """The gain that reaches the target; 0 for silence, which has no loudness to correct."""
        if self.integrated is None or self.integrated <= -70:
            return 0.0
        return self.target - self.integrated

    @property
    def limits(self) -> bool:
        """True when the gain alone would lift a peak over the ceiling."""
        return self.true_peak is not None and self.true_peak + self.gain_db > self.peak

    def gains(self, info: ClipInfo) -> tuple[Gain, ...]:
        factor = _amplitude(self.gain_db)
        return (Gain(Span(Fraction(0), info.duration), factor, factor),)
