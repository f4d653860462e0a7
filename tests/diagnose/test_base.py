"""What every check keeps to: outcomes, limits, evidence that is shared."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from steelyard.diagnose import Check, ClassOverlap, Evidence, LabelNoise, checks
from steelyard.diagnose.evidence import NotApplicable
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.records import Dataset
from tables_to_check import clean_table, dataset


class Answering(Check):
    code, title = "SY999", "a test"
    limits = {"limit": (0.0, 1.0)}

    def __init__(self, limit=0.5, error=None):
        self.limit, self.error = limit, error

    def _examine(self, evidence):
        if self.error:
            raise self.error
        return self._found("told", "do this", rows=np.array([1]), columns=["a"], measures={"m": 1})


@pytest.mark.parametrize("error", [NotApplicable("no such thing"), CannotEvaluate("no such thing")])
def test_what_cannot_be_asked_is_an_answer(error):
    finding = Answering(error=error).check(dataset(*clean_table(60)))
    assert (finding.outcome, finding.explanation) == ("not applicable", "no such thing")
    assert not finding.alarming


def test_bugs_are_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        Answering(error=ZeroDivisionError()).check(dataset(*clean_table(60)))


def test_found_carries_everything():
    finding = Answering().check(dataset(*clean_table(60)))
    assert (finding.code, finding.severity, finding.advice) == ("SY999", "warning", "do this")
    assert (finding.rows.tolist(), finding.columns, finding.measures) == ([1], ("a",), {"m": 1})
    assert finding.alarming


@pytest.mark.parametrize("limit", [-0.1, 1.1, "a", None, True, float("nan")])
def test_a_limit_out_of_range_is_refused_in_plain_words(limit):
    with pytest.raises(
        BadOption, match=r"The 'limit' parameter of Answering must be a number from 0 to 1\. Got"
    ):
        Answering(limit).check(dataset(*clean_table(60)))


@pytest.mark.parametrize("made", checks().values(), ids=list(checks()))
def test_limits_name_the_parameters_and_hold_the_defaults(made):
    check = made()
    for name, (low, high) in made.limits.items():
        assert low <= getattr(check, name) <= high
        with pytest.raises(BadOption, match=f"'{name}' parameter of {made.__name__}"):
            made(**{name: high * 2 + 1}).check(dataset(*clean_table(60)))


@pytest.mark.parametrize("made", checks().values(), ids=list(checks()))
def test_other_modalities_and_tasks_are_not_applicable(made):
    X, y = clean_table(60)
    image = made().check(dataset(X, y, modality="image"))
    if "rows" not in made.works_on:
        assert image.outcome == "not applicable"
        assert "not on image" in image.explanation
    number = made().check(Dataset(X, np.arange(60.0), task="regression"))
    assert (number.outcome, "regression" in number.explanation) == ("not applicable", True)
    one = made().check(dataset(X, np.full(60, "a")))
    assert (one.outcome, "two classes" in one.explanation) == ("not applicable", True)


@pytest.mark.parametrize("made", [ClassOverlap, LabelNoise])
def test_a_check_uses_the_estimator_it_was_given(made):
    """A model that knows nothing recognises no class, whatever the shared evidence says."""
    data = dataset(*clean_table())
    shared = Evidence(data)
    own = made(estimator=DummyClassifier()).check(data, shared)
    usual = made().check(data, shared)
    assert own.explanation != usual.explanation
    assert usual.outcome == "clear"
