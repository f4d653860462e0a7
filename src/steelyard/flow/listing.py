"""What there is: samplers, learners, checks, metrics and data sets, by modality."""

from __future__ import annotations

from collections.abc import Callable

from steelyard.balance import samplers
from steelyard.data import datasets
from steelyard.diagnose import checks
from steelyard.errors import BadOption
from steelyard.learn import learners
from steelyard.metrics import METRICS

__all__ = ["listing"]

EVERY_MODALITY = "rows"


def _first_line(thing: object) -> str:
    return (thing.__doc__ or "").strip().partition("\n")[0]


def _fits(works_on: str | tuple[str, ...], on: str | None) -> bool:
    return on is None or EVERY_MODALITY in works_on or on in works_on


def _samplers(on: str | None) -> list[dict[str, str]]:
    rows = []
    for name, made in samplers().items():
        works_on = getattr(made, "works_on", ("table",))
        if _fits(works_on, on):
            rows.append({"name": name, "about": _first_line(made)})
    return rows


def _learners(on: str | None) -> list[dict[str, str]]:
    return [{"name": name, "about": spec.title} for name, spec in learners().items() if on in (None, "table")]


def _checks(on: str | None) -> list[dict[str, str]]:
    return [
        {"name": code, "about": made.title} for code, made in checks().items() if _fits(made.works_on, on)
    ]


def _metrics(on: str | None) -> list[dict[str, str]]:
    return [{"name": metric.name, "about": metric.summary} for metric in METRICS.values()]


def _datasets(on: str | None) -> list[dict[str, str]]:
    return [{"name": entry.name, "about": entry.title} for entry in datasets(on)]


SHELVES: dict[str, Callable[[str | None], list[dict[str, str]]]] = {
    "samplers": _samplers,
    "learners": _learners,
    "checks": _checks,
    "metrics": _metrics,
    "datasets": _datasets,
}


def listing(what: str, on: str | None = None) -> list[dict[str, str]]:
    """List a shelf of the library.

    Parameters
    ----------
    what : "samplers", "learners", "checks", "metrics" or "datasets"
    on : str, optional
        Only what works on this modality, for example "table" or "text".

    Returns
    -------
    list of dict
        ``name`` and ``about``.

    Examples
    --------
    >>> [row["name"] for row in listing("metrics")][:2]
    ['average_precision', 'roc_auc']
    """
    if what not in SHELVES:
        raise BadOption(f"There is no list of {what!r}. The lists are {', '.join(SHELVES)}.")
    return SHELVES[what](on)
