"""The main job, whole, on a real table."""

import os
import re
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.flow import ModelWarning, Settings, compare, fit, predict, score
from steelyard.store import UNSIGNED, read_scorecard, verify_seal

QUICK = Settings(folds=2, repeats=1)


def test_the_folder_holds_the_four_files(finished):
    names = sorted(path.name for path in finished.out.iterdir())
    assert names == ["model.skops", "report.html", "scorecard.json", "seal.json"]


def test_baselines_are_always_rows_and_accuracy_never_leads(finished):
    names = [row.system for row in finished.scorecard.rows]
    assert names[:4] == ["constant", "plain", "class-weight", "threshold"]
    assert {"logistic", "smote", "random-under"} <= set(names)
    first = next(iter(finished.scorecard.row("plain").metrics))
    assert first != "accuracy"


def test_scorecard_file_is_the_scorecard(finished):
    assert read_scorecard(finished.out / "scorecard.json") == finished.scorecard


def test_report_names_the_verdict_and_the_root(finished):
    page = finished.report.read_text(encoding="utf-8")
    assert finished.seal.root in page
    assert finished.scorecard.verdict.resampling_helps in (True, False)
    assert UNSIGNED in page.lower()


def test_model_predicts_what_it_predicted_before_it_was_saved(finished, csv, tmp_path):
    with pytest.warns(ModelWarning, match="detects accidents, not an attacker"):
        table = predict(finished.out / "model.skops", csv, out=tmp_path / "p.csv")
    frame = pd.read_csv(csv).drop(columns="rare")
    np.testing.assert_array_equal(table["predicted"], finished.model.predict(frame))
    np.testing.assert_allclose(
        table[["probability_no", "probability_yes"]].to_numpy(), finished.model.predict_proba(frame)
    )
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "p.csv"), table.reset_index(drop=True))


def test_prevalence_moves_probabilities_only_downwards(finished, csv):
    with pytest.warns(ModelWarning):
        here = predict(finished.out, csv)
    with pytest.warns(ModelWarning):
        there = predict(finished.out, csv, prevalence="yes=0.001")
    assert (there["probability_yes"] <= here["probability_yes"]).all()
    assert there["probability_yes"].mean() < 0.2 * here["probability_yes"].mean()


@pytest.mark.parametrize("method", ["em", "bbse"])
def test_prevalence_can_be_estimated_from_the_rows_themselves(finished, csv, method):
    rare_only = pd.read_csv(csv).query("rare == 'yes'").drop(columns="rare")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        here = predict(finished.out, rare_only)
        there = predict(finished.out, rare_only, prevalence=method)
    said = [str(one.message) for one in told if "estimated from these" in str(one.message)]
    assert len(said) == 1
    assert re.search(rf"\d+ rows \({method}, 95 % interval\): no \d", said[0])
    assert there["probability_yes"].mean() > here["probability_yes"].mean()


def test_score_has_the_shape_of_a_scorecard_and_judges_the_promise(finished, csv, tmp_path):
    with pytest.warns(ModelWarning):
        result = score(finished.out, csv, out=tmp_path / "score.json", html=tmp_path / "score.html")
    written = read_scorecard(tmp_path / "score.json")
    assert [row.kind for row in written.rows] == ["model"]
    assert result.promise["sentence"]
    assert "Score on new data" in (tmp_path / "score.html").read_text(encoding="utf-8")


def test_a_touched_model_is_refused(finished, csv, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(finished.out, copy)
    raw = bytearray((copy / "model.skops").read_bytes())
    raw[len(raw) // 2] ^= 1
    (copy / "model.skops").write_bytes(bytes(raw))
    with pytest.raises(SealBroken, match=r"model\.skops"):
        predict(copy, csv)
    (copy / "seal.json").unlink()
    with pytest.raises(SealBroken, match="--unsealed"):
        predict(copy, csv)
    assert verify_seal(finished.out).root == finished.seal.root


def test_same_numbers_for_any_number_of_workers(finished, csv, tmp_path):
    again = fit(csv, "rare", out=tmp_path / "two", settings=QUICK, jobs=2)
    assert again.scorecard == finished.scorecard
    assert again.seal.parts["scorecard.json"] != ""


def test_a_finished_folder_is_not_overwritten_unasked(finished, csv):
    with pytest.raises(UserError, match="--force"):
        fit(csv, "rare", out=finished.out, settings=QUICK)


def start_and_kill(csv, folder):
    """Run the command in a process of its own and kill it hard once some units are on disk."""
    command = [sys.executable, "-m", "steelyard", "fit", str(csv), "--target", "rare", "--out", str(folder)]
    run = subprocess.Popen(
        [*command, "--folds", "2", "--repeats", "1", "--jobs", "1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 120
    while len(list(folder.glob(".run/*.npz"))) < 2 and time.monotonic() < deadline:
        assert run.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not (folder / "scorecard.json").exists()


def test_killed_run_goes_on_and_ends_with_the_same_scorecard(finished, csv, tmp_path):
    folder = tmp_path / "killed"
    start_and_kill(csv, folder)
    done = {path.name: path.stat().st_mtime_ns for path in folder.glob(".run/*.npz")}
    assert done
    with pytest.raises(UserError, match="--resume"):
        fit(csv, "rare", out=folder, settings=QUICK)
    with pytest.raises(UserError, match="folds"):
        fit(csv, "rare", out=folder, settings=Settings(folds=4, repeats=1), resume=True)
    resumed = fit(csv, "rare", out=folder, settings=QUICK, jobs=1, resume=True)
    assert resumed.scorecard == finished.scorecard
    assert not (folder / ".run").exists()


@pytest.mark.parametrize(
    ("settings", "rule"),
    [({"cost": "miss=50"}, "cost"), ({"min_recall": "yes=.9"}, "recall"), ({"review": 20}, "capacity")],
)
def test_costs_floor_and_capacity_decide(csv, settings, rule):
    asked = Settings(folds=2, repeats=1, **settings)
    card = compare(csv, "rare", settings=asked, with_=["none"], jobs=1)
    assert rule in card.row("threshold").decision["rule"]
    assert card.protocol["metric"] == ("expected_cost" if rule == "cost" else "average_precision")
    if rule == "recall":
        assert card.row("threshold").recall["yes"].mean >= 0.75


def test_classes_of_two_rows_are_learned_and_said_not_to_be_evaluated(tmp_path):
    card = compare("ecoli", with_=["none"], settings=QUICK, jobs=1)
    assert len(card.row("plain").recall) >= 5
    assert card.verdict.sentence.startswith("No evidence that resampling helps")


def test_two_ways_to_decide_are_refused():
    with pytest.raises(BadOption, match="one way to decide"):
        Settings(cost="miss=2", review=4)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Paths of two keys and their public parts."""
    pytest.importorskip("cryptography")
    from steelyard.guard.seal import generate_key, save_keys

    place = tmp_path_factory.mktemp("keys")
    for name in ("mine", "other"):
        save_keys(generate_key(), place / f"{name}.pem", place / f"{name}.pub")
    return place


@pytest.fixture(scope="module")
def signed(csv, keys, tmp_path_factory):
    """A run whose seal is signed."""
    return fit(
        csv, "rare", out=tmp_path_factory.mktemp("runs") / "signed", settings=QUICK, key=keys / "mine.pem"
    )


def test_a_signed_model_is_known_by_its_key(signed, csv, keys):
    assert signed.seal.signed
    assert "Signed:" in signed.report.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*seal", category=ModelWarning)
        predict(signed.out, csv, signed_by=keys / "mine.pub")
        score(signed.out, csv, signed_by=keys / "mine.pub")
    with pytest.warns(ModelWarning, match="by whom was not checked"):
        predict(signed.out, csv)
    for verb in (predict, score):
        with pytest.raises(SealBroken, match="not signed by the trusted key"):
            verb(signed.out, csv, signed_by=keys / "other.pub")


def test_an_unsigned_model_is_refused_where_a_key_is_trusted(finished, csv, keys):
    with pytest.raises(SealBroken, match="it is unsigned"):
        predict(finished.out, csv, signed_by=keys / "mine.pub")


def test_a_bad_key_is_told_before_the_table_is_read(tmp_path):
    with pytest.raises(UserError, match="private key in PEM"):
        fit("no such table.csv", "rare", out=tmp_path / "out", key=tmp_path / "nowhere.pem")
