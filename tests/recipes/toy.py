"""A toy: values that are drawn, not learned.

Claim: new beats old. Different from the paper:

1. nothing is learned;
2. ``birch`` is new.
"""

import time
from functools import partial
from pathlib import Path

from steelyard.kernels.rng import child
from steelyard.recipes.table import Better, Holds, Measured, Paper, Unit, Within, run_table

PAPER = Paper(
    "Toy <scales>",
    "Nobody, Journal of Nothing 1, 2025, https://example.org/toy",
    {("ash", "new", "F1"): 0.7, ("ash", "old", "F1"): None},
)
DATASETS = {"smoke": ("ash", "birch"), "small": ("ash", "birch", "cedar"), "paper": ("ash", "birch", "cedar")}
LIFT = 0.1


def measure(dataset, seed, pause=0.0, log=None):
    if log:
        with Path(log).open("a") as file:
            file.write(f"{dataset} {seed}\n")
    time.sleep(pause)
    base = child(seed, dataset).uniform(0.5, 0.52)
    return [
        Measured("old", {"F1": base, "accuracy": 0.9, "seconds": time.perf_counter()}),
        Measured("new", {"F1": base + LIFT, "accuracy": 0.8, "seconds": time.perf_counter()}),
    ]


def datasets(scale):
    return DATASETS[scale]


CLAIMS = [
    Better("new beats old by .05", "new", "old", "F1", margin=0.05),
    Better("old is more accurate on every set", "old", "new", "accuracy", demand="every set"),
    Within("old stays at .5", "old", "F1", low=0.5, high=0.52),
    Holds("there are rows", lambda table: (bool(table.rows), f"{len(table.rows)} rows.")),
]


WORDS = ["Nothing is learned here.", lambda table: f"{len(table.verdicts)} claims."]


def main(scale="smoke", *, pause=0.0, seeds=3, log=None, **run):
    units = [
        Unit(dataset, "drawn", seed, partial(measure, dataset, seed, pause, log))
        for dataset in datasets(scale)
        for seed in range(seeds)
    ]
    return run_table(
        "toy",
        PAPER,
        units,
        CLAIMS,
        scale=scale,
        title_note="drawn, not learned",
        words=WORDS,
        main_metrics=("F1",),
        about=__doc__,
        **run,
    )
