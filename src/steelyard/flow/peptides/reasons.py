"""What spoke for and against a peptide, view by view, in log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logit

from steelyard.flow.peptides.system import DESCRIPTORS, KMERS, MEMORY

__all__ = ["reasons_of"]

Reason = dict[str, Any]


class Vote(NamedTuple):
    """A run of letters shared with training: where it begins, who has it, and how it pulls."""

    start: int
    run: str
    owners: int
    share: float
    pull: float

    def within(self, other: Vote) -> bool:
        """Whether the run lies inside the other."""
        end, its_end = self.start + len(self.run), other.start + len(other.run)
        return other.start <= self.start and end <= its_end

    @property
    def words(self) -> str:
        """The run and the labels of those who have it."""
        plural, positive = "s" if self.owners > 1 else "", round(self.owners * self.share)
        return f"{self.run} in {self.owners} training peptide{plural}, {positive} positive"


TOP = 6
LEAST = 0.005  # log-odds below which nothing is shown
DIGITS = ((100, 0), (10, 1), (0, 2))  # decimals shown of numbers from this size on
NAMES = {
    "physchem_hydropathy": "hydropathy",
    "physchem_moment_100": "hydrophobic moment as a helix",
    "physchem_moment_180": "hydrophobic moment as a strand",
    "physchem_helix_share": "share of helix formers",
    "physchem_sheet_share": "share of sheet formers",
    "physchem_trypsin_sites": "trypsin sites",
    "physchem_chymotrypsin_sites": "chymotrypsin sites",
    "physchem_elastase_sites": "elastase sites",
    "global_charge_density": "charge by weight",
    "global_isoelectric_point": "isoelectric point",
    "global_instability": "instability index",
    "global_aromaticity": "aromaticity",
    "global_aliphatic_index": "aliphatic index",
    "global_boman_index": "Boman index",
    "global_hydrophobic_ratio": "hydrophobic share",
}


def reasons_of(model: Any, sequences: Sequence[str], seen: Sequence[bool]) -> list[list[Reason]]:
    """The strongest reasons of each peptide.

    Parameters
    ----------
    model : fitted ViewFusion of `peptide_system`
    sequences : sequence of n str
    seen : sequence of n bool
        Whether it is a training peptide, whose memory of itself is no reason.

    Returns
    -------
    list of n lists of dict
        ``kind`` ("k-mer", "descriptor" or "memory"), ``words`` and ``effect``: natural log-odds within the
        view times the view's weight. A k-mer counts against its absence, a descriptor against its training
        mean, a memory against the share of positives in training. Strongest first.

    Notes
    -----
    The views' probabilities are averaged, so the effects add up to the log-odds of the mean roughly only.
    """
    weights = dict(zip(model.members_, model.weights_.tolist(), strict=True))
    found: list[list[Reason]] = [[] for _ in sequences]
    _add_kmers(found, model.members_[KMERS], weights[KMERS], sequences)
    _add_descriptors(found, model.members_[DESCRIPTORS], weights[DESCRIPTORS], sequences)
    _add_memory(found, model.members_[MEMORY], weights[MEMORY], sequences, seen)
    return [
        sorted((reason for reason in own if abs(reason["effect"]) >= LEAST), key=_strength)[:TOP]
        for own in found
    ]


def _strength(reason: Reason) -> tuple[float, str]:
    return -abs(reason["effect"]), reason["words"]


def _figure(value: float) -> str:
    """A number in three digits or so, with a real minus."""
    digits = next(digits for size, digits in DIGITS if abs(value) >= size)
    return f"{value:.{digits}f}".replace("-", "−")


def _reason(kind: str, words: str, effect: float) -> Reason:
    return {"kind": kind, "words": words, "effect": round(float(effect), 4)}


def _add_kmers(found: list[list[Reason]], member: Any, weight: float, sequences: Sequence[str]) -> None:
    names = member[0].get_feature_names_out()
    values = member[:-1].transform(list(sequences)).tocsr()
    coefficients = member[-1].coef_[0]
    for row in range(len(sequences)):
        at = slice(values.indptr[row], values.indptr[row + 1])
        columns = values.indices[at]
        effects = weight * values.data[at] * coefficients[columns]
        for place in np.argsort(-np.abs(effects), kind="stable")[:TOP]:
            found[row].append(_reason("k-mer", str(names[columns[place]]), effects[place]))


def _add_descriptors(found: list[list[Reason]], member: Any, weight: float, sequences: Sequence[str]) -> None:
    every = member[0].transform(list(sequences))
    kept = member[1].transformers_[0][2]
    names, plain = member[0].get_feature_names_out()[kept], every[:, kept]
    effects = weight * member[1].transform(every) * member[-1].coef_[0]
    for row in range(len(sequences)):
        for column in np.argsort(-np.abs(effects[row]), kind="stable")[:TOP]:
            words = f"{NAMES.get(names[column], names[column])} {_figure(plain[row, column])}"
            found[row].append(_reason("descriptor", words, effects[row, column]))


def _add_memory(
    found: list[list[Reason]], member: Any, weight: float, sequences: Sequence[str], seen: Sequence[bool]
) -> None:
    new = [row for row, known in enumerate(seen) if not known]
    if not new:
        return
    asked = [sequences[row] for row in new]
    prior = float(member.prior_[1])
    moved = logit(member.predict_proba(asked)[:, 1]) - logit(prior)
    told = member.votes(asked).rename(columns={f"share_{member.classes_[1]}": "share"})
    columns = [told[name].tolist() for name in ("row", "start", "run", "owners", "share", "weight")]
    votes: dict[int, list[Vote]] = {}
    for place, start, run, owners, share, strength in zip(*columns, strict=True):
        votes.setdefault(place, []).append(Vote(start, run, owners, share, strength * (share - prior)))
    for place, own in votes.items():
        total = sum(vote.pull for vote in own)
        if total:
            found[new[place]] += _longest_runs(own, weight * moved[place] / total)


def _longest_runs(votes: list[Vote], factor: float) -> list[Reason]:
    """One reason for each run that lies in no longer one; the pull of the runs inside it is added to it."""
    kept: list[Vote] = []
    pulls: list[float] = []
    for vote in sorted(votes, key=lambda vote: -len(vote.run)):
        around = next((place for place, longer in enumerate(kept) if vote.within(longer)), None)
        if around is None:
            kept.append(vote)
            pulls.append(vote.pull)
        else:
            pulls[around] += vote.pull
    return [_reason("memory", vote.words, factor * pull) for vote, pull in zip(kept, pulls, strict=True)]
