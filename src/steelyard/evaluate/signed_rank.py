"""The Bayesian signed-rank test, which says whether a system is practically better over several data sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import CannotEvaluate
from steelyard.kernels.rng import RandomState, child

__all__ = ["SignedRank", "bayesian_signed_rank"]

ROPE = 0.01
PRIOR_STRENGTH = 0.5
DRAWS = 20_000
DRAWS_AT_ONCE = 1000


@dataclass(frozen=True)
class SignedRank:
    """Posterior probabilities that the first system is worse, practically equal, or better."""

    worse: float
    equal: float
    better: float
    rope: float
    data_sets: int

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        ranked = {"better": self.better, "practically equal": self.equal, "worse": self.worse}
        name = max(ranked, key=ranked.__getitem__)
        if ranked[name] < 0.95:
            return (
                f"Cannot tell over {self.data_sets} data sets: {self.better:.0%} better, "
                f"{self.equal:.0%} practically equal, {self.worse:.0%} worse."
            )
        return f"{name.capitalize()} over {self.data_sets} data sets, with probability {ranked[name]:.1%}."


def bayesian_signed_rank(
    differences: ArrayLike,
    *,
    rope: float = ROPE,
    prior_strength: float = PRIOR_STRENGTH,
    draws: int = DRAWS,
    random_state: RandomState = 0,
) -> SignedRank:
    """Compare two systems over data sets, allowing "practically equal" and "cannot tell".

    Parameters
    ----------
    differences : array of shape (q,)
        Mean difference per data set, first system minus second; positive is better.
    rope : float
        Half-width of the region of practical equivalence, in units of the metric.
    prior_strength : float
        Weight of the one imaginary data set without difference.
    draws : int
        Draws from the Dirichlet posterior.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    SignedRank

    Raises
    ------
    CannotEvaluate
        No differences, or some that are not finite.

    References
    ----------
    Benavoli, Corani, Mangili, Zaffalon and Ruggeri, A Bayesian Wilcoxon Signed-Rank Test Based on the
    Dirichlet Process, ICML 2014; Benavoli, Corani, Demsar and Zaffalon, Time for a Change, JMLR 18,
    2017, section 4.2.

    Examples
    --------
    >>> bayesian_signed_rank([0.05, 0.04, 0.06, 0.05, 0.03, 0.05]).better > 0.95
    True
    """
    z = np.asarray(differences, dtype=np.float64).ravel()
    if z.size == 0 or not np.isfinite(z).all():
        raise CannotEvaluate(
            "The signed-rank test needs one finite difference per data set. Got "
            f"{z.size} values, {int((~np.isfinite(z)).sum())} of them not finite. Leave those data sets out."
        )
    z = np.concatenate([[0.0], z])
    pairs = z[:, None] + z[None, :]
    lower = (pairs < -2 * rope).astype(np.float64)
    upper = (pairs > 2 * rope).astype(np.float64)
    rng = child(random_state, "signed rank")
    strength = np.concatenate([[prior_strength], np.ones(z.size - 1)])
    wins = np.zeros(3)
    for start in range(0, draws, DRAWS_AT_ONCE):
        weights = rng.dirichlet(strength, size=min(DRAWS_AT_ONCE, draws - start))
        worse = np.einsum("ij,ij->i", weights @ lower, weights)
        better = np.einsum("ij,ij->i", weights @ upper, weights)
        shares = np.column_stack([worse, 1 - worse - better, better])
        wins += np.bincount(shares.argmax(axis=1), minlength=3)
    worse_p, equal_p, better_p = (wins / draws).tolist()
    return SignedRank(worse_p, equal_p, better_p, rope, int(z.size - 1))
