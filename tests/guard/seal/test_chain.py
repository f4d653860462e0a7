"""Seals follow each other: an old one cannot come back, and a log only grows."""

import pytest

from steelyard.errors import BadOption, BadTable, SealBroken
from steelyard.guard.merkle import verify_consistency
from steelyard.guard.seal import create_seal, diff_seals, read_data_seal, verify_data

ROLES = {"target": "fraud", "id": "id"}


def grow(claims, row):
    with open("claims.csv", "a") as file:
        file.write(row + "\n")


def line_of(claims, keys, mode, n=3):
    """A line of seals 0.seal, 1.seal ..., a row more each."""
    for place in range(n):
        previous = f"{place - 1}.seal" if place else None
        create_seal(
            "claims.csv", f"{place}.seal", **ROLES, mode=mode, previous=previous, key=keys / "ed25519.key"
        )
        if place < n - 1:
            grow(claims, f"n{place},1,no,train")


@pytest.mark.parametrize("mode", ["snapshot", "log"])
def test_an_old_seal_is_refused_and_the_newest_follows_all(claims, keys, mode):
    line_of(claims, keys, mode)
    seals = [read_data_seal(f"{place}.seal", trust=keys / "ed25519.pub") for place in range(3)]
    assert seals[2].predicate.previous_root == seals[1].root
    assert list(seals[2].predicate.earlier_roots) == [seals[1].root, seals[0].root]
    trust = keys / "ed25519.pub"
    for place in range(3):
        for last in (f"{place}.seal", seals[place].root, f"sha256:{seals[place].root}"):
            assert verify_data("claims.csv", "2.seal", trust=trust, last=last).holds
    for old, last in ((0, 1), (0, 2), (1, 2)):
        for seen in (f"{last}.seal", seals[last].root):
            with pytest.raises(SealBroken, match="does not follow the seal that was seen last"):
                verify_data("claims.csv", f"{old}.seal", trust=trust, last=seen)
    with pytest.raises(BadOption, match="64 hexadecimal digits"):
        verify_data("claims.csv", "2.seal", trust=trust, last="no such file")


def test_the_same_data_sealed_again_is_not_the_old_seal(claims, keys):
    """Data changed and changed back: the roots are equal, the lines are not."""
    create_seal("claims.csv", "0.seal", **ROLES)
    before = (claims / "claims.csv").read_text()
    grow(claims, "n,1,no,train")
    create_seal("claims.csv", "1.seal", **ROLES, previous="0.seal")
    (claims / "claims.csv").write_text(before)
    create_seal("claims.csv", "2.seal", **ROLES, previous="1.seal")
    assert read_data_seal("0.seal").root == read_data_seal("2.seal").root
    assert verify_data("claims.csv", "2.seal", unsigned=True, last="1.seal").holds
    with pytest.raises(SealBroken, match="does not follow"):
        verify_data("claims.csv", "0.seal", unsigned=True, last="2.seal")


def test_a_log_only_grows(claims, keys):
    line_of(claims, keys, "log")
    text = (claims / "claims.csv").read_text()
    for old, new in (("c5,50,yes", "c5,50,no"), ("c1,10,no,train\n", ""), ("c0,0,", "c9,0,")):
        (claims / "claims.csv").write_text(text.replace(old, new))
        with pytest.raises(BadTable, match="A log only grows"):
            create_seal(
                "claims.csv", "x.seal", **ROLES, mode="log", previous="2.seal", key=keys / "ed25519.key"
            )


def test_the_seal_before_must_be_of_the_same_hand_and_kind(claims, keys):
    create_seal("claims.csv", "0.seal", **ROLES, key=keys / "ed25519.key")
    with pytest.raises(BadOption, match="must be too"):
        create_seal("claims.csv", "1.seal", **ROLES, previous="0.seal")
    with pytest.raises(SealBroken, match="not signed by the trusted key"):
        create_seal("claims.csv", "1.seal", **ROLES, previous="0.seal", key=keys / "other.key")
    with pytest.raises(BadOption, match="roots cannot be compared"):
        create_seal("claims.csv", "1.seal", **ROLES, previous="0.seal", key=keys / "ed25519.key", mode="log")


def test_a_folder_as_a_log(sounds):
    create_seal("data", "0.seal", labels="labels.csv", mode="log", progress=False)
    (sounds / "data/a/00.wav").write_bytes(b"comes last, though its name is not the last")
    create_seal("data", "1.seal", labels="labels.csv", mode="log", previous="0.seal", progress=False)
    made = read_data_seal("1.seal")
    assert made.entries[-1].id == "a/00.wav"
    assert verify_data("data", "1.seal", unsigned=True, progress=False).holds
    assert diff_seals(read_data_seal("0.seal"), made).append_only


def test_diff_of_a_log_that_grew(claims, keys):
    line_of(claims, keys, "log")
    old, new = read_data_seal("0.seal"), read_data_seal("2.seal")
    found = diff_seals(old, new)
    assert (found.append_only, found.follows, found.only_grew) == (True, True, True)
    assert (found.added, found.removed, found.changed) == (["n0", "n1"], [], [])
    assert found.classes == {"no": [5, 7]}
    proof = [bytes.fromhex(node) for node in found.proof]
    assert verify_consistency(6, 8, proof, old.statement.root, new.statement.root)
    back = diff_seals(new, old)
    assert (back.append_only, back.only_grew, back.removed) == (False, False, ["n0", "n1"])
    same = diff_seals(old, old)
    assert (same.append_only, same.only_grew, same.added) == (True, True, [])


def test_diff_names_what_was_relabelled(claims):
    create_seal("claims.csv", "0.seal", **ROLES, mode="log")
    text = (claims / "claims.csv").read_text()
    (claims / "claims.csv").write_text(text.replace("c5,50,yes", "c5,50,no").replace("c1,10", "c1,11"))
    create_seal("claims.csv", "1.seal", **ROLES, mode="log")
    found = diff_seals(read_data_seal("0.seal"), read_data_seal("1.seal"))
    assert found.relabelled == ["c5"]
    assert [change["id"] for change in found.changed] == ["c1", "c5"]
    assert (found.append_only, found.only_grew, found.follows) == (False, False, False)
    assert found.classes == {"no": [5, 6], "yes": [1, 0]}
    assert found.to_dict()["relabelled"] == ["c5"]


def test_append_only_is_not_told_of_snapshots(claims):
    create_seal("claims.csv", "0.seal", **ROLES)
    grow(claims, "n,1,no,train")
    create_seal("claims.csv", "1.seal", **ROLES, previous="0.seal")
    found = diff_seals(read_data_seal("0.seal"), read_data_seal("1.seal"))
    assert found.append_only is None
    assert found.only_grew
    assert found.follows


def test_diff_of_a_folder_and_a_table_makes_no_sense(sounds, claims):
    create_seal("data", "0.seal", progress=False)
    create_seal("claims.csv", "1.seal")
    with pytest.raises(BadOption, match="two of a kind"):
        diff_seals(read_data_seal("0.seal"), read_data_seal("1.seal"))
