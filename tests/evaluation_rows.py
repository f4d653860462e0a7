"""Small tables and systems that the comparison's tests share."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from steelyard.decide import ArgmaxRule, MetricThreshold
from steelyard.evaluate import System
from steelyard.records import Dataset


def made(n=240, share=0.15, signal=1.5, seed=0, **more):
    """A two-class table with one telling column and two of noise."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    X["a"] += signal * y
    return Dataset(X, np.where(y == 1, "rare", "common"), **more)


def rows(**extra):
    """The plain row and its moved threshold share a model; ``extra`` are remedies."""
    model = LogisticRegression()
    return {
        "plain": System("plain", "plain", ArgmaxRule(model)),
        "threshold": System("threshold", "threshold", MetricThreshold(model, metric="f1", random_state=0)),
        **{name: System(name, "remedy", ArgmaxRule(value), resamples=True) for name, value in extra.items()},
    }
