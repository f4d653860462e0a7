import imblearn.combine
import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pytest

from steelyard.balance import RandomUnderSampler, Sampler, sampler_by_name, sampler_needs, samplers
from steelyard.errors import BadOption


def test_every_sampler_of_imbalanced_learn_has_a_name():
    theirs = {
        name
        for module in (imblearn.combine, imblearn.over_sampling, imblearn.under_sampling)
        for name in module.__all__
    }
    named = {kind.__name__ for name, kind in samplers().items() if name.startswith("imblearn:")}
    assert named == theirs
    assert all(name == name.lower() for name in samplers())


@pytest.mark.parametrize("name", samplers())
def test_every_name_makes_its_sampler(name):
    needed = {"categorical_features": [0]} if name.endswith("smotenc") else {}
    sampler = sampler_by_name(name, random_state=0, **needed)
    assert isinstance(sampler, samplers()[name])
    assert sampler_needs(name) == ("native" if isinstance(sampler, Sampler) else "dense")
    if "random_state" in sampler.get_params():
        assert sampler.random_state == 0
    if "standardize" in sampler.get_params():
        assert sampler.standardize is True


def test_parameters_are_passed_on():
    assert sampler_by_name("smote", 1, k_neighbors=2, standardize=False).get_params() == {
        "categorical_features": "auto",
        "k_neighbors": 2,
        "random_state": 1,
        "sampling_strategy": "auto",
        "standardize": False,
    }
    assert sampler_by_name("imblearn:near-miss", version=3).version == 3
    with pytest.raises(BadOption, match="imblearn:smotenc needs 'categorical_features'"):
        sampler_by_name("imblearn:smotenc")
    with pytest.raises(BadOption, match="tomek-links has no parameter 'k'; it has"):
        sampler_by_name("tomek-links", k=3)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("smoet", "Did you mean 'smote'"),
        ("SMOTE", "Did you mean 'smote'"),
        ("adasin", "'adasyn'"),
        ("imblearn:Borderline", "'imblearn:borderline-smote'"),
        ("xyzzy", "Unknown sampler 'xyzzy'. See 'steelyard list samplers'"),
    ],
)
def test_unknown_names_list_near_ones(name, hint):
    with pytest.raises(BadOption) as caught:
        sampler_by_name(name)
    assert hint in str(caught.value)
    with pytest.raises(BadOption):
        sampler_needs(name)


def test_class_names_of_imbalanced_learn_are_taken():
    assert type(sampler_by_name("imblearn:SMOTEENN")) is imblearn.combine.SMOTEENN
    assert sampler_needs("imblearn:CondensedNearestNeighbour") == "dense"


def test_a_made_sampler_works():
    X, y = np.zeros((12, 1)), np.repeat([0, 1], [8, 4])
    made = sampler_by_name("random-under", 3)
    expected = RandomUnderSampler(random_state=3)
    np.testing.assert_array_equal(made.select(X, y), expected.select(X, y))
