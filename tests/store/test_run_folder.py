"""Finished units survive anything; nobody overwrites or mixes up a run by accident."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from importlib import resources

import jsonschema
import numpy as np
import pytest

from steelyard.errors import BadOption, UserError
from steelyard.store import RunFolder

SETTINGS = {"folds": 5, "cost": {"miss": 20}}
VERSIONS = {"numpy": "2.0"}
VALUE = {
    "arrays": {
        "proba": np.linspace(0, 1, 6).reshape(3, 2),
        "file": np.array(["a", "b"]),
        "empty": np.empty((0, 2)),
    },
    "plain": {"seconds": 0.1, "nan": float("nan"), "list": [1, None, True, "x"], "nested": {"a": {}}},
}


def open_run(out, settings=SETTINGS, data="sha256:0", versions=VERSIONS, **options):
    return RunFolder(out, settings, data, versions, **options)


def unfinished(out, n=2):
    with open_run(out) as run:
        for i in range(n):
            run.put(f"unit {i}", VALUE)
    return out


def same(got):
    assert got is not None
    assert set(got["arrays"]) == set(VALUE["arrays"])
    for name, array in VALUE["arrays"].items():
        assert got["arrays"][name].dtype == array.dtype
        np.testing.assert_array_equal(got["arrays"][name], array)
    assert json.dumps(got["plain"]) == json.dumps(VALUE["plain"])


def test_what_is_put_comes_back(tmp_path):
    with open_run(tmp_path / "out") as run:
        assert run.get("a") is None
        run.put("a", VALUE)
        same(run.get("a"))
        assert run.get("b") is None
        assert len(run) == 1


def test_an_unfinished_run_goes_on_with_resume(tmp_path):
    out = unfinished(tmp_path / "out")
    with open_run(out, resume=True) as run:
        assert len(run) == 2
        same(run.get("unit 0"))
        run.put("unit 2", VALUE)
    with open_run(out, resume=True) as run:
        assert len(run) == 3


def test_an_unfinished_run_is_refused_without_resume_and_cleared_with_force(tmp_path):
    out = unfinished(tmp_path / "out")
    with pytest.raises(BadOption, match=r"unfinished run.*--resume.*--force"):
        open_run(out)
    with open_run(out, force=True) as run:
        assert len(run) == 0


def test_finish_leaves_no_trace(tmp_path):
    out = tmp_path / "out"
    with open_run(out) as run:
        run.put("a", VALUE)
        (out / "report.html").write_text("done")
        run.finish()
    assert os.listdir(out) == ["report.html"]


def test_a_finished_folder_is_not_overwritten_without_force(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "scorecard.json").write_text("{}")
    for resume in (False, True):
        with pytest.raises(BadOption, match=r"finished run \(scorecard\.json\).*--force"):
            open_run(out, resume=resume)
    with open_run(out, force=True) as run:
        run.put("a", VALUE)
        run.finish()
    assert os.listdir(out) == ["scorecard.json"]


def test_a_folder_with_other_files_is_no_finished_run(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with open_run(tmp_path) as run:
        run.finish()
    assert os.listdir(tmp_path) == ["notes.txt"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"settings": {**SETTINGS, "folds": 3}}, "settings: folds was 5, now 3"),
        ({"settings": {"folds": 5}}, r"settings: cost\.miss was 20, now not given"),
        ({"settings": {"folds": 5, "cost": {"miss": 9}}}, r"settings: cost\.miss was 20, now 9"),
        (
            {"settings": {"folds": 5, "cost": None}},
            "settings: cost was not given, now null; settings: cost.miss",
        ),
        ({"data": "sha256:1"}, "other data"),
        ({"versions": {"numpy": "2.1"}}, 'versions: numpy was "2.0", now "2.1"'),
    ],
)
def test_a_run_of_other_data_settings_or_versions_is_refused_with_what_differs(tmp_path, other, words):
    out = unfinished(tmp_path / "out")
    before = sorted(os.listdir(out / ".run"))
    with pytest.raises(BadOption, match=words):
        open_run(out, resume=True, **other)
    assert sorted(os.listdir(out / ".run")) == before
    with open_run(out, force=True, **other) as run:
        assert len(run) == 0


def test_the_manifest_follows_its_schema(tmp_path):
    schema = json.loads(resources.files("steelyard.store").joinpath("schemas/run.json").read_text("utf-8"))
    jsonschema.validate(json.loads((unfinished(tmp_path) / ".run" / "run.json").read_text()), schema)


def test_settings_that_json_changes_are_no_difference(tmp_path):
    settings = {"tuple": (1, 2), "none": None}
    with open_run(tmp_path, settings) as run:
        run.put("a", VALUE)
    with open_run(tmp_path, settings, resume=True) as run:
        assert len(run) == 1


def test_a_run_that_did_nothing_leaves_nothing(tmp_path):
    out = tmp_path / "deep" / "out"
    with pytest.raises(ZeroDivisionError), open_run(out):
        raise ZeroDivisionError
    assert not out.exists()
    (tmp_path / "mine").mkdir()
    with open_run(tmp_path / "mine"):
        pass
    assert os.listdir(tmp_path / "mine") == []


@pytest.mark.parametrize("suffix", ["npz", "json"])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "gone", "swapped"])
def test_a_damaged_unit_counts_as_not_done(tmp_path, suffix, damage):
    out = unfinished(tmp_path / "out")
    with open_run(out, resume=True) as run:
        path, other = (
            next(p for p in run._units._paths(f"unit {i}") if p.name.endswith(suffix)) for i in (0, 1)
        )
        content = path.read_bytes()
        if damage == "gone":
            path.unlink()
        elif damage == "swapped":
            run.put("unit 1", {**VALUE, "plain": {"other": 1}, "arrays": {"z": np.ones(3)}})
            path.write_bytes(other.read_bytes())
        else:
            middle = len(content) // 2
            flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            path.write_bytes({"cut": content[:middle], "flip": flipped, "empty": b""}[damage])
        assert run.get("unit 0") is None
        assert run.get("unit 1") is not None
        run.put("unit 0", VALUE)
        same(run.get("unit 0"))


def test_an_unreadable_manifest_is_refused(tmp_path):
    out = unfinished(tmp_path / "out")
    (out / ".run" / "run.json").write_text("{")
    with pytest.raises(BadOption, match="cannot be read by this version"):
        open_run(out, resume=True)


@pytest.mark.parametrize(
    "value",
    [
        {"arrays": {"a": np.array([object()])}, "plain": {}},
        {"arrays": {}, "plain": {"a": (1, 2)}},
        {"arrays": {}, "plain": {1: 2}},
        {"arrays": {}, "plain": {"a": np.int64(3)}},
        {"arrays": {}, "plain": {"a": {1}}},
    ],
)
def test_what_would_not_come_back_as_it_was_is_refused(tmp_path, value):
    with open_run(tmp_path / "out") as run, pytest.raises(TypeError):
        run.put("a", value)


def test_two_runs_at_once_are_refused(tmp_path):
    with open_run(tmp_path / "out") as run:
        run.put("a", VALUE)
        for options in ({}, {"resume": True}, {"force": True}):
            with pytest.raises(
                UserError, match=rf"in use by another run \(process {os.getpid()}\)|unfinished"
            ):
                open_run(tmp_path / "out", **options)
        same(run.get("a"))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadOption, match="got the file"):
        open_run(tmp_path / "file")
    with pytest.raises(UserError, match="cannot make the folder"):
        open_run(tmp_path / "file" / "out")


PROGRAM = textwrap.dedent("""
    import sys
    import numpy as np
    from steelyard.store import RunFolder
    run = RunFolder(sys.argv[1], {"folds": 5, "cost": {"miss": 20}}, "sha256:0", {"numpy": "2.0"})
    for i in range(10_000):
        run.put(f"unit {i}", {"arrays": {"n": np.full(50_000, i)}, "plain": {"i": i}})
        print(i, flush=True)
""")


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX systems")
def test_kill_9_at_any_moment_leaves_a_folder_that_goes_on(tmp_path):
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(out)], stdout=subprocess.PIPE, text=True)
    done = [int(process.stdout.readline()) for _ in range(4)]
    with pytest.raises(UserError, match=rf"in use by another run \(process {process.pid}\)"):
        open_run(out, resume=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with open_run(out, resume=True) as run:
        assert len(run) >= len(done)
        for i in done:
            got = run.get(f"unit {i}")
            assert got["plain"] == {"i": i}
            assert (got["arrays"]["n"] == i).all()
        run.finish()
    assert not (out / ".run").exists()
