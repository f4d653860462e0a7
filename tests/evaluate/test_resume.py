"""A comparison that is killed in the middle ends, when resumed, as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression

from evaluation_rows import made, rows
from steelyard.evaluate import compare

UNITS = 8  # two models, four folds


class FileCache:
    """Finished units as files, each moved into place whole."""

    def __init__(self, folder, pause=0.0):
        self.folder, self.pause = Path(folder), pause

    def get(self, key):
        path = self.folder / f"{key}.npz"
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in saved.files if name != "plain"}
            return {"arrays": arrays, "plain": json.loads(str(saved["plain"]))}

    def put(self, key, value):
        part = self.folder / f"{key}.part"
        with part.open("wb") as file:
            np.savez(file, plain=json.dumps(value["plain"]), **value["arrays"])
        part.rename(self.folder / f"{key}.npz")
        time.sleep(self.pause)


def run(folder, pause=0.0, jobs=1):
    systems = rows(over=make_pipeline(RandomOverSampler(random_state=0), LogisticRegression()))
    return compare(
        systems, made(), folds=4, repeats=1, jobs=jobs, progress=False, cache=FileCache(folder, pause)
    )


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    here = Path(__file__).parent
    script = f"import sys; sys.path[:0] = [{str(here)!r}, {str(here.parent)!r}]; import test_resume; "
    command = [sys.executable, "-c", f"{script} test_resume.run({str(tmp_path)!r}, pause=0.3)"]
    process = subprocess.Popen(command, env=os.environ)
    try:
        while len(list(tmp_path.glob("*.npz"))) < 3:
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert 3 <= len(before) < UNITS
    resumed = run(tmp_path)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert len(after) == UNITS
    assert {name: after[name] for name in before} == before
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert resumed == run(fresh)
