import json
import shutil
import warnings

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from steelyard.data.groups import shared_kmer_groups
from steelyard.errors import BadModel, SealBroken
from steelyard.flow.peptides import open_peptides
from steelyard.flow.peptides.calibration import VennAbers
from steelyard.flow.peptides.fit import FOLDS, GROUP_LETTERS, fit_peptides
from steelyard.flow.peptides.measure import operating_points, strata_of
from steelyard.flow.peptides.reasons import Vote, _longest_runs, reasons_of
from steelyard.kernels.out_of_fold import inner_splits


def test_training_tells_how_far_it_is(trained):
    _, _, steps = trained
    folds = [step for step in steps if step.label == "training the peptide model"]
    assert [step.done for step in folds] == list(range(FOLDS + 1))


def test_what_is_opened_says_what_was_trained(trained, few):
    folder, model, _ = trained
    opened = open_peptides(folder, dataset=few)
    asked = [*few.X["sequence"][:20], "ACDEFGHIKLMNPQR", "LLLLLLLLLLLLLLL"]
    assert opened.screen(asked) == model.screen(asked)
    assert opened.card == model.card
    json.dumps(opened.card)


def test_the_same_seed_gives_the_same_model(trained, few, tmp_path):
    _, model, _ = trained
    again = fit_peptides(tmp_path, dataset=few, progress=False)
    assert again.card["points"] == model.card["points"]
    assert again.screen(["ACDEFGHIKLMNPQR"]) == model.screen(["ACDEFGHIKLMNPQR"])


def test_where_there_is_no_model_there_is_none(tmp_path):
    assert open_peptides(tmp_path) is None
    assert open_peptides(tmp_path / "nowhere") is None


def test_a_model_of_other_data_or_other_versions_is_to_be_replaced(trained, few, monkeypatch):
    folder, _, _ = trained
    assert open_peptides(folder, dataset=few.take(range(300))) is None
    from steelyard.flow.peptides import model

    monkeypatch.setattr(model, "versions", lambda: {"steelyard": "0.0.0"})
    assert open_peptides(folder, dataset=few) is None


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_a_model_that_was_tampered_with_is_refused(trained, few, tmp_path, place):
    shutil.copytree(trained[0], tmp_path / "copy")
    path = tmp_path / "copy" / "model.skops"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(SealBroken, match="not what was sealed"):
        open_peptides(tmp_path / "copy", dataset=few)


def test_a_model_without_its_seal_is_refused(trained, few, tmp_path):
    shutil.copytree(trained[0], tmp_path / "copy")
    (tmp_path / "copy" / "seal.json").unlink()
    with pytest.raises(SealBroken, match=r"no seal\.json"):
        open_peptides(tmp_path / "copy", dataset=few)


def test_a_pickle_is_never_read_even_when_it_is_sealed(trained, few, tmp_path):
    import pickle

    from steelyard.flow.versions import versions
    from steelyard.store import write_seal

    class Evil:
        def __reduce__(self):
            return print, ("opened",)

    (tmp_path / "model.skops").write_bytes(pickle.dumps(Evil()))
    write_seal(tmp_path, data_hash=few.hash, versions=versions(), files=("model.skops",))
    with pytest.raises(BadModel, match="not read as a model"):
        open_peptides(tmp_path, dataset=few)


def test_refusals_stand_where_the_peptides_stood(trained):
    _, model, _ = trained
    answers = model.screen(["ACDEFGHIKLM", "", "ACDEFGHIKLMX", "A" * 5, "A" * 40, "ACDEFGHIKLMN"])
    assert [found is not None for found, _ in answers] == [True, False, False, False, False, True]
    assert all((found is None) != (why is None) for found, why in answers)
    assert model.screen(["X"])[0][0] is None
    assert model.screen([]) == []


def test_probabilities_lie_between_their_bounds(trained):
    _, model, _ = trained
    for found, _ in model.screen(model.sequences):
        assert 0 <= found["low"] <= found["score"] <= found["high"] <= 1


def test_a_training_peptide_is_judged_by_a_fit_that_had_not_seen_it(trained, few):
    _, model, _ = trained
    scores = np.array([found["score"] for found, _ in model.screen(model.sequences)])
    seen = np.array([found["seen"] for found, _ in model.screen(model.sequences)])
    assert (seen == few.y).all()
    shown = model.card["rows"][0]["values"][0]["mean"]
    assert roc_auc_score(few.y, scores) == pytest.approx(shown, abs=0.02)  # ties of calibration
    by_heart = roc_auc_score(few.y, model.estimator.predict_proba(model.sequences)[:, 1])
    assert by_heart > shown + 0.2


def test_the_nearest_training_peptide_shares_the_longest_run(trained):
    _, model, _ = trained
    asked = "WWW" + model.sequences[7][2:9] + "WWWW"
    nearest = model.screen([asked])[0][0]["nearest"]
    assert nearest["run"] in nearest["sequence"]
    assert nearest["run"] in asked
    longest = max(
        size
        for known in model.sequences
        for size in range(1, len(asked) + 1)
        if any(asked[at : at + size] in known for at in range(len(asked) - size + 1))
    )
    assert len(nearest["run"]) == longest
    assert nearest["label"] == model.labels[model.sequences.index(nearest["sequence"])]


def test_the_card_shows_the_rules_that_know_no_biology(trained):
    _, model, _ = trained
    rows = {row["system"]: row["values"] for row in model.card["rows"]}
    assert list(rows) == ["this model", "k-mers alone", "descriptors alone", "memory alone", "length alone"]
    assert [value["mean"] for value in rows["length alone"][1:3]] == [0.5, 0.5]
    for values in rows.values():
        for value in values:
            assert value["low"] <= value["mean"] <= value["high"]


def test_points_are_counts_over_the_held_out_scores():
    rng = np.random.default_rng(0)
    probability = rng.integers(1, 30, 200) / 30
    labels = (rng.random(200) < probability).astype(int)
    points, first = operating_points(probability, labels, np.arange(200))
    assert [point["cut"] for point in points] == sorted(set(probability.tolist()))
    for point in points:
        called = probability >= point["cut"]
        assert point["sensitivity"]["mean"] == pytest.approx(
            (called & (labels == 1)).sum() / (labels == 1).sum()
        )
        assert point["specificity"]["mean"] == pytest.approx(
            (~called & (labels == 0)).sum() / (labels == 0).sum()
        )
    best = max(points, key=lambda point: point["sensitivity"]["mean"] + point["specificity"]["mean"])
    assert points[first] == best


def test_no_fold_splits_a_group(few):
    groups = shared_kmer_groups(few.X["sequence"].tolist(), GROUP_LETTERS)
    for train, test in inner_splits(few.y, FOLDS, groups=groups, random_state=0):
        assert not set(groups[train]) & set(groups[test])


def test_calibration_is_two_isotonic_fits_one_for_each_label():
    from sklearn.isotonic import IsotonicRegression

    rng = np.random.default_rng(1)
    scores = rng.random(80)
    labels = (rng.random(80) < scores).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = VennAbers.fit(scores, labels).bounds(np.array([0.2, 0.55, 0.9]))
    for place, score in enumerate((0.2, 0.55, 0.9)):
        for label, bound in ((0, told.low), (1, told.high)):
            fitted = IsotonicRegression().fit(np.append(scores, score), np.append(labels, label))
            assert bound[place] == pytest.approx(fitted.predict([score])[0])


def test_calibration_comes_back_from_json():
    labels = np.array([0, 1] * 30)
    made = VennAbers.fit(np.linspace(0, 1, 60), labels)
    back = VennAbers.from_dict(json.loads(json.dumps(made.to_dict())))
    assert (back.bounds(np.array([0.3])).mean == made.bounds(np.array([0.3])).mean).all()


def test_reasons_of_the_regressions_are_their_own_terms(trained):
    _, model, _ = trained
    sequence = "ACDEFGHIKLMNPQR"
    fusion = model.estimator
    reasons = reasons_of(fusion, [sequence], [True])[0]
    kmers, names = fusion.members_["k-mers"], fusion.members_["k-mers"][0].get_feature_names_out()
    terms = kmers[:-1].transform([sequence]).toarray()[0] * kmers[-1].coef_[0] / 3
    for reason in (reason for reason in reasons if reason["kind"] == "k-mer"):
        assert reason["effect"] == pytest.approx(terms[list(names).index(reason["words"])], abs=1e-4)
    strengths = [abs(reason["effect"]) for reason in reasons]
    assert strengths == sorted(strengths, reverse=True)
    assert {reason["kind"] for reason in reasons} <= {"k-mer", "descriptor"}


def test_runs_inside_a_longer_one_are_told_once_and_nothing_is_lost():
    votes = [
        Vote(0, "ABCD", 2, 0.5, 0.1),
        Vote(0, "ABCDE", 1, 1.0, 0.2),
        Vote(1, "BCDE", 3, 0.0, -0.05),
        Vote(9, "WXYZ", 1, 0.0, -0.3),
    ]
    told = _longest_runs(votes, 2.0)
    assert [(reason["words"], reason["effect"]) for reason in told] == [
        ("ABCDE in 1 training peptide, 1 positive", 0.5),
        ("WXYZ in 1 training peptide, 0 positive", -0.6),
    ]


def test_the_commonest_length():
    strata = strata_of(["AAA", "CC", "DDD"])
    assert (strata.common, strata.is_common.tolist()) == (3, [True, False, True])
