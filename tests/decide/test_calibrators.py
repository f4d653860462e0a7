import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, log_loss

from decide.simulated_scores import binary_scores, many_scores
from steelyard.decide import (
    ArgmaxRule,
    BetaCalibrator,
    IsotonicCalibrator,
    SigmoidCalibrator,
    VennAbersCalibrator,
)
from steelyard.decide.calibrators import choose_calibrator
from steelyard.decide.calibrators.keep_order import SMOOTH_SHARE
from steelyard.errors import BadOption
from steelyard.kernels.priors import correct_prior

ALL = [SigmoidCalibrator, IsotonicCalibrator, BetaCalibrator, VennAbersCalibrator]


def distorted(n=3000, seed=0):
    """Scores too sure of themselves and shifted, as a model trained on balanced rows gives them."""
    proba, codes = binary_scores(n, seed=seed)
    odds = np.log(proba[:, 1] / proba[:, 0])
    p = 1 / (1 + np.exp(-(1.7 * odds + 4.0)))
    return np.column_stack([1 - p, p]), codes, proba


@pytest.mark.parametrize("calibrator", ALL)
def test_calibration_undoes_a_distortion_on_new_rows(calibrator):
    raw, codes, _ = distorted()
    fitted = calibrator().fit(raw, codes)
    new, new_codes, truth = distorted(seed=1)
    after = fitted.calibrate(new)
    np.testing.assert_allclose(after.sum(axis=1), 1)
    assert np.abs(after - truth).mean() < 0.02
    assert log_loss(new_codes, after) < 0.5 * log_loss(new_codes, new)


@pytest.mark.parametrize("calibrator", ALL)
def test_the_order_of_rows_and_so_average_precision_stays(calibrator):
    raw, codes, _ = distorted(800)
    after = calibrator().fit(raw, codes).calibrate(raw)
    order = np.argsort(raw[:, 1])
    assert (np.diff(after[order, 1])[np.diff(raw[order, 1]) > 1e-9] > 0).all()
    before = average_precision_score(codes, raw[:, 1])
    assert average_precision_score(codes, after[:, 1]) == pytest.approx(before, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=40), st.sampled_from(ALL[:3]))
def test_any_scores_give_probabilities_in_rising_order(rows, calibrator):
    p = np.array([score for score, _ in rows])
    codes = np.array([int(hit) for _, hit in rows])
    codes[:2] = [0, 1]
    after = calibrator().fit(np.column_stack([1 - p, p]), codes).calibrate(np.column_stack([1 - p, p]))
    assert np.isfinite(after).all()
    assert ((after >= 0) & (after <= 1)).all()
    assert (np.diff(after[np.argsort(p, kind="stable"), 1]) >= -1e-12).all()


@pytest.mark.parametrize("calibrator", ALL)
def test_many_classes_shifted_by_weights_come_back(calibrator):
    truth, codes = many_scores(6000, 4)
    shares = np.bincount(codes) / codes.size
    raw = correct_prior(truth, shares, np.full(4, 0.25))
    after = calibrator().fit(raw, codes).calibrate(raw)
    np.testing.assert_allclose(after.sum(axis=1), 1)
    assert np.abs(after - truth).mean() < 0.35 * np.abs(raw - truth).mean()
    np.testing.assert_allclose(after.mean(axis=0), shares, atol=0.03)


@pytest.mark.parametrize("calibrator", ALL[:3])
def test_a_weight_of_two_is_two_rows(calibrator):
    raw, codes, _ = distorted(300)
    times = np.random.default_rng(0).integers(1, 4, codes.size)
    weighted = calibrator().fit(raw, codes, times.astype(float)).calibrate(raw)
    repeated = calibrator().fit(raw.repeat(times, axis=0), codes.repeat(times)).calibrate(raw)
    np.testing.assert_allclose(weighted, repeated, atol=0.02)  # priors weigh against the number of rows


def test_venn_abers_refuses_unequal_weights():
    raw, codes, _ = distorted(100)
    with pytest.raises(BadOption, match="unequal weight"):
        VennAbersCalibrator().fit(raw, codes, np.arange(1.0, 101.0))


def test_the_sigmoid_is_platts_where_rows_abound():
    raw, codes, _ = distorted(20_000)
    odds = np.log(raw[:, 1] / raw[:, 0])

    def loss(theta):
        z = theta[0] * odds + theta[1]
        return (np.logaddexp(0, z) - codes * z).mean()

    slope, shift = minimize(loss, [1.0, 0.0]).x
    fitted = SigmoidCalibrator().fit(raw, codes).calibrate(raw)[:, 1]
    np.testing.assert_allclose(fitted, 1 / (1 + np.exp(-(slope * odds + shift))), atol=0.005)


def test_a_handful_of_positives_does_not_run_away():
    """Five positives, perfectly told apart: the likeliest sigmoid would be a step."""
    p = np.concatenate([np.linspace(0.001, 0.2, 200), np.linspace(0.3, 0.4, 5)])
    codes = (p > 0.25).astype(int)
    for calibrator in (SigmoidCalibrator, BetaCalibrator):
        after = calibrator().fit(np.column_stack([1 - p, p]), codes).calibrate(np.column_stack([1 - p, p]))
        assert after[:200, 1].max() > 1e-3
        assert after[-1, 1] < 0.999


def test_a_class_without_rows_keeps_little_but_not_nothing():
    truth, codes = many_scores(500, 4)
    known = codes != 3
    after = SigmoidCalibrator().fit(truth[known], codes[known]).calibrate(truth)
    assert 0 < after[:, 3].mean() < truth[:, 3].mean()


def test_isotonic_is_scikit_learns_but_for_the_blend():
    raw, codes, _ = distorted(500)
    steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit_transform(raw[:, 1], codes)
    after = IsotonicCalibrator().fit(raw, codes).calibrate(raw)[:, 1]
    assert np.abs(after - steps).max() <= SMOOTH_SHARE


def test_venn_abers_is_the_package_but_for_the_blend():
    package = pytest.importorskip("venn_abers")
    raw, codes, _ = distorted(500)
    theirs = package.VennAbers()
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs.fit(raw, codes)
        expected, _ = theirs.predict_proba(raw)
    after = VennAbersCalibrator().fit(raw, codes).calibrate(raw)
    assert np.abs(after - expected).max() <= SMOOTH_SHARE


def test_importing_venn_abers_leaves_numpys_warnings_on():
    raw, codes, _ = distorted(100)
    VennAbersCalibrator().fit(raw, codes)
    assert np.geterr()["divide"] == "warn"


def test_zeros_and_ones_of_a_forest_do_not_drag_the_fit():
    raw, codes, truth = distorted(4000)
    forest = np.round(raw[:, 1], 2)
    fitted = SigmoidCalibrator().fit(np.column_stack([1 - forest, forest]), codes)
    after = fitted.calibrate(np.column_stack([1 - forest, forest]))
    assert np.abs(after - truth).mean() < 0.03


@pytest.mark.parametrize(
    ("counts", "name"),
    [([5000, 999], "sigmoid"), ([5000, 1000], "isotonic"), ([5000, 5000, 5000], "sigmoid")],
)
def test_auto_wants_a_thousand_rare_rows_for_isotonic(counts, name):
    assert choose_calibrator("auto", np.array(counts))[0] == name


def test_the_report_is_of_rows_the_calibrator_did_not_see(oracle):
    raw, codes, _ = distorted(400)
    rule = ArgmaxRule(oracle, calibration="isotonic", random_state=0)
    told = rule.fit_from_scores(oracle.fit(raw, codes), raw, codes)
    report = told.calibration_
    assert report["error_after"] < 0.3 * report["error_before"]
    assert report["log_loss_after"] < report["log_loss_before"]
    on_itself = log_loss(codes, told.predict_proba(raw))
    assert report["log_loss_after"] > on_itself
    assert (report["method"], report["rows"], report["rare_rows"]) == ("isotonic", 400, codes.sum())


def test_groups_are_not_split_by_the_report(oracle):
    raw, codes, _ = distorted(300)
    copies = raw.repeat(3, axis=0), codes.repeat(3)
    groups = np.arange(300).repeat(3)
    rule = ArgmaxRule(oracle, calibration="venn-abers", random_state=0)
    leaking = rule.fit_from_scores(oracle, *copies).calibration_["log_loss_after"]
    honest = rule.fit_from_scores(oracle, *copies, groups=groups).calibration_["log_loss_after"]
    assert honest > leaking
