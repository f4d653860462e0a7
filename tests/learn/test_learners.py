import numpy as np
import pytest

from steelyard.errors import BadOption
from steelyard.learn import learner_by_name, learners

NAMES = [
    "balance-cascade",
    "balanced-bagging",
    "balanced-forest",
    "class-weight",
    "easy-ensemble",
    "hist-gradient-boosting",
    "imovno",
    "lightgbm",
    "logistic",
    "random-forest",
    "rusboost",
    "self-paced",
]
RESAMPLING = {
    "balance-cascade",
    "balanced-bagging",
    "balanced-forest",
    "easy-ensemble",
    "imovno",
    "rusboost",
    "self-paced",
}


def test_the_names_are_those_promised():
    assert sorted(learners()) == NAMES
    assert all(name == spec.name for name, spec in learners().items())


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name):
    spec = learner_by_name(name)
    assert spec.title
    assert spec.output in ("native", "dense")
    assert spec.resamples == (name in RESAMPLING)


@pytest.mark.parametrize("name", NAMES)
def test_each_runs_on_one_thread(name):
    if name == "lightgbm":
        pytest.importorskip("lightgbm")
    made = learner_by_name(name).make(n_rows=100, class_counts=[90, 10], random_state=0)
    assert made.get_params().get("n_jobs") in (None, 1)
    assert made.get_params()["random_state"] == 0


def test_class_weight_lifts_the_rare_class():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = (X[:, 0] + rng.normal(size=400) > 2).astype(int)
    sizes = {"n_rows": 400, "class_counts": [370, 30], "random_state": 0}
    plain = learner_by_name("hist-gradient-boosting").make(**sizes).fit(X, y)
    weighted = learner_by_name("class-weight").make(**sizes).fit(X, y)
    assert weighted.predict_proba(X)[:, 1].mean() > 1.2 * plain.predict_proba(X)[:, 1].mean()


def test_an_unknown_name_lists_near_ones():
    with pytest.raises(BadOption, match="Did you mean 'random-forest'"):
        learner_by_name("random-forrest")
    with pytest.raises(BadOption, match="The learners are hist-gradient-boosting"):
        learner_by_name("qqq")
