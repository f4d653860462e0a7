"""A small real table and one finished run of the main job, shared by the tests of the flow."""

import pytest

from steelyard.data import load
from steelyard.flow import Settings, fit

QUICK = Settings(folds=2, repeats=1)


def small_table():
    """A few hundred real rows, two classes, about one in ten rare."""
    data = load("ecoli", rare="drop")
    frame = data.X.copy()
    frame["site"] = (data.y == "pp") | (data.y == "om")
    frame["site"] = frame["site"].map({True: "outer", False: "inner"})
    frame["rare"] = [("yes" if label == "imU" else "no") for label in data.y]
    return frame


@pytest.fixture(scope="session")
def csv(tmp_path_factory):
    """The table as a file, as a user would have it."""
    path = tmp_path_factory.mktemp("table") / "claims.csv"
    small_table().to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def finished(csv, tmp_path_factory):
    """One run with its folder."""
    out = tmp_path_factory.mktemp("runs") / "claims.steelyard"
    return fit(csv, "rare", out=out, settings=QUICK, jobs=1)
