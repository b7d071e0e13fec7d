"""Files that nobody has: what probing would have found of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from dreamreel.clip import Clip
from dreamreel.convert.compose import Composed, compose
from dreamreel.convert.wish import Wish
from dreamreel.media.info import Colour
from dreamreel.media.probe import AudioTrack, MediaFile, OtherTrack, VideoTrack
from dreamreel.media.rotation import Rotation
from dreamreel.ops.source import from_found

PQ = Colour(9, 1, 9, 16)
HD = Colour(1, 1, 1, 1)
LENGTH = Fraction(16)


def picture(width: int = 1920, height: int = 1080, **facts: Any) -> VideoTrack:
    """A picture track."""
    rate = facts.pop("rate", Fraction(25))
    values: dict[str, Any] = {
        "index": 0, "codec": "h264", "setup": "aa", "bit_rate": 8_000_000, "profile": "High", "width": width,
        "height": height, "coded_width": width, "coded_height": height, "pix_fmt": "yuv420p", "bits": 8, "rate": rate,
        "average_rate": rate or Fraction(30), "sar": Fraction(1), "colour": HD, "rotation": Rotation(), "frames": None,
        "start": Fraction(0), "duration": LENGTH, "time_base": Fraction(1, 12800), "cover": False, "language": None,
        "title": None, "dispositions": (),
    }  # fmt: skip
    return VideoTrack(**(values | facts))


def sound(index: int = 1, **facts: Any) -> AudioTrack:
    """A sound track."""
    values: dict[str, Any] = {
        "index": index, "codec": "aac", "setup": "bb", "profile": "LC", "sample_rate": 48_000, "layout": "stereo",
        "channels": 2, "bit_rate": 160_000, "start": Fraction(0), "duration": LENGTH, "language": None, "title": None,
        "dispositions": (),
    }  # fmt: skip
    return AudioTrack(**(values | facts))


def file(*tracks: VideoTrack | AudioTrack | OtherTrack, name: str = "party.mov", length: Fraction = LENGTH,
         size: int = 16_000_000) -> MediaFile:  # fmt: skip
    """A file of these tracks."""
    return MediaFile(
        path=Path(name), format="mov,mp4", size=size, start=Fraction(0), duration=length,
        video=tuple(t for t in tracks if isinstance(t, VideoTrack)),
        audio=tuple(t for t in tracks if isinstance(t, AudioTrack)),
        others=tuple(t for t in tracks if isinstance(t, OtherTrack)),
    )  # fmt: skip


FILES = {
    "plain": file(picture(), sound()),
    "upright": file(picture(1080, 1920), sound()),
    "4k60 hdr": file(picture(3840, 2160, codec="hevc", rate=Fraction(60), pix_fmt="yuv420p10le", bits=10, colour=PQ),
                     sound(), size=400_000_000),
    "10 bit sdr": file(picture(codec="hevc", pix_fmt="yuv420p10le", bits=10), sound()),
    "variable": file(picture(1280, 720, rate=None, average_rate=Fraction(2997, 100)), sound()),
    "wide pixels": file(picture(720, 576, codec="mpeg2video", sar=Fraction(64, 45)), sound(codec="mp2"), name="a.mpg"),
    "tiny": file(picture(160, 120, rate=Fraction(15)), sound(sample_rate=22_050, layout="mono", channels=1),
                 size=90_000),
    "odd": file(picture(1919, 1079, pix_fmt="yuv444p"), sound()),
    "8k": file(picture(7680, 4320, codec="av1"), sound(codec="opus"), name="a.mkv", size=900_000_000),
    "silent": file(picture(rate=Fraction(60000, 1001))),
    "two sounds": file(picture(), sound(layout="5.1", channels=6, codec="ac3", language="eng"),
                       sound(2, language="deu"), OtherTrack(index=3, kind="subtitle", codec="subrip", language="deu",
                       title=None, dispositions=()), name="a.mkv"),
    "sound only": file(sound(codec="flac", sample_rate=96_000), name="a.flac", size=9_000_000),
    "mp3": file(sound(codec="mp3", sample_rate=44_100), name="a.mp3", size=1_500_000),
    "prores": file(picture(codec="prores", pix_fmt="yuv422p10le", bits=10), sound(codec="pcm_s24le")),
    "long": file(picture(duration=Fraction(1800)), sound(duration=Fraction(1800)), length=Fraction(1800),
                 size=1_250_000_000),
}  # fmt: skip


def composed(asked: Wish, found: MediaFile) -> Composed:
    """`compose` without a file."""
    return compose(asked, found, Clip.of(from_found(found, "00ff")), look=False)
