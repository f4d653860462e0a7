"""What a run was asked to do, as one frozen record that can be compared, saved and hashed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from steelyard.decide import Costs, parse_cost, parse_shares
from steelyard.errors import BadOption
from steelyard.metrics import METRICS
from steelyard.records import Dataset

__all__ = ["Settings"]

INNER_FOLDS = 3
DEFAULT_RULE = "f1"


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a comparison measures and how its winner decides.

    Parameters
    ----------
    cost : str, mapping or path, optional
        Price of the mistakes: ``"miss=20,false_alarm=1"``, or a CSV or JSON file with a cost for each
        pair of true and predicted class.
    review : int, optional
        How many rows can be looked at, for every table as long as the one learned from.
    min_recall : str or mapping, optional
        The least share of a class that must be found: ``"fraud=.9"``.
    prevalence : str or mapping, optional
        Class shares where the model will be used: ``"fraud=0.002"``.
    positive : label, optional
        The class that counts as a hit in two-class tables; the rare one by default.
    metric : str, optional
        What the rows are ranked by; expected cost when there is a ``cost``, else average precision.
    rule : str
        What the threshold maximises out of fold when neither cost, capacity nor floor is given.
    calibration : str
        "auto", "sigmoid", "isotonic", "beta", "temperature", "venn-abers" or "none".
    learner : str
        The default learner's engine, "sklearn" or "lightgbm".
    folds, repeats : int
        Of the cross-validation; ``repeats`` is chosen by the table's size when None.
    selection : "bbc" or "nested"
        How the luck of being chosen is taken out of the winner's estimate.
    drop_hopeless : bool
        Whether rows without a chance are left out after a complete repeat.
    random_state : int

    Raises
    ------
    BadOption
        A value that makes no sense, or two ways to decide at once.

    Examples
    --------
    >>> Settings(cost="miss=20,false_alarm=1").main_metric
    'expected_cost'
    >>> Settings(cost="miss=20", review=100)
    Traceback (most recent call last):
    ...
    steelyard.errors.BadOption: Give one way to decide, got --cost and --review. Leave out all but one.
    """

    cost: Any = None
    review: int | None = None
    min_recall: Any = None
    prevalence: Any = None
    positive: Any = None
    metric: str | None = None
    rule: str = DEFAULT_RULE
    calibration: str = "auto"
    learner: str = "sklearn"
    folds: int = 5
    repeats: int | None = None
    selection: str = "bbc"
    drop_hopeless: bool = True
    random_state: int = 0

    def __post_init__(self) -> None:
        ways = {"--cost": self.cost, "--review": self.review, "--min-recall": self.min_recall}
        given = [name for name, value in ways.items() if value is not None]
        if len(given) > 1:
            raise BadOption(f"Give one way to decide, got {' and '.join(given)}. Leave out all but one.")
        if self.metric is not None and self.metric not in METRICS:
            raise BadOption(f"There is no metric {self.metric!r}. The metrics are {', '.join(METRICS)}.")
        if self.metric == "expected_cost" and self.cost is None:
            raise BadOption(
                "The metric expected_cost needs --cost, for example --cost miss=20,false_alarm=1."
            )
        if self.folds < 2:
            raise BadOption(f"Cross-validation needs at least 2 folds, got {self.folds}.")
        if self.repeats is not None and self.repeats < 1:
            raise BadOption(f"Cross-validation needs at least 1 repeat, got {self.repeats}.")
        if self.review is not None and self.review < 1:
            raise BadOption(f"--review is a number of rows, at least 1. Got {self.review} instead.")
        object.__setattr__(self, "cost", None if self.cost is None else parse_cost(self.cost))
        for name in ("min_recall", "prevalence"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else dict(parse_shares(value)))

    @property
    def main_metric(self) -> str:
        """The metric the rows are ranked by."""
        if self.metric is not None:
            return self.metric
        return "average_precision" if self.cost is None else "expected_cost"

    @property
    def costs(self) -> Costs | None:
        """The prices, as a record that makes the matrix once the classes are known."""
        return self.cost  # type: ignore[no-any-return]

    def positive_of(self, dataset: Dataset) -> Any:
        """The class that is looked for: the one that was named, else the rarest."""
        return dataset.rare_class if self.positive is None else self.positive

    def check_against(self, dataset: Dataset) -> None:
        """Refuse settings that name a class the data set does not have.

        Raises
        ------
        BadOption
            The message lists the classes there are.
        """
        labels = {str(label) for label in dataset.classes.tolist()}
        positive = () if self.positive is None else (self.positive,)
        named = {"--positive": positive, "--min-recall": self.min_recall, "--prevalence": self.prevalence}
        for option, given in named.items():
            unknown = [str(label) for label in given or () if str(label) not in labels]
            if unknown:
                raise BadOption(f"{option} names the class {unknown[0]!r}; the classes are {sorted(labels)}.")
        if self.costs is not None:
            self.costs.matrix(dataset.classes, self.positive_of(dataset))

    def to_dict(self) -> Mapping[str, Any]:
        """Return the settings as JSON holds them."""
        plain = asdict(self)
        if self.cost is not None:
            plain["cost"] = self.cost.to_dict()
        return plain
