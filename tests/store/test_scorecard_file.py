"""A scorecard comes back as it was written, follows its schema, and nothing else passes for one."""

import json
import math
from importlib import resources

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import UserError
from steelyard.records import Estimate, Gain, Predictions, Row, Scorecard, Verdict
from steelyard.store import read_scorecard, write_scorecard

SCHEMA = json.loads(resources.files("steelyard.store").joinpath("schemas/scorecard.json").read_text("utf-8"))


def card(mean=0.5):
    estimate = Estimate(mean, 0.25, 0.75, (0.4, mean), "corrected t")
    return Scorecard(
        data={"name": "toy", "rows": 4, "classes": {"no": 3, "yes": 1}, "hash": "sha256:0"},
        protocol={"folds": 2, "repeats": 1, "metric": "average_precision"},
        rows=(
            Row(
                "plain",
                "plain",
                {"average_precision": estimate},
                {"yes": estimate},
                {"rule": "argmax"},
                seconds=1.5,
            ),
            Row("smote", "remedy", status="failed", note="no neighbours"),
            Row("over", "remedy", validity={"plausibility": estimate}),
        ),
        gains=(Gain("smote", "plain", "average_precision", estimate, 0.5, 1.0, False),),
        verdict=Verdict("No evidence that resampling helps.", False, "average_precision", "plain"),
        chosen="plain",
        corrected=estimate,
        notes=("class 'x' was not evaluated",),
        predictions={"plain": Predictions(np.arange(2), np.arange(2), np.eye(2), np.arange(2))},
    )


def test_round_trip_and_schema(tmp_path):
    write_scorecard(card(), tmp_path / "scorecard.json")
    content = json.loads((tmp_path / "scorecard.json").read_text())
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert "predictions" not in content
    back = read_scorecard(tmp_path / "scorecard.json")
    assert back == card()
    assert back.row("plain").seconds == 1.5
    assert not back.predictions


def test_a_file_of_before_synthetic_rows_were_judged_is_read(tmp_path):
    write_scorecard(card(), tmp_path / "scorecard.json")
    content = json.loads((tmp_path / "scorecard.json").read_text())
    for row in content["rows"]:
        del row["validity"]
    jsonschema.validate(content, SCHEMA, cls=jsonschema.Draft202012Validator)
    (tmp_path / "scorecard.json").write_text(json.dumps(content))
    assert not read_scorecard(tmp_path / "scorecard.json").row("over").validity


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_bit_of_a_number_survives(value):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        write_scorecard(card(value), Path(folder, "s.json"))
        assert read_scorecard(Path(folder, "s.json")) == card(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null_and_comes_back_as_nan(tmp_path, value):
    write_scorecard(card(value), tmp_path / "s.json")
    assert "NaN" not in (tmp_path / "s.json").read_text()
    assert "Infinity" not in (tmp_path / "s.json").read_text()
    jsonschema.validate(json.loads((tmp_path / "s.json").read_text()), SCHEMA)
    assert math.isnan(read_scorecard(tmp_path / "s.json").row("plain").metrics["average_precision"].mean)


def change(path, edit):
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda c: c.update(format="x"), "not a scorecard"),
        (lambda c: c.update(version=2), "version 2"),
        (lambda c: c.pop("rows"), "does not follow"),
        (lambda c: c.update(rows=[1]), "does not follow"),
        (lambda c: c["rows"][0].pop("kind"), "does not follow"),
        (lambda c: c["rows"][0]["metrics"].update(x=3), "does not follow"),
        (lambda c: c.update(verdict={"a": 1}), "does not follow"),
    ],
)
def test_what_is_not_a_scorecard_is_refused_and_against_the_schema(tmp_path, edit, words):
    path = tmp_path / "s.json"
    write_scorecard(card(), path)
    change(path, edit)
    with pytest.raises(UserError, match=words):
        read_scorecard(path)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(path.read_text()), SCHEMA)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{", b"[" * 100_000])
def test_damaged_files_are_sentences(tmp_path, content):
    (tmp_path / "s.json").write_bytes(content)
    with pytest.raises(UserError, match=r"s\.json"):
        read_scorecard(tmp_path / "s.json")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot read"):
        read_scorecard(tmp_path / "nothing.json")
