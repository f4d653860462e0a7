"""Audit labels by hand, the most telling rows first, and stop as soon as enough is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect.read_rows import need_share
from steelyard.kernels.rng import RandomState, child

__all__ = ["AuditResult", "FlipAudit"]

NAME = "FlipAudit"
TOLERATED, ALARMING = 0.05, 0.2
ALPHA = BETA = 0.05
UNIFORM_SHARE = 0.1
MAX_DRAWS = 1000

Decision = Literal["open", "flipped", "clean", "undecided"]


@dataclass(frozen=True)
class AuditResult:
    """What an audit found so far.

    ``decision`` is "flipped" when the share of wrong labels among drawn rows is alarming, "clean" when it
    is tolerated, "undecided" when the draws ran out and "open" while rows are still asked for. ``n_draws``
    draws hit ``n_rows`` different rows, and ``n_flipped`` draws one with a wrong label. ``flip_rate``
    estimates the share of wrong labels among all rows that could be drawn, ``std_error`` its standard
    error (NaN with one draw).
    """

    decision: Decision
    n_draws: int
    n_rows: int
    n_flipped: int
    flip_rate: float
    std_error: float
    log_ratio: float


class FlipAudit:
    """Draw rows to be labelled again by hand, and decide early whether too many labels are wrong.

    Parameters
    ----------
    tolerated, alarming : float
        Shares of wrong labels among the *drawn* rows: at most the one is fine, at least the other is not.
    alpha, beta : float
        Chance of calling a tolerated share alarming, and an alarming one tolerated; roughly, as Wald's limits
        are (never more than ``alpha / (1 - beta)`` and ``beta / (1 - alpha)``).
    uniform_share : float
        Share of the draws that are made by lot from all rows, in (0, 1]. It keeps every row possible,
        without which the estimate would miss flips where the model gives 0. With 1 all draws are, and the
        tested share is that among all rows.
    max_draws : int
        When to give up.
    random_state : int, RandomState, Generator or None

    Notes
    -----
    Start it with the probability that each row of one label is really of another class; rows are drawn with
    replacement, in proportion to it. A row that is drawn again needs no second look: its answer counts again.
    Wald's sequential probability ratio test is done on the answers in their order.

    The estimate weights each answer by how unlikely its row was to be drawn (Hansen and Hurwitz). It is
    unbiased for a number of draws that was fixed beforehand; stopped early by the test, it exaggerates what
    it stopped for. The weighted draws and the mixture are ours.

    *What it cannot do.* It knows of flips only what the auditor sees: rows whose right label cannot be told
    from the record are not found. A test that ends with "clean" speaks of the rows that the model doubts, and
    a model that has learned the flips doubts the wrong rows: use a larger ``uniform_share`` then.

    References
    ----------
    Wald, Sequential Tests of Statistical Hypotheses, Annals of Mathematical Statistics 16, 1945; Hansen and
    Hurwitz, On the Theory of Sampling from Finite Populations, Annals of Mathematical Statistics 14, 1943.

    Examples
    --------
    >>> flipped = np.arange(100) < 30
    >>> audit = FlipAudit(random_state=0).start(np.where(flipped, 0.8, 0.1))
    >>> result = audit.run(lambda row: flipped[row])
    >>> result.decision, result.n_rows
    ('flipped', 4)
    """

    def __init__(
        self,
        *,
        tolerated: float = TOLERATED,
        alarming: float = ALARMING,
        alpha: float = ALPHA,
        beta: float = BETA,
        uniform_share: float = UNIFORM_SHARE,
        max_draws: int = MAX_DRAWS,
        random_state: RandomState = 0,
    ) -> None:
        self.tolerated = tolerated
        self.alarming = alarming
        self.alpha = alpha
        self.beta = beta
        self.uniform_share = uniform_share
        self.max_draws = max_draws
        self.random_state = random_state

    def start(self, doubt: Any, *, rows: Any = None) -> FlipAudit:
        """Begin an audit.

        Parameters
        ----------
        doubt : array of shape (m,)
            Probability of the suspected class, out of fold, for each row of the label to be audited.
        rows : array of int, shape (m,), optional
            Their row numbers; 0 to m - 1 by default.

        Returns
        -------
        FlipAudit
            Itself.
        """
        self._check()
        weight = np.asarray(doubt, dtype=np.float64)
        if weight.ndim != 1 or not weight.size or not np.isfinite(weight).all() or weight.min() < 0:
            raise BadTable(
                f"{NAME} needs one finite number of at least 0 for each row, and at least one row. "
                f"Got an array of shape {weight.shape} instead, or negative or missing numbers in it."
            )
        self._rows = np.arange(weight.size) if rows is None else np.asarray(rows, dtype=np.intp)
        if self._rows.shape != weight.shape:
            raise BadTable(
                f"{NAME} got {weight.size} probabilities and {self._rows.size} rows. Give one a row."
            )
        even = np.full(weight.size, 1 / weight.size)
        led = weight / weight.sum() if weight.sum() > 0 else even
        self._chance = self.uniform_share * even + (1 - self.uniform_share) * led
        self._drawn = child(self.random_state, NAME).choice(weight.size, self.max_draws, p=self._chance)
        self._answers: dict[int, bool] = {}
        self._log: list[bool] = []
        return self

    def next_row(self) -> int | None:
        """Number of the next row to be labelled again; None when the audit has ended.

        It is the same until it is answered.
        """
        self._need_start()
        return None if self.decision != "open" else int(self._rows[self._drawn[len(self._log)]])

    def answer(self, flipped: bool) -> None:
        """Say whether the label of `next_row` is wrong; draws of rows already known are answered with it.

        Raises
        ------
        BadOption
            The audit has ended.
        """
        if self.next_row() is None:
            raise BadOption(
                f"The audit has ended ({self.decision}); it takes no more answers. Start another."
            )
        self._answers[int(self._drawn[len(self._log)])] = bool(flipped)
        self._catch_up()

    def run(self, ask: Callable[[int], bool]) -> AuditResult:
        """Ask until the audit ends.

        Parameters
        ----------
        ask : callable
            Given a row number, whether its label is wrong.

        Returns
        -------
        AuditResult
        """
        while (row := self.next_row()) is not None:
            self.answer(bool(ask(row)))
        return self.result

    @property
    def decision(self) -> Decision:
        """What is decided so far."""
        self._need_start()
        ratio = self._ratio
        if ratio >= math.log((1 - self.beta) / self.alpha):
            return "flipped"
        if ratio <= math.log(self.beta / (1 - self.alpha)):
            return "clean"
        return "undecided" if len(self._log) >= self.max_draws else "open"

    @property
    def result(self) -> AuditResult:
        """What was found so far; the estimate is NaN before the first answer."""
        self._need_start()
        n = len(self._log)
        drawn = self._drawn[:n]
        shares = np.asarray(self._log, dtype=np.float64) / (self._chance[drawn] * self._rows.size)
        return AuditResult(
            self.decision,
            n,
            int(np.unique(drawn).size),
            int(sum(self._log)),
            float(shares.mean()) if n else math.nan,
            float(shares.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan,
            self._ratio,
        )

    @property
    def _ratio(self) -> float:
        """Logarithm of the likelihood ratio of the answers, alarming over tolerated."""
        hits = sum(self._log)
        hit = math.log(self.alarming / self.tolerated)
        miss = math.log((1 - self.alarming) / (1 - self.tolerated))
        return hits * hit + (len(self._log) - hits) * miss

    def _catch_up(self) -> None:
        while self.decision == "open" and int(self._drawn[len(self._log)]) in self._answers:
            self._log.append(self._answers[int(self._drawn[len(self._log)])])

    def _need_start(self) -> None:
        if not hasattr(self, "_drawn"):
            raise BadOption(f"{NAME} has not begun. Call start with the probabilities first.")

    def _check(self) -> None:
        for name in ("tolerated", "alarming"):
            need_share(NAME, name, getattr(self, name))
        for name in ("alpha", "beta"):
            need_share(NAME, name, getattr(self, name), high=0.5)
        if not self.tolerated < self.alarming:
            raise BadOption(
                f"The 'alarming' parameter of {NAME} must be above tolerated, {self.tolerated}. "
                f"Got {self.alarming!r} instead."
            )
        if self.uniform_share != 1:
            need_share(NAME, "uniform_share", self.uniform_share)
        if isinstance(self.max_draws, bool) or not isinstance(self.max_draws, int) or self.max_draws < 1:
            raise BadOption(
                f"The 'max_draws' parameter of {NAME} must be an int in the range [1, inf). "
                f"Got {self.max_draws!r} instead."
            )
