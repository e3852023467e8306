"""Lattices have the ratio and the radius that was asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pconv_edu.core import hole_radius, hole_ratio
from pconv_edu.experiments.evaluate import hole_shapes


@given(count=st.integers(1, 8), side=st.integers(1, 32))
@settings(deadline=None, max_examples=60)
def test_any_lattice(count, side):
    mask = hole_shapes.squares(count, side)
    assert hole_ratio(mask) == (count * side / 256) ** 2
    if count * side < 256 - 2 * count:  # with room between them and around
        assert hole_radius(mask) == (side + 1) // 2
    assert hole_ratio(hole_shapes.stripes(count, side)) == count * side / 256


@pytest.mark.parametrize("count, side", [(0, 4), (2, 0), (3, 100)])
def test_lattices_that_do_not_fit_are_refused(count, side):
    with pytest.raises(ValueError, match="does not fit into 256 px"):
        hole_shapes.squares(count, side)
