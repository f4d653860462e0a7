import dataclasses
import json

import numpy as np
import pytest

from steelyard.records import Dataset, Estimate, Finding, Predictions, Row, Scorecard
from steelyard.report import collect


def only_findings(binary):
    return collect(binary["dataset"], binary["findings"])


def test_the_dict_is_plain_and_small(full_report):
    text = json.dumps(full_report, allow_nan=False)
    assert len(text) < 100_000


def test_figures_are_the_scorecards(binary, full_report):
    plain = {row["system"]: row for row in binary["card"].to_dict()["rows"]}
    shown = [row for group in full_report["systems"]["groups"] for row in group["rows"]]
    assert {row["system"] for row in shown} == set(plain)
    for row in shown:
        for name, value in row["metrics"].items():
            assert value["mean"] == plain[row["system"]]["metrics"][name]["mean"]
            assert value["low"] == plain[row["system"]]["metrics"][name]["low"]


def test_accuracy_never_leads(full_report, many):
    for report in (full_report, collect(many["dataset"], [], many["card"])):
        assert "accuracy" not in report["systems"]["lead"]
        assert report["systems"]["all"][-1] == "accuracy"


def test_the_deciding_metric_leads_and_sorts_by_its_own_direction(full_report):
    systems = full_report["systems"]
    assert systems["lead"][0] == "expected_cost"
    costs = [row["metrics"]["expected_cost"]["mean"] for row in systems["groups"][0]["rows"]]
    assert costs == sorted(costs)


def test_dropped_and_failed_rows_stay_with_their_reason(full_report):
    put_aside = [row for group in full_report["systems"]["groups"] if group["why"] for row in group["rows"]]
    assert {row["status"] for row in put_aside} == {"dropped", "failed"}
    assert all(row["note"] for row in put_aside)


def test_the_chosen_system_comes_first_in_the_curves(full_report, binary):
    lines = full_report["curves"]["precision_recall"]
    assert lines[0]["system"] == binary["card"].chosen
    assert len(lines) <= 3
    assert all(len(line["recall"]) <= 200 for line in lines)


def test_the_verdict_answers_what_where_whether_and_how_sure(full_report):
    verdict = full_report["verdict"]
    assert verdict["headline"].startswith("No evidence that resampling helps.")
    questions = [answer["question"] for answer in verdict["answers"]]
    assert questions == [
        "What to use",
        "Where to draw the line",
        "Does resampling help?",
        "What to expect on new rows",
        "How sure is this?",
    ]
    assert verdict["answers"][4]["answer"] == "Not very"


def test_help_is_said_when_it_is_there(binary):
    card = binary["card"]
    gains = tuple(dataclasses.replace(gain, helps=True) for gain in card.gains)
    verdict = dataclasses.replace(card.verdict, resampling_helps=True)
    helped = dataclasses.replace(card, gains=gains, verdict=verdict, chosen="smote")
    report = collect(binary["dataset"], [], helped)
    assert report["verdict"]["headline"] == "Resampling helps: use smote."
    assert report["verdict"]["answers"][2]["answer"] == "Yes"


def test_the_threshold_of_a_random_ranking_is_the_share_of_the_class(full_report, binary):
    share = float(np.mean(binary["dataset"].y == "malignant"))
    assert full_report["curves"]["precision_recall"][0]["chance"] == pytest.approx(share)


def test_costs_are_told_in_words_and_mark_the_ratio(full_report):
    line = next(line for line in full_report["protocol"] if line["label"] == "Costs")
    assert line["value"] == "a miss of malignant 20, a false alarm 1"
    assert full_report["costs"]["given"] == 20.0


def test_findings_come_gravest_first_with_a_few_rows(binary):
    found = only_findings(binary)["findings"]["found"]
    assert [card["severity"] for card in found] == ["critical", "warning", "info"]
    assert (len(found[0]["rows"]), found[0]["n_rows"]) == (12, 60)


def test_a_diagnosis_has_its_own_headline(binary):
    report = only_findings(binary)
    assert report["kind"] == "check"
    assert report["verdict"]["headline"].startswith("2 findings need attention")
    calm = collect(binary["dataset"], [Finding("SY001", "Fine", "clear")])
    assert "No check found anything" in calm["verdict"]["headline"]


def test_without_predictions_the_table_is_still_there(binary):
    card = dataclasses.replace(binary["card"], predictions={})
    report = collect(binary["dataset"], [], card)
    assert report["systems"]["n"] == 7
    assert report["confusion"] is None
    assert not report["curves"]


def test_a_score_tells_whether_the_promise_held(sample):
    dataset = sample.binary_dataset(20)
    held = sample.predictions_of(dataset, sample.learners()["plain"][1], 0.2)
    card = Scorecard(
        data=dataset.to_dict(),
        protocol={
            "metric": "average_precision",
            "positive": "malignant",
            "chance": {"average_precision": 0.05},
        },
        rows=(Row("model", "model", {"average_precision": Estimate(0.9, 0.8, 0.95)}),),
        chosen="model",
        predictions={"model": held},
    )
    promise = {"held": True, "sentence": "The promise held: 0.9 [0.8, 0.95]."}
    report = collect(dataset, [], card, settings={"kind": "score", "promise": promise})
    assert report["verdict"]["headline"] == "On new rows the model keeps what was promised."
    assert report["verdict"]["sentence"] == "0.9 [0.8, 0.95]."
    assert "promise" not in {line["label"].lower() for line in report["protocol"]}
    alone = collect(dataset, [], card, settings={"kind": "score"})
    assert alone["verdict"]["headline"] == "The model scores 0.900 in average precision."


def test_a_model_may_know_classes_that_new_rows_lack():
    dataset = Dataset(np.zeros((4, 1)), np.array(["a", "b", "a", "b"]))
    proba = np.full((4, 3), 1 / 3)
    recall = {label: Estimate(0.5, 0.1, 0.9) for label in ("a", "b", "c")}
    card = Scorecard(
        data={},
        protocol={},
        rows=(Row("model", "model", {}, recall),),
        chosen="model",
        predictions={"model": Predictions(np.arange(4), np.zeros(4, int), proba, np.array([0, 1, 2, 2]))},
    )
    report = collect(dataset, [], card)
    assert report["confusion"]["labels"] == ["a", "b", "c"]
    assert report["confusion"]["counts"][1] == [0.0, 1.0, 1.0]


def test_a_named_class_of_interest_beats_the_rare_one(binary):
    card = dataclasses.replace(
        binary["card"], protocol={**binary["card"].protocol, "positive": "benign", "cost": None}
    )
    report = collect(binary["dataset"], [], card)
    assert report["curves"]["label"] == "benign"
    assert report["confusion"]["positive"] == 0


def test_a_threshold_that_never_moved_is_told_once(binary):
    def told(**decision):
        rows = tuple(dataclasses.replace(row, decision=decision) for row in binary["card"].rows)
        report = collect(binary["dataset"], [], dataclasses.replace(binary["card"], rows=rows))
        return report["verdict"]["answers"][1]["details"]

    sentence = "Set anew in each of 4 folds; in the first: A row is called so."
    assert told(threshold=0.3, sentence=sentence) == ["A row is called so."]
    moved = told(threshold=0.3, threshold_low=0.2, threshold_high=0.4, sentence=sentence)
    assert moved == [sentence, "From fold to fold it lay between 0.200 and 0.400."]
