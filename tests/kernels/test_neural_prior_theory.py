"""The formulas of what a prior module learns: gradient flow in small steps as twin, and the equations."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steelyard.kernels.neural_prior_theory import own_log_prior_at_rest, own_log_prior_in_flow

SHARES = st.lists(st.floats(1e-5, 1.0), min_size=1, max_size=5)


@given(SHARES, st.floats(0.1, 1e4), st.floats(0.0, 1e5))
def test_flow_solves_its_equation(shares, norm, time):
    u = own_log_prior_in_flow(shares, norm, time)
    np.testing.assert_allclose(u + np.exp(u), 1 + np.array(shares) * norm * time, rtol=1e-9)


@given(SHARES, st.floats(0.1, 1e4), st.floats(1e-7, 10.0))
def test_rest_solves_its_equation(shares, norm, decay):
    u = own_log_prior_at_rest(shares, norm, decay)
    np.testing.assert_allclose(u * (1 + np.exp(u)), np.array(shares) * norm / decay, rtol=1e-9)


def test_small_steps_follow_the_flow_and_come_to_rest():
    shares, norms = np.array([0.9, 0.09, 0.01]), np.array([10.0, 20.0, 5.0])
    u, rate = np.zeros(3), 1e-3
    for _ in range(5000):
        u += rate * shares * norms / (1 + np.exp(u))
    np.testing.assert_allclose(u, own_log_prior_in_flow(shares, norms, 5.0), atol=2e-3)
    for _ in range(20_000):
        u += 0.01 * (shares * norms / (1 + np.exp(u)) - 0.1 * u)
    np.testing.assert_allclose(u, own_log_prior_at_rest(shares, norms, 0.1), atol=1e-6)


def test_norms_add_their_logarithm_and_little_mass_is_linear():
    after_long = own_log_prior_in_flow([0.5, 0.5], [40.0, 5.0], 1e6)
    np.testing.assert_allclose(after_long[0] - after_long[1], np.log(8), atol=1e-3)
    scarce = own_log_prior_at_rest([0.01, 0.02], 1.0, decay=10.0)
    np.testing.assert_allclose(scarce[1] / scarce[0], 2, atol=1e-2)
