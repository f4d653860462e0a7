"""What a paper printed: its title, and the cells we compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["NOT_SEEN", "Cell", "Paper"]

NOT_SEEN = "not seen"
Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Paper:
    """A paper and the cells of its tables.

    Parameters
    ----------
    title : str
    citation : str
        Authors, venue, year and link, as a list of references would print it.
    cells : mapping of (data set, system, metric) to float or None
        A printed value in the units of our own metric; None is a cell that exists and that nobody could
        read, and prints as "not seen".

    Examples
    --------
    >>> paper = Paper("A method", "Somebody, 2025", {("yeast", "ours", "accuracy"): 0.5})
    >>> paper.printed("yeast", "ours", "accuracy"), paper.printed("yeast", "other", "accuracy")
    ((True, 0.5), (False, None))
    """

    title: str
    citation: str
    cells: Mapping[Cell, float | None] = field(default_factory=dict)

    def printed(self, dataset: str, system: str, metric: str) -> tuple[bool, float | None]:
        """Return whether the paper has that cell, and its value if anybody could read it."""
        key = (dataset, system, metric)
        return key in self.cells, self.cells.get(key)
