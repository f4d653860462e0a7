"""ESM-2: the loading code on a tiny model saved to a folder, and what may not change a vector."""

import pickle
from copy import deepcopy

import numpy as np
import pytest
import torch
import transformers

from steelyard.data.encode_peptide import PeptideLanguageModel
from steelyard.deep.encoders import EsmEncoder, random_esm
from steelyard.deep.encoders.random_esm import TOKENS
from steelyard.errors import BadModel, BadOption, BadTable, MissingExtra

PEPTIDES = ["ACDEFGHIKLM", "GG", "WYVTSRQPNMLKI", "AAAAAGGGGG", "K"]


@pytest.fixture(scope="module")
def tiny():
    return random_esm(layers=2, width=16, heads=2, intermediate=32, random_state=0)


@pytest.fixture(scope="module")
def folder(tiny, tmp_path_factory):
    where = tmp_path_factory.mktemp("models") / "tiny_esm"
    tiny._model.save_pretrained(where)
    tiny._tokenizer.save_pretrained(where)
    return where


def test_a_model_in_a_folder_gives_the_vectors_it_gave_when_saved(tiny, folder, capfd):
    loaded = EsmEncoder(folder)
    assert (folder / "model.safetensors").exists()
    for pooling in ("mean", "cls"):
        np.testing.assert_array_equal(
            loaded.encode(PEPTIDES, pooling=pooling), tiny.encode(PEPTIDES, pooling=pooling)
        )
    assert loaded.name.startswith("tiny_esm-")
    assert loaded.name.rpartition("-")[2] == tiny.name.rpartition("-")[2]
    assert loaded.encode(PEPTIDES).dtype == np.float32
    assert capfd.readouterr().err == ""


def test_a_checkpoint_with_a_head_as_the_released_ones_have_is_read_in_silence(tiny, tmp_path, capfd):
    whole = transformers.EsmForMaskedLM(tiny._model.config)
    whole.esm.load_state_dict(tiny._model.state_dict(), strict=False)
    whole.save_pretrained(tmp_path)
    tiny._tokenizer.save_pretrained(tmp_path)
    capfd.readouterr()  # saving has a bar of its own
    np.testing.assert_array_equal(EsmEncoder(tmp_path).encode(PEPTIDES), tiny.encode(PEPTIDES))
    assert capfd.readouterr().err == ""


def test_vectors_are_those_of_transformers_one_sequence_at_a_time(tiny, folder):
    model = transformers.EsmModel.from_pretrained(folder, add_pooling_layer=False).eval()
    means, firsts = tiny.encode(PEPTIDES), tiny.encode(PEPTIDES, pooling="cls")
    states = tiny.states(PEPTIDES)
    for place, sequence in enumerate(PEPTIDES):
        codes = [TOKENS.index("<cls>"), *map(TOKENS.index, sequence), TOKENS.index("<eos>")]
        with torch.inference_mode():
            hidden = model(torch.tensor([codes])).last_hidden_state[0].numpy()
        assert states[place].shape == (len(sequence), 16)
        np.testing.assert_allclose(states[place], hidden[1:-1], atol=1e-5)
        np.testing.assert_allclose(means[place], hidden[1:-1].mean(axis=0), atol=1e-5)
        np.testing.assert_allclose(firsts[place], hidden[0], atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_batches_padding_and_order_change_nothing(tiny, batch_size):
    np.testing.assert_allclose(tiny.encode(PEPTIDES, batch_size=batch_size), tiny.encode(PEPTIDES), atol=1e-5)
    np.testing.assert_allclose(
        tiny.encode(PEPTIDES[::-1], batch_size=batch_size)[::-1], tiny.encode(PEPTIDES), atol=1e-5
    )


def test_blanks_between_letters_change_nothing(tiny):
    plain, spaced = (tiny._tokenizer(text)["input_ids"] for text in ("ACDK", "A C D K"))
    assert plain == spaced == [0, *map(TOKENS.index, "ACDK"), 2]


def test_random_weights_go_by_their_seed_and_leave_torchs_own_stream_alone():
    sizes = {"layers": 1, "width": 8, "heads": 2, "intermediate": 8}
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    one = random_esm(random_state=4, **sizes)
    assert torch.rand(1) == expected
    assert one.name == random_esm(random_state=4, **sizes).name != random_esm(random_state=5, **sizes).name


def test_the_smallest_released_model_has_the_dossiers_size():
    full = random_esm()
    assert full.width == 320
    assert sum(weights.numel() for weights in full._model.parameters()) == 7_409_081
    assert len(TOKENS) == 33
    assert TOKENS.index("<pad>") == 1
    assert TOKENS.index("<mask>") == 32


def test_it_is_the_encoder_of_a_peptide_transformer_and_a_copy_is_itself(tiny):
    view = PeptideLanguageModel(tiny, pooling="cls")
    np.testing.assert_allclose(view.fit_transform(PEPTIDES), tiny.encode(PEPTIDES, pooling="cls"), atol=1e-6)
    assert deepcopy(tiny) is tiny
    again = pickle.loads(pickle.dumps(tiny))
    np.testing.assert_array_equal(again.encode(PEPTIDES), tiny.encode(PEPTIDES))


def test_no_model_no_safetensors_no_vectors(folder, tmp_path):
    with pytest.raises(BadModel, match="There is no ESM model with safetensors weights"):
        EsmEncoder(tmp_path / "nowhere")
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    for path in folder.iterdir():
        if path.suffix != ".safetensors":
            (pickled / path.name).write_bytes(path.read_bytes())
    model = transformers.EsmModel.from_pretrained(folder, add_pooling_layer=False)
    torch.save(model.state_dict(), pickled / "pytorch_model.bin")
    with pytest.raises(BadModel, match="There is no ESM model with safetensors weights"):
        EsmEncoder(pickled)


@pytest.mark.parametrize(
    ("sequences", "said"),
    [
        ("ACDK", "a list of sequences"),
        (["ACDK", ""], "Sequence 1 has 0"),
        (["A" * 1025], "1 to 1024 letters. Sequence 0 has 1025"),
        (["acdk"], "has also 'a', 'c', 'd'"),
        (["AC DK"], "has also ' '"),
        ([3], "Got 3 as sequence 0"),
    ],
)
def test_sequences_it_cannot_read_are_refused(tiny, sequences, said):
    with pytest.raises(BadTable, match=said):
        tiny.encode(sequences)


def test_parameters_that_make_no_sense_are_refused(tiny):
    with pytest.raises(BadOption, match="'pooling' parameter"):
        tiny.encode(PEPTIDES, pooling="max")
    with pytest.raises(BadOption, match="multiple of twice 'heads'"):
        random_esm(width=30, heads=4)
    with pytest.raises(BadOption, match="'layers' parameter"):
        random_esm(layers=0)


def test_without_transformers_the_install_line_comes(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(MissingExtra, match=r"pip install 'steelyard\[deep\]'"):
        random_esm()


def test_no_sequences_give_no_vectors(tiny):
    assert tiny.encode([]).shape == (0, 16)
