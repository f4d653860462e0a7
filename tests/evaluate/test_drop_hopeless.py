import numpy as np

from steelyard.evaluate.drop_hopeless import hopeless

BEST = np.array([0.80, 0.82, 0.79, 0.81, 0.80])


def test_only_what_cannot_catch_up_is_dropped():
    noise = np.random.default_rng(0).normal(0, 0.01, 5)
    values = {"best": BEST, "far": BEST - 0.2 + noise, "near": BEST - 0.005 + noise}
    found = hopeless(values, {"far", "near", "best"}, 0.25)
    assert list(found) == ["far"]
    assert "'best'" in found["far"]


def test_baselines_are_never_candidates():
    assert hopeless({"best": BEST, "constant": BEST - 0.5}, set(), 0.25) == {}


def test_two_noisy_folds_drop_nothing():
    assert hopeless({"best": BEST[:2], "worse": np.array([0.6, 0.75])}, {"worse"}, 1.0) == {}


def test_undefined_values_drop_nothing():
    assert hopeless({"a": np.full(5, np.nan), "b": np.full(5, np.nan)}, {"a", "b"}, 0.25) == {}
    assert hopeless({"a": BEST, "b": np.full(5, np.nan)}, {"b"}, 0.25) == {}
