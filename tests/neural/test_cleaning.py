"""From what was measured to how strongly a film is cleaned."""

import pytest

from dreamreel.neural.cleaning import cleaning


@pytest.mark.parametrize(("noise", "coarse", "shown"), [(0, None, 0), (0, 0.0, 0.1), (1.9, 0.19, 0.1)])
def test_what_is_not_seen_is_left_alone(noise, coarse, shown):
    assert cleaning(noise, coarse, shown) == 0


def test_the_coarser_the_stronger():
    found = [cleaning(0, coarse, 0) for coarse in (0.2, 0.4, 0.6, 1.0)]
    assert found == sorted(found)
    assert found[0] <= 0.6
    assert found[-1] == 1


def test_several_faults_need_more_than_one():
    assert cleaning(5, 0.4, 0) > max(cleaning(5, None, 0), cleaning(0, 0.4, 0))
