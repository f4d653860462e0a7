"""Condensing part by part: points as in memory, the error split exactly, rows of the source."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steelyard.balance.condense import ClassAdaptiveClustering
from steelyard.balance.condense.condense_parquet import MASS, condense_parquet
from steelyard.balance.condense.encode_parts import encoding_for
from steelyard.balance.condense.encode_space import SCALINGS, encode_space
from steelyard.balance.scale.parts import open_parts
from steelyard.balance.scale.survey import survey
from steelyard.balance.scale.write import ORIGIN
from steelyard.balance.space import open_space
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.errors import BadOption, CannotResample

CUTS = [[900], [10, 300, 1, 289, 300]]


@pytest.fixture(scope="module")
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


def mixed(n=900, seed=3):
    rng = np.random.default_rng(seed)
    kind = rng.choice(["many", "few", "rare"], p=[0.8, 0.14, 0.06], size=n)
    amount = rng.normal(np.select([kind == "few", kind == "rare"], [1.0, 2.0], 0.0), 1.0)
    amount[rng.random(n) < 0.1] = np.nan
    city = rng.choice(["Graz", "Linz", "Wien"], p=[0.6, 0.3, 0.1], size=n).astype(object)
    city[rng.random(n) < 0.05] = None
    return pa.table(
        {
            "amount": pa.array(amount, from_pandas=True),
            "items": pa.array(rng.poisson(3, size=n), pa.int16()),
            "size": pa.array(rng.lognormal(size=n)),
            "city": pa.array(city, pa.string()),
            "shop": pa.array(rng.choice(["a", "b"], size=n)).dictionary_encode(),
            "id": pa.array(np.arange(n)),
            "kind": pa.array(kind),
        }
    )


def in_files(table, sizes, folder):
    folder.mkdir()
    for number, start in enumerate(np.cumsum([0, *sizes[:-1]]).tolist()):
        pq.write_table(table.slice(start, sizes[number]), folder / f"f{number:03d}.parquet")
    return folder


@pytest.mark.parametrize("scaling", SCALINGS)
def test_points_are_those_of_the_whole_table_in_memory(scaling, tmp_path, cluster):
    table = mixed().drop_columns(["id"])
    features = ["amount", "items", "size"], ["city", "shop"]
    parts = open_parts(in_files(table, CUTS[1], tmp_path / "source"), cluster, 1e-3, progress=False)
    assert len(parts) >= 5
    encoding = encoding_for(parts, survey(parts, "kind", "test", features), features, scaling)
    X = ArrowTable(table.select([*features[0], *features[1]]))
    whole = encode_space(open_space(X, "test", standardize=scaling == "standard"), scaling)
    np.testing.assert_allclose(encoding.points(table), whole, atol=1e-6)


@pytest.mark.parametrize("cut", CUTS)
def test_rows_masses_and_errors(cut, tmp_path, cluster):
    table = mixed()
    sampler = ClassAdaptiveClustering(budget=40, random_state=0)
    done = condense_parquet(
        in_files(table, cut, tmp_path / "source"),
        "kind",
        sampler,
        tmp_path / "out",
        left_out=["id"],
        client=cluster,
        memory_mb=0.1 if len(cut) > 1 else 1024,
        provenance=True,
        progress=False,
    )
    files = pq.read_table(tmp_path / "out")
    origin = files.column(ORIGIN).to_numpy()
    assert files.drop_columns([MASS, ORIGIN]).to_pylist() == table.take(pa.array(origin)).to_pylist()
    assert np.unique(origin).size == files.num_rows == sum(done.counts_after.values())
    assert files.num_rows == 40 or done.note
    kind, mass = files.column("kind").to_numpy(zero_copy_only=False), files.column(MASS).to_numpy()
    for label, rows in done.counts_before.items():
        assert mass[kind == label].sum() == rows
        bound = done.sse_partition[label] + done.sse_merge[label]
        assert done.sse[label] <= bound * (1 + 1e-6)
        assert done.sse[label] > 0.5 * bound
    memory = ClassAdaptiveClustering(budget=40, random_state=0).fit(
        table.drop_columns(["id", "kind"]), table.column("kind")
    )
    assert sum(done.sse.values()) < 1.6 * sum(
        errors[-1] for _, errors in memory.curves_.values()
    ) + 0.6 * sum(errors[0] for _, errors in memory.curves_.values())
    if len(cut) == 1:
        assert sum(done.sse_merge.values()) == pytest.approx(0, abs=1e-9)
    else:
        assert min(done.sse_merge.values()) > 0
    assert json.loads((tmp_path / "out" / "_resampled.json").read_text())["counts_before"]["rare"] > 0


def test_the_number_of_workers_and_the_order_they_end_in_change_nothing(tmp_path, cluster):
    source = in_files(mixed(), CUTS[1], tmp_path / "source")
    sampler = ClassAdaptiveClustering(budget=30, random_state=0, search="hfils")
    outs = [
        condense_parquet(
            source, "kind", sampler, tmp_path / name, client=cluster, memory_mb=0.1, progress=False
        )
        for name in ("one", "two")
    ]
    assert outs[0].sse == outs[1].sse
    assert pq.read_table(tmp_path / "one").equals(pq.read_table(tmp_path / "two"))


def test_rows_per_class_and_rules_of_size(tmp_path, cluster):
    source = in_files(mixed(), CUTS[1], tmp_path / "source")
    given = ClassAdaptiveClustering(sampling_strategy={"many": 9, "few": 5}, random_state=0)
    done = condense_parquet(source, "kind", given, tmp_path / "given", client=cluster, progress=False)
    assert done.counts_after == {**done.counts_before, "many": 9, "few": 5}
    equal = ClassAdaptiveClustering(budget=12, search="equal", random_state=0)
    done = condense_parquet(
        source, "kind", equal, tmp_path / "equal", client=cluster, drop=["id"], progress=False
    )
    assert set(done.counts_after.values()) == {4}
    assert "id" not in pq.read_table(tmp_path / "equal").column_names


def test_what_cannot_be_done_is_refused(tmp_path, cluster):
    source = in_files(mixed(), CUTS[0], tmp_path / "source")
    with pytest.raises(BadOption, match="with emit='medoid'"):
        condense_parquet(source, "kind", ClassAdaptiveClustering(emit="centroid"), tmp_path / "out")
    with pytest.raises(BadOption, match="no column 'sort'"):
        condense_parquet(source, "sort", ClassAdaptiveClustering(), tmp_path / "out", client=cluster)
    with pytest.raises(CannotResample, match="at least 2 rows a class"):
        condense_parquet(source, "kind", ClassAdaptiveClustering(budget=4), tmp_path / "out", client=cluster)
    assert not (tmp_path / "out").exists()
