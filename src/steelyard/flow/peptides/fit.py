"""Training the peptide model: out-of-fold scores first, everything that is shown from them, then the fit."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.data import load
from steelyard.data.groups import shared_kmer_groups
from steelyard.errors import UserError
from steelyard.flow.peptides.calibration import VennAbers
from steelyard.flow.peptides.card import write_card
from steelyard.flow.peptides.measure import calibration_gap, measure_rows, operating_points, strata_of
from steelyard.flow.peptides.model import MODEL, VERSION, PeptideModel
from steelyard.flow.peptides.system import TRUST, peptide_system
from steelyard.flow.versions import versions
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, take_rows
from steelyard.kernels.progress import Progress
from steelyard.records import Dataset
from steelyard.store import save_model, write_seal

__all__ = ["DATA", "GROUP_LETTERS", "fit_peptides"]

DATA = "peptide/proinflammatory/pip_el"
GROUP_LETTERS = 8  # peptides that share so many in a row are kept on one side of every split
FOLDS = 5
SEQUENCE, MODEL_NAME = "sequence", "this model"


def fit_peptides(
    folder: str | Path, *, dataset: Dataset | None = None, random_state: int = 0, progress: bool | None = None
) -> PeptideModel:
    """Train the model of pro-inflammatory peptides, measure it honestly, and seal it.

    Parameters
    ----------
    folder : path
        Where ``model.skops`` and ``seal.json`` go; made when it is not there, overwritten when it is.
    dataset : Dataset, optional
        Peptides in the column ``sequence``, labels 0 and 1; the set that ships with the package by default.
    random_state : int
    progress : bool, optional
        Whether bars are drawn; by default when standard error is a terminal.

    Returns
    -------
    PeptideModel

    Raises
    ------
    UserError
        The folder cannot be written to.
    MissingExtra
        venn-abers is not installed.
    """
    began = time.monotonic()
    data = load(DATA) if dataset is None else dataset
    sequences = data.X[SEQUENCE].tolist()
    labels = np.asarray(data.y).astype(np.intp)
    groups = shared_kmer_groups(sequences, GROUP_LETTERS)
    splits = inner_splits(labels, FOLDS, groups=groups, random_state=random_state)
    scores = _out_of_fold(sequences, labels, splits, progress)
    calibration = VennAbers.fit(scores[MODEL_NAME], labels)
    told = calibration.bounds(scores[MODEL_NAME])
    points, first = operating_points(told.mean, labels, groups)
    strata = strata_of(sequences)
    figures = measure_rows(scores, labels, groups, strata, progress=progress)
    gap = calibration_gap(scores[MODEL_NAME], labels, splits)
    estimator = peptide_system().fit(sequences, labels)
    card = write_card(data, sequences, labels, groups, strata, figures, gap)
    about = {
        "peptide_model": VERSION,
        "versions": versions(),
        "calibration": calibration.to_dict(),
        "held_out": scores[MODEL_NAME].tolist(),
        "card": {
            **card,
            "points": points,
            "default_point": first,
            "made": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
            "seconds": round(time.monotonic() - began, 1),
        },
    }
    return _kept(Path(folder), estimator, about, data)


def _out_of_fold(
    sequences: list[str], labels: np.ndarray, splits: list[Any], progress: bool | None
) -> dict[str, np.ndarray]:
    """Scores of the model and of each of its views alone, by fits that had no alike peptide."""
    classes = np.unique(labels)
    names = [MODEL_NAME, *(f"{view} alone" for view in peptide_system().views)]
    scores = {name: np.full(labels.size, np.nan) for name in names}
    with Progress(len(splits), "training the peptide model", enabled=progress) as bar:
        for train, test in splits:
            fitted = peptide_system().fit(take_rows(sequences, train), labels[train])
            held_out = take_rows(sequences, test)
            scores[MODEL_NAME][test] = fitted.predict_proba(held_out)[:, 1]
            for name, member in zip(names[1:], fitted.members_.values(), strict=True):
                scores[name][test] = aligned_proba(member, held_out, classes)[:, 1]
            bar.advance()
    return scores


def _kept(folder: Path, estimator: Any, about: dict[str, Any], data: Dataset) -> PeptideModel:
    """Write and seal the model, then hand out what was written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {str(folder)!r} cannot be made: {error.strerror}. Choose another."
        ) from error
    save_model(estimator, folder / MODEL, about=about, trust=TRUST)
    seal = write_seal(folder, data_hash=data.hash, versions=about["versions"], files=(MODEL,))
    return PeptideModel(estimator, about, data, seal)
