"""ESM-2, the protein language model, frozen: weights from a folder or a name of the model hub."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.deep.devices import pick_device
from steelyard.deep.encoders.sequences import batches_by_length, check_sequences
from steelyard.errors import BadModel, BadOption
from steelyard.kernels.optional import require
from steelyard.kernels.progress import Progress

__all__ = ["EsmEncoder"]

ENDS = 2  # the special tokens before and after a sequence
DIGEST_LETTERS = 8


class EsmEncoder:
    """The last hidden states of an ESM-2 model, of each residue or as one vector a sequence.

    Parameters
    ----------
    name_or_folder : str or path
        A name of the model hub such as "facebook/esm2_t6_8M_UR50D", which is downloaded once, or a
        local folder with ``config.json``, ``model.safetensors`` and the tokenizer's files.
    revision : str or None, default=None
        Commit of the hub's repository, so that weights cannot change unseen.
    device : str, default="auto"
        "auto" takes a GPU if there is one.
    progress : bool or None, default=None
        Whether a bar is drawn; None draws it when standard error is a terminal.

    Attributes
    ----------
    name : str
        Last part of the name, and a digest of the weights.
    width : int
        Numbers a residue.
    poolings : tuple of str
        "mean", of the residues' states; "cls", the state of the token before them.
    letters : str
        Those the model knows.

    Raises
    ------
    BadModel
        There is no such model, or its weights are not safetensors: no other kind is ever loaded.
    MissingExtra
        transformers is not installed.

    Notes
    -----
    The model is frozen and never sees labels. The pooling layer of transformers is left out, for ESM-2
    was trained without one and its weights would be noise. Batches hold sequences of like length, and
    neither they nor padding change a vector by more than rounding. A copy of an encoder is the encoder
    itself, so that cloning an estimator that holds one costs nothing.

    References
    ----------
    Lin, Akin, Rao, Hie, Zhu, Lu, Smetanin, Verkuil, Kabeli, Shmueli, dos Santos Costa,
    Fazel-Zarandi, Sercu, Candido and Rives, Evolutionary-scale prediction of atomic-level protein
    structure with a language model, Science 379, 2023.

    Examples
    --------
    >>> from steelyard.deep.encoders import random_esm
    >>> encoder = random_esm(layers=1, width=8, heads=2, intermediate=16)
    >>> encoder.encode(["ACDK", "GG"], pooling="cls").shape
    (2, 8)
    """

    poolings = ("mean", "cls")

    def __init__(
        self,
        name_or_folder: str | os.PathLike[str],
        *,
        revision: str | None = None,
        device: str = "auto",
        progress: bool | None = None,
    ) -> None:
        label = os.fspath(name_or_folder)
        self._set(*_load(label, revision), Path(label).name, device, progress)

    @classmethod
    def of(
        cls, model: Any, tokenizer: Any, label: str, *, device: str = "auto", progress: bool | None = None
    ) -> EsmEncoder:
        """An encoder over a model and a tokenizer that are there already."""
        made = cls.__new__(cls)
        made._set(model, tokenizer, label, device, progress)
        return made

    def _set(self, model: Any, tokenizer: Any, label: str, device: str, progress: bool | None) -> None:
        self._device = pick_device(device)
        self._model = model.eval().requires_grad_(False).to(self._device)
        self._tokenizer = tokenizer
        self._progress = progress
        self.name = f"{label}-{_digest(model)}"
        self.width = int(model.config.hidden_size)
        self.letters = "".join(sorted(t for t in tokenizer.get_vocab() if len(t) == 1 and t.isupper()))
        self._longest = int(model.config.max_position_embeddings) - ENDS

    def encode(
        self, sequences: Iterable[str], *, pooling: str = "mean", batch_size: int = 16
    ) -> NDArray[np.float32]:
        """One vector a sequence.

        Parameters
        ----------
        sequences : iterable of n str
        pooling : {"mean", "cls"}, default="mean"
        batch_size : int, default=16

        Returns
        -------
        ndarray of float32, shape (n, width)
        """
        if pooling not in self.poolings:
            raise BadOption(
                f"The 'pooling' parameter of encode must be one of {self.poolings}. Got {pooling!r} instead."
            )
        checked = self._check(sequences)
        vectors = np.empty((len(checked), self.width), dtype=np.float32)
        for rows, states, mask in self._in_batches(checked, batch_size):
            if pooling == "cls":
                pooled = states[:, 0]
            else:
                pooled = (states * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
            vectors[rows] = pooled.cpu().numpy()
        return vectors

    def states(self, sequences: Iterable[str], *, batch_size: int = 16) -> list[NDArray[np.float32]]:
        """One vector a residue.

        Parameters
        ----------
        sequences : iterable of n str
        batch_size : int, default=16

        Returns
        -------
        list of ndarray of float32, shape (letters of the sequence, width)
            Without the states of the special tokens.
        """
        checked = self._check(sequences)
        made: list[Any] = [None] * len(checked)
        for rows, states, mask in self._in_batches(checked, batch_size):
            for row, own, kept in zip(rows.tolist(), states, mask.bool(), strict=True):
                made[row] = own[kept].cpu().numpy()
        return made

    def _check(self, sequences: Iterable[str]) -> list[str]:
        return check_sequences(sequences, self.letters, self._longest, self.name)

    def _in_batches(
        self, sequences: list[str], batch_size: int
    ) -> Iterator[tuple[NDArray[np.intp], torch.Tensor, torch.Tensor]]:
        """Rows of a batch, their states, and a mask that is 1 at residues."""
        with Progress(len(sequences), f"encoding by {self.name}", enabled=self._progress) as bar:
            for rows in batches_by_length(sequences, batch_size):
                spaced = [" ".join(sequences[row]) for row in rows.tolist()]
                tokens = self._tokenizer(
                    spaced, return_tensors="pt", padding=True, return_special_tokens_mask=True
                )
                special = tokens.pop("special_tokens_mask")
                tokens = tokens.to(self._device)
                mask = tokens["attention_mask"] * (1 - special.to(self._device))
                with torch.inference_mode():
                    yield rows, self._model(**tokens).last_hidden_state, mask
                bar.advance(len(rows))

    def __deepcopy__(self, memo: Any) -> EsmEncoder:
        return self

    def __repr__(self) -> str:
        return f"<EsmEncoder {self.name}>"


def _load(name: str, revision: str | None) -> tuple[Any, Any]:
    package = require("transformers", extra="deep", for_="EsmEncoder")
    with _quiet(package.logging):
        try:
            tokenizer = package.AutoTokenizer.from_pretrained(name, revision=revision)
            model = package.EsmModel.from_pretrained(
                name,
                revision=revision,
                add_pooling_layer=False,
                use_safetensors=True,
                dtype=torch.float32,
            )
        except (OSError, ValueError) as error:
            raise BadModel(
                f"There is no ESM model with safetensors weights at {name!r}. Give the name of one on the "
                "model hub, such as 'facebook/esm2_t6_8M_UR50D' (to be downloaded once), or a folder with "
                f"config.json, model.safetensors and vocab.txt. What transformers says: {error}"
            ) from error
    return model, tokenizer


@contextmanager
def _quiet(logging: Any) -> Iterator[None]:
    """Without the bars and the notes on unused weights that loading writes to standard error."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _digest(model: Any) -> str:
    told = hashlib.sha256()
    for name, weights in sorted(model.state_dict().items()):
        told.update(name.encode())
        told.update(weights.detach().cpu().contiguous().numpy().tobytes())
    return told.hexdigest()[:DIGEST_LETTERS]
