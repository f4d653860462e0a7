"""What flipped labels do to a rare class, as records: points, curves, and which class is most exposed."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from steelyard.evaluate.unit import as_plain
from steelyard.records import Estimate

__all__ = ["Exposure", "ExposureCurve", "ExposurePoint", "flips_to_break"]

HALF = 0.5


def flips_to_break(own: float, foreign: float, n_rows: int) -> int:
    """Labels of a class to flip until its own region holds more rows of the other class than of it.

    Parameters
    ----------
    own : float
        Unseen rows of the class that a clean model finds.
    foreign : float
        Unseen rows of the other class that it wrongly calls by the class's name.
    n_rows : int
        Rows of the class whose labels can be flipped.

    Returns
    -------
    int
        0 when the other class is in the majority there already, or when nothing of the class is found.

    Notes
    -----
    The region of a class is where a model fitted on clean labels names it. There the class has ``own`` rows
    for ``foreign`` ones of the other. Flipping m labels, drawn at random, out of ``n_rows`` takes the share
    ``m / n_rows`` of the one and adds it to the other, so the other leads once ``m`` exceeds ``n_rows * (1 -
    foreign / own) / 2``: half of the rows for a class with a region to itself, fewer the more it overlaps. A
    learner that gives a region to the majority of its labels then loses the whole class.

    It is arithmetic about such a learner and flips at random, not a guarantee. A learner that bends to single
    rows loses the class little by little (see the curve); an attacker who chooses the rows may need fewer. A
    definition of ours.

    Examples
    --------
    >>> flips_to_break(own=20, foreign=0, n_rows=40), flips_to_break(own=20, foreign=10, n_rows=40)
    (21, 11)
    >>> flips_to_break(own=0, foreign=0, n_rows=40)
    0
    """
    if own <= foreign:
        return 0
    return min(n_rows, math.floor(n_rows * (1 - foreign / own) / 2) + 1)


@dataclass(frozen=True)
class ExposurePoint:
    """A class after a share of its training labels was flipped; figures are of test rows nobody touched.

    ``share`` of the class's training rows and ``flipped``, how many that were, a mean over seeds; ``asr`` the
    share of the class that is called the other one, ``lift`` by how much more than on clean labels; ``fall``
    of the deciding metric, positive when worse; ``noticed`` and ``accuracy_noticed``, whether the deciding
    metric and accuracy fell by more than chance.
    """

    share: float
    flipped: float
    asr: Estimate
    lift: Estimate
    recall: Estimate
    accuracy: Estimate
    balanced_accuracy: Estimate
    metric: Estimate
    fall: float = 0.0
    noticed: bool = False
    accuracy_noticed: bool = False


@dataclass(frozen=True)
class ExposureCurve:
    """How one class gives way as more of its labels are flipped into another.

    Parameters
    ----------
    target, to : label
    rows : int
        Of the class in the table.
    train_rows, test_rows : float
        Of the class in the two parts, means over seeds.
    class_share : float
        Of all rows.
    clean : ExposurePoint
        Nothing flipped: ``asr`` is the baseline.
    points : tuple of ExposurePoint
        By rising share.
    flips_to_break : int
        By `flips_to_break`, for the rows of the table.
    broken_at : float or None
        Smallest share tried at which less than half is found of what was found on clean labels.
    accuracy_bound : float
        The most accuracy can fall when only this class is lost; see `accuracy_visibility_bound`.
    accuracy_can_notice : bool
        Whether so much would be more than chance.
    """

    target: Any
    to: Any
    rows: int
    train_rows: float
    test_rows: float
    class_share: float
    clean: ExposurePoint
    points: tuple[ExposurePoint, ...]
    flips_to_break: int
    broken_at: float | None
    accuracy_bound: float
    accuracy_can_notice: bool

    @property
    def flips(self) -> int:
        """Flipped labels that break the class, out of those of the table; see ``basis``."""
        return self._breaking()[0]

    @property
    def basis(self) -> Literal["counted", "measured", "more than"]:
        """How ``flips`` is known; "more than" where so many were tried and the class held."""
        return self._breaking()[1]

    def _breaking(self) -> tuple[int, Literal["counted", "measured", "more than"]]:
        """The count, unless what was tried says otherwise."""
        counted, broken_at = self.flips_to_break, self.broken_at
        if counted == 0:
            return 0, "counted"
        tried = [p.share for p in self.points if broken_at is None or p.share < broken_at]
        held = round(max(tried, default=0.0) * self.rows)
        if broken_at is None:
            return (held, "more than") if counted <= held else (counted, "counted")
        broken = max(1, round(broken_at * self.rows))
        return (counted, "counted") if held < counted <= broken else (broken, "measured")


@dataclass(frozen=True)
class Exposure:
    """What `exposure` found.

    Parameters
    ----------
    curves : tuple of ExposureCurve
        The rarest class first.
    metric, metric_title : str
        What decides.
    noise, accuracy_noise : float
        By how much the two must fall to be noticed.
    noise_how, split : str
        Where that comes from, and how test rows were kept apart, as sentences.
    seeds : int
    n_rows, rows_used : int
        Of the table, and how many were worked on.
    not_measured : dict of label to rows
        Rare classes with too few rows.
    notes : tuple of str
    """

    curves: tuple[ExposureCurve, ...]
    metric: str
    metric_title: str
    noise: float
    accuracy_noise: float
    noise_how: str
    split: str
    seeds: int
    n_rows: int
    rows_used: int
    not_measured: Mapping[Any, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def most_exposed(self) -> ExposureCurve | None:
        """The class that the fewest flipped labels break; among equals the one with the largest lift."""
        if not self.curves:
            return None
        return min(
            self.curves,
            key=lambda c: (c.flips + (c.basis == "more than"), -max(p.lift.mean for p in c.points)),
        )

    @property
    def sentence(self) -> str:
        """Which class is most exposed, and whether the deciding metric would show it."""
        curve = self.most_exposed
        if curve is None:
            return "No rare class has enough rows to be attacked and tested."
        last = curve.points[-1]
        if curve.flips == 0:
            what = (
                f"Most exposed is {curve.target!s}: no flip is needed, for even on clean labels only "
                f"{curve.clean.recall.mean:.0%} of it are found, and where it is named "
                f"{curve.to!s} is as frequent."
            )
        elif curve.basis == "more than":
            what = (
                f"Most exposed is {curve.target!s}: as far as was tried, {curve.flips} wrong labels among "
                f"its {curve.rows} do not yet break it towards {curve.to!s}."
            )
        else:
            what = (
                f"Most exposed is {curve.target!s}: about {curve.flips} wrong labels among its {curve.rows} "
                f"would break it towards {curve.to!s} ({curve.basis})."
            )
        return (
            f"{what} With {last.share:.0%} flipped, {last.recall.mean:.0%} of it are found in place of "
            f"{curve.clean.recall.mean:.0%}; {self._seen(last)}."
        )

    def _seen(self, point: ExposurePoint) -> str:
        """Which of the deciding metric and accuracy would show the fall."""
        if self.metric == "accuracy":
            return f"accuracy {'would' if point.noticed else 'would not'} show it"
        if point.noticed == point.accuracy_noticed:
            both, link = ("both", "and") if point.noticed else ("neither", "nor")
            return f"{both} {self.metric_title} {link} accuracy would show it"
        shows, hides = self.metric_title, "accuracy"
        if point.accuracy_noticed:
            shows, hides = hides, shows
        return f"{shows} would show it, {hides} would not"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON holds it, with the sentence and the class it names."""
        plain: dict[str, Any] = as_plain(dataclasses.asdict(self))
        most = self.most_exposed
        for made, curve in zip(plain["curves"], self.curves, strict=True):
            made["flips"], made["basis"] = curve.flips, curve.basis
        named = None if most is None else as_plain(most.target)
        return {**plain, "most_exposed": named, "sentence": self.sentence}
