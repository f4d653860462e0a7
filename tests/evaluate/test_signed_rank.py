import numpy as np
import pytest

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.signed_rank import bayesian_signed_rank
from steelyard.kernels.rng import child


def twin(differences, rope, strength, draws, seed):
    """Three nested loops over draws and pairs."""
    z = [0.0, *differences]
    rng = child(seed, "signed rank")
    wins = [0, 0, 0]
    for weights in rng.dirichlet([strength] + [1.0] * len(differences), size=draws):
        theta = [0.0, 0.0, 0.0]
        for i, a in enumerate(z):
            for j, b in enumerate(z):
                which = 0 if a + b < -2 * rope else 2 if a + b > 2 * rope else 1
                theta[which] += weights[i] * weights[j]
        wins[theta.index(max(theta))] += 1
    return [w / draws for w in wins]


def test_equals_the_loops():
    z = [0.03, -0.02, 0.05, 0.01, 0.0, 0.04]
    found = bayesian_signed_rank(z, rope=0.01, draws=500, random_state=3)
    assert [found.worse, found.equal, found.better] == pytest.approx(twin(z, 0.01, 0.5, 500, 3))


def test_three_clear_cases_and_one_that_is_not():
    assert bayesian_signed_rank(np.full(10, 0.05)).better > 0.99
    assert bayesian_signed_rank(np.full(10, -0.05)).worse > 0.99
    assert bayesian_signed_rank(np.full(10, 0.001)).equal > 0.99
    unclear = bayesian_signed_rank([0.05, -0.05, 0.03, -0.03])
    assert max(unclear.worse, unclear.equal, unclear.better) < 0.95
    assert unclear.sentence.startswith("Cannot tell")


def test_turning_the_systems_round_turns_the_result_round():
    z = np.array([0.03, 0.02, -0.01, 0.04, 0.02])
    one, other = bayesian_signed_rank(z), bayesian_signed_rank(-z)
    assert one.better == pytest.approx(other.worse, abs=0.02)


def test_probabilities_sum_to_one():
    found = bayesian_signed_rank([0.2, -0.1, 0.0])
    assert found.worse + found.equal + found.better == pytest.approx(1)


@pytest.mark.parametrize("bad", [[], [0.1, np.nan]])
def test_refuses_what_is_not_a_difference(bad):
    with pytest.raises(CannotEvaluate, match="finite difference per data set"):
        bayesian_signed_rank(bad)
