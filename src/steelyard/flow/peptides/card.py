"""The model's card: what a person should know before believing it, in words made from the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.flow.peptides.measure import LENGTH_ALONE, Strata
from steelyard.records import Dataset, Estimate
from steelyard.report.write_numbers import percent

__all__ = ["write_card"]

WORDS = {
    "this model": "mean of the three views below; not told the length",
    "k-mers alone": "logistic regression on runs of two to four letters",
    "descriptors alone": "logistic regression on charge, hydropathy and the like",
    "memory alone": "votes of the training peptides that share four letters or more; nothing is learned",
    LENGTH_ALONE: "positive unless it has the commonest length; no biology at all",
}
JUDGEMENTS = (
    (0.6, "little better than guessing"),
    (0.7, "a weak hint"),
    (0.8, "a hint"),
    (1.01, "a good guide"),
)
CAPTION = (
    "Ranking of peptides that no model had seen, nor any that shares eight letters in a row with them; 95% "
    "intervals. An AUC is the chance that a positive is ranked above a negative: 0.50 is guessing."
)


def write_card(
    data: Dataset,
    sequences: Sequence[str],
    labels: NDArray[np.intp],
    groups: NDArray[np.intp],
    strata: Strata,
    figures: Mapping[str, Sequence[Estimate]],
    gap: float,
) -> dict[str, Any]:
    """Return the card as JSON holds it.

    Parameters
    ----------
    data : Dataset
        For its name and licence.
    sequences, labels, groups : of length n
    strata : Strata
    figures : dict of str to list of Estimate
        From `measure_rows`.
    gap : float
        Mean gap between probability and frequency.
    """
    lengths = [len(sequence) for sequence in sequences]
    prevalence, commonest = float(labels.mean()), float(strata.is_common.mean())
    return {
        "name": data.name,
        "prevalence": prevalence,
        "lengths": [min(lengths), max(lengths)],
        "columns": [heading for heading, _, _ in strata.columns()],
        "caption": CAPTION,
        "rows": [
            {
                "system": name,
                "words": WORDS.get(name, ""),
                "ours": number == 0,
                "values": [{"mean": e.mean, "low": _known(e.low), "high": _known(e.high)} for e in estimates],
            }
            for number, (name, estimates) in enumerate(figures.items())
        ],
        "verdict": _verdict(figures, strata),
        "notes": _notes(figures, labels, strata, prevalence),
        "facts": [
            [
                "Peptides",
                f"{len(sequences):,}, {int(labels.sum()):,} of them positive ({percent(prevalence)})",
            ],
            ["Groups of alike peptides", f"{np.unique(groups).size:,}"],
            [
                "Lengths",
                f"{min(lengths)} to {max(lengths)}; {percent(commonest)} have {strata.common}",
            ],
            [
                "Gap between probability and frequency",
                f"{percent(gap)}, by a calibration fitted on other folds",
            ],
            ["Where it comes from", SOURCE],
            ["Licence of the data", data.licence],
            ["How it was measured", PROTOCOL],
        ],
    }


SOURCE = (
    "Peptides tested for inducing pro-inflammatory cytokines, from the Immune Epitope Database as selected "
    "by Manavalan and others, PIP-EL, Frontiers in Immunology 9, 2018."
)
PROTOCOL = (
    "Five folds; peptides that share eight letters in a row, directly or through others, are never on two "
    "sides. Sensitivity, specificity, probabilities and this table all come from the same pooled held-out "
    "scores; intervals draw whole groups anew. The model in use was then fitted on all peptides."
)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _verdict(figures: Mapping[str, Sequence[Estimate]], strata: Strata) -> str:
    """One sentence on how much the model is worth, by the figure among peptides of one length."""
    ours = next(iter(figures.values()))
    fair = ours[1]
    word = next(word for limit, word in JUDGEMENTS if fair.mean < limit)
    return (
        f"Take it as {word}: of two peptides with {strata.common} letters, one positive and one negative, it "
        f"ranks the positive higher {percent(fair.mean)} of the time; guessing would do so half of the time."
    )


def _notes(
    figures: Mapping[str, Sequence[Estimate]], labels: NDArray[np.intp], strata: Strata, prevalence: float
) -> list[str]:
    rule, ours = figures[LENGTH_ALONE][0], next(iter(figures.values()))[0]
    common_no = float(strata.is_common[labels == 0].mean())
    common_yes = float(strata.is_common[labels == 1].mean())
    compared = "more than" if rule.mean > ours.mean else "beside"
    return [
        f"Length is a shortcut: {percent(common_no)} of the negatives and {percent(common_yes)} of the "
        f"positives have {strata.common} letters, which tells how assays were set up. That rule alone "
        f"reaches {rule.mean:.2f} over all lengths, {compared} this model's {ours.mean:.2f}; it is worth "
        "nothing among peptides of one length. So the model is not told the length; read the two middle "
        "columns.",
        "Labels are outcomes of assays. A negative is a peptide that did not induce the cytokines measured, "
        "in the assays that were done; it may in another.",
        f"Probabilities suppose that {percent(prevalence)} of your peptides are positive until you say "
        "otherwise. In a screen of unknown peptides it is likely to be far fewer.",
        "A peptide that shares long runs with training peptides is judged partly from memory, which the "
        "figures above leave out on purpose. For a training peptide, the held-out judgement is shown.",
        "The three views weigh the same and learn at their usual strength; nothing was tuned. Which views "
        "there are was settled with this set at hand, so the figures may flatter a little.",
        "The bounds come from pooled held-out scores, so the guarantee of Venn-ABERS calibration holds only "
        "approximately.",
    ]
