import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import TargetEncoder
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.data import load
from steelyard.data.prepare_table import TablePreparer
from steelyard.data.shift import shifted
from steelyard.errors import BadOption, BadTable, BadTarget

pytestmark = pytest.mark.filterwarnings("error")


@parametrize_with_checks([TablePreparer("native", random_state=0), TablePreparer("dense", random_state=0)])
def test_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


def mixed(n=400, seed=0):
    """Every kind of column, most with missing values."""
    rng = np.random.default_rng(seed)
    words = np.array(["late", "train", "again", "good", "bus", "never", "comes", "early"])
    frame = pd.DataFrame(
        {
            "float": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "float32": rng.normal(size=n).astype("float32"),
            "int": rng.integers(0, 9, n),
            "nullable": pd.array(np.where(rng.random(n) < 0.1, None, rng.integers(0, 9, n)), dtype="Int64"),
            "bool": rng.random(n) < 0.5,
            "maybe": pd.array(rng.choice(np.array([True, False, None], dtype=object), n), dtype="boolean"),
            "truths": pd.Series(rng.choice(np.array([True, False, None], dtype=object), n), dtype=object),
            "colour": pd.Categorical(rng.choice(["red", "green", "blue"], n)),
            "size": pd.Categorical(rng.choice([1, 2, 3], n)),
            "city": pd.Series(rng.choice(np.array(["Oslo", "Rome", None], dtype=object), n), dtype="str"),
            "objects": pd.Series(rng.choice(np.array(["a", "b", None], dtype=object), n), dtype=object),
            "numbers": pd.Series([decimal.Decimal(i) if i % 5 else None for i in range(n)], dtype=object),
            "mixed": pd.Series([i % 3 if i % 2 else f"v{i % 4}" for i in range(n)], dtype=object),
            "when": pd.date_range("2024-01-01", periods=n, freq="7h"),
            "zoned": pd.date_range("2024-01-01", periods=n, freq="1D", tz="Asia/Tehran"),
            "day": pd.Series([datetime.date(2024, 1, 1 + i % 28) for i in range(n)], dtype=object),
            "took": pd.to_timedelta(rng.integers(0, 900, n), unit="s"),
            "note": [" ".join(rng.choice(words, 5)) + f" case{i % 60}" for i in range(n)],
            "id": [f"id{i % 300}" for i in range(n)],
            "arrow": pd.array(
                rng.choice(np.array(["x", "y", None], dtype=object), n), dtype="string[pyarrow]"
            ),
            "empty": [None] * n,
            "constant": [7] * n,
        }
    )
    frame.loc[::9, "when"] = pd.NaT
    frame["arrow_int"] = pd.Series([None if i % 7 == 0 else i for i in range(n)], dtype="int64[pyarrow]")
    return frame, np.where(rng.random(n) < 0.3, "yes", "no")


@pytest.fixture(scope="module")
def table():
    return mixed()


def test_kinds_and_what_is_left_out(table):
    X, y = table
    fitted = TablePreparer(random_state=0).fit(X, y)
    kinds = {column.name: column.kind for column in fitted.schema_.columns}
    assert kinds == {
        **dict.fromkeys(["float", "float32", "int", "nullable", "numbers", "took", "arrow_int"], "numeric"),
        **dict.fromkeys(["bool", "maybe", "truths"], "boolean"),
        **dict.fromkeys(["colour", "size", "city", "objects", "mixed", "id", "arrow"], "categorical"),
        **dict.fromkeys(["when", "zoned", "day"], "date"),
        "note": "text",
        "empty": "numeric",
        "constant": "numeric",
    }
    assert fitted.schema_.left_out == {"empty": "it has no value", "constant": "it is constant (7)"}
    said = " ".join(fitted.announcements_)
    for name in ("empty", "constant", "when", "note", "id"):
        assert f"'{name}'" in said
    assert "'float'" not in said


def test_native_output_feeds_boosting_and_dense_output_a_linear_model(table):
    X, y = table
    native = TablePreparer(random_state=0)
    prepared = native.fit_transform(X, y)
    assert list(prepared.columns) == list(native.get_feature_names_out())
    assert {str(dtype) for dtype in prepared.dtypes} == {"float64", "category"}
    model = HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype").fit(prepared, y)
    assert model.predict(native.transform(X.iloc[:1])).shape == (1,)

    dense = TablePreparer("dense", random_state=0)
    matrix = dense.fit_transform(X, y)
    assert matrix.dtype == np.float64
    assert np.isfinite(matrix).all()
    assert matrix.shape == (len(X), len(dense.get_feature_names_out()))
    LogisticRegression(max_iter=500).fit(matrix, y)


def test_values_survive(table):
    X, y = table
    prepared = TablePreparer(random_state=0).fit_transform(X, y)
    np.testing.assert_array_equal(prepared["float"], X["float"])
    np.testing.assert_array_equal(prepared["nullable"], X["nullable"].astype("float64"))
    np.testing.assert_array_equal(prepared["took"], X["took"].dt.total_seconds())
    assert (prepared["city"].astype("str") == X["city"])[X["city"].notna()].all()
    assert prepared["city"].isna().equals(X["city"].isna())
    assert set(prepared["maybe"].dropna()) == {0.0, 1.0}
    assert sorted(prepared["mixed"].cat.categories) == ["0", "1", "2", "v0", "v2"]
    seconds = X["when"].map(lambda t: np.nan if t is pd.NaT else t.timestamp())
    np.testing.assert_array_equal(prepared["when"], seconds.astype("float64"))
    np.testing.assert_array_equal(prepared["when__hour"], X["when"].dt.hour)
    np.testing.assert_array_equal(prepared["when__weekday"], X["when"].dt.day_of_week)
    np.testing.assert_array_equal(prepared["when__month"], X["when"].dt.month)
    assert "day__hour" not in prepared  # dates without a time of day do not vary in it


@pytest.mark.parametrize("output", ["native", "dense"])
def test_only_class_rates_tell_fit_transform_from_transform(table, output):
    X, y = table
    preparer = TablePreparer(output, random_state=0)
    first = pd.DataFrame(preparer.fit_transform(X, y), columns=preparer.get_feature_names_out())
    second = pd.DataFrame(preparer.transform(X), columns=preparer.get_feature_names_out())
    differs = [name for name in first if not first[name].equals(second[name])]
    assert differs == ["id__rate_yes"]


@pytest.mark.parametrize("output", ["native", "dense"])
def test_same_seed_same_table(table, output):
    X, y = table
    one, two = (TablePreparer(output, random_state=3).fit_transform(X, y) for _ in range(2))
    assert pd.DataFrame(one).equals(pd.DataFrame(two))
    other = TablePreparer(output, random_state=4).fit_transform(X, y)
    assert not pd.DataFrame(one).equals(pd.DataFrame(other))


@pytest.mark.parametrize("output", ["native", "dense"])
def test_a_saved_preparer_holds_only_plain_state(table, output):
    X, y = table
    preparer = TablePreparer(output, random_state=0).fit(X, y)
    data = skops.io.dumps(preparer)
    asked = skops.io.get_untrusted_types(data=data)
    assert all(name.startswith("steelyard.") for name in asked), asked
    again = skops.io.loads(data, trusted=asked)
    assert pd.DataFrame(again.transform(X)).equals(pd.DataFrame(preparer.transform(X)))
    assert again.shift(X) == preparer.shift(X)
    assert again.schema_ == preparer.schema_


def test_source_of_names_the_users_column(table):
    X, y = table
    for output in ("native", "dense"):
        preparer = TablePreparer(output, random_state=0).fit(X, y)
        sources = preparer.source_of_
        assert list(sources) == list(preparer.get_feature_names_out())
        assert set(sources.values()) == set(X.columns) - {"empty", "constant"}
        assert sources["when__hour"] == "when"
        assert sources["note__1"] == "note"
    assert sources["float__missing"] == "float"
    assert sources["colour__red"] == "colour"


def test_made_up_names_give_way_to_the_users_own():
    when = pd.Series(pd.date_range("2024-01-01", periods=60, freq="31D"))
    X = pd.DataFrame({"when": when, "when__month": np.arange(60), "c": list("ab") * 30})
    X["c__a"] = np.arange(60.0)
    native = TablePreparer().fit(X)
    assert native.source_of_["when__month"] == "when__month"
    assert native.source_of_["when__month_"] == "when"
    dense = TablePreparer("dense").fit(X)
    assert dense.source_of_["c__a"] == "c__a"
    assert dense.source_of_["c__a_"] == "c"
    assert dense.transform(X).shape[1] == len(dense.source_of_)


# -- levels that were not there, and too many levels --------------------------------------------------


def test_unseen_levels_are_counted_and_become_missing():
    X = pd.DataFrame({"c": ["a", "b", "a", "b"], "x": [1.0, 2, 3, 4]})
    new = pd.DataFrame({"c": ["a", "z", None, "z"], "x": [1.0, 2, 3, 4]})
    native = TablePreparer().fit(X)
    prepared = native.transform(new)
    assert native.unseen_ == {"c": 2}
    assert prepared["c"].isna().tolist() == [False, True, True, True]
    assert list(prepared["c"].cat.categories) == ["a", "b"]
    native.transform(X)
    assert native.unseen_ == {}
    dense = TablePreparer("dense", min_frequency=1).fit(X)
    np.testing.assert_array_equal(dense.transform(new)[:, 1:], [[1, 0], [0, 0], [0, 0], [0, 0]])


def test_class_rates_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"id": rng.choice([f"l{i}" for i in range(40)], 500)})
    for y in (
        rng.choice(["no", "yes"], 500, p=[0.9, 0.1]),
        rng.choice(list("abc"), 500),
        rng.normal(size=500),
    ):
        ours = TablePreparer(max_levels=10, random_state=0).fit(X, y).transform(X)
        codes = X["id"].str[1:].astype(int).to_numpy()[:, None]
        kind = "continuous" if y.dtype.kind == "f" else "auto"
        theirs = TargetEncoder(smooth=20.0, target_type=kind).fit(codes, y).transform(codes)
        np.testing.assert_allclose(ours.to_numpy(), theirs, rtol=1e-12)


def test_cross_fitting_hides_a_rows_own_label():
    # Every level is its own row's: without cross-fitting the rate would give the label away.
    n = 1000
    rng = np.random.default_rng(1)
    X = pd.DataFrame({"id": [f"l{i}" for i in range(n)]})
    y = (rng.random(n) < 0.2).astype(int)
    preparer = TablePreparer(random_state=0)
    crossed = preparer.fit_transform(X, y)["id__rate_1"].to_numpy()
    assert np.unique(crossed).size == 1  # nothing is known of any level
    whole = preparer.transform(X)["id__rate_1"].to_numpy()
    assert whole[y == 1].min() > whole[y == 0].max()


def test_groups_are_kept_whole_when_rates_are_cross_fitted():
    # One level and one label a group: only rows of other groups could tell, and they have other levels.
    group = np.repeat(np.arange(300), 4)
    y = np.random.default_rng(0).integers(0, 2, 300)[group]
    X = pd.DataFrame({"id": [f"l{g}" for g in group]})
    grouped = TablePreparer(random_state=0).fit_transform(X, y, groups=group).iloc[:, 0]
    alone = TablePreparer(random_state=0).fit_transform(X, y).iloc[:, 0]
    assert grouped.nunique() == 1
    assert alone.nunique() > 1


def test_a_hundred_thousand_levels():
    n = 100_000
    X = pd.DataFrame({"id": np.char.add("u", np.arange(n).astype(str)), "x": np.arange(n) % 7})
    y = np.arange(n) % 2
    for output in ("native", "dense"):
        assert TablePreparer(output, random_state=0).fit_transform(X, y).shape == (n, 2)


def test_rates_need_labels():
    X = pd.DataFrame({"id": [f"l{i}" for i in range(300)]})
    with pytest.raises(BadTarget, match=r"Column 'id' has too many levels.*Pass y"):
        TablePreparer().fit(X)
    with pytest.raises(BadTarget, match="one label a row"):
        TablePreparer().fit(X, [0, 1])


# -- tables that do not fit --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    X = pd.DataFrame(
        {
            "age": [30.0, None, 50, 61],
            "city": ["Oslo", "Rome", "Oslo", None],
            "member": [True, False, True, True],
            "when": pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-03-05"]),
        }
    )
    return X, TablePreparer().fit(X)


def test_missing_and_further_columns(small):
    X, preparer = small
    assert preparer.check_columns(X) == []
    assert preparer.check_columns(X.assign(id=1)) == [
        "Ignored, because the model was not trained on it: 'id'."
    ]
    shuffled = X[["when", "city", "age", "member"]].assign(id=1)
    assert preparer.transform(shuffled).equals(preparer.transform(X))
    with pytest.raises(BadTable, match=r"lacks 'city'\. Is 'City' meant for 'city'\? Add or rename"):
        preparer.check_columns(X.rename(columns={"city": "City"}))
    with pytest.raises(BadTable, match="lacks 'age', 'when'"):
        preparer.transform(X[["city", "member"]])


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("age", ["31", "n/a", "40", "9"], "Column 'age' expects numbers, got 'n/a' in row 1"),
        ("age", pd.to_datetime(["2024-01-01"] * 4), "Column 'age' expects numbers, got dates"),
        (
            "age",
            [1.0, np.inf, 2, 3],
            r"Column 'age' expects finite numbers.*1 infinite values, the first in row 1",
        ),
        ("when", [1, 2, 3, 4], "Column 'when' expects dates, got 1 in row 0"),
        ("when", ["2024-01-01", "soon", None, None], "Column 'when' expects dates, got 'soon' in row 1"),
        (
            "member",
            ["true", "perhaps", "no", None],
            "Column 'member' expects numbers, got 'perhaps' in row 1",
        ),
        ("city", [["Oslo"], ["Rome"], None, None], "Column 'city' expects one value a cell, got list cells"),
    ],
)
def test_wrong_types_are_named_with_an_example(small, column, values, message):
    X, preparer = small
    wrong = X.assign(**{column: values})
    for method in (preparer.check_columns, preparer.transform, preparer.shift):
        with pytest.raises(BadTable, match=message):
            method(wrong)


def test_every_wrong_column_is_named(small):
    X, preparer = small
    with pytest.raises(BadTable, match=r"Column 'age' .*; column 'when' "):
        preparer.check_columns(X.assign(age="old", when=3))


def test_spelling_of_a_value_does_not_matter(small):
    X, preparer = small
    read_again = X.assign(
        age=["30", None, "50.0", "61"],
        city=X["city"].astype("category"),
        member=["True", "false", 1, "1"],
        when=["2024-01-01", "2024-02-01 00:00", None, "2024-03-05"],
    )
    assert preparer.transform(read_again).equals(preparer.transform(X))


def test_whole_numbers_that_became_floats_are_the_same_levels():
    X = pd.DataFrame({"code": pd.Categorical([1, 2, 1, 3]), "x": [1, 2, 3, 4]})
    preparer = TablePreparer().fit(X)
    with_gap = pd.DataFrame({"code": [1.0, np.nan, 2.0], "x": [1, 2, 3]})
    assert preparer.transform(with_gap)["code"].astype("str").tolist()[::2] == ["1", "2"]
    assert preparer.unseen_ == {}


def test_no_rows_and_one_row(small):
    X, preparer = small
    empty = preparer.transform(X.iloc[:0])
    assert empty.shape == (0, preparer.transform(X).shape[1])
    assert preparer.transform(X.iloc[2:3]).equals(preparer.transform(X).iloc[2:3])
    dense = TablePreparer("dense").fit(X)
    assert dense.transform(X.iloc[:0]).shape == (0, len(dense.source_of_))
    assert dense.shift(X.iloc[:0]) == dict.fromkeys(X.columns, 0.0)


def test_an_untouched_input(table):
    X, y = table
    before = X.copy(deep=True)
    prepared = TablePreparer(random_state=0).fit_transform(X, y)
    prepared.loc[:, "float32"] = -1.0
    pd.testing.assert_frame_equal(X, before)


def test_the_index_is_kept():
    X = pd.DataFrame({"x": [1, 2, 3]}, index=["p", "q", "r"])
    assert list(TablePreparer().fit_transform(X).index) == ["p", "q", "r"]


# -- odd tables --------------------------------------------------------------------------------------


def test_names_that_are_no_strings():
    X = pd.DataFrame({0: [1.0, 2, 3], ("a", 1): ["x", "y", "x"]})
    preparer = TablePreparer().fit(X)
    assert list(preparer.get_feature_names_out()) == ["0", "('a', 1)"]
    assert preparer.transform(X).shape == (3, 2)


def test_two_columns_of_one_name():
    for names in (["a", "a"], [1, "1"]):
        with pytest.raises(BadTable, match="occur more than once"):
            TablePreparer().fit(pd.DataFrame([[1, 2], [3, 4]], columns=names))


def test_nothing_to_learn_from():
    with pytest.raises(
        BadTable, match=r"No column can be learned from.*'a' is left out: it is constant \(1\)"
    ):
        TablePreparer().fit(pd.DataFrame({"a": [1, 1], "b": [None, None]}))


def test_a_constant_with_gaps_stays():
    X = pd.DataFrame({"x": [1.0, None, 1.0], "c": ["a", None, "a"], "y": [1, 2, 3]})
    assert list(TablePreparer().fit(X).get_feature_names_out()) == ["x", "c", "y"]
    dense = TablePreparer("dense", min_frequency=1)
    matrix = pd.DataFrame(dense.fit_transform(X), columns=dense.get_feature_names_out())
    assert matrix["x__missing"].tolist() == [0, 1, 0]
    assert matrix["c__missing"].tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "texts", [["a b c d"] * 50 + ["e"], [f"only{i} once{i} here{i} now{i}" for i in range(51)]]
)
def test_texts_with_hardly_a_word(texts):
    X = pd.DataFrame({"t": texts, "x": range(51)})
    preparer = TablePreparer(kinds={"t": "text"}, random_state=0).fit(X)
    assert list(preparer.get_feature_names_out()) == ["x"]
    assert "t" in preparer.schema_.left_out
    assert "'t' is left out" in preparer.announcements_[0]
    assert preparer.transform(X).shape == (51, 1)


def test_fewer_terms_than_components():
    X = pd.DataFrame({"t": ["late train", "late bus", "good train", "good bus", None]})
    preparer = TablePreparer(kinds={"t": "text"}, random_state=0)
    prepared = preparer.fit_transform(X)
    assert prepared.shape == (5, 4)
    assert "4 TF-IDF weights" in preparer.announcements_[0]
    assert not prepared.iloc[4].any()


def test_other_libraries_and_arrays(table):
    X, _ = table
    plain = X[["float", "int", "city", "bool"]]
    expected = TablePreparer().fit_transform(plain)
    for other in (pl.from_pandas(plain), pl.from_pandas(plain).to_arrow()):
        assert TablePreparer().fit_transform(other).equals(expected)
    numbers = X[["float", "int"]].to_numpy()
    preparer = TablePreparer().fit(numbers)
    assert list(preparer.get_feature_names_out()) == ["x0", "x1"]
    by_objects = TablePreparer().fit_transform(plain.astype(object).to_numpy())
    np.testing.assert_array_equal(by_objects["x0"], plain["float"])
    counts = sparse.random(50, 3, density=0.5, random_state=0, format="csr")
    np.testing.assert_array_equal(TablePreparer().fit_transform(counts), counts.toarray())


def test_an_array_goes_by_position_and_says_so(small):
    X, preparer = small
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        prepared = preparer.transform(X.to_numpy())
    assert prepared.equals(preparer.transform(X))
    with pytest.raises(BadTable, match="X has 2 features, but TablePreparer is expecting 4"):
        preparer.transform(X.to_numpy()[:, :2])


def test_the_frame_can_say_what_is_text():
    X = pd.DataFrame({"t": ["late train", "late bus"] * 5, "x": range(10)})
    assert TablePreparer().fit(X).schema_.columns[0].kind == "categorical"
    X.attrs["text"] = ["t"]
    assert TablePreparer(random_state=0).fit(X).schema_.columns[0].kind == "text"


def test_huge_and_tiny_numbers_do_not_overflow():
    X = pd.DataFrame({"huge": [1e300, -1e300, 2e299], "tiny": [1e-300, 0, 3e-300], "x": [1, 2, 3]})
    matrix = TablePreparer("dense").fit_transform(X)
    np.testing.assert_allclose(matrix.std(axis=0), 1.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"output": "sparse"}, "The 'output' parameter of TablePreparer must be one of"),
        (
            {"max_levels": 300},
            r"The 'max_levels' parameter of TablePreparer must be an int in the range \[1, 255\]",
        ),
        ({"max_levels": 2.5}, "Got 2.5 instead"),
        ({"text_components": 0}, "The 'text_components' parameter"),
        ({"min_frequency": True}, "The 'min_frequency' parameter"),
        ({"kinds": {"zz": "text"}}, "names 'zz', but the columns are"),
        ({"kinds": {"age": "number"}}, "must give one of .* for 'age'. Got 'number' instead"),
    ],
)
def test_bad_parameters(small, settings, message):
    with pytest.raises(BadOption, match=message):
        TablePreparer(**settings).fit(small[0])


def test_dense_output_may_keep_more_levels_than_boosting_takes():
    X = pd.DataFrame({"c": [f"l{i % 400}" for i in range(4000)]})
    assert TablePreparer("dense", max_levels=1000).fit_transform(X).shape == (4000, 51)


def test_clone_and_refit_forget(table):
    X, y = table
    preparer = TablePreparer(random_state=0).fit(X, y)
    again = clone(preparer).fit(X[["int"]])
    assert again.get_params() == preparer.get_params()
    preparer.fit(X[["int"]])
    assert list(preparer.source_of_) == ["int"] == list(again.source_of_)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_infinity=False, width=32),
    st.text(max_size=3),
    st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)),
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(2, 12).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=3)
    ),
    output=st.sampled_from(["native", "dense"]),
)
def test_any_objects_go_in_or_are_refused_in_words(rows, output):
    X = pd.DataFrame({f"c{i}": pd.Series(column, dtype=object) for i, column in enumerate(rows)})
    try:
        preparer = TablePreparer(output, random_state=0).fit(X)
    except BadTable:
        return
    prepared = preparer.transform(X)
    assert prepared.shape == (len(X), len(preparer.source_of_))
    assert preparer.unseen_ == {}
    if output == "dense":
        assert np.isfinite(prepared).all()


@pytest.mark.parametrize("name", ["abalone", "nursery", "adult"])
def test_real_tables(name):
    data = load(name, rare="drop")
    rows = np.random.default_rng(0).permutation(len(data))[:3000]
    train, test = rows[: rows.size // 2], rows[rows.size // 2 :]
    for output in ("native", "dense"):
        preparer = TablePreparer(output, random_state=0)
        prepared = preparer.fit_transform(data.X.iloc[train], data.y[train])
        assert prepared.shape == (train.size, len(preparer.source_of_))
        assert preparer.transform(data.X.iloc[test]).shape[1] == prepared.shape[1]
        assert shifted(preparer.shift(data.X.iloc[test])) == []
