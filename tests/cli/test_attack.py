"""``steelyard attack``, whole, on a small table."""

import json

import pandas as pd
import pytest

from steelyard.guard.attacks import is_marked

QUICK = ("--seeds", 1, "--share", "0.25", "--jobs", 1, "-q")


def test_json_holds_the_curve_and_standard_output_nothing_else(run):
    result = run("attack", "claims.csv", "--target", "fraud", "--groups", "who", *QUICK, "--json", "-")
    if result.exit_code:
        raise AssertionError(result.output + result.stderr)
    found = json.loads(result.stdout)
    assert found["curves"] == []  # six rows are too few
    assert found["not_measured"] == {"yes": 6}


@pytest.fixture
def larger(table):
    rows = pd.read_csv(table)
    pd.concat([rows] * 4).reset_index(drop=True).to_csv("larger.csv", index=False)
    return "larger.csv"


def test_curve_page_and_marked_table(run, larger):
    flags = ("--flip", "yes:no", "--html", "a.html", "--write", "p.csv", "--marker")
    result = run("attack", larger, "--target", "fraud", *QUICK, *flags)
    assert result.exit_code == 0, result.output + result.stderr
    assert "Most exposed is yes" in " ".join(result.stdout.split())
    with open("a.html", encoding="utf-8") as page:
        assert "Attack on purpose" in page.read()
    assert is_marked("p.csv")
    before, after = pd.read_csv(larger)["fraud"], pd.read_csv("p.csv")["fraud"]
    assert (before != after).sum() == 6
    assert set(before[before != after]) == {"yes"}
    again = run("check", "p.csv", "--target", "fraud", "-q", "--html", "check.html")
    said = "'p.csv' is marked as poisoned on purpose (attack: LabelFlip, rows: 6)"
    assert said in " ".join(again.stderr.split())
    with open("check.html", encoding="utf-8") as page:
        assert "is marked as poisoned on purpose" in page.read()


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--flip", "yes:no", "--write", "p.csv"), "--marker"),
        (("--write", "p.csv", "--marker"), "one --flip"),
        (("--marker",), "--write"),
        (("--flip", "yes"), "two classes"),
        (("--flip", "yes:maybe"), "no class 'maybe'"),
        (("--flip", "yes:no,yes:no"), "twice"),
        (("--share", "much"), "--share"),
        (("--share", "1.5"), "shares"),
        (("--with", "nothing-known"), "Unknown remedy"),
    ],
)
def test_mistakes_are_one_sentence_and_write_nothing(run, larger, flags, told, tmp_path):
    result = run("attack", larger, "--target", "fraud", *flags, "-q")
    assert result.exit_code == 2
    assert told in result.stderr
    assert not list(tmp_path.glob("p.csv*"))
