"""Runs of letters as numbers: the same as slicing strings, for any letters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.kmers import kmer_codes, own_kmers

TEXTS = st.lists(st.text(alphabet="ACDE~é中\x00", max_size=14), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(1, 12))
def test_codes_are_equal_exactly_where_slices_are(texts, k):
    slices = [(row, start, text[start : start + k]) for row, text in enumerate(texts)
              for start in range(len(text) - k + 1)]  # fmt: skip
    rows, starts, codes = kmer_codes(texts, k)
    assert list(zip(rows.tolist(), starts.tolist(), strict=True)) == [s[:2] for s in slices]
    by_code = {}
    for code, (_, _, text) in zip(codes.tolist(), slices, strict=True):
        assert by_code.setdefault(code, text) == text
    assert len(by_code) == len({text for _, _, text in slices})


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.integers(1, 10))
def test_own_runs_are_the_sets_of_slices(texts, k):
    rows, codes = own_kmers(texts, k)
    want = [len({text[i : i + k] for i in range(len(text) - k + 1)}) for text in texts]
    assert np.bincount(rows, minlength=len(texts)).tolist() == want
    for row in range(len(texts)):
        own = codes[rows == row]
        assert (np.diff(own.astype(object)) > 0).all()


def test_codes_are_the_same_in_another_call():
    for k, text in ((3, "ABCD"), (9, "ABCDEFGHI"), (11, "ABCDEFGHIJK"), (2, "éa")):
        alone, among = kmer_codes([text], k)[2], kmer_codes(["ZZ中Z", text, "Q"], k)
        assert np.array_equal(alone, among[2][among[0] == 1])


def test_strings_too_short_have_no_runs():
    rows, starts, codes = kmer_codes(["", "a", "ab"], 3)
    assert rows.size == starts.size == codes.size == 0
    assert kmer_codes([], 2)[0].size == 0
