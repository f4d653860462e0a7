import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.decide import Costs, parse_cost
from steelyard.decide.costs import check_cost_matrix
from steelyard.errors import BadOption

LABELS = np.array(["a", "b", "c"])
TABLE = {"a": {"b": 1, "c": 2}, "b": {"a": 3, "c": 4}, "c": {"a": 5, "b": 6}}
MATRIX = [[0, 1, 2], [3, 0, 4], [5, 6, 0]]


@pytest.mark.parametrize(
    "given_cost",
    [
        "miss=20,false_alarm=2",
        " miss = 20 , false_alarm=2.0 ",
        {"miss": 20, "false_alarm": 2},
        Costs(20.0, 2.0),
    ],
)
def test_two_numbers_in_any_form(given_cost):
    assert parse_cost(given_cost) == Costs(20.0, 2.0)


def test_what_is_left_out_costs_one():
    assert parse_cost("miss=7") == Costs(7.0, 1.0)


@pytest.mark.parametrize("positive", [0, 1])
def test_a_miss_is_about_the_positive_class(positive):
    cost = Costs(20, 3).matrix(np.array([0, 1]), positive)
    assert cost[positive, 1 - positive] == 20
    assert cost[1 - positive, positive] == 3
    assert np.trace(cost) == 0


def test_two_numbers_for_many_classes():
    expected = [[0, 1, 1], [9, 0, 9], [1, 1, 0]]
    np.testing.assert_array_equal(Costs(9).matrix(LABELS, "b"), expected)


def test_a_table_from_csv_json_and_dict(tmp_path):
    csv = tmp_path / "costs.csv"
    csv.write_text(",a,b,c\na,0,1,2\nb,3,,4\nc,5,6,0\n")
    file = tmp_path / "costs.json"
    file.write_text(json.dumps(TABLE))
    for source in (csv, str(csv), file, str(file), TABLE):
        np.testing.assert_array_equal(parse_cost(source).matrix(LABELS, "c"), MATRIX)


def test_a_table_knows_numbers_as_labels(tmp_path):
    csv = tmp_path / "costs.csv"
    csv.write_text(",1,2\n1,0,5\n2,6,0\n")
    np.testing.assert_array_equal(parse_cost(csv).matrix(np.array([1, 2]), 1), [[0, 5], [6, 0]])


@given(st.floats(0, 1e6), st.floats(0.001, 1e6))
def test_writing_and_reading_gives_the_same(miss, alarm):
    costs = Costs(miss, alarm)
    assert parse_cost(costs.to_dict()) == costs


def test_a_table_survives_writing_and_reading():
    costs = parse_cost(TABLE)
    assert parse_cost(json.loads(json.dumps(costs.to_dict()))) == costs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mis=20", "Did you mean 'miss'"),
        ("miss=twenty", "Expected a price for miss"),
        ("miss=inf", "finite"),
        ("miss=-1", "must not be negative"),
        ("miss=1,miss=2", "given twice"),
        ("nowhere.csv", "CSV or JSON file"),
        ("20", "CSV or JSON file"),
        ("", "CSV or JSON file"),
        ({}, "Expected"),
        ({"miss": 1, "a": {"b": 2}}, "Expected"),
    ],
)
def test_what_makes_no_sense_is_refused(text, words):
    with pytest.raises(BadOption, match=words):
        parse_cost(text)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.json", b"{", "not readable JSON"),
        ("x.json", b"[1]", "must hold an object"),
        ("x.csv", b"", "not a table of costs"),
        ("x.csv", b",a,b\n", "no prices"),
        ("x.csv", b",a,b\na,0,much\nb,1,0\n", "Expected a price"),
        ("x.csv", b"\xff\xfe\x00,a\n", "not a table of costs"),
    ],
)
def test_files_that_are_not_costs(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadOption, match=words):
        parse_cost(path)


def test_a_table_must_know_the_classes_and_every_pair():
    with pytest.raises(BadOption, match="no price for true 'c' decided as 'a'"):
        parse_cost({"a": {"b": 1, "c": 1}, "b": {"a": 1, "c": 1}, "c": {"b": 1}}).matrix(LABELS, "a")
    with pytest.raises(BadOption, match="names the class 'd'"):
        parse_cost({**TABLE, "d": {"a": 1}}).matrix(LABELS, "a")


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        ([[0, 1]], "Got shape"),
        ([[0, np.nan], [1, 0]], "finite"),
        ([[2, 1], [1, 0]], "cheaper than being right"),
        ([[1, 1], [2, 2]], "some mistake cost more"),
    ],
)
def test_a_matrix_is_checked(cost, words):
    with pytest.raises(BadOption, match=words):
        check_cost_matrix(cost, 2)
