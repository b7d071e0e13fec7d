"""What can be done to clips: every op by name and version, and the way from a node of the graph to its op.

One file per family: `source`, `text`, `generate` make clips; `time_`, `geometry`, `clean`, `repair`, `film`, `enlarge`,
`colour`, `colourise`, `fade`, `compose`, `sound`, `hearing` change them; `found` finds parameters in files.
A new op is a frozen dataclass in its family's file and a row here. A changed op gets the next version and a step in
`UPGRADES` that turns its old parameters into the new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dreamreel.errors import RecipeInvalid
from dreamreel.graph import JSON, Node, Recipe, Upgrades, walk
from dreamreel.media.info import ClipInfo
from dreamreel.ops.base import Op
from dreamreel.ops.clean import Deinterlace, Denoise, Sharpen, Unweave
from dreamreel.ops.colour import Adjust, ToHdr, ToneMap
from dreamreel.ops.colourise import Colourise
from dreamreel.ops.community import Community
from dreamreel.ops.compose import Dissolve, Overlay
from dreamreel.ops.enlarge import Enlarge
from dreamreel.ops.faces import EnlargeFaces
from dreamreel.ops.fade import FadeIn, FadeOut
from dreamreel.ops.film import Deflicker, Descratch, Dust, Grain
from dreamreel.ops.generate import Generate
from dreamreel.ops.geometry import Crop, Flip, Pad, Resize, Rotate
from dreamreel.ops.grade import AutoColour
from dreamreel.ops.hearing import Channels, DenoiseSound, FadeSound
from dreamreel.ops.motion import Interpolate, Stabilise
from dreamreel.ops.params import from_params
from dreamreel.ops.repair import Deband, Deblock, Dehalo, TemporalDenoise
from dreamreel.ops.sound import Mix, Mute, Normalise, ReplaceSound, Volume
from dreamreel.ops.source import ColourSource, FileSource, GradientSource, ImageSource
from dreamreel.ops.subtitles import Caption
from dreamreel.ops.text import Title
from dreamreel.ops.time_ import Concat, Fps, Loop, Reverse, Speed, Trim

__all__ = ["OPS", "UPGRADES", "infer", "load_recipe", "op_of"]

OPS: Final[Mapping[tuple[str, int], type[Op]]] = MappingProxyType({
    (op.name, op.version): op
    for op in (
        FileSource, ImageSource, ColourSource, GradientSource, Title, Generate,
        Trim, Concat, Loop, Speed, Reverse, Fps,
        Resize, Crop, Pad, Rotate, Flip, FadeIn, FadeOut,
        Deinterlace, Unweave, Denoise, TemporalDenoise, Deblock, Deband, Dehalo,
        Deflicker, Dust, Descratch, Grain, Sharpen, ToneMap, ToHdr, Adjust, AutoColour, Enlarge, EnlargeFaces,
        Community, Colourise, Stabilise, Interpolate,
        Overlay, Dissolve, Caption, Volume, Mute, Mix, ReplaceSound, Normalise, Channels, DenoiseSound, FadeSound,
    )
})  # fmt: skip
"""Every op of this version, by name and version."""


def _file_1(params: dict[str, JSON]) -> dict[str, JSON]:
    """Version 2 lists a file's tracks instead of telling in words what a clip leaves behind."""
    return {name: value for name, value in params.items() if name != "dropped"}


UPGRADES: Final[Upgrades] = MappingProxyType({("source.file", 1): _file_1})
"""The steps from older versions of ops."""


def op_of(node: Node) -> Op:
    """The typed op of a node. Raises `RecipeInvalid` for an unknown name, version, parameter or number of inputs."""
    cls = OPS.get((node.op, node.version))
    if cls is None:
        what = f"{node.op}/{node.version}"
        raise RecipeInvalid(f"the recipe uses {what}, which this version does not know; update dreamreel.")
    least, most = cls.arity
    if not least <= len(node.inputs) <= most:
        raise RecipeInvalid(
            f"the recipe gives {node.op} {len(node.inputs)} inputs; it takes {least} to {most}."
        )
    return from_params(cls, node.params)


def infer(output: Node) -> dict[str, ClipInfo]:
    """For every node `output` needs, by digest, what it will be; nothing is decoded. Raises what the ops raise."""
    infos: dict[str, ClipInfo] = {}
    for node in walk([output]):
        infos[node.digest] = op_of(node).infer(*(infos[source.digest] for source in node.inputs))
    return infos


def load_recipe(text: str | bytes) -> Recipe:
    """Read a recipe whose ops this version knows, old versions upgraded. Raises `RecipeInvalid`."""
    recipe = Recipe.from_json(text, UPGRADES)
    for node in walk(recipe.outputs.values()):
        op_of(node)
    return recipe
