import imblearn.over_sampling
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance import RandomOverSampler, is_label_only
from steelyard.errors import BadOption, CannotResample


def test_all_rows_stay_and_copies_follow_class_by_class():
    y = np.array(["b", "a", "a", "a", "c", "c"])
    sampler = RandomOverSampler(random_state=0)
    X_out, y_out = sampler.fit_resample(np.arange(6)[:, None], y)
    assert sampler.origin_[:6].tolist() == [0, 1, 2, 3, 4, 5]
    assert y_out[6:].tolist() == ["b", "b", "c"]
    np.testing.assert_array_equal(X_out[:, 0], sampler.origin_)
    assert (sampler.parents_ == -1).all()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("auto", [12, 12, 12]),
        ("minority", [12, 5, 12]),
        ("not minority", [2, 12, 12]),
        ({0: 7}, [7, 5, 12]),
        (lambda y: {1: 2 * int((y == 1).sum())}, [2, 10, 12]),
    ],
)
def test_strategies(strategy, expected):
    y = np.repeat([0, 1, 2], [2, 5, 12])
    _, y_out = RandomOverSampler(sampling_strategy=strategy, random_state=0).fit_resample(
        np.zeros((19, 1)), y
    )
    assert np.bincount(y_out).tolist() == expected


def test_copies_are_drawn_evenly():
    y = np.repeat([0, 1], [4000, 10])
    sampler = RandomOverSampler(random_state=0)
    sampler.fit_resample(np.zeros((4010, 1)), y)
    copies = np.bincount(sampler.origin_[4010:], minlength=4010)[4000:]
    assert (np.abs(copies - 399) < 5 * np.sqrt(399)).all()


@settings(deadline=None, max_examples=30)
@given(counts=st.lists(st.integers(1, 30), min_size=2, max_size=5), seed=st.integers(0, 1000))
def test_every_class_ends_with_the_largest_count(counts, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    sampler = RandomOverSampler(random_state=seed)
    _, y_out = sampler.fit_resample(np.zeros((len(y), 1)), y)
    assert np.bincount(y_out).tolist() == [max(counts)] * len(counts)
    assert (y[sampler.origin_] == y_out).all()


class TestSmoothedCopies:
    def table(self):
        rng = np.random.default_rng(0)
        return rng.normal(size=(300, 3)) * [1, 5, 0.1], np.repeat(["a", "b", "c"], [200, 60, 40])

    def test_copies_of_the_same_rows_moved_a_little(self):
        X, y = self.table()
        plain, smooth = RandomOverSampler(random_state=0), RandomOverSampler(random_state=0, shrinkage=0.3)
        plain.fit_resample(X, y)
        X_out, y_out = smooth.fit_resample(X, y)
        np.testing.assert_array_equal(smooth.sample_indices_, plain.sample_indices_)
        np.testing.assert_array_equal(smooth.parents_[300:, 0], plain.sample_indices_[300:])
        assert (smooth.origin_[300:] == -1).all()
        for label in "bc":
            new = np.flatnonzero(y_out == label)
            new = new[new >= 300]
            noise = (X_out[new] - X[smooth.sample_indices_[new]]) / X[y == label].std(axis=0)
            assert noise.std() == pytest.approx(0.3 * (4 / (5 * 300)) ** (1 / 7), rel=0.1)

    @pytest.mark.parametrize("shrinkage", [0.5, {"b": 0.5, "c": 0.0}])
    def test_as_many_rows_as_imbalanced_learn_and_as_wide(self, shrinkage):
        X, y = self.table()
        ours = RandomOverSampler(random_state=0, shrinkage=shrinkage)
        theirs = imblearn.over_sampling.RandomOverSampler(random_state=0, shrinkage=shrinkage)
        X_ours, y_ours = ours.fit_resample(X, y)
        X_theirs, y_theirs = theirs.fit_resample(X, y)
        assert sorted(y_ours) == sorted(y_theirs)
        assert ours.shrinkage_ == theirs.shrinkage_
        noise = X_ours[300:] - X[ours.sample_indices_[300:]]
        their_noise = X_theirs[300:] - X[theirs.sample_indices_[300:]]
        np.testing.assert_allclose(noise.std(axis=0), their_noise.std(axis=0), rtol=0.2)

    def test_categories_are_copied_and_gaps_and_types_stay(self):
        X, y = self.table()
        frame = pd.DataFrame({"x": X[:, 0], "n": np.arange(300, dtype=np.int8) % 100, "k": list("uvw") * 100})
        frame.loc[::5, "x"] = np.nan
        sampler = RandomOverSampler(random_state=0, shrinkage=1.0)
        out, _ = sampler.fit_resample(frame, y)
        copied = frame.iloc[sampler.sample_indices_[300:]].reset_index(drop=True)
        made = out.iloc[300:].reset_index(drop=True)
        assert out.dtypes.equals(frame.dtypes)
        assert made["k"].equals(copied["k"])
        assert made["x"].isna().equals(copied["x"].isna())
        assert (made["n"] != copied["n"]).any()

    def test_no_width_makes_exact_copies(self):
        X, y = self.table()
        expected, _ = RandomOverSampler(random_state=0).fit_resample(X, y)
        for shrinkage in (0, 0.0, {"b": 0, "c": 0}):
            sampler = RandomOverSampler(random_state=0, shrinkage=shrinkage)
            out, _ = sampler.fit_resample(X, y)
            np.testing.assert_array_equal(out, expected)
            assert (sampler.origin_ >= 0).all()

    def test_only_exact_copies_move_the_prior_alone(self):
        assert is_label_only(RandomOverSampler())
        assert is_label_only(RandomOverSampler(shrinkage=0))
        assert not is_label_only(RandomOverSampler(shrinkage=0.1))
        assert not is_label_only(RandomOverSampler(shrinkage={"b": 0, "c": 1}))

    def test_what_makes_no_sense_is_refused(self):
        X, y = self.table()
        for shrinkage, said in [
            (-1, r"range \[0, inf\)"),
            ("wide", r"range \[0, inf\)"),
            ({"b": 1}, r"\['c'\] are missing"),
            ({"b": 1, "c": -1}, "at least 0. Got -1 for class 'c'"),
        ]:
            with pytest.raises(BadOption, match=said):
                RandomOverSampler(shrinkage=shrinkage).fit_resample(X, y)
        with pytest.raises(CannotResample, match="no rows of the table"):
            RandomOverSampler(shrinkage=1).select(X, y)
