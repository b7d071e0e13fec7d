"""Every network there is on the same seconds, with what each scores: for choosing by eye and by number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dreamreel.enhance.able import Able, able
from dreamreel.enhance.beside import PLAIN, Side, plainly
from dreamreel.enhance.compose import enhanced
from dreamreel.enhance.judge import SelfTest, self_test
from dreamreel.enhance.propose import propose
from dreamreel.errors import BadParameter
from dreamreel.render.threads import Cancel
from dreamreel.time import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dreamreel.enhance.job import Prepared

__all__ = ["contestants"]


def contestants(
    job: Prepared, can: Able | None = None, cancel: Cancel | None = None
) -> Iterator[tuple[Side, SelfTest]]:
    """The source, then each network that enlarges, each with how well it brings back the source at half the size.

    Raises `BadParameter` when nothing would be enlarged.
    """
    can = can or able()
    assert job.clip is not None
    if job.proposal.plain or not any(step.verb == "upscale" for step in job.proposal.steps()):
        raise BadParameter("a bake-off compares networks that enlarge; choose a larger size with --to.")
    hard = job.findings.hard
    middle = (hard.start + hard.end) / 2
    span = Span(max(hard.start, middle - 1), hard.end)
    told = False
    own = [(family, size) for family in can.families() for size in can.sizes(family)]
    others = [(other.family, "auto") for other in can.others if other.scale > 1]
    for family, size in [*own, *others]:
        asked = replace(job.asked, model=family, size=size)  # pyright: ignore[reportArgumentType]
        proposal = propose(job.findings, asked, can)
        test = self_test(job.clip, proposal, span, cancel or Cancel())
        if test is None:
            raise BadParameter(f"{job.source.name} is too small to be made smaller and brought back.")
        if not told:
            told = True
            plain = replace(test, psnr=test.psnr_plain, xpsnr=test.xpsnr_plain)
            yield Side(PLAIN, f"{test.psnr_plain:.2f} dB", plainly(job)), plain
        yield (
            Side(
                family if size == "auto" else f"{family} {size}",
                f"{test.psnr:.2f} dB",
                enhanced(job.clip, proposal),
            ),
            test,
        )
