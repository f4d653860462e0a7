"""Systems of views fitted on the same rows, none of them twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.errors import BadOption
from steelyard.learn.view_fusion import ViewFusion

__all__ = ["fit_views"]


def fit_views(systems: Mapping[str, ViewFusion], X: Any, y: Any, groups: Any = None) -> dict[str, ViewFusion]:
    """Fit every system; a late fusion of systems that stand before it takes them as they are.

    Parameters
    ----------
    systems : dict of str to ViewFusion
        A late fusion whose views are other systems of the dict, by name and as the very objects, is not
        fitted again.
    X : rows the views take
    y : array of shape (n,)
    groups : array of shape (n,), optional

    Returns
    -------
    dict of str to ViewFusion
        The systems, fitted.

    Raises
    ------
    BadOption
        A fusion of systems with other inner folds or another seed than theirs.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = make_classification(200, 5, random_state=0)
    >>> made = {"one": ViewFusion({"x": StandardScaler()}, random_state=0)}
    >>> made["two"] = ViewFusion({"x": StandardScaler()}, scale=False, random_state=0)
    >>> both = ViewFusion({"one": made["one"], "two": made["two"]}, mode="late", random_state=0)
    >>> fitted = fit_views(made | {"both": both}, X, y)
    >>> fitted["both"].members_["one"] is fitted["one"]
    True
    """
    fitted: dict[str, ViewFusion] = {}
    for name, system in systems.items():
        shared = {view: part for view, part in system.views.items() if systems.get(view) is part}
        if system.mode == "late" and len(shared) == len(system.views) and set(shared) <= set(fitted):
            for view, part in shared.items():
                if (part.inner_folds, part.random_state) != (system.inner_folds, system.random_state):
                    raise BadOption(
                        f"Expected {name!r} and its part {view!r} to have the same inner_folds and "
                        f"random_state, got {(system.inner_folds, system.random_state)} and "
                        f"{(part.inner_folds, part.random_state)}. Give them the same."
                    )
            fitted[name] = system.take_fitted({view: fitted[view] for view in shared}, y)
        else:
            fitted[name] = system.fit(X, y, groups=groups)
    return fitted
