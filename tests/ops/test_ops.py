import json
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
import skia

from dreamreel import errors
from dreamreel.graph import Node, thaw
from dreamreel.media.grade import Grade
from dreamreel.media.info import AudioInfo, ClipInfo, VideoInfo
from dreamreel.media.subtitles.look import Look
from dreamreel.media.subtitles.model import Style
from dreamreel.ops import OPS, load_recipe, op_of
from dreamreel.ops.clean import Deinterlace, Denoise, Sharpen, Unweave
from dreamreel.ops.colour import Adjust, ToHdr, ToneMap
from dreamreel.ops.colourise import Colourise
from dreamreel.ops.community import Community
from dreamreel.ops.compose import Dissolve, Overlay, place
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.fade import FadeIn, FadeOut
from dreamreel.ops.film import Deflicker, Descratch, Dust, Grain
from dreamreel.ops.generate import Generate
from dreamreel.ops.geometry import Crop, Flip, Pad, Resize, Rotate
from dreamreel.ops.grade import AutoColour, Graded
from dreamreel.ops.hearing import Channels, DenoiseSound, FadeSound
from dreamreel.ops.motion import Interpolate, Stabilise
from dreamreel.ops.repair import Deband, Deblock, Dehalo, TemporalDenoise
from dreamreel.ops.sound import Mix, Mute, Normalise, ReplaceSound, Volume
from dreamreel.ops.source import (
    ColourSource,
    FileSource,
    GradientSource,
    ImageSource,
    Mark,
    Tag,
    Track,
    content_hash,
)
from dreamreel.ops.subtitles import Caption
from dreamreel.ops.text import Title, draw_title
from dreamreel.ops.time_ import Concat, Fps, Loop, Reverse, Speed, Trim

GOLDEN = Path(__file__).parent.parent / "golden" / "ops.json"
HD = VideoInfo(1920, 1080, rate=Fraction(30000, 1001))
FILM = ClipInfo(Fraction(10), HD, AudioInfo(44_100))
SOUND = ClipInfo(Fraction(4), None, AudioInfo())
LEAF = Node("leaf", 1, {})

EXAMPLES = [
    FileSource(
        "a.mp4",
        "00ff",
        FILM,
        90,
        True,
        1,
        Fraction(1, 90_000),
        (Tag("title", "Sea"),),
        (Mark(Fraction(0), Fraction(5, 3), "One"),),
        (Track(1, "audio", "aac", "00ff", duration=Fraction(10), language="deu", sound=AudioInfo(44_100)),),
    ),
    ImageSource("a.png", "00ff", 640, 480, Fraction(5, 2), True, Fraction(24)),
    ColourSource("navy", 640, 480, Fraction(2)),
    GradientSource("#000", "#ffffff80", 640, 480, Fraction(2), 45),
    Title(
        "Anna 👶", 640, 480, Fraction(3), "Inter", 40, False, True, "#ff0", "top-left", False, Fraction(24)
    ),
    Generate(
        "a.jpg",
        "00ff",
        {"mood": "calm"},
        640,
        480,
        Fraction(5),
        Fraction(24),
        7,
        "plush",
        None,
        "lullaby",
        True,
        {"score": 0.5},
    ),
    Trim(Fraction(1, 3), Fraction(5)),
    Concat(),
    Loop(3),
    Speed(Fraction(3, 2)),
    Reverse(),
    Fps(Fraction(24000, 1001)),
    Resize(640, None, "fill"),
    Crop(100, 50, 2, 4),
    Pad(2000, 1200, None, 0, "red"),
    Rotate(90),
    Flip("vertical"),
    FadeIn(Fraction(1, 2)),
    FadeOut(Fraction(1), "white"),
    Overlay(Fraction(1), "bottom-right", -10, -20, 0.5),
    Dissolve(Fraction(1, 2)),
    Caption(
        ("1/2,5/2,0,0,0,0,Sign,{\\i1}Hello\\Nthere",),
        (Style("Sign", "Inter", 40.0, outline=1.5),),
        1280,
        720,
        2,
        False,
        Look("Inter", 6.5, "gold", "navy", True, True, "top"),
        "film.en.ass",
        "00ff",
        True,
    ),
    Volume(-6.0),
    Mute(),
    Mix(Fraction(1, 2), -12.0),
    ReplaceSound(),
    Normalise(-14.0, -1.5, -23.04, -3.3),
    Deinterlace("bff", True, False),
    Unweave("deinterlace-s", "00ff00ff", "bff", True, "int8"),
    Denoise(0.5, "fine"),
    Sharpen(0.25),
    TemporalDenoise(0.3, 4.5, 2.5),
    Deblock(0.6),
    Deband(0.3),
    Dehalo(0.8),
    AutoColour(
        (Graded(Fraction(0), Grade(1.1, 0.98, 0.9, 0.02, 0.95, 0.5)), Graded(Fraction(7, 3), Grade()))
    ),
    Deflicker(0.9),
    Dust(0.4),
    Descratch(0.6),
    Grain(4.0, 1.5, 0.8, 7, True),
    ToneMap(4000.0),
    ToHdr("hlg", 800.0),
    Adjust(0.1, 1.2, 0.9, 1.1),
    Community("span-x4", "00ff00ff", 4, 411_084, False),
    Colourise("grey-to-ab", "00ff00ff", 0.8, 32_000_000),
    Enlarge("clean-s-x2", "00ff00ff", "bf16", 0.5, 2),
    EnlargeFaces(
        Enlarge("clean-s-x2", "00ff00ff", "bf16", 0.5), "face-m-x2", "ff00ff00", "eJxjZGBg", 0.4, 0.8
    ),
    Stabilise("eJxjYACBAw4AAgQBQQ==", (1.05,), "fill"),
    Interpolate(Fraction(60000, 1001)),
    Channels("stereo", (1, 0)),
    DenoiseSound(20.0, -45.5),
    FadeSound(Fraction(1, 2), Fraction(3)),
]


def test_there_is_an_example_of_every_op():
    assert {(op.name, op.version) for op in EXAMPLES} == set(OPS)
    assert all(len(fields(op)) <= 16 for op in EXAMPLES)


@pytest.mark.parametrize("op", EXAMPLES, ids=lambda op: op.name)
def test_an_op_survives_its_node(op):
    node = op.node(*[LEAF] * op.arity[0])
    assert op_of(node).node(*node.inputs) == node


@pytest.mark.parametrize("op", EXAMPLES, ids=lambda op: op.name)
def test_an_op_is_written_as_it_always_was(op):
    node = op.node(*[LEAF] * op.arity[0])
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert golden[f"{op.name}/{op.version}"] == {
        "params": json.loads(json.dumps(dict(_plain(node.params)))),
        "digest": node.digest,
    }


def _plain(value):
    from dreamreel.graph import thaw

    return thaw(value)


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"start": 1}, "all parameters"),
        ({"start": 1, "end": 2, "x": 3}, "'x'"),
        ({"start": 1.5, "end": 2}, "start"),
        ({"start": "1e9", "end": 2}, "start"),
        ({"start": "1/0", "end": 2}, "start"),
        ({"start": None, "end": 2}, "start"),
        ({"start": True, "end": 2}, "start"),
    ],
)
def test_wrong_parameters_are_named(params, word):
    with pytest.raises(errors.RecipeInvalid, match=word):
        op_of(Node("time.trim", 1, params, (LEAF,)))


def test_an_unknown_op_and_a_wrong_number_of_inputs_are_refused():
    with pytest.raises(errors.RecipeInvalid, match=r"time\.warp/1"):
        op_of(Node("time.warp", 1, {}))
    with pytest.raises(errors.RecipeInvalid, match="2 inputs"):
        op_of(Node("time.reverse", 1, {}, (LEAF, LEAF)))


@pytest.mark.parametrize(
    ("op", "size"),
    [
        (Resize(height=720), (1280, 720)),
        (Resize(width=640), (640, 360)),
        (Resize(500, 500), (500, 282)),
        (Resize(500, 500, "fill"), (500, 500)),
        (Resize(500, 500, "stretch"), (500, 500)),
        (Crop(100, 50, 1820, 1030), (100, 50)),
        (Pad(2000, 1200), (2000, 1200)),
        (Rotate(90), (1080, 1920)),
        (Rotate(180), (1920, 1080)),
        (Flip(), (1920, 1080)),
    ],
)
def test_sizes_are_known_before_any_work(op, size):
    video = op.infer(FILM).video
    assert (video.width, video.height) == size


def test_wide_pixels_are_counted_when_fitting():
    pal = ClipInfo(Fraction(1), VideoInfo(720, 576, sar=Fraction(64, 45)))
    assert Resize(height=576).infer(pal).video == VideoInfo(1024, 576, sar=Fraction(1))


@pytest.mark.parametrize(
    ("op", "inputs", "error"),
    [
        (Trim(Fraction(1), Fraction(11)), [FILM], errors.BadTime),
        (Trim(Fraction(2), Fraction(2)), [FILM], errors.BadTime),
        (Trim(Fraction(-1), Fraction(2)), [FILM], errors.BadTime),
        (Concat(), [FILM, SOUND], errors.BadParameter),
        (Loop(0), [FILM], errors.BadParameter),
        (Speed(Fraction(0)), [FILM], errors.BadParameter),
        (Fps(Fraction(2000)), [FILM], errors.BadParameter),
        (Fps(Fraction(25)), [SOUND], errors.BadParameter),
        (Resize(), [FILM], errors.BadParameter),
        (Resize(1, 1), [FILM], errors.BadSize),
        (Resize(90_000), [FILM], errors.BadSize),
        (Crop(2000, 50), [FILM], errors.BadSize),
        (Pad(100, 100), [FILM], errors.BadSize),
        (Rotate(45), [FILM], errors.BadParameter),
        (FadeIn(Fraction(11)), [FILM], errors.BadDuration),
        (FadeOut(Fraction(0)), [FILM], errors.BadDuration),
        (FadeIn(Fraction(1), "blurple"), [FILM], errors.BadParameter),
        (Overlay(Fraction(10)), [FILM, FILM], errors.BadTime),
        (Overlay(opacity=2.0), [FILM, FILM], errors.BadParameter),
        (Overlay(), [FILM, SOUND], errors.BadParameter),
        (Dissolve(Fraction(11)), [FILM, FILM], errors.BadDuration),
        (Volume(99.0), [FILM], errors.BadParameter),
        (Volume(1.0), [ClipInfo(Fraction(1), HD)], errors.BadParameter),
        (Mute(), [SOUND], errors.BadParameter),
        (Mix(Fraction(10)), [FILM, SOUND], errors.BadTime),
        (ReplaceSound(), [FILM, ClipInfo(Fraction(1), HD)], errors.BadParameter),
        (Normalise(5.0), [FILM], errors.BadParameter),
        (ColourSource("red", 64, 64, Fraction(0)), [], errors.BadDuration),
        (ColourSource("no", 64, 64, Fraction(1)), [], errors.BadParameter),
        (Title(" ", 64, 64, Fraction(1)), [], errors.BadParameter),
        (Title("a", 64, 64, Fraction(1), size=1), [], errors.BadParameter),
        (Generate("a", "b", {}, 65, 64), [], errors.BadParameter),
        (Generate("a", "b", {}, 64, 64, Fraction(61)), [], errors.BadDuration),
        (Generate("a", "b", {}, 64, 64, fps=Fraction(1, 2)), [], errors.BadParameter),
    ],
    ids=repr,
)
def test_mistakes_are_found_before_any_work(op, inputs, error):
    with pytest.raises(error) as failure:
        op.infer(*inputs)
    assert str(failure.value).endswith(".")


@pytest.mark.parametrize(
    "op",
    [
        lambda huge: Trim(Fraction(0), huge),
        Speed,
        Fps,
        FadeIn,
        lambda huge: ColourSource("red", 64, 64, huge),
        lambda huge: Generate("a", "b", {}, 64, 64, huge),
        lambda huge: Generate("a", "b", {}, 64, 64, fps=huge),
    ],
)
def test_a_number_too_large_for_a_float_is_told_as_out_of_range(op):
    with pytest.raises(errors.UsageError, match="e\\+308"):
        op(Fraction(10**999)).infer(FILM)


@pytest.mark.parametrize("op", [Dissolve, Overlay, Mix])
def test_a_time_too_large_for_a_float_does_not_fit_two_clips(op):
    with pytest.raises(errors.UsageError, match="e\\+308"):
        op(Fraction(10**999)).infer(FILM, FILM)


def test_lengths_are_exact():
    assert Speed(Fraction(3)).infer(FILM).duration == Fraction(10, 3)
    assert Concat().infer(FILM, Trim(Fraction(0), Fraction(1, 3)).infer(FILM)).duration == Fraction(31, 3)
    assert Dissolve(Fraction(1, 7)).infer(FILM, FILM).duration == 20 - Fraction(1, 7)


def test_one_variable_rate_makes_the_whole_variable():
    vfr = ClipInfo(Fraction(1), VideoInfo(64, 64, rate=None))
    assert Concat().infer(FILM, vfr).video.rate is None
    assert Concat().infer(FILM, ColourSource("red", 64, 64, Fraction(1)).infer()).video.rate == HD.rate


def test_an_anchor_says_where():
    assert place("bottom-right", -10, -20, (100, 50), (640, 480)) == (530, 410)
    assert place("center", 0, 0, (100, 50), (640, 480)) == (270, 214)


@pytest.mark.parametrize("text", ["Anna", "👶🏽🌙", "مرحبا", "שלום"])
def test_a_title_draws_every_script(text):
    if skia.FontMgr().matchFamilyStyleCharacter("", skia.FontStyle(), ["en"], ord(text[0])) is None:
        pytest.skip(f"no installed font has {text[0]}")
    pixels = draw_title(Title(text, 320, 120, Fraction(1), shadow=False))
    assert pixels.shape == (120, 320, 4)
    assert (pixels[..., 3] > 200).sum() > 50


def test_a_colour_emoji_has_colours():
    pixels = draw_title(Title("🌈", 200, 120, Fraction(1), size=80, shadow=False))
    if _spread(pixels).max() < 30:
        pytest.skip("no colour emoji font is installed")
    assert (_spread(pixels) > 60).sum() > 100


def _spread(pixels):
    return pixels[..., :3].max(axis=2).astype(int) - pixels[..., :3].min(axis=2)


def test_a_title_stays_where_it_is_anchored():
    for anchor, rows in (("top", slice(0, 60)), ("bottom", slice(140, 200))):
        pixels = draw_title(Title("Hello", 320, 200, Fraction(1), anchor=anchor, shadow=False))
        inside = pixels[rows, :, 3].astype(int).sum()
        assert inside > 0.99 * pixels[..., 3].astype(int).sum() > 0


def test_a_gradient_runs_from_one_colour_to_the_other():
    pixels = GradientSource("black", "white", 64, 64, Fraction(1), angle=0).draw()
    assert pixels[:, 0, 0].max() < 5
    assert pixels[:, -1, 0].min() > 250
    assert pixels[..., 3].min() == 255


def test_contents_are_told_apart_by_size_head_and_tail(tmp_path):
    path = tmp_path / "a.bin"
    seen = set()
    for data in (b"a" * 3_000_000, b"a" * 3_000_001, b"b" + b"a" * 2_999_999, b"a" * 2_999_999 + b"b"):
        path.write_bytes(data)
        seen.add(content_hash(path))
    assert len(seen) == 4


def test_the_first_files_recipes_are_read():
    old = {**thaw(EXAMPLES[0].node().params), "dropped": ["1 subtitle track"]}
    del old["tracks"]
    text = json.dumps(
        {"schema": 1, "nodes": [{"op": "source.file/1", "params": old, "inputs": []}], "outputs": {"main": 0}}
    )
    op = op_of(load_recipe(text).main)
    assert isinstance(op, FileSource)
    assert (op.path, op.tracks) == ("a.mp4", ())
