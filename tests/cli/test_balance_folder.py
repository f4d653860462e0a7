"""``steelyard balance`` on a folder of Parquet files: what is asked of the verb, and what is printed."""

import pytest

from steelyard import flow
from steelyard.balance.scale import ResampledFiles

MADE = ResampledFiles(
    folder="even",
    files=("part-000000.parquet", "part-000002.parquet"),
    counts_before={"no": 34, "yes": 6},
    counts_after={"no": 34, "yes": 34},
    synthetic=28,
    method="SMOTE",
    note="class 'yes': 5 neighbours",
)


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def stand_in(source, target, **more):
        calls.append({"source": source, "target": target, **more})
        return MADE

    monkeypatch.setattr(flow, "balance_folder", stand_in)
    return calls


@pytest.mark.parametrize("engine", [None, "local", "tcp://10.0.0.1:8786"])
def test_a_folder_or_an_engine_goes_in_parts(run, asked, tmp_path, engine):
    (tmp_path / "big").mkdir()
    options = [] if engine is None else ["--engine", engine]
    result = run(
        *("balance", "big", "--target", "fraud", "--with", "smote", "-o", "even", "--strategy", "0.5"),
        *("--groups", "who", "--drop", "id", "--quiet", "--origin", "--seed", 3, *options),
    )
    assert result.exit_code == 0, result.output
    assert asked == [
        {
            "source": "big",
            "target": "fraud",
            "with_": "smote",
            "out": "even",
            "sampling_strategy": 0.5,
            "reading": {"groups": "who", "drop": ("id",)},
            "origin": True,
            "engine": engine,
            "random_state": 3,
            "progress": False,
        }
    ]
    assert result.output.splitlines() == [
        "no: 34 -> 34 rows",
        "yes: 6 -> 34 rows",
        "28 of 68 rows are synthetic; wrote even, 2 files",
        "class 'yes': 5 neighbours",
    ]


def test_a_file_stays_in_memory(run, verbs, asked):
    assert run("balance", "claims.csv", "--target", "fraud", "-o", "o.csv").exit_code == 0
    assert not asked
    assert len(verbs["balance"].calls) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--target", "fraud", "--time", "day"], "'time' cannot be used for a data set in parts"),
        ([], "Name it with target"),
    ],
)
def test_what_cannot_be_asked_of_parts_is_refused(run, tmp_path, options, words):
    (tmp_path / "big").mkdir()
    result = run("balance", "big", "-o", "even", *options)
    assert result.exit_code == 2
    assert words in result.stderr
