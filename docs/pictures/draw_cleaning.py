"""Draws what the cleaners leave out of one small table.

Run it as ``python docs/pictures/draw_cleaning.py``; it writes ``cleaning*.svg`` beside itself, or into
the folder it is given.
"""

import sys
from pathlib import Path

import numpy as np

from steelyard.balance import EditedNearestNeighbours, TomekLinks
from steelyard.balance.clean.all_knn import AllKNN
from steelyard.balance.clean.neighbourhood_cleaning_rule import NeighbourhoodCleaningRule
from steelyard.balance.clean.one_sided_selection import OneSidedSelection
from steelyard.balance.clean.repeated_edited_nearest_neighbours import RepeatedEditedNearestNeighbours

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from scatter import scatter  # noqa: E402

LINKS = (TomekLinks(), OneSidedSelection(random_state=0), NeighbourhoodCleaningRule())
EDITING = (EditedNearestNeighbours(), RepeatedEditedNearestNeighbours(), AllKNN())


def table() -> tuple[np.ndarray, np.ndarray]:
    """Return a wide common class, a rare one at its side, and a few rare rows inside it."""
    rng = np.random.default_rng(3)
    common = rng.normal((0.0, 0.0), (0.95, 0.95), size=(190, 2))
    rare = np.vstack(
        [rng.normal((1.6, 0.7), (0.45, 0.4), size=(34, 2)), rng.uniform((-1.5, -1.0), (0.5, 0.5), (4, 2))]
    )
    return np.vstack([common, rare]), np.repeat(["common", "rare"], [len(common), len(rare)])


def marked(kept: np.ndarray, n_rows: int) -> np.ndarray:
    """Mark the rows that are not kept."""
    return np.where(np.isin(np.arange(n_rows), kept), "", "gone")


def draw(folder: Path) -> None:
    """Write the pictures."""
    X, y = table()
    plain = np.full(len(y), "")
    rows = EditedNearestNeighbours().select(X, y)
    scatter(
        folder / "cleaning.svg",
        [
            (f"before: {len(y)} rows", X, y, plain),
            ("what EditedNearestNeighbours takes", X, y, marked(rows, len(y))),
            (f"after: {len(rows)} rows", X[rows], y[rows], plain[rows]),
        ],
    )
    for name, samplers in (("cleaning-links", LINKS), ("cleaning-editing", EDITING)):
        panels = []
        for sampler in samplers:
            rows = sampler.select(X, y)
            title = f"{type(sampler).__name__}: {len(y) - len(rows)} go"
            panels.append((title, X, y, marked(rows, len(y))))
        scatter(folder / f"{name}.svg", panels)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
