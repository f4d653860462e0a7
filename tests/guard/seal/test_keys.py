"""Keys sign what they sign and nothing else, and their files are looked after."""

import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from steelyard.errors import BadOption, MissingExtra, SealBroken, UserError
from steelyard.guard.seal import generate_key, load_private_key, load_public_key, save_keys
from steelyard.guard.seal import keys as keys_module
from steelyard.guard.seal.keys import KINDS, PublicKey

MESSAGE = b"a root"
SIZES = {"ed25519": 64, "ml-dsa-65": 3309}


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip_through_files(keys, kind):
    private, public = load_private_key(keys / f"{kind}.key"), load_public_key(keys / f"{kind}.pub")
    assert private.kind == public.kind == kind
    assert private.public().ids == public.ids
    signatures = private.sign(MESSAGE)
    assert [len(signature) for _, signature in signatures] == [SIZES[name] for name in KINDS[kind]]
    public.verify(MESSAGE, signatures)
    with pytest.raises(SealBroken, match="does not fit what it signs"):
        public.verify(MESSAGE + b".", signatures)
    with pytest.raises(SealBroken, match="it is unsigned"):
        public.verify(MESSAGE, [])


@pytest.mark.parametrize("signer", [*KINDS, "other"])
@pytest.mark.parametrize("trusted", KINDS)
def test_no_key_vouches_for_another(keys, signer, trusted):
    signatures = load_private_key(keys / f"{signer}.key").sign(MESSAGE)
    public = load_public_key(keys / f"{trusted}.pub")
    if signer == trusted:
        public.verify(MESSAGE, signatures)
        return
    with pytest.raises(SealBroken, match="not signed by the trusted key"):
        public.verify(MESSAGE, signatures)


def test_a_hybrid_needs_both_signatures(keys):
    private, public = load_private_key(keys / "hybrid.key"), load_public_key(keys / "hybrid.pub")
    classic, lattice = private.sign(MESSAGE)
    _, again = private.sign(b"another root")
    swapped = [(classic[0], lattice[1]), (lattice[0], classic[1])]
    for forged in ([classic], [lattice], [classic, classic], swapped, [classic, (lattice[0], again[1])]):
        with pytest.raises(SealBroken):
            public.verify(MESSAGE, forged)
    with pytest.raises(SealBroken, match="another order"):
        public.verify(MESSAGE, [lattice, classic])


def test_a_signature_under_the_name_of_another_algorithm(keys):
    """The key id is only a hint: what counts is the key that is trusted."""
    public = load_public_key(keys / "ed25519.pub")
    ((_, lattice),) = load_private_key(keys / "ml-dsa-65.key").sign(MESSAGE)
    ((_, other),) = load_private_key(keys / "other.key").sign(MESSAGE)
    for signature in (lattice, other, b"", bytes(64)):
        with pytest.raises(SealBroken, match="does not fit"):
            public.verify(MESSAGE, [(public.ids["ed25519"], signature)])


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_the_private_file_is_its_owners_only(tmp_path):
    before = os.umask(0)
    try:
        save_keys(generate_key(), tmp_path / "key.pem", tmp_path / "pub.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert "private_bytes" not in repr(load_private_key(tmp_path / "key.pem"))


@pytest.mark.parametrize("there", ["key.pem", "pub.pem"])
def test_keys_are_never_written_over(tmp_path, there):
    (tmp_path / there).write_text("precious")
    with pytest.raises(UserError, match="Choose another name"):
        save_keys(generate_key(), tmp_path / "key.pem", tmp_path / "pub.pem")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["precious"]
    with pytest.raises(BadOption, match="two files"):
        save_keys(generate_key(), tmp_path / "new.pem", tmp_path / "new.pem")


def test_a_link_to_nothing_is_something_that_is_there(tmp_path):
    (tmp_path / "key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="there already"):
        save_keys(generate_key(), tmp_path / "key.pem", tmp_path / "pub.pem")


def foreign():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def encrypted(keys):
    key = load_private_key(keys / "ed25519.key").parts["ed25519"]
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )


def test_what_is_no_key_is_told(keys, tmp_path):
    path = tmp_path / "odd.pem"
    private, public = (keys / "ed25519.key").read_bytes(), (keys / "ed25519.pub").read_bytes()
    trouble = {
        b"": "something else",
        b"\xff\xfe": "something else",
        b"words\n" + public: "something else",
        public + b"-": "something else",
        b" " * 2**17: "something else",
        private: "It holds a private key",
        public[:60] + public[64:]: "damaged",
        public + public: "two ed25519 keys",
        foreign(): "got ECPublicKey|got .*EllipticCurve",
    }
    for content, words in trouble.items():
        path.write_bytes(content)
        with pytest.raises(UserError, match=words):
            load_public_key(path)
    path.write_bytes(public)
    with pytest.raises(UserError, match="It holds a public key"):
        load_private_key(path)
    path.write_bytes(encrypted(keys))
    with pytest.raises(UserError, match="decrypt it first"):
        load_private_key(path)
    with pytest.raises(UserError, match="cannot read"):
        load_public_key(tmp_path / "nowhere.pem")
    path.write_bytes(public.replace(b"\n", b"\r\n"))
    assert load_public_key(path).ids == load_public_key(keys / "ed25519.pub").ids


def test_another_kind_is_refused():
    with pytest.raises(BadOption, match="'kind' parameter must be one of"):
        generate_key("rsa")


def test_a_library_without_the_algorithm_is_told(monkeypatch):
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import mldsa

    def refuse():
        raise UnsupportedAlgorithm("no ML-DSA here")

    monkeypatch.setattr(mldsa.MLDSA65PrivateKey, "generate", staticmethod(refuse))
    with pytest.raises(BadOption, match=r"no ML-DSA here.*kind 'ed25519'"):
        generate_key("hybrid")


def test_an_old_library_is_told(monkeypatch):
    def old(name, **words):
        if name.endswith("mldsa"):
            raise MissingExtra("not there")
        return real(name, **words)

    real = keys_module.require
    monkeypatch.setattr(keys_module, "require", old)
    with pytest.raises(MissingExtra, match="needs cryptography 48 or newer"):
        generate_key("ml-dsa-65")
    assert generate_key("ed25519").kind == "ed25519"


def test_ids_are_those_of_the_key(keys):
    first, second = load_public_key(keys / "ed25519.pub"), load_public_key(keys / "other.pub")
    assert first.ids != second.ids
    assert all(name.startswith("sha256:") and len(name) == 71 for name in first.ids.values())
    assert PublicKey(first.parts).ids == first.ids
