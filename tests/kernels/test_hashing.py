"""Digests: the standard's tree, and tables that differ never sharing one."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.kernels.hashing import merkle_root, sha256_bytes, sha256_file, table_hash


def recursive_root(leaves):
    """RFC 6962, section 2.1, word for word: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = recursive_root(leaves[:split]), recursive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(max_size=6), max_size=33))
def test_root_is_the_standards(leaves):
    assert merkle_root(leaves) == recursive_root(leaves)


def test_known_roots():
    # The eight-leaf example published with the certificate-transparency reference tests.
    leaves = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243")]
    assert merkle_root(leaves[:1]).hex().startswith("6e340b9cffb37a989ca544e6bb780a2c")
    assert merkle_root(leaves[:3]).hex().startswith("aeb6bcfe274b70a14fb067a5e5578264")


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=9), st.data())
def test_any_changed_leaf_changes_the_root(leaves, data):
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = list(leaves)
    changed[at] = changed[at] + b"x"
    assert merkle_root(changed) != merkle_root(leaves)


def test_files_and_bytes_agree(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"steelyard" * 300_000)
    assert sha256_file(path) == sha256_bytes(path.read_bytes())


def frame():
    return pd.DataFrame(
        {
            "n": [1.0, np.nan, 3.0],
            "i": [1, 2, 3],
            "b": [True, False, True],
            "s": ["x", None, "z"],
            "c": pd.Categorical(["u", "v", "u"]),
            "t": pd.to_datetime(["2020-01-01", "2020-01-02", None]),
        }
    )


def test_storage_does_not_count_but_values_do():
    base = table_hash(frame(), np.array([0, 1, 0]))
    narrow = frame().astype({"i": "int8", "n": "float64"})
    assert table_hash(narrow, np.array([0, 1, 0], dtype=np.int8)) == base


@pytest.mark.parametrize(
    ("column", "value"), [("n", 2.0), ("i", 9), ("b", False), ("s", "y"), ("c", "v"), ("t", pd.Timestamp(0))]
)
def test_every_cell_counts(column, value):
    changed = frame()
    changed.loc[0, column] = value
    assert table_hash(changed) != table_hash(frame())


def test_names_order_and_labels_count():
    base = table_hash(frame())
    assert table_hash(frame().rename(columns={"n": "m"})) != base
    assert table_hash(frame().iloc[::-1]) != base
    assert table_hash(frame(), np.array([0, 1, 1])) != table_hash(frame(), np.array([0, 1, 0])) != base


@given(st.lists(st.text(max_size=3), min_size=1, max_size=4), st.lists(st.text(max_size=3), min_size=1))
def test_text_cells_are_not_run_together(one, two):
    same = table_hash(pd.DataFrame({"a": one}, dtype=object)) == table_hash(
        pd.DataFrame({"a": two}, dtype=object)
    )
    assert same == (one == two)
