"""The claim that one system is better than another, judged on pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from steelyard.errors import BadOption
from steelyard.recipes.machinery.paired import mean_interval, reaches, sign_test, signed_rank_test
from steelyard.recipes.machinery.results import System, Table
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Verdict
from steelyard.report.write_numbers import digits_for, interval, probability, signed

__all__ = ["Better"]

DEMANDS = ("mean", "most sets", "every set", "every run")
SIGNED_RANK, SIGN = "Wilcoxon signed rank", "sign test"
ALPHA = 0.05

BySet = dict[str, list[float]]


@dataclass(frozen=True)
class Better:
    """``system`` is better than ``than``, by at least ``margin``.

    Differences are paired over data set and seed, and positive in the direction of the claim.

    Parameters
    ----------
    text : str
        The claim in words.
    system, than : str or (system, protocol)
        With protocols given in both, two protocols can be compared.
    metric : str
    margin : float
        Least difference, in units of the metric; 0 asks for "not worse".
    datasets : sequence of str, optional
        Only these; by default all on which both were measured.
    protocol : str, optional
        Of both systems.
    smaller : bool
        Smaller values are better.
    demand : {'mean', 'most sets', 'every set', 'every run'}
        Where the margin must be reached: on the mean over data sets; by the mean over seeds on most or on
        every set; or in every single run.

    Examples
    --------
    >>> from steelyard.recipes.machinery.paper import Paper
    >>> from steelyard.recipes.machinery.rows import Value
    >>> def line(system, value):
    ...     return [Value(f"set {i}", "cv", system, "f1", 0, value + i / 100) for i in range(6)]
    >>> table = Table("toy", Paper("Toy", ""), "smoke", (*line("new", 0.6), *line("old", 0.5)))
    >>> verdict = Better("new beats old", "new", "old", "f1", margin=0.05).judge(table)
    >>> verdict.verdict, verdict.p_value
    ('holds', 0.03125)
    """

    text: str
    system: System
    than: System
    metric: str
    margin: float = 0.0
    datasets: Sequence[str] | None = None
    protocol: str | None = None
    smaller: bool = False
    demand: Literal["mean", "most sets", "every set", "every run"] = "mean"

    def __post_init__(self) -> None:
        if self.demand not in DEMANDS:
            raise BadOption(
                f"The 'demand' parameter of Better must be one of {', '.join(map(repr, DEMANDS))}. "
                f"Got {self.demand!r} instead."
            )

    def judge(self, table: Table) -> Verdict:
        """Return what became of the claim in ``table``."""
        first = table.values(self.system, self.metric, self.datasets, self.protocol)
        second = table.values(self.than, self.metric, self.datasets, self.protocol)
        by_set = self._by_set(first, second)
        if not by_set:
            return Verdict(self.text, CANNOT_TELL, words="Not measured at this scale.")
        missing = [name for name in self.datasets or () if name not in by_set]
        size = max(abs(value) for values in (first, second) for value in values.values())
        judged = self._judge_mean(by_set) if self.demand == "mean" else self._judge_count(by_set, size)
        if missing:
            left_out = f"Not measured: {', '.join(missing)}."
            weaker = judged.verdict == HOLDS and self.demand in ("every set", "every run")
            verdict = CANNOT_TELL if weaker else judged.verdict
            return replace(judged, verdict=verdict, words=f"{judged.words} {left_out}")
        return judged

    def _by_set(self, first: Mapping[Any, float], second: Mapping[Any, float]) -> BySet:
        """Paired differences, by data set."""
        by_set: BySet = {}
        for key, value in first.items():
            if key in second:
                difference = second[key] - value if self.smaller else value - second[key]
                by_set.setdefault(key[0], []).append(difference)
        return by_set

    def _judge_mean(self, by_set: BySet) -> Verdict:
        pairs, over = _independent(by_set)
        mean, low, high = mean_interval(pairs)
        verdict = CANNOT_TELL
        if low is not None and high is not None:
            size = max(map(abs, pairs))
            if reaches(low, self.margin, size):
                verdict = HOLDS
            elif not reaches(high, self.margin, size):
                verdict = DOES_NOT_HOLD
        p = signed_rank_test(pairs, self.margin)
        words = f"Mean difference {self._mean_words(mean, low, high, over)}; signed rank p {probability(p)}."
        return Verdict(self.text, verdict, mean, low, high, p, SIGNED_RANK, words)

    def _judge_count(self, by_set: BySet, size: float) -> Verdict:
        means = {name: sum(values) / len(values) for name, values in by_set.items()}
        runs = [difference for values in by_set.values() for difference in values]
        counted = runs if self.demand == "every run" else list(means.values())
        reached = sum(reaches(value, self.margin, size) for value in counted)
        clear = sum(_clearly_below(values, self.margin, size) for values in by_set.values())
        p = sign_test(counted, self.margin)
        verdict = self._count_verdict(reached, len(counted), clear, p)
        pairs, over = _independent(by_set)
        mean, low, high = mean_interval(pairs)
        what = "runs" if self.demand == "every run" else "data sets"
        words = (
            f"{reached} of {len(counted)} {what}; mean difference {self._mean_words(mean, low, high, over)}; "
            f"sign test p {probability(p)}."
        )
        if reached < len(counted) and self.demand != "every run":
            short = [name for name, value in means.items() if not reaches(value, self.margin, size)]
            words += f" Short of it: {', '.join(short)}."
        return Verdict(self.text, verdict, mean, low, high, p, SIGN, words)

    def _count_verdict(self, reached: int, of: int, clear: int, p: float) -> str:
        """Apply the rule for counts; ``clear`` sets lie below the margin with their whole interval."""
        if self.demand == "most sets":
            if 2 * reached > of:
                return HOLDS
            fails = 2 * (of - clear) <= of or (2 * reached < of and p < ALPHA)
            return DOES_NOT_HOLD if fails else CANNOT_TELL
        if reached == of:
            return HOLDS
        return DOES_NOT_HOLD if self.demand == "every run" or clear else CANNOT_TELL

    def _mean_words(self, mean: float, low: float | None, high: float | None, over: str) -> str:
        digits = digits_for([mean, low, high, self.margin])
        ends = f" ({interval(low, high, digits, sign=True)})" if low is not None else ""
        asked = f", asked for at least {signed(self.margin, digits)}" if self.margin else ""
        return f"{signed(mean, digits)}{ends} over {over}{asked}"


def _independent(by_set: BySet) -> tuple[list[float], str]:
    """What the interval is taken over: means of data sets, or the seeds of the only one."""
    if len(by_set) > 1:
        return [sum(values) / len(values) for values in by_set.values()], f"{len(by_set)} data sets"
    ((_, seeds),) = by_set.items()
    return seeds, f"{len(seeds)} seed{'s' if len(seeds) > 1 else ''}"


def _clearly_below(seeds: Sequence[float], margin: float, size: float) -> bool:
    """Whether the whole interval over seeds lies below the margin; a single seed is never clear."""
    _, _, high = mean_interval(seeds)
    return high is not None and not reaches(high, margin, size)
