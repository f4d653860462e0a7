"""The envelope follows the DSSE specification, and the statement the one of in-toto."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import SealBroken
from steelyard.guard.seal import Statement, load_private_key, load_public_key
from steelyard.guard.seal.envelope import PAYLOAD_TYPE, Envelope, pae, read_envelope, wrap
from steelyard.guard.seal.statement import DATA_SEAL, MODEL_SEAL, read_statement


def test_pae_is_that_of_the_specification():
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pae("", b"") == b"DSSEv1 0  0 "
    assert pae("é", b"\x00") == b"DSSEv1 2 \xc3\xa9 1 \x00"  # lengths are in bytes


@given(st.text(), st.binary(), st.text(), st.binary())
@settings(deadline=None)
def test_pae_of_two_things_is_never_the_same(kind, body, other_kind, other_body):
    same = pae(kind.encode("utf-8", "ignore").decode(), body) == pae(
        other_kind.encode("utf-8", "ignore").decode(), other_body
    )
    assert same == (
        (kind.encode("utf-8", "ignore"), body) == (other_kind.encode("utf-8", "ignore"), other_body)
    )


def test_the_signature_is_over_the_pae(keys):
    envelope = wrap(b"{}", load_private_key(keys / "ed25519.key"))
    public = load_public_key(keys / "ed25519.pub")
    public.parts["ed25519"].verify(envelope.signatures[0][1], pae(PAYLOAD_TYPE, b"{}"))
    envelope.verify(public)
    with pytest.raises(SealBroken):
        Envelope(b"{}", envelope.signatures, "text/plain").verify(public)


def test_round_trip_and_fields(keys):
    envelope = wrap(b'{"a":1}', load_private_key(keys / "hybrid.key"))
    content = envelope.to_dict()
    assert list(content) == ["payloadType", "payload", "signatures"]
    assert content["payloadType"] == "application/vnd.in-toto+json"
    assert [set(signature) for signature in content["signatures"]] == [{"keyid", "sig"}] * 2
    assert read_envelope(json.loads(json.dumps(content))) == envelope


GOOD = Envelope(b"{}", (("a", b"12"),)).to_dict()


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {**GOOD, "more": 1},
        {**GOOD, "payloadType": "text/plain"},
        {**GOOD, "payload": "e30"},
        {**GOOD, "payload": "e30=\n"},
        {**GOOD, "payload": "e31="},  # other bits in the padding, the same bytes
        {**GOOD, "payload": 3},
        {**GOOD, "payload": "é"},
        {**GOOD, "signatures": {}},
        {**GOOD, "signatures": [3]},
        {**GOOD, "signatures": [{"keyid": "a"}]},
        {**GOOD, "signatures": [{"keyid": 1, "sig": "MTI="}]},
        {**GOOD, "signatures": [{"keyid": "a", "sig": "MTI"}]},
        {**GOOD, "signatures": GOOD["signatures"] * 2},
        {**GOOD, "signatures": [{"keyid": str(i), "sig": "MTI="} for i in range(17)]},
    ],
)
def test_what_is_no_envelope_is_refused(content):
    assert read_envelope(GOOD)
    with pytest.raises(SealBroken):
        read_envelope(content)


def test_the_statement_is_that_of_in_toto():
    made = Statement("beats", bytes(range(32)), DATA_SEAL, {"tree_size": 3})
    assert json.loads(made.to_bytes()) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "beats", "digest": {"sha256": bytes(range(32)).hex()}}],
        "predicateType": "https://steelyard.dev/data-seal/v1",
        "predicate": {"tree_size": 3},
    }
    assert read_statement(made.to_bytes(), DATA_SEAL) == made


def test_a_seal_of_a_model_is_none_of_data():
    made = Statement("model", bytes(32), MODEL_SEAL, {})
    with pytest.raises(SealBroken, match=r"model-seal/v1.*expected.*data-seal/v1"):
        read_statement(made.to_bytes(), DATA_SEAL)
    newer = Statement("beats", bytes(32), DATA_SEAL.replace("v1", "v2"), {})
    with pytest.raises(SealBroken, match="the version of steelyard that wrote it"):
        read_statement(newer.to_bytes(), DATA_SEAL)


WHOLE = Statement("x", bytes(32), DATA_SEAL, {"a": 1}).to_dict()


@pytest.mark.parametrize(
    "content",
    [
        [],
        {**WHOLE, "_type": "https://in-toto.io/Statement/v0.1"},
        {**WHOLE, "subject": []},
        {**WHOLE, "subject": WHOLE["subject"] * 2},
        {**WHOLE, "subject": [{"name": "x", "digest": {"sha256": "00"}}]},
        {**WHOLE, "subject": [{"name": "x", "digest": {"sha256": "0" * 64, "md5": "0"}}]},
        {**WHOLE, "subject": [{"name": 3, "digest": {"sha256": "0" * 64}}]},
        {**WHOLE, "subject": [{"name": "x", "digest": {"sha256": "A" * 64}}]},
        {**WHOLE, "predicate": []},
        {**WHOLE, "predicate": {"a": float("nan")}},
        {**WHOLE, "predicateType": 3},
        {**WHOLE, "more": 1},
    ],
)
def test_what_is_no_statement_is_refused(content):
    text = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(SealBroken):
        read_statement(text, DATA_SEAL)


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"[" * 100_000, b'{"_type":1,"_type":1}', b"\xef\xbb\xbf{}"]
)
def test_odd_bytes_are_no_statement(payload):
    with pytest.raises(SealBroken):
        read_statement(payload, DATA_SEAL)


def test_a_statement_written_otherwise_is_refused():
    text = Statement("x", bytes(32), DATA_SEAL, {"a": 1}).to_bytes()
    for other in (text + b"\n", text.replace(b'":', b'": '), text.replace(b'"a":1', b'"a":1,"a":1')):
        with pytest.raises(SealBroken, match="not written as steelyard writes it"):
            read_statement(other, DATA_SEAL)
