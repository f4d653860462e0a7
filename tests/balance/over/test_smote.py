import imblearn.over_sampling
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from steelyard.balance import SMOTE
from steelyard.data import load
from steelyard.errors import BadOption, BadTable, CannotResample


def two_classes(n_common=50, n_rare=15, width=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_common + n_rare, width))
    y = np.repeat(["common", "rare"], [n_common, n_rare])
    order = rng.permutation(len(y))
    return X[order], y[order]


def nearest_of_class(X, y, row, k):
    """Neighbours of a row in its own class, by brute force, ties by row number."""
    others = [other for other in np.flatnonzero(y == y[row]) if other != row]
    return sorted(others, key=lambda other: (((X[other] - X[row]) ** 2).sum(), other))[:k]


@pytest.mark.parametrize("k", [1, 5, 14])
def test_children_lie_between_a_row_and_one_of_its_nearest_neighbours(k):
    X, y = two_classes()
    sampler = SMOTE(k_neighbors=k, random_state=0)
    X_out, y_out = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_out[: len(X)], X)
    assert np.unique(y_out, return_counts=True)[1].tolist() == [50, 50]
    partners = set()
    for child, (base, partner) in zip(X_out[len(X) :], sampler.parents_[len(X) :], strict=True):
        allowed = nearest_of_class(X, y, base, k)
        assert partner in allowed
        partners.add(allowed.index(partner))
        step = (child - X[base]) @ (X[partner] - X[base]) / ((X[partner] - X[base]) ** 2).sum()
        assert 0 <= step <= 1
        np.testing.assert_allclose(child, X[base] + step * (X[partner] - X[base]), atol=1e-12)
    assert len(partners) == min(k, len(partners)) > (k > 1)


def test_two_equal_classes_get_different_draws():
    """imbalanced-learn draws the same numbers for every class."""
    X, y = two_classes()
    rare = y == "rare"
    shifted = X[rare] + 100
    both = np.vstack([X, shifted])
    labels = np.concatenate([y, np.full(rare.sum(), "twin")])
    mine, theirs = SMOTE(random_state=0), imblearn.over_sampling.SMOTE(random_state=0)
    X_out, y_out = mine.fit_resample(both, labels)
    X_theirs, y_theirs = theirs.fit_resample(both, labels)
    n = len(both)
    assert np.allclose(X_theirs[n:][y_theirs[n:] == "rare"] + 100, X_theirs[n:][y_theirs[n:] == "twin"]), (
        "imbalanced-learn has mended it: say so in the docs"
    )
    assert not np.isclose(X_out[n:][y_out[n:] == "rare"] + 100, X_out[n:][y_out[n:] == "twin"]).any()


def test_as_many_rows_of_each_class_as_imbalanced_learn_makes():
    data = load("ecoli", rare="drop")
    X, y = data.X.select_dtypes("number"), data.y
    keep = ~np.isin(y, ["imL", "imS", "omL"])
    for strategy in ("auto", "minority", "not minority", "all", {"om": 50, "pp": 60}):
        ours = SMOTE(sampling_strategy=strategy, random_state=0).fit_resample(X[keep], y[keep])
        theirs = imblearn.over_sampling.SMOTE(sampling_strategy=strategy, random_state=0).fit_resample(
            X[keep], y[keep]
        )
        assert sorted(ours[1]) == sorted(theirs[1])


def test_draws_are_spread_evenly_over_rows_neighbours_and_the_line():
    X, y = two_classes(4000, 10)
    sampler = SMOTE(k_neighbors=4, random_state=0)
    sampler.fit_resample(X, y)
    parents = sampler.parents_[sampler.origin_ < 0]
    per_row = np.unique(parents[:, 0], return_counts=True)[1]
    per_pair = np.unique(parents, axis=0, return_counts=True)[1]
    assert len(per_row) == 10
    assert len(per_pair) == 40
    expected = 3990 / 40
    assert (np.abs(per_pair - expected) < 5 * np.sqrt(expected)).all()


def test_few_rows_use_the_neighbours_there_are_and_say_so():
    X, y = two_classes(20, 3)
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.note_ == "class 'rare': 2 neighbours instead of 5, for it has 3 rows"
    full = SMOTE(k_neighbors=2, random_state=0)
    full.fit_resample(X, y)
    assert full.note_ == ""
    np.testing.assert_array_equal(full.parents_, sampler.parents_)


def test_one_row_is_refused():
    X, y = two_classes(20, 1)
    with pytest.raises(
        CannotResample, match=r"at least 2 rows in class 'rare', got 1\. Use RandomOverSampler, or"
    ):
        SMOTE().fit_resample(X, y)
    # A lonely class that is not to be enlarged is no obstacle.
    labels = np.where(np.arange(21) < 8, "few", y)
    SMOTE(sampling_strategy={"few": 12}).fit_resample(X, labels)


class TestGroups:
    def test_no_parent_crosses_a_group(self):
        X, y = two_classes(60, 20)
        groups = np.arange(80) % 7
        sampler = SMOTE(random_state=0)
        sampler.fit_resample(X, y, groups=groups)
        parents = sampler.parents_[sampler.origin_ < 0]
        assert (groups[parents[:, 0]] == groups[parents[:, 1]]).all()
        assert (sampler.groups_[sampler.origin_ < 0] == groups[parents[:, 0]]).all()
        assert "neighbour" in sampler.note_

    def test_a_row_alone_in_its_group_starts_nothing(self):
        X, y = two_classes(20, 4)
        rare = np.flatnonzero(y == "rare")
        groups = np.zeros(24, dtype=int)
        groups[rare] = [1, 1, 2, 3]
        sampler = SMOTE(random_state=0)
        sampler.fit_resample(X, y, groups=groups)
        assert set(sampler.parents_[sampler.origin_ < 0].ravel()) == set(rare[:2])

    def test_groups_of_one_row_each_are_refused(self):
        X, y = two_classes(20, 4)
        with pytest.raises(CannotResample, match="each of its rows has a group of its own"):
            SMOTE().fit_resample(X, y, groups=np.arange(24))


class TestMixedTables:
    def frame(self, n_common=40, n_rare=12):
        rng = np.random.default_rng(3)
        n = n_common + n_rare
        frame = pd.DataFrame(
            {
                "x": rng.normal(size=n),
                "z": rng.normal(size=n) * 3,
                "colour": pd.Categorical(rng.choice(list("rgb"), size=n)),
                "flag": rng.random(n) < 0.5,
            }
        )
        return frame, np.repeat(["common", "rare"], [n_common, n_rare])

    def test_neighbours_and_votes_by_hand(self):
        frame, y = self.frame()
        sampler = SMOTE(k_neighbors=4, random_state=0)
        X_out, _ = sampler.fit_resample(frame, y)
        numbers = frame[["x", "z"]].to_numpy()
        rare = np.flatnonzero(y == "rare")
        price = np.median(numbers[rare].std(axis=0)) ** 2

        def distance(one, other):
            differing = sum(frame[c][one] != frame[c][other] for c in ("colour", "flag"))
            return ((numbers[one] - numbers[other]) ** 2).sum() + price * differing

        for row in np.flatnonzero(sampler.origin_ < 0):
            base, partner, *rest = sampler.parents_[row]
            around = sorted((o for o in rare if o != base), key=lambda o: (distance(base, o), o))[:4]
            assert {partner, *rest} == set(around)
            for column in ("colour", "flag"):
                values = [frame[column][o] for o in around]
                most = max(values.count(v) for v in values)
                # Of the values voted for most, the one whose voter is nearest.
                assert X_out[column].iloc[row] == next(v for v in values if values.count(v) == most)

    def test_neighbours_are_those_of_imbalanced_learns_smotenc(self):
        frame, y = self.frame()
        frame["flag"] = frame["flag"].astype(str).astype("category")
        theirs = imblearn.over_sampling.SMOTENC("auto", k_neighbors=3, random_state=0)
        theirs.fit_resample(frame, y)
        encoded = theirs.nn_k_._fit_X
        encoded = encoded.toarray() if hasattr(encoded, "toarray") else encoded
        expected = NearestNeighbors(n_neighbors=3).fit(encoded).kneighbors(return_distance=False)
        sampler = SMOTE(k_neighbors=3, random_state=0, sampling_strategy={"rare": 400})
        sampler.fit_resample(np_frame(frame), y, groups=None)
        first = np.flatnonzero(y == "rare")[0]
        for base, *others in sampler.parents_[sampler.origin_ < 0]:
            assert {other - first for other in others} == set(expected[base - first])

    def test_categories_alone(self):
        frame, y = self.frame()
        X_out, _ = SMOTE(random_state=0).fit_resample(frame[["colour", "flag"]], y)
        assert X_out.dtypes.equals(frame[["colour", "flag"]].dtypes)
        assert len(X_out) == 80

    @pytest.mark.parametrize(
        "features", [[2, 3], [-2, -1], [False, False, True, True], ["colour", "flag"], np.array([2, 3])]
    )
    def test_every_way_to_name_categories(self, features):
        frame, y = self.frame()
        expected, _ = SMOTE(random_state=0).fit_resample(frame, y)
        named, _ = SMOTE(random_state=0, categorical_features=features).fit_resample(frame, y)
        pd.testing.assert_frame_equal(named, expected)

    def test_numbers_may_be_named_categories(self):
        X, y = two_classes()
        X[:, 1] = np.round(X[:, 1])
        X_out, _ = SMOTE(random_state=0, categorical_features=[1]).fit_resample(X, y)
        assert set(X_out[:, 1]) == set(X[:, 1])

    @pytest.mark.parametrize("features", [[4], ["color"], [True], "colour", 2.5, [[0]]])
    def test_categories_that_are_not_there_are_refused(self, features):
        frame, y = self.frame()
        with pytest.raises(BadOption, match="'categorical_features' parameter of SMOTE must be"):
            SMOTE(categorical_features=features).fit_resample(frame, y)

    def test_text_named_as_a_number_is_refused(self):
        frame, y = self.frame()
        with pytest.raises(BadTable, match="column 'colour'"):
            SMOTE(categorical_features=["flag"]).fit_resample(frame, y)


def np_frame(frame):
    """The same table as a frame that imbalanced-learn did not touch."""
    return frame.copy()


class TestGaps:
    def test_gaps_stand_at_the_median_and_keep_their_share(self):
        X, y = two_classes(3000, 200, width=1)
        X = np.c_[X, X + 1]
        rare = np.flatnonzero(y == "rare")
        X[rare[::4], 1] = np.nan
        X_out, _ = SMOTE(random_state=0).fit_resample(X, y)
        made = X_out[len(X) :, 1]
        assert np.isnan(made).mean() == pytest.approx(0.25, abs=0.05)

    def test_neighbours_are_those_of_the_table_filled_with_class_medians(self):
        X, y = two_classes()
        X[np.random.default_rng(2).random(X.shape) < 0.2] = np.nan
        filled = X.copy()
        rare = y == "rare"
        filled[rare] = np.where(np.isnan(X[rare]), np.nanmedian(X[rare], axis=0), X[rare])
        filled[~rare] = 0
        with_gaps, without = SMOTE(random_state=0), SMOTE(random_state=0)
        with_gaps.fit_resample(X, y)
        without.fit_resample(filled, y)
        np.testing.assert_array_equal(with_gaps.parents_, without.parents_)


def test_standardised_columns_do_not_depend_on_units():
    X, y = two_classes()
    scaled = X * [1, 1000, 1e-3]
    one, other = (SMOTE(standardize=True, random_state=0) for _ in range(2))
    X_one, _ = one.fit_resample(X, y)
    X_other, _ = other.fit_resample(scaled, y)
    np.testing.assert_array_equal(one.parents_, other.parents_)
    np.testing.assert_allclose(X_one * [1, 1000, 1e-3], X_other)
    plain = SMOTE(random_state=0)
    plain.fit_resample(scaled, y)
    assert (plain.parents_ != other.parents_).any()


def test_weights_of_children_are_the_mean_of_their_parents():
    X, y = two_classes()
    weight = np.random.default_rng(0).random(len(y))
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y, sample_weight=weight)
    made = sampler.origin_ < 0
    np.testing.assert_allclose(sampler.sample_weight_[made], weight[sampler.parents_[made]].mean(axis=1))


def test_pictures_are_interpolated_in_their_own_shape():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, size=(30, 4, 5), dtype=np.uint8)
    y = np.repeat([0, 1], [20, 10])
    out, _ = SMOTE(random_state=0).fit_resample(pictures, y)
    assert out.shape == (40, 4, 5)
    assert out.dtype == np.uint8


@settings(deadline=None, max_examples=40)
@given(
    counts=st.lists(st.integers(2, 12), min_size=2, max_size=4),
    k=st.integers(1, 7),
    seed=st.integers(0, 1000),
    levels=st.integers(1, 5),
)
def test_any_small_table(counts, k, seed, levels):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(len(counts)), counts)
    X = rng.integers(0, levels, size=(len(y), 2)).astype(float)
    sampler = SMOTE(k_neighbors=k, random_state=seed)
    X_out, y_out = sampler.fit_resample(X, y)
    assert np.bincount(y_out).tolist() == [max(counts)] * len(counts)
    made = sampler.origin_ < 0
    low, high = X[sampler.parents_[made]].min(axis=1), X[sampler.parents_[made]].max(axis=1)
    assert ((low <= X_out[made]) & (X_out[made] <= high)).all()
    assert (sampler.parents_[made][:, 0] != sampler.parents_[made][:, -1]).all()


@pytest.mark.parametrize(("name", "value"), [("k_neighbors", 0), ("k_neighbors", 2.0), ("standardize", 1)])
def test_parameters_that_make_no_sense(name, value):
    X, y = two_classes()
    with pytest.raises(BadOption, match=f"The '{name}' parameter of SMOTE must be .* Got {value!r} instead"):
        SMOTE(**{name: value}).fit_resample(X, y)
