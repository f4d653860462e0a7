"""Activation clustering: a class whose features fall into two lots, one of them small."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from steelyard.errors import BadOption
from steelyard.guard.detect.read_rows import need_share, quoted, read_codes, read_features
from steelyard.guard.detect.suspects import Suspects, rank_suspects
from steelyard.kernels.class_centers import class_centers, nearest_other_class, principal_directions
from steelyard.kernels.kmeans import Clusters, clusters_of, kmeans
from steelyard.kernels.rng import RandomState, child, root_seed

__all__ = ["activation_clustering"]

NAME = "activation_clustering"
N_COMPONENTS = 10
MIN_ROWS = 32
MAX_SHARE = 0.35
MIN_SILHOUETTE = 0.1
STARTS = 5
SILHOUETTE_ROWS = 2_000  # its cost grows with their square
LOTS = 2


def activation_clustering(
    features: Any,
    y: Any,
    *,
    n_components: int = N_COMPONENTS,
    max_share: float = MAX_SHARE,
    min_silhouette: float = MIN_SILHOUETTE,
    min_rows: int = MIN_ROWS,
    random_state: RandomState = 0,
) -> Suspects:
    """Split the features of each class in two, and call the smaller lot suspect where it stands apart.

    Parameters
    ----------
    features : array of shape (n, d)
        What a trained network makes of the rows, such as ``DeepClassifier.features``.
    y : array of shape (n,)
        Given labels.
    n_components : int
        Principal components that are clustered.
    max_share : float
        The smaller lot is suspect when it has less than this share of the class's rows ...
    min_silhouette : float
        ... and when the silhouette of the two lots is larger than this.
    min_rows : int
        Rows a class needs to be judged: with fewer, two lots are found in anything.
    random_state : int, RandomState, Generator or None
        Of the starts of 2-means, a stream for each class.

    Returns
    -------
    Suspects
        The score of a row is its distance to the middle of the larger lot over the sum of its distances to
        both: above one half in the smaller lot. The method names no right label; the suggested one is the
        class whose mean is nearest among the others.

    Raises
    ------
    BadTable, BadTarget, BadOption

    Notes
    -----
    The paper reduces by independent components; principal components are the choice of the Adversarial
    Robustness Toolbox, whose limits are the defaults here. The best of five starts of 2-means is taken. The
    silhouette of a class of more than 2,000 rows is measured on 2,000 drawn by lot.

    *What it cannot do.* It was made for triggers. Flipped labels leave two lots only where the network tells
    the classes apart in spite of them, and a class that honestly has two kinds of rows looks the same as one
    with poison. When the poison is more than half of a class, its right rows are the smaller lot.

    References
    ----------
    Chen, Carvalho, Baracaldo, Ludwig, Edwards, Lee, Molloy and Srivastava, Detecting Backdoor Attacks on
    Deep Neural Networks by Activation Clustering, SafeAI 2019.

    Examples
    --------
    >>> features = np.random.default_rng(0).normal(size=(200, 3))
    >>> features[:20, 0] += 12
    >>> y = np.repeat(["a", "b"], 100)
    >>> sorted(activation_clustering(features, y).rows.tolist()) == list(range(20))
    True
    """
    for name, value, least in (("n_components", n_components, 1), ("min_rows", min_rows, LOTS)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise BadOption(
                f"The {name!r} parameter of {NAME} must be an int in the range [{least}, inf). "
                f"Got {value!r} instead."
            )
    max_share = need_share(NAME, "max_share", max_share)
    min_silhouette = need_share(NAME, "min_silhouette", min_silhouette, low=-1.0)
    seed = root_seed(random_state)
    codes, names = read_codes(y, NAME)
    table = read_features(features, codes, NAME)
    labels = names.tolist()
    counts = np.bincount(codes, minlength=names.size)
    every = np.full(codes.size, np.nan)
    suspect = np.zeros(codes.size, dtype=np.bool_)
    words: dict[int, str] = {}
    flat = np.zeros(names.size, dtype=np.bool_)
    for code in np.flatnonzero(counts >= min_rows).tolist():
        rows = np.flatnonzero(codes == code)
        centred = table[rows] - table[rows].mean(axis=0)
        reduced = centred @ principal_directions(centred, n_components)
        flat[code] = np.unique(reduced, axis=0).shape[0] < LOTS
        if flat[code]:
            continue
        lots = _two_lots(reduced, seed, labels[code])
        small = lots.member == int(lots.mass.argmin())
        share = float(small.mean())
        apart = _silhouette(reduced, lots.member, child(seed, NAME, labels[code], "silhouette"))
        every[rows] = _towards_small(reduced, lots)
        if share < max_share and apart > min_silhouette:
            suspect[rows[small]] = True
            words[code] = (
                f"in the smaller lot of {labels[code]!r}: {share:.0%} of its rows, silhouette {apart:.2f}"
            )
    best = nearest_other_class(table, codes, class_centers(table, codes, names.size))

    def say(row: int) -> str:
        return words[int(codes[row])]

    notes = _notes(names, counts < min_rows, flat, min_rows)
    return rank_suspects(NAME, suspect, every, codes, best, names, say, notes)


def _two_lots(rows: NDArray[np.float64], seed: int, label: Any) -> Clusters:
    """The best of several starts of 2-means, the first one among equals."""
    tried = [
        clusters_of(rows, kmeans(rows, LOTS, child(seed, NAME, label, start), points_per_center=len(rows)))
        for start in range(STARTS)
    ]
    return min(tried, key=lambda lots: float(lots.sse.sum()))


def _silhouette(rows: NDArray[np.float64], member: NDArray[np.intp], rng: np.random.Generator) -> float:
    """Silhouette of two lots, on a sample of many rows; -1 where the sample holds one lot only."""
    if len(rows) > SILHOUETTE_ROWS:
        drawn = np.sort(rng.choice(len(rows), SILHOUETTE_ROWS, replace=False))
        rows, member = rows[drawn], member[drawn]
    if not LOTS <= np.unique(member).size < len(rows):
        return -1.0
    return float(silhouette_score(rows, member))


def _towards_small(rows: NDArray[np.float64], lots: Clusters) -> NDArray[np.float64]:
    """Distance to the larger lot's middle over the distances to both."""
    small = int(lots.mass.argmin())
    to_small, to_large = (np.linalg.norm(rows - lots.centers[lot], axis=1) for lot in (small, 1 - small))
    return np.asarray(to_large / (to_small + to_large))


def _notes(names: NDArray[Any], few: NDArray[np.bool_], flat: NDArray[np.bool_], min_rows: int) -> list[str]:
    notes = []
    if few.any():
        notes.append(f"Not judged, unreliable with fewer than {min_rows} rows: {quoted(names, few)}.")
    if flat.any():
        notes.append(f"Not judged, all rows have the same features: {quoted(names, flat)}.")
    return notes
