"""The peptide model in use: from sequences to probabilities, likeness and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.data import load
from steelyard.data.groups import nearest_overlap
from steelyard.data.read_fasta import validate_peptides
from steelyard.errors import SealBroken
from steelyard.flow.peptides.calibration import VennAbers
from steelyard.flow.peptides.reasons import reasons_of
from steelyard.flow.peptides.system import TRUST
from steelyard.flow.versions import versions
from steelyard.records import Dataset, Seal
from steelyard.store import load_model, read_about, read_seal, verify_seal

__all__ = ["MODEL", "VERSION", "PeptideModel", "open_peptides"]

MODEL = "model.skops"
VERSION = 1
SEQUENCE = "sequence"
LEAST_SHARED = 3  # letters in a row below which likeness is chance

Answer = tuple[dict[str, Any] | None, str | None]


class PeptideModel:
    """A fitted peptide model with its calibration, its training peptides and its card.

    Made by `fit_peptides` and `open_peptides`.

    Attributes
    ----------
    card : dict
        What a page shows about the model, as JSON holds it.
    """

    def __init__(self, estimator: Any, about: Mapping[str, Any], dataset: Dataset, seal: Seal) -> None:
        self.estimator = estimator
        self.sequences: list[str] = dataset.X[SEQUENCE].tolist()
        self.labels = np.asarray(dataset.y).astype(int).tolist()
        self._calibration = VennAbers.from_dict(about["calibration"])
        self._held_out = dict(zip(self.sequences, about["held_out"], strict=True))
        self._known = dict(zip(self.sequences, self.labels, strict=True))
        card = dict(about["card"])
        sealed = [["Trained", f"{card['made']}, in {card['seconds']:.0f} s"], ["Root of the seal", seal.root]]
        self.card: dict[str, Any] = {**card, "facts": [*card["facts"], *sealed]}

    def screen(self, sequences: Sequence[str]) -> list[Answer]:
        """Judge peptides, each on its own and in order.

        Parameters
        ----------
        sequences : sequence of n str

        Returns
        -------
        list of n pairs
            What was found and None, or None and why the peptide is refused. Found are ``score``, ``low``
            and ``high``: the probability at the prevalence of training, with its bounds; ``seen``: its label
            where it is a training peptide, else None (it is then judged by a fit that had not seen it);
            ``nearest``: ``sequence``, ``label`` and shared ``run`` of the training peptide with the longest
            common run, or None; ``reasons``: the strongest first.
        """
        shortest, longest = self.card["lengths"]
        told = validate_peptides(list(sequences), on_invalid="drop", shortest=shortest, longest=longest)
        answers: list[Answer] = [(None, None)] * len(sequences)
        for refusal in told.refused:
            answers[refusal.row] = (None, refusal.why)
        if told.sequences:
            for row, found in zip(told.rows.tolist(), self._judge(told.sequences), strict=True):
                answers[row] = (found, None)
        return answers

    def _judge(self, sequences: list[str]) -> list[dict[str, Any]]:
        scores = self.estimator.predict_proba(sequences)[:, 1]
        scores = np.array([self._held_out.get(s, score) for s, score in zip(sequences, scores, strict=True)])
        told = self._calibration.bounds(scores)
        near = nearest_overlap(self.sequences, sequences)
        seen = [self._known.get(sequence) for sequence in sequences]
        reasons = reasons_of(self.estimator, sequences, [label is not None for label in seen])
        return [
            {
                "score": float(told.mean[row]),
                "low": float(told.low[row]),
                "high": float(told.high[row]),
                "seen": seen[row],
                "nearest": self._nearest(sequence, near, row),
                "reasons": reasons[row],
            }
            for row, sequence in enumerate(sequences)
        ]

    def _nearest(self, sequence: str, near: Any, row: int) -> dict[str, Any] | None:
        length, start = int(near.length[row]), int(near.start[row])
        if length < LEAST_SHARED:
            return None
        known = int(near.row[row])
        return {
            "sequence": self.sequences[known],
            "run": sequence[start : start + length],
            "label": self.labels[known],
        }


def open_peptides(folder: str | Path, *, dataset: Dataset | None = None) -> PeptideModel | None:
    """Open the kept model after checking its seal; nothing in the file is executed.

    Parameters
    ----------
    folder : path
        Where `fit_peptides` wrote.
    dataset : Dataset, optional
        What it was trained on; the set that ships with the package by default.

    Returns
    -------
    PeptideModel or None
        None where there is no model, or one of other versions or other data, which should be replaced.

    Raises
    ------
    SealBroken
        The seal is missing, or a sealed file is not what was sealed.
    BadModel
        The file is no model of ours, or holds what is never read.
    """
    from steelyard.flow.peptides.fit import DATA

    place = Path(folder)
    if not (place / MODEL).exists():
        return None
    seal = verify_seal(place / MODEL)
    if seal is None:  # never without a seal: that raises
        raise SealBroken(f"there is no seal in {str(place)!r}.")
    data = load(DATA) if dataset is None else dataset
    _, made_with = read_seal(place)
    if made_with != versions() or seal.parts["data"] != data.hash:
        return None
    if read_about(place / MODEL).get("peptide_model") != VERSION:
        return None
    model = load_model(place / MODEL, trust=TRUST)
    return PeptideModel(model.estimator, model.about, data, seal)
