"""Draws what the ranked over-samplers add to one small table, each joined to its parents.

Run it as ``python docs/pictures/draw_oversampling_ranked.py``; it writes four SVG files beside itself, or
into the folder it is given.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from steelyard.balance.over.assembled_smote import AssembledSMOTE
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.geometric_smote import GeometricSMOTE
from steelyard.balance.over.guided_smote import GuidedSMOTE
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE
from steelyard.balance.over.prowsyn import ProWSyn
from steelyard.balance.over.rejection_smote import RejectionSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smobd import SMOBD
from steelyard.balance.over.smote import SMOTE
from steelyard.balance.over.smote_ipf import SMOTEIPF

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from scatter import scatter  # noqa: E402

SEED = 3
COMMON, RARE = 70, 20
PICTURES: dict[str, tuple[Any, ...]] = {
    "lines": (SMOTE(), PolynomFitSMOTE(), GuidedSMOTE()),
    "borders": (ProWSyn(), MWMOTE(), AssembledSMOTE(), SMOBD()),
    "safety": (SafeLevelSMOTE(), RejectionSMOTE(), SMOTEIPF()),
    "balls": (GeometricSMOTE(), CCR(energy=0.5), ROSE(shrinkage=0.6)),
}


def table() -> tuple[np.ndarray, np.ndarray]:
    """Return a common cloud, a rare bow that dips into it, and two stray rare rows."""
    rng = np.random.default_rng(SEED)
    angle = rng.uniform(0.15, 0.95, size=RARE - 2) * np.pi
    bow = np.stack([2.4 * np.cos(angle), 1.9 * np.sin(angle)], axis=1)
    bow += rng.normal(size=bow.shape) * 0.14
    stray = np.array([[-0.4, -1.0], [0.9, -0.7]])
    common = rng.normal(size=(COMMON, 2)) * [1.1, 0.75] + [0.0, -0.35]
    return np.concatenate([common, bow, stray]), np.repeat(["common", "rare"], [COMMON, RARE])


def panel(sampler: Any) -> tuple[Any, ...]:
    """Return one panel: rows as they came, rows left out, and rows made, joined to their parents."""
    X, y = table()
    sampler.set_params(random_state=SEED)
    X_out, y_out = sampler.fit_resample(X, y)
    origin = sampler.origin_
    gone = np.setdiff1d(np.arange(len(y)), origin)
    points = np.concatenate([X_out, X])
    labels = np.concatenate([y_out, y])
    marks = ["" if row >= 0 else "made" for row in origin] + ["gone"] * len(y)
    shown = np.concatenate([np.arange(len(y_out)), len(y_out) + gone])
    place = {len(y_out) + row: len(y_out) + at for at, row in enumerate(gone.tolist())}
    place |= {len(y_out) + int(row): at for at, row in enumerate(origin.tolist()) if row >= 0}
    lines = [
        (child, place[len(y_out) + parent])
        for child in np.flatnonzero(origin < 0).tolist()
        for parent in sampler.parents_[child].tolist()
        if parent >= 0
    ]
    return type(sampler).__name__, points[shown], labels[shown], [marks[row] for row in shown], lines


def draw(folder: Path) -> None:
    """Write the pictures."""
    for name, samplers in PICTURES.items():
        scatter(folder / f"oversampling-ranked-{name}.svg", [panel(sampler) for sampler in samplers])


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
