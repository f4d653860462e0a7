import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from steelyard.kernels.priors import correct_prior
from steelyard.web.limits import MOST_PEPTIDE_BYTES, MOST_PEPTIDES
from steelyard.web.peptide_rows import at_prevalence

A, B = "LLLAAAAAAAAA", "AAAAAAAAAAAA"


def ask(client, text, **choice):
    return client.post(
        "/api/peptides", params=choice, content=text.encode() if isinstance(text, str) else text
    )


def table(client, answer, prevalence=0.25, cut=0.2):
    got = client.get(f"/api/peptides/{answer['id']}.csv", params={"prevalence": prevalence, "cut": cut})
    assert got.status_code == 200
    return list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"), newline="")))


def test_every_line_has_its_row_and_refusals_say_why(client):
    answer = ask(
        client, f">one\n{A}\n>two\nACDXX\n>three\n\n>four\n{B}L\n>five\nAAA\n>six\n{'A' * 26}"
    ).json()
    assert answer["kind"] == "fasta"
    assert [(row["row"], row["name"]) for row in answer["rows"]] == list(
        enumerate(["one", "two", "three", "four", "five", "six"], 1)
    )
    assert [row["found"] is not None for row in answer["rows"]] == [True, False, False, True, False, False]
    why = [row["refused"] or "" for row in answer["rows"]]
    assert "'X' at place 4" in why[1]
    assert why[2]
    assert "fewer than 11" in why[4]
    assert "more than 25" in why[5]
    assert answer["rows"][0]["found"]["score"] == 0.25


def test_only_refused_lines_are_an_answer_too(client):
    answer = ask(client, "ACD\nX").json()
    assert [row["found"] for row in answer["rows"]] == [None, None]


def test_the_download_lines_up_and_is_at_the_users_prevalence(client):
    answer = ask(client, f"id,peptide\n=cmd(),{A}\n,ACDXX\np3,{B}").json()
    rows = table(client, answer, prevalence=0.01, cut=0.2)
    assert [row["row"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["name"] == "'=cmd()"
    assert rows[1]["name"] == "peptide 2"
    assert rows[1]["refused"] == answer["rows"][1]["refused"]
    assert rows[1]["probability"] == ""
    assert [row["call"] for row in rows] == ["positive", "", "negative"]
    expected = correct_prior([[0.75, 0.25]], [0.75, 0.25], [0.99, 0.01])[0, 1]
    assert float(rows[0]["probability"]) == pytest.approx(expected, abs=5e-5)
    assert float(rows[0]["threshold"]) == pytest.approx(at_prevalence(0.2, 0.25, 0.01), abs=5e-5)
    assert float(rows[0]["low"]) <= float(rows[0]["probability"]) <= float(rows[0]["high"])


def test_a_peptide_at_the_line_is_called(client):
    answer = ask(client, A).json()
    assert table(client, answer, cut=0.25)[0]["call"] == "positive"


def test_at_the_training_prevalence_nothing_moves():
    assert at_prevalence(0.3, 0.25, 0.25) == pytest.approx(0.3)
    assert at_prevalence(0.0, 0.25, 0.01) == 0.0
    assert at_prevalence(1.0, 0.25, 0.01) == 1.0


def test_the_column_can_be_chosen(client):
    text = f"first,second\n{A},{B}\n{A},{B}"
    assert ask(client, text).json()["rows"][0]["sequence"] == A
    answer = ask(client, text, column="second").json()
    assert answer["column"] == "second"
    assert answer["rows"][0]["sequence"] == B


def test_names_can_be_left_out(client):
    text = f"id,peptide\np1,{A}"
    assert ask(client, text).json()["rows"][0]["name"] == "p1"
    assert ask(client, text, numbered=True).json()["rows"][0]["name"] == "peptide 1"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "got nothing"),
        (b"\x00\x01", 400, "binary"),
        (b"; comment", 400, "FASTA"),
        (("A" * 12 + "\n").encode() * (MOST_PEPTIDES + 1), 400, "at most 5,000 peptides"),
        (b"A" * (MOST_PEPTIDE_BYTES + 1), 413, "at most 1 MB"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(client, body, status, says):
    answer = ask(client, body)
    assert answer.status_code == status
    assert says in answer.json()["error"]


def test_a_body_that_hides_its_length_is_cut_off_at_the_limit(client):
    def endless():
        for _ in range(3):
            yield b"A" * MOST_PEPTIDE_BYTES

    assert ask(client, endless()).status_code == 413


def test_just_as_many_as_allowed_are_answered(client):
    answer = ask(client, "\n".join([A] * MOST_PEPTIDES))
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == MOST_PEPTIDES


@pytest.mark.parametrize(
    "choice", [{"prevalence": 0, "cut": 0.5}, {"prevalence": 0.5, "cut": 2}, {"cut": 0.5}]
)
def test_shares_that_make_no_sense_are_refused(client, choice):
    name = ask(client, A).json()["id"]
    answer = client.get(f"/api/peptides/{name}.csv", params=choice)
    assert answer.status_code == 422
    assert "prevalence" in answer.json()["error"] or "cut" in answer.json()["error"]


@pytest.mark.parametrize("name", ["0" * 32, "..%2f..%2fetc", "x"])
def test_an_unknown_result_says_so(client, name):
    answer = client.get(f"/api/peptides/{name}.csv", params={"prevalence": 0.5, "cut": 0.5})
    assert answer.status_code == 404
    assert "error" in answer.json()


def test_many_users_at_once_get_their_own(client):
    def one(who):
        sequence = "L" * who + "A" * (20 - who)
        answer = ask(client, f">user {who}\n{sequence}").json()
        row = table(client, answer)[0]
        return row["name"], row["sequence"], answer["rows"][0]["found"]["score"]

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(one, [i % 20 for i in range(60)]))
    assert told == [
        (f"user {i % 20}", "L" * (i % 20) + "A" * (20 - i % 20), (i % 20) / 20) for i in range(60)
    ]
