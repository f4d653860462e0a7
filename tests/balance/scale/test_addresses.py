"""A scheduler at an address, from the command line."""

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from steelyard.balance import RandomUnderSampler
from steelyard.cli import main
from steelyard.errors import BadOption

pytest.importorskip("distributed", reason="the extra 'scale' is not installed here")


@pytest.fixture
def address():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=":0",
        silence_logs="error",
    ) as workers:
        yield workers.scheduler_address


def test_a_folder_is_balanced_where_the_scheduler_is(numbers, in_files, tmp_path, address):
    table = numbers()
    source = in_files(table, [100, 200])
    result = CliRunner().invoke(
        main,
        [
            *("balance", str(source), "--target", "y", "--with", "random-under", "--origin"),
            *("-o", str(tmp_path / "even"), "--engine", address, "--drop", "x2"),
        ],
    )
    assert result.exit_code == 0, result.output
    assert "0: 260 -> 40 rows" in result.output
    kept = RandomUnderSampler(random_state=0).select(table.drop_columns("y"), table.column("y"))
    written = pq.read_table(tmp_path / "even")
    assert written.column("steelyard_origin").to_pylist() == kept.tolist()
    assert written.column_names == ["x0", "x1", "y", "steelyard_origin", "steelyard_parents"]


def test_nobody_at_the_address(numbers, in_files, tmp_path):
    import dask

    from steelyard.balance.scale import resample_parquet

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "200ms"}),
        pytest.raises(BadOption, match="No Dask"),
    ):
        resample_parquet(
            in_files(numbers(), [300]),
            "y",
            RandomUnderSampler(),
            tmp_path / "out",
            client="tcp://127.0.0.1:9",
        )
