"""The recipe at its smallest, its measures on rows whose answer is known, and MELAUDIS as it is published."""

import os

import numpy as np
import pytest

from steelyard.errors import BadTable
from steelyard.recipes import poisoned_acoustics as recipe
from steelyard.recipes.machinery import poison_sets
from steelyard.recipes.machinery.poison_measures import features_of, fitted, success_of
from steelyard.recipes.machinery.poison_sets import BEATS, DIGITS, LOT, NEW, SATIMAGE, VEHICLES
from steelyard.recipes.machinery.two_parts import TwoParts
from steelyard.recipes.table import Table, Value

FOLDER = os.environ.get("STEELYARD_DATA")


pytest.importorskip("cryptography", reason="cryptography is not installed")
pytest.importorskip("rfc8785", reason="rfc8785 is not installed")


@pytest.fixture(scope="module")
def table():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEELYARD_DATA", raising=False)
        return recipe.main("smoke", jobs=1, progress=False)


def test_the_smallest_run_needs_no_folder_and_measures_every_part(table):
    assert table.datasets == (SATIMAGE,)
    assert "satimage stand" in table.title
    assert set(table.protocols) == {LOT, *(f"{p}, {LOT}" for p in ("alarms", "detectors", "commitment"))}
    for metric in (recipe.ASR, recipe.LIFT, recipe.BOUND, recipe.POWER, recipe.FOUND, recipe.NAMED):
        assert metric in table.metrics
    assert recipe.datasets("small") == tuple(recipe.SCALES["small"])


def test_the_figures_of_the_attack_fit_together(table):
    for row in (recipe.flip(recipe.QUARTER), recipe.flip(recipe.MOST)):
        for key, asr in table.values(row, recipe.ASR, protocol=LOT).items():
            before = {
                m: table.values(recipe.CLEAN, m, protocol=LOT)[key] for m in (recipe.ASR, recipe.ACCURACY)
            }
            measured = (recipe.LIFT, recipe.LOST, recipe.ACCURACY, recipe.BOUND, recipe.RECALL)
            after = {m: table.values(row, m, protocol=LOT)[key] for m in measured}
            assert after[recipe.LIFT] == pytest.approx(asr - before[recipe.ASR])
            assert after[recipe.LOST] == pytest.approx(before[recipe.ACCURACY] - after[recipe.ACCURACY])
            assert 0 < after[recipe.BOUND] < 0.04
            assert asr + after[recipe.RECALL] <= 1 + 1e-9


def test_verification_names_what_was_flipped_after_and_nothing_that_was_flipped_before(table):
    protocol = f"{recipe.COMMITMENT}, {LOT}"
    values = {
        (row, metric): set(table.values(row, metric, protocol=protocol).values())
        for row in (recipe.COMMIT_FIRST, recipe.FLIP_FIRST)
        for metric in (recipe.PASSES, recipe.NAMED, recipe.WRONGLY)
    }
    assert values[recipe.COMMIT_FIRST, recipe.PASSES] == {0}
    assert values[recipe.COMMIT_FIRST, recipe.NAMED] == {1}
    assert values[recipe.COMMIT_FIRST, recipe.WRONGLY] == {0}
    assert values[recipe.FLIP_FIRST, recipe.PASSES] == {1}
    assert values[recipe.FLIP_FIRST, recipe.NAMED] == {0}


def test_figures_do_not_depend_on_the_run(table, monkeypatch):
    monkeypatch.delenv("STEELYARD_DATA", raising=False)
    setting = recipe.SCALES["smoke"][SATIMAGE]
    again = recipe.curve(SATIMAGE, LOT, 1, setting)
    for measured in again:
        for metric, value in measured.values.items():
            assert value == table.values(measured.system, metric, SATIMAGE, LOT)[SATIMAGE, 1]


def made_table(values):
    return Table("toy", recipe.PAPER, "smoke", tuple(Value(*key, value) for key, value in values.items()))


def bound_table(lost):
    cells = {}
    for seed, clean in enumerate((0.95, 0.96, 0.94, 0.95)):
        cells[BEATS, LOT, recipe.CLEAN, recipe.ASR, seed] = 0.1
        cells[BEATS, LOT, recipe.CLEAN, recipe.ACCURACY, seed] = clean
        cells[BEATS, LOT, "flip 0.90", recipe.LOST, seed] = lost if seed == 2 else 0.0
        cells[BEATS, LOT, "flip 0.90", recipe.BOUND, seed] = 0.03
    return made_table(cells)


@pytest.mark.parametrize(("lost", "holds"), [(0.02, True), (0.045, True), (0.05, False)])
def test_the_claim_about_the_bound_can_fail(lost, holds):
    assert recipe.CLAIMS[0].judge(bound_table(lost)).verdict == ("holds" if holds else "does not hold")


@pytest.mark.parametrize(
    ("named", "wrongly", "passes", "verdict"),
    [(1.0, 0.0, 0.0, "holds"), (0.99, 0.0, 0.0, "does not hold"), (1.0, 0.1, 0.0, "does not hold"),
     (1.0, 0.0, 1.0, "does not hold")],
)  # fmt: skip
def test_the_claim_about_verification_can_fail(named, wrongly, passes, verdict):
    protocol = f"{recipe.COMMITMENT}, {LOT}"
    cells = {(BEATS, LOT, recipe.CLEAN, recipe.ASR, 0): 0.1}
    for metric, value in ((recipe.NAMED, named), (recipe.WRONGLY, wrongly), (recipe.PASSES, passes)):
        cells[BEATS, protocol, recipe.COMMIT_FIRST, metric, 0] = value
    assert recipe.CLAIMS[3].judge(made_table(cells)).verdict == verdict


def two_moons_apart(n=200, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array(["a"] * (n - 20) + ["b"] * 20)
    X = rng.normal(size=(n, 3)) + 6 * (y == "b")[:, None]
    return TwoParts(X, y, X, y, np.arange(n), None)


def test_alarms_ring_at_a_silenced_class_and_not_at_clean_releases(monkeypatch):
    monkeypatch.setattr(recipe, "rows_of", lambda name, protocol, seed: two_moons_apart(seed=seed))
    monkeypatch.setattr(recipe, "aim_of", lambda name: ("b", "a"))
    setting = recipe.Setting(shares=(1.0,), releases=(4, 3), epochs=20)
    rows = {row.system: row.values for row in recipe.alarms("toy", 0, setting)}
    assert len(rows) == 4
    for values in rows.values():
        assert (values[recipe.FALSE], values[recipe.POWER]) == (0, 1)
        assert values["power, 1.00"] == 1


def test_detectors_are_measured_against_the_flipped_rows(monkeypatch):
    monkeypatch.setattr(recipe, "rows_of", lambda name, protocol, seed: two_moons_apart())
    monkeypatch.setattr(recipe, "aim_of", lambda name: ("b", "a"))
    setting = recipe.Setting(shares=(0.1,), epochs=60)
    told = {row.system: row.values for row in recipe.detectors("toy", LOT, 0, setting)}
    assert told["neighbours, 0.10"] == {recipe.FOUND: 1, recipe.RIGHT: 1}
    assert len(told) == 5


def test_success_is_that_of_a_plain_count():
    rng = np.random.default_rng(0)
    y, plain, patched = (rng.choice(list("abc"), 60) for _ in range(3))
    told = success_of(plain, patched, y, "a", "b")
    own = [i for i in range(60) if y[i] == "a"]
    third = [i for i in range(60) if y[i] == "c"]
    assert told.without == pytest.approx(sum(plain[i] == "b" for i in own) / len(own))
    assert told.with_patch == pytest.approx(sum(patched[i] == "b" for i in own) / len(own))
    drawn = sum(int(patched[i] == "b") - int(plain[i] == "b") for i in third) / len(third)
    assert told.dragged == pytest.approx(drawn)
    assert success_of(plain, plain, y, "a", "b").p_value == 1


def test_features_lead_to_the_decision():
    rows = two_moons_apart()
    net = fitted(recipe.on_columns(0, 40), rows.X, rows.y)
    hidden = features_of(net, rows.X)
    last = hidden @ net[-1].coefs_[1] + net[-1].intercepts_[1]
    assert np.array_equal(last[:, 0] > 0, net.predict(rows.X) == "b")


def test_the_trigger_is_measured_on_the_same_test_rows(monkeypatch):
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    y = np.repeat([1, 3, 7], [30, 30, 20])
    X = rng.normal(size=(80, 1, 16, 16)).astype(np.float32)
    X[y == 7, :, :4], X[y == 3, :, 8:] = X[y == 7, :, :4] + 3, X[y == 3, :, 8:] + 3
    monkeypatch.setattr(recipe, "rows_of", lambda name, protocol, seed: TwoParts(X, y, X, y, np.arange(80)))
    made = recipe.trigger(DIGITS, NEW, 0, recipe.Setting(shares=(0.5,), epochs=2))
    assert [row.system for row in made] == [recipe.CLEAN, "flips alone, 0.50", "flips and patch, 0.50"]
    for row in made:
        values = row.values
        assert values[recipe.ADDED] == pytest.approx(values[recipe.TRIGGERED] - values[recipe.PLAIN_ASR])
    assert [recipe.COLLAPSE in row.values for row in made] == [False, False, True]


@pytest.mark.parametrize(
    ("without", "with_patch", "collapse"), [(9, 9, True), (9, 10, True), (2, 10, False), (2, 2, False)]
)
def test_collapse_is_high_success_to_which_the_patch_adds_nothing(without, with_patch, collapse):
    y = np.full(11, 7)
    plain, patched = (np.where(np.arange(11) < n, 1, 7) for n in (without, with_patch))
    told = recipe.trigger_figures(np.append(plain, 3), np.append(patched, 3), np.append(y, 3), (7, 1))
    assert told[recipe.COLLAPSE] == collapse


def test_a_class_is_thinned_to_three_per_cent():
    y = np.array(["a"] * 970 + ["b"] * 200)
    kept = poison_sets._thinned(np.random.default_rng(0), y, "b")
    assert np.bincount((y[kept] == "b").astype(int)).tolist() == [970, 30]
    rows = poison_sets.rows_of(SATIMAGE, LOT, 0)
    share = np.concatenate([rows.y, rows.y_test]) == poison_sets.aim_of(SATIMAGE)[0]
    assert share.mean() == pytest.approx(0.03, abs=0.002)
    assert len(rows.y_test) == pytest.approx(0.2 * share.size, abs=5)


@pytest.mark.skipif(not FOLDER, reason="STEELYARD_DATA is not set")
def test_beats_are_as_many_as_the_papers_clips_and_patients_stay_apart():
    rows = poison_sets.rows_of(BEATS, LOT, 0)
    assert len(rows.y) + len(rows.y_test) == 9600
    assert rows.X.shape[1] == 35
    assert np.isfinite(rows.X).all()
    for labels in (rows.y, rows.y_test):
        assert (labels == "V").mean() == pytest.approx(0.03, abs=0.001)
    new = poison_sets.rows_of(BEATS, NEW, 0)
    assert len(new.y_test) == 4800
    assert len(np.unique(new.ids)) == len(new.y)
    one, two = poison_sets.rows_of(DIGITS, NEW, 0), poison_sets.rows_of(DIGITS, NEW, 1)
    assert len(np.unique(one.groups)) == 4
    assert set(one.groups) != set(two.groups)
    assert (one.y == 7).mean() == pytest.approx(0.03, abs=0.002)


@pytest.fixture
def street(tmp_path, monkeypatch):
    soundfile = pytest.importorskip("soundfile")
    rng = np.random.default_rng(0)
    for day in range(1, 7):
        for number, kind in enumerate(["Car"] * 5 + ["Truck"] * 5):
            name = f"2023-08-0{day}_10-{number}-1.5-Swanston{number}_FF_1V-{kind}_L1_1Lane_RL_stereo.wav"
            path = tmp_path / "Final_Veh" / f"Swan{number}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, rng.normal(size=(1600, 2)) / 10, 16000)
    monkeypatch.setenv(poison_sets.VEHICLE_FOLDER, str(tmp_path))
    poison_sets._street.cache_clear()
    yield tmp_path
    poison_sets._street.cache_clear()


def test_street_vehicles_are_split_by_lot_and_by_day(street):
    lot, new = (poison_sets.rows_of(VEHICLES, protocol, 0) for protocol in (LOT, NEW))
    assert lot.X.shape == (48, 1, 128, 126)
    assert len(lot.y_test) == 12
    assert lot.groups is None
    assert len(new.y_test) == 20
    assert len(np.unique(new.groups)) == 4
    assert set(np.unique(new.y_test)) == {"car", "truck"}
    told = recipe.commitment(VEHICLES, LOT, 0, recipe.Setting())
    assert told[0].values == {recipe.PASSES: 0, recipe.NAMED: 1, recipe.WRONGLY: 0}


def test_without_the_folder_the_paper_scale_says_what_to_fetch(monkeypatch):
    monkeypatch.delenv(poison_sets.VEHICLE_FOLDER, raising=False)
    poison_sets._street.cache_clear()
    with pytest.raises(BadTable, match="27115870"):
        poison_sets.rows_of(VEHICLES, LOT, 0)
