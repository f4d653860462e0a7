"""A table becomes a data set, or one sentence says why it cannot."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from steelyard.data import infer_schema, load
from steelyard.errors import BadOption, BadTable, BadTarget

N = 40
GOOD = pd.DataFrame(
    {
        "amount": np.arange(N) * 1.5,
        "city": ["Rome", "Oslo"] * (N // 2),
        "customer": np.repeat(np.arange(N // 4), 4),
        "filed_at": pd.date_range("2024-01-01", periods=N, freq="D").strftime("%Y-%m-%d"),
        "fraud": ["no"] * 34 + ["yes"] * 6,
    }
)


def refused(error, *words, source=GOOD, **options):
    with pytest.raises(error) as caught:
        load(source, **{"target": "fraud", **options})
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_roles_leave_the_features():
    data = load(GOOD, target="fraud", groups="customer", time="filed_at", weight=np.ones(N))
    assert list(data.X.columns) == ["amount", "city"]
    assert data.y.tolist() == GOOD["fraud"].tolist()
    assert data.groups.tolist() == GOOD["customer"].tolist()
    assert data.time.dtype == "datetime64[ns]"
    assert (np.diff(data.time) > np.timedelta64(0)).all()
    assert data.weight.sum() == N
    assert data.task == "binary"
    assert data.rare_class == "yes"
    assert data.schema.target == "fraud"
    assert data.schema.left_out == {"customer": "groups", "filed_at": "time"}
    assert data.hash.startswith("sha256:")


def test_a_role_can_be_a_feature_too():
    data = load(GOOD, target="fraud", groups="customer", keep="customer", drop=["filed_at"])
    assert "customer" in data.X.columns
    assert data.schema.left_out == {"filed_at": "asked for"}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_files_and_frames_are_the_same_data(tmp_path, suffix):
    frame = GOOD.drop(columns="filed_at")
    path = tmp_path / f"claims.{suffix}"
    getattr(frame, f"to_{suffix}")(path, index=False)
    data = load(path, target="fraud")
    assert data.name == "claims"
    for source in (str(path), frame, pl.from_pandas(frame), frame.to_dict("list")):
        assert load(source, target="fraud").hash == data.hash


def test_arrays_with_labels():
    X, y = np.arange(20.0).reshape(10, 2), np.array([0, 1] * 5)
    for features in (X, sparse.csr_matrix(X), pd.DataFrame(X, columns=["x0", "x1"])):
        for labels in (y, pd.Series(y), pl.Series(y), y.tolist(), y.reshape(-1, 1)):
            data = load((features, labels))
            assert data.X.to_numpy().tolist() == X.tolist()
            assert data.y.tolist() == y.tolist()
            assert data.y.dtype.kind == "i"
    refused(BadTarget, "10 rows", "shape (9,)", source=(X, y[:9]), target=None)
    refused(BadTarget, "Rename", source=(pd.DataFrame({"target": [1, 2]}), [0, 1]), target=None)


def test_the_target_is_found_where_the_source_names_it(tmp_path):
    path = tmp_path / "t.dat"
    path.write_text(
        "@relation r\n@attribute Kind {a,b}\n@attribute x real\n@outputs Kind\n@data\na,1\nb,2\na,3\nb,4\n"
    )
    assert load(path).schema.target == "Kind"
    assert load(GOOD.rename(columns={"fraud": "target"})).schema.target == "target"
    refused(BadTarget, "--target", "'amount'", target=None)


def test_unknown_columns_get_near_matches():
    refused(BadTarget, "'fruad'", "Did you mean 'fraud'", target="fruad")
    refused(BadOption, "'Customer'", "Did you mean 'customer'", groups="Customer")
    refused(BadOption, "drop", "'amuont'", "'amount'", drop="amuont")
    refused(BadOption, "keep", "'zzz'", "The columns are", keep="zzz")
    refused(BadOption, "text", "'zzz'", text="zzz")
    refused(BadOption, "time", "shape (3,)", time=[1, 2, 3])
    refused(BadOption, "groups", "40 values", groups=[1, 2, 3])


@pytest.mark.parametrize("option", ["rare", "missing_target", "infinite"])
def test_choices_are_checked(option):
    refused(BadOption, f"'{option}'", "'perhaps'", **{option: "perhaps"})


def test_one_column_cannot_have_two_roles():
    refused(BadTarget, "groups", "'fraud'", groups="fraud")
    refused(BadTarget, "time", "'fraud'", time="fraud")
    refused(BadOption, "target 'fraud'", drop="fraud")


def test_missing_labels_are_refused_or_left_out():
    gaps = GOOD.assign(fraud=[None, None, *GOOD["fraud"][2:]])
    refused(BadTarget, "2 rows", "missing_target='drop'", "row 0", source=gaps)
    data = load(gaps, target="fraud", missing_target="drop", time="filed_at", weight=np.arange(N))
    assert len(data) == N - 2
    assert data.weight[0] == 2.0
    assert data.X["amount"].iloc[0] == 3.0
    assert "2 rows" in data.X.attrs["notes"][0]
    refused(BadTarget, "all 40 are missing", source=GOOD.assign(fraud=None), missing_target="drop")


def test_one_class_only():
    refused(BadTarget, "one class", "'no'", source=GOOD.assign(fraud="no"))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (np.linspace(0, 1, N), ["40 distinct", "regression"]),
        (np.arange(N), ["40 distinct", "id"]),
        ([f"id {i}" for i in range(N)], ["40 distinct", "id"]),
        (pd.date_range("2024-01-01", periods=N), ["dates"]),
        ([np.inf] + [1.0] * (N - 1), ["infinity in 1 rows"]),
    ],
)
def test_columns_that_are_no_labels(column, words):
    refused(BadTarget, *words, source=GOOD.assign(fraud=column))


def test_a_thousand_classes_are_too_many():
    n = 4004
    many = pd.DataFrame({"x": np.arange(n), "fraud": np.repeat(np.arange(n // 4), 4)})
    refused(BadTarget, "1,001 distinct", source=many)


@pytest.mark.parametrize(
    ("column", "kind", "classes"),
    [
        ([0.0, 1.0], "i", [0, 1]),
        ([-1, 1], "i", [-1, 1]),
        ([0.5, 1.5], "f", [0.5, 1.5]),
        ([True, False], "b", [False, True]),
        (["b", "a"], "U", ["a", "b"]),
        (pd.Categorical(["b", "a"], categories=["z", "b", "a"]), "U", ["a", "b"]),
        (pd.Categorical([3, 1]), "i", [1, 3]),
    ],
)
def test_labels_keep_their_type(column, kind, classes):
    column = column.repeat(20) if isinstance(column, pd.Categorical) else np.repeat(column, 20)
    data = load(GOOD.assign(fraud=column), target="fraud")
    assert type(data.y) is np.ndarray
    assert data.y.dtype.kind == kind
    assert data.classes.tolist() == classes


LONELY = GOOD.assign(fraud=["a"] * 20 + ["b"] * 17 + ["c", "d", "d"])


def test_a_class_of_one_row():
    refused(BadTarget, "'c'", "rare='drop'", "--rare", source=LONELY)
    kept = load(LONELY, target="fraud", rare="keep")
    assert kept.counts["c"] == 1
    dropped = load(LONELY, target="fraud", rare="drop", groups="customer")
    assert len(dropped) == N - 1
    assert len(dropped.groups) == len(dropped.X) == len(dropped)
    assert "c" not in dropped.counts
    assert dropped.X.index.tolist() == list(range(N - 1))
    merged = load(LONELY, target="fraud", rare="merge")
    assert merged.counts == {"a": 20, "b": 17, "c+d": 3}
    assert "joined" in merged.X.attrs["notes"][-1]
    numbers = LONELY.assign(fraud=[1] * 20 + [2] * 17 + [7, 8, 9])
    assert load(numbers, target="fraud", rare="merge").counts == {"1": 20, "2": 17, "7+8+9": 3}
    two = GOOD.assign(fraud=["no"] * (N - 1) + ["yes"])
    for rare in ("drop", "merge"):
        refused(BadTarget, "two classes", source=two, rare=rare)


def test_many_lonely_classes_get_one_short_name():
    labels = ["a"] * 30 + [f"c{i}" for i in range(10)]
    merged = load(GOOD.assign(fraud=labels), target="fraud", rare="merge")
    assert merged.counts == {"a": 30, "other (10 classes)": 10}


def test_positive_makes_one_against_the_rest():
    data = load(LONELY, target="fraud", positive="b")
    assert data.counts == {"rest": 23, "b": 17}
    assert data.task == "binary"
    numbers = GOOD.assign(fraud=[1, 2, 3, 3] * 10)
    assert load(numbers, target="fraud", positive="2").counts == {"rest": 30, "2": 10}
    assert load(GOOD, target="fraud", positive="yes").counts == {"no": 34, "yes": 6}
    refused(BadTarget, "'perhaps'", "'no', 'yes'", positive="perhaps")
    odd = GOOD.assign(fraud=["rest", "x", "y", "y"] * 10)
    assert set(load(odd, target="fraud", positive="rest").counts) == {"rest", "rest_"}


def test_infinities():
    wrong = GOOD.assign(amount=[np.inf, -np.inf, *GOOD["amount"][2:]])
    refused(BadTable, "'amount' (2)", "infinite='missing'", source=wrong)
    data = load(wrong, target="fraud", infinite="missing")
    assert data.X["amount"].isna().sum() == 2
    assert "'amount' (2)" in data.X.attrs["notes"][0]


def test_nothing_to_learn_from():
    same = GOOD.assign(amount=1.0, city="Rome")[["amount", "city", "fraud"]]
    refused(BadTable, "40 rows", "identical", source=same)
    refused(BadTable, "identical", source=same.assign(amount=np.nan))
    refused(BadTable, "at least one feature", source=GOOD[["fraud"]])
    refused(BadTable, "at least one feature", source=GOOD[["fraud", "customer"]], groups="customer")


def test_a_column_without_values_is_kept():
    assert "empty" in load(GOOD.assign(empty=np.nan), target="fraud").X.columns


def test_a_hundred_thousand_categories_load():
    n = 100_000
    wide = pd.DataFrame(
        {"id": [f"c{i}" for i in range(n)], "x": np.arange(n), "fraud": ["a", "b"] * (n // 2)}
    )
    assert load(wide, target="fraud").schema.columns[0].n_levels == n


@pytest.mark.parametrize(
    ("role", "column", "words"),
    [
        ("groups", [None] + ["a"] * (N - 1), ["1 missing", "row 0"]),
        ("time", [None] + ["2024-01-01"] * (N - 1), ["1 missing"]),
        ("time", ["2024-01-01"] * (N - 1) + ["soon"], ["'soon'", "row 39", "ISO 8601"]),
        ("time", ["31/12/2024"] * N, ["'31/12/2024'", "40 such rows"]),
        ("time", [np.inf] * N, ["finite"]),
        ("time", [True, False] * 20, ["true and false"]),
        ("weight", [-1.0] * N, ["below zero"]),
        ("weight", [0.0] * N, ["below zero"]),
        ("weight", ["heavy"] * N, ["numbers"]),
        ("part", [None] + ["train"] * (N - 1), ["1 missing"]),
    ],
)
def test_bad_roles(role, column, words):
    refused(BadTable, *words, f"{role} column 'r'", source=GOOD.assign(r=column), **{role: "r"})


def test_times_of_several_forms():
    for column in (
        np.arange(N),
        pd.date_range("2024-01-01", periods=N, tz="UTC"),
        [f"2024-01-01T{i % 24:02}:00" for i in range(N)],
    ):
        assert len(load(GOOD.assign(r=column), target="fraud", time="r").time) == N


def test_long_group_names_do_not_make_a_wide_array():
    data = load(GOOD.assign(r=["x" * 10_000] * 20 + ["y"] * 20), target="fraud", groups="r")
    assert data.groups.dtype == object
    assert len(np.unique(data.groups)) == 2


def test_free_text_is_seen_and_can_be_forced():
    rng = np.random.default_rng(0)
    words = np.array(["alpha", "beta", "gamma", "delta", "omega"])
    data = load(GOOD.assign(note=[" ".join(rng.choice(words, 12)) for _ in range(N)]), target="fraud")
    assert data.schema.of_kind("text") == ("note",)
    assert load(GOOD, target="fraud", text="city").schema.of_kind("text") == ("city",)
    assert load(GOOD, target="fraud", text="city").take([1, 2]).X.attrs["text"] == ("city",)


def test_schema_kinds():
    frame = pd.DataFrame(
        {
            "n": [1.0, None],
            "c": pd.Categorical(["a", "b"]),
            "s": ["a", "a"],
            "b": [True, False],
            "g": pd.array([True, None], dtype="boolean"),
            "d": pd.to_datetime(["2024-01-01", None]),
        }
    )
    schema = infer_schema(frame, target="y")
    assert [column.kind for column in schema.columns] == [
        "numeric",
        "categorical",
        "categorical",
        "boolean",
        "boolean",
        "date",
    ]
    assert [column.n_missing for column in schema.columns] == [1, 0, 0, 0, 1, 1]
    assert [column.n_levels for column in schema.columns] == [None, 2, 1, 2, 1, None]


def test_the_hash_covers_missing_truth_values():
    gaps = GOOD.assign(t=pd.array([True, None] * 20, dtype="boolean"))
    other = GOOD.assign(t=pd.array([None, True] * 20, dtype="boolean"))
    assert load(gaps, target="fraud").hash == load(gaps.copy(), target="fraud").hash
    assert load(gaps, target="fraud").hash != load(other, target="fraud").hash


def test_names_that_are_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused(BadTable, "does not exist", source="nothing.csv")
    refused(BadOption, "'ecolli'", "Did you mean 'ecoli", source="ecolli")
    refused(BadTable, "folder", source=str(tmp_path))
    refused(BadTable, "Dataset", source=load(GOOD, target="fraud"))


def test_a_file_of_that_name_beats_the_catalogue(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ecoli").mkdir()
    assert len(load("ecoli")) == 336
    GOOD.to_csv(tmp_path / "ecoli.csv", index=False)
    assert len(load("ecoli.csv", target="fraud")) == N
