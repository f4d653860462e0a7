"""Fit ensembles that differ in the search alone on one pool of members, so that they are compared fairly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import joblib
from sklearn.base import clone

from steelyard.learn.pruned_ensemble import PrunedEnsemble

__all__ = ["fit_together"]


def fit_together(
    ensembles: Mapping[str, PrunedEnsemble], X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None
) -> dict[str, PrunedEnsemble]:
    """Fit each ensemble, with the members that several have in common fitted and judged once.

    Parameters
    ----------
    ensembles : mapping of name to PrunedEnsemble
        With a ``random_state`` that is an int, for members are the same only then.
    X, y, sample_weight, groups
        As for ``PrunedEnsemble.fit``.

    Returns
    -------
    dict of name to PrunedEnsemble
        Fitted copies, each exactly what its own ``fit`` would give.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(200, random_state=0)
    >>> plain = PrunedEnsemble(n_members=8, search=None, random_state=0)
    >>> pruned = PrunedEnsemble(n_members=8, search="greedy", random_state=0)
    >>> fitted = fit_together({"all": plain, "greedy": pruned}, X, y)
    >>> int(fitted["all"].selected_.sum()), fitted["greedy"].fitness_ == pruned.fit(X, y).fitness_
    (8, True)
    """
    pools: dict[str, PrunedEnsemble] = {}
    judged: dict[str, Any] = {}
    fitted = {}
    for name, ensemble in ensembles.items():
        whole = clone(ensemble).set_params(search=None)
        key = joblib.hash(whole)
        if key not in pools:
            pools[key] = whole.fit(X, y, sample_weight, groups=groups)
        if ensemble.search is None:
            fitted[name] = pools[key]
            continue
        if key not in judged:
            judged[key] = whole.validation(X, y, sample_weight, groups=groups)
        fitted[name] = pools[key].searched(judged[key], ensemble.search)
    return fitted
