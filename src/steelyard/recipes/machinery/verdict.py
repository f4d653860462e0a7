"""What became of a claim, and the rule by which that is said."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CANNOT_TELL", "DOES_NOT_HOLD", "HOLDS", "RULE", "Verdict"]

HOLDS, DOES_NOT_HOLD, CANNOT_TELL = "holds", "does not hold", "cannot tell"

RULE = (
    "A claim about a mean holds when the whole 95 % interval of the paired difference lies at or above the "
    "margin that was asked for, does not hold when the whole interval lies below it, and cannot be told "
    "otherwise, nor from a single pair. Seeds are averaged within a data set first, and the interval is "
    "Student's over data sets; where there is only one set, it is over seeds. The p value beside it is "
    "Wilcoxon's signed rank test of the same differences against the margin, without correction for the "
    "number of claims.",
    "A claim about most sets holds when more than half of the sets reach the margin on the mean over seeds. "
    "It does not hold when at most half would reach it even if every set whose interval over seeds touches "
    "the margin counted as reaching it, or when a sign test says that most sets lie below (p < 0.05). A "
    "claim about every set holds when all reach the margin, and does not hold when the interval over seeds "
    "of at least one set lies wholly below. A claim about every run holds when every single run reaches the "
    "margin, and does not hold when one fails to. Otherwise it cannot be told. The p value is the sign "
    "test's.",
    "A figure in a range holds when its whole interval over seeds lies in the range, does not hold when the "
    "interval lies wholly outside, and cannot be told otherwise; a figure from one run is judged as it is.",
)


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    Parameters
    ----------
    text : str
        The claim.
    verdict : {'holds', 'does not hold', 'cannot tell'}
    difference : float or None
        Mean paired difference, positive in the direction of the claim; of a figure in a range, the figure.
    low, high : float or None
        Its 95 % interval, where there is more than one value.
    p_value : float or None
    test : str
        Where the p value or the interval comes from.
    words : str
        The figures in a sentence.
    """

    text: str
    verdict: str
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    test: str = ""
    words: str = ""
