import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose import RareLevels
from tables_to_check import ask, clean_table, dataset


def towns(rare=20):
    X, y = clean_table()
    town = np.array(["Rome", "Oslo", "Bonn"] * 300, dtype=object)
    town[:rare] = [f"village {i // 2}" for i in range(rare)]
    return dataset(X.assign(town=town), y)


def test_rare_levels_are_found_with_their_rows():
    finding = RareLevels().check(towns())
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "info", ("town",))
    assert finding.rows.tolist() == list(range(20))
    assert finding.measures == {"rare_levels": 10, "columns": {"town": 10}}


def test_usual_levels_are_clear_and_numbers_not_asked():
    assert RareLevels().check(dataset(*clean_table())).outcome == "clear"
    X, y = clean_table()
    assert RareLevels().check(dataset(X.drop(columns="shop"), y)).outcome == "not applicable"


def test_a_missing_value_is_no_level():
    X, y = clean_table()
    town = pd.Series(["Rome", "Oslo"] * 450)
    town[:9] = None
    assert RareLevels(max_share=0).check(dataset(X.assign(town=town), y)).outcome == "clear"


@pytest.mark.parametrize("limits", [{"min_rows": 2}, {"max_share": 0.03}])
def test_limits_move_the_outcome(limits):
    assert RareLevels(**limits).check(towns()).outcome == "clear"


def test_real_sets():
    assert ask(RareLevels(), "car").outcome == "clear"
    assert ask(RareLevels(), "coswara_metadata").outcome == "found"
