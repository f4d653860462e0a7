"""The recipe at its smallest, and what it must never do."""

from functools import partial

import numpy as np
import pytest

pytest.importorskip("lightgbm", reason="LightGBM is not installed")

from steelyard.recipes import kemp_pip
from steelyard.recipes.table import Measured, Unit, run_table


@pytest.fixture(scope="module")
def no_folder():
    patch = pytest.MonkeyPatch()
    patch.delenv("STEELYARD_DATA", raising=False)
    patch.delenv("STEELYARD_ESM2", raising=False)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def table(no_folder):
    return kemp_pip.main("smoke", jobs=1, progress=False)


def test_the_smallest_run_has_every_protocol_and_announces_its_data(table):
    protocols = {kemp_pip.GROUPED, kemp_pip.TUNED, kemp_pip.STRATA, kemp_pip.REMEDIES}
    assert protocols <= set(table.protocols)
    assert "PIP-EL stands in" in table.title or "left out" in table.title
    assert kemp_pip.TEST not in table.datasets
    rows = {kemp_pip.PRIOR, kemp_pip.RULE, kemp_pip.VOTE, kemp_pip.SHORTCUT, kemp_pip.BOOST, kemp_pip.B}
    assert rows <= set(table.systems)
    for metric in ("MCC", "AUC", "AP", "SN", "SP", "Brier", "ACC"):
        assert metric in table.metrics
    assert table.mean(kemp_pip.PRIOR, "AUC", kemp_pip.STAND_IN, kemp_pip.TUNED) == 0.5


def test_nothing_is_claimed_of_the_stand_in(table):
    assert {verdict.verdict for verdict in table.verdicts} == {"cannot tell"}
    assert "not measured" in table.words[0]


def test_a_figure_chosen_on_the_test_never_stands_without_its_protocol(table):
    for row in table.rows:
        assert ("chosen on test" in row.system) == (row.protocol == kemp_pip.PRINTED)


def test_test_labels_choose_nothing_in_the_honest_protocols(no_folder, monkeypatch):
    """With the test's labels turned round, scores and decisions are what they were."""
    ((name, (X, y, X_test, y_test)),) = kemp_pip.datasets("smoke").items()
    told = {}
    for labels in (y_test, 1 - y_test):
        monkeypatch.setattr(kemp_pip, "datasets", lambda scale, labels=labels: {name: (X, y, X_test, labels)})
        for row in kemp_pip.on_test("smoke", {}, 0):
            if row.protocol == kemp_pip.TUNED and row.dataset == name:
                told.setdefault(row.system, []).append(row.values)
    for system, (right, turned) in told.items():
        assert right["AUC"] == pytest.approx(1 - turned["AUC"]), system
        assert right["MCC"] == pytest.approx(-turned["MCC"]), system


def values(system, protocol, dataset, **figures):
    return Measured(system, figures, dataset, protocol)


def some_rows(best):
    return [
        values(kemp_pip.BEST, kemp_pip.PRINTED, kemp_pip.TEST, MCC=best,
               **{"MCC chosen on half": 0.52, "MCC on the other half": 0.42}),
        values(f"{kemp_pip.KMERS} alone", kemp_pip.FIXED, kemp_pip.TEST, AUC=0.758, columns=35_358),
        values(kemp_pip.SHORTCUT, kemp_pip.TUNED, kemp_pip.TEST, MCC=0.48, AUC=0.82),
        values(kemp_pip.B, kemp_pip.TUNED, kemp_pip.TEST, MCC=0.46, AUC=0.78,
               **{"MCC from": 0.36, "MCC to": 0.56}),
        *(
            values(f"{row} minus {other}", kemp_pip.TUNED, f"test, {kemp_pip.DIFFERENCES}", AUC=middle,
                   **{"AUC from": middle - 0.05, "AUC to": middle + 0.05})
            for row, other, middle in (
                (kemp_pip.B, kemp_pip.SHORTCUT, -0.1),
                (kemp_pip.C, kemp_pip.SHORTCUT, 0.01),
                (kemp_pip.CD, kemp_pip.C, -0.06),
                (kemp_pip.C, kemp_pip.C + kemp_pip.RANDOM, 0.06),
            )
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("best", "verdict"), [(0.5, "holds"), (0.3, "does not hold")])
def test_verdicts_on_the_test_can_go_either_way(best, verdict):
    unit = Unit(kemp_pip.TEST, kemp_pip.TUNED, 0, partial(some_rows, best))
    table = run_table(
        "kemp-pip",
        kemp_pip.PAPER,
        [unit],
        kemp_pip.CLAIMS,
        scale="small",
        words=kemp_pip.WORDS,
        about="",
        jobs=1,
    )
    said = {one.text: one for one in table.verdicts}
    assert said["Choosing on the test re-creates the printed MCC"].verdict == verdict
    assert said["K-mers keep the authors' 35,358 columns"].verdict == "holds"
    assert said["The paper's: late fusion C + D is above C (AUC)"].verdict == "does not hold"
    assert said["C is above vote + length (AUC)"].verdict == "cannot tell"
    assert said["C is above C with untrained weights of another language model (AUC)"].verdict == "holds"
    assert said["C + D is above vote + length (MCC)"].verdict == "cannot tell"
    assert "Rank worse than it: B." in table.words[0]
    low, high = kemp_pip._printed_interval()
    assert (round(low, 2), round(high, 2)) == pytest.approx((0.41, 0.60), abs=0.011)


def test_the_printed_counts_give_the_printed_figures():
    assert kemp_pip.PAPER.printed(kemp_pip.TEST, kemp_pip.CD + kemp_pip.ON_TEST, "MCC") == (True, 0.505)
    assert kemp_pip.PAPER.printed(kemp_pip.TEST, kemp_pip.CD, "MCC") == (True, 0.465)
    assert kemp_pip.PAPER.printed(kemp_pip.TEST, "StackPIP", "SN") == (True, None)
    headline = kemp_pip.HEADLINE
    hits, passed = round(headline["SN"] * 171), round(headline["SP"] * 171)
    truth, called = np.repeat([1, 0], 171), np.repeat([1, 0, 0, 1], [hits, 171 - hits, passed, 171 - passed])
    assert np.corrcoef(truth, called)[0, 1] == pytest.approx(headline["MCC"], abs=0.001)
    assert (truth == called).mean() == pytest.approx(headline["ACC"], abs=0.001)
    assert "3.4%" in kemp_pip.what_a_screen_would_see(None)
