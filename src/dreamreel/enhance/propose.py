"""From what was found and what was asked to a chain of steps for every shot. Pure.

    shot ─► needs (what is bad, how much, in coarse steps) ─► shots in a row with the same needs: a stretch
    stretch ─► chain of steps, each with its reason ─► what all chains share goes over the whole clip

The order of a chain: whole frames, bars, old film, blocks and halos, noise, colour, steadiness ─► network ─► size,
rate, grain. A good picture is left alone; what is a matter of taste is offered, not done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Final

from dreamreel.enhance.able import Able, Net
from dreamreel.enhance.aim import Aim, aim, size_class
from dreamreel.enhance.asked import Asked
from dreamreel.enhance.faces import face_net, face_share, faces_noted, faces_offered, faces_words
from dreamreel.enhance.findings import Findings, Shot
from dreamreel.enhance.needs import Need, needs_of, words
from dreamreel.enhance.proposal import Proposal, Step, Stretch
from dreamreel.errors import BadParameter, CapabilityMissing
from dreamreel.graph import FrozenJSON
from dreamreel.neural.stages import stages
from dreamreel.wording import listing

__all__ = ["propose"]

_MOST_STRETCHES = 120
"""Beyond that a clip is treated alike: every seam is a place where decoding begins anew."""
_SHAKY = 0.15
"""Per cent of the width by which a camera shakes visibly."""
_CROWDED = 0.35
"""Mean of a network's strength from which a source counts as bad, so that its name is `general`."""
_ENOUGH = Fraction(86, 100)
"""Of the wanted size, what networks make is enough: the rest is a resize that nobody sees."""
_FINE = 4_000_000
"""Pixels up to which a photo, of which there is one, is worth the large network's time: some ten seconds at most."""
_GOALS: Final = {"general": "bad sources", "clean": "good sources", "anime": "drawn films"}


def propose(findings: Findings, asked: Asked, able: Able) -> Proposal:
    """What to do with a clip. Raises `BadSize`, `BadParameter` and `CapabilityMissing` for what cannot be done."""
    display = _display(findings, asked)
    goal = aim(display, asked.to, still=findings.still)
    if goal.times < 1:
        return _plain(findings, asked, goal, display)
    brush = _Brush(findings, asked, able, goal, _family(findings, asked, able))
    groups = _grouped(findings, asked, able)
    chains = [tuple(brush.chain(group)) for group in groups]
    before, middles, after = _shared(chains)
    faces = any("face" in step.args for chain in chains for step in chain)
    stretches = tuple(
        Stretch(group[0].shot.start, group[-1].shot.end, len(group), middle)
        for group, middle in zip(groups, middles, strict=True)
    )
    return Proposal(
        before=before, stretches=stretches if len(groups) > 1 else (), after=after,
        width=goal.width, height=goal.height, network=brush.network(),
        faces=findings.faces if faces else "",
        notes=(*_notes(findings, asked, groups), *faces_noted(findings, asked, enlarged=brush.enlarges)),
        offers=(*_offers(findings, asked, able), *faces_offered(findings, asked, brush.face())),
        better=tuple(_better(findings, asked, able, brush.family, enlarged=brush.enlarges)),
    )  # fmt: skip


def _display(findings: Findings, asked: Asked) -> tuple[int, int]:
    """What will be seen, in square pixels, without the bars when they go."""
    if not (asked.crop and findings.crop):
        return findings.display
    width, _, rest = findings.crop.partition("x")
    return max(1, round(int(width) * findings.sar)), int(rest.partition("+")[0])


def _plain(findings: Findings, asked: Asked, goal: Aim, display: tuple[int, int]) -> Proposal:
    """A smaller size: made by a resize, which takes noise and blocks away by itself."""
    steps = [*_whole_frames(findings, asked, network=False), *_cropped(findings, asked)]
    steps.append(_step("resize", f"size: {display[0]}×{display[1]} → {goal.width}×{goal.height}",
                       width=goal.width, height=goal.height, mode="stretch"))  # fmt: skip
    note = (f"{goal.width}×{goal.height} is smaller than the {display[0]}×{display[1]} of {findings.name}, so this is "
            "a plain resize; nothing is enhanced")  # fmt: skip
    return Proposal(before=tuple(steps), width=goal.width, height=goal.height, plain=True, notes=(note,))


# ── stretches ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Judged:
    """A shot and what it needs."""

    shot: Shot
    needs: tuple[Need, ...]

    @property
    def key(self) -> tuple[tuple[str, float], ...]:
        return tuple((need.kind, need.amount) for need in self.needs)


def _grouped(findings: Findings, asked: Asked, able: Able) -> list[list[_Judged]]:
    """Shots in a row that need the same; all of them in one group when there would be too many."""
    shots = findings.shots or (Shot(start=Fraction(0), end=findings.duration),)
    judged = [_Judged(shot, needs_of(shot, findings, asked, able)) for shot in shots]
    groups = [list(group) for _, group in groupby(judged, key=lambda one: one.key)]
    if len(groups) <= _MOST_STRETCHES:
        return groups
    usual = {name: findings.mean(name) for name in ("noise", "blocking", "ringing", "sharpness")}
    middle = replace(shots[0], **usual)  # pyright: ignore[reportArgumentType]
    needs = needs_of(middle, findings, asked, able)
    return [[replace(one, needs=needs) for one in judged]]


def _shared(
    chains: Sequence[tuple[Step, ...]],
) -> tuple[tuple[Step, ...], list[tuple[Step, ...]], tuple[Step, ...]]:
    """What all chains begin with, what is left of each, and what all end with."""
    if len(chains) == 1:
        return chains[0], [()], ()
    shortest = min(len(chain) for chain in chains)
    first = next((n for n in range(shortest) if len({chain[n].key for chain in chains}) > 1), shortest)
    left = shortest - first
    last = next((n for n in range(left) if len({chain[-1 - n].key for chain in chains}) > 1), left)
    middles = [chain[first : len(chain) - last] for chain in chains]
    return chains[0][:first], middles, chains[0][len(chains[0]) - last :]


# ── chains ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Brush:
    """Makes the chain of a group of shots."""

    findings: Findings
    asked: Asked
    able: Able
    goal: Aim
    family: str
    """Of networks; empty when nothing is enlarged or none is there."""

    def chain(self, group: Sequence[_Judged]) -> Iterator[Step]:
        """The steps, in order; of a photo only those of networks."""
        if self.findings.still:
            yield from self._coloured()
            yield from self._enlarged(group[0].needs)
            yield from self._sized()
            return
        yield from _whole_frames(self.findings, self.asked, network=self.able.fields)
        yield from self._steadied()
        yield from _cropped(self.findings, self.asked)
        yield from self._asked_first()
        for number, need in enumerate(group[0].needs):
            if need.verb:
                told = [one.needs[number].value for one in group]
                yield Step(need.verb, _measured(need, group), f"{words(need, told)} → {need.told}")
        yield from self._coloured()
        yield from self._enlarged(group[0].needs)
        yield from self._asked_last()

    def _coloured(self) -> Iterator[Step]:
        """Of clean frames, and before they are larger: a network sees them small anyway."""
        if not self.asked.colourise:
            return
        if "colourise" not in self.able.verbs:
            raise CapabilityMissing(
                "No weights that give colours are installed; get an ONNX file of such a network, then run "
                "`dreamreel models add FILE`."
            )
        named = {"model": self.asked.colourise} if self.asked.colourise != "auto" else {}
        weights = f"the weights {self.asked.colourise}" if named else "the weights that give them"
        yield _step("colourise", f"asked for: colours by {weights}", **named)

    def _asked_first(self) -> Iterator[Step]:
        if self.asked.restore_film:
            yield _step("restore_film", "asked for: dust, scratches and flicker of old film away")
        if self.asked.auto_colour:
            yield _step("auto_colour", "asked for: white balance, exposure and contrast")

    def _steadied(self) -> Iterator[Step]:
        """Early, because how the camera moved is measured in the film as it is."""
        if self.asked.stabilize:
            shake = self.findings.shake
            found = f"shake: {shake:.2f} % of the width" if shake is not None else "asked for"
            yield _step("stabilize", f"{found} → steadied")

    def _sized(self) -> Iterator[Step]:
        """To the exact size, where the networks do not end there."""
        display = _display(self.findings, self.asked)
        made = 1
        for scale in self._stages():
            made *= scale
        if (display[0] * made, display[1] * made, self.findings.sar) != (
            self.goal.width,
            self.goal.height,
            1,
        ) and (self.goal.times != 1 or self._stages()):
            yield _step("resize", f"size: to {self.goal.width}×{self.goal.height}",
                        width=self.goal.width, height=self.goal.height, mode="stretch")  # fmt: skip

    def _asked_last(self) -> Iterator[Step]:
        yield from self._sized()
        if self.asked.fps is not None:
            yield _step(
                "interpolate",
                f"asked for: {float(self.asked.fps):g} frames per second",
                rate=str(self.asked.fps),
            )
        if self.asked.hdr:
            yield _step("to_hdr", "asked for: SDR as HDR")
        if self.asked.grain:
            yield _step("grain", "asked for: grain over the result", strength=self.asked.grain)
        if self.asked.match_grain:
            yield _step("grain", "asked for: grain over the result, as the source had it", strength="match")

    def _stages(self) -> tuple[int, ...]:
        if other := self.able.other(self.family):
            return stages(self.goal.times, (other.scale,), enough=_ENOUGH) if other.scale > 1 else ()
        first = self.able.scales(self.family, self._size(0))
        if self.asked.face:
            first = tuple(one for one in first if face_net(self.able, self._size(0), one)) or first
        then = self.able.scales("clean", self._size(1)) or first
        return stages(self.goal.times, first, then, enough=_ENOUGH)

    def _size(self, number: int) -> str:
        """The network's size of a stage: the first is what was asked, else m, or l for a photo; of the next ones the
        smallest, because what they enlarge is smooth already and four times as many pixels.
        """
        sizes = self.able.sizes(self.family)
        if number and self.asked.size == "auto":
            return next(iter(self.able.sizes("clean") or sizes), "")
        fine = self.findings.still and self.findings.width * self.findings.height <= _FINE and "l" in sizes
        wanted = self.asked.size if self.asked.size != "auto" else "l" if fine else "m"
        return wanted if wanted in sizes else next(reversed(sizes), "")

    def _enlarged(self, needs: Sequence[Need]) -> Iterator[Step]:
        strength = next((need.amount for need in needs if need.kind == "network"), 0.0)
        other = self.able.other(self.family)
        if other is not None and other.scale == 1:
            yield _step("upscale", f"cleaned at its own size by the weights {self.family}",
                        scale=1, model=self.family)  # fmt: skip
        elif not self._stages():
            yield from self._restored(strength)
        for number, scale in enumerate(self._stages()):
            if self.able.other(self.family):
                yield _step("upscale", f"size: {scale} × larger by the weights {self.family}",
                            scale=scale, model=self.family)  # fmt: skip
                continue
            size = self._size(number)
            if number == 0 and self._steers(self.family):
                cleaning = f"cleaning {strength:g} of 1" if strength else "nothing to clean"
                step = _step("upscale", f"size: {scale} × larger by the network {self.family} {size}, {cleaning}",
                             scale=scale, family=self.family, size=size, strength=strength)  # fmt: skip
                yield self._faced(step, scale)
                continue
            # What comes out of a network is clean, and smooth: the smallest does.
            family = "clean" if number and self.able.net("clean", size, scale) else self.family
            more = {"strength": 0.0} if self._steers(family) else {}
            step = _step("upscale", f"size: {scale} × larger by the network {family} {size}",
                         scale=scale, family=family, size=size, **more)  # fmt: skip
            yield step if number else self._faced(step, scale)

    def _faced(self, step: Step, scale: int) -> Step:
        """The first enlargement, with a network of their own for faces where that is worth it."""
        net = face_net(self.able, self._size(0), scale)
        share = face_share(self.findings, self.asked, net, scale)
        if net is None or not share:
            return step
        reason = f"{step.reason}; {faces_words(self.findings, net, share)}"
        return replace(step, args={**step.args, "face": share}, reason=reason)

    def face(self) -> Net | None:
        """The network for faces that goes with the first enlargement."""
        return face_net(self.able, self._size(0), self._stages()[0]) if self.enlarges else None

    @property
    def enlarges(self) -> bool:
        """Whether networks of this program make the picture larger."""
        return bool(self._stages()) and not self.able.other(self.family)

    def _restored(self, strength: float) -> Iterator[Step]:
        """Cleaned at its own size by a network that takes a strength."""
        wanted = self.asked.model in ("auto", "general") and self.goal.times == 1
        sizes = self.able.sizes("general")
        if strength and wanted and sizes and "restore" in self.able.verbs:
            size = self.asked.size if self.asked.size in sizes else "m" if "m" in sizes else sizes[-1]
            yield _step("restore", f"noise and compression: {strength:g} of 1 → cleaned by the network general {size}",
                        strength=strength, size=size)  # fmt: skip

    def _steers(self, family: str) -> bool:
        return any(net.strength for net in self.able.nets if net.family == family)

    def network(self) -> str:
        """The networks in words."""
        return f"{self.family} {self._size(0)}".strip() if self._stages() else ""


def _measured(need: Need, group: Sequence[_Judged]) -> Mapping[str, FrozenJSON]:
    """What a step is given; averaging over time is told how strong the noise of these very shots is."""
    if need.args.get("method") != "temporal":
        return need.args
    luma, chroma = (
        sum(getattr(one.shot, name) for one in group) / len(group) for name in ("noise", "noise_colour")
    )
    return {**need.args, "luma": round(luma, 1), "chroma": round(chroma, 1)}


def _step(verb: str, reason: str, **args: str | int | float | bool) -> Step:
    return Step(verb, args, reason)


def _whole_frames(findings: Findings, asked: Asked, *, network: bool) -> Iterator[Step]:
    order = asked.deinterlace
    if order == "off" or findings.still:
        return
    if order == "auto":
        if findings.scan == "progressive":
            return
        order = "film" if findings.scan == "telecine" else findings.scan
        found = {
            "film": "telecined film",
            "tff": "interlaced, top field first",
            "bff": "interlaced, bottom field first",
        }
        reason = f"{found[order]} → whole frames"
    else:
        reason = "asked for: whole frames"
    if order == "film":
        yield _step("deinterlace", reason, order="auto", film=True)
    else:
        if network and asked.deinterlace_by == "network":
            yield _step("deinterlace", f"{reason}, by a network", order=order, method="network")
        else:
            yield _step("deinterlace", reason, order=order)


def _cropped(findings: Findings, asked: Asked) -> Iterator[Step]:
    if asked.crop and findings.crop:
        size, x, y = findings.crop.split("+")
        width, height = size.split("x")
        yield _step("crop", f"black bars → cut to {size.replace('x', '×')}",
                    width=int(width), height=int(height), x=int(x), y=int(y))  # fmt: skip


# ── networks ──────────────────────────────────────────────────────────────────────────────────────────────────


def _family(findings: Findings, asked: Asked, able: Able) -> str:
    """The family of networks for a clip: what was asked, else drawn, bad or good sources have their own."""
    there = able.families()
    if able.other(asked.model):
        return asked.model
    if asked.model != "auto":
        if asked.model not in there:
            names = ", ".join([*there, *(other.family for other in able.others), "auto"])
            raise CapabilityMissing(
                f"There is no network {asked.model!r} in this installation; choose {names}; or see `dreamreel models`."
            )
        if asked.size != "auto" and asked.size not in able.sizes(asked.model):
            raise BadParameter(
                f"the network {asked.model} has no size {asked.size}; choose {', '.join(able.sizes(asked.model))}."
            )
        return asked.model
    wanted = ["anime"] if findings.is_drawn else []
    bad = asked.strength if asked.strength is not None else _badness(findings)
    wanted += ["general", "clean"] if bad > 0 else ["clean", "general"]
    fits = [name for name in [*wanted, *there] if name in there and asked.size in ("auto", *able.sizes(name))]
    if there and not fits:
        sizes = sorted({size for name in there for size in able.sizes(name)})
        raise BadParameter(
            f"there is no network of size {asked.size} in this installation; choose {', '.join(sizes)}."
        )
    return next(iter(fits), "")


def _badness(findings: Findings) -> float:
    from dreamreel.enhance.needs import badness

    return max((badness(shot, findings) for shot in findings.shots), default=0.0)


def _better(findings: Findings, asked: Asked, able: Able, family: str, *, enlarged: bool) -> Iterator[str]:
    """What would do better: what is missing, or without what was asked."""
    there = able.families()
    if asked.model != "auto":
        return
    crowded = _badness(findings) >= _CROWDED
    narrow = asked.size != "auto" and asked.size not in able.sizes("general")
    if crowded and enlarged and narrow and family == "clean" and "general" in there and asked.strength != 0:
        yield (
            f"only clean networks are of size {asked.size}, and they leave noise and the marks of compression as they "
            "are; without --size a network takes them away"
        )
    if findings.is_drawn and "anime" not in there and family:
        yield f"a network for drawings would do better; none is installed, so {family} is used"
    if crowded and "general" not in there and not findings.is_drawn and family:
        yield f"a network for noisy and compressed films would do better; none is installed, so {family} is used"


def _notes(findings: Findings, asked: Asked, groups: Sequence[Sequence[_Judged]]) -> Iterator[str]:
    if findings.sampled:
        yield "the film is long, so stretches all over it were looked at and all of it is treated alike"
    if len(groups) > 1:
        yield f"{len(findings.shots)} shots, treated in {len(groups)} stretches"
    films = (
        "stabilize",
        "fps",
        "crop",
        "restore_film",
        "auto_colour",
        "hdr",
        "grain",
        "match_grain",
        "codec",
        "crf",
    )
    if findings.still and (said := [name for name in films if getattr(asked, name)]):
        names = listing([name.replace("_", " ") for name in said])
        verb = "is" if len(said) == 1 else "are"
        yield f"a photo is enlarged, cleaned and coloured by networks alone; {names} {verb} for films"
    if findings.hdr and asked.hdr:
        yield "the film is HDR already"
    if size_class(findings.display) >= 900 and asked.to == "auto" and not findings.still:
        yield f"{findings.width}×{findings.height} is large enough, so the size stays; --to makes it larger"


def _offers(findings: Findings, asked: Asked, able: Able) -> Iterator[str]:
    """What was found and is a matter of taste."""
    if findings.crop and not asked.crop:
        yield f"there are black bars around {findings.crop.partition('+')[0].replace('x', '×')}; --crop takes them away"
    if (
        findings.shake is not None
        and findings.shake >= _SHAKY
        and not asked.stabilize
        and "stabilize" in able.verbs
    ):
        yield f"the camera shakes by {findings.shake:.2f} % of the width; --stabilize steadies it"
    if (
        findings.mean("brightness") < 0.2
        and not asked.auto_colour
        and "auto_colour" in able.verbs
        and findings.shots
    ):
        yield "the picture is dark; --auto-colour lightens it"
    if findings.held >= 0.4 and asked.fps is not None:
        yield f"{findings.held:.0%} of the frames repeat the one before; new frames between them may look odd"
