"""Draws what the under-samplers and the two combinations make of one small table.

Run it as ``python docs/pictures/draw_undersampling.py``; it writes ``undersampling*.svg`` beside itself,
or into the folder it is given.
"""

import sys
from pathlib import Path

import numpy as np

from steelyard.balance import (
    SMOTE,
    SMOTEENN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    InstanceHardnessThreshold,
    NearMiss,
    RandomUnderSampler,
    SMOTETomek,
)

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from scatter import scatter  # noqa: E402

NEAR = (NearMiss(), NearMiss(version=2), NearMiss(version=3, n_neighbors_ver3=6))
OTHERS = (
    CondensedNearestNeighbour(random_state=0),
    InstanceHardnessThreshold(random_state=0),
    RandomUnderSampler(random_state=0),
)


def table() -> tuple[np.ndarray, np.ndarray]:
    """Return a common class of three clouds and a rare one that overlaps the nearest of them."""
    rng = np.random.default_rng(5)
    clouds = [
        rng.normal(middle, 0.5, size=(size, 2))
        for middle, size in (((0.0, 0.0), 90), ((-1.6, 1.5), 50), ((1.7, 1.9), 40))
    ]
    rare = rng.normal((1.0, 0.3), (0.3, 0.45), size=(36, 2))
    return np.vstack([*clouds, rare]), np.repeat(["common", "rare"], [180, len(rare)])


def gone(kept: np.ndarray, n_rows: int) -> np.ndarray:
    """Mark the rows that are not kept."""
    return np.where(np.isin(np.arange(n_rows), kept), "", "gone")


def selections(samplers: tuple, X: np.ndarray, y: np.ndarray) -> list[tuple]:
    """Return a panel for each sampler: the rows it keeps, for most go."""
    panels = []
    for sampler in samplers:
        rows = sampler.select(X, y)
        version = f" {sampler.version}" if isinstance(sampler, NearMiss) else ""
        panels.append(
            (f"{type(sampler).__name__}{version}: {len(rows)} stay", X[rows], y[rows], np.full(len(rows), ""))
        )
    return panels


def centroids(X: np.ndarray, y: np.ndarray) -> list[tuple]:
    """Return panels that show centres, their parents, and the rows of a hard vote."""
    soft, hard = (ClusterCentroids(random_state=0, voting=voting) for voting in ("soft", "hard"))
    X_soft, y_soft = soft.fit_resample(X, y)
    made = np.flatnonzero(soft.origin_ < 0)
    # All rows, then the centres, joined to the rows they were made from.
    points, labels = np.vstack([X, X_soft[made]]), np.concatenate([y, y_soft[made]])
    marks = np.repeat(["", "made"], [len(y), len(made)])
    lines = [
        (len(y) + place, parent) for place, row in enumerate(made) for parent in soft.parents_[row].tolist()
    ]
    hard.fit_resample(X, y)
    rows = hard.sample_indices_
    return [
        ("centres and the rows nearest to them", points, labels, marks, lines),
        (f"soft voting: {len(y_soft)} rows", X_soft, y_soft, np.where(soft.origin_ < 0, "made", "")),
        (f"hard voting: {len(rows)} rows", X[rows], y[rows], np.full(len(rows), "")),
    ]


def combinations(X: np.ndarray, y: np.ndarray) -> list[tuple]:
    """Return panels that show SMOTE, and what each cleaner takes from its result."""
    smote = SMOTE(random_state=0)
    X_more, y_more = smote.fit_resample(X, y)
    marks = np.where(smote.origin_ < 0, "made", "")
    panels = [(f"SMOTE: {len(y_more)} rows", X_more, y_more, marks)]
    for sampler in (SMOTEENN(random_state=0), SMOTETomek(random_state=0)):
        X_out, y_out = sampler.fit_resample(X, y)
        title = f"{type(sampler).__name__}: {len(y_more) - len(y_out)} go"
        panels.append((title, X_out, y_out, np.where(sampler.origin_ < 0, "made", "")))
    return panels


def draw(folder: Path) -> None:
    """Write the pictures."""
    X, y = table()
    rows = NEAR[0].select(X, y)
    plain = np.full(len(y), "")
    scatter(
        folder / "undersampling.svg",
        [
            (f"before: {len(y)} rows", X, y, plain),
            ("what NearMiss leaves out", X, y, gone(rows, len(y))),
            (f"after: {len(rows)} rows", X[rows], y[rows], plain[rows]),
        ],
    )
    scatter(folder / "undersampling-near.svg", selections(NEAR, X, y))
    scatter(folder / "undersampling-others.svg", selections(OTHERS, X, y))
    scatter(folder / "undersampling-centroids.svg", centroids(X, y))
    scatter(folder / "undersampling-combined.svg", combinations(X, y))


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
