"""Running: any number of workers, a kill in the middle, Ctrl-C, and units that cannot be run."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from recipes import toy
from steelyard.errors import BadOption, UserError
from steelyard.recipes.machinery.run_units import run_units
from steelyard.recipes.table import Measured, Paper, Unit, run_table

TESTS = Path(__file__).parent.parent
PAPER = Paper("Toy", "Nobody, 2025")
UNITS = 6
LONG = 300.0


def small_run(units, **options):
    return run_table("toy", PAPER, units, [], scale="smoke", progress=False, about="", **options)


def one(system="plain", value=1.0, metric="f1"):
    return [Measured(system, {metric: value})]


def raising(error):
    raise error


def test_the_figures_do_not_depend_on_the_number_of_workers(toy_table, tmp_path):
    out = tmp_path / "out"
    two = toy.main(jobs=2, progress=False, out=out)
    assert two == toy_table
    assert [value.system for value in two.measured] == [value.system for value in toy_table.measured]
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "table.json", "table.md"]


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_run([Unit("a", "cv", 0, one)])
    assert list(tmp_path.iterdir()) == []


def started(tmp_path, out, **options):
    """The toy in a process of its own, once it has finished at least two units."""
    arguments = {"jobs": 2, "pause": 0.4, "out": str(out), "log": str(tmp_path / "log"), **options}
    program = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r})\nfrom recipes import toy\ntoy.main(**{arguments!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + LONG
    while len(list((out / ".run").glob("*.json"))) < 3:  # the manifest is one of them
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)
    return process


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX systems")
def test_a_killed_run_goes_on_where_it_was(tmp_path, toy_table):
    out, log = tmp_path / "out", tmp_path / "log"
    process = started(tmp_path, out)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    finished = len(list((out / ".run").glob("*.json"))) - 1
    assert 2 <= finished < UNITS
    assert not (out / "report.html").exists()
    with pytest.raises(BadOption, match="--resume"):
        toy.main(jobs=1, pause=0.4, out=out, log=str(log), progress=False)
    kept = [json.loads(path.read_text()).get("key", "") for path in (out / ".run").glob("*.json")]
    resumed = toy.main(jobs=1, pause=0.4, out=out, log=str(log), progress=False, resume=True)
    assert resumed == toy_table
    begun = log.read_text().splitlines()
    for key in filter(None, kept):  # what was finished is not run again
        dataset, _, seed, _ = key.split(" · ")
        assert begun.count(f"{dataset} {seed.removeprefix('seed ')}") == 1
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "table.json", "table.md"]


def test_a_finished_folder_is_not_written_over(tmp_path):
    out = tmp_path / "out"
    units = [Unit("a", "cv", 0, one)]
    small_run(units, out=out)
    with pytest.raises(BadOption, match="--force"):
        small_run(units, out=out)
    small_run([Unit("a", "cv", 0, partial(one, value=2.0))], out=out, force=True)
    assert '"values": [\n    2.0\n   ]' in (out / "table.json").read_text()


def test_other_units_are_not_mixed_into_a_stopped_run(tmp_path):
    out = tmp_path / "out"
    units = [Unit("a", "cv", 0, one), Unit("a", "cv", 1, partial(raising, KeyError("stop")))]
    with pytest.raises(KeyError, match="stop") as caught:
        small_run(units, out=out, jobs=1)
    assert caught.value.__notes__ == ["in the unit 'a · cv · seed 1'"]
    assert len(list((out / ".run").glob("*.npz"))) == 1
    with pytest.raises(BadOption, match="units was"):
        small_run([Unit("b", "cv", 0, one)], out=out, resume=True)


def test_a_claim_that_fails_keeps_the_units(tmp_path):
    class Broken:
        text = "broken"

        def judge(self, table):
            raise ZeroDivisionError

    out = tmp_path / "out"
    with pytest.raises(ZeroDivisionError):
        run_table("toy", PAPER, [Unit("a", "cv", 0, one)], [Broken()], scale="smoke", out=out, about="")
    assert small_run([Unit("a", "cv", 0, one)], out=out, resume=True).mean("plain", "f1") == 1.0


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ([], "at least one unit"),
        ([Unit("a", "cv", 0, lambda: one())], "must be picklable"),
        ([Unit("a", "cv", 0, one), Unit("a", "cv", 0, one)], "is there twice"),
        ([Unit("a", "cv", 0, partial(dict, a=1))], "list of Measured"),
        ([Unit("a", "cv", 0, one), Unit("a", "cv", 0, partial(one, value=2.0))], "two values of 'f1'"),
    ],
)
def test_units_that_make_no_sense_are_refused(units, message):
    with pytest.raises(BadOption, match=message):
        small_run(units, jobs=1)


def test_an_unknown_scale_is_refused():
    with pytest.raises(BadOption, match="smoke, small, paper"):
        run_table("toy", PAPER, [Unit("a", "cv", 0, one)], [], scale="large")


def test_an_error_on_purpose_comes_through_from_a_worker():
    units = [Unit("a", "cv", seed, partial(raising, UserError("no such data."))) for seed in range(2)]
    with pytest.raises(UserError, match="no such data"):
        run_units(units, jobs=2, progress=False)


def test_a_unit_may_speak_of_other_sets_and_protocols_and_miss_a_value():
    rows = [
        Measured("plain", {"f1": 0.5}),
        Measured("plain", {"f1": float("nan")}, dataset="b"),
        Measured("plain", {"f1": 0.7}, protocol="leaky"),
    ]
    table = small_run([Unit("a", "cv", 0, partial(list, rows))], jobs=1)
    assert (table.datasets, table.protocols) == (("a", "b"), ("cv", "leaky"))
    assert table.values("plain", "f1", protocol="cv") == {("a", 0): 0.5}
    assert [row.mean for row in table.rows] == [0.5, None, 0.7]


def test_one_thread_inside_a_unit_and_the_environment_as_before(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    (done,) = run_units([Unit("a", "cv", 0, threads)], jobs=1, progress=False)
    assert done["rows"][0]["values"] == {"omp": 1.0, "mkl": 1.0}
    assert (os.environ["OMP_NUM_THREADS"], "MKL_NUM_THREADS" in os.environ) == ("7", False)


def threads():
    values = {"omp": float(os.environ["OMP_NUM_THREADS"]), "mkl": float(os.environ["MKL_NUM_THREADS"])}
    return [Measured("plain", values)]
