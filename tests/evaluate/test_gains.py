import numpy as np
import pytest

from steelyard.evaluate.gains import gains_by_bootstrap, gains_by_folds
from steelyard.evaluate.nadeau_bengio import corrected_t_test

RNG = np.random.default_rng(0)
PLAIN = RNG.normal(0.5, 0.05, size=15)


def test_a_clear_gain_helps_and_noise_does_not():
    values = {
        "plain": PLAIN,
        "good": PLAIN + 0.1 + RNG.normal(0, 0.01, 15),
        "same": PLAIN + RNG.normal(0, 0.01, 15),
        "bad": PLAIN - 0.1 + RNG.normal(0, 0.01, 15),
    }
    good, same, bad = gains_by_folds(values, "plain", "average_precision", 0.25)
    assert (good.helps, same.helps, bad.helps) == (True, False, False)
    assert good.difference.low > 0 > bad.difference.high
    assert good.against == "plain"
    assert good.p_value == pytest.approx(corrected_t_test(values["good"] - PLAIN, 0.25).p_value)
    assert len(good.difference.values) == 15


def test_interval_says_the_same_as_the_corrected_p_value():
    seen = set()
    for trial in range(100):
        rng = np.random.default_rng(trial)
        values = {"plain": np.zeros(5)} | {
            name: rng.normal(shift, 0.03, size=5) for name, shift in (("a", 0.05), ("b", 0.06), ("c", 0.02))
        }
        for gain in gains_by_folds(values, "plain", "m", 0.25):
            excludes = gain.difference.low > 0 or gain.difference.high < 0
            assert excludes == (gain.p_corrected < 0.05)
            seen.add(excludes)
    assert seen == {True, False}


def test_more_remedies_widen_the_intervals():
    few = {"plain": PLAIN, "a": PLAIN + RNG.normal(0.01, 0.02, 15)}
    many = few | {name: PLAIN + RNG.normal(0.01, 0.02, 15) for name in "bcdef"}
    alone = gains_by_folds(few, "plain", "m", 0.25)[0].difference
    among = gains_by_folds(many, "plain", "m", 0.25)[0].difference
    assert among.high - among.low > alone.high - alone.low


def test_a_dropped_row_is_compared_on_the_folds_it_has():
    half = np.where(np.arange(15) < 5, PLAIN - 0.2, np.nan)
    gain = gains_by_folds({"plain": PLAIN, "dropped": half}, "plain", "m", 0.25)[0]
    assert gain.difference.mean == pytest.approx(-0.2)
    assert not gain.helps


def test_no_remedy_no_gain():
    assert gains_by_folds({"plain": PLAIN}, "plain", "m", 0.25) == ()


def test_bootstrap_gains_are_paired():
    shared = RNG.normal(0.5, 0.2, size=1000)  # moves both systems, so the difference is certain
    folds = {"plain": PLAIN[:5], "good": PLAIN[:5] + 0.05, "same": PLAIN[:5]}
    good, same = gains_by_bootstrap(
        {"plain": 0.5, "good": 0.55, "same": 0.5},
        {"plain": shared, "good": shared + RNG.normal(0.05, 0.01, 1000), "same": shared},
        folds,
        "plain",
        "m",
        50,
    )
    assert good.helps
    assert good.difference.mean == pytest.approx(0.05)
    assert good.p_value == pytest.approx(2 / 1001)
    assert not same.helps
    assert same.p_value == 1.0
