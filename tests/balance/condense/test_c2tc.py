"""Class-adaptive clustering: what it keeps, what it makes, and how it shares the budget out."""

import imblearn.pipeline
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from imblearn.under_sampling import ClusterCentroids as TheirCentroids
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from steelyard.balance import Balanced, check_sampler
from steelyard.balance.condense.c2tc import ClassAdaptiveClustering
from steelyard.errors import BadOption, CannotResample, UserError
from steelyard.kernels.allocate import ratio_allocation
from trouble import TROUBLE

# The draws of a class hang on its name, and what the curves say of all classes on every draw.
EXCUSED = ["independent classes", "any labels"]
SMALL = {"budget": 24, "random_state": 0}


def table(counts=(700, 150, 50), p=4, seed=0):
    """Classes of clouds; the second is spread three times as wide."""
    rng = np.random.default_rng(seed)
    parts = [
        rng.normal(0, 4, (6, p))[rng.integers(6, size=n)] + rng.normal(0, 3 if c == 1 else 1, (n, p)) + 5 * c
        for c, n in enumerate(counts)
    ]
    return np.concatenate(parts), np.repeat(["a", "b", "c"][: len(counts)], counts)


def mixed(n=300, seed=0):
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.15, "rare", "common")
    frame = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.7, 0.0, rng.lognormal(3, 1, n)) + (y == "rare"),
            "items": rng.integers(1, 9, n),
            "shop": pd.Categorical(rng.choice(["a", "b", "c"], n)),
            "city": rng.choice(["Graz", "Linz", None], n),
            "new": rng.random(n) < 0.5,
        }
    )
    frame.loc[rng.random(n) < 0.1, "amount"] = np.nan
    return frame, pd.Series(y, name="kind")


@pytest.mark.parametrize(
    ("sampler", "skip"),
    [
        (ClassAdaptiveClustering(budget=24), EXCUSED),
        (ClassAdaptiveClustering(budget=0.5, search="hfils"), EXCUSED),
        (ClassAdaptiveClustering(budget=24, search="tempered", scaling="standard"), EXCUSED),
        (ClassAdaptiveClustering(budget=24, emit="centroid", weighting="none"), EXCUSED),
        # With masses the shares are those before, though there are fewer rows.
        (ClassAdaptiveClustering(budget=24, emit="centroid"), [*EXCUSED, "priors"]),
        (ClassAdaptiveClustering(sampling_strategy={"a": 9}, budget=24), [*EXCUSED, "refusals"]),
    ],
    ids=str,
)
def test_every_promise_is_kept_but_for_the_excused(sampler, skip):
    if isinstance(sampler.sampling_strategy, dict):
        sampler = clone(sampler).set_params(sampling_strategy=only_the_large_class)
    check_sampler(sampler, skip=skip)


def only_the_large_class(y):
    labels, counts = np.unique(y, return_counts=True)
    return {labels[counts.argmax()].item(): 9}


@pytest.mark.parametrize("emit", ["medoid", "centroid"])
@pytest.mark.parametrize("name", TROUBLE)
def test_a_valid_result_or_a_plain_sentence(name, emit):
    X, y = TROUBLE[name]()
    sampler = ClassAdaptiveClustering(random_state=0, emit=emit)
    if name in ("infinity", "frame_with_dates"):
        with pytest.raises(UserError, match=r"holds infinity|'day' holds datetime64"):
            sampler.fit_resample(X, y)
        return
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert X_out.shape[0] == len(y_out) == sum(sampler.allocation_.values()) == sampler.mass_.size
    assert sampler.mass_.sum() == pytest.approx(len(y))
    assert set(np.asarray(y_out)) == set(np.asarray(y))
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)


@pytest.mark.parametrize("search", ["dp", "hfils", "ratio", "equal", "tempered"])
def test_the_budget_is_spent_and_masses_add_up_to_the_classes(search):
    X, y = table()
    sampler = ClassAdaptiveClustering(search=search, **SMALL)
    _, y_out = sampler.fit_resample(X, y)
    labels, counts = np.unique(y_out, return_counts=True)
    assert dict(zip(labels.tolist(), counts.tolist(), strict=True)) == sampler.allocation_
    assert sum(sampler.allocation_.values()) == 24
    for label in labels:
        assert sampler.mass_[y_out == label].sum() == (y == label).sum()


def test_medoids_are_rows_and_no_row_comes_twice():
    X, y = table()
    sampler = ClassAdaptiveClustering(**SMALL)
    X_out, y_out = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_out, X[sampler.sample_indices_])
    np.testing.assert_array_equal(y_out, y[sampler.sample_indices_])
    assert np.unique(sampler.sample_indices_).size == 24
    np.testing.assert_array_equal(clone(sampler).select(X, y), sampler.sample_indices_)
    assert sampler.sample_weight_ is None


def test_a_medoid_is_the_nearest_row_of_its_cluster():
    """Both kinds of output come from the same clusters, so each medoid is the base of a centroid."""
    X, y = table()
    medoids = ClassAdaptiveClustering(scaling="none", **SMALL)
    medoids.fit_resample(X, y)
    middles = ClassAdaptiveClustering(scaling="none", emit="centroid", **SMALL)
    X_out, y_out = middles.fit_resample(X, y)
    assert sorted(middles.parents_[:, 0]) == medoids.sample_indices_.tolist()
    for row, parents, label, mass in zip(X_out, middles.parents_, y_out, middles.mass_, strict=True):
        known = parents[parents >= 0]
        assert known.size == min(5, mass)
        gaps = ((X[known] - row) ** 2).sum(axis=1)
        assert (np.diff(gaps) >= -1e-4).all()
        assert (y[known] == label).all()


def test_the_weighted_centroids_have_the_mean_of_their_class():
    """Without masses they have not: that is why there are masses."""
    X, y = table()
    sampler = ClassAdaptiveClustering(emit="centroid", **SMALL)
    X_out, y_out = sampler.fit_resample(X, y)
    for label in np.unique(y):
        mine, real = y_out == label, X[y == label].mean(axis=0)
        np.testing.assert_allclose(
            np.average(X_out[mine], axis=0, weights=sampler.sample_weight_[mine]), real
        )
    assert np.abs(X_out[y_out == "a"].mean(axis=0) - X[y == "a"].mean(axis=0)).max() > 0.05
    assert sampler.prior_after_ == pytest.approx(sampler.prior_before_)


def test_equal_seeds_give_equal_bits_and_other_seeds_do_not():
    X, y = table()
    outs = [
        ClassAdaptiveClustering(budget=24, emit="centroid", random_state=seed, n_jobs=jobs).fit_resample(
            X, y
        )[0]
        for seed, jobs in ((3, 1), (3, 2), (4, 1))
    ]
    np.testing.assert_array_equal(outs[0], outs[1])
    assert outs[0].shape != outs[2].shape or (outs[0] != outs[2]).any()


def test_the_exact_search_is_never_worse_than_the_local_one_nor_that_than_shares():
    X, y = table()
    counts = [700, 150, 50]
    for seed in range(2):
        exact, local = (
            ClassAdaptiveClustering(search=search, budget=40, random_state=seed).fit(X, y)
            for search in ("dp", "hfils")
        )
        ratio = dict(zip("abc", ratio_allocation(counts, 40).tolist(), strict=True))
        for name in "abc":
            np.testing.assert_array_equal(exact.curves_[name][1], local.curves_[name][1])
        assert exact.objective_ <= local.objective_ <= exact.objective_of(ratio)
        assert local.history_[0].cost == pytest.approx(exact.objective_of(ratio))
        assert exact.objective_of(local.allocation_) == pytest.approx(local.objective_)


def test_the_spread_class_gets_more_than_its_share_and_gamma_helps_the_small():
    X, y = table((600, 600, 60))
    plain = ClassAdaptiveClustering(budget=40, gamma=0, random_state=0).fit(X, y).allocation_
    assert plain["b"] > 1.5 * plain["a"]
    fair = ClassAdaptiveClustering(budget=40, gamma=1, random_state=0).fit(X, y).allocation_
    assert fair["c"] > plain["c"]


def test_at_gamma_one_a_class_counts_the_same_however_often_its_rows_are_repeated():
    X, y = table()
    weight = np.where(y == "c", 2.0, 1.0)
    once = ClassAdaptiveClustering(gamma=1, **SMALL).fit(X, y)
    twice = ClassAdaptiveClustering(gamma=1, **SMALL).fit(X, y, sample_weight=weight)
    assert once.allocation_ == twice.allocation_
    assert once.objective_ == pytest.approx(twice.objective_)
    other = ClassAdaptiveClustering(gamma=0, **SMALL)
    assert other.fit(X, y).objective_ < other.fit(X, y, sample_weight=weight).objective_


def test_imbalanced_learns_centroids_of_the_same_counts_are_about_as_good():
    X, y = table((700, 150))
    sampler = ClassAdaptiveClustering(emit="centroid", scaling="none", weighting="none", **SMALL)
    ours, y_ours = sampler.fit_resample(X, y)
    theirs, y_theirs = TheirCentroids(sampling_strategy=sampler.allocation_, random_state=0).fit_resample(
        X, y
    )

    def error(centres, labels):
        return sum(
            ((X[y == c][:, None] - centres[labels == c]) ** 2).sum(axis=2).min(axis=1).sum() for c in "ab"
        )

    assert error(ours, y_ours) < 1.15 * error(theirs, y_theirs)


def test_other_rules_of_class_sizes():
    X, y = table()
    shares = {
        search: ClassAdaptiveClustering(budget=60, search=search, gamma=0.5).fit(X, y).allocation_
        for search in ("ratio", "equal", "tempered")
    }
    assert shares["ratio"] == {"a": 47, "b": 10, "c": 3}
    assert shares["equal"] == {"a": 20, "b": 20, "c": 20}
    assert shares["tempered"] == {"a": 35, "b": 16, "c": 9}


def test_a_class_of_one_row_and_a_column_of_one_value():
    X, y = table((300, 40, 1))
    X[:, 2] = 7.0
    for emit in ("medoid", "centroid"):
        sampler = ClassAdaptiveClustering(emit=emit, **SMALL)
        X_out, y_out = sampler.fit_resample(X, y)
        np.testing.assert_allclose(X_out[y_out == "c"], X[y == "c"])
        np.testing.assert_allclose(X_out[:, 2], 7.0)


def test_two_rows_a_class_are_the_least():
    X, y = table()
    smallest = ClassAdaptiveClustering(budget=6, random_state=0).fit(X, y)
    assert sum(smallest.allocation_.values()) == 6
    said = "at least 2 rows a class, 6 for 3 classes, and a budget of 5 rows is less"
    with pytest.raises(CannotResample, match=said):
        ClassAdaptiveClustering(budget=5).fit(X, y)
    with pytest.raises(CannotResample, match=r"0.001 of 900 rows, 0 rows.*Raise budget to at least 6 rows"):
        ClassAdaptiveClustering(budget=0.001).fit(X, y)


def test_a_budget_of_all_rows_keeps_them():
    X, y = table((30, 10))
    sampler = ClassAdaptiveClustering(budget=40, random_state=0)
    X_out, _ = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(X_out, X)
    assert sampler.note_ == "nothing to do: every class has the rows asked for"
    assert (sampler.mass_ == 1).all()


@pytest.mark.parametrize("emit", ["medoid", "centroid"])
@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_mixed_tables_come_out_as_they_went_in(kind, emit):
    frame, y = mixed()
    X = {"pandas": frame, "polars": pl.from_pandas(frame), "pyarrow": pa.Table.from_pandas(frame)}[kind]
    sampler = ClassAdaptiveClustering(emit=emit, **SMALL)
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert len(y_out) == 24
    out = X_out if kind == "pandas" else X_out.to_pandas()
    assert set(out["shop"].dropna()) <= {"a", "b", "c"}
    assert set(out["city"].dropna()) <= {"Graz", "Linz"}
    if emit == "medoid" and kind == "pandas":
        pd.testing.assert_frame_equal(out, frame.iloc[sampler.sample_indices_])


def test_a_centroid_takes_means_of_what_is_there_and_the_most_frequent_category():
    """Two clouds far apart, so that the clusters are known."""
    frame = pd.DataFrame(
        {
            "x": [0.0, 1.0, 2.0, 100.0, 101.0, 102.0, 50.0, 50.0],
            "gap": [np.nan, np.nan, 6.0, 4.0, np.nan, 8.0, 1.0, 1.0],
            "city": ["u", "v", "v", "w", None, None, "u", "u"],
        }
    )
    y = ["a"] * 6 + ["b"] * 2
    sampler = ClassAdaptiveClustering(budget=4, emit="centroid", random_state=0, search="equal")
    X_out, y_out = sampler.fit_resample(frame, y)
    out = X_out[np.array(y_out) == "a"].sort_values("x")
    assert out["x"].tolist() == [1.0, 101.0]
    assert out["city"].tolist()[0] == "v"
    assert pd.isna(out["city"].tolist()[1])
    assert np.isnan(out["gap"].tolist()[0])
    assert out["gap"].tolist()[1] == 6.0


def test_a_table_of_categories_alone():
    frame = pd.DataFrame({"a": list("uuuuvvvvww"), "b": list("xxxxyyyyxy")})
    for emit in ("medoid", "centroid"):
        sampler = ClassAdaptiveClustering(budget=5, search="equal", emit=emit, random_state=0)
        X_out, y_out = sampler.fit_resample(frame, ["p"] * 8 + ["q"] * 2)
        rows = {tuple(row) for row in X_out.itertuples(index=False, name=None)}
        assert y_out.count("p") == 3
        assert rows == {("u", "x"), ("v", "y"), ("w", "x"), ("w", "y")}


def test_whole_numbers_stay_whole():
    X, y = table()
    out, _ = ClassAdaptiveClustering(emit="centroid", **SMALL).fit_resample(np.rint(X).astype(np.int16), y)
    assert out.dtype == np.int16


def test_no_centroid_is_made_across_groups_and_it_is_said():
    X, y = table()
    groups = np.arange(y.size) % 7
    sampler = ClassAdaptiveClustering(emit="centroid", **SMALL)
    X_out, _ = sampler.fit_resample(X, y, groups=groups)
    assert "across groups" in sampler.note_
    for row, parents, group in zip(X_out, sampler.parents_, sampler.groups_, strict=True):
        assert (groups[parents[parents >= 0]] == group).all()
        assert np.isfinite(row).all()
    assert sampler.mass_.sum() == y.size
    medoids = ClassAdaptiveClustering(**SMALL)
    medoids.fit_resample(X, y, groups=groups)
    np.testing.assert_array_equal(medoids.groups_, groups[medoids.sample_indices_])
    assert medoids.note_ == ""


def test_weights_are_so_many_rows():
    X, y = table()
    weight = np.random.default_rng(0).integers(0, 4, y.size).astype(float)
    sampler = ClassAdaptiveClustering(emit="centroid", **SMALL)
    X_out, y_out = sampler.fit_resample(X, y, sample_weight=weight)
    assert sampler.sample_weight_.sum() == pytest.approx(weight.sum())
    for label in "abc":
        mine = y_out == label
        mean = np.average(X[y == label], axis=0, weights=weight[y == label])
        np.testing.assert_allclose(np.average(X_out[mine], axis=0, weights=sampler.mass_[mine]), mean)


@pytest.mark.parametrize("emit", ["medoid", "centroid"])
def test_sparse_tables(emit):
    X, y = table()
    X[np.abs(X) < 3] = 0
    dense, small = (
        ClassAdaptiveClustering(emit=emit, **SMALL).fit_resample(kind(X), y)[0]
        for kind in (np.asarray, sparse.csr_array)
    )
    assert small.format == "csr"
    np.testing.assert_allclose(small.toarray(), dense)


def test_a_large_sparse_table_is_never_written_out(monkeypatch):
    from steelyard.balance.condense import encode_space

    monkeypatch.setattr(encode_space, "DENSE_MB", 0)
    X, y = table()
    X[np.abs(X) < 3] = 0
    for scaling in ("clipped", "minmax", "standard", "none"):
        sampler = ClassAdaptiveClustering(scaling=scaling, **SMALL)
        out, _ = sampler.fit_resample(sparse.csr_matrix(X), y)
        np.testing.assert_array_equal(out.toarray(), X[sampler.sample_indices_])


def test_rows_per_class_may_be_given():
    X, y = table()
    sampler = ClassAdaptiveClustering(sampling_strategy={"a": 20, "b": 5}, random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.allocation_ == sampler.sampling_strategy_ == {"a": 20, "b": 5, "c": 50}
    assert np.isnan(sampler.objective_)


def test_an_outlier_does_not_rule_the_scale_when_clipped():
    X, y = table()
    X[0] = 1e9
    clipped = ClassAdaptiveClustering(**SMALL).fit(X, y)
    whole = ClassAdaptiveClustering(scaling="minmax", **SMALL).fit(X, y)
    without = ClassAdaptiveClustering(**SMALL).fit(X[1:], y[1:])
    spread, squeezed, expected = (one.curves_["b"][1][0] for one in (clipped, whole, without))
    assert squeezed < 1e-3 * expected
    assert spread == pytest.approx(expected, rel=0.1)


def test_inside_balanced_masses_leave_the_prior_alone():
    X, y = table()
    by_mass = Balanced(
        ClassAdaptiveClustering(emit="centroid", **SMALL), LogisticRegression(), correction="prior"
    ).fit(X, y)
    assert by_mass.prior_after_ == pytest.approx(by_mass.prior_before_)
    plain = Balanced(ClassAdaptiveClustering(**SMALL), DecisionTreeClassifier(random_state=0)).fit(X, y)
    assert plain.prior_after_ != plain.prior_before_
    assert plain.predict_proba(X).shape == (y.size, 3)


def test_inside_imbalanced_learns_pipeline():
    X, y = table()
    steps = [("condense", ClassAdaptiveClustering(**SMALL)), ("learn", LogisticRegression())]
    assert imblearn.pipeline.Pipeline(steps).fit(X, y).score(X, y) > 0.8


def test_made_rows_are_not_selected():
    assert not hasattr(ClassAdaptiveClustering(emit="centroid"), "select")
    assert hasattr(ClassAdaptiveClustering(), "select")


def test_the_default_budget_fits_any_table():
    for counts, expected in (((700, 150, 50), 300), ((40, 10), 25), ((2, 1), 3), ((40_000, 300), 403)):
        X, y = np.zeros((sum(counts), 1)), np.repeat(["a", "b", "c"][: len(counts)], counts)
        assert sum(ClassAdaptiveClustering(search="ratio").fit(X, y).allocation_.values()) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("budget", 0),
        ("budget", 1.5),
        ("budget", True),
        ("budget", "most"),
        ("gamma", 2),
        ("search", "greedy"),
        ("emit", "row"),
        ("scaling", "log"),
        ("weighting", "yes"),
        ("n_curve_points", 1),
        ("points_per_centroid", 0),
        ("max_iter", -1),
        ("patience", 0),
        ("tol", -1),
        ("as_released", 1),
    ],
)
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of ClassAdaptiveClustering must be"):
        ClassAdaptiveClustering(**{name: value}).fit_resample(*table())
