import json
import warnings

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from evaluation_rows import made, rows
from steelyard.decide import ArgmaxRule
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate import MemoryCache, System, bootstrap, compare, make_splitter
from steelyard.evaluate.nadeau_bengio import corrected_interval
from steelyard.kernels.rng import int_seed
from steelyard.metrics import METRICS
from steelyard.records import Dataset

QUICK = {"folds": 3, "repeats": 1, "progress": False}


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch):
    monkeypatch.setattr(bootstrap, "MOST_REPLICATES", 200)


class Recording(LogisticRegression):
    """Notes each fit; the list is the class's, so that clones share it."""

    seen = []

    def fit(self, X, y, **params):
        Recording.seen.append(np.asarray(X).copy())
        return super().fit(X, y, **params)


class RecordingSampler(RandomOverSampler):
    seen = []

    def fit_resample(self, X, y, **params):
        RecordingSampler.seen.append(np.asarray(X).copy())
        return super().fit_resample(X, y, **params)


class Failing(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        raise ValueError("this method needs more rows than there are")


class FailingOnce(LogisticRegression):
    """Fails where the training rows do not hold the first row of the table."""

    def __init__(self, first=None):
        super().__init__()
        self.first = first

    def fit(self, X, y):
        if self.first not in np.asarray(X)[:, 0]:
            raise ValueError("first row is missing")
        return super().fit(X, y)


class Chatty(LogisticRegression):
    def fit(self, X, y):
        warnings.warn("did not converge", stacklevel=1)
        return super().fit(X, y)


def over(model=None, seed=0):
    return make_pipeline(RandomOverSampler(random_state=seed), model or LogisticRegression())


def test_figures_are_those_of_a_plain_loop(table):
    card = compare({"plain": LogisticRegression(), "over": over()}, table, folds=4, repeats=2, progress=False)
    splitter = make_splitter(table, 4, 2, int_seed(0, "splits"))
    values = []
    for fold in splitter.folds:
        model = LogisticRegression().fit(table.X.iloc[fold.train], table.y[fold.train])
        proba = model.predict_proba(table.X.iloc[fold.test])
        codes = (table.y[fold.test] == "rare").astype(int)
        values.append(METRICS["average_precision"].value(codes, proba, proba.argmax(axis=1), positive=1))
    found = card.row("plain").metrics["average_precision"]
    assert found.values == pytest.approx(values)
    expected = corrected_interval(values, splitter.ratio, bounds=(0, 1))
    assert (found.mean, found.low, found.high) == pytest.approx((expected.mean, expected.low, expected.high))
    assert card.gains[0].difference.values == pytest.approx(
        np.array(card.row("over").metrics["average_precision"].values) - values
    )


def test_numbers_do_not_depend_on_the_number_of_workers(table):
    systems = rows(over=over(DecisionTreeClassifier(max_depth=3)))
    one, two = (compare(systems, table, jobs=jobs, **QUICK) for jobs in (1, 2))
    assert one == two
    assert json.dumps(one.to_dict()["rows"][0]["metrics"]) == json.dumps(two.to_dict()["rows"][0]["metrics"])
    assert np.array_equal(one.predictions["over"].proba, two.predictions["over"].proba)


def test_seeds_that_were_left_out_come_from_the_one_given(table):
    systems = {"plain": DecisionTreeClassifier(max_features=1), "over": over(seed=None)}
    first, again, other = (compare(systems, table, random_state=seed, **QUICK) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_systems_with_the_same_model_share_its_fits(table):
    Recording.seen = []
    systems = rows()
    for system in systems.values():
        system.estimator.set_params(estimator=Recording())
    compare(systems, table, **QUICK)
    # Per fold: one fit for both rows, and three for the inner out-of-fold scores of the threshold.
    assert len(Recording.seen) == 3 * (1 + 3)


def test_nothing_that_is_fitted_ever_sees_a_test_row(table):
    data = table.take(np.arange(len(table)))
    data.X["a"] += np.arange(len(data)) * 1e-9  # every row can be told by its first cell
    key = {value: row for row, value in enumerate(data.X["a"])}
    Recording.seen, RecordingSampler.seen = [], []
    remedy = make_pipeline(RecordingSampler(random_state=0), Recording())
    card = compare({"plain": LogisticRegression(), "over": remedy}, data, **QUICK)
    predictions = card.predictions["over"]
    assert len(Recording.seen) == len(RecordingSampler.seen) == 3
    for fold in range(3):
        tested = set(predictions.rows[predictions.fold == fold].tolist())
        for seen in (Recording.seen[fold], RecordingSampler.seen[fold]):
            assert not tested & {key[value] for value in seen[:, 0]}


def test_labels_without_meaning_give_no_evidence():
    data = made(300, 0.2, signal=0.0, seed=3)
    systems = rows(over=over(), tree=over(DecisionTreeClassifier(random_state=0)))
    systems["constant"] = System("constant", "constant", ArgmaxRule(DummyClassifier(strategy="prior")))
    card = compare(systems, data, folds=5, repeats=2, progress=False)
    assert not card.verdict.resampling_helps
    assert card.verdict.sentence.startswith("No evidence that resampling helps")
    assert card.row(card.chosen).kind != "remedy"
    assert any("cannot be told from guessing" in note for note in card.notes)


def test_a_remedy_that_truly_helps_is_found_and_chosen(table):
    blind = DummyClassifier(strategy="prior")
    systems = {
        "plain": System("plain", "plain", ArgmaxRule(blind)),
        "good": System("good", "remedy", ArgmaxRule(LogisticRegression()), resamples=True),
    }
    card = compare(systems, table, folds=5, repeats=2, progress=False)
    assert card.verdict.resampling_helps
    assert card.chosen == "good"
    assert card.gains[0].helps
    assert card.corrected.low < card.corrected.mean < card.corrected.high
    assert card.corrected.mean == pytest.approx(card.row("good").metrics["average_precision"].mean, abs=0.05)


def test_a_failing_remedy_is_a_row_that_says_why(table):
    failing = System("bad", "remedy", ArgmaxRule(Failing()), resamples=True)
    card = compare({"plain": LogisticRegression(), "bad": failing}, table, **QUICK)
    bad = card.row("bad")
    assert bad.status == "failed"
    assert bad.note == "Failed in fold 1 of repeat 1: ValueError: this method needs more rows than there are"
    assert bad.metrics == {}
    assert card.gains == ()
    assert "no row that resamples" in card.verdict.sentence


def test_failing_in_one_fold_fails_the_row_and_is_the_same_with_workers(table):
    first = float(table.X.iloc[0, 0])
    systems = {"plain": LogisticRegression(), "once": FailingOnce(first)}
    one, two = (compare(systems, table, jobs=jobs, **QUICK) for jobs in (1, 2))
    assert one.row("once").status == "failed"
    assert "first row is missing" in one.row("once").note
    assert one == two


def test_a_failing_baseline_stops_the_comparison(table):
    with pytest.raises(RuntimeError, match="'plain' must not fail"):
        compare({"plain": System("plain", "plain", ArgmaxRule(Failing()))}, table, **QUICK)


def test_what_libraries_warn_of_is_in_the_note(table):
    card = compare({"plain": LogisticRegression(), "chatty": Chatty()}, table, **QUICK)
    assert card.row("chatty").note == "Warned in 3 fits: did not converge"


def test_hopeless_rows_are_dropped_after_a_complete_repeat_and_stay_in_the_corrections():
    data = made(300, 0.3, signal=4.0)
    hopeless = System("blind", "remedy", ArgmaxRule(DummyClassifier(strategy="prior")), resamples=True)
    systems = {**rows(over=over()), "blind": hopeless}
    card = compare(systems, data, folds=3, repeats=3, progress=False)
    blind = card.row("blind")
    assert blind.status == "dropped"
    assert "Dropped after 3 folds" in blind.note
    values = blind.metrics["average_precision"].values
    assert np.isnan(values[3:]).all()
    assert not np.isnan(values[:3]).any()
    assert {gain.system for gain in card.gains} == {"over", "blind"}
    kept = compare(systems, data, folds=3, repeats=3, progress=False, drop_hopeless=False)
    assert kept.row("blind").status == "kept"
    assert kept.chosen == card.chosen


def test_cost_decides_when_it_is_given(table):
    cost = np.array([[0, 1], [30, 0]])
    card = compare(rows(over=over()), table, cost=cost, **QUICK)
    assert card.protocol["metric"] == "expected_cost"
    assert card.protocol["cost"] == cost.tolist()
    # Turned so that positive is better: what a row saves against the reference.
    gain = card.gains[0]
    best, over_cost = (card.row(name).metrics["expected_cost"].mean for name in (gain.against, "over"))
    assert gain.difference.mean == pytest.approx(best - over_cost)


def test_the_constant_row_is_chosen_only_when_it_is_cheapest(table):
    systems = rows()
    systems["constant"] = System("constant", "constant", ArgmaxRule(DummyClassifier(strategy="prior")))
    cheap_misses = np.array([[0, 1000], [1, 0]])
    card = compare(systems, table, cost=cheap_misses, **QUICK)
    assert card.chosen == "constant"
    assert "always deciding the same" in card.verdict.sentence
    assert compare(systems, table, **QUICK).chosen != "constant"


def test_the_moved_threshold_stands_for_the_plain_row_it_shares_a_model_with(table):
    card = compare(rows(), table, metrics=["average_precision"], **QUICK)
    plain, threshold = (card.row(name).metrics["average_precision"].mean for name in ("plain", "threshold"))
    assert plain == pytest.approx(threshold)
    assert card.verdict.best_plain == "plain"
    assert card.chosen == "threshold"


def test_decisions_of_all_folds_are_summed_up(table):
    decision = compare(rows(), table, **QUICK).row("threshold").decision
    assert decision["threshold_low"] <= decision["threshold"] <= decision["threshold_high"]


def test_three_classes_and_one_too_rare():
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c", "tiny"], [80, 40, 20, 2])
    X = rng.normal(size=(142, 2)) + np.searchsorted(["a", "b", "c", "tiny"], y)[:, None]
    card = compare({"plain": LogisticRegression(), "over": over()}, Dataset(X, y, task="multiclass"), **QUICK)
    assert card.protocol["not_evaluated"] == ["tiny"]
    assert card.protocol["positive"] is None
    assert set(card.row("plain").recall) == {"a", "b", "c"}
    assert card.predictions["plain"].proba.shape == (140, 4)


@pytest.mark.parametrize("kind", ["groups", "time"])
def test_rows_that_come_together_are_drawn_together(kind):
    more = {kind: np.arange(240) // 6}
    card = compare(rows(over=over()), made(**more), folds=3, progress=False)
    method = {"groups": "bootstrap of whole groups", "time": "bootstrap of blocks of time"}[kind]
    assert card.protocol["intervals"] == method
    for estimate in card.row("plain").metrics.values():
        assert estimate.low <= estimate.mean <= estimate.high
        assert estimate.method == method
    assert card.row("plain").recall["rare"].method == "Wilson, groups"
    assert card.gains[0].difference.low <= card.gains[0].difference.mean <= card.gains[0].difference.high
    assert card == compare(rows(over=over()), made(**more), folds=3, progress=False)


def test_official_parts_are_one_fold():
    part = np.where(np.arange(240) < 160, "train", "test")
    card = compare(rows(over=over()), made(part=part), use_part=True, progress=False)
    assert card.protocol["splitter"] == "official parts"
    assert set(card.predictions["plain"].rows.tolist()) == set(range(160, 240))
    found = card.row("plain").metrics["average_precision"]
    assert found.low < found.mean < found.high


def test_nested_selection_measures_the_choice_not_the_chosen(table):
    card = compare(rows(over=over()), table, selection="nested", **QUICK)
    assert card.corrected.method == "nested cross-validation"
    assert len(card.corrected.values) == 3
    pool = np.array([row.metrics["average_precision"].values for row in card.rows])
    for fold, value in enumerate(card.corrected.values):
        assert value in pool[:, fold]


def test_weights_of_rows_count():
    data = made()
    weighted = made(weight=np.where(np.arange(240) % 2 == 0, 1.0, 3.0))
    plain, other = (compare({"plain": LogisticRegression()}, d, **QUICK) for d in (data, weighted))
    assert plain.row("plain").metrics["accuracy"].mean != other.row("plain").metrics["accuracy"].mean


def test_finished_units_are_not_fitted_again(table):
    cache = MemoryCache()
    systems = {"plain": Recording(), "over": over()}
    whole = compare(systems, table, cache=cache, **QUICK)
    assert len(cache.values) == 6
    for key in list(cache.values)[3:]:
        del cache.values[key]
    Recording.seen = []
    again = compare(systems, table, cache=cache, **QUICK)
    assert again == whole
    assert len(Recording.seen) == len(cache.values) - 3 - sum(over_units(cache)[3:])


def over_units(cache):
    return [int("over" in value["plain"]["systems"]) for value in cache.values.values()]


def test_other_data_or_settings_find_nothing_in_the_cache(table):
    cache = MemoryCache()
    compare({"plain": LogisticRegression()}, table, cache=cache, **QUICK)
    compare({"plain": LogisticRegression(C=0.5)}, table, cache=cache, **QUICK)
    compare({"plain": LogisticRegression()}, made(seed=1), cache=cache, **QUICK)
    compare({"plain": LogisticRegression()}, table, cache=cache, random_state=1, **QUICK)
    assert len(cache.values) == 4 * 3


def test_failed_units_are_tried_again(table):
    cache = MemoryCache()
    systems = {"plain": LogisticRegression(), "bad": Failing()}
    compare(systems, table, cache=cache, **QUICK)
    assert len(cache.values) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "acuracy"}, "Did you mean 'accuracy'"),
        ({"metric": "expected_cost"}, "needs a cost matrix"),
        ({"cost": [[0, 1]]}, r"cost must be a \(2, 2\) matrix"),
        ({"positive": "fraud"}, r"positive must be one of \['common', 'rare'\]"),
        ({"selection": "best"}, "selection must be one of"),
        ({"jobs": 0}, "jobs must be a positive number"),
    ],
)
def test_options_that_make_no_sense(table, options, message):
    with pytest.raises(BadOption, match=message):
        compare({"plain": LogisticRegression()}, table, **QUICK, **options)


def test_only_remedies_cannot_be_compared(table):
    with pytest.raises(BadOption, match="at least one row that does not resample"):
        compare({"over": over()}, table, **QUICK)


def test_one_class_cannot_be_evaluated(table):
    with pytest.raises(CannotEvaluate, match="at least 2 classes, got 1"):
        compare({"plain": LogisticRegression()}, table.take(np.flatnonzero(table.y == "common")), **QUICK)
