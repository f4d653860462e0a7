"""``steelyard suspects``."""

import json

import numpy as np
import pandas as pd
import pytest

from steelyard import flow
from steelyard.flow import SuspectReport
from steelyard.guard.detect import Pair, PairTest, Suspects

NONE = np.empty(0, dtype=np.intp)


def report(n=0, *, pair=False, notes=()):
    """A report of so many doubtful rows."""
    table = pd.DataFrame(
        {
            "row": np.arange(n),
            "given": ["no"] * n,
            "suggested": ["yes"] * n,
            "score": np.linspace(0.9, 0.5, n),
            "flips": np.linspace(0.9, 0.5, n),
            "evidence": ["a model gives 'yes' 0.90"] * n,
        }
    )
    empty = Suspects("pair_test", NONE, NONE, NONE, NONE.astype(float), (), NONE.astype(float))
    pairs = (Pair("yes", "no", 9, 2.0, 0.001, 0.001, True),) if pair else ()
    return SuspectReport(table, {}, PairTest(pairs, empty, "mirror", 0.05), tuple(notes), 40)


@pytest.fixture
def asked(monkeypatch):
    """What the flow was asked, and an answer to set."""
    calls = {}

    def answer(dataset, **given):
        calls.update(given, dataset=dataset)
        return calls["answer"]

    calls["answer"] = report()
    monkeypatch.setattr(flow, "suspects", answer)
    return calls


@pytest.mark.parametrize(
    ("found", "code"), [(report(), 0), (report(3), 1), (report(pair=True), 1), (report(notes=["x: few."]), 0)]
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_exit_code_says_whether_anything_was_found(run, asked, found, code, more):
    asked["answer"] = found
    result = run("suspects", "claims.csv", "--target", "fraud", *more)
    assert result.exit_code == code, result.output


def test_what_is_shown(run, asked):
    asked["answer"] = report(60, pair=True, notes=["flips: hard."])
    shown = run("suspects", "claims.csv", "--target", "fraud").output
    assert "60 of 40 rows have a doubtful label" in shown
    assert "and 10 more" in shown
    assert "more than honest" in shown
    assert "flips: hard." in shown
    few = run("suspects", "claims.csv", "--target", "fraud", "--top", 5).output
    assert "and 55 more" in few


def test_json_alone_on_standard_output(run, asked):
    asked["answer"] = report(2)
    said = json.loads(run("suspects", "claims.csv", "--target", "fraud", "--json", "-").stdout)
    assert [line["row"] for line in said["suspects"]] == [0, 1]


def test_options_are_handed_on(run, asked):
    run("suspects", "claims.csv", "--target", "fraud")
    assert {name: asked[name] for name in asked if name not in ("answer", "dataset")} == {
        "out": None,
        "top": None,
        "random_state": 0,
        "progress": None,
    }
    run(
        *("suspects", "claims.csv", "--target", "fraud", "--top", 9, "-o", "x.csv", "--groups", "who", "-q"),
        *("--detectors", "flips,neighbours", "--trusted", "a", "--jobs", 2, "--seed", 3),
    )
    assert asked["detectors"] == ("flips", "neighbours")
    assert (asked["trusted"], asked["jobs"], asked["top"], asked["out"]) == ("a", 2, 9, "x.csv")
    assert (asked["random_state"], asked["progress"]) == (3, False)
    assert asked["dataset"].groups is not None


def test_a_real_run(run):
    result = run("suspects", "claims.csv", "--target", "fraud", "--detectors", "neighbours", "-o", "out.csv")
    assert result.exit_code in (0, 1)
    assert pd.read_csv("out.csv").columns.tolist()[:3] == ["row", "given", "suggested"]


def test_mistakes_are_2(run):
    assert run("suspects", "claims.csv", "--target", "fraud", "--detectors", "magic").exit_code == 2
    assert run("suspects", "claims.csv").exit_code == 2
    assert run("suspects", "none.csv", "--target", "fraud").exit_code == 2
