"""``steelyard recipe``: list, show and run, and how they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recipes import toy
from steelyard.errors import BadOption
from steelyard.recipes import catalogue, known

TESTS = Path(__file__).parent.parent
LONG = 300.0


@pytest.fixture(autouse=True)
def with_toy(monkeypatch):
    entry = known.Recipe("toy", "A toy that draws its values", "recipes.toy")
    monkeypatch.setattr(known, "RECIPES", (*known.RECIPES, entry))


def test_list_names_every_recipe(run):
    result = run("recipe", "list")
    assert result.exit_code == 0
    for name, entry in catalogue().items():
        assert name in result.output
        assert entry.title.partition(":")[0] in result.output


def test_show_tells_paper_claim_and_differences(run):
    result = run("recipe", "show", "toy")
    assert result.exit_code == 0
    for words in ("A toy that draws", toy.PAPER.citation, "1. nothing is learned", "smoke|small|paper"):
        assert words in result.output


def test_run_prints_the_table_and_leaves_its_folder(run):
    result = run("recipe", "run", "toy", "--jobs", "1")
    assert result.exit_code == 0, result.output
    for words in ("Toy <scales> · scale smoke · drawn, not learned", "not seen", "4 of 4 claims hold."):
        assert words in result.output
    folder = Path("toy-smoke.steelyard")
    assert f"report  {folder / 'report.html'}" in result.output
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "table.json", "table.md"]
    again = run("recipe", "run", "toy", "--jobs", "1")
    assert (again.exit_code, again.stdout) == (2, "")
    assert "--force" in again.stderr
    assert run("recipe", "run", "toy", "--jobs", "1", "--force").exit_code == 0


def test_every_option_reaches_main(run, monkeypatch, toy_call):
    result = run(
        "recipe", "run", "toy", "--scale", "small", "--out", "o", "--resume", "--jobs", "3", "--quiet"
    )
    assert result.exit_code == 0
    assert toy_call == [
        ("small", {"jobs": 3, "out": Path("o"), "resume": True, "force": False, "progress": False})
    ]


@pytest.fixture
def toy_call(monkeypatch):
    """What the toy was asked; it answers with a run that writes nothing."""
    calls, real = [], toy.main

    def main(scale, **options):
        calls.append((scale, options))
        return real(jobs=1, progress=False)

    monkeypatch.setattr(toy, "main", main)
    return calls


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "imovmo"], "Did you mean 'imovno'"),
        (["show", "nothing"], "unknown recipe 'nothing'"),
        (["run", "toy", "--scale", "large"], "smoke"),
        (["run", "toy", "--jobs", "0"], "--jobs"),
        (["run"], "Missing argument 'NAME'"),
        (["lst"], "Did you mean 'list'"),
    ],
)
def test_a_mistake_is_a_sentence_and_2(run, arguments, words):
    result = run("recipe", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(Path().glob("*.steelyard"))


def test_a_recipes_own_refusal_is_one_line(run, monkeypatch):
    def refuse(scale, **options):
        raise BadOption("no such data. Download them.")

    monkeypatch.setattr(toy, "main", refuse)
    result = run("recipe", "run", "toy")
    assert (result.exit_code, result.stderr) == (2, "error: no such data. Download them.\n")


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX systems")
def test_ctrl_c_keeps_what_is_finished(run, tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
        "from functools import partial\nfrom recipes import toy\nfrom steelyard.recipes import known\n"
        "known.RECIPES += (known.Recipe('toy', 'Toy', 'recipes.toy'),)\n"
        "toy.main = partial(toy.main, pause=0.5)\n"
        "from steelyard.cli import main; main(prog_name='steelyard')"
    )
    command = [sys.executable, "-c", program, "recipe", "run", "toy", "--jobs", "2", "--out", "o"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    until = time.monotonic() + LONG
    while len(list((tmp_path / "o" / ".run").glob("*.json"))) < 2:  # the manifest is one of them
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=LONG)
    kept = Path("o") / ".run"
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == f"stopped; finished units are kept in {kept}, continue with --resume"
    assert "Traceback" not in stderr
    assert (tmp_path / kept).exists()
