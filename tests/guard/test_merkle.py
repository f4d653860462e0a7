"""The tree against the RFC's recursion, its known roots, forgeries, and proofs with one bit changed."""

import re
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from slow_merkle import climb, hashed_node, mth, path, proof, rebuild, same_growth, same_way
from steelyard.errors import BadOption
from steelyard.guard import merkle
from steelyard.guard.merkle import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from steelyard.kernels import merkle_tree
from steelyard.kernels.hashing import merkle_root


def named(value):
    """A name that is the same in every process: no address, and no order that is by chance."""
    return "set" if isinstance(value, set) else re.sub(r" at 0x[0-9a-f]+", "", str(value))


KNOWN = [
    bytes.fromhex(entry)
    for entry in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ENTRIES = [f"record {number}".encode() for number in range(70)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]
SIZES_OF_GROWTH = 40


@pytest.mark.parametrize("n", range(9))
def test_known_roots(n):
    tree = Tree()
    for entry in KNOWN[:n]:
        tree.add(entry)
    assert tree.root().hex() == root(KNOWN[:n]).hex() == merkle_root(KNOWN[:n]).hex() == KNOWN_ROOTS[n]


def test_the_tree_is_the_standards_at_every_size_and_asking_does_not_end_it():
    tree, hashed = Tree(), Tree()
    for n, entry in enumerate(ENTRIES):
        assert tree.root() == hashed.root() == mth(ENTRIES[:n])
        tree.add(entry)
        hashed.add_hash(leaf_hash(entry))
        assert tree.size == hashed.size == n + 1


@pytest.mark.parametrize("block", [1, 2, 8, 1024])
@given(cuts=st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_extending_is_adding_one_by_one_however_it_is_cut(block, cuts):
    kept, merkle_tree.BLOCK = merkle_tree.BLOCK, block
    try:
        tree, entries = Tree(), [str(number).encode() for number in range(sum(cuts))]
        start = 0
        for cut in cuts:
            tree.extend(iter(entries[start : start + cut]))
            start += cut
            tree_size = tree.size
            assert (tree_size, tree.root()) == (start, mth(entries[:start]))
        assert root(entries) == merkle_root(entries) == tree.root()
    finally:
        merkle_tree.BLOCK = kept


def test_whole_blocks_of_the_shipped_size_agree_with_one_by_one():
    entries = [str(number).encode() for number in range(2 * merkle_tree.BLOCK + 3)]
    one_by_one = Tree()
    for entry in entries:
        one_by_one.add(entry)
    assert root(iter(entries)) == one_by_one.root() == mth(entries)


def test_memory_is_one_hash_for_each_digit():
    tree = Tree()
    for number in range(3000):
        tree.add_hash(HASHES[number % 70])
        assert len(tree._whole) == tree.size.bit_count()


def test_every_leaf_of_every_size_is_proved_as_the_standard_does():
    for n in range(1, len(ENTRIES) + 1):
        made = mth(ENTRIES[:n])
        for m in range(n):
            steps = inclusion_proof(HASHES[:n], m)
            assert steps == path(m, ENTRIES[:n])
            assert verify_inclusion(HASHES[m], m, n, steps, made)
            assert not verify_inclusion(HASHES[m - 1] if n > 1 else leaf_hash(b"?"), m, n, steps, made)
            assert not verify_inclusion(HASHES[m], m, n, steps + [made], made)
            if steps:
                assert not verify_inclusion(HASHES[m], m, n, steps[:-1], made)


def test_every_growth_is_proved_as_the_standard_does():
    roots = [mth(ENTRIES[:n]) for n in range(SIZES_OF_GROWTH + 1)]
    for n in range(1, SIZES_OF_GROWTH + 1):
        for m in range(1, n + 1):
            steps = consistency_proof(HASHES[:n], m)
            assert steps == proof(m, ENTRIES[:n])
            assert verify_consistency(m, n, steps, roots[m], roots[n])
            assert rebuild(m, n, True, roots[m], steps, hashed_node) == (roots[m], roots[n])
            assert not verify_consistency(m, n, steps, roots[m - 1], roots[n])
            assert not verify_consistency(m, n, steps, roots[m], roots[n - 1])
            assert not verify_consistency(m, n, steps + [roots[1]], roots[m], roots[n])
            if steps:
                assert not verify_consistency(m, n, steps[1:], roots[m], roots[n])


def test_a_relabelled_old_record_is_no_growth():
    changed = [b"relabelled", *ENTRIES[1:9]]
    steps = consistency_proof([leaf_hash(entry) for entry in changed], 5)
    assert not verify_consistency(5, 9, steps, mth(ENTRIES[:5]), mth(changed))


def test_a_doubled_last_leaf_is_another_tree():
    a, b, c = ENTRIES[:3]
    assert root([a, b, c]) != root([a, b, c, c])


def test_a_node_does_not_pass_as_a_leaf():
    a, b, c = ENTRIES[:3]
    assert root([a, b]) != root([leaf_hash(a) + leaf_hash(b)])
    inner = node_hash(leaf_hash(a), leaf_hash(b))
    assert root([a, b, c]) != root([inner, c])
    forged = leaf_hash(leaf_hash(a) + leaf_hash(b))
    assert not verify_inclusion(forged, 0, 1, [], root([a, b]))
    assert not verify_inclusion(forged, 0, 2, [leaf_hash(c)], root([a, b, c]))


def flip(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@settings(max_examples=300)
@given(st.data())
def test_one_bit_anywhere_in_a_path_is_refused(data):
    n = data.draw(st.integers(1, 70), "size")
    m = data.draw(st.integers(0, n - 1), "index")
    made, steps, leaf = mth(ENTRIES[:n]), inclusion_proof(HASHES[:n], m), HASHES[m]
    where = data.draw(st.sampled_from(["leaf", "root", "index", "size"] + ["proof"] * bool(steps)))
    bit = data.draw(st.integers(0, 255), "bit")
    m2, n2 = m, n
    if where == "leaf":
        leaf = flip(leaf, bit)
    elif where == "root":
        made = flip(made, bit)
    elif where == "proof":
        at = data.draw(st.integers(0, len(steps) - 1))
        steps[at] = flip(steps[at], bit)
    elif where == "index":
        m2 ^= 1 << bit % 8
    else:
        n2 ^= 1 << bit % 8
    if m2 >= n2:
        with pytest.raises(BadOption, match=r"index|size"):
            verify_inclusion(leaf, m2, n2, steps, made)
        return
    # A size at which the leaf has the very same way up cannot be told by any check of the way.
    assume(where != "size" or not same_way(m, n, m2, n2, len(steps)))
    assert not verify_inclusion(leaf, m2, n2, steps, made)


@settings(max_examples=300)
@given(st.data())
def test_one_bit_anywhere_in_a_growth_is_refused(data):
    n = data.draw(st.integers(2, 70), "size")
    m = data.draw(st.integers(1, n - 1), "older size")
    made1, made2, steps = mth(ENTRIES[:m]), mth(ENTRIES[:n]), consistency_proof(HASHES[:n], m)
    where = data.draw(st.sampled_from(["root1", "root2", "proof", "size1", "size2"]))
    bit = data.draw(st.integers(0, 255), "bit")
    m2, n2 = m, n
    if where == "root1":
        made1 = flip(made1, bit)
    elif where == "root2":
        made2 = flip(made2, bit)
    elif where == "proof":
        at = data.draw(st.integers(0, len(steps) - 1))
        steps[at] = flip(steps[at], bit)
    elif where == "size1":
        m2 ^= 1 << bit % 8
    else:
        n2 ^= 1 << bit % 8
    if not 1 <= m2 <= n2:
        with pytest.raises(BadOption, match="size"):
            verify_consistency(m2, n2, steps, made1, made2)
        return
    assume(not where.startswith("size") or not same_growth(m, n, m2, n2, len(steps)))
    assert not verify_consistency(m2, n2, steps, made1, made2)


def test_what_a_path_cannot_tell_is_the_size_beyond_it():
    """Kept as a test so that the note in the documentation stays true: sizes come from signed statements."""
    steps = inclusion_proof(HASHES[:3], 0)
    assert same_way(0, 3, 0, 4, len(steps))
    assert verify_inclusion(HASHES[0], 0, 4, steps, mth(ENTRIES[:3]))


@settings(max_examples=200)
@given(st.data())
def test_random_paths_are_judged_as_by_the_recursion(data):
    """Any list of hashes, of any length: the verdict is that of the recursive climb."""
    n = data.draw(st.integers(1, 12))
    m = data.draw(st.integers(0, n - 1))
    steps = data.draw(st.lists(st.sampled_from(HASHES[:4]), max_size=5))
    climbed = climb(m, n, HASHES[0], steps, hashed_node)
    made = climbed or HASHES[5]
    assert verify_inclusion(HASHES[0], m, n, steps, made) == (climbed is not None)


@settings(max_examples=200)
@given(st.data())
def test_random_growths_are_judged_as_by_the_recursion(data):
    n = data.draw(st.integers(1, 12))
    m = data.draw(st.integers(1, n))
    steps = data.draw(st.lists(st.sampled_from(HASHES[:4]), max_size=6))
    found = rebuild(m, n, True, HASHES[0], steps, hashed_node)
    old, new = found or (HASHES[0], HASHES[5])
    right = found is not None and old == HASHES[0]
    assert verify_consistency(m, n, steps, HASHES[0], new) == right
    if found is not None and found[0] != HASHES[0]:
        assert verify_consistency(m, n, steps, old, new) == (m & (m - 1) != 0)


def test_no_recursion_limit():
    limit = sys.getrecursionlimit()
    steps = [HASHES[0]] * 64
    assert not verify_inclusion(HASHES[0], 2**64 - 2, 2**64 - 1, steps, HASHES[1])
    assert not verify_inclusion(HASHES[0], 0, 2**64 - 1, steps * 100, HASHES[1])
    assert not verify_consistency(2**63, 2**64 - 1, steps * 100, HASHES[1], HASHES[1])
    assert sys.getrecursionlimit() == limit


GOOD = {"leaf_hash": HASHES[0], "index": 0, "size": 2, "proof": [HASHES[1]], "root": mth(ENTRIES[:2])}
GROWN = {
    "size1": 1,
    "size2": 2,
    "proof": [HASHES[1]],
    "root1": mth(ENTRIES[:1]),
    "root2": mth(ENTRIES[:2]),
}
NO_HASHES = [None, b"", b"x" * 31, b"x" * 33, "x" * 32, "00" * 32, 7, []]
NO_HASHES += [bytearray(HASHES[0]), memoryview(HASHES[0])]
NO_SIZES = [0, -1, 1.0, True, "2", None, 2**64, float("nan"), [2]]
NO_PROOFS = [None, b"", HASHES[1], "proof", {0: HASHES[1]}, {HASHES[1]}, iter([HASHES[1]]), [[HASHES[1]]]]
NO_PROOFS += [[bad] for bad in NO_HASHES]


def test_the_examples_that_are_spoilt_below_are_right():
    assert verify_inclusion(**GOOD)
    assert verify_consistency(**GROWN)


@pytest.mark.parametrize(
    ("name", "bad"),
    [(name, bad) for name in ("leaf_hash", "root") for bad in NO_HASHES]
    + [("size", bad) for bad in NO_SIZES]
    + [("index", bad) for bad in (-1, 2, 3, 0.0, False, "0", None)]
    + [("proof", bad) for bad in NO_PROOFS],
    ids=named,
)
def test_inclusion_refuses_what_is_no_argument(name, bad):
    with pytest.raises(BadOption, match=f"'(index|size|{name})") as caught:
        verify_inclusion(**{**GOOD, name: bad})
    assert "must be" in str(caught.value)
    assert "Got" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "bad"),
    [(name, bad) for name in ("root1", "root2") for bad in NO_HASHES]
    + [(name, bad) for name in ("size1", "size2") for bad in NO_SIZES]
    + [("size1", 3)]
    + [("proof", bad) for bad in NO_PROOFS],
    ids=named,
)
def test_consistency_refuses_what_is_no_argument(name, bad):
    with pytest.raises(BadOption, match=f"'{name}"):
        verify_consistency(**{**GROWN, name: bad})


def test_one_size_is_consistent_only_with_itself():
    assert verify_consistency(2, 2, [], GOOD["root"], GOOD["root"])
    assert not verify_consistency(2, 2, [], GOOD["root"], HASHES[0])
    assert not verify_consistency(2, 2, [HASHES[0]], GOOD["root"], GOOD["root"])
    assert not verify_consistency(1, 2, [], HASHES[0], HASHES[0])


@pytest.mark.parametrize("bad", ["text", None, 7, bytearray(b"x"), memoryview(b"x")], ids=named)
def test_what_is_not_bytes_is_no_record(bad):
    tree = Tree()
    calls = tree.add, leaf_hash, lambda record: tree.extend([b"", record]), lambda record: root([record])
    for call in calls:
        with pytest.raises(BadOption, match="must be bytes"):
            call(bad)
    assert tree.size == 0


@pytest.mark.parametrize("bad", [b"bytes", "text", bytearray(b"x")])
def test_one_record_is_not_many(bad):
    with pytest.raises(BadOption, match="iterable of bytes"):
        root(bad)


@pytest.mark.parametrize("bad", NO_HASHES, ids=named)
def test_what_is_no_hash_is_no_node(bad):
    with pytest.raises(BadOption, match="'right'"):
        node_hash(HASHES[0], bad)
    with pytest.raises(BadOption, match="'leaf_hash'"):
        Tree().add_hash(bad)
    with pytest.raises(BadOption, match="leaf_hashes"):
        inclusion_proof([HASHES[0], bad], 0)


@pytest.mark.parametrize("bad", [[], (), None, b"x" * 64, "x", iter(HASHES), set(HASHES), 7], ids=named)
def test_proofs_need_a_sequence_of_hashes(bad):
    with pytest.raises(BadOption, match="'leaf_hashes'"):
        inclusion_proof(bad, 0)
    with pytest.raises(BadOption, match="'leaf_hashes'"):
        consistency_proof(bad, 1)


@pytest.mark.parametrize("bad", [-1, 3, 0.5, True, None])
def test_proofs_need_a_record_that_is_there(bad):
    with pytest.raises(BadOption, match="'index'"):
        inclusion_proof(HASHES[:3], bad)


@pytest.mark.parametrize("bad", [0, 4, 1.0, True, None])
def test_growth_needs_an_older_tree_that_is_there(bad):
    with pytest.raises(BadOption, match="'size1'"):
        consistency_proof(HASHES[:3], bad)


def test_all_that_is_promised_is_there():
    assert set(merkle.__all__) <= set(dir(merkle))
