"""KEMP-PIP: pro-inflammatory peptides from k-mers, descriptors and a language model.

Soumik Deb Niloy, Md. Fahmid-Ul-Alam Juboraj and Swakkhar Shatabda, arXiv 2602.20198, 2026,
https://arxiv.org/abs/2602.20198. The paper claims a Matthews correlation (MCC) of .505 on an independent
test of 342 peptides, 9.5 % above the best rival, by late fusion of two logistic regressions: C (k-mers,
ESM-2, modlAMP's global descriptors) and D (physico-chemical descriptors, ESM-2, global descriptors).

The printed figure comes from a notebook that chooses the pair of models, their weight and the threshold by
the labels of the test. The same notebook has the same pair with weight and threshold from a slice of the
training set: .465. So each figure here has its protocol beside it:

- `chosen on the test rows`: the printed protocol. No figure of it says how good a system is.
- `test, tuned in training`: weight and threshold from out-of-fold scores of the training set.
- `grouped cross-validation`: training set alone, five folds, no 8-mer on both sides of a split.
- `strata of the test`: the second protocol on parts of the test, by the longest run of residues (LCS) that
  a peptide shares with a training peptide, and on 15-mers alone.

Two further blocks: `test, threshold .4` repeats the notebook's rows of one view each, and `grouped, remedies`
asks on more imbalanced sets what weights, under-sampling and SMOTE add to a threshold. Beside the paper's
systems stand the length rule (not 15 residues: positive), a lookup of the length, the k-mer vote (memory
alone) and vote + length. A and E are k-mers, physico-chemical descriptors and ESM-2, without and with the
global ones; B has no language model.

Differences from the paper:

1. ESM-2 is read at scale `paper` (8M and 35M: folders in STEELYARD_ESM2, else from the model hub). At scale
   `small` UniRep-256 stands in where it is installed; the title says so. Rows `random weights` have ESM-2's
   architecture with two layers, untrained.
2. Sparse views are scaled and not centred, which moves the intercept alone.
3. Ridge strength is 1 for k-mers alone, 0.1 for B, C and E, 0.01 for D (the paper: 1 throughout). The best
   pair and the rows at threshold .4 use 1.
4. Weight and threshold are chosen on five-fold out-of-fold scores (three folds inside the grouped protocol),
   the middle of the best run of thresholds, instead of one slice of 288 rows.
5. Coefficient pruning is left out: in the authors' run it pruned nothing.
6. Three seeds of the folds at scale `small`, 20 at `paper`. The test is one and the same: its own
   uncertainty is the bootstrap interval in the columns `from` and `to`, not the interval over seeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from steelyard.balance import SMOTE, RandomUnderSampler
from steelyard.data import load
from steelyard.data.encode_peptide import PeptideDescriptors, PeptideKmers
from steelyard.data.groups import nearest_overlap, shared_kmer_groups
from steelyard.data.string_length import StringLength
from steelyard.evaluate.best_on_test import best_on_test
from steelyard.evaluate.binary_figures import (
    Said,
    binary_figures,
    decided_above,
    figures_on_rows,
    figures_over_folds,
)
from steelyard.evaluate.remedy_grid import Remedied, remedy_grid
from steelyard.kernels.optional import require
from steelyard.kernels.out_of_fold import inner_splits
from steelyard.kernels.rng import child
from steelyard.learn import default_learner
from steelyard.learn.fit_views import fit_views
from steelyard.learn.kmer_vote import KmerVote
from steelyard.learn.view_fusion import ViewFusion
from steelyard.learn.view_members import EARLY
from steelyard.learn.vote_and_length import VoteAndLength
from steelyard.recipes.machinery.protein_models import language_model, language_models
from steelyard.recipes.table import Better, Holds, Measured, Paper, Table, Unit, Within, run_table

PRINTED, TUNED = "chosen on the test rows", "test, tuned in training"
GROUPED, STRATA = "grouped cross-validation", "strata of the test"
FIXED, REMEDIES = "test, threshold .4", "grouped, remedies"
TEST, TRAINING, STAND_IN = "test (342 rows)", "training (2,872 rows)", "PIP-EL, a part"
NEW, NEAR, SEEN, SCANNED = "LCS below 5", "LCS 5", "LCS 6 or more", "15-mers"
DIFFERENCES = "row by row"
PRIOR, RULE, LOOKUP, VOTE, SHORTCUT = "prior", "length rule", "length lookup", "k-mer vote", "vote + length"
BOOST, KMER, B, C, D, E = "LightGBM, handcrafted", "k-mer LR", "B", "C", "D", "E"
CD, CBOOST, RANDOM = "C + D", "C + LightGBM", ", random weights"
PARTS = {CD: (C, D), CBOOST: (C, BOOST)}
ON_TEST, BEST = ", chosen on test", "best pair, chosen on test"
KMERS, PHYSCHEM, GLOBAL, LANGUAGE = "k-mers", "physchem", "global descriptors", "language model"
SETS = {"A": (KMERS, PHYSCHEM, LANGUAGE), B: (KMERS, PHYSCHEM, GLOBAL), C: (KMERS, LANGUAGE, GLOBAL),
        D: (PHYSCHEM, LANGUAGE, GLOBAL), E: (KMERS, PHYSCHEM, LANGUAGE, GLOBAL)}  # fmt: skip
RIDGE = {KMER: 1.0, B: 0.1, C: 0.1, D: 0.01, E: 0.1}
STEPS, USUAL, INNER, REMEDY_FOLDS, GROUP_K, LCS, WIDTH = 10_000, 15, 3, 3, 8, 5, 35_358
IMBALANCED = {"pip_el": 8, "amp_iamp2l": 8, "hiv_protease": 6}  # letters of the runs that make groups
SMOKE_ROWS, SMOKE_TEST, HALF, SCREEN = 200, 60, 171, 0.01
SCALES = {"smoke": (1, 2, 10, ("pip_el",)), "small": (3, 5, 300, (*IMBALANCED,)),
          "paper": (20, 5, 300, (*IMBALANCED,))}  # seeds, folds, trees, sets of the remedies  # fmt: skip

HEADLINE = {"MCC": 0.505, "ACC": 0.752, "AUC": 0.762, "SN": 0.708, "SP": 0.795}
CELLS: dict[str, Mapping[str, float | None]] = {
    CD + ON_TEST: HEADLINE,
    BEST: HEADLINE,
    CD: {"MCC": 0.465, "ACC": 0.731, "AUC": 0.765, "SN": 0.678, "SP": 0.784},
    B: {"MCC": 0.434, "ACC": 0.716, "AUC": 0.778},
    C: {"MCC": 0.451, "ACC": 0.725, "AUC": 0.783},
    D: {"MCC": 0.253, "ACC": 0.588, "AUC": 0.663},
    E: {"MCC": 0.415, "ACC": 0.705, "AUC": 0.788},
    f"{KMERS} alone": {"MCC": 0.335, "AUC": 0.759},
    f"{LANGUAGE} alone": {"MCC": 0.203, "AUC": 0.658},
    f"{PHYSCHEM} alone": {"MCC": 0.145, "AUC": 0.644},
    f"{GLOBAL} alone": {"MCC": 0.146, "AUC": 0.654},
    "StackPIP": {"MCC": 0.461, "ACC": 0.718, "AUC": 0.727, "SN": None, "SP": None},
    "ProIn-Fuse": {"MCC": None},
    "MultiFeatVotPIP": {"MCC": None},
}
PAPER = Paper(
    "KEMP-PIP",
    "Niloy, Juboraj and Shatabda, KEMP-PIP: A Feature-Fusion Based Approach for Pro-inflammatory Peptide "
    "Prediction, arXiv 2602.20198, 2026, https://arxiv.org/abs/2602.20198",
    {(TEST, row, metric): value for row, cells in CELLS.items() for metric, value in cells.items()},
)


def datasets(scale: str) -> dict[str, tuple[list[str], Any, list[str], Any]]:
    """Training and test peptides with their labels; at scale `smoke` a part of a set inside the package."""
    if scale == "smoke":
        data, name = a_part("pip_el", scale), STAND_IN
        test = np.arange(len(data)) < SMOKE_TEST
    else:
        data, name = load("multifeatvotpip"), TEST
        test = np.asarray(data.part) == "test"
    peptides, y = data.X["sequence"].to_numpy(dtype=object), np.asarray(data.y)
    return {name: (peptides[~test].tolist(), y[~test], peptides[test].tolist(), y[test])}


def a_part(name: str, scale: str) -> Any:
    """A data set, at scale `smoke` a few rows of it."""
    data = load(name)
    return data.take(child(0, scale).permutation(len(data))[:SMOKE_ROWS]) if scale == "smoke" else data


def views_of(names: Iterable[str], language: Any = None) -> dict[str, Any]:
    """The paper's views by name."""
    descriptors = {name: PeptideDescriptors(sets=(kind,))
                   for name, kind in ((PHYSCHEM, "physchem"), (GLOBAL, "global"))}  # fmt: skip
    every = {KMERS: PeptideKmers(), LANGUAGE: language} | descriptors
    return {name: every[name] for name in names}


def handcrafted() -> dict[str, Any]:
    """Shares of residues and of their pairs, and the descriptors, all dense."""
    shares = make_pipeline(PeptideKmers(k=(1, 2), drop_constant=False), FunctionTransformer(to_dense))
    return {"residues": shares, "descriptors": PeptideDescriptors()}


def to_dense(shares: Any) -> Any:
    """A sparse matrix as an array."""
    return shares.toarray()


def logistic(C: float, class_weight: str | None = "balanced") -> LogisticRegression:
    """The paper's learner."""
    return LogisticRegression(C=C, class_weight=class_weight, max_iter=STEPS)


def boosting(trees: int, random_state: int) -> Any:
    """The strong plain learner."""
    package = require("lightgbm", extra="boost", for_="The recipe kemp-pip")
    return package.LGBMClassifier(
        n_estimators=trees, learning_rate=0.03, num_leaves=15, colsample_bytree=0.3, class_weight="balanced",
        random_state=random_state, n_jobs=1, deterministic=True, force_col_wise=True, verbosity=-1,
    )  # fmt: skip


def systems(
    random_state: int, languages: Mapping[str, Any], inner: int = 5, trees: int = 300
) -> dict[str, ViewFusion]:
    """One row of the table each; ``languages`` maps the ending of a row's name to a language model's view."""
    told: dict[str, Any] = {"inner_folds": inner, "random_state": random_state}
    late: dict[str, Any] = {"mode": "late", **told}
    length = make_pipeline(StringLength(), OneHotEncoder(handle_unknown="ignore"))
    shortcut = VoteAndLength(inner_folds=inner, random_state=random_state)
    made = {
        PRIOR: ViewFusion({PRIOR: DummyClassifier()}, mode="late", threshold=0.5),
        RULE: ViewFusion({"usual": StringLength(usual=USUAL)}, logistic(1.0), threshold=0.5),
        LOOKUP: ViewFusion({"length": length}, logistic(1.0), **told),
        VOTE: ViewFusion({VOTE: KmerVote()}, **late),
        SHORTCUT: ViewFusion({SHORTCUT: shortcut}, **late),
        BOOST: ViewFusion(handcrafted(), boosting(trees, random_state), scale=False, **told),
        KMER: ViewFusion(views_of([KMERS]), logistic(RIDGE[KMER]), **told),
        B: ViewFusion(views_of(SETS[B]), logistic(RIDGE[B]), **told),
    }
    for ending, view in languages.items():
        for row in (C, D, E):
            made[row + ending] = ViewFusion(views_of(SETS[row], view), logistic(RIDGE[row]), **told)
        if not ending:
            made |= {row: ViewFusion({part: made[part] for part in PARTS[row]}, **late) for row in PARTS}
    return made


def on_test(scale: str, names: Mapping[str, str], seed: int) -> list[Measured]:
    """Protocols `test, tuned in training` and `strata of the test`; C + D also as it is printed."""
    ((dataset, (X, y, X_test, y_test)),) = datasets(scale).items()
    with TemporaryDirectory() as folder:
        views = {ending: language_model(name, folder, seed) for ending, name in names.items()}
        made = systems(seed, views, trees=SCALES[scale][2])
        fitted = fit_views(made, X, y)
        said = {row: Said.of(model, X_test) for row, model in fitted.items()}
    pairs = [(row, other) for other in (SHORTCUT, BOOST) for row in said if row != other]
    pairs += [pair for pair in ((CD, C), (C, C + RANDOM)) if set(pair) <= set(said)]
    honest = figures_on_rows(y_test, said, pairs=pairs)
    printed = {}
    if CD in said:
        chosen = best_on_test({row: said[row].scores for row in PARTS[CD]}, y_test)
        printed = figures_on_rows(y_test, {CD + ON_TEST: chosen.said})
    near, size = nearest_overlap(X, X_test).length, np.array([len(peptide) for peptide in X_test])
    strata = {NEW: near < LCS, NEAR: near == LCS, SEEN: near > LCS, SCANNED: size == USUAL}
    apart = f"{dataset.split(' (')[0]}, {DIFFERENCES}"
    told = [(row, figures, dataset if row in said else apart, TUNED) for row, figures in honest.items()]
    told += [(row, told, dataset, PRINTED) for row, told in printed.items()]
    for name, mask in strata.items():
        place = f"{dataset.split(' (')[0]}, {name}"
        part = {row: binary_figures(y_test[mask], one.take(mask)) for row, one in said.items()}
        told += [(row, figures, place, STRATA) for row, figures in part.items()]
    return [Measured(*one) for one in told]


def as_printed(scale: str, ending: str, name: str, size: int = 2) -> list[Measured]:
    """One view at threshold .4; and pair, weight and threshold chosen by the labels of the test."""
    ((dataset, (X, y, X_test, y_test)),) = datasets(scale).items()
    measured, scores = [], {}
    with TemporaryDirectory() as folder:
        view = language_model(name, folder)
        for alone in (KMERS, PHYSCHEM, GLOBAL, LANGUAGE):
            model = ViewFusion(views_of([alone], view), logistic(1.0), threshold=0.4).fit(X, y)
            figures = binary_figures(y_test, Said.of(model, X_test))
            figures["columns"] = model.members_[EARLY][-1].coef_.shape[1]
            row = f"{alone} alone{ending if alone == LANGUAGE else ''}"
            measured.append(Measured(row, figures, dataset, FIXED))
        for row, views in SETS.items():
            model = ViewFusion(views_of(views, view), logistic(1.0), threshold=0.5).fit(X, y)
            scores[row] = model.predict_proba(X_test)[:, 1]
    best = best_on_test(scores, y_test, size=size)
    told = binary_figures(y_test, best.said)
    told |= {"MCC chosen on half": best.optimism.chosen, "MCC on the other half": best.optimism.fresh}
    row = (BEST if size == 2 else BEST.replace("pair", "triple")) + ending
    return [*measured, Measured(row, told, dataset, PRINTED)]


def grouped(scale: str, names: Mapping[str, str], seed: int) -> list[Measured]:
    """Protocol `grouped cross-validation`: means over folds."""
    ((dataset, (X, y, _, _)),) = datasets(scale).items()
    groups, (_, n_folds, trees, _) = shared_kmer_groups(X, GROUP_K), SCALES[scale]

    def say(X: Any, y: Any, own: Any, X_test: Any) -> dict[str, Said]:
        made = systems(seed, views, INNER, trees)
        return {row: Said.of(model, X_test) for row, model in fit_views(made, X, y, own).items()}

    with TemporaryDirectory() as folder:
        views = {ending: language_model(name, folder, seed) for ending, name in names.items()}
        folds = inner_splits(y, n_folds, groups=groups, random_state=seed)
        told = figures_over_folds(say, X, y, folds, groups)
    return [Measured(row, figures, TRAINING if dataset == TEST else dataset) for row, figures in told.items()]


def remedies(scale: str, name: str, seed: int) -> list[Measured]:
    """Weights, under-sampling and SMOTE (where columns are dense) beside a threshold, across groups."""
    data = a_part(name, scale)
    X, y = data.X["sequence"].tolist(), np.asarray(data.y)
    groups = shared_kmer_groups(X, IMBALANCED[name])
    folds = inner_splits(y, min(REMEDY_FOLDS, SCALES[scale][1]), groups=groups, random_state=seed)
    boosted = partial(default_learner, n_rows=len(X), class_counts=np.bincount(y).tolist(), engine="lightgbm",
                      random_state=seed)  # fmt: skip
    under, smote = RandomUnderSampler(random_state=seed), SMOTE(random_state=seed)
    learners = {
        "LR, B": Remedied(views_of(SETS[B]), partial(logistic, RIDGE[B]), {"under": under}),
        "LightGBM": Remedied(handcrafted(), boosted, {"under": under, "SMOTE": smote}),
    }
    told = remedy_grid(learners, X, y, folds, groups=groups, inner_folds=INNER, random_state=seed)
    return [Measured(row, figures) for row, figures in told.items()]


def _printed_interval() -> tuple[float, float]:
    """Bootstrap interval of the printed MCC, from the counts that its SN and SP amount to."""
    hits, passed = round(HEADLINE["SN"] * HALF), round(HEADLINE["SP"] * HALF)
    decided = np.repeat([1.0, 0.0, 0.0, 1.0], [hits, HALF - hits, passed, HALF - passed])
    told = figures_on_rows(np.repeat([1, 0], HALF), {"printed": decided_above(decided, 0.5)})["printed"]
    return told["MCC from"], told["MCC to"]


def _width(table: Table) -> tuple[bool | None, str]:
    row = f"{KMERS} alone"
    if not table.values(row, "columns", [TEST], FIXED):
        return None, "Not measured at this scale."
    columns = round(table.mean(row, "columns", TEST, FIXED))
    return columns == WIDTH, f"{columns:,} columns, asked for {WIDTH:,}."


def _recreated(table: Table) -> tuple[bool | None, str]:
    if not table.values(BEST, "MCC", [TEST], PRINTED):
        return None, "Not measured at this scale."
    low, high = _printed_interval()
    whole, half, other = (
        table.mean(BEST, m, TEST, PRINTED) for m in ("MCC", "MCC chosen on half", "MCC on the other half")
    )
    return low <= whole <= high, (
        f"Best of ten pairs, weights and thresholds on the test: {whole:.3f}, against the printed "
        f"{HEADLINE['MCC']:.3f}, whose 95 % interval is {low:.2f} to {high:.2f}. Chosen on half of the test "
        f"{half:.3f}; the same settings on the other half {other:.3f}."
    )


def _ahead(row: str, other: str, metric: str, table: Table) -> tuple[bool | None, str]:
    """Whether one row is above another on the test, by the bootstrap interval over its rows."""
    name, place = f"{row} minus {other}", f"test, {DIFFERENCES}"
    if not table.values(name, metric, [place], TUNED):
        return None, "Not measured at this scale."
    ends = ("", " from", " to")
    difference, low, high = (table.mean(name, f"{metric}{end}", place, TUNED) for end in ends)
    words = f"{metric} {difference:+.3f} ({low:+.3f} to {high:+.3f} over the rows of the test)."
    return (True if low > 0 else False if high < 0 else None), words


ON = {"datasets": [TEST], "protocol": TUNED}
CV = {"datasets": [TRAINING], "protocol": GROUPED, "metric": "AUC"}
FRESH = {"datasets": [f"test, {NEW}"], "protocol": STRATA}
CLAIMS = (
    Holds("K-mers keep the authors' 35,358 columns", _width),
    Within("Physico-chemical descriptors alone repeat the authors' MCC .145", f"{PHYSCHEM} alone", "MCC",
           0.140, 0.150, [TEST], FIXED),
    Within("... and their AUC .644", f"{PHYSCHEM} alone", "AUC", 0.639, 0.649, [TEST], FIXED),
    Within("K-mers alone repeat the authors' AUC .759", f"{KMERS} alone", "AUC", 0.75, 0.77, [TEST], FIXED),
    Holds("Choosing on the test re-creates the printed MCC", _recreated),
    Better("Choosing weight and threshold of C + D on the test adds .03 of MCC", (CD + ON_TEST, PRINTED),
           (CD, TUNED), "MCC", 0.03, [TEST]),
    Better("C is above D by .08 of AUC", C, D, "AUC", 0.08, **ON),
    Within("The k-mer vote, memory alone, reaches AUC .75 on the whole test", VOTE, "AUC", 0.75, **ON),
    Within("... and at most .60 where little was seen before", VOTE, "AUC", None, 0.60, **FRESH),
    Within("Vote + length reaches AUC .73 across groups", SHORTCUT, low=0.73, **CV),
    Better("LightGBM is above the k-mer regression by .03 of AUC across groups", BOOST, KMER, margin=0.03,
           **CV),
    Better("C + LightGBM is no worse than C across groups", CBOOST, C, **CV),
    Better("C + LightGBM is no worse than LightGBM across groups", CBOOST, BOOST, **CV),
    Better("With a trained language model C is above the k-mer regression where little was seen before", C,
           KMER, "AUC", **FRESH),
    Holds("The paper's: late fusion C + D is above C (AUC)", partial(_ahead, CD, C, "AUC")),
    Holds("The paper's: late fusion C + D is above C (MCC)", partial(_ahead, CD, C, "MCC")),
    Holds("C + D is above vote + length (MCC)", partial(_ahead, CD, SHORTCUT, "MCC")),
    Holds("C is above vote + length (AUC)", partial(_ahead, C, SHORTCUT, "AUC")),
    Holds("C is above C with untrained weights of another language model (AUC)",
          partial(_ahead, C, C + RANDOM, "AUC")),
)  # fmt: skip


def what_the_test_tells(table: Table) -> str:
    """What 342 rows can and cannot tell."""
    place = f"test, {DIFFERENCES}"
    told: dict[str, list[str]] = {"worse": [], "better": [], "open": []}
    for row in table.systems:
        name = f"{row} minus {SHORTCUT}"
        if table.values(name, "AUC", [place], TUNED):
            low, high = (table.mean(name, f"AUC {end}", place, TUNED) for end in ("from", "to"))
            told["worse" if high < 0 else "better" if low > 0 else "open"].append(row)
    if not any(told.values()):
        return "The test of 342 rows is not measured at this scale."
    named = {kind: "; ".join(rows) or "none" for kind, rows in told.items()}
    row = CD if table.values(CD, "MCC", [TEST], TUNED) else B
    low, high = (table.mean(row, f"MCC {end}", TEST, TUNED) for end in ("from", "to"))
    return (
        "What 342 rows can and cannot tell, by 95 % intervals of the difference in AUC, row by row, to vote "
        "+ length, a model that knows what was seen before and how long a peptide is, and nothing else. Rank "
        f"worse than it: {named['worse']}. Rank better: {named['better']}. Nobody can tell: {named['open']}. "
        f"The MCC of {row} on this test lies between {low:.2f} and {high:.2f}; a lead of .044 such as the "
        "printed one over StackPIP is far inside that."
    )


def what_groups_tell(table: Table) -> str:
    """Which rows lead where no piece of a peptide was seen before."""
    auc = {row: table.mean(row, "AUC", TRAINING, GROUPED) for row in table.systems
           if table.values(row, "AUC", [TRAINING], GROUPED)}  # fmt: skip
    if not auc:
        return "Grouped cross-validation of the data is not measured at this scale."
    order = sorted(auc, key=auc.__getitem__, reverse=True)
    test = {row: table.mean(row, "AUC", TEST, TUNED) for row in auc}
    told = "; ".join(f"{row} {auc[row]:.3f} ({test[row]:.3f})" for row in order)
    return f"Mean AUC across groups of shared 8-mers, and in brackets on the test: {told}."


def what_a_screen_would_see(table: Table) -> str:
    """The printed operating point where positives are rare."""
    caught, alarms = HEADLINE["SN"] * SCREEN, (1 - HEADLINE["SP"]) * (1 - SCREEN)
    return (
        f"Half of the test is positive. In a screen with {SCREEN:.0%} positives the printed recall and "
        f"specificity mean that {caught / (caught + alarms):.1%} of the peptides called are positive."
    )


def what_remedies_add(table: Table) -> str:
    """Remedies beside a threshold."""
    told = []
    for name in IMBALANCED:
        for learner in ("LR, B", "LightGBM"):
            rows = [row for row in table.systems if row.startswith(f"{learner}, ") and ", t " in row]
            rows = [row for row in rows if table.values(row, "MCC", [name], REMEDIES)]
            if rows:
                mcc = {row: table.mean(row, "MCC", name, REMEDIES) for row in rows}
                best = max(mcc, key=mcc.__getitem__)
                told.append(
                    f"{name}, {learner}: nothing done {mcc[f'{learner}, none, t .5']:.3f}, threshold moved "
                    f"{mcc[f'{learner}, none, t tuned']:.3f}, best of all {mcc[best]:.3f} "
                    f"({best.removeprefix(f'{learner}, ')})"
                )
    return f"Remedies on more imbalanced sets, mean MCC across groups. {'; '.join(told)}."


WORDS = (what_the_test_tells, what_groups_tell, what_a_screen_would_see, what_remedies_add)


def main(scale: str = "smoke", **run: Any) -> Table:
    """Measure, judge and print."""
    (names, note), (seeds, _, _, sets) = language_models(scale, RANDOM), SCALES[scale]
    dataset = STAND_IN if scale == "smoke" else TEST
    work = [Unit(dataset, GROUPED, seed, partial(grouped, scale, names, seed)) for seed in range(seeds)]
    work += [Unit(dataset, TUNED, seed, partial(on_test, scale, names, seed)) for seed in range(seeds)]
    for size in ((2, 3) if scale == "paper" else (2,)) if names else ():
        first = partial(as_printed, scale, *next(iter(names.items())), size)
        work.append(Unit(dataset, f"{PRINTED}, {size} sets", 0, first))
    work += [
        Unit(name, REMEDIES, seed, partial(remedies, scale, name, seed))
        for name in sets
        for seed in range(seeds)
    ]
    return run_table(
        "kemp-pip", PAPER, work, CLAIMS, scale=scale, title_note=note, words=WORDS,
        main_metrics=("MCC", "AUC", "AP"), **run,
    )  # fmt: skip
