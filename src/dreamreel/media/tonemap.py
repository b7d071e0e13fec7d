"""HDR pictures for screens that are not: PQ and HLG in BT.2020 become BT.709, highlights kept.

    code ─► light (PQ, or HLG with its OOTF) ─► ICtCp ─► intensity through the EETF of BT.2390, chroma with it
    ─► light in BT.709 ─► gamut ─► BT.1886 code            all of it once, as a cube that FFmpeg's lut3d looks up

`FilterSpec("tone_map", …)` stands for the cube in plans, which stay pure; `resolved` puts the file in its place when a
graph is built. Files are kept by the digest of what is in them and made once.

Sources: ITU-R BT.2100-3 (PQ, HLG, ICtCp), BT.2390-11 §5.4 (EETF), BT.2408-7 (203 cd/m² for white), BT.1886.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dreamreel.errors import OutputFailed
from dreamreel.media.filters import FilterSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dreamreel.media.info import Colour

    Light = NDArray[np.float64]

__all__ = [
    "DEFAULT_PEAK",
    "HLG",
    "LUMA_2020",
    "PQ",
    "SWSCALE_WHITE",
    "TO_709",
    "TO_ICTCP",
    "TO_LMS",
    "WHITE",
    "cube",
    "eetf",
    "from_pq",
    "is_hdr",
    "resolved",
    "to_pq",
    "tone_map_spec",
]

PQ: Final = 16
HLG: Final = 18
"""Transfer characteristics of H.273."""
WHITE: Final = 203.0
"""cd/m² of diffuse white in HDR, and what the white of an SDR screen stands for (BT.2408)."""
DEFAULT_PEAK: Final = 1000.0
"""cd/m² of the brightest light where nothing is known: what most films are mastered for, and HLG's nominal peak."""

_SIZE: Final = 65
SWSCALE_WHITE: Final = 4080 / 4095
"""White in what swscale makes of limited range at 12 bits: 255 shifted, not 4095."""
_VERSION: Final = "1"
"""Raised when the same numbers would give another cube."""
_PALE: Final = 0.25
"""How much of a colour that is too bright for BT.709 is made paler rather than darker."""
_TOP: Final = 10_000.0
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_HLG_GAMMA = 1.2
LUMA_2020 = (0.2627, 0.6780, 0.0593)
_LUMA_709 = (0.2126, 0.7152, 0.0722)
TO_LMS = ((1688, 2146, 262), (683, 2951, 462), (99, 309, 3688))
"""In 4096ths, as is the next."""
TO_ICTCP = ((2048, 2048, 0), (6610, -13613, 7003), (17933, -17390, -543))
TO_709 = (
    (1.660491, -0.587641, -0.072850),
    (-0.124550, 1.132900, -0.008349),
    (-0.018151, -0.100579, 1.118730),
)
"""Light in BT.2020 primaries to BT.709 primaries (BT.2087)."""


def is_hdr(colour: Colour) -> bool:
    """True for PQ and HLG."""
    return colour.transfer in (PQ, HLG)


def tone_map_spec(transfer: int, peak: float) -> FilterSpec:
    """The lookup for pictures of a transfer characteristic with a brightest light of `peak` cd/m², as plans hold it."""
    return FilterSpec.of("tone_map", transfer=transfer, peak=f"{peak:g}")


def resolved(spec: FilterSpec) -> FilterSpec:
    """The filter that FFmpeg knows: for the maps their cube, made now when it was never made before."""
    if spec.name not in ("tone_map", "inverse_map"):
        return spec
    facts = dict(spec.args)
    path = _file(spec.name, int(facts["transfer"]), float(facts["peak"]))
    return FilterSpec("lut3d", (("file", str(path)), ("interp", "tetrahedral")))


# ── curves ────────────────────────────────────────────────────────────────────────────────────────────────


def to_pq(light: Light) -> Light:
    """PQ code values, 0 to 1, of light in cd/m²."""
    import numpy as np

    power = np.clip(np.asarray(light) / _TOP, 0, 1) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


def from_pq(code: Light) -> Light:
    """Light in cd/m² of PQ code values, 0 to 1."""
    import numpy as np

    power = np.clip(np.asarray(code), 0, 1) ** (1 / _M2)
    return _TOP * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)


def eetf(code: Light, source: float, target: float) -> Light:
    """PQ codes for a screen of `target` cd/m² from codes mastered for `source` cd/m²: BT.2390's spline above a knee.

    Below the knee nothing changes; a source that is no brighter than the target is left alone. Blacks are kept at 0.
    """
    import numpy as np

    code = np.asarray(code, np.float64)
    if source <= target:
        return np.minimum(code, float(to_pq(np.array(target))))
    whole = float(to_pq(np.array(source)))
    top = float(to_pq(np.array(target))) / whole
    knee = 1.5 * top - 0.5
    part = np.clip(code / whole, 0, 1)
    along = np.clip((part - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * along**3 - 3 * along**2 + 1) * knee
        + (along**3 - 2 * along**2 + along) * (1 - knee)
        + (-2 * along**3 + 3 * along**2) * top
    )
    return np.where(part < knee, part, spline) * whole


def _hlg_light(code: Light) -> Light:
    """Light in cd/m² on a display of 1000 cd/m² of HLG codes (…, 3): inverse OETF, then the OOTF."""
    import numpy as np

    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - _HLG_C) / _HLG_A) + _HLG_B) / 12)
    bright = scene @ np.array(LUMA_2020)
    return DEFAULT_PEAK * np.maximum(bright, 1e-9)[..., None] ** (_HLG_GAMMA - 1) * scene


# ── the cube ──────────────────────────────────────────────────────────────────────────────────────────────


def cube(transfer: int, peak: float, size: int = _SIZE) -> Light:
    """BT.709 R'G'B' codes for HDR codes on a grid, both as swscale's 12 bits: (size, size, size, 3), blue first.

    `peak` is the brightest light in cd/m²; brighter codes are as bright as it.
    """
    import numpy as np

    steps = np.minimum(np.linspace(0, 1, size) / SWSCALE_WHITE, 1)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    code = np.stack([red, green, blue], axis=-1)
    light = _hlg_light(code) if transfer == HLG else from_pq(code)
    shown = _fitted(_mapped(light, max(peak, WHITE)) @ np.array(TO_709).T / WHITE)
    return shown ** (1 / 2.4) * SWSCALE_WHITE


def _mapped(light: Light, peak: float) -> Light:
    """Light in BT.2020 whose intensity went through the EETF; colour fades as far as intensity was changed (§5.4.2)."""
    import numpy as np

    to_lms, to_ictcp = np.array(TO_LMS) / 4096, np.array(TO_ICTCP) / 4096
    ictcp = to_pq(np.minimum(light, peak) @ to_lms.T) @ to_ictcp.T
    before = ictcp[..., 0]
    after = eetf(before, peak, WHITE)
    with np.errstate(divide="ignore", invalid="ignore"):
        fade = np.nan_to_num(np.minimum(before / after, after / before), nan=1.0)
    ictcp = np.stack([after, ictcp[..., 1] * fade, ictcp[..., 2] * fade], axis=-1)
    return from_pq(ictcp @ np.linalg.inv(to_ictcp).T) @ np.linalg.inv(to_lms).T


def _fitted(light: Light) -> Light:
    """Light in BT.709, white at 1, brought into its gamut: no channel under 0 or over 1.

    What is over white becomes mostly darker, which keeps its colour, and a little paler, which keeps its brightness.
    """
    import numpy as np

    weights = np.array(_LUMA_709)
    bright = np.maximum(light @ weights, 0)[..., None]
    light = np.maximum(light, 0)
    light = light * (bright / np.maximum(light @ weights, 1e-9)[..., None])
    most = np.maximum(light.max(axis=-1, keepdims=True), 1e-9)
    darker = light / np.maximum(most, 1)
    grey = np.minimum(bright, 1)
    paler = grey + np.minimum(1, (1 - grey) / np.maximum(most - grey, 1e-9)) * (light - grey)
    return np.clip(_PALE * paler + (1 - _PALE) * darker, 0, 1)


def _folder() -> Path:
    if given := os.environ.get("DREAMREEL_HOME"):
        return Path(given) / "luts"
    import platformdirs

    return Path(platformdirs.user_cache_dir("dreamreel", appauthor=False)) / "luts"


@cache
def _file(kind: str, transfer: int, peak: float) -> Path:
    """The cube's file, made when it is not there yet; in a temporary folder where the cache cannot be written."""
    facts = f"{_VERSION} {transfer} {peak:g} {_SIZE}" + (" inverse" if kind == "inverse_map" else "")
    name = blake2b(facts.encode(), digest_size=12).hexdigest() + ".cube"
    path = _folder() / name
    if path.is_file():
        return path
    text = _text(_values(kind, transfer, peak))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, text)
    except (OSError, OutputFailed):
        path = Path(tempfile.mkdtemp(prefix="dreamreel-")) / name
        _write(path, text)
    return path


def _values(kind: str, transfer: int, peak: float) -> Light:
    if kind == "tone_map":
        return cube(transfer, peak)
    from dreamreel.media import inverse

    return inverse.cube(transfer, peak, _SIZE)


def _write(path: Path, text: str) -> None:
    from dreamreel.media.atomic import atomic_write

    with atomic_write(path) as part:
        part.write_text(text, encoding="ascii")


def _text(values: Light) -> str:
    """The cube as Adobe's .cube 1.0: red changes fastest."""
    rows = values.reshape(-1, 3)
    lines = [f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in rows.tolist()]
    return "\n".join([f"LUT_3D_SIZE {len(values)}", *lines, ""])
