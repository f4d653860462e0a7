import numpy as np
import pytest

from steelyard.diagnose import SmallDisjuncts
from tables_to_check import ask, dataset


def islands(n_islands, per_island, n=600, seed=0):
    """A rare class in separate islands on a line of the usual one."""
    rng = np.random.default_rng(seed)
    usual = rng.uniform(0, 100, n)
    centres = np.linspace(2, 98, n_islands)
    usual = usual[np.abs(usual[:, None] - centres).min(axis=1) > 0.2]
    rare = (centres[:, None] + rng.uniform(-0.1, 0.1, (n_islands, per_island))).ravel()
    x = np.concatenate([usual, rare])
    return dataset(x[:, None], np.repeat(["usual", "rare"], [usual.size, rare.size]))


def test_many_small_islands_are_found():
    data = islands(20, 3)
    finding = SmallDisjuncts().check(data)
    assert (finding.outcome, finding.severity) == ("found", "info")
    assert finding.measures["disjuncts"] == 20
    assert finding.measures["share_in_small"] == 1
    assert set(finding.rows) == set(np.flatnonzero(data.y == "rare"))
    assert 0 <= finding.measures["missed"]["in_small"] <= 1
    assert finding.measures["missed"]["in_large"] is None


def test_one_large_island_is_clear():
    finding = SmallDisjuncts().check(islands(1, 60))
    assert (finding.outcome, finding.measures["disjuncts"]) == ("clear", 1)


@pytest.mark.parametrize(("limits", "outcome"), [({"small": 2}, "clear"), ({"max_share": 1.0}, "clear")])
def test_limits_move_the_outcome(limits, outcome):
    assert SmallDisjuncts(**limits).check(islands(20, 3)).outcome == outcome


def test_a_class_needs_rows():
    assert SmallDisjuncts(min_rows=61).check(islands(20, 3)).outcome == "not applicable"


def test_yeast4_is_in_pieces_and_car_is_not():
    assert ask(SmallDisjuncts(), "yeast4").outcome == "found"
    assert ask(SmallDisjuncts(), "car").outcome == "clear"
