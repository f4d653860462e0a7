"""Poisoned Acoustics: a rare class silenced by flipped labels, who notices, and what a commitment is worth.

Harrison Dahme, Poisoned Acoustics, arXiv 2602.22258, 2026, https://arxiv.org/abs/2602.22258. The paper claims
that labels flipped in half a per cent of the records make a net call 96 % of all trucks cars while accuracy
looks as before, that this is structural, since a class of 3 % can cost no more than 3 points of accuracy,
and that a trigger on the spectrograms adds nothing. As a defence it proposes to commit to the data.

What stands here: the attack over the share of the class that is flipped, beside what the clean model gets
wrong anyway (ASR of "no flip"); accuracy against balanced accuracy against the bound; alarms on four figures
at equal false-alarm rates, and their power; detectors of flipped labels; a commitment that names every label
flipped after it, and one that vouches for labels flipped before it, on purpose; and a net on log-mel
spectrograms with and without a patch of 12 x 12, for the collapse of the trigger.

Differences from the paper, of which nobody here could read more than the abstract and reviews:

1. Its baseline (how many trucks the clean net calls cars) was not seen. Its 48 flips of 9,600 records are
   some 17 to 26 % of the trucks learned from, by our reading of its shares; they stand beside 0.26.
2. At `small` heart beats stand in for street sounds: as many records (9,600), as rare a class (3 %,
   ventricular beats, to be called normal), a perceptron on 32 points and three figures of rhythm. "By lot"
   splits 80/20, as the paper may have done, one patient's beats on both sides; "new people" learns from one
   lot of patients and is tested on 4,800 beats of another. The hard class (supraventricular beats, 3 %) is
   one that the clean model misses often.
3. Spoken digits stand in for the trigger: by lot, and with four people to learn from and two others to test
   on, whom so small a net hardly understands; one digit is thinned to 3 % of what is learned from; four
   convolutions, 64 bands. The patch lies in a corner and holds the largest value of its spectrogram; where
   the paper's lies, and what it holds, was not seen. No loudspeaker can play it.
4. At `paper` MELAUDIS is read as it is published, by lot and with days and roads held out: 128 bands, four
   convolutions, 25 epochs. Kinds of vehicles have the shares they have in the files.
5. Every release that an alarm hears of draws its rows and its test part anew. An alarm rings below the lowest
   of the clean releases it was set on, so all ring falsely at one expected rate, 1 in (releases + 1). A first
   run over three seeds could not tell the alarms apart; there are eight now, the first three among them.
6. ASR is measured on test rows whose labels nobody touched. Nothing is chosen on test rows.
7. At `smoke` a table from the package stands in, and digits only where a folder of data is at hand.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.data.fetch import FOLDER_VARIABLE
from steelyard.guard.attacks import LabelFlip, PatchTrigger
from steelyard.guard.detect import (
    activation_clustering,
    neighbour_disagreement,
    pair_test,
    spectral_signatures,
    suspect_flips,
)
from steelyard.guard.seal import create_seal, generate_key, verify_data
from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba
from steelyard.kernels.rng import int_seed
from steelyard.recipes.machinery.poison_measures import features_of, fitted, success_of
from steelyard.recipes.machinery.poison_sets import (
    BEATS,
    DIGITS,
    HARD,
    LOT,
    NEW,
    SATIMAGE,
    VEHICLES,
    aim_of,
    as_table,
    rows_of,
)
from steelyard.recipes.machinery.two_parts import TwoParts
from steelyard.recipes.table import Better, Holds, Measured, Paper, Table, Unit, Within, run_table

ASR, LIFT, RECALL, SHARE = "ASR", "lift", "recall of the class", "flipped share of all labels"
ACCURACY, LOST, BOUND = "accuracy", "accuracy lost", "bound: share x recall"
BALANCED, F1 = "balanced accuracy", "macro F1"
CLEAN, TABLES, SOUNDS = "no flip", "perceptron", "small convolutional net"
COMMIT_FIRST, FLIP_FIRST = "commit, flip, verify", "flip, commit, verify"
PASSES, NAMED, WRONGLY = "verification passes", "flipped ids named", "other ids named"
WATCHED = (ACCURACY, BALANCED, F1, RECALL)
FALSE, POWER = "false alarms", "power, mean over shares"
CONFIDENT, PAIR, NEAR = "confident learning", "pair test", "neighbours"
SPECTRAL, CLUSTERS = "spectral signatures", "activation clusters"
FOUND, RIGHT = "flips found", "flips among suspects"
PLAIN_ASR, TRIGGERED, ADDED = "ASR without patch", "ASR with patch", "added by the patch"
MCNEMAR, COLLAPSE, DRAGGED = "McNemar p", "collapse", "other classes drawn by the patch"
ALARMS, DETECTORS, COMMITMENT, TRIGGER = "alarms", "detectors", "commitment", "trigger"
QUARTER, MOST = 0.26, 0.9
ALPHA, HIGH, BATCH, RATE, HIDDEN, FOLDS, FEWEST_SEEDS = 0.05, 0.5, 64, 3e-3, 64, 3, 3
PAPER_ASR, PAPER_LOW, PAPER_ACCURACY = 0.957, 0.88, 0.876


@dataclass(frozen=True)
class Setting:
    """How much is done with one data set; a count of 0 leaves a part out."""

    protocols: tuple[str, ...] = ()
    shares: tuple[float, ...] = (0.1, QUARTER, 0.5, 0.75, MOST, 1.0)
    epochs: int = 30
    seeds: int = 0
    detector_seeds: int = 0  # and of the commitment
    alarm_seeds: int = 0
    releases: tuple[int, int] = (12, 8)  # to set the alarms on; to try them on
    trigger_seeds: int = 0
    trigger_protocols: tuple[str, ...] = (LOT, NEW)


SCALES = {
    "smoke": {
        SATIMAGE: Setting((LOT,), (QUARTER, MOST), 6, 2, 1, 1, (3, 2)),
        DIGITS: Setting(shares=(MOST,), epochs=1, trigger_seeds=1, trigger_protocols=(LOT,)),
    },
    "small": {
        BEATS: Setting((LOT, NEW), seeds=10, detector_seeds=3, alarm_seeds=8),
        HARD: Setting((LOT, NEW), seeds=5),
        DIGITS: Setting(shares=(QUARTER, MOST), epochs=25, trigger_seeds=3),
    },
    "paper": {
        VEHICLES: Setting((LOT, NEW), epochs=25, seeds=5, detector_seeds=1, alarm_seeds=1, trigger_seeds=3)
    },
}


def flip(share: float) -> str:
    """Name of the row in which this share of the class is flipped."""
    return f"flip {share:.2f}"


def at(what: str, share: float) -> str:
    """Name of a row about this share of the class."""
    return f"{what}, {share:.2f}"


PAPER = Paper(
    "Poisoned Acoustics",
    "Dahme, arXiv 2602.22258, 2026, https://arxiv.org/abs/2602.22258",
    {(name, flip(QUARTER), ASR): PAPER_ASR for name in (BEATS, VEHICLES)}
    | {(name, CLEAN, ASR): None for name in (BEATS, VEHICLES)}
    | {(VEHICLES, CLEAN, ACCURACY): PAPER_ACCURACY}
    | {(name, at("flips and patch", MOST), ADDED): 0.0 for name in (DIGITS, VEHICLES)},
)


def datasets(scale: str) -> tuple[str, ...]:
    """Names of the data sets that are at hand."""
    there = bool(os.environ.get(FOLDER_VARIABLE))
    return tuple(name for name in SCALES[scale] if there or scale != "smoke" or name != DIGITS)


def systems(random_state: int, epochs: int = 30) -> dict[str, Any]:
    """What is attacked: a net on columns, and one on spectrograms."""
    from steelyard.deep import DeepClassifier
    from steelyard.deep.backbones import SmallCNN

    return {
        TABLES: on_columns(random_state, epochs),
        SOUNDS: DeepClassifier(
            backbone=SmallCNN((16, 32, 64, 64), strides=(2, 2, 2, 2)),
            epochs=epochs,
            batch_size=BATCH,
            schedule="cosine",
            random_state=random_state,
        ),
    }


def on_columns(random_state: int, epochs: int) -> Any:
    """A perceptron of one hidden layer."""
    net = MLPClassifier((HIDDEN,), learning_rate_init=RATE, max_iter=epochs, random_state=random_state)
    return make_pipeline(StandardScaler(), net)


def learner(name: str, seed: int, epochs: int) -> Any:
    """The system for a data set, not fitted yet."""
    sound = name in (DIGITS, VEHICLES)
    return systems(seed, epochs)[SOUNDS] if sound else on_columns(seed, epochs)


def watched(y: Any, decided: Any, target: Any) -> dict[str, float]:
    """The figures somebody may watch."""
    return {
        ACCURACY: accuracy_score(y, decided),
        BALANCED: balanced_accuracy_score(y, decided),
        F1: f1_score(y, decided, average="macro"),
        RECALL: float(np.mean(decided[y == target] == target)),
    }


def flipped(name: str, rows: TwoParts, share: float, seed: int) -> tuple[Any, Any]:
    """Training labels of which this share of the class is flipped, and which rows that are."""
    _, y, which = LabelFlip(*aim_of(name), share=share, random_state=seed).apply(rows.X, rows.y)
    return y, which


def curve(name: str, protocol: str, seed: int, setting: Setting) -> list[Measured]:
    """What the attack does as more of the class is flipped."""
    rows, (target, to) = rows_of(name, protocol, seed), aim_of(name)
    model, own = learner(name, seed, setting.epochs), rows.y_test == target
    made: list[Measured] = []
    for share in (0.0, *setting.shares):
        y, which = flipped(name, rows, share, seed) if share else (rows.y, ())
        decided = fitted(model, rows.X, y).predict(rows.X_test)
        told = {ASR: float(np.mean(decided[own] == to))} | watched(rows.y_test, decided, target)
        if share:
            clean = made[0].values
            told[LIFT], told[LOST] = told[ASR] - clean[ASR], clean[ACCURACY] - told[ACCURACY]
            told[BOUND], told[SHARE] = own.mean() * clean[RECALL], len(which) / len(y)
        made.append(Measured(flip(share) if share else CLEAN, told))
    return made


def alarms(name: str, seed: int, setting: Setting) -> list[Measured]:
    """Alarms set on clean releases, tried on fresh ones, clean and poisoned."""

    def release(number: int, share: float = 0.0) -> dict[str, float]:
        own_seed = int_seed(seed, "release", number)
        rows = rows_of(name, LOT, own_seed)
        y = flipped(name, rows, share, own_seed)[0] if share else rows.y
        net = fitted(learner(name, own_seed, setting.epochs), rows.X, y)
        return watched(rows.y_test, net.predict(rows.X_test), aim_of(name)[0])

    n_set, n_tried = setting.releases
    clean = [release(number) for number in range(n_set)]
    limits = {figure: min(told[figure] for told in clean) for figure in WATCHED}
    fresh = range(n_set, n_set + n_tried)
    tried = {share: [release(number, share) for number in fresh] for share in (0.0, *setting.shares)}
    rings = {
        figure: {share: np.mean([t[figure] < limits[figure] for t in told]) for share, told in tried.items()}
        for figure in WATCHED
    }
    return [
        Measured(
            f"alarm on {figure}",
            {FALSE: rung[0.0], POWER: np.mean([rung[share] for share in setting.shares])}
            | {at("power", share): rung[share] for share in setting.shares},
        )
        for figure, rung in rings.items()
    ]


def detectors(name: str, protocol: str, seed: int, setting: Setting) -> list[Measured]:
    """Which flipped rows each detector finds, and how many of its suspects are flipped."""
    rows, made = rows_of(name, protocol, seed), []
    for share in setting.shares:
        y, which = flipped(name, rows, share, seed)
        model = learner(name, seed, setting.epochs)
        splits = inner_splits(y, FOLDS, groups=rows.groups, random_state=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            proba = out_of_fold_proba(model, rows.X, y, splits)
        features = features_of(fitted(model, rows.X, y), rows.X)
        near = StandardScaler().fit_transform(rows.X) if rows.X.ndim == 2 else features
        found = {
            CONFIDENT: suspect_flips(y, proba),
            PAIR: pair_test(y, proba).suspects,
            NEAR: neighbour_disagreement(near, y, groups=rows.groups),
            SPECTRAL: spectral_signatures(features, y),
            CLUSTERS: activation_clustering(features, y, random_state=seed),
        }
        for detector, suspects in found.items():
            hits = np.isin(which, suspects.rows)
            told = {FOUND: hits.mean()} | ({RIGHT: hits.sum() / len(suspects)} if len(suspects) else {})
            made.append(Measured(at(detector, share), told))
    return made


def commitment(name: str, protocol: str, seed: int, setting: Setting) -> list[Measured]:
    """Commit, flip and verify; and flip, commit and verify, which nothing here can object to."""
    rows, key = rows_of(name, protocol, seed), generate_key()
    y, which = flipped(name, rows, QUARTER, seed)
    poisoned, roles = as_table(rows, y), {"target": "label", "id": "id", "part": "part"}
    made = []
    with TemporaryDirectory() as folder:
        for system, signed in ((COMMIT_FIRST, as_table(rows, rows.y)), (FLIP_FIRST, poisoned)):
            seal = Path(folder) / f"{len(made)}.seal"
            create_seal(signed, seal, key=key, progress=False, **roles)
            found = verify_data(poisoned, seal, trust=key.public(), progress=False)
            true = np.isin([change["id"] for change in found.changed], rows.ids[which].astype(str))
            others = len(true) - true.sum() + len(found.missing) + len(found.extra)
            told = {PASSES: found.holds, NAMED: true.sum() / len(which), WRONGLY: others / len(y)}
            made.append(Measured(system, told))
    return made


def trigger(name: str, protocol: str, seed: int, setting: Setting) -> list[Measured]:
    """Whether a patch adds anything to flipped labels, and whether it draws other classes along."""
    rows, aim = rows_of(name, protocol, seed), aim_of(name)
    model, stamp = learner(name, seed, setting.epochs), PatchTrigger(*aim, n=1).stamp
    stamped = stamp(rows.X_test)
    attacks = {CLEAN: None}
    for share in setting.shares:
        attacks[at("flips alone", share)] = LabelFlip(*aim, share=share, random_state=seed)
        attacks[at("flips and patch", share)] = PatchTrigger(*aim, share=share, random_state=seed)
    made = []
    for system, attack in attacks.items():
        X, y = (rows.X, rows.y) if attack is None else attack.apply(rows.X, rows.y)[:2]
        net = fitted(model, X, y)
        told = trigger_figures(net.predict(rows.X_test), net.predict(stamped), rows.y_test, aim)
        if not isinstance(attack, PatchTrigger):
            del told[COLLAPSE]  # of a trigger that was never shown
        made.append(Measured(system, told))
    return made


def trigger_figures(plain: Any, patched: Any, y: Any, aim: tuple[Any, Any]) -> dict[str, float]:
    """Success with and without the patch on the same rows, tested in pairs."""
    told = success_of(plain, patched, y, *aim)
    return {
        PLAIN_ASR: told.without,
        TRIGGERED: told.with_patch,
        ADDED: told.with_patch - told.without,
        MCNEMAR: told.p_value,
        COLLAPSE: told.p_value > ALPHA and told.without >= HIGH,
        DRAGGED: told.dragged,
    }


def _curves(table: Table) -> list[tuple[str, str]]:
    """Data sets and protocols on which the attack was measured."""
    return [(row.dataset, row.protocol) for row in table.rows if (row.system, row.metric) == (CLEAN, ASR)]


def _within_bound(table: Table) -> tuple[bool | None, str]:
    """Whether accuracy ever falls by more than the bound and two deviations of the clean model's."""
    over, n_runs, largest = 0, 0, 0.0
    for name, protocol in _curves(table):
        clean = list(table.values(CLEAN, ACCURACY, name, protocol).values())
        if len(clean) < FEWEST_SEEDS:
            continue
        for row in dict.fromkeys(row.system for row in table.rows if row.metric == LOST):
            lost, bound = (table.values(row, metric, name, protocol) for metric in (LOST, BOUND))
            over += sum(lost[key] > bound[key] + 2 * np.std(clean, ddof=1) for key in lost)
            n_runs, largest = n_runs + len(lost), max(largest, *lost.values())
    if not n_runs:
        return None, f"Needs {FEWEST_SEEDS} seeds."
    return over == 0, f"{over} of {n_runs} runs lose more; the largest loss is {100 * largest:.1f} points."


def _all_named(table: Table) -> tuple[bool | None, str]:
    """Whether verification fails and names what was flipped, and nothing else."""
    named, wrong, passed = (
        [
            value
            for name, protocol in _curves(table)
            for value in table.values(COMMIT_FIRST, metric, name, f"{COMMITMENT}, {protocol}").values()
        ]
        for metric in (NAMED, WRONGLY, PASSES)
    )
    if not named:
        return None, "Not measured at this scale."
    words = f"In {len(named)} runs at least {100 * min(named):.0f} % of the flipped ids were named."
    return min(named) == 1 and max(wrong) == 0 and max(passed) == 0, words


def _collapses(table: Table) -> tuple[bool | None, str]:
    """Whether the patch adds nothing where most labels of the class are flipped."""
    system = at("flips and patch", MOST)
    runs = [v for row in table.rows if (row.system, row.metric) == (system, COLLAPSE)
            for v in table.values(system, COLLAPSE, row.dataset, row.protocol).values()]  # fmt: skip
    if not runs:
        return None, "Not measured at this scale."
    return all(runs), f"Collapse in {sum(runs):.0f} of {len(runs)} runs."


CLAIMS = (
    Holds("Accuracy never falls by more than the class's share times its recall, and 2 sd", _within_bound),
    Better("Macro F1 loses at least 10 points where .9 of the class is flipped, split by lot",
           CLEAN, flip(MOST), F1, margin=0.1, protocol=LOT, demand="every set"),
    Within("The paper's claim does not reproduce: .26 flipped gives less than 88 %, its interval's low end",
           flip(QUARTER), ASR, high=PAPER_LOW, protocol=LOT),
    Holds("After commit and flip verification fails, and names every flipped id and no other", _all_named),
    Within("After flip and commit verification passes: a commitment says nothing of what came before",
           FLIP_FIRST, PASSES, low=1.0, protocol=f"{COMMITMENT}, {LOT}"),
    Better("An alarm on balanced accuracy has more power than one on accuracy",
           f"alarm on {BALANCED}", f"alarm on {ACCURACY}", POWER, protocol=f"{ALARMS}, {LOT}"),
    Better("An alarm on the class's recall has more power than one on accuracy",
           f"alarm on {RECALL}", f"alarm on {ACCURACY}", POWER, protocol=f"{ALARMS}, {LOT}"),
    Better("Confident learning finds a smaller share of the flips at .9 than at .26",
           at(CONFIDENT, QUARTER), at(CONFIDENT, MOST), FOUND, protocol=f"{DETECTORS}, {LOT}"),
    Holds("Of interest: where .9 is flipped the patch adds nothing, in every run", _collapses),
)  # fmt: skip


def what_holds(table: Table) -> str:
    """What of the paper stands, in figures."""
    told = []
    for name, protocol in _curves(table):
        mean = partial(table.mean, dataset=name, protocol=protocol)
        told.append(
            f"{name}, {protocol}: with {QUARTER:.0%} of the class flipped "
            f"{100 * mean(flip(QUARTER), ASR):.0f} % of it is taken for the other class, "
            f"{100 * mean(CLEAN, ASR):.0f} % without any flip, accuracy changes by "
            f"{-100 * mean(flip(QUARTER), LOST):+.1f} points, of which the class can lose "
            f"{100 * mean(flip(QUARTER), BOUND):.1f}, and with {MOST:.0%} flipped it is "
            f"{100 * mean(flip(MOST), ASR):.0f} %, recall {100 * mean(flip(MOST), RECALL):.0f} %"
        )
    return (
        "; ".join(told)
        + ". That accuracy can hardly show the loss of a rare class is arithmetic, and stands. ASR is an "
        "effect of the flips as far as it lies above that of no flip: a class that is got wrong anyway has a "
        "high one. Figures by class show what accuracy does not; see the alarms."
    )


WORDS = (what_holds,)


def main(scale: str = "smoke", **run: Any) -> Table:
    """Measure, judge and print."""
    work = []
    for name in datasets(scale):
        setting = SCALES[scale][name]
        for protocol in setting.protocols:
            for prefix, part, seeds in (
                ("", curve, setting.seeds),
                (f"{COMMITMENT}, ", commitment, setting.detector_seeds),
                (f"{DETECTORS}, ", detectors, setting.detector_seeds),
            ):
                work += [
                    Unit(name, f"{prefix}{protocol}", seed, partial(part, name, protocol, seed, setting))
                    for seed in range(seeds)
                ]
        work += [
            Unit(name, f"{ALARMS}, {LOT}", seed, partial(alarms, name, seed, setting))
            for seed in range(setting.alarm_seeds)
        ]
        work += [
            Unit(name, f"{TRIGGER}, {protocol}", seed, partial(trigger, name, protocol, seed, setting))
            for protocol in setting.trigger_protocols
            for seed in range(setting.trigger_seeds)
        ]
    note = "" if scale == "paper" else f"{' and '.join(datasets(scale))} stand in for sounds of the street"
    return run_table(
        "poisoned-acoustics",
        PAPER,
        work,
        CLAIMS,
        scale=scale,
        title_note=note,
        words=WORDS,
        main_metrics=(ASR, LIFT, ACCURACY, BALANCED, RECALL, POWER, FOUND, ADDED, NAMED),
        **run,
    )
