"""A cluster inside this process, and tables cut into files."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="package")
def cluster():
    pytest.importorskip("distributed", reason="the extra 'scale' is not installed here")
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0", silence_logs="error"
        ) as workers,
        Client(workers) as client,
    ):
        yield client


@pytest.fixture
def in_files(tmp_path):
    """Write a table as files of the given numbers of rows; returns their folder."""

    def write(table, sizes, row_group_size=10**6):
        folder = tmp_path / "source"
        folder.mkdir()
        start = 0
        for number, size in enumerate(sizes):
            pq.write_table(
                table.slice(start, size), folder / f"f{number:03d}.parquet", row_group_size=row_group_size
            )
            start += size
        assert start == table.num_rows
        return folder

    return write


@pytest.fixture
def mixed():
    """Numbers with gaps, whole numbers with ties, three kinds of categories, groups; the label last."""
    rng = np.random.default_rng(3)
    n = 400
    kind = rng.choice(["many", "few", "rare"], p=[0.8, 0.13, 0.07], size=n)
    middle = np.select([kind == "few", kind == "rare"], [1.0, 2.0], 0.0)
    amount = rng.normal(middle, 1.0)
    amount[rng.random(n) < 0.1] = np.nan
    city = rng.choice(["Graz", "Linz", "Wien"], size=n).astype(object)
    city[rng.random(n) < 0.05] = None
    return pa.table(
        {
            "amount": pa.array(amount, from_pandas=True),
            "items": pa.array(rng.integers(0, 4, size=n), pa.int16()),
            "city": pa.array(city, pa.string()),
            "shop": pa.array(rng.choice(["a", "b"], size=n)).dictionary_encode(),
            "new": pa.array(rng.random(n) < 0.5),
            "person": pa.array(rng.integers(0, 60, size=n)),
            "kind": pa.array(kind),
        }
    )


@pytest.fixture
def numbers():
    """A function that makes a table of numbers, two classes, many ties if ``grid``."""

    def make(n=300, rare=40, *, grid=False, dtype="float64", seed=0):
        rng = np.random.default_rng(seed)
        label = np.zeros(n, dtype=int)
        label[rng.choice(n, rare, replace=False)] = 1
        X = rng.normal(size=(n, 3)) + label[:, None]
        if grid:
            X = np.rint(X)
        columns = {f"x{i}": pa.array(X[:, i]).cast(dtype) for i in range(3)}
        return pa.table({**columns, "y": pa.array(label)})

    return make
