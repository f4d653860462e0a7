import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from decide.simulated_scores import many_scores
from steelyard.decide import MetricThreshold, estimate_deployment_prior, estimate_prior
from steelyard.errors import BadOption
from steelyard.kernels.priors import class_prior


def shifted(wanted, n=2000, seed=0):
    """Calibrated scores on the old prior, of rows whose classes follow another one."""
    k = len(wanted)
    proba, codes = many_scores(20_000, k, seed=seed)
    trained = class_prior(codes, k)
    rng = np.random.default_rng(seed)
    drawn = rng.choice(k, n, p=wanted)
    of_class = [np.flatnonzero(codes == c) for c in range(k)]
    rows = np.array([rng.choice(of_class[c]) for c in drawn])
    return proba[rows], trained, proba, codes


@pytest.mark.parametrize("method", ["em", "bbse"])
@pytest.mark.parametrize("wanted", [[0.5, 0.5], [0.98, 0.02], [0.2, 0.3, 0.5]])
def test_both_methods_find_the_shares_and_cover_them(method, wanted):
    proba, trained, held, codes = shifted(wanted)
    found = estimate_prior(
        proba, trained, held_proba=held, held_codes=codes, method=method, n_boot=30, random_state=0
    )
    assert sum(share.mean for share in found) == pytest.approx(1)
    for share, truth in zip(found, wanted, strict=True):
        assert share.mean == pytest.approx(truth, abs=0.04)
        assert share.low <= share.mean <= share.high
        assert share.low - 0.02 <= truth <= share.high + 0.02


def test_em_is_the_textbook_loop():
    proba, trained, _, _ = shifted([0.3, 0.7], n=300)
    prior = trained.copy()
    for _ in range(3000):
        posterior = []
        for row in proba:
            moved = [row[c] * prior[c] / trained[c] for c in (0, 1)]
            posterior.append([value / sum(moved) for value in moved])
        new = np.mean(posterior, axis=0)
        done = np.abs(new - prior).max() < 1e-9
        prior = new
        if done:
            break
    found = estimate_prior(proba, trained, n_boot=0)
    np.testing.assert_allclose([share.mean for share in found], prior, atol=1e-5)


def test_em_is_the_likeliest_prior():
    proba, trained, _, _ = shifted([0.3, 0.7], n=500)
    best = estimate_prior(proba, trained, n_boot=0)[1].mean

    def likelihood(share):
        return np.log((proba / trained * [1 - share, share]).sum(axis=1)).sum()

    assert likelihood(best) >= max(likelihood(share) for share in np.linspace(0.01, 0.99, 99)) - 1e-6


def test_bbse_forgives_what_em_does_not():
    """Scores squashed towards one half: badly calibrated, but the same on both sides."""
    proba, trained, held, codes = shifted([0.9, 0.1])
    squash = lambda p: 0.5 + 0.4 * (p - 0.5)  # noqa: E731
    em = estimate_prior(squash(proba), trained, n_boot=0)[1].mean
    bbse = estimate_prior(
        squash(proba), trained, held_proba=squash(held), held_codes=codes, method="bbse", n_boot=0
    )[1].mean
    assert abs(bbse - 0.1) < 0.02 < abs(em - 0.1)


def test_more_rows_make_the_interval_narrower():
    widths = []
    for n in (200, 4000):
        proba, trained, _, _ = shifted([0.3, 0.7], n=n)
        share = estimate_prior(proba, trained, n_boot=30)[1]
        widths.append(share.high - share.low)
    assert widths[1] < widths[0] / 2


def test_a_fitted_rule_estimates_by_its_own_model():
    rng = np.random.default_rng(0)

    def draw(n, share):
        y = np.where(rng.random(n) < share, "fraud", "ok")
        return rng.normal(2.5 * (y == "fraud"))[:, None], y

    model = MetricThreshold(LogisticRegression(), deployment_prior={"fraud": 0.4}, random_state=0)
    model.fit(*draw(4000, 0.2))
    for method in ("em", "bbse"):
        found = estimate_deployment_prior(model, draw(4000, 0.05)[0], method=method, n_boot=30)
        assert found["fraud"].mean == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(
    ("proba", "options", "words"),
    [
        ([[0.5, 0.5]], {"method": "mle"}, "must be one of em, bbse"),
        ([[0.5, 0.5]], {"method": "bbse"}, "needs held_proba"),
        (np.empty((0, 2)), {}, "at least one row"),
        ([[0.2, 0.3, 0.5]], {}, "one trained share per column"),
    ],
)
def test_what_cannot_be_estimated(proba, options, words):
    with pytest.raises(BadOption, match=words):
        estimate_prior(proba, [0.5, 0.5], **options)
