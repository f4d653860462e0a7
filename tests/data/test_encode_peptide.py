"""Peptides to numbers: beside plain loops, modlAMP, and what scikit-learn asks of a transformer."""

import math
import pickle
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags

from steelyard.data import load
from steelyard.data.encode_peptide import AMINO_ACIDS, PeptideDescriptors, PeptideKmers, PeptideLanguageModel
from steelyard.data.encode_peptide.scales import HYDROPATHY
from steelyard.data.string_length import StringLength
from steelyard.errors import BadOption, BadTable

SOME = [
    "ACDEFGHIKLMNPQRSTVWY",
    "GLFDIVKKVVGALGSL",
    "KR",
    "W",
    "KPKPRPY",
    "AAAAAAAAAAAAAAA",
    "DDEEKC",
    "MHHHHC",
]
EACH = {
    "k-mers": PeptideKmers(),
    "descriptors": PeptideDescriptors(),
    "length": StringLength(),
}


def peptides(n=40, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(AMINO_ACIDS), size=rng.integers(1, 26))) for _ in range(n)]


class Letters:
    """An encoder that counts letters and its own calls."""

    poolings = ("mean", "sum")

    def __init__(self, name="letters"):
        self.name, self.asked = name, []

    def __deepcopy__(self, memo):
        return self

    def encode(self, sequences, *, pooling, batch_size):
        self.asked.append(list(sequences))
        counts = np.array([[s.count("A"), s.count("C"), len(s)] for s in sequences], dtype=float)
        return counts if pooling == "sum" else counts / counts[:, 2:]


@pytest.mark.parametrize(
    "encoder", [*EACH.values(), PeptideLanguageModel(Letters())], ids=lambda e: type(e).__name__
)
def test_conventions_of_scikit_learn(encoder):
    """Its own checks feed numbers, so what they ask is asked here of strings."""
    before = encoder.get_params()
    if get_tags(encoder).requires_fit:
        with pytest.raises(NotFittedError):
            encoder.transform(SOME)
    fitted = clone(encoder)
    assert fitted.fit(SOME) is fitted
    made = fitted.transform(SOME)
    assert made.shape == (len(SOME), len(fitted.get_feature_names_out()))
    joined = clone(encoder).fit_transform(SOME)
    again = pickle.loads(pickle.dumps(fitted.fit(SOME[::-1]).fit(SOME))).transform(SOME)
    for other in (joined, again):
        difference = made - other
        assert np.abs(difference.toarray() if sparse.issparse(difference) else difference).max() == 0
    assert fitted.get_params().keys() == before.keys()
    assert clone(encoder).set_params(**before).get_params() == before
    tags = get_tags(encoder)
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array


def plain_shares(peptide, k):
    runs = Counter(peptide[i : i + k] for i in range(len(peptide) - k + 1))
    return {run: count / (len(peptide) - k + 1) for run, count in runs.items()}


def test_shares_of_k_mers_are_those_of_a_plain_loop():
    every = peptides()
    kmers = PeptideKmers(k=(3, 1, 2), drop_constant=False).fit(every)
    names = kmers.get_feature_names_out().tolist()
    assert len(names) == kmers.n_all_ == 20 + 400 + 8000
    made = kmers.transform(every)
    assert sparse.isspmatrix_csr(made)
    for row, peptide in enumerate(every):
        want = {**plain_shares(peptide, 1), **plain_shares(peptide, 2), **plain_shares(peptide, 3)}
        got = {names[column]: value for column, value in zip(made[row].indices, made[row].data, strict=True)}
        assert got == pytest.approx(want)


def test_each_block_sums_to_one_and_is_empty_for_short_peptides():
    made = PeptideKmers(k=(2, 4), drop_constant=False).fit_transform(["ACDAC", "ACD", "A"]).toarray()
    assert made[:, :400].sum(axis=1) == pytest.approx([1, 1, 0])
    assert made[:, 400:].sum(axis=1) == pytest.approx([1, 0, 0])


def test_constant_columns_go_by_the_training_rows_alone():
    kmers = PeptideKmers(k=(1,)).fit(["AC", "AD", "CA"])
    assert kmers.get_feature_names_out().tolist() == ["C", "D"]  # A is in each, at one share
    assert kmers.transform(["WW", "DD"]).toarray().tolist() == [[0, 0], [0, 1]]
    assert np.array_equal(
        kmers.fit_transform(["AC", "AD", "CA"]).toarray(), kmers.transform(["AC", "AD", "CA"]).toarray()
    )
    with pytest.raises(BadTable, match="drop_constant=False"):
        PeptideKmers().fit(["ACD", "ACD"])


def test_descriptors_are_those_of_a_plain_loop():
    names = PeptideDescriptors(sets=("physchem",)).fit(SOME).get_feature_names_out().tolist()
    made = PeptideDescriptors(sets=("physchem",)).fit_transform(SOME)
    scale = dict(zip(AMINO_ACIDS, HYDROPATHY.tolist(), strict=True))
    for row, peptide in enumerate(SOME):
        n = len(peptide)
        want = {"length": n, "hydropathy": sum(scale[a] for a in peptide) / n}
        for degrees in (100, 180):
            x = sum(scale[a] * math.cos(math.radians(degrees) * j) for j, a in enumerate(peptide))
            y = sum(scale[a] * math.sin(math.radians(degrees) * j) for j, a in enumerate(peptide))
            want[f"moment_{degrees}"] = math.hypot(x, y) / n
        charge = 1 / (1 + 10 ** (7 - 9.69))
        charge += sum(
            peptide.count(a) / (1 + 10 ** (7 - p)) for a, p in (("K", 10.5), ("R", 12.5), ("H", 6.0))
        )
        want |= {"positive_charge": charge, "positive_charge_share": charge / n}
        want["helix_share"] = sum(a in "AEHKLMQR" for a in peptide) / n
        want["sheet_share"] = sum(a in "VIYFWTC" for a in peptide) / n
        for enzyme, letters in (("trypsin", "KR"), ("chymotrypsin", "FYWL"), ("elastase", "AVIL")):
            cut = sum(a in letters and b != "P" for a, b in pairwise(peptide))
            want[f"{enzyme}_sites"] = (cut + (peptide[-1] in letters)) / n
        got = dict(zip(names, made[row].tolist(), strict=True))
        assert got == pytest.approx({f"physchem_{name}": value for name, value in want.items()})


@pytest.mark.parametrize("amidated", [True, False])
@pytest.mark.parametrize("ph", [7.4, 3.0])
def test_global_descriptors_are_modlamp_s(amidated, ph):
    modlamp = pytest.importorskip("modlamp.descriptors", reason="modlamp is not installed")
    every = [*SOME, *peptides(200, seed=1), *load("pip_el").X["sequence"].tolist()[::40]]
    theirs = modlamp.GlobalDescriptor(every)
    theirs.calculate_all(ph=ph, amide=amidated)
    ours = PeptideDescriptors(sets=("global",), ph=ph, amidated=amidated).fit(every)
    names, got = ours.get_feature_names_out().tolist(), ours.transform(every)
    rounding = {"global_weight": 0.0051, "global_charge": 0.00051, "global_charge_density": 1e-5}
    for place, name in enumerate(names):
        if name != "global_isoelectric_point":
            assert got[:, place] == pytest.approx(
                theirs.descriptor[:, place], abs=rounding.get(name, 1e-9), rel=1e-9
            ), name
    # Theirs stops where the charge rounds to zero, which a flat curve does over half a pH unit.
    point = names.index("global_isoelectric_point")
    charge = [modlamp._charge(p, ph, amidated) for p, ph in zip(every, got[:, point].tolist(), strict=True)]
    assert np.abs(charge).max() <= 0.001
    away = np.abs(got[:, point] - theirs.descriptor[:, point])
    assert away.max() < 0.6
    assert np.median(away) < 0.001


def test_length_can_be_left_out():
    whole, rest = PeptideDescriptors().fit(SOME), PeptideDescriptors(drop_length=True).fit(SOME)
    names = rest.get_feature_names_out().tolist()
    assert len(names) == len(whole.get_feature_names_out()) - 3
    assert not [name for name in names if name.endswith(("_length", "_weight"))]
    kept = [name in names for name in whole.get_feature_names_out()]
    assert np.array_equal(whole.transform(SOME)[:, kept], rest.transform(SOME))


def test_the_order_of_sets_is_the_order_of_columns():
    one, two = (
        PeptideDescriptors(sets=sets).fit(SOME) for sets in (("physchem", "global"), ("global", "physchem"))
    )
    order = [one.get_feature_names_out().tolist().index(name) for name in two.get_feature_names_out()]
    assert np.array_equal(one.transform(SOME)[:, order], two.transform(SOME))


@pytest.mark.parametrize("kind", list(EACH))
def test_any_container_of_peptides_will_do(kind):
    encoder, want = EACH[kind], None
    frame = pd.DataFrame({"sequence": SOME})
    for given in (
        SOME,
        tuple(SOME),
        np.array(SOME),
        np.array(SOME, dtype=object)[:, None],
        frame["sequence"],
        frame,
        pl.Series(SOME),
        pl.DataFrame({"sequence": SOME}),
        pa.table({"sequence": SOME}),
    ):
        made = clone(encoder).fit(given).transform(given)
        made = made.toarray() if sparse.issparse(made) else made
        want = made if want is None else want
        assert np.array_equal(made, want), type(given)
    joined = make_column_transformer((encoder, "sequence")).fit_transform(frame)
    assert np.array_equal(joined.toarray() if sparse.issparse(joined) else joined, want)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ([], "at least one"),
        (["ACD", ""], "row 1"),
        (["ACD", "AXD"], "'X' at place 2 of row 1"),
        (["ACD", "acd"], "'a' at place 1 of row 1"),
        (["ACÉ"], "'É' at place 3"),
        (["A CD"], "' ' at place 2"),
        (["ACD", None], "None in row 1"),
        ([1.5], "1.5 in row 0"),
        ("ACD", "one string"),
        (pd.DataFrame({"a": ["AC"], "b": ["AC"]}), "2 columns"),
        (7, "list of peptides"),
    ],
)
@pytest.mark.parametrize("encoder", [PeptideKmers(), PeptideDescriptors(), PeptideLanguageModel(Letters())])
def test_what_is_no_peptide_is_refused_by_row_and_place(encoder, given, word):
    with pytest.raises(BadTable, match=word):
        clone(encoder).fit(given)


@pytest.mark.parametrize(
    ("encoder", "name"),
    [
        (PeptideKmers(k=()), "k"),
        (PeptideKmers(k=(0,)), "k"),
        (PeptideKmers(k=(7,)), "k"),
        (PeptideKmers(k=3), "k"),
        (PeptideKmers(k=(True,)), "k"),
        (PeptideDescriptors(sets=()), "sets"),
        (PeptideDescriptors(sets=("global", "global")), "sets"),
        (PeptideDescriptors(sets=("esm",)), "sets"),
        (PeptideDescriptors(ph=15), "ph"),
        (PeptideDescriptors(ph="7"), "ph"),
        (PeptideDescriptors(amidated="yes"), "amidated"),
        (PeptideDescriptors(drop_length=1), "drop_length"),
        (PeptideLanguageModel(object()), "encoder"),
        (PeptideLanguageModel(Letters(), pooling="max"), "pooling"),
        (PeptideLanguageModel(Letters(), batch_size=0), "batch_size"),
        (StringLength(usual=-1), "usual"),
    ],
)
def test_parameters_that_make_no_sense(encoder, name):
    with pytest.raises(BadOption, match=f"'{name}' parameter of {type(encoder).__name__}"):
        encoder.fit(["ACD", "CDE"])


def test_a_language_model_is_asked_once_for_each_peptide(tmp_path):
    encoder = Letters()
    model = PeptideLanguageModel(encoder, pooling="sum", cache=tmp_path / "kept")
    first = model.fit_transform(["AC", "CA", "AC"])
    assert first.dtype == np.float32
    assert first.tolist() == [[1, 1, 2], [1, 1, 2], [1, 1, 2]]
    assert encoder.asked == [["AC", "CA"]]
    again = clone(model).fit_transform(["CA", "AAA"])
    assert again.tolist() == [[1, 1, 2], [3, 0, 3]]
    assert encoder.asked == [["AC", "CA"], ["AAA"]]
    assert not list(tmp_path.rglob("*.part"))


def test_the_cache_keeps_weights_and_poolings_apart(tmp_path):
    for name, pooling, want in (("one", "sum", 2.0), ("one", "mean", 1.0), ("two", "sum", 2.0)):
        encoder = Letters(name)
        made = PeptideLanguageModel(encoder, pooling=pooling, cache=tmp_path).fit_transform(["AC"])
        assert encoder.asked == [["AC"]]
        assert made[0, 2] == want


def test_without_a_cache_nothing_is_kept():
    encoder = Letters()
    model = PeptideLanguageModel(encoder).fit(["AC"])
    model.transform(["AC"])
    assert len(encoder.asked) == 2


@pytest.mark.parametrize("vectors", [np.zeros((2, 3)), np.zeros(1), np.array([[np.nan]])])
def test_an_encoder_that_gives_nonsense_is_named(vectors):
    encoder = Letters("odd one")
    encoder.encode = lambda sequences, *, pooling, batch_size: vectors
    with pytest.raises(BadTable, match="odd one"):
        PeptideLanguageModel(encoder).fit(["AC"])


def test_the_packaged_set_goes_straight_in():
    data = load("pip_el")
    made = make_pipeline(PeptideDescriptors()).fit_transform(data.X)
    assert made.shape == (3228, 21)
    assert np.isfinite(made).all()
