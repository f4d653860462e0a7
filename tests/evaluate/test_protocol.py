import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from steelyard.balance import Balanced, RandomOverSampler
from steelyard.decide import ArgmaxRule, MetricThreshold
from steelyard.errors import BadOption
from steelyard.evaluate.protocol import System, as_systems, base_key


@pytest.mark.parametrize(
    "remedy",
    [
        make_pipeline(SMOTE(), LogisticRegression()),
        Balanced(RandomOverSampler(), LogisticRegression()),
        ArgmaxRule(Balanced(RandomOverSampler(), LogisticRegression())),
    ],
)
def test_a_sampler_inside_makes_a_row_a_remedy(remedy):
    made = as_systems({"plain": LogisticRegression(), "remedy": remedy})
    assert (made["plain"].kind, made["plain"].resamples) == ("learner", False)
    assert (made["remedy"].kind, made["remedy"].resamples) == ("remedy", True)


def test_every_unset_seed_is_set_by_its_path():
    given = {"a": ArgmaxRule(RandomForestClassifier()), "b": MetricThreshold(RandomForestClassifier())}
    made = as_systems(given, 7)
    seeds = {name: made[name].estimator.estimator.random_state for name in made}
    assert seeds["a"] == seeds["b"] is not None
    assert base_key(made["a"]) == base_key(made["b"])
    assert as_systems(given, 8)["a"].estimator.estimator.random_state != seeds["a"]
    assert given["a"].estimator.random_state is None


def test_a_seed_that_was_given_stays():
    made = as_systems({"a": RandomForestClassifier(random_state=3)})
    assert made["a"].estimator.estimator.random_state == 3


def test_other_parameters_are_other_bases():
    rows = as_systems({"a": LogisticRegression(), "b": LogisticRegression(C=2.0)})
    assert base_key(rows["a"]) != base_key(rows["b"])


def test_the_name_of_the_mapping_counts():
    row = System("x", "plain", ArgmaxRule(LogisticRegression()))
    assert as_systems({"y": row})["y"].name == "y"


def test_a_plain_row_is_demanded():
    with pytest.raises(BadOption, match="Add the plain learner"):
        as_systems({"over": make_pipeline(SMOTE(), LogisticRegression())})
