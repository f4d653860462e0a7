"""What the flow saves, whole systems: preparer, sampler, learner, calibration and decision rule."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from steelyard.balance import Balanced, sampler_by_name, sampler_needs
from steelyard.data import TablePreparer
from steelyard.decide import ArgmaxRule, CapacityThreshold, CostThreshold, MetricThreshold, RecallFloor
from steelyard.store import load_model, save_model

ROWS = 397  # a number that no other size in a model has by chance
RULES = {
    "argmax": ArgmaxRule,
    "cost": lambda inner, **options: CostThreshold(inner, miss=20, **options),
    "metric": lambda inner, **options: MetricThreshold(inner, metric="f1", **options),
    "capacity": lambda inner, **options: CapacityThreshold(inner, review=20, **options),
    "floor": lambda inner, **options: RecallFloor(inner, min_recall={"yes": 0.8}, **options),
}
SAMPLERS = (
    "smote",
    "random-under",
    "tomek-links",
    "edited-nearest-neighbours",
    "imblearn:adasyn",
    "imblearn:smoteenn",
)


def table(n_classes=2):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 3)), columns=list("abc"))
    frame["level"] = pd.Categorical(rng.choice(["x", "y", "z"], ROWS))
    y = np.where(frame["a"] + rng.normal(size=ROWS) > 1.3, "yes", "no")
    return frame, (np.where(rng.random(ROWS) < 0.2, "perhaps", y) if n_classes == 3 else y)


def learner():
    return HistGradientBoostingClassifier(
        max_iter=3, early_stopping=False, categorical_features="from_dtype", random_state=0
    )


def system(rule="metric", calibration="auto", sampler=None, correction="prior"):
    inner, output = learner(), "native"
    if sampler is not None:
        inner = Balanced(sampler_by_name(sampler, random_state=0), inner, correction=correction)
        output = sampler_needs(sampler)
    steps = [("prepare", TablePreparer(output, random_state=0)), ("learn", inner)]
    return RULES[rule](Pipeline(steps), calibration=calibration, random_state=0)


def round_trip(model, path, n_classes=2):
    X, y = table(n_classes)
    model.fit(X, y)
    save_model(model, path, about={})
    back = load_model(path).estimator
    np.testing.assert_array_equal(back.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(back.predict(X), model.predict(X))
    assert back.decision_ == model.decision_
    assert back.calibration_ == model.calibration_
    return back


@pytest.mark.parametrize("rule", RULES)
def test_every_rule(rule, tmp_path):
    round_trip(system(rule), tmp_path / "model.skops")


@pytest.mark.parametrize("calibration", [None, "sigmoid", "isotonic", "beta", "venn-abers"])
def test_every_calibration(calibration, tmp_path):
    if calibration == "venn-abers":
        pytest.importorskip("venn_abers")
    round_trip(system(calibration=calibration), tmp_path / "model.skops")


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_samplers_of_both_libraries(sampler, n_classes, tmp_path):
    round_trip(system(sampler=sampler), tmp_path / "model.skops", n_classes)


@pytest.mark.parametrize("sampler", ["smote", "random-over", "imblearn:smotetomek"])
def test_nothing_in_the_file_is_as_long_as_the_table_but_the_held_out_scores(sampler, tmp_path):
    """The training rows stay behind; a rule keeps the scores and labels it can be moved with."""
    path = tmp_path / "model.skops"
    model = system(sampler=sampler, correction="calibrate")
    round_trip(model, path)
    kept = [value for value in model.evidence_.values() if isinstance(value, np.ndarray)]
    assert all(value.ndim == 1 or value.shape[1] == 2 for value in kept)
    with zipfile.ZipFile(path) as archive:
        arrays = [
            np.load(archive.open(name), allow_pickle=False)
            for name in archive.namelist()
            if name.endswith(".npy")
        ]
    long = [array for array in arrays if array.ndim and len(array) >= ROWS]
    assert len(arrays) > len(kept) >= len(long) > 0
    for array in long:
        assert any(np.array_equal(array, value) for value in kept)
