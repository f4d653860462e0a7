"""Verdicts: the rule on the page, against a plain twin and case by case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from steelyard.errors import BadOption
from steelyard.recipes.table import Better, Holds, Paper, Table, Value, Within, judge

SETS = [f"set {i}" for i in range(6)]


def flat(value, sets=SETS, seeds=1):
    return {name: [value] * seeds for name in sets}


def judged(table, **claim):
    return Better("claim", "new", "old", "f1", **claim).judge(table)


def slow_mean_verdict(new, old, margin):
    """The rule for means, read off the page and written as loops."""
    differences = {}
    for name in new:
        pairs = [a - b for a, b in zip(new[name], old[name], strict=True)]
        differences[name] = pairs
    values = (
        [sum(pairs) / len(pairs) for pairs in differences.values()]
        if len(differences) > 1
        else next(iter(differences.values()))
    )
    if len(values) < 2:
        return "cannot tell"
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    if np.mean(values) - half >= margin - 1e-9:
        return "holds"
    return "does not hold" if np.mean(values) + half < margin - 1e-9 else "cannot tell"


VALUES = st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def two_systems(draw):
    sets, seeds = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pair = [
        {f"set {i}": draw(st.lists(VALUES, min_size=seeds, max_size=seeds)) for i in range(sets)}
        for _ in range(2)
    ]
    return pair[0], pair[1], draw(st.sampled_from([0.0, 0.1, -0.2]))


@settings(max_examples=80, deadline=None)
@given(two_systems())
def test_the_mean_is_judged_as_the_page_says(case):
    new, old, margin = case
    measured = tuple(
        Value(dataset, "cv", system, "f1", seed, value)
        for system, sets in (("new", new), ("old", old))
        for dataset, values in sets.items()
        for seed, value in enumerate(values)
    )
    verdict = judged(Table("toy", Paper("Toy", ""), "smoke", measured), margin=margin)
    assert verdict.verdict == slow_mean_verdict(new, old, margin)


def test_smaller_turns_the_difference_round(table_of):
    table = table_of({"new": flat(0.2), "old": flat(0.5)})
    assert judged(table, smaller=True).difference == pytest.approx(0.3)
    assert judged(table, smaller=True).verdict == "holds"
    assert judged(table).verdict == "does not hold"


def test_one_pair_says_nothing_of_a_mean(table_of):
    verdict = judged(table_of({"new": {"a": [0.9]}, "old": {"a": [0.1]}}))
    assert (verdict.verdict, verdict.low, verdict.p_value) == ("cannot tell", None, 1.0)
    assert "over 1 seed" in verdict.words


def test_one_set_is_judged_over_its_seeds(table_of):
    table = table_of({"new": {"a": [0.61, 0.62, 0.63]}, "old": {"a": [0.5, 0.5, 0.5]}})
    assert judged(table, margin=0.05).verdict == "holds"
    assert "over 3 seeds" in judged(table).words


def test_only_seeds_that_both_ran_are_paired(table_of):
    table = table_of({"new": {"a": [0.6, 0.6]}, "old": {"a": [0.5, 0.5, 0.9]}})
    assert judged(table).difference == pytest.approx(0.1)


def test_nothing_measured_cannot_be_told(table_of):
    table = table_of({"new": {"a": [0.6]}, "old": {"b": [0.5]}})
    for demand in ("mean", "most sets", "every set", "every run"):
        verdict = judged(table, demand=demand)
        assert (verdict.verdict, verdict.words) == ("cannot tell", "Not measured at this scale.")


@pytest.mark.parametrize(
    ("gains", "demand", "expected"),
    [
        ([[1, 1]] * 6, "every set", "holds"),
        ([[1, 1]] * 5 + [[0, 0]], "every set", "holds"),
        ([[1, 1]] * 5 + [[-2, 1]], "every set", "cannot tell"),
        ([[1, 1]] * 5 + [[-2.01, -2]], "every set", "does not hold"),
        ([[1]] * 5 + [[-2]], "every set", "cannot tell"),
        ([[1, 1]] * 6, "every run", "holds"),
        ([[1, 1]] * 5 + [[3, -1]], "every run", "does not hold"),
        ([[1, 1]] * 4 + [[-2, -2]] * 2, "most sets", "holds"),
        ([[1, 1]] * 3 + [[-2.01, -2]] * 3, "most sets", "does not hold"),
        ([[1, 1]] * 3 + [[-2, 1]] * 3, "most sets", "cannot tell"),
        ([[-1]] * 6, "most sets", "does not hold"),
        ([[-1]] * 5 + [[1]], "most sets", "cannot tell"),
    ],
)
def test_counts_are_judged_as_the_page_says(table_of, gains, demand, expected):
    new = {f"set {i}": [0.5 + gain / 10 for gain in seeds] for i, seeds in enumerate(gains)}
    old = {name: [0.5] * len(seeds) for name, seeds in new.items()}
    verdict = judged(table_of({"new": new, "old": old}), demand=demand)
    assert verdict.verdict == expected
    assert verdict.test == "sign test"
    assert f" of {len(gains) * len(gains[0]) if demand == 'every run' else len(gains)} " in verdict.words


def test_sets_that_fall_short_are_named(table_of):
    table = table_of({"new": {"a": [0.6], "b": [0.4]}, "old": {"a": [0.5], "b": [0.5]}})
    assert "Short of it: b." in judged(table, demand="every set").words


def test_a_set_that_was_asked_for_and_not_measured_is_named_and_not_taken_for_granted(table_of):
    table = table_of({"new": flat(0.6, ["a", "b"]), "old": flat(0.5, ["a", "b"])})
    assert judged(table, datasets=["a", "b"], demand="every set").verdict == "holds"
    verdict = judged(table, datasets=["a", "b", "c"], demand="every set")
    assert verdict.verdict == "cannot tell"
    assert verdict.words.endswith("Not measured: c.")
    assert judged(table, datasets=["a", "c"], demand="most sets").verdict == "holds"


def test_protocols_can_be_compared_and_must_be_named():
    measured = tuple(
        Value(f"set {i}", protocol, "new", "f1", 0, value)
        for i in range(6)
        for protocol, value in (("leaky", 0.9), ("honest", 0.6))
    )
    table = Table("toy", Paper("Toy", ""), "smoke", measured)
    gap = Better("a gap", ("new", "leaky"), ("new", "honest"), "f1", margin=0.1, demand="every set")
    assert gap.judge(table).verdict == "holds"
    with pytest.raises(BadOption, match="2 protocols"):
        Better("a gap", "new", "new", "f1").judge(table)
    with pytest.raises(BadOption, match="protocol='leaky'"):
        table.mean("new", "f1")


@pytest.mark.parametrize(
    ("values", "low", "high", "expected"),
    [
        ([0.50, 0.51, 0.52], 0.4, 0.6, "holds"),
        ([0.50, 0.51, 0.52], 0.4, None, "holds"),
        ([0.50, 0.51, 0.52], None, 0.4, "does not hold"),
        ([0.50, 0.51, 0.52], 0.6, None, "does not hold"),
        ([0.50, 0.51, 0.52], 0.51, 0.6, "cannot tell"),
        ([0.1, 0.5, 0.9], 0.49, 0.51, "cannot tell"),
        ([0.5], 0.5, 0.5, "holds"),
        ([0.5], 0.51, None, "does not hold"),
        ([], 0.5, None, "cannot tell"),
    ],
)
def test_a_range_is_judged_by_the_whole_interval(table_of, values, low, high, expected):
    verdict = Within("a range", "new", "f1", low=low, high=high).judge(table_of({"new": {"a": values}}))
    assert verdict.verdict == expected


def test_a_range_takes_the_mean_over_sets_of_seeds_that_ran_on_all(table_of):
    table = table_of({"new": {"a": [0.2, 0.4], "b": [0.4, 0.6, 0.9]}})
    verdict = Within("a range", "new", "f1", low=0.0).judge(table)
    assert verdict.difference == pytest.approx(0.4)
    assert "over 2 seeds, mean of 2 data sets" in verdict.words
    assert "Not measured: c." in Within("r", "new", "f1", low=0, datasets=["a", "c"]).judge(table).words


@pytest.mark.parametrize(
    ("answer", "expected"), [(True, "holds"), (False, "does not hold"), (None, "cannot tell")]
)
def test_a_check_of_ones_own(table_of, answer, expected):
    verdict = Holds("any", lambda table: (answer, f"{len(table.rows)} row.")).judge(
        table_of({"new": {"a": [1]}})
    )
    assert (verdict.verdict, verdict.words) == (expected, "1 row.")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Better("c", "a", "b", "m", demand="some"),
        lambda: Within("c", "a", "m"),
        lambda: Within("c", "a", "m", low=2, high=1),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(make):
    with pytest.raises(BadOption, match=r"Got .* instead"):
        make()


def test_claims_can_be_judged_anew_on_the_same_figures(toy_table):
    again = judge(toy_table, [Holds("rows", lambda table: (True, ""))], ["Said.", lambda t: t.scale])
    assert [verdict.text for verdict in again.verdicts] == ["rows"]
    assert again.words == ("Said.", "smoke")
    assert again.measured == toy_table.measured
