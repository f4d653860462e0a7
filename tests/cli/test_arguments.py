"""Each command hands on what it was given, and nothing else."""

import json
from pathlib import Path

import pandas as pd
import pytest

from steelyard.records import Dataset


def ok(result):
    assert result.exit_code == 0, result.output + result.stderr
    return result


def test_fit_with_nothing_leaves_every_default_to_the_flow(run, verbs):
    ok(run("fit", "claims.csv", "--target", "fraud"))
    asked = dict(verbs["fit"].asked)
    dataset = asked.pop("source")
    assert isinstance(dataset, Dataset)
    assert dataset.counts == {"no": 34, "yes": 6}
    settings = asked.pop("settings")
    assert settings == type(settings)()
    assert asked == {
        "out": Path("claims.steelyard"),
        "with_": None,
        "jobs": None,
        "resume": False,
        "force": False,
        "key": None,
        "progress": None,
    }


def test_fit_with_everything(run, verbs):
    ok(
        run(
            *(
                "fit",
                "claims.csv",
                "--target",
                "fraud",
                "--out",
                "there",
                "--jobs",
                2,
                "--resume",
                "--force",
                "-q",
            ),
            *("--with", "smote,tomek-links", "--with", "imblearn:adasyn", "--folds", 3, "--repeats", 2),
            *(
                "--review",
                20,
                "--metric",
                "mcc",
                "--selection",
                "nested",
                "--calibration",
                "none",
                "--rule",
                "mcc",
            ),
            *("--learner", "lightgbm", "--seed", 7, "--positive", "yes", "--groups", "who"),
        )
    )
    asked = verbs["fit"].asked
    assert asked["out"] == Path("there")
    assert asked["with_"] == ("smote", "tomek-links", "imblearn:adasyn")
    assert (asked["jobs"], asked["resume"], asked["force"], asked["progress"]) == (2, True, True, False)
    assert asked["source"].groups is not None
    settings = asked["settings"]
    assert (settings.folds, settings.repeats, settings.review, settings.random_state) == (3, 2, 20, 7)
    assert (settings.metric, settings.selection, settings.calibration) == ("mcc", "nested", "none")
    assert (settings.rule, settings.learner, settings.positive) == ("mcc", "lightgbm", "yes")


@pytest.mark.parametrize("command", ["fit", "compare"])
@pytest.mark.parametrize(
    "option", [["--min-recall", "yes=.9,no=.5"], ["--min-recall", "yes=.9", "--min-recall", "no=.5"]]
)
def test_pairs_come_with_commas_or_repeated(run, verbs, command, option):
    ok(run(command, "claims.csv", "--target", "fraud", *option, "--prevalence", "yes=0.002"))
    settings = verbs[command].asked["settings"]
    assert settings.min_recall == {"yes": 0.9, "no": 0.5}
    assert settings.prevalence == {"yes": 0.002}


def test_a_positive_label_that_is_a_number(run, verbs):
    pd.DataFrame({"a": range(40), "t": [0] * 34 + [1] * 6}).to_csv("numbers.csv", index=False)
    ok(run("fit", "numbers.csv", "--target", "t", "--positive", "0"))
    asked = verbs["fit"].asked
    assert asked["settings"].positive in asked["source"].counts
    assert str(asked["settings"].positive) == "0"


def test_check(run, verbs):
    ok(
        run(
            "check",
            "claims.csv",
            "--target",
            "fraud",
            "--only",
            "SY001,SY004",
            "--html",
            "page.html",
            "--drop",
            "who",
        )
    )
    asked = verbs["check"].asked
    assert asked["only"] == ("SY001", "SY004")
    assert asked["html"] == "page.html"
    assert list(asked["source"].X.columns) == ["a"]


def test_compare(run, verbs):
    ok(
        run(
            "compare", "claims.csv", "--target", "fraud", "--with", "none", "--html", "page.html", "--jobs", 1
        )
    )
    asked = verbs["compare"].asked
    assert (asked["with_"], asked["html"], asked["jobs"]) == (("none",), "page.html", 1)


def test_balance(run, verbs):
    result = ok(run("balance", "claims.csv", "--target", "fraud", "-o", "more.parquet"))
    assert {k: v for k, v in verbs["balance"].asked.items() if k != "source"} == {
        "out": "more.parquet",
        "origin": False,
        "random_state": 0,
    }
    assert "yes: 6 -> 2 rows" in result.output
    assert "1 of 4 rows are synthetic" in result.output


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("minority", "minority"), ("yes=20,no=30", {"yes": 20, "no": 30})],
)
def test_balance_strategies(run, verbs, text, value):
    ok(
        run(
            "balance",
            "claims.csv",
            "--target",
            "fraud",
            "--with",
            "smote",
            "--out",
            "o.csv",
            "--strategy",
            text,
            "--origin",
        )
    )
    asked = verbs["balance"].asked
    assert (asked["with_"], asked["sampling_strategy"], asked["origin"]) == ("smote", value, True)


def test_balance_says_what_a_strategy_is(run, verbs):
    result = run("balance", "claims.csv", "--target", "fraud", "-o", "o.csv", "--strategy", "yes=many")
    assert (result.exit_code, verbs["balance"].calls) == (2, [])
    assert "whole numbers of rows" in result.stderr


def test_predict(run, verbs):
    result = ok(run("predict", "m", "new.csv", "--trust", "a.B,c.D", "--unsealed", "--prevalence", "yes=.1"))
    assert verbs["predict"].asked == {
        "model": "m",
        "source": "new.csv",
        "out": None,
        "trust": ("a.B", "c.D"),
        "unsealed": True,
        "signed_by": None,
        "prevalence": "yes=.1",
        "encoding": None,
    }
    assert result.stdout == "predicted,probability_no\nno,0.75\n"


def test_trust_tells_a_key_from_a_class(run, verbs):
    ok(run("predict", "m", "new.csv", "--trust", "pub.pem", "--trust", "a.B"))
    assert (verbs["predict"].asked["trust"], verbs["predict"].asked["signed_by"]) == (("a.B",), "pub.pem")
    verbs["predict"].calls.clear()
    for wrong in ("nothing", "a.pem,b.pem", "no such"):
        result = run("predict", "m", "new.csv", "--trust", wrong)
        assert (result.exit_code, verbs["predict"].calls) == (2, [])
    ok(run("score", "m", "new.csv", "--trust", "keys/alice"))
    assert verbs["score"].asked["signed_by"] == "keys/alice"


def test_predict_to_a_file_keeps_standard_output_short(run, verbs):
    result = ok(run("predict", "m", "new.csv", "-o", "out.csv"))
    assert verbs["predict"].asked["out"] == "out.csv"
    assert result.stdout == "wrote 1 predictions to out.csv\n"


def test_score(run, verbs):
    result = ok(
        run(
            "score",
            "m",
            "new.csv",
            "--target",
            "fraud",
            "--out",
            "score.json",
            "--groups",
            "who",
            "--seed",
            3,
        )
    )
    assert verbs["score"].asked == {
        "model": "m",
        "source": "new.csv",
        "target": "fraud",
        "out": "score.json",
        "html": None,
        "trust": (),
        "unsealed": False,
        "signed_by": None,
        "reading": {"groups": "who"},
        "random_state": 3,
    }
    assert "average_precision" in result.output
    assert "no promise" in result.output


def test_score_says_whether_the_promise_held(run, verbs):
    verbs["score"].answer = type(verbs["score"].answer)(
        verbs["score"].answer.scorecard, {"sentence": "It held."}
    )
    assert "It held." in ok(run("score", "m", "new.csv")).output


@pytest.mark.parametrize("what", ["samplers", "learners", "checks", "metrics", "datasets"])
def test_list(run, verbs, what):
    result = ok(run("list", what, "--on", "table"))
    assert verbs["listing"].asked == {"what": what, "on": "table"}
    assert "smote" in result.output
    assert "Makes rows." in result.output


def test_list_of_nothing_says_so(run, verbs):
    verbs["listing"].answer = []
    assert ok(run("list", "datasets", "--on", "smell")).output == "no datasets for smell\n"


def test_list_of_something_else_names_the_choices(run, verbs):
    result = run("list", "sampler")
    assert result.exit_code == 2
    assert "samplers" in result.stderr


@pytest.mark.parametrize(
    ("command", "first"),
    [
        (["fit", "claims.csv", "--target", "fraud"], "data"),
        (["compare", "claims.csv", "--target", "fraud"], "data"),
        (["score", "m", "claims.csv"], "scorecard"),
        (["check", "claims.csv", "--target", "fraud"], None),
        (["list", "metrics"], None),
    ],
)
def test_json_alone_on_standard_output_or_in_a_file(run, verbs, command, first):
    printed = json.loads(ok(run(*command, "--json")).stdout)
    assert next(iter(printed)) == first if first else isinstance(printed, list)
    verbs[{"list": "listing"}.get(command[0], command[0])].calls.clear()
    result = ok(run(*command, "--json", "out.json"))
    assert result.stdout.strip()
    written = json.loads(Path("out.json").read_text())
    written.pop("format", None) if isinstance(written, dict) else None
    assert written == printed


def test_fit_says_where_everything_is(run, verbs):
    result = ok(run("fit", "claims.csv", "--target", "fraud"))
    assert f"report  {Path('claims.steelyard') / 'report.html'}" in result.output
    assert "sha256:" + "1" * 64 in result.output
    assert "SY004" in result.output
