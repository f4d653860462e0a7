"""The verbs of the flow, replaced by ones that remember what they were asked; their signatures are real."""

import inspect

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cli.answers import CARD, CLEAR, SEAL, WARNING
from steelyard import flow
from steelyard.cli import main
from steelyard.records import Resampled

VERBS = ("fit", "check", "compare", "balance", "predict", "score", "listing")


class Verb:
    """Stands for a verb: binds the call to the real signature, remembers it, then acts or answers."""

    def __init__(self, real):
        self.signature = inspect.signature(real)
        self.calls = []
        self.answer = None

    def __call__(self, *args, **kwargs):
        bound = self.signature.bind(*args, **kwargs).arguments
        self.calls.append(bound)
        return self.answer(bound) if callable(self.answer) else self.answer

    @property
    def asked(self):
        (call,) = self.calls
        return call


@pytest.fixture
def verbs(monkeypatch):
    """Every verb by its name, with a sensible answer."""
    made = {name: Verb(getattr(flow, name)) for name in VERBS}
    made["fit"].answer = lambda call: flow.FitResult(call["out"], CARD, [CLEAR, WARNING], SEAL, None)
    made["check"].answer = [CLEAR]
    made["compare"].answer = CARD
    made["balance"].answer = Resampled(
        X=np.zeros((4, 1)),
        y=np.array(["no", "no", "yes", "yes"]),
        origin=np.array([0, 1, 2, -1]),
        parents=np.empty((4, 0), dtype=int),
        prior_before={},
        prior_after={},
        method="SMOTE",
    )
    made["predict"].answer = pd.DataFrame({"predicted": ["no"], "probability_no": [0.75]})
    made["score"].answer = flow.ScoreResult(CARD, None)
    made["listing"].answer = [{"name": "smote", "about": "Makes rows."}]
    for name, verb in made.items():
        monkeypatch.setattr(flow, name, verb)
    return made


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A small table in the folder the command runs in."""
    monkeypatch.chdir(tmp_path)
    rows = pd.DataFrame({"a": np.arange(40.0), "who": np.arange(40) // 2, "fraud": ["no"] * 34 + ["yes"] * 6})
    rows.to_csv("claims.csv", index=False)
    return "claims.csv"


@pytest.fixture
def run(table):
    """Run the command line as a user would, without a process."""

    def invoke(*arguments, **options):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)

    return invoke
