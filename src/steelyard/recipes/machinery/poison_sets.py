"""Rows to learn from and to test on with one rare class, as the recipe about poisoned labels uses them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from steelyard.data import load
from steelyard.data.encode_audio import LogMel
from steelyard.errors import BadTable
from steelyard.kernels.rng import child
from steelyard.recipes.machinery.two_parts import TwoParts

__all__ = [
    "BEATS",
    "DIGITS",
    "HARD",
    "LOT",
    "NEW",
    "SATIMAGE",
    "VEHICLES",
    "VEHICLE_FOLDER",
    "aim_of",
    "as_table",
    "rows_of",
]

BEATS, HARD, SATIMAGE = "heart beats", "heart beats, a hard class", "satimage"
DIGITS, VEHICLES = "spoken digits", "MELAUDIS"
LOT, NEW = "by lot", "new people"
VEHICLE_FOLDER = "STEELYARD_MELAUDIS"
AIM = {
    BEATS: ("V", "N"),
    HARD: ("S", "N"),
    SATIMAGE: ("2", "1"),
    DIGITS: (7, 1),
    VEHICLES: ("truck", "car"),
}
SHARES = {
    BEATS: {"N": 0.84, "S": 0.09, "F": 0.04, "V": 0.03},
    HARD: {"N": 0.84, "V": 0.09, "F": 0.04, "S": 0.03},
}
N_TRAIN, N_TEST, N_TEST_NEW, TEST_SHARE, RARE = 7680, 1920, 4800, 0.2, 0.03
FIRST, POINTS, WIDTH, BEAT_RATE, RECENT = 14, 32, 5, 360, 10  # of a beat: mean of five samples each
HELD_OUT = 2  # speakers
SMALL_MEL = {"n_mels": 64, "n_fft": 512, "hop": 128, "seconds": 0.8}
PAPER_MEL = {"sample_rate": 16000, "seconds": 2.0}


def as_table(rows: TwoParts, y: Any) -> pd.DataFrame:
    """Records as they are sealed: id, part, label, and columns or the digest of the spectrogram."""
    if rows.X.ndim == 2:
        frame = pd.DataFrame(rows.X).add_prefix("x")
    else:
        digests = [hashlib.sha256(np.ascontiguousarray(item)).hexdigest() for item in rows.X]
        frame = pd.DataFrame({"sha256": digests})
    return frame.assign(id=rows.ids.astype(str), part="train", label=y)


def aim_of(name: str) -> tuple[Any, Any]:
    """The class that is attacked, and the one it is to be taken for."""
    return AIM[name]


@cache
def _beats() -> tuple[Any, Any, Any, Any]:
    """Shape of each beat in 32 points, and three figures of its rhythm; labels, records, parts."""
    data = load("series/mitbih_beats", time="sample", rare="keep")
    shape = data.X[:, 0, FIRST : FIRST + POINTS * WIDTH].reshape(len(data), POINTS, WIDTH).mean(axis=2)
    rhythm = np.ones((len(data), 3))
    for record in np.unique(data.groups):
        own = np.flatnonzero(data.groups == record)
        own = own[np.argsort(data.time[own], kind="stable")]
        gaps = np.diff(data.time[own]) / BEAT_RATE
        before, after = np.append(gaps[0], gaps), np.append(gaps, gaps[-1])
        recent = np.array([before[max(0, i - RECENT) : i + 1].mean() for i in range(own.size)])
        rhythm[own] = np.column_stack([before, after, before / recent])
    return np.hstack([shape, rhythm]), np.asarray(data.y), data.groups, np.asarray(data.part)


def _drawn(rng: Any, y: Any, pool: Any, wanted: Mapping[str, float], n: int) -> Any:
    """Rows of the pool, of each class its share."""
    rows = [
        rng.choice(pool[y[pool] == label], round(share * n), replace=False) for label, share in wanted.items()
    ]
    return rng.permutation(np.concatenate(rows))


def beats(name: str, seed: int, protocol: str) -> TwoParts:
    """Beats with 3 % of the attacked kind, split by lot, or with other people in the test part."""
    X, y, records, part = _beats()
    rng, shares = child(seed, name, protocol), SHARES[name]
    if protocol == LOT:
        drawn = _drawn(rng, y, np.arange(len(y)), shares, N_TRAIN + N_TEST)
        train, test = _split(rng, y[drawn])
        train, test = drawn[train], drawn[test]
    else:
        train = _drawn(rng, y, np.flatnonzero(part == "train"), shares, N_TRAIN)
        test = _drawn(rng, y, np.flatnonzero(part == "test"), shares, N_TEST_NEW)
    return TwoParts(X[train], y[train], X[test], y[test], train, records[train] if protocol == NEW else None)


def satimage(seed: int) -> TwoParts:
    """Soil under a satellite's pixel, its rarest class thinned to 3 %, split by lot."""
    data, rng = load("satimage"), child(seed, "satimage")
    X, y = data.X.to_numpy(np.float64), np.asarray(data.y).astype(str)
    kept = _thinned(rng, y, AIM[SATIMAGE][0])
    train, test = _split(rng, y[kept])
    train, test = kept[train], kept[test]
    return TwoParts(X[train], y[train], X[test], y[test], train)


def _thinned(rng: Any, y: Any, label: Any) -> Any:
    """Rows that leave the class 3 %."""
    others, own = np.flatnonzero(y != label), np.flatnonzero(y == label)
    n_own = round(len(others) * RARE / (1 - RARE))
    return np.sort(np.concatenate([others, rng.choice(own, min(n_own, own.size), replace=False)]))


def _split(rng: Any, y: Any) -> tuple[Any, Any]:
    """A fifth of each class to test on."""
    test = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        test[rng.permutation(own)[: round(TEST_SHARE * own.size)]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


@cache
def _spoken() -> tuple[Any, Any, Any]:
    data = load("audio/spoken_digits")
    return LogMel(**SMALL_MEL).fit_transform(data.X), np.asarray(data.y), data.groups


def digits(seed: int, protocol: str) -> TwoParts:
    """Spoken digits, the attacked one thinned to 3 % of what is learned from; the test part is whole."""
    X, y, speakers = _spoken()
    rng = child(seed, "digits", protocol)
    if protocol == LOT:
        own, test = _split(rng, y)
    else:
        order = child(0, "speakers").permutation(np.unique(speakers))
        first = HELD_OUT * (seed % (order.size // HELD_OUT))
        held = np.isin(speakers, order[first : first + HELD_OUT])
        own, test = np.flatnonzero(~held), np.flatnonzero(held)
    train = own[_thinned(rng, y[own], AIM[DIGITS][0])]
    groups = speakers[train] if protocol == NEW else None
    return TwoParts(X[train], y[train], X[test], y[test], train, groups)


@cache
def _street() -> tuple[Any, Any, Any]:
    from steelyard.data.official.melaudis import read_melaudis

    folder = os.environ.get(VEHICLE_FOLDER)
    if not folder:
        raise BadTable(
            f"Expected the folder of MELAUDIS in {VEHICLE_FOLDER}, got nothing. Download "
            "MELAUDIS_Vehicles.rar from https://doi.org/10.6084/m9.figshare.27115870, unpack it, and set the "
            "variable to its folder."
        )
    data = read_melaudis(folder)
    return LogMel(**PAPER_MEL).fit_transform(data.X), np.asarray(data.y), data.groups


def vehicles(seed: int, protocol: str) -> TwoParts:
    """Street vehicles as they are, a fifth to test on: of each class by lot, or of days and roads."""
    X, y, sessions = _street()
    rng = child(seed, "vehicles", protocol)
    if protocol == LOT:
        train, test = _split(rng, y)
    else:
        names, sizes = np.unique(sessions, return_counts=True)
        order = rng.permutation(names.size)
        before = np.cumsum(sizes[order]) - sizes[order]
        held = np.isin(sessions, names[order[before < TEST_SHARE * len(y)]])
        train, test = np.flatnonzero(~held), np.flatnonzero(held)
    return TwoParts(X[train], y[train], X[test], y[test], train, sessions[train] if protocol == NEW else None)


def rows_of(name: str, protocol: str, seed: int) -> TwoParts:
    """The rows of a data set under a seed, split as the protocol says."""
    if name in SHARES:
        return beats(name, seed, protocol)
    if name == VEHICLES:
        return vehicles(seed, protocol)
    return satimage(seed) if name == SATIMAGE else digits(seed, protocol)
