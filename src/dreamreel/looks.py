"""The verbs of a clip that change how its picture looks: cleaner, larger, steadier, in other colours.

They are a part of `Clip`, written in a file of their own; each returns a new clip at once and finds mistakes at once.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self

from dreamreel.errors import BadParameter
from dreamreel.media.tonemap import is_hdr
from dreamreel.ops.base import Op, need_video
from dreamreel.ops.clean import METHODS, Deinterlace, Denoise, Method, Sharpen, unweave
from dreamreel.ops.colour import Adjust, ToHdr, ToneMap
from dreamreel.ops.geometry import Resize
from dreamreel.ops.motion import Interpolate
from dreamreel.ops.repair import Deband, Deblock, Dehalo, check_share
from dreamreel.ops.time_ import Speed
from dreamreel.time import RateLike, TimeLike, figure, frame_rate, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamreel.graph import Node
    from dreamreel.media.info import ClipInfo
    from dreamreel.neural.catalog import Family, Precision
    from dreamreel.ops.enlarge import Enlarge, Reuse
    from dreamreel.ops.motion import Border

__all__ = ["Looks"]


class Looks:
    """What `Clip` can do to its picture."""

    __slots__ = ()
    node: Node
    info: ClipInfo

    def _with(self, *ops: Op) -> Self:
        """`ops` applied to this clip, one after another. Raises what an op raises when that cannot be."""
        node, info = self.node, self.info
        for op in ops:
            node, info = op.node(node), op.infer(info)
        return type(self)(node, info)  # pyright: ignore[reportCallIssue]

    def deinterlace(self, order: Literal["auto", "tff", "bff"] = "auto", *, double: bool = False, film: bool = False,
                    method: Method = "bwdif") -> Self:  # fmt: skip
        """Whole frames of woven fields; `double` shows every field (50i as 50p), `film` undoes 2:3 pulldown.

        With `auto` the file is looked at now: a progressive one is left alone, telecined film is put together again.
        The method `network` is nearer to the picture that was there than `bwdif`, and slower; see `neural.unweave`.
        """
        if method not in METHODS:
            raise BadParameter(f"deinterlace: there is no method {method!r}; choose {' or '.join(METHODS)}.")
        video = need_video("deinterlace", self.info)
        if method == "network" and video.still:
            return self
        if method == "network" and order != "auto" and not film:
            return self._with(unweave(order, double=double))
        if order != "auto" or film:
            return self._with(Deinterlace(order, double, film))
        from dreamreel.ops.found import deinterlace_for

        op = deinterlace_for(self.node, double, method)
        return self if op is None else self._with(op)

    def denoise(self, strength: float = 0.3, method: Literal["fast", "fine", "temporal"] = "fast") -> Self:
        """With less noise in the picture, 0 to 1; `fine` keeps more texture and takes five times as long.

        `temporal` averages over frames that motion is followed through: it takes most noise and no detail. The noise
        of the file is measured now, and a clip without any left alone; a picture that has no time is denoised `fine`.
        """
        if method != "temporal":
            return self._with(Denoise(float(strength), method))
        if need_video("denoise", self.info).still:
            return self._with(Denoise(float(strength), "fine"))
        from dreamreel.ops.found import temporal_for

        check_share("denoise", strength)
        op = temporal_for(self.node, float(strength)) if strength else None
        return self if op is None else self._with(op)

    def upscale(self, scale: int | None = None, *, height: int | None = None, family: Family = "clean",
                size: Literal["s", "m", "l"] = "m", strength: float | None = None,
                precision: Precision | None = None, reuse: Reuse = "exact", face: float = 0.0,
                faces: str | None = None, model: str | None = None, lock: bool = True) -> Self:  # fmt: skip
        """Made larger by networks: `scale` times (2, 4 or 8; 3 and others where there are networks for it), or to
        `height` lines.

        `family` is `clean` for good sources; `general` takes noise and the marks of compression away, as much as
        `strength` says (0 to 1), which is found by looking at the file now unless told. `size` is that of the network.
        `precision` is the fastest of this computer unless told, a graphics card's where there is one; they differ by
        less than is seen, and a clip remembers its own. What has not changed from frame to frame is not computed
        again; with `reuse` `near` that holds as well for what differs by no more than two steps of 255 from what was
        computed last: faster, where codecs leave a little noise on what stands still.

        With `face`, 0 to 1, the clip's film is looked through for faces now, unless `faces` tells what was found in it
        before (`ops.found_faces.packed`). Inside soft masks around them that much of what a network for faces makes is
        laid over the rest; it brings out what is there and makes up nobody. A clip without faces is enlarged as it is
        without it. What is unchanged is then reused exactly, whatever `reuse` says.
        Raises `CapabilityMissing` without such a network, and `BadParameter` for a clip that is not made of films.

        `model` names installed weights of others (`dreamreel models`); without scale and height the picture becomes
        what they make of it. With `lock` its colours stay those of the source. What is said of networks of our own
        does not hold for them.
        """
        if model is not None:
            from dreamreel.ops.community import community_ops

            video = need_video("upscale", self.info)
            if face:
                raise BadParameter(
                    "upscale: face goes with networks of this program; leave it out with a model."
                )
            return self._with(*community_ops(video, model, scale, height, lock))
        from dreamreel.ops.enlarge import scales_for

        times = scales_for(need_video("upscale", self.info), scale, height, family, size, faces=face > 0)
        ops = self._enlargements(times, family, size, strength, precision, reuse)
        if face:
            from dreamreel.ops.found_faces import faces_for

            ops = (faces_for(self.node, self.info, ops[0], float(face), faces=faces), *ops[1:])
        return self._with(*ops) if height is None else self._with(*ops, Resize(None, height, "fit"))

    def restore(self, strength: float | None = None, *, size: Literal["s", "m"] = "m",
                precision: Precision | None = None) -> Self:  # fmt: skip
        """At its own size, without noise and the marks of compression.

        A network of the family `general` makes it twice as large, then it is shrunk again; the rest as in `upscale`.
        """
        video = need_video("restore", self.info)
        ops = self._enlargements((2,), "general", size, strength, precision)
        return self._with(*ops, Resize(video.width, video.height, "stretch"))

    def _enlargements(
        self, times: Sequence[int], family: Family, size: str, strength: float | None, precision: Precision | None,
        reuse: Reuse = "exact",
    ) -> tuple[Enlarge, ...]:  # fmt: skip
        from dreamreel.neural.machine import preferred
        from dreamreel.ops.enlarge import enlargements, tolerance_of
        from dreamreel.ops.found import strength_for

        tolerance = tolerance_of(reuse)
        taken = precision or preferred()
        if strength is None:
            strength = strength_for(self.node, family, size, taken)
        return enlargements(times, size, taken, family, float(strength), tolerance)

    def deblock(self, strength: float = 0.5) -> Self:
        """With the borders of a codec's blocks smoothed, 0 to 1: for MPEG-2, JPEG and other codecs that leave them."""
        return self._with(Deblock(float(strength)))

    def deband(self, strength: float = 0.4) -> Self:
        """With steps in skies and other smooth places made smooth again, 0 to 1."""
        return self._with(Deband(float(strength)))

    def dehalo(self, strength: float = 0.7) -> Self:
        """With the halos taken off edges that too much sharpening leaves, 0 to 1."""
        check_share("dehalo", strength)
        return self._with(Dehalo(float(strength))) if strength else self

    def stabilize(self, strength: float = 0.5, border: Border = "crop") -> Self:
        """With a steady camera: as on a tripod where it stood, as on a dolly where it moved; scene cuts start anew.

        The clip's film is looked at now, whole; what does not tremble is left alone. `strength`, 0 to 1, is how much of
        the picture may be given up for it: 5 to 26 %. `crop` enlarges each shot as far as it needs, up to that; `fill`
        keeps the size and shows at the borders what neighbouring frames saw there.
        """
        from dreamreel.ops.found import stabilise_for

        op = stabilise_for(self.node, self.info, float(strength), border)
        return self if op is None else self._with(op)

    def restore_film(self, dust: float = 0.5, scratches: float = 0.5, flicker: float = 0.8) -> Self:
        """Old film mended, each from 0 (left alone) to 1: spots filled, lines taken off, light evened out.

        Fades and cuts stay, and what moves is not taken for dust.
        """
        from dreamreel.ops.film import film_repairs

        return self._with(*film_repairs(self.info, dust, scratches, flicker))

    def grain(self, strength: float | Literal["match"] = 0.3, seed: int = 0) -> Self:
        """With grain like that of film, 0 to 1; `match` puts back that of the clip's own film.

        To be used last, after denoising and enlarging: the grain is then measured in the file, and drawn as strong and,
        beside the picture, as coarse as it was there. The same seed draws the same grain everywhere.
        """
        from dreamreel.ops.film import grain_of

        if strength == "match":
            from dreamreel.ops.found import grain_for

            op = grain_for(self.node, self.info, seed)
        else:
            op = grain_of(need_video("grain", self.info), float(strength), seed) if strength else None
        return self if op is None else self._with(op)

    def interpolate(self, rate: RateLike) -> Self:
        """At a constant frame rate, 60 or `"60000/1001"`, with frames made of the motion between those there are.

        Never across a cut; drawings that are shown two or three times move on evenly, what is held longer rests.
        """
        return self._with(Interpolate(frame_rate(rate)))

    def slow_motion(self, factor: TimeLike) -> Self:
        """`factor` times as slow, 1 to 100, at the frame rate it has, so that it moves smoothly; pitch kept."""
        video, slower = need_video("slow motion", self.info), seconds(factor)
        if not 1 <= slower <= 100:
            raise BadParameter(f"slow motion: a factor of {figure(slower)} is out of range; choose 1 to 100.")
        return self if slower == 1 else self._with(Speed(1 / slower), Interpolate(video.rate or Fraction(30)))

    def sharpen(self, strength: float = 0.4) -> Self:
        """With crisper detail, 0 to 1, without halos."""
        return self._with(Sharpen(float(strength)))

    def adjust(
        self, brightness: float = 0, contrast: float = 1, saturation: float = 1, gamma: float = 1
    ) -> Self:
        """Brighter (−1 to 1), with more contrast or colour (factors, 0 to 4), or lighter middle tones (gamma)."""
        return self._with(Adjust(float(brightness), float(contrast), float(saturation), float(gamma)))

    def auto_colour(self, strength: float = 1.0) -> Self:
        """With casts taken off, black and white in their places and dark shots lifted, shot by shot, 0 to 1.

        The film is looked at now, whole; within a shot nothing changes, so nothing flickers. Good pictures are left
        alone, and so are a sunset's colours and the dark of a night that has its lights.
        """
        from dreamreel.ops.found import grade_for

        op = grade_for(self.node, self.info, float(strength)) if strength else None
        return self if op is None else self._with(op)

    def colourise(self, model: str | None = None, strength: float = 1.0) -> Self:
        """In colours that installed weights give it, for black-and-white films and photos; its luma stays as it is.

        `model` names them (`dreamreel models`); the first that give colours unless told. `strength`, above 0 and up to
        1, is what the colours are multiplied by. Colours that the clip has go. Within a shot they are averaged over
        frames wherever the light is the same, so that they do not flicker; nothing is carried over a cut.
        """
        from dreamreel.ops.colourise import colourise_op

        need_video("colourise", self.info)
        return self._with(colourise_op(model, float(strength)))

    def to_hdr(self, format: Literal["pq", "hlg"] = "pq", peak: float = 1000) -> Self:  # noqa: A002 - its name
        """SDR as HDR: BT.2020 with PQ or HLG, ten bits, highlights up to `peak` cd/m²; an HDR clip is left alone.

        Skin and diffuse white keep their light, and `tone_map` gives the SDR picture back.
        """
        op = ToHdr(format, float(peak))
        op.infer(self.info)
        return self if is_hdr(need_video("to hdr", self.info).colour) else self._with(op)

    def tone_map(self, peak: float | None = None) -> Self:
        """HDR as SDR, highlights kept; an SDR clip is left alone. `peak` is its brightest light in cd/m².

        Without it the file's metadata, or else two dozen of its frames, say how bright it gets.
        """
        need_video("tone map", self.info)
        if peak is not None:
            return self._with(ToneMap(float(peak)))
        from dreamreel.ops.found import tone_map_for

        op = tone_map_for(self.node, self.info)
        return self if op is None else self._with(op)
