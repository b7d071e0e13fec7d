"""From the graph to render trees: one for the picture, one for the sound. Pure: no file is opened, nothing is decoded.

nodes, inputs first ──► trims folded, identities dropped, equal nodes shared, filter runs fused,
explicit conversions put in (and told) ──► Picture, Sound
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol, cast

from dreamreel.graph import Node, walk
from dreamreel.media.filters import FilterSpec
from dreamreel.media.info import ClipInfo, VideoInfo
from dreamreel.ops import op_of
from dreamreel.ops.base import Arrange, Filter, Frames, Gain, Op, need_audio, need_video
from dreamreel.ops.compose import Dissolve, Overlay
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.forms import computed_in, made_of, planar
from dreamreel.ops.generate import Generate
from dreamreel.ops.geometry import Pad, Resize
from dreamreel.ops.motion import Interpolate
from dreamreel.ops.sound import Mix, Mute, Normalise, ReplaceSound
from dreamreel.ops.source import ColourSource, FileSource, GradientSource, ImageSource
from dreamreel.ops.subtitles import Caption
from dreamreel.ops.text import Title
from dreamreel.ops.time_ import Fps, Reverse, Speed
from dreamreel.render import tree
from dreamreel.time import Span

__all__ = ["Lowered", "fused", "into", "lower"]


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a clip is computed from."""

    info: ClipInfo
    picture: tree.Picture | None
    sound: tree.Sound | None
    notes: tuple[str, ...]
    """Every conversion that was put in and everything that is left out, in words."""


@dataclass(frozen=True, slots=True)
class _Made:
    info: ClipInfo
    picture: tree.Picture | None
    sound: tree.Sound | None


class _Note(Protocol):
    def __call__(self, text: str) -> None: ...


def lower(output: Node) -> Lowered:
    """The render trees of `output`. Raises what the ops raise."""
    made: dict[str, _Made] = {}
    notes: dict[str, None] = {}

    def note(text: str) -> None:
        notes.setdefault(text)

    for node in walk([output]):
        op = op_of(node)
        inputs = [made[source.digest] for source in node.inputs]
        info = op.infer(*(source.info for source in inputs))
        picture = _picture(op, info, inputs, note) if info.video else None
        sound = _sound(op, info, inputs) if info.audio else None
        made[node.digest] = _Made(info, picture, sound)
    result = made[output.digest]
    return Lowered(result.info, result.picture, result.sound, tuple(notes))


# ── picture ───────────────────────────────────────────────────────────────────────────────────────────────


def _picture(op: Op, info: ClipInfo, inputs: list[_Made], note: _Note) -> tree.Picture:
    video = need_video(op.name, info)
    match op:
        case FileSource():
            frames = tree.FileFrames(Path(op.path), video, info.duration, op.content)
            return fused(frames, _upright(op))
        case ImageSource() | ColourSource() | GradientSource() | Title():
            return tree.Still(op, video)
        case Generate():
            return tree.Drawn(op, video, info.duration)
        case Arrange():
            return _arranged(op, info, inputs, note)
        case Overlay():
            return _overlaid(op, inputs, note)
        case Dissolve():
            return _dissolved(op, info, inputs, note)
        case Caption():
            return _captioned(op, inputs[0], video, note)
        case Filter():
            return _filtered(op, inputs[0])
        case Enlarge():
            return _enlarged(op, inputs[0], note)
        case Frames():
            return _computed(op, inputs[0], note)
        case Interpolate():
            return _interpolated(op, inputs[0], note)
        case _:
            return _retimed(op, video, inputs[0])


def _upright(op: FileSource) -> tuple[FilterSpec, ...]:
    """What turns stored frames upright."""
    from dreamreel.media.rotation import Rotation, rotation_filters

    return rotation_filters(Rotation(op.rotation, op.mirrored))


def _own(made: _Made) -> tuple[tree.Picture, VideoInfo]:
    assert made.picture is not None
    assert made.info.video is not None
    return made.picture, made.info.video


def _arranged(op: Arrange, info: ClipInfo, inputs: list[_Made], note: _Note) -> tree.Picture:
    target = need_video(op.name, info)
    shown = [_conformed(made, target, op.name, note) for made in inputs]
    parts: list[tree.Part[tree.Picture]] = []
    for piece in op.pieces(*(made.info for made in inputs)):
        child = tree.cut(
            shown[piece.source], piece.span.start, piece.span.duration, inputs[piece.source].info.duration
        )
        if child is shown[piece.source] and not tree.is_still(child):
            parts.append(tree.Part(child, piece.span.start, piece.span.duration))
        else:
            parts.append(tree.Part(child, Fraction(0), piece.span.duration))
    joined = tree.join(parts)
    if isinstance(joined, tree.Joined) and len(joined.parts) == 1 and joined.parts[0].start == 0:
        only = joined.parts[0]
        whole = only.length == _length(only.child, info.duration)
        return only.child if whole or tree.is_still(only.child) else joined
    return joined


def _length(picture: tree.Picture, default: Fraction) -> Fraction:
    """How long a picture runs by itself; `default` for a chain over something cut to that already."""
    while isinstance(picture, (tree.Filtered, tree.Enlarged, tree.Computed)):
        picture = picture.child
    return picture.duration if isinstance(picture, (tree.FileFrames, tree.Drawn, tree.Joined)) else default


def _conformed(made: _Made, target: VideoInfo, why: str, note: _Note) -> tree.Picture:
    """The picture in the size, shape and pixel format of `target`, with every change told."""
    picture, video = _own(made)
    chain = picture
    if _shape(video) != _shape(target):
        fitted = Resize(target.width, target.height).infer(made.info)
        note(
            f"{why}: a picture of {video.width}×{video.height} is fitted into {target.width}×{target.height}"
        )
        chain = _through(Resize(target.width, target.height), made.info, chain)
        chain = _through(Pad(target.width, target.height), fitted, chain)
        if target.sar != 1:
            chain = fused(chain, (FilterSpec.of("setsar", sar=_ratio(target.sar)),))
    if (video.pix_fmt, video.colour) != (target.pix_fmt, target.colour):
        if video.pix_fmt != target.pix_fmt and not tree.is_still(picture):
            note(f"{why}: {video.pix_fmt} is converted to {target.pix_fmt}")
        chain = fused(chain, into(target))
    if target.rate and video.rate != target.rate and not tree.is_still(picture):
        was = f"{float(video.rate):g} frames per second" if video.rate else "a variable frame rate"
        note(f"{why}: {was} becomes {float(target.rate):g}")
    return chain


def _shape(video: VideoInfo) -> tuple[int, int, Fraction]:
    return video.width, video.height, video.sar


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def into(video: VideoInfo) -> tuple[FilterSpec, ...]:
    """Filters that end in a picture's pixel format, matrix and range."""
    names = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020nc"}
    spans = {1: "tv", 2: "pc"}
    options: dict[str, str] = {"flags": "bicubic+accurate_rnd+full_chroma_int"}
    if video.colour.matrix in names:
        options["out_color_matrix"] = names[video.colour.matrix]
    if video.colour.range in spans:
        options["out_range"] = spans[video.colour.range]
    return FilterSpec.of("scale", **options), FilterSpec.of("format", pix_fmts=video.pix_fmt)


def _enlarged(op: Enlarge, made: _Made, note: _Note) -> tree.Picture:
    form = made_of(_own(made)[1])
    return tree.Enlarged(_conformed(made, form, op.name, note), op, form)


def _computed(op: Frames, made: _Made, note: _Note) -> tree.Picture:
    rate = _own(made)[1].rate
    form = op.form(_own(made)[1])
    picture = _conformed(made, replace(form, rate=rate), op.name, note)
    if op.timed and _holds(picture):
        picture = tree.Sampled(picture, form.rate or Fraction(25))
    elif rate and form.rate and form.rate != rate:
        picture = tree.Sampled(tree.sampled(picture, rate, rate), form.rate)
    return tree.Computed(picture, op, replace(made.info, video=form))


def _interpolated(op: Interpolate, made: _Made, note: _Note) -> tree.Picture:
    picture, video = _own(made)
    if tree.is_still(picture):
        return picture
    form = computed_in(video)
    picture = _conformed(made, form, op.name, note)
    if tree.on_grid(picture, op.rate):
        return picture
    return tree.Interpolated(picture, op.rate, replace(made.info, video=form))


def _through(op: Filter, info: ClipInfo, picture: tree.Picture) -> tree.Picture:
    return fused(picture, op.filters(info))


def fused(picture: tree.Picture, specs: tuple[FilterSpec, ...], timed: bool = False) -> tree.Picture:
    """`specs` after `picture`, in the same graph when that is one already."""
    if not specs:
        return picture
    if isinstance(picture, tree.Filtered):
        return replace(picture, specs=(*picture.specs, *specs), timed=timed or picture.timed)
    return tree.Filtered(picture, specs, timed)


def _filtered(op: Filter, made: _Made) -> tree.Picture:
    picture, video = _own(made)
    specs = op.filters(made.info)
    if not specs or not op.timed:
        return fused(picture, specs)
    if not _holds(picture):
        on_time = tree.sampled(picture, video.rate, video.rate) if video.rate else picture
        return _reaching(fused(on_time, specs, timed=True), op, made.info)
    # A held picture is drawn again only while it changes.
    active, end = op.active(made.info), made.info.duration
    steady = video.rate or Fraction(25)
    moving = tree.Filtered(tree.Sampled(picture, steady), specs, timed=True)
    return tree.join([
        tree.Part(picture, Fraction(0), active.start),
        tree.Part(moving, active.start, active.duration),
        tree.Part(picture, Fraction(0), end - active.end),
    ])  # fmt: skip


def _reaching(picture: tree.Picture, op: Filter, info: ClipInfo) -> tree.Picture:
    """The chain that ends in `op`, told how far it looks and whether it makes two frames of one."""
    assert isinstance(picture, tree.Filtered)
    return replace(picture, reach=picture.reach + op.reach(info), second=op.second(info) or picture.second)


def _holds(picture: tree.Picture) -> bool:
    """True when one frame is shown for long, in the whole or in a part."""
    parts = [part.child for part in picture.parts] if isinstance(picture, tree.Joined) else [picture]
    return any(tree.is_still(part) for part in parts)


def _overlaid(op: Overlay, inputs: list[_Made], note: _Note) -> tree.Picture:
    base, top = inputs
    under, over = _own(base)[1], _own(top)[1]
    ground = _conformed(base, replace(planar(under), rate=under.rate), op.name, note)
    window = op.window(base.info, top.info)
    x, y = op.corner(under, over)
    if (
        x >= under.width
        or y >= under.height
        or x + over.width <= 0
        or y + over.height <= 0
        or op.opacity == 0
    ):
        note("overlay: the second picture is wholly outside the first, so it is left out")
        return ground
    result = need_video(op.name, op.infer(base.info, top.info))
    if result.rate and not result.still:
        ground = _steady(ground, result.rate)
    if top.info.audio and base.info.audio:
        note("overlay: the sound of the second clip is not heard; use mix to add it")
    return tree.Overlaid(ground, _layer(op, _own(top)[0], over, planar(under)), window, x, y, planar(under))


def _layer(op: Overlay, top: tree.Picture, over: VideoInfo, under: VideoInfo) -> tree.Picture:
    """The upper picture in the lower one's samples and matrix, with its transparency, ready to be blended."""
    alpha = over.alpha or op.opacity < 1
    pix_fmt = under.pix_fmt.replace("yuva", "yuv")
    form = into(replace(under, pix_fmt=pix_fmt.replace("yuv", "yuva") if alpha else pix_fmt))
    faded = (FilterSpec.of("lut", c3=f"val*{op.opacity:.6f}"),) if op.opacity < 1 else ()
    return fused(top, (*form, *faded))


def _captioned(op: Caption, made: _Made, result: VideoInfo, note: _Note) -> tree.Picture:
    under = replace(planar(_own(made)[1]), still=False)
    ground = _conformed(made, replace(under, rate=_own(made)[1].rate), op.name, note)
    if result.rate:
        ground = _steady(ground, result.rate)
    form = into(replace(under, pix_fmt=under.pix_fmt.replace("yuva", "yuv").replace("yuv", "yuva")))
    return tree.Captioned(
        ground, op, form, replace(under, rate=result.rate), _film(ground) if op.fonts else None
    )


def _film(picture: tree.Picture) -> Path | None:
    """The first file a picture is decoded from."""
    if isinstance(picture, tree.FileFrames):
        return picture.path
    below = (one for one in tree.children(picture))
    return next((found for one in below if (found := _film(cast("tree.Picture", one))) is not None), None)


def _dissolved(op: Dissolve, info: ClipInfo, inputs: list[_Made], note: _Note) -> tree.Picture:
    target = need_video(op.name, info)
    assert target.rate is not None
    first, second = (_conformed(made, target, op.name, note) for made in inputs)
    rate = target.rate
    seam = inputs[0].info.duration
    return tree.Dissolved(_steady(first, rate), _steady(second, rate), seam, op.duration)


def _steady(picture: tree.Picture, rate: Fraction) -> tree.Picture:
    return tree.Sampled(picture, rate) if tree.is_still(picture) else tree.sampled(picture, rate, rate)


def _retimed(op: Op, video: VideoInfo, made: _Made) -> tree.Picture:
    picture, was = _own(made)
    if tree.is_still(picture) and not isinstance(op, Fps):
        return picture
    match op:
        case Speed():
            return _speed(picture, op.factor)
        case Reverse():
            if isinstance(picture, tree.Backwards):
                return picture.child
            return tree.Backwards(picture, made.info.duration, video)
        case Fps():
            return tree.sampled(picture, op.rate, was.rate)
        case _:
            return picture  # ops on sound leave the picture of their first input alone


def _speed(picture: tree.Picture, factor: Fraction) -> tree.Picture:
    if isinstance(picture, tree.Retimed):
        picture, factor = picture.child, picture.factor * factor
    return picture if factor == 1 else tree.Retimed(picture, factor)


# ── sound ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sound(op: Op, info: ClipInfo, inputs: list[_Made]) -> tree.Sound:
    heard = [made.sound or tree.Silence() for made in inputs]
    match op:
        case FileSource():
            return tree.FileSound(Path(op.path), op.sound_track, info.duration, op.content)
        case Generate():
            return tree.DrawnSound(op, info.duration)
        case Arrange():
            return tree.join([
                tree.Part(heard[piece.source], piece.span.start, piece.span.duration)
                for piece in op.pieces(*(made.info for made in inputs))
            ])  # fmt: skip
        case Dissolve():
            return _crossing(op.duration, [made.info.duration for made in inputs], heard)
        case Mix():
            return _mixed(op, inputs, heard)
        case ReplaceSound():
            return _replaced(inputs, heard[1])
        case _:
            return _changed(op, inputs[0].info, heard[0])


def _changed(op: Op, info: ClipInfo, sound: tree.Sound) -> tree.Sound:
    match op:
        case Normalise():
            louder = _gained(sound, op.gains(info))
            return tree.Limited(louder, op.peak, info.duration) if op.limits else louder
        case Mute():
            return tree.Silence()
        case Filter():
            return _gained(_heard_through(sound, op, info), op.gains(info))
        case Speed():
            return _tempo(sound, op.factor, info.duration)
        case Reverse() if isinstance(sound, tree.BackwardsSound):
            return sound.child
        case Reverse():
            return tree.BackwardsSound(sound, info.duration)
        case _:
            return sound  # ops on the picture leave the sound of their first input alone


def _heard_through(sound: tree.Sound, op: Filter, info: ClipInfo) -> tree.Sound:
    specs = op.sound_filters(info)
    if not specs or isinstance(sound, tree.Silence):
        return sound
    return tree.FilteredSound(sound, specs, info.duration, need_audio(op.name, info), op.sound_delay)


def _gained(sound: tree.Sound, gains: tuple[Gain, ...]) -> tree.Sound:
    if not gains or isinstance(sound, tree.Silence):
        return sound
    if isinstance(sound, tree.Gained):
        return tree.Gained(sound.child, (*sound.gains, *gains))
    return tree.Gained(sound, gains)


def _tempo(sound: tree.Sound, factor: Fraction, duration: Fraction) -> tree.Sound:
    if isinstance(sound, tree.Silence):
        return sound
    if isinstance(sound, tree.Tempo):
        sound, factor, duration = sound.child, sound.factor * factor, sound.duration
    return sound if factor == 1 else tree.Tempo(sound, factor, duration)


def _crossing(overlap: Fraction, lengths: list[Fraction], heard: list[tree.Sound]) -> tree.Sound:
    first, second = lengths
    fall = Gain(Span(first - overlap, first), 1.0, 0.0, equal_power=True)
    rise = Gain(Span(Fraction(0), overlap), 0.0, 1.0, equal_power=True)
    return tree.Mixed((
        tree.Layer(_gained(heard[0], (fall,)), Fraction(0), first, 1.0),
        tree.Layer(_gained(heard[1], (rise,)), first - overlap, second, 1.0),
    ))  # fmt: skip


def _mixed(op: Mix, inputs: list[_Made], heard: list[tree.Sound]) -> tree.Sound:
    base, other = (made.info.duration for made in inputs)
    return tree.Mixed((
        tree.Layer(heard[0], Fraction(0), base, 1.0),
        tree.Layer(heard[1], op.at, min(other, base - op.at), op.amplitude),
    ))  # fmt: skip


def _replaced(inputs: list[_Made], sound: tree.Sound) -> tree.Sound:
    length, heard = inputs[0].info.duration, inputs[1].info.duration
    if heard >= length:
        return sound
    rest: tree.Part[tree.Sound] = tree.Part(tree.Silence(), Fraction(0), length - heard)
    return tree.join([tree.Part(sound, Fraction(0), heard), rest])
