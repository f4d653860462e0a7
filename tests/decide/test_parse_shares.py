import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.decide import parse_shares
from steelyard.decide.parse_shares import wanted_prior
from steelyard.errors import BadOption


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("fraud=.9", {"fraud": 0.9}),
        ("fraud=90%", {"fraud": 0.9}),
        (" a = 0.1 , b=.2 ", {"a": 0.1, "b": 0.2}),
        ("x=1=.5", {"x=1": 0.5}),
        ({1: 0.25}, {1: 0.25}),
    ],
)
def test_shares_in_any_form(text, shares):
    assert parse_shares(text) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fraud", "label=share pairs"),
        ("", "at least one"),
        ("fraud=2", "between 0 and 1"),
        ("fraud=-.1", "between 0 and 1"),
        ("fraud=nan", "between 0 and 1"),
        ("fraud=half", "between 0 and 1"),
        ("a=.1,a=.2", "given twice"),
        ({}, "at least one"),
    ],
)
def test_what_is_no_share_is_refused(text, words):
    with pytest.raises(BadOption, match=words):
        parse_shares(text)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=6), st.floats(0, 0.99))
def test_classes_not_named_keep_their_proportions(counts, share):
    trained = np.array(counts) / sum(counts)
    wanted = wanted_prior({0: share}, np.arange(len(counts)), trained)
    assert wanted.sum() == pytest.approx(1)
    assert wanted[0] == pytest.approx(share)
    np.testing.assert_allclose(wanted[1:] * trained[1], trained[1:] * wanted[1], atol=1e-12)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"a": 0.5, "b": 0.6}, "leave room"),
        ({"a": 0.2, "b": 0.2, "c": 0.2}, "must sum to 1"),
        ({"d": 0.2}, "names the class 'd'"),
    ],
)
def test_shares_that_cannot_be_a_prior(shares, words):
    with pytest.raises(BadOption, match=words):
        wanted_prior(shares, np.array(["a", "b", "c"]), np.array([0.5, 0.3, 0.2]))
