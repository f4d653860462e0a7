"""What came in and what the model says about it, line by line and in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steelyard.kernels.priors import correct_prior
from steelyard.web.read_peptides import Item
from steelyard.web.write_csv import write_csv

__all__ = ["PeptideRows", "at_prevalence"]

HEADER = (
    *("row", "name", "sequence", "call", "probability", "low", "high", "threshold", "prevalence"),
    *("seen_before", "nearest_training_peptide", "shared_run", "nearest_label", "drivers", "refused"),
)
DIGITS = 4
YES, NO = "positive", "negative"


def at_prevalence(share: float, trained: float, wanted: float) -> float:
    """A probability at prevalence ``trained`` as one at prevalence ``wanted``, by Bayes' rule.

    Examples
    --------
    >>> round(at_prevalence(0.5, 0.25, 0.01), 4)
    0.0294
    """
    moved = correct_prior(
        np.array([[1 - share, share]]), np.array([1 - trained, trained]), np.array([1 - wanted, wanted])
    )
    return float(moved[0, 1])


@dataclass(frozen=True, eq=False)
class PeptideRows:
    """The items of one request, each with what the model found or None where it was refused."""

    items: tuple[Item, ...]
    found: tuple[dict[str, Any] | None, ...]
    refused: tuple[str | None, ...]
    trained: float

    @classmethod
    def of(cls, model: Any, items: Sequence[Item]) -> PeptideRows:
        """Ask the model about all items that are peptides it can judge."""
        open_ = [item for item in items if item.refusal is None]
        answers = iter(model.screen([item.sequence for item in open_]) if open_ else ())
        told = [(None, item.refusal) if item.refusal is not None else next(answers) for item in items]
        found, refused = (tuple(part) for part in zip(*told, strict=True))
        return cls(tuple(items), found, refused, float(model.card["prevalence"]))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the rows as the page shows them; probabilities are at the training prevalence."""
        return [
            {"row": item.number, "name": item.name, "sequence": item.sequence, "refused": why, "found": found}
            for item, found, why in zip(self.items, self.found, self.refused, strict=True)
        ]

    def to_csv(self, prevalence: float, cut: float) -> bytes:
        """Return the rows as a table to download.

        Parameters
        ----------
        prevalence : float
            Share of positives where the peptides come from.
        cut : float
            Least probability, at the training prevalence, that is called positive.
        """
        threshold = at_prevalence(cut, self.trained, prevalence)
        rows: list[tuple[Any, ...]] = []
        for item, found, why in zip(self.items, self.found, self.refused, strict=True):
            head = (item.number, item.name, item.sequence)
            if found is None:
                rows.append((*head, *[None] * (len(HEADER) - len(head) - 1), why))
                continue
            shares = [
                round(at_prevalence(found[name], self.trained, prevalence), DIGITS)
                for name in ("score", "low", "high")
            ]
            nearest = found["nearest"]
            rows.append(
                (
                    *head,
                    YES if found["score"] >= cut else NO,
                    *shares,
                    round(threshold, DIGITS),
                    round(prevalence, DIGITS),
                    "" if found["seen"] is None else _word(found["seen"]),
                    *(("", "", "") if nearest is None else _near(nearest)),
                    "; ".join(f"{reason['words']} ({reason['effect']:+.2f})" for reason in found["reasons"]),
                    "",
                )
            )
        return write_csv(HEADER, rows)


def _word(label: int) -> str:
    return YES if label else NO


def _near(nearest: dict[str, Any]) -> tuple[str, str, str]:
    return nearest["sequence"], nearest["run"], _word(nearest["label"])
