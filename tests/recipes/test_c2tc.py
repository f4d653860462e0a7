"""The recipe on its smallest table: rows, figures and claims are all there."""

import math

import numpy as np
import pytest

from steelyard.recipes import c2tc
from steelyard.recipes.machinery.results import Value
from steelyard.recipes.table import Table, judge


@pytest.fixture(scope="module")
def table():
    pytest.importorskip("torch", reason="the extra 'deep' is not installed here")
    pytest.importorskip("lightgbm", reason="the extra 'boost' is not installed here")
    return c2tc.main("smoke", jobs=1, progress=False)


def test_every_row_is_there_and_every_figure_a_share(table):
    assert set(table.systems) == {c2tc.FULL, *c2tc.systems(0, 10)}
    for system in table.systems:
        for figure in c2tc.FIGURES:
            assert 0 <= table.mean(system, figure) <= 1
    assert math.isnan(table.mean(c2tc.MASSES, c2tc.F1 + c2tc.NEAREST))  # it takes no weights
    assert table.mean(c2tc.C2TC, c2tc.KEPT) == 1
    assert table.mean(c2tc.KRATIO, c2tc.J) == pytest.approx(1)
    assert table.mean(c2tc.EXACT, c2tc.J) <= table.mean(c2tc.C2TC, c2tc.J) <= 1


def test_the_claims_are_judged_and_the_words_said(table):
    verdicts = {verdict.text: verdict.verdict for verdict in table.verdicts}
    assert len(verdicts) == len(c2tc.CLAIMS)
    assert verdicts["Budget spent, every class there, masses add up, equal seeds give equal bits"] == "holds"
    assert verdicts["C2TC is at least 10 times as fast as gradient matching as set here"] == "cannot tell"
    assert table.words[0] == "At this scale nothing is condensed to 0.1 %."
    assert "boosting: stratified, proportional" in table.words[1]


def test_budgets_below_two_rows_a_class_are_left_out():
    assert c2tc.budgets(np.arange(5000) % 5, (0.0001, 0.001, 0.01)) == {0.01: 50}


def invented(lead_of_first):
    """A table in which C2TC leads by so much on the first table, and by 3 points on the others."""
    values = []
    for name in c2tc.SETS:
        lead = lead_of_first if name == "adult, 0.1 %" else 0.03
        for seed in range(3):
            for system, f1 in (
                (c2tc.C2TC, 0.5 + lead), (c2tc.KRATIO, 0.5), (c2tc.RATIO, 0.5),
                (c2tc.COUNTS, 0.52), (c2tc.KEQUAL, 0.5), (c2tc.EXACT, 0.5),
            ):  # fmt: skip
                values.append(Value(name, c2tc.PROTOCOL, system, c2tc.F1, seed, f1))
            for system, error in ((c2tc.C2TC, 0.9), (c2tc.EXACT, 0.8)):
                values.append(Value(name, c2tc.PROTOCOL, system, c2tc.J, seed, error))
        values.append(Value(name, c2tc.PROTOCOL, c2tc.GM, c2tc.SECONDS, 0, 30.0))
        values.append(Value(name, c2tc.PROTOCOL, c2tc.C2TC, c2tc.SECONDS, 0, 2.0))
    return judge(Table("c2tc", c2tc.PAPER, "small", tuple(values)), c2tc.CLAIMS, (c2tc.whose_lead,))


@pytest.mark.parametrize(("lead", "verdict"), [(0.03, "holds"), (-0.03, "does not hold")])
def test_what_the_claims_say_of_invented_figures(lead, verdict):
    table = invented(lead)
    said = {one.text: one for one in table.verdicts}
    mean = said[f"At 0.1 % C2TC leads {c2tc.KRATIO} by 2 points of macro F1, in the mean alone"]
    assert mean.verdict == verdict
    assert f"{lead:+.3f} on adult, 0.1 %" in mean.words
    assert (
        said["The exact search errs no more than the local one, nor that than proportional numbers"].verdict
        == "holds"
    )
    assert said["C2TC is at least 10 times as fast as gradient matching as set here"].verdict == "holds"
    assert (
        said["C2TC is at least 20 times as fast as gradient matching as set here"].verdict == "does not hold"
    )
    assert f"by {100 * (0.06 + lead) / 3:.1f} points" in table.words[0]
    assert "gain 2.0 points" in table.words[0]
