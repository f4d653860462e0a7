"""What drives the rare class, measured on rows the explained model has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from steelyard.evaluate import split
from steelyard.explain import permutation_importance, row_reasons
from steelyard.flow.settings import Settings
from steelyard.kernels.rng import int_seed
from steelyard.records import Dataset

__all__ = ["explain_system"]

HELD_OUT = 0.25
ROWS_EXPLAINED = 5


def explain_system(
    system: Any, dataset: Dataset, settings: Settings, *, progress: bool | None = None
) -> dict[str, Any]:
    """Explain a clone of ``system`` that is fitted on three quarters of the rows.

    Returns
    -------
    dict
        ``importance``: a dict for each column; ``reasons``: the riskiest held-out rows and why.
    """
    seed = int_seed(settings.random_state, "explain")
    parts = split(dataset, test_size=HELD_OUT, random_state=seed)
    known, held_out = parts
    model = clone(system).fit(
        known.X, known.y, groups=known.groups, time=known.time, sample_weight=known.weight
    )
    positive = settings.positive_of(dataset)
    importance = permutation_importance(
        model, held_out.X, held_out.y, positive=positive, random_state=seed, progress=progress
    )
    risk = model.predict_proba(held_out.X)[:, list(model.classes_).index(positive)]
    riskiest = np.argsort(-risk, kind="stable")[:ROWS_EXPLAINED]
    reasons = row_reasons(model, held_out.X.iloc[riskiest], known.X, positive=positive, random_state=seed)
    rows = zip(riskiest, reasons, strict=True)
    return {
        "importance": importance,
        "reasons": [
            {"row": int(parts.test_rows[row]), "label": str(held_out.y[row]), **why} for row, why in rows
        ],
    }
