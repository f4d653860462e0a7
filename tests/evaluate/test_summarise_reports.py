import pytest

from steelyard.evaluate.summarise_reports import summarise_reports


def test_what_is_equal_stays():
    assert summarise_reports([{"rule": "argmax", "sentence": "s"}] * 3) == {"rule": "argmax", "sentence": "s"}
    assert summarise_reports([]) == {}


def test_numbers_words_lists_and_sentences_that_differ():
    found = summarise_reports(
        [
            {"threshold": 0.1, "weights": [1.0, 3.0], "method": "sigmoid", "sentence": "At 0.1."},
            {"threshold": 0.3, "weights": [1.0, 5.0], "method": "isotonic", "sentence": "At 0.3."},
            {"threshold": 0.2, "weights": [1.0, 4.0], "method": "sigmoid", "sentence": "At 0.2."},
        ]
    )
    assert found["threshold"] == pytest.approx(0.2)
    assert (found["threshold_low"], found["threshold_high"]) == (0.1, 0.3)
    assert found["weights"] == [1.0, 4.0]
    assert found["method"] == "sigmoid (2), isotonic (1)"
    assert found["sentence"] == "Set anew in each of 3 folds; in the first: At 0.1."


def test_what_no_fold_knows_stays_unknown():
    assert summarise_reports([{"after": None}, {"after": None}]) == {"after": None}
    assert summarise_reports([{"after": None}, {"after": 0.5}]) == {"after": 0.5}


def test_nested_reports():
    found = summarise_reports([{"error": {"before": 0.2}}, {"error": {"before": 0.4}}])
    assert found["error"]["before"] == pytest.approx(0.3)
