"""Head, medium and tail: who is in them, what is found of them, and when nothing is shown."""

import dataclasses

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.decide import ArgmaxRule
from steelyard.evaluate import System, compare
from steelyard.metrics import recall_per_class
from steelyard.records import Dataset, Estimate, Row, Scorecard
from steelyard.report import collect, render, summary, to_text
from steelyard.report.collect_frequency import frequency


def table(counts):
    return Dataset(np.zeros((sum(counts.values()), 1)), np.repeat(list(counts), list(counts.values())))


def card_of(recalls, chosen="a"):
    rows = tuple(
        Row(name, "plain", recall={label: Estimate(m, m - 0.1, m + 0.05) for label, m in found.items()})
        for name, found in recalls.items()
    )
    return Scorecard({}, {}, rows, chosen=chosen)


def shown(*names, why=False):
    return [{"why": why, "rows": [{"system": name} for name in names]}]


COUNTS = {"v": 50, "w": 40, "x": 30, "y": 20, "z": 4, "last": 2}
RECALL = {"v": 0.9, "w": 0.7, "x": 0.5, "y": 0.3, "z": 0.2, "last": 0.4}


def test_groups_are_thirds_and_each_class_counts_the_same():
    made = frequency(table(COUNTS), card_of({"a": RECALL}), shown("a"))
    assert [(g["name"], g["classes"], g["rows"]) for g in made["groups"]] == [
        ("head", ["v", "w"], 90),
        ("medium", ["x", "y"], 50),
        ("tail", ["z", "last"], 6),
    ]
    (row,) = made["rows"]
    assert row["chosen"]
    assert row["found"]["head"]["mean"] == pytest.approx(0.8)
    assert row["found"]["tail"]["mean"] == pytest.approx(0.3)
    assert row["found"]["tail"]["low"] == pytest.approx(0.3 - np.hypot(0.1, 0.1) / 2)
    assert row["found"]["tail"]["high"] == pytest.approx(0.3 + np.hypot(0.05, 0.05) / 2)


def test_the_interval_of_a_group_is_wider_than_none_and_narrower_than_its_classes():
    cell = frequency(table(COUNTS), card_of({"a": RECALL}), shown("a"))["rows"][0]["found"]["medium"]
    assert 0.5 - 0.3 > cell["high"] - cell["low"] > 0
    assert cell["high"] - cell["low"] < 0.15


def test_a_class_that_could_not_be_measured_is_left_out_of_the_mean():
    partly = {**RECALL, "last": float("nan")}
    made = frequency(table(COUNTS), card_of({"a": partly, "b": {"v": 1.0}}), shown("a", "b"))
    assert made["rows"][0]["found"]["tail"] == pytest.approx(
        {"mean": 0.2, "low": 0.1, "high": 0.25, "classes": 1}
    )
    assert made["rows"][1]["found"]["tail"] is None


@pytest.mark.parametrize(
    ("counts", "recalls"),
    [
        ({"a": 5, "b": 3, "c": 2}, {"a": {"a": 1.0, "b": 1.0, "c": 1.0}}),
        (dict.fromkeys("abcdef", 5), {"a": dict.fromkeys("abcdef", 1.0)}),
        (COUNTS, {"a": {}}),
    ],
    ids=["three classes", "equal classes", "no recalls"],
)
def test_where_there_is_nothing_to_tell_apart_there_is_no_table(counts, recalls):
    assert frequency(table(counts), card_of(recalls), shown("a")) is None


def test_rows_that_were_put_aside_are_not_in_it():
    made = card_of({"a": RECALL, "b": RECALL})
    told = frequency(table(COUNTS), made, [*shown("a"), *shown("b", why=True)])
    assert [row["system"] for row in told["rows"]] == ["a"]


@pytest.fixture(scope="module")
def real(sample):
    dataset = sample.many_dataset()
    scaled = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
    weighted = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced"))
    systems = {
        "plain": System("plain", "plain", ArgmaxRule(scaled)),
        "class-weight": System("class-weight", "weights", ArgmaxRule(weighted)),
    }
    return dataset, compare(systems, dataset, folds=3, repeats=1, progress=False, jobs=1)


def test_a_real_comparison_has_it_on_the_page_and_in_the_terminal(real):
    dataset, card = real
    report = collect(dataset, [], card)
    told = report["frequency"]
    assert [len(group["classes"]) for group in told["groups"]] == [3, 4, 3]
    for row in told["rows"]:
        made = card.predictions[row["system"]]
        truth = np.searchsorted(dataset.classes, dataset.y)[made.rows]
        found = dict(
            zip(dataset.classes, recall_per_class(truth, made.decided, len(dataset.classes)), strict=True)
        )
        for group in told["groups"]:
            expected = np.mean([found[label] for label in group["classes"]])
            assert row["found"][group["name"]]["mean"] == pytest.approx(expected, abs=1e-9)
    page = render(report)
    assert "Frequent, middling and rare classes" in page
    text = to_text(summary(report), width=80)
    assert "tail (3)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_two_classes_have_no_such_table(full_report):
    assert full_report["frequency"] is None
    assert "Frequent, middling and rare classes" not in render(full_report)
    assert "tail (" not in to_text(summary(full_report))


def test_names_of_classes_are_escaped(sample):
    counts = {sample.HOSTILE: 9, "w": 7, "x": 5, "y": 3}
    dataset = table(counts)
    row = dataclasses.replace(card_of({"a": dict.fromkeys(counts, 0.5)}).rows[0])
    page = render(collect(dataset, [], Scorecard({}, {}, (row,), chosen="a")))
    assert "Frequent, middling" in page
    assert "<script>" not in page
