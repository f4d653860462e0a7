"""Nets that ``--with`` names: built only when asked for, and said plainly when they cannot be."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from steelyard.cli import deep_rows
from steelyard.cli.deep_rows import DEEP_ROWS, with_deep_rows
from steelyard.data import load
from steelyard.errors import MissingExtra
from steelyard.flow import Settings, compare, remedy_names
from steelyard.records import Scorecard

HAVE_TORCH = bool(find_spec("torch") and find_spec("skorch"))
needs_torch = pytest.mark.skipif(not HAVE_TORCH, reason="the extra 'deep' is not installed here")


def test_no_other_row_has_the_name_of_a_net():
    assert not set(DEEP_ROWS) & set(remedy_names())


def test_names_without_a_net_stay_names_and_torch_stays_away():
    program = (
        "import sys; from steelyard.cli.deep_rows import with_deep_rows;"
        "assert with_deep_rows(('smote',), 0) == ('smote',); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_torch_the_install_line_is_named(run, verbs, monkeypatch):
    for name in ("torch", "steelyard.deep"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"steelyard\[deep\]"):
        with_deep_rows(["mlp"], 0)
    result = run("compare", "claims.csv", "--target", "fraud", "--with", "mlp")
    assert result.exit_code == 2
    assert "steelyard[deep]" in result.stderr
    assert not verbs["compare"].calls


def test_the_list_of_learners_names_them(run):
    result = run("list", "learners")
    assert result.exit_code == 0
    assert all(name in result.output for name in DEEP_ROWS)
    assert "extra 'deep'" in result.output
    assert "mlp-npe" not in run("list", "learners", "--on", "text").output


def test_fit_sends_a_net_to_compare(run, verbs):
    result = run("fit", "claims.csv", "--target", "fraud", "--with", "smote,mlp")
    assert result.exit_code == 2
    assert "'mlp' is a net" in result.stderr
    assert not verbs["fit"].calls


@needs_torch
def test_the_command_hands_on_nets_beside_names(run, verbs):
    result = run("compare", "claims.csv", "--target", "fraud", "--with", "smote,mlp-npe,mlp-la", "--seed", 3)
    assert result.exit_code == 0, result.output + result.stderr
    rows = verbs["compare"].asked["with_"]
    assert list(rows) == ["smote", "mlp-npe", "mlp-la"]
    assert rows["smote"] == "smote"
    assert type(rows["mlp-npe"][-1].head).__name__ == "WithNeuralPrior"
    assert rows["mlp-npe"][-1].head.detach
    assert type(rows["mlp-la"][-1].loss).__name__ == "LogitAdjusted"
    assert rows["mlp-npe"][-1].random_state != rows["mlp-la"][-1].random_state


@needs_torch
def test_every_net_is_measured_on_a_real_table(monkeypatch):
    monkeypatch.setattr(deep_rows, "STEPS", 6)
    card = compare(
        load("glass5"),
        with_=with_deep_rows(list(DEEP_ROWS), 0),
        settings=Settings(folds=2, repeats=1, drop_hopeless=False),
        jobs=1,
        progress=False,
    )
    assert isinstance(card, Scorecard)
    for name in DEEP_ROWS:
        row = card.row(name)
        assert (row.kind, row.status) == ("learner", "kept"), row.note
        assert 0 < row.metrics["average_precision"].mean <= 1
