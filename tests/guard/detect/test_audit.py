import math

import numpy as np
import pytest
from scipy import stats

from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect import FlipAudit

RUNS = 1000


def decisions(share, **more):
    """Decisions of audits where each row is flipped by its number, drawn by lot."""
    n = 1000
    flipped = np.arange(n) < round(share * n)
    audits = [
        FlipAudit(uniform_share=1.0, random_state=seed, max_draws=2000, **more).start(np.ones(n))
        for seed in range(RUNS)
    ]
    return [audit.run(lambda row: flipped[row]) for audit in audits]


def test_error_rates_and_early_stops():
    """Wald: at most alpha / (1 - beta) false alarms and beta / (1 - alpha) misses."""
    alpha, beta = 0.05, 0.1
    for share, wrong, most in ((0.05, "flipped", alpha / (1 - beta)), (0.2, "clean", beta / (1 - alpha))):
        results = decisions(share, alpha=alpha, beta=beta)
        errors = sum(result.decision == wrong for result in results)
        assert errors <= stats.binom.isf(0.001, RUNS, most)
        assert not any(result.decision in ("open", "undecided") for result in results)
        hit = math.log(0.2 / 0.05), math.log(0.8 / 0.95)
        drift = share * hit[0] + (1 - share) * hit[1]
        end = math.log((1 - beta) / alpha) if share > 0.1 else math.log(beta / (1 - alpha))
        assert np.mean([result.n_draws for result in results]) < 1.6 * abs(end / drift)


def test_the_plain_test_says_the_same():
    flipped = np.random.default_rng(1).random(300) < 0.15
    audit = FlipAudit(random_state=3).start(np.where(flipped, 0.6, 0.2))
    answers = []
    seen = {}
    upper, lower = math.log(0.95 / 0.05), math.log(0.05 / 0.95)
    for place in audit._drawn:
        seen[int(place)] = flipped[place]
        answers.append(flipped[place])
        total = sum(math.log(0.2 / 0.05) if a else math.log(0.8 / 0.95) for a in answers)
        if not lower < total < upper:
            break
    result = audit.run(lambda row: flipped[row])
    assert (result.n_draws, result.n_rows, result.n_flipped) == (len(answers), len(seen), sum(answers))
    assert result.log_ratio == pytest.approx(total)


def test_the_estimate_is_unbiased_for_a_fixed_number_of_draws():
    """Flips that the model doubts and flips that it does not: the mean over audits is the true share."""
    rng = np.random.default_rng(0)
    doubt = rng.random(400) ** 3
    flipped = rng.random(400) < 0.1 + 0.4 * doubt
    rates, errors = [], []
    for seed in range(RUNS):
        audit = FlipAudit(alarming=0.99, tolerated=1e-6, alpha=1e-300, beta=1e-300, max_draws=30)
        audit.random_state = seed
        result = audit.start(doubt).run(lambda row: flipped[row])
        assert result.n_draws == 30
        rates.append(result.flip_rate)
        errors.append(result.std_error)
    assert np.mean(rates) == pytest.approx(flipped.mean(), abs=4 * np.std(rates) / math.sqrt(RUNS))
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(rates), rel=0.15)


def test_doubt_leads_to_the_flips_sooner():
    flipped = np.arange(1000) < 50
    led, even = [], []
    for seed in range(100):
        doubt = np.where(flipped, 0.9, 0.05)
        led.append(FlipAudit(random_state=seed).start(doubt).run(lambda row: flipped[row]))
        even.append(
            FlipAudit(random_state=seed, uniform_share=1.0).start(doubt).run(lambda row: flipped[row])
        )
    assert sum(r.decision == "flipped" for r in led) > 95
    assert sum(r.decision == "flipped" for r in even) < 20


def test_a_row_is_asked_about_once():
    audit = FlipAudit(random_state=0).start([0.9, 0.1, 0.1], rows=[10, 20, 30])
    asked = []
    result = audit.run(lambda row: bool(asked.append(row)))
    assert sorted(asked) == sorted(set(asked))
    assert set(asked) <= {10, 20, 30}
    assert result.n_rows <= 3 < result.n_draws
    assert result.decision == "clean"
    assert audit.next_row() is None
    with pytest.raises(BadOption, match="has ended"):
        audit.answer(True)


def test_it_gives_up():
    result = FlipAudit(random_state=0, max_draws=3).start(np.ones(50)).run(lambda row: False)
    assert (result.decision, result.n_draws) == ("undecided", 3)
    assert result.flip_rate == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tolerated", 0),
        ("alarming", 0.01),
        ("alpha", 0.7),
        ("beta", -1),
        ("uniform_share", 0),
        ("max_draws", 0),
    ],
)
def test_bad_parameters_are_refused(name, value):
    with pytest.raises(BadOption, match=name):
        FlipAudit(**{name: value}).start([0.5])


def test_bad_input_is_refused():
    for bad in ([], [-1.0], [np.nan], [[0.5]]):
        with pytest.raises(BadTable, match="at least 0"):
            FlipAudit().start(bad)
    with pytest.raises(BadTable, match="Give one a row"):
        FlipAudit().start([0.5, 0.5], rows=[1])
    with pytest.raises(BadOption, match="Call start"):
        FlipAudit().next_row()
