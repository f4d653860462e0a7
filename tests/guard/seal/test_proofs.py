"""Proofs hold for what is in, and for nothing else."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.guard.seal import check_proof, create_seal, load_public_key, prove, read_data_seal, read_proof


@pytest.fixture
def sealed(sounds, keys):
    """The sealed folder as read, and the key to trust."""
    create_seal("data", "data.seal", labels="labels.csv", key=keys / "ed25519.key", progress=False)
    return read_data_seal("data.seal"), load_public_key(keys / "ed25519.pub")


def test_every_record_can_be_proved(sealed, sounds):
    made, trust = sealed
    for entry in made.entries:
        proof = json.loads(json.dumps(prove(made, entry.id)))
        assert check_proof(proof, trust=trust) == entry
        assert check_proof(proof, root=made.root, file=f"data/{entry.path}") == entry
        assert check_proof(proof, root=f"sha256:{made.root}", trust=trust) == entry
        with pytest.raises(SealBroken, match="is not the file the proof is of"):
            check_proof(proof, trust=trust, file="labels.csv")


def test_what_is_asked_for_must_be_there(sealed):
    made, _ = sealed
    with pytest.raises(BadOption, match="No record of the seal has the id 'z'"):
        prove(made, "z")
    with pytest.raises(BadOption, match="Give --root, --trust or both"):
        check_proof(prove(made, "a/0.wav"))
    with pytest.raises(BadOption, match="64 hexadecimal"):
        check_proof(prove(made, "a/0.wav"), root="abc")


def test_a_proof_for_another_tree_or_key_is_refused(sealed, sounds, keys):
    made, trust = sealed
    proof = prove(made, "a/0.wav")
    with pytest.raises(SealBroken, match="leads to the root"):
        check_proof(proof, root="0" * 64)
    with pytest.raises(SealBroken, match="not signed by the trusted key"):
        check_proof(proof, trust=keys / "other.pub")
    (sounds / "data/a/0.wav").write_bytes(b"other")
    create_seal("data", "other.seal", labels="labels.csv", key=keys / "ed25519.key", progress=False)
    other = prove(read_data_seal("other.seal"), "a/0.wav")
    for part in ("envelope", "root", "record", "path"):
        if proof[part] != other[part]:
            with pytest.raises(SealBroken):
                check_proof({**proof, part: other[part]}, trust=trust)


def flipped(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    return text[:at] + chr(ord(text[at]) ^ (1 << data.draw(st.integers(0, 6)))) + text[at + 1 :]


def places(value, way=()):
    """Every leaf of a JSON value, as the way to it."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in places(item, (*way, key))]
    if isinstance(value, list):
        return [found for key, item in enumerate(value) for found in places(item, (*way, key))]
    return [way]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_part_of_a_proof_is_refused(sealed, data):
    made, trust = sealed
    proof = prove(made, data.draw(st.sampled_from([entry.id for entry in made.entries])))
    forged = copy.deepcopy(proof)
    way = data.draw(st.sampled_from(places(proof)))
    inside = forged
    for key in way[:-1]:
        inside = inside[key]
    old = inside[way[-1]]
    if isinstance(old, str) and old:
        inside[way[-1]] = flipped(old, data)
    elif isinstance(old, int):
        inside[way[-1]] = data.draw(
            st.one_of(st.integers(-2, 9), st.booleans(), st.none()).filter(
                lambda new: new is not old and (type(new) is not int or new != old)
            )
        )
    else:
        inside[way[-1]] = data.draw(st.sampled_from(["", "x", 0, "00" * 16]))
        if inside[way[-1]] == old:
            return
    with pytest.raises(SealBroken):
        check_proof(forged, trust=trust)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_dropped_doubled_or_swapped_step_is_refused(sealed, data):
    made, trust = sealed
    proof = prove(made, "b/2.wav")
    steps = proof["path"]
    changed = data.draw(
        st.one_of(
            st.integers(0, len(steps) - 1).map(lambda n: steps[:n] + steps[n + 1 :]),
            st.integers(0, len(steps) - 1).map(lambda n: [*steps, steps[n]]),
            st.permutations(steps).filter(lambda p: p != steps),
            st.integers(0, len(steps) - 1).map(lambda n: [*steps[:n], "00" * 32, *steps[n + 1 :]]),
        )
    )
    with pytest.raises(SealBroken):
        check_proof({**proof, "path": changed}, trust=trust)


def test_a_salted_proof_shows_its_own_salt_only(sounds, keys):
    create_seal("data", "data.seal", labels="labels.csv", salted=True, progress=False)
    made = read_data_seal("data.seal")
    proofs = [prove(made, entry.id) for entry in made.entries]
    assert len({proof["salt"] for proof in proofs}) == 5
    assert made.salt.hex() not in json.dumps(proofs)
    for proof in proofs:
        check_proof(proof, root=made.root)
        for salt in (None, "", "00" * 16, "0" * 31, 3, proof["salt"].upper() + "a"):
            with pytest.raises(SealBroken):
                check_proof({**proof, "salt": salt}, root=made.root)


@pytest.mark.parametrize("content", [None, [], {}, {"format": "steelyard-proof"}, 3, "x"])
def test_what_is_no_proof_is_refused(content):
    with pytest.raises(SealBroken):
        check_proof(content, root="0" * 64)


def test_a_newer_proof_says_so(sealed):
    made, trust = sealed
    with pytest.raises(SealBroken, match="version 2"):
        check_proof({**prove(made, "a/0.wav"), "version": 2}, trust=trust)


def test_files_of_proofs(tmp_path, monkeypatch):
    path = tmp_path / "proof.json"
    with pytest.raises(UserError, match="cannot read the proof"):
        read_proof(path)
    path.write_bytes(b"\xff")
    with pytest.raises(SealBroken, match="not readable as JSON"):
        read_proof(path)
    path.write_text('{"a": 1}')
    assert read_proof(path) == {"a": 1}
    monkeypatch.setattr("steelyard.guard.seal.proofs.MAX_PROOF_BYTES", 3)
    with pytest.raises(SealBroken, match="larger than 3 bytes"):
        read_proof(path)
