"""Labels and probabilities for new rows, from a model whose seal holds."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steelyard.data import SHIFT_ALARM, read_frame, read_table, write_table
from steelyard.decide import PRIOR_METHODS, estimate_deployment_prior, parse_shares
from steelyard.store import UNSIGNED, Model, load_model, verify_seal, write_whole

__all__ = ["ModelWarning", "open_model", "predict"]

PREDICTED, PROBABILITY = "predicted", "probability_"
NAMED = 5  # columns in one message


class ModelWarning(UserWarning):
    """Something the user of a model should know: it is unsigned, or the data has shifted."""


def open_model(
    path: str | Path,
    *,
    trust: Sequence[str] = (),
    unsealed: bool = False,
    signed_by: str | Path | None = None,
) -> Model:
    """Verify a model's seal, then load it; nothing in the file is executed.

    Raises
    ------
    SealBroken
        The seal is missing (and ``unsealed`` is not set), does not hold, or is not signed by ``signed_by``.
    BadModel
        The file is damaged or holds types that are not trusted.
    """
    seal = verify_seal(Path(path), unsealed=unsealed, trust=signed_by)
    if seal is not None and not seal.signed:
        warnings.warn(f"The seal holds. It is {UNSIGNED}.", ModelWarning, stacklevel=2)
    elif seal is not None and signed_by is None:
        warnings.warn(
            "The seal holds. It is signed, but by whom was not checked: give the public key with --trust "
            "pub.pem (signed_by), or an attacker could have sealed anew.",
            ModelWarning,
            stacklevel=2,
        )
    return load_model(Path(path), trust=trust)


def rows_for(model: Model, source: Any, encoding: str | None = None) -> pd.DataFrame:
    """The feature columns of a new table, checked against those the model was fitted on."""
    is_file = isinstance(source, (str, Path))
    frame = read_table(source, encoding=encoding) if is_file else read_frame(source)
    preparer = model.estimator.estimator_.named_steps["prepare"]
    preparer.check_columns(frame)
    return frame


def warn_of_shift(model: Model, frame: pd.DataFrame) -> None:
    """Say which columns no longer look like those the model was fitted on, and which levels are new."""
    preparer = model.estimator.estimator_.named_steps["prepare"]
    shifted = {name: psi for name, psi in preparer.shift(frame).items() if psi > SHIFT_ALARM}
    if shifted:
        worst = sorted(shifted, key=shifted.__getitem__, reverse=True)
        named = ", ".join(f"{name} ({shifted[name]:.2f})" for name in worst[:NAMED])
        warnings.warn(
            f"{len(shifted)} columns differ from those the model was fitted on (stability index above "
            f"{SHIFT_ALARM}): {named}. Probabilities may be off; score the model on recent labelled rows.",
            ModelWarning,
            stacklevel=2,
        )
    unseen = {name: count for name, count in preparer.unseen_.items() if count}
    if unseen:
        named = ", ".join(f"{name} ({count} rows)" for name, count in list(unseen.items())[:NAMED])
        warnings.warn(f"Levels never seen in training, read as missing: {named}.", ModelWarning, stacklevel=2)


def _shares(estimator: Any, frame: pd.DataFrame, prevalence: Any) -> Mapping[Any, float]:
    """The class shares that were given, or those estimated from the rows."""
    if prevalence not in PRIOR_METHODS:
        return parse_shares(prevalence)
    found = estimate_deployment_prior(estimator, frame, method=prevalence)
    named = ", ".join(
        f"{label} {share.mean:.3g} [{share.low:.3g}, {share.high:.3g}]" for label, share in found.items()
    )
    warnings.warn(
        f"Class shares estimated from these {len(frame)} rows ({prevalence}, 95 % interval): {named}. This "
        "holds if only the shares have changed since training.",
        ModelWarning,
        stacklevel=3,
    )
    return {label: share.mean for label, share in found.items()}


def predict(
    model: str | Path,
    source: Any,
    *,
    out: str | Path | None = None,
    trust: Sequence[str] = (),
    unsealed: bool = False,
    signed_by: str | Path | None = None,
    prevalence: str | Mapping[Any, float] | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Predict the rows of a table.

    Parameters
    ----------
    model : path
        ``model.skops`` or the folder that holds it.
    source : path or frame
        The columns the model was fitted on; others are left out.
    out : path, optional
        Where to write the predictions; CSV, TSV, Parquet or Feather by its suffix.
    trust : list of str, optional
        Names of your own classes inside the model file.
    unsealed : bool
        Whether a model without a seal is accepted.
    signed_by : path, optional
        Public key of whoever must have signed the seal; an unsigned one is then refused.
    prevalence : str or mapping, optional
        Class shares where the rows come from, ``"fraud=0.002"``; the training shares by default. ``"em"``
        and ``"bbse"`` estimate them from the rows themselves, and a warning says what was found.
    encoding : str, optional
        Of a text file.

    Returns
    -------
    DataFrame
        ``predicted``, and ``probability_CLASS`` for each class, on the training prior or the given one.

    Raises
    ------
    SealBroken, BadModel, BadTable
        The seal does not hold, the file is not a model of ours, or the table does not fit it.
    """
    opened = open_model(model, trust=trust, unsealed=unsealed, signed_by=signed_by)
    frame = rows_for(opened, source, encoding)
    estimator = opened.estimator
    if prevalence is not None:
        estimator = estimator.at_prior(_shares(estimator, frame, prevalence))
    proba = estimator.predict_proba(frame)
    predicted = np.asarray(estimator.classes_)[estimator.decide(proba)]
    warn_of_shift(opened, frame)
    table = pd.DataFrame({PREDICTED: predicted}, index=frame.index)
    for code, label in enumerate(estimator.classes_):
        table[f"{PROBABILITY}{label}"] = proba[:, code]
    if out is not None:
        write_whole(Path(out), lambda file: write_table(table, file, suffix=Path(out).suffix))
    return table
