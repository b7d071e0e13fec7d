"""SDR pictures for HDR screens: BT.709 becomes PQ or HLG in BT.2020, highlights given the light they once had.

    BT.1886 code ─► light, white at 203 cd/m² ─► BT.2020 ─► ICtCp ─► intensity back through the EETF of BT.2390, chroma
    with it ─► light up to the peak ─► PQ, or HLG without its OOTF        all of it once, as a cube that lut3d looks up

This is the way of `tonemap` walked backwards, so tone mapping the result gives the picture back. What is under the
curve's knee, skin among it, keeps its light; a diffuse white of 90 % comes to lie at about 200 cd/m², where BT.2408
wants it; only what is brighter rises towards the peak.

Sources: ITU-R BT.2390-11 §5.4 (EETF, inverted), BT.2408-7 (203 cd/m²), BT.2087 (BT.709 in BT.2020), BT.2100-3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dreamreel.media.filters import FilterSpec
from dreamreel.media.tonemap import (
    DEFAULT_PEAK,
    HLG,
    LUMA_2020,
    SWSCALE_WHITE,
    TO_709,
    TO_ICTCP,
    TO_LMS,
    WHITE,
    eetf,
    from_pq,
    to_pq,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Light = NDArray[np.float64]

__all__ = ["cube", "expanded", "inverse_spec"]

_STEPS: Final = 20_001
"""Points of the curve that is turned round."""
_STEEPEST: Final = 5.0
"""PQ steps for one PQ step of the SDR picture, at the most."""
_HLG_GAMMA: Final = 1.2
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073


def inverse_spec(transfer: int, peak: float) -> FilterSpec:
    """The lookup that makes pictures of a transfer characteristic, as bright as `peak` cd/m², as plans hold it."""
    return FilterSpec.of("inverse_map", transfer=transfer, peak=f"{peak:g}")


def expanded(code: Light, peak: float) -> Light:
    """PQ codes of a screen of `peak` cd/m² for those of one of 203: the EETF turned round.

    Turned round it would be endlessly steep at white, where one step of 8 bits would be hundreds of cd/m² and every
    grain of noise a lamp; so it goes on straight from where it is `_STEEPEST`. White then lies at about half the peak.
    """
    import numpy as np

    code = np.asarray(code, np.float64)
    if peak <= WHITE:
        return code
    source = np.linspace(0, float(to_pq(np.array(peak))), _STEPS)
    shown = eetf(source, peak, WHITE)
    slopes = np.diff(source) / np.maximum(np.diff(shown), 1e-12)
    last = int(np.argmax(slopes > _STEEPEST)) if (slopes > _STEEPEST).any() else _STEPS - 1
    straight = source[last] + _STEEPEST * (code - shown[last])
    return np.where(code <= shown[last], np.interp(code, shown, source), straight)


def cube(transfer: int, peak: float, size: int) -> Light:
    """HDR R'G'B' codes for BT.709 codes on a grid, both as swscale's 12 bits: (size, size, size, 3), blue first."""
    import numpy as np

    # A little more than white as well, so that the last cell of the grid, where white lies, is as smooth as the rest.
    steps = np.linspace(0, 1, size) / SWSCALE_WHITE
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    sdr = np.stack([red, green, blue], axis=-1) ** 2.4 * WHITE
    light = np.maximum(sdr @ np.linalg.inv(np.array(TO_709)).T, 0)
    to_lms, to_ictcp = np.array(TO_LMS) / 4096, np.array(TO_ICTCP) / 4096
    ictcp = to_pq(light @ to_lms.T) @ to_ictcp.T
    after = ictcp[..., 0]
    before = expanded(after, peak)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.nan_to_num(np.maximum(before / after, after / before), nan=1.0, posinf=1.0)
    ictcp = np.stack([before, ictcp[..., 1] * more, ictcp[..., 2] * more], axis=-1)
    hdr = from_pq(ictcp @ np.linalg.inv(to_ictcp).T) @ np.linalg.inv(to_lms).T
    hdr = np.clip(hdr, 0, peak)
    return (_hlg(hdr) if transfer == HLG else to_pq(hdr)) * SWSCALE_WHITE


def _hlg(light: Light) -> Light:
    """HLG codes of light in cd/m² on a display of 1000 cd/m²: inverse OOTF, then the OETF."""
    import numpy as np

    shown = light / DEFAULT_PEAK
    bright = np.maximum(shown @ np.array(LUMA_2020), 1e-9)[..., None]
    scene = np.clip(shown * bright ** ((1 - _HLG_GAMMA) / _HLG_GAMMA), 0, 1)
    curved = _HLG_A * np.log(np.maximum(12 * scene - _HLG_B, 1e-9)) + _HLG_C
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), curved)
