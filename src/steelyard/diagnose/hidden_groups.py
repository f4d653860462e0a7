"""SY010: a column that ties rows together which a random split would part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_view import ColumnView
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.kernels.rng import child
from steelyard.records import Finding

__all__ = ["HiddenGroups"]

# A key is named by such a word alone (patient, tailnum) or before one of KEY_WORDS (patient_nbr).
# fmt: off
GROUP_WORDS = frozenset({
    "account", "author", "batch", "client", "clinic", "customer", "device", "donor", "driver", "employee",
    "family", "group", "hospital", "host", "household", "lot", "machine", "member", "owner",
    "participant", "patient", "person", "plant", "policy", "record", "school", "sensor", "session", "shop",
    "site", "speaker", "station", "store", "student", "subject", "tailnum", "user", "vehicle",
})
# fmt: on
ID_WORDS = frozenset({"guid", "id", "ids", "nbr", "uuid"})  # without such a word, of small groups only
KEY_WORDS = frozenset({"code", "hash", "id", "ids", "key", "name", "nbr", "no", "nr", "num", "number"})
PAIRS = 50_000
LARGEST = 0.05  # of all rows: a value that more of them have is a usual value, not a group
CONSTANT = 0.95  # agreement of pairs within a group, for a column that is constant in groups
VARIED = 0.7  # and at most this between groups, or the column is constant anyway
SIGNIFICANT = 5.0  # standard errors; one column in millions by chance


class HiddenGroups(Check):
    """Whether a column looks like the key of a group: a patient, a customer, a machine.

    A candidate is a column of strings or whole numbers that repeats. It is called a key when its name
    says so (a warning if rows of one value agree in their label or in another column, otherwise only
    worth knowing), or, whatever its name, when it has many small groups whose rows agree in both.
    Agreement is compared with rows of the next value for numbers (so that a smooth effect of the number
    is not taken for groups) and with rows of other values for strings.

    Parameters
    ----------
    min_groups : int
        Fewer values are levels of a feature.
    min_repeated : float
        Share of the rows that must share their value with another row.
    max_group_rows : float
        Without a telling name, groups must have at most this many rows on average (and none more than
        5 % of all rows).
    min_excess : float
        By how much more often rows of one group must have the same label.

    References
    ----------
    Saeb, Lonini, Jayaraman, Mohr and Kording, The need to approximate the use-case in clinical machine
    learning, GigaScience 6(5), 2017.

    Examples
    --------
    >>> import pandas as pd
    >>> from steelyard.records import Dataset
    >>> patient = np.repeat(np.arange(80), 5)
    >>> X = pd.DataFrame({"patient_id": patient, "sex": (patient * 7 % 11 < 5), "x": np.arange(400) % 13})
    >>> HiddenGroups().check(Dataset(X, (patient * 7919 % 5 == 0).astype(int))).columns
    ('patient_id',)
    """

    code = "SY010"
    title = "Groups that a random split would mix"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "min_groups": (2, 1e9),
        "min_repeated": (0.0, 1.0),
        "max_group_rows": (1.0, 1e9),
        "min_excess": (0.0, 1.0),
    }

    def __init__(
        self,
        min_groups: int = 10,
        min_repeated: float = 0.2,
        max_group_rows: float = 100.0,
        min_excess: float = 0.02,
    ) -> None:
        self.min_groups = min_groups
        self.min_repeated = min_repeated
        self.max_group_rows = max_group_rows
        self.min_excess = min_excess

    def _examine(self, evidence: Evidence) -> Finding:
        if evidence.dataset.groups is not None:
            return self._clear("Rows are split by the groups that were given.")
        candidates = [column for column in evidence.columns if self._repeats(column)]
        if not candidates:
            raise NotApplicable("No column of strings or whole numbers repeats like the key of a group.")
        keys = {}
        for column in candidates:
            told = self._why_key(column, evidence)
            if told is not None:
                keys[column.name] = told
        if not keys:
            return self._clear(
                f"Columns that repeat: {len(candidates):,}. None looks like the key of a group.", {"keys": {}}
            )
        said = "; ".join(
            f"{name!r} has {k['groups']:,} groups, whose rows share their label {k['label_agreement']:.0%} "
            f"of the time ({k['label_expected']:.0%} expected)"
            + (f" and always agree in {', '.join(map(repr, k['constant'][:3]))}" if k["constant"] else "")
            for name, k in keys.items()
        )
        return self._found(
            f"{said}.",
            "If new rows will come from new groups, split by group (--groups COLUMN) and leave the column "
            "out: otherwise the model is tested on groups it has already met.",
            severity="warning" if any(k["agree"] for k in keys.values()) else "info",
            columns=list(keys),
            measures={"keys": keys},
        )

    def _repeats(self, column: ColumnView) -> bool:
        if column.kind not in ("categorical", "numeric") or not (
            column.kind == "categorical" or column.whole
        ):
            return False
        sizes = np.bincount(column.codes)
        repeated = sizes[sizes > 1].sum() / sizes.sum()
        return column.n_levels >= self.min_groups and repeated >= self.min_repeated

    def _why_key(self, column: ColumnView, evidence: Evidence) -> dict[str, Any] | None:
        rng = child(evidence.seed, "hidden groups", column.name)
        within, between = _pairs(column, rng)
        if not within[0].size or not between[0].size:
            return None
        agree, expected, z = _excess(evidence.codes, within, between)
        constant = [
            other.name
            for other in evidence.columns
            if other.name != column.name and _constant_in_groups(other.codes, within, between)
        ]
        same_label = z >= SIGNIFICANT and agree - expected >= self.min_excess
        sizes = np.bincount(column.codes)
        small = sizes.mean() <= self.max_group_rows and sizes.max() <= LARGEST * sizes.sum()
        named = _named_like_key(column.words) or (small and not ID_WORDS.isdisjoint(column.words[-1:]))
        if not named and not (small and same_label and constant):
            return None
        return {
            "groups": column.n_levels,
            "label_agreement": agree,
            "label_expected": expected,
            "constant": constant,
            "agree": bool(same_label or constant),
        }


def _named_like_key(words: tuple[str, ...]) -> bool:
    if len(words) < 2:
        return not GROUP_WORDS.isdisjoint(words)
    return words[-1] in KEY_WORDS and words[-2] in GROUP_WORDS


Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


def _pairs(column: ColumnView, rng: np.random.Generator) -> tuple[Pairs, Pairs]:
    """Pairs of rows with one value, and pairs of rows with two values to compare them with.

    Rows of one value are paired in random order, so that neither the order of the file nor copies that
    stand together decide. For numbers the other row has the next larger value, for strings any other.
    """
    shuffled = rng.permutation(column.codes.size)
    key = column.numbers if column.kind == "numeric" else column.codes
    order = shuffled[np.argsort(key[shuffled], kind="stable")]
    order = order[~column.missing[order]]
    values = column.codes[order]
    same = np.flatnonzero(values[1:] == values[:-1])
    if same.size > PAIRS:
        same = rng.choice(same, PAIRS, replace=False)
    within = order[same], order[same + 1]
    one = rng.choice(order.size, min(order.size, PAIRS), replace=False)
    if column.kind == "numeric":
        starts = np.concatenate([[0], 1 + np.flatnonzero(values[1:] != values[:-1]), [order.size]])
        level = np.searchsorted(starts, one, side="right")
        one, level = one[level < starts.size - 1], level[level < starts.size - 1]
        other = starts[level] + (rng.random(one.size) * (starts[level + 1] - starts[level])).astype(np.intp)
    else:
        other = rng.integers(order.size, size=one.size)
        one, other = one[values[one] != values[other]], other[values[one] != values[other]]
    return within, (order[one], order[other])


def _agreement(codes: NDArray[np.intp], pairs: Pairs) -> float:
    return float((codes[pairs[0]] == codes[pairs[1]]).mean())


def _excess(codes: NDArray[np.intp], within: Pairs, between: Pairs) -> tuple[float, float, float]:
    """Agreement within and between groups, and their difference in standard errors."""
    inside, outside = _agreement(codes, within), _agreement(codes, between)
    variance = inside * (1 - inside) / within[0].size + outside * (1 - outside) / between[0].size
    return inside, outside, (inside - outside) / max(np.sqrt(variance), 1.0 / within[0].size)


def _constant_in_groups(codes: NDArray[np.intp], within: Pairs, between: Pairs) -> bool:
    return _agreement(codes, within) >= CONSTANT and _agreement(codes, between) <= VARIED
