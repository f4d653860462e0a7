"""The architecture of ESM-2 with random weights: what a pre-trained model has to beat."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch

from steelyard.deep.devices import seeded
from steelyard.deep.encoders.esm import EsmEncoder
from steelyard.errors import BadOption
from steelyard.kernels.optional import require
from steelyard.kernels.rng import int_seed, root_seed

__all__ = ["random_esm"]

# The tokens of ESM-2 in the order of its embedding.
TOKENS = ["<cls>", "<pad>", "<eos>", "<unk>", *"LAGVSERTIDPKQNFYMHWCXBUZO.-", "<null_1>", "<mask>"]
MOST_POSITIONS = 1026


def random_esm(
    *,
    layers: int = 6,
    width: int = 320,
    heads: int = 20,
    intermediate: int = 1280,
    random_state: Any = 0,
    device: str = "auto",
    progress: bool | None = None,
) -> EsmEncoder:
    """Build an untrained ESM-2, as a control for a trained one; nothing is downloaded.

    Parameters
    ----------
    layers, width, heads, intermediate : int, default=6, 320, 20, 1280
        As in the smallest released model, of 8 million weights.
    random_state : int, RandomState, Generator or None, default=0
    device, progress
        As in `EsmEncoder`.

    Returns
    -------
    EsmEncoder
        Its name begins with "random-esm", so that no table can pass it off as trained.

    Raises
    ------
    BadOption
        Heads that do not divide the width, or a number below 1.
    MissingExtra
        transformers is not installed.

    Notes
    -----
    Random features of the right architecture still tell sequences apart by their residues. Where they
    do as well as the trained model, training has added nothing to the task.

    Examples
    --------
    >>> encoder = random_esm(layers=1, width=8, heads=2, intermediate=16, random_state=0)
    >>> encoder.name.startswith("random-esm-1x8"), encoder.letters
    (True, 'ABCDEFGHIKLMNOPQRSTUVWXYZ')
    """
    sizes = {"layers": layers, "width": width, "heads": heads, "intermediate": intermediate}
    for name, size in sizes.items():
        if not isinstance(size, int) or size < 1:
            raise BadOption(
                f"The {name!r} parameter of random_esm must be an int in the range [1, inf). "
                f"Got {size!r} instead."
            )
    if width % (2 * heads):  # rotary positions turn pairs of numbers
        raise BadOption(
            f"The 'width' parameter of random_esm must be a multiple of twice 'heads' ({2 * heads}). "
            f"Got {width!r} instead."
        )
    package = require("transformers", extra="deep", for_="random_esm")
    config = package.EsmConfig(
        vocab_size=len(TOKENS),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=intermediate,
        position_embedding_type="rotary",
        token_dropout=True,
        emb_layer_norm_before=False,
        max_position_embeddings=MOST_POSITIONS,
        layer_norm_eps=1e-5,
        pad_token_id=TOKENS.index("<pad>"),
        mask_token_id=TOKENS.index("<mask>"),
    )
    with seeded(int_seed(root_seed(random_state), "weights"), torch.device("cpu")):
        model = package.EsmModel(config, add_pooling_layer=False)
    return EsmEncoder.of(
        model, _tokenizer(package), f"random-esm-{layers}x{width}", device=device, progress=progress
    )


def _tokenizer(package: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:  # it reads its vocabulary from a file only
        vocabulary = Path(folder) / "vocab.txt"
        vocabulary.write_text("\n".join(TOKENS), encoding="utf-8")
        return package.EsmTokenizer(str(vocabulary))
