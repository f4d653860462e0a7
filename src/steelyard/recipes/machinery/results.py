"""The table of a recipe: every value that was measured, what the paper printed, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from steelyard.errors import BadOption
from steelyard.recipes.machinery.paper import Paper
from steelyard.recipes.machinery.rows import Row, Value, mean_row, row_of
from steelyard.recipes.machinery.verdict import Verdict

__all__ = ["System", "Table"]

System = str | tuple[str, str]


@dataclass(frozen=True, eq=False)
class Table:
    """What a recipe measured.

    Parameters
    ----------
    name : str
        Of the recipe.
    paper : Paper
    scale : str
    measured : tuple of Value
    verdicts : tuple of Verdict
    title_note : str
        What the title must say besides: stand-in data, for instance.
    words : tuple of str
        What the recipe has to say about its figures.
    about : str
        The recipe's own docstring.
    main_metrics : tuple of str
        The metrics that the short tables show; all of them by default.
    times : tuple of str
        Metrics that are times; equality leaves them out, for no two runs take equally long.
    machine : str
    versions : mapping of str to str
    seconds : float
        Work of all units together.
    wall : float
        What the last run of them took; less than all of it where finished units were on disk.

    Examples
    --------
    >>> measured = [Value("yeast", "leak-free", "plain", "accuracy", seed, 0.5 + seed) for seed in (0, 1)]
    >>> table = Table("toy", Paper("Toy", ""), "smoke", tuple(measured))
    >>> table.mean("plain", "accuracy"), table.values("plain", "accuracy")
    (1.0, {('yeast', 0): 0.5, ('yeast', 1): 1.5})
    """

    name: str
    paper: Paper
    scale: str
    measured: tuple[Value, ...]
    verdicts: tuple[Verdict, ...] = ()
    title_note: str = ""
    words: tuple[str, ...] = ()
    about: str = ""
    main_metrics: tuple[str, ...] = ()
    times: tuple[str, ...] = ("seconds",)
    machine: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    wall: float = 0.0

    def __post_init__(self) -> None:
        if not self.main_metrics:
            object.__setattr__(self, "main_metrics", self.metrics)

    @property
    def title(self) -> str:
        """Paper, scale and what must be announced."""
        return " · ".join(filter(None, [self.paper.title, f"scale {self.scale}", self.title_note]))

    @property
    def datasets(self) -> tuple[str, ...]:
        """Data sets, in the order of the units."""
        return tuple(dict.fromkeys(value.dataset for value in self.measured))

    @property
    def protocols(self) -> tuple[str, ...]:
        """Names of the protocols, in the order of the units."""
        return tuple(dict.fromkeys(value.protocol for value in self.measured))

    @property
    def systems(self) -> tuple[str, ...]:
        """Systems, in the order of the units."""
        return tuple(dict.fromkeys(value.system for value in self.measured))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics, in the order of the units."""
        return tuple(dict.fromkeys(value.metric for value in self.measured))

    @property
    def seeds(self) -> tuple[int, ...]:
        """Every seed that was used."""
        return tuple(sorted({value.seed for value in self.measured}))

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row for each data set, protocol, system and metric."""
        groups: dict[tuple[str, str, str, str], list[float | None]] = {}
        for value in self.measured:
            key = (value.dataset, value.protocol, value.system, value.metric)
            groups.setdefault(key, []).append(value.value)
        return tuple(row_of(self.paper, *key, values) for key, values in groups.items())

    @property
    def means(self) -> tuple[Row, ...]:
        """One row for each protocol, system and metric: the mean over data sets, where there are several.

        The interval is over the seeds that were run on all of the row's sets, and the paper's figure stands
        beside it where every cell of those sets could be read.
        """
        groups: dict[tuple[str, str, str], dict[tuple[str, int], float]] = {}
        for value in self.measured:
            if value.value is not None:
                key = (value.protocol, value.system, value.metric)
                groups.setdefault(key, {})[value.dataset, value.seed] = value.value
        made = (mean_row(self.paper, *key, values) for key, values in groups.items())
        return tuple(row for row in made if row is not None)

    def values(
        self,
        system: System,
        metric: str,
        dataset: str | Iterable[str] | None = None,
        protocol: str | None = None,
    ) -> dict[tuple[str, int], float]:
        """Return what a system reached, by data set and seed.

        Parameters
        ----------
        system : str or (system, protocol)
        metric : str
        dataset : str or several, optional
            All by default.
        protocol : str, optional
            May be left out where the system was measured under a single one.

        Returns
        -------
        dict of (data set, seed) to float
            Empty where nothing of the kind was measured.

        Raises
        ------
        BadOption
            It was measured under several protocols and none was named.
        """
        if isinstance(system, tuple):
            system, protocol = system
        wanted = {dataset} if isinstance(dataset, str) else None if dataset is None else set(dataset)
        found = [
            value
            for value in self.measured
            if value.system == system
            and value.metric == metric
            and value.value is not None
            and (wanted is None or value.dataset in wanted)
            and protocol in (None, value.protocol)
        ]
        protocols = list(dict.fromkeys(value.protocol for value in found))
        if len(protocols) > 1:
            raise BadOption(
                f"{system!r} was measured under {len(protocols)} protocols ({', '.join(protocols)}). "
                f"Name one: protocol={protocols[0]!r}."
            )
        return {(value.dataset, value.seed): value.value for value in found if value.value is not None}

    def mean(
        self,
        system: System,
        metric: str,
        dataset: str | Iterable[str] | None = None,
        protocol: str | None = None,
    ) -> float:
        """Return the mean over data sets of the means over seeds; NaN where nothing was measured.

        The parameters are those of `values`.
        """
        by_set: dict[str, list[float]] = {}
        for (name, _), value in self.values(system, metric, dataset, protocol).items():
            by_set.setdefault(name, []).append(value)
        means = [sum(values) / len(values) for values in by_set.values()]
        return sum(means) / len(means) if means else float("nan")

    def _compared(self) -> tuple[Any, ...]:
        measured = {
            (value.dataset, value.protocol, value.system, value.metric, value.seed): value.value
            for value in self.measured
            if value.metric not in self.times
        }
        claims = tuple(verdict.text for verdict in self.verdicts)
        return self.name, self.paper, self.scale, self.title_note, measured, claims

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment]

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON holds it, see ``docs/formats.md``."""
        from steelyard.recipes.machinery.table_file import to_dict

        return to_dict(self)

    def __str__(self) -> str:
        from steelyard.recipes.machinery.to_terminal import to_terminal
        from steelyard.report import to_text

        return to_text(to_terminal(self))
