"""Doubtful labels of a table, through the flow."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from steelyard.data import load
from steelyard.errors import BadOption, BadTable, CannotEvaluate
from steelyard.flow import suspects
from steelyard.records import Dataset

SHARE = 0.25


@pytest.fixture(scope="module")
def moved():
    """Dermatology, a quarter of one class moved to the most frequent one; the table and the rows."""
    data = load("dermatology", rare="drop")
    counts = list(data.counts)
    target = counts[2]
    rows = np.flatnonzero(data.y == target)
    flipped = np.sort(np.random.default_rng(0).choice(rows, round(SHARE * rows.size), replace=False))
    y = data.y.copy()
    y[flipped] = counts[0]
    frame = data.X.copy()
    frame["target"] = y
    return frame, flipped, (target, counts[0])


@pytest.fixture(scope="module")
def report(moved):
    return suspects(moved[0], "target", detectors=["clusters", "flips", "neighbours", "spectral"])


def test_moved_labels_come_first_and_the_pair_is_found(moved, report):
    _, flipped, (target, to) = moved
    lines = report.table
    assert report.alarming
    assert np.isin(lines.row[: flipped.size], flipped).mean() > 0.5
    scores = {name: answer.every for name, answer in report.by_detector.items()}
    labelled = (moved[0]["target"] == to).to_numpy()
    truth = np.isin(np.arange(labelled.size), flipped)[labelled]
    assert roc_auc_score(truth, scores["flips"][labelled]) > 0.9
    assert roc_auc_score(truth, scores["neighbours"][labelled]) > 0.9
    assert (target, to) in [(pair.looks, pair.given) for pair in report.pairs.found]
    right = lines[lines.row.isin(flipped)]
    assert (right.suggested == target).mean() > 0.8
    assert (right.given == to).all()


def test_the_score_is_the_mean_of_the_detectors(report):
    columns = report.table[["flips", "neighbours", "spectral", "clusters"]]
    assert np.allclose(report.table.score, columns.mean(axis=1, skipna=True))
    assert (report.table.score.diff().dropna() <= 1e-12).all()
    assert report.table.row.is_unique
    listed = set().union(*(answer.rows for answer in (*report.by_detector.values(), report.pairs.suspects)))
    assert set(report.table.row) == listed


def test_workers_change_nothing(moved):
    one, two = (suspects(moved[0], "target", jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.pairs.pairs == two.pairs.pairs


def test_groups_stay_on_one_side(moved):
    """Copies of a flipped row in one group would teach the model their label."""
    frame = pd.concat([moved[0]] * 3, ignore_index=True)
    frame["who"] = np.tile(np.arange(len(moved[0])), 3)
    flipped = moved[1]
    blind = suspects(frame.drop(columns="who"), "target").by_detector
    seeing = suspects(frame, "target", reading={"groups": "who"}).by_detector
    for name in ("flips", "neighbours"):
        assert seeing[name].every[flipped].mean() > blind[name].every[flipped].mean() + 0.1


def test_trusted_rows_are_compared_with_and_are_no_feature(moved):
    frame, flipped, _ = moved
    checked = np.random.default_rng(1).random(len(frame)) < 0.4
    checked[flipped] = False
    told = frame.assign(checked=np.where(checked, "yes", "no"))
    report = suspects(told, "target", trusted="checked", detectors=["flips"])
    assert report.pairs.against == "trusted"
    plain = suspects(frame, "target", detectors=["flips"])
    assert np.array_equal(report.by_detector["flips"].every, plain.by_detector["flips"].every)
    with pytest.raises(BadOption, match="yes or no"):
        suspects(frame.assign(checked="perhaps"), "target", trusted="checked")
    with pytest.raises(BadOption, match="no column 'chekced'"):
        suspects(told, "target", trusted="chekced")


def test_files_and_plain_data(moved, tmp_path):
    out = tmp_path / "suspects.csv"
    report = suspects(moved[0], "target", out=out, top=7)
    written = pd.read_csv(out)
    assert written.row.tolist() == report.table.row.tolist()
    assert len(written) == 7
    said = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert said["n_rows"] == len(moved[0])
    assert [line["row"] for line in said["suspects"]] == written.row.tolist()
    assert said["pairs"]["against"] == "mirror"


def test_bad_input_is_refused(moved):
    with pytest.raises(BadOption, match="Detectors are flips"):
        suspects(moved[0], "target", detectors=["magic"])
    with pytest.raises(BadOption, match="'top'"):
        suspects(moved[0], "target", top=0)
    with pytest.raises(BadTable, match="works on tables"):
        suspects(Dataset(np.zeros((4, 1, 8, 8)), np.array(["a", "a", "b", "b"]), modality="image"))
    wide = (
        pd.DataFrame(np.random.default_rng(0).normal(size=(12, 2001)))
        .add_prefix("c")
        .assign(target=["a", "b"] * 6)
    )
    with pytest.raises(CannotEvaluate, match="No detector could work"):
        suspects(wide, "target")
