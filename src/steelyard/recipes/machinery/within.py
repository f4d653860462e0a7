"""The claim that a figure lies in a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from steelyard.errors import BadOption
from steelyard.recipes.machinery.paired import mean_interval, reaches
from steelyard.recipes.machinery.results import System, Table
from steelyard.recipes.machinery.rows import seed_means
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Verdict
from steelyard.report.write_numbers import digits_for, figure, interval

__all__ = ["Within"]

OVER_SEEDS, ONE_RUN = "interval over seeds", "one run"


@dataclass(frozen=True)
class Within:
    """A system's metric, averaged over data sets, lies in a range.

    Parameters
    ----------
    text : str
        The claim in words.
    system : str or (system, protocol)
    metric : str
    low, high : float, optional
        Ends of the range, which belong to it; at least one of them.
    datasets : sequence of str, optional
        All by default.
    protocol : str, optional

    Examples
    --------
    >>> from steelyard.recipes.machinery.paper import Paper
    >>> from steelyard.recipes.machinery.rows import Value
    >>> measured = [Value("yeast", "cv", "plain", "f1", seed, 0.5 + seed / 1000) for seed in range(5)]
    >>> table = Table("toy", Paper("Toy", ""), "smoke", tuple(measured))
    >>> Within("plain reaches .49", "plain", "f1", low=0.49).judge(table).words
    '0.502 (0.500 to 0.504) over 5 seeds, asked for at least 0.490.'
    """

    text: str
    system: System
    metric: str
    low: float | None = None
    high: float | None = None
    datasets: Sequence[str] | None = None
    protocol: str | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise BadOption(
                "The 'low' or the 'high' parameter of Within must be a number. Got neither instead."
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BadOption(
                "The 'low' parameter of Within must not be above 'high'. "
                f"Got {self.low!r} and {self.high!r} instead."
            )

    def judge(self, table: Table) -> Verdict:
        """Return what became of the claim in ``table``."""
        values = table.values(self.system, self.metric, self.datasets, self.protocol)
        sets = list(dict.fromkeys(dataset for dataset, _ in values))
        missing = [name for name in self.datasets or () if name not in sets]
        if not values:
            return Verdict(self.text, CANNOT_TELL, words="Not measured at this scale.")
        by_seed = list(seed_means(values).values())
        if not by_seed:
            return Verdict(self.text, CANNOT_TELL, words="No seed was run on all of the data sets.")
        mean, low, high = mean_interval(by_seed)
        words = self._words(mean, low, high, len(by_seed), len(sets))
        if missing:
            words += f" Not measured: {', '.join(missing)}."
        verdict = self._verdict(mean if low is None else low, mean if high is None else high)
        test = ONE_RUN if low is None else OVER_SEEDS
        return Verdict(self.text, verdict, mean, low, high, None, test, words)

    def _verdict(self, low: float, high: float) -> str:
        size = max(abs(low), abs(high))
        low_end = -float("inf") if self.low is None else self.low
        high_end = float("inf") if self.high is None else self.high
        if reaches(low, low_end, size) and reaches(high_end, high, size):
            return HOLDS
        if not reaches(high, low_end, size) or not reaches(high_end, low, size):
            return DOES_NOT_HOLD
        return CANNOT_TELL

    def _words(self, mean: float, low: float | None, high: float | None, seeds: int, sets: int) -> str:
        digits = digits_for([mean, low, high, self.low, self.high])
        ends = f" ({interval(low, high, digits)}) over {seeds} seeds" if low is not None else " in one run"
        if self.high is None:
            asked = f"at least {figure(self.low, digits)}"
        elif self.low is None:
            asked = f"at most {figure(self.high, digits)}"
        else:
            asked = interval(self.low, self.high, digits)
        over = f", mean of {sets} data sets" if sets > 1 else ""
        return f"{figure(mean, digits)}{ends}{over}, asked for {asked}."
