"""What comes out of a data set in parts is what comes out of the whole table in memory."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steelyard.balance import (
    SMOTE,
    EditedNearestNeighbours,
    RandomOverSampler,
    RandomUnderSampler,
    TomekLinks,
)
from steelyard.balance.scale import resample_parquet
from steelyard.balance.scale.write import ORIGIN, PARENTS
from steelyard.errors import BadOption, BadTable, BadTarget, CannotResample

CUTS = [[300], [7, 93, 1, 99, 100]]


def both(source, table, target, sampler, out, cluster, features=None, groups=None, **more):
    """The record, the rows in files, and what the sampler makes of the table in memory."""
    record = resample_parquet(
        source, target, sampler, out, client=cluster, provenance=True, groups=groups, **more
    )
    left = {target, groups} if features is None else set(table.column_names) - set(features)
    X = table.select([name for name in table.column_names if name not in left])
    values = None if groups is None else table.column(groups).to_numpy()
    memory = sampler.resample(X, table.column(target), groups=values)
    files = pq.read_table(out)
    assert files.column_names == [*table.column_names, ORIGIN, PARENTS]
    assert [pq.read_table(out / name).num_rows for name in record.files], (
        "every file that is named is there and holds rows"
    )
    return record, files, memory


def assert_same_rows(files, memory, table, target):
    """Row for row the same values, labels, origins and parents."""
    assert files.column(ORIGIN).to_numpy().tolist() == memory.origin.tolist()
    plain = files.select(memory.X.column_names)
    for name in plain.column_names:
        assert plain.column(name).type == memory.X.column(name).type
        assert plain.column(name).to_pylist() == memory.X.column(name).to_pylist(), name
    assert files.column(target).to_pylist() == memory.y.to_pylist()
    parents = [[int(row) for row in list_ if row >= 0] or None for list_ in memory.parents]
    assert files.column(PARENTS).to_pylist() == parents


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    "sampler",
    [
        RandomUnderSampler(random_state=5),
        RandomUnderSampler(random_state=5, sampling_strategy=0.5),
        RandomUnderSampler(random_state=5, sampling_strategy={0: 30, 1: 11}),
        RandomUnderSampler(random_state=5, replacement=True),
    ],
    ids=str,
)
def test_random_under_keeps_the_very_rows_it_keeps_in_memory(
    numbers, in_files, tmp_path, cluster, cut, sampler
):
    table = numbers()
    record, files, memory = both(in_files(table, cut), table, "y", sampler, tmp_path / "out", cluster)
    assert_same_rows(files, memory, table, "y")
    assert record.merge_error == 0
    assert record.synthetic == 0
    assert record.counts_after == dict(zip(*np.unique(memory.y, return_counts=True), strict=True))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("strategy", ["auto", 0.5, {0: 280, 1: 41}])
def test_random_over_repeats_the_very_rows_it_repeats_in_memory(
    numbers, in_files, tmp_path, cluster, cut, strategy
):
    table = numbers()
    sampler = RandomOverSampler(random_state=5, sampling_strategy=strategy)
    record, files, memory = both(in_files(table, cut), table, "y", sampler, tmp_path / "out", cluster)
    # Copies stand part by part.
    assert sorted(files.column(ORIGIN).to_numpy()) == sorted(memory.origin)
    assert files.column(ORIGIN).to_numpy()[:300].tolist() == list(range(300))
    assert record.counts_after[1] == (memory.y.to_numpy() == 1).sum()
    rows = table.take(files.column(ORIGIN).combine_chunks())
    assert files.select(table.column_names).to_pylist() == rows.to_pylist()


def test_labels_of_three_classes_and_a_random_choice(mixed, in_files, tmp_path, cluster):
    sampler = RandomUnderSampler(random_state=1)
    source = in_files(mixed, [150, 250], row_group_size=40)
    record, files, memory = both(source, mixed, "kind", sampler, tmp_path / "out", cluster, memory_mb=0.001)
    assert_same_rows(files, memory, mixed, "kind")
    assert len(set(record.counts_after.values())) == 1


@pytest.mark.parametrize(
    ("cut", "dtype", "standardize"),
    [
        (CUTS[0], pa.float64(), False),
        (CUTS[1], pa.float64(), True),
        (CUTS[1], pa.float32(), False),
        (CUTS[1], pa.float32(), True),
        (CUTS[1], pa.int16(), True),
    ],
    ids=str,
)
def test_smote_makes_the_very_rows_it_makes_in_memory(
    numbers, in_files, tmp_path, cluster, cut, dtype, standardize
):
    table = numbers(grid=dtype == pa.int16(), dtype=dtype)
    sampler = SMOTE(random_state=2, standardize=standardize)
    record, files, memory = both(in_files(table, cut), table, "y", sampler, tmp_path / "out", cluster)
    assert_same_rows(files, memory, table, "y")
    assert record.synthetic == 220
    assert (record.merge_error > 0) == standardize


@pytest.mark.parametrize("groups", [None, "person"])
@pytest.mark.parametrize("memory_mb", [64, 0.02])
def test_smote_on_a_mixed_table_a_piece_at_a_time(mixed, in_files, tmp_path, cluster, groups, memory_mb):
    sampler = SMOTE(random_state=2, standardize=True)
    source = in_files(mixed, [100, 200, 100], row_group_size=50)
    record, files, memory = both(
        source, mixed, "kind", sampler, tmp_path / "out", cluster, groups=groups, memory_mb=memory_mb
    )
    assert_same_rows(files, memory, mixed, "kind")
    assert record.note == sampler.note_
    if groups:
        made = files.slice(400)
        person = dict(enumerate(mixed.column("person").to_pylist()))
        for own, parents in zip(
            made.column("person").to_pylist(), made.column(PARENTS).to_pylist(), strict=True
        ):
            assert {person[parent] for parent in parents} == {own}
    assert (len(record.files) > 6) == (memory_mb < 1)


def test_a_synthetic_row_has_its_first_parents_value_where_a_column_is_no_feature(
    numbers, in_files, tmp_path, cluster
):
    table = numbers().append_column("id", pa.array(range(300)))
    record, files, memory = both(
        in_files(table, [100, 200]),
        table,
        "y",
        SMOTE(random_state=0),
        tmp_path / "out",
        cluster,
        features=["x0", "x1", "x2"],
        left_out=["id"],
    )
    assert_same_rows(files, memory, table, "y")
    made = files.slice(300)
    assert made.column("id").to_pylist() == [parents[0] for parents in made.column(PARENTS).to_pylist()]
    assert record.synthetic == made.num_rows


CLEANERS = [
    TomekLinks(),
    TomekLinks(sampling_strategy="all"),
    EditedNearestNeighbours(),
    EditedNearestNeighbours(sampling_strategy="all", n_neighbors=5, kind_sel="mode"),
    EditedNearestNeighbours(sampling_strategy=[1], n_neighbors=4),
]


@pytest.mark.parametrize(("cut", "grid"), [([300], True), ([93, 1, 2, 204], False), ([93, 1, 2, 204], True)])
@pytest.mark.parametrize("sampler", CLEANERS, ids=str)
def test_cleaners_leave_out_the_very_rows_they_leave_out_in_memory(
    numbers, in_files, tmp_path, cluster, cut, grid, sampler
):
    table = numbers(grid=grid)
    record, files, memory = both(in_files(table, cut), table, "y", sampler, tmp_path / "out", cluster)
    assert_same_rows(files, memory, table, "y")
    assert record.note == sampler.note_
    assert sum(record.counts_after.values()) == files.num_rows
    assert record.merge_error == 0


@pytest.mark.parametrize(
    "sampler",
    [
        TomekLinks(standardize=True),
        EditedNearestNeighbours(),
        EditedNearestNeighbours(sampling_strategy="all", standardize=True),
    ],
    ids=str,
)
def test_cleaners_on_a_mixed_table_with_gaps_and_little_memory(mixed, in_files, tmp_path, cluster, sampler):
    source = in_files(mixed, [100, 200, 100])
    record, files, memory = both(
        source, mixed, "kind", sampler, tmp_path / "out", cluster, groups="person", memory_mb=0.03
    )
    assert_same_rows(files, memory, mixed, "kind")
    assert 0 < record.merge_error <= 1e-9


def test_a_class_that_would_vanish_stays_and_says_so(in_files, tmp_path, cluster):
    # Every 1 lies among 0s; every 0 has 0s nearest.
    x = np.r_[np.arange(0, 40, 0.1), [5.05, 15.05, 25.05]]
    table = pa.table({"x": x, "y": np.repeat([0, 1], [400, 3])})
    sampler = EditedNearestNeighbours(sampling_strategy="all", n_neighbors=2)
    record, files, memory = both(in_files(table, [200, 203]), table, "y", sampler, tmp_path / "out", cluster)
    assert_same_rows(files, memory, table, "y")
    assert record.note == sampler.note_
    assert "no class is removed" in record.note


def test_a_dask_dataframe_and_no_provenance(numbers, in_files, tmp_path, cluster):
    import dask.dataframe as dd

    table = numbers()
    frame = dd.from_pandas(table.to_pandas(), npartitions=3)
    resample_parquet(frame, "y", TomekLinks(), tmp_path / "out", client=cluster)
    kept = TomekLinks().resample(table.drop_columns("y"), table.column("y"))
    files = pq.read_table(tmp_path / "out")
    assert files.column_names == table.column_names
    assert files.column("x0").to_pylist() == kept.X.column("x0").to_pylist()


def test_the_record_lies_beside_the_files(numbers, in_files, tmp_path, cluster):
    table = numbers()
    record = resample_parquet(
        in_files(table, [300]), "y", SMOTE(random_state=0), tmp_path / "out", client=cluster
    )
    assert json.loads((tmp_path / "out" / "_resampled.json").read_text()) == record.to_dict()


def test_what_goes_wrong_leaves_nothing_behind(numbers, in_files, tmp_path, cluster):
    table = numbers(rare=1)
    source = in_files(table, [150, 150])
    with pytest.raises(CannotResample, match="at least 2 rows in class 1, got 1"):
        resample_parquet(source, "y", SMOTE(), tmp_path / "out", client=cluster)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_class_larger_than_the_memory_is_refused_before_it_is_read(numbers, in_files, tmp_path, cluster):
    source = in_files(numbers(), [150, 150])
    with pytest.raises(
        CannotResample,
        match=r"the 40 rows of class 1 and where .* lie at once, about .* MiB, and memory_mb is",
    ):
        resample_parquet(source, "y", SMOTE(), tmp_path / "out", client=cluster, memory_mb=0.001)


def test_mistakes_are_told(numbers, in_files, tmp_path, cluster):
    from sklearn.neighbors import NearestNeighbors

    table = numbers()
    source, out = in_files(table, [150, 150]), tmp_path / "out"
    (tmp_path / "full").mkdir()

    def refused(error, match, sampler=None, *, source=source, target="y", out=out, client=cluster, **more):
        with pytest.raises(error, match=match):
            resample_parquet(source, target, sampler or TomekLinks(), out, client=client, **more)
        assert not out.exists() or out.name == "full"

    refused(BadOption, "NearestNeighbors needs the whole table in memory", NearestNeighbors())
    refused(BadOption, "no column 'z'", target="z")
    refused(BadOption, "no column 'g'", groups="g")
    refused(BadOption, "'replacement' parameter", RandomUnderSampler(replacement=3))
    refused(BadOption, "needs all labels in memory", SMOTE(sampling_strategy=lambda y: {1: 5}))
    refused(BadOption, "random_state must not be negative", RandomUnderSampler(random_state=-1))
    refused(BadOption, "ratio|sampling_strategy", RandomUnderSampler(sampling_strategy="most"))
    refused(CannotResample, "0 rows of every class", RandomUnderSampler(sampling_strategy={0: 0, 1: 0}))
    refused(CannotResample, "more than n_neighbors=300", EditedNearestNeighbours(n_neighbors=300))
    refused(BadOption, "is there already", out=tmp_path / "full")
    refused(BadOption, "does not exist", out=tmp_path / "a" / "b")
    refused(BadOption, "the address of a Dask scheduler", client="somewhere")
    refused(BadTable, "where there is none", source=tmp_path / "full")
    refused(
        BadTarget,
        "at least 2 classes",
        source=in_one(tmp_path, table.slice(0, 3).set_column(3, "y", [[0, 0, 0]])),
    )
    gap = table.slice(0, 3).set_column(3, "y", pa.array([[0, None, 1]][0]))
    refused(BadTarget, "1 of 3 are missing", source=in_one(tmp_path, gap))
    endless = table.slice(0, 3).set_column(0, "x0", pa.array([1.0, np.inf, 0.0]))
    refused(BadTable, "column 'x0' holds infinity", source=in_one(tmp_path, endless))
    dated = table.append_column("day", pa.array([0] * 300, pa.date32()))
    refused(BadTable, "column 'day' holds date32", source=in_one(tmp_path, dated))


def in_one(tmp_path, table):
    folder = tmp_path / f"one-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    pq.write_table(table, folder / "f.parquet")
    return folder


def test_files_that_differ_or_are_none(numbers, tmp_path, cluster):
    folder = in_one(tmp_path, numbers())
    pq.write_table(numbers().drop_columns("x2"), folder / "g.parquet")
    with pytest.raises(BadTable, match=r"g.parquet' differs from .*f.parquet"):
        resample_parquet(folder, "y", TomekLinks(), tmp_path / "out", client=cluster)
    (folder / "g.parquet").write_bytes(b"no")
    with pytest.raises(BadTable, match=r"g.parquet' is not a Parquet file"):
        resample_parquet(folder, "y", TomekLinks(), tmp_path / "out", client=cluster)


@pytest.mark.slow
def test_processes_of_its_own(numbers, in_files, tmp_path):
    pytest.importorskip("distributed", reason="the extra 'scale' is not installed here")
    table = numbers()
    source = in_files(table, [150, 150])
    record = resample_parquet(
        source, "y", RandomUnderSampler(random_state=0), tmp_path / "out", progress=False
    )
    assert record.counts_after == {0: 40, 1: 40}
