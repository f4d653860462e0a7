import json

import pytest

from steelyard import flow
from steelyard.errors import BadTarget
from steelyard.kernels.progress import Progress
from steelyard.web import fit_worker
from steelyard.web.run_files import JOB

JOB_GIVEN = {
    "file": "table.csv",
    "target": "fraud",
    "with": None,
    "settings": {"folds": 3, "repeats": 1},
    "reading": {"name": "claims.csv"},
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / JOB).write_text(json.dumps(JOB_GIVEN))
    return tmp_path


def events(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_main_job_is_asked_for_what_was_chosen_and_its_steps_are_told(folder, monkeypatch, capsys):
    asked = {}

    class Result:
        class scorecard:
            verdict, chosen = None, "plain"

        class seal:
            root = "sha256:0"

    def fit(source, target, **options):
        asked.update(options, source=source, target=target)
        with Progress(2, "diagnosis", enabled=False) as bar:
            bar.advance(note="SY001")
        return Result

    monkeypatch.setattr(flow, "fit", fit)
    assert fit_worker.main(folder) == 0
    assert (asked["source"], asked["target"]) == (folder / "table.csv", "fraud")
    assert asked["settings"] == flow.Settings(folds=3, repeats=1)
    assert asked["reading"] == {"name": "claims.csv"}
    told = events(capsys)
    assert told[0]["step"]["label"] == "reading"
    assert told[2]["step"] == {"label": "diagnosis", "done": 1, "total": 2, "note": "SY001"}
    assert told[-1]["done"] == {"sentence": "", "chosen": "plain", "root": "sha256:0", "warnings": []}


def test_a_mistake_is_told_as_its_sentence(folder, monkeypatch, capsys):
    def fit(*given, **options):
        raise BadTarget("one class only.")

    monkeypatch.setattr(flow, "fit", fit)
    assert fit_worker.main(folder) == 2
    assert events(capsys)[-1] == {"error": "one class only."}
