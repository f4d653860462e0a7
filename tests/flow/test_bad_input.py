"""Every mistake of a user's: one clear sentence, exit code 2, nothing half-written, no traceback."""

import errno
import os

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from steelyard.cli import main
from steelyard.store import read_scorecard

GOOD = pd.DataFrame({"a": np.arange(40.0), "b": ["u", "v"] * 20, "t": ["no"] * 34 + ["yes"] * 6})


def write(folder, frame, name="table.csv"):
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def one_class(folder):
    return write(folder, GOOD.assign(t="no"))


def no_target(folder):
    return write(folder, GOOD.drop(columns="t"))


def gaps_in_target(folder):
    return write(folder, GOOD.assign(t=[None, *GOOD["t"][1:]]))


def class_of_one(folder):
    return write(folder, GOOD.assign(t=["lonely", *GOOD["t"][1:]]))


def infinite(folder):
    return write(folder, GOOD.assign(a=[np.inf, *GOOD["a"][1:]]))


def only_duplicates(folder):
    return write(folder, GOOD.assign(a=1.0, b="u"))


def empty(folder):
    path = folder / "table.csv"
    path.write_bytes(b"")
    return path


def header_only(folder):
    return write(folder, GOOD.iloc[:0])


def truncated_parquet(folder):
    path = folder / "table.parquet"
    GOOD.to_parquet(path)
    path.write_bytes(path.read_bytes()[:200])
    return path


def binary(folder):
    path = folder / "table.csv"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def wrong_encoding(folder):
    path = folder / "table.csv"
    path.write_bytes("a,t\né,no\nè,yes\n".encode("latin-1"))
    return path


def missing_file(folder):
    return folder / "nothing.csv"


def a_folder(folder):
    return folder


def a_million_columns(folder):
    path = folder / "table.csv"
    with path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(1_000_000)) + ",t\n")
    return path


def continuous_target(folder):
    return write(folder, GOOD.assign(t=np.linspace(0, 1, 40)))


MISTAKES = {
    one_class: "one class",
    no_target: "'t'",
    gaps_in_target: "missing",
    class_of_one: "--rare",
    infinite: "infinit",
    only_duplicates: "identical",
    empty: "empty",
    header_only: "no rows",
    truncated_parquet: "parquet",
    binary: "binary",
    wrong_encoding: "--encoding",
    missing_file: "nothing.csv",
    a_folder: "folder",
    a_million_columns: "columns",
    continuous_target: "distinct",
}


@pytest.mark.parametrize("make", MISTAKES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("command", ["fit", "check", "compare", "balance"])
def test_a_mistake_gets_a_sentence_and_exit_code_2(make, command, tmp_path):
    inputs = tmp_path / "in"
    inputs.mkdir()
    source = make(inputs)
    before = sorted(inputs.iterdir())
    out = ["-o", str(tmp_path / "out.csv")] if command == "balance" else []
    out = ["--out", str(tmp_path / "out")] if command == "fit" else out
    result = CliRunner().invoke(main, [command, str(source), "--target", "t", *out])
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("error: ") or "Usage" in result.stderr
    assert MISTAKES[make].lower() in result.stderr.lower()
    assert "Traceback" not in result.output + result.stderr
    assert sorted(inputs.iterdir()) == before
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cost", "miss=banana"], "banana"),
        (["--cost", "mis=2"], "miss"),
        (["--with", "smoet"], "'smote'"),
        (["--metric", "auc"], "roc_auc"),
        (["--min-recall", "maybe=.9"], "maybe"),
        (["--min-recall", "yes=9"], "9"),
        (["--prevalence", "yes=2"], "2"),
        (["--review", "0"], "at least 1"),
        (["--groups", "nobody"], "nobody"),
        (["--folds", "1"], "2 folds"),
        (["--cost", "miss=2", "--review", "3"], "one way"),
        (["--positive", "perhaps"], "perhaps"),
    ],
)
def test_an_option_that_makes_no_sense(options, words, tmp_path):
    source = write(tmp_path, GOOD)
    result = CliRunner().invoke(
        main, ["fit", str(source), "--target", "t", "--out", str(tmp_path / "o"), *options]
    )
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert not (tmp_path / "o").exists()


def test_a_hundred_thousand_categories_are_no_mistake(tmp_path):
    rng = np.random.default_rng(0)
    n = 100_000
    frame = pd.DataFrame(
        {"id": [f"k{i}" for i in range(n)], "x": rng.normal(size=n), "t": rng.random(n) < 0.02}
    )
    frame.to_parquet(tmp_path / "wide.parquet")
    result = CliRunner().invoke(main, ["check", str(tmp_path / "wide.parquet"), "--target", "t", "--json"])
    assert result.exit_code == 1
    assert "SY009" in result.stdout


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    source = write(tmp_path, GOOD)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    result = CliRunner().invoke(
        main,
        ["balance", str(source), "--target", "t", "--with", "random-over", "-o", str(tmp_path / "o.csv")],
    )
    assert result.exit_code == 2
    assert "space" in result.stderr or "full" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.csv"]


def test_a_class_smaller_than_the_folds_is_no_mistake(tmp_path):
    source = write(tmp_path, GOOD.assign(t=["no"] * 37 + ["yes"] * 3))
    card = str(tmp_path / "card.json")
    arguments = ["compare", str(source), "--target", "t", "--with", "none", "--jobs", "1", "--json", card]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert read_scorecard(card).protocol["folds"] == 3
