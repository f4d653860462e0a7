"""The script that puts runs into the docs."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from recipes import toy
from steelyard.recipes.machinery.table_file import read_table_file, write_table_file
from steelyard.recipes.machinery.to_markdown import to_markdown
from steelyard.recipes.table import Holds

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "build_recipe_pages.py"


@pytest.fixture
def script(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("build_recipe_pages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PAGES", tmp_path / "pages")
    module.PAGES.mkdir()
    return module


@pytest.fixture
def run(tmp_path, toy_table):
    folder = tmp_path / "run"
    folder.mkdir()
    write_table_file(toy_table, folder / "table.json")
    return folder


def test_a_page_says_what_the_run_said(script, run, toy_table, with_toy):
    assert script.main([str(run)]) == 0
    assert (script.PAGES / "toy.md").read_text("utf-8") == to_markdown(toy_table)
    assert "[`toy`](toy.md)" in (script.PAGES / "index.md").read_text("utf-8")
    assert "| `c2tc` |" in (script.PAGES / "index.md").read_text("utf-8")


def test_claims_are_judged_anew_on_the_same_figures(script, run, toy_table, with_toy, monkeypatch):
    monkeypatch.setattr(toy, "CLAIMS", [Holds("another", lambda table: (None, "So so."))])
    monkeypatch.setattr(toy, "PAPER", replace(toy.PAPER, title="A new title"))
    assert script.main([str(run), "--judge"]) == 0
    back = read_table_file(run / "table.json")
    assert [verdict.text for verdict in back.verdicts] == ["another"]
    assert set(back.measured) == set(toy_table.measured)
    assert back.words == ("Nothing is learned here.", "1 claims.")
    assert "A new title" in (script.PAGES / "toy.md").read_text("utf-8")


def test_a_folder_without_a_run_is_a_sentence_and_2(script, tmp_path, capsys):
    assert script.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("error: cannot read")


def test_the_index_in_the_docs_is_current(script, monkeypatch):
    pages = SCRIPT.parent.parent / "docs" / "recipes"
    monkeypatch.setattr(script, "PAGES", pages)
    assert (pages / "index.md").read_text("utf-8") == script.index(), "run scripts/build_recipe_pages.py"
