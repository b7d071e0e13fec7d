"""Which enlargements get to a size."""

from fractions import Fraction

import pytest

from dreamreel.neural.stages import stages


@pytest.mark.parametrize(
    ("times", "scales", "chain"),
    [(Fraction(1), (2,), ()), (Fraction(11, 10), (2,), ()), (Fraction(3, 2), (2,), (2,)), (Fraction(9, 4), (2,), (2,)),
     (Fraction(3), (2,), (2, 2)), (Fraction(3), (2, 3, 4), (3,)), (Fraction(4), (2, 3, 4), (4,)), (Fraction(3), (), ()),
     (Fraction(8), (2,), (2, 2, 2)), (Fraction(8), (2, 4), (2, 4))],
)  # fmt: skip
def test_the_cheapest_enlargements_that_are_enough(times, scales, chain):
    assert stages(times, scales, enough=Fraction(86, 100)) == chain


def test_later_ones_may_have_other_scales():
    assert stages(Fraction(4), (2,), (2, 3, 4)) == (2, 2)
    assert stages(Fraction(8), (2,), (2, 3, 4)) == (2, 4)


def test_a_scale_may_have_to_be_hit():
    assert stages(Fraction(6), (2, 3, 4), exact=True) == (2, 3)
    assert stages(Fraction(5), (2, 3, 4), exact=True) == ()


def test_what_no_chain_reaches_is_as_large_as_can_be():
    assert stages(Fraction(100), (2,)) == (2, 2, 2, 2)
