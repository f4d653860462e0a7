"""Whole folders, signed so that the tool of OpenSSF Model Signing reads it."""

import warnings

import pytest

pytest.importorskip("OpenSSL")
pytest.importorskip("cryptography")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("model_signing.signing")

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from steelyard.errors import BadOption, SealBroken, UserError
from steelyard.guard.seal import sign_model_folder, verify_model_folder

PEM = serialization.Encoding.PEM


@pytest.fixture(scope="module")
def p256(tmp_path_factory):
    """Two pairs of keys on P-256: mine and other."""
    place = tmp_path_factory.mktemp("p256")
    for name in ("mine", "other"):
        key = ec.generate_private_key(ec.SECP256R1())
        plain = serialization.NoEncryption()
        (place / f"{name}.key").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, plain))
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        (place / f"{name}.pub").write_bytes(key.public_key().public_bytes(PEM, form))
    return place


@pytest.fixture
def model(tmp_path, p256):
    """A folder of two files, signed inside it."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/weights.bin").write_bytes(b"weights")
    (tmp_path / "model/config.json").write_text("{}")
    sign_model_folder(tmp_path / "model", tmp_path / "model/model.sig", key=p256 / "mine.key")
    return tmp_path / "model"


def test_round_trip(model, p256):
    verify_model_folder(model, model / "model.sig", trust=p256 / "mine.pub")
    with pytest.raises(UserError, match="there already"):
        sign_model_folder(model, model / "model.sig", key=p256 / "mine.key")


@pytest.mark.parametrize(
    "change",
    [
        lambda model: (model / "weights.bin").write_bytes(b"other"),
        lambda model: (model / "weights.bin").unlink(),
        lambda model: (model / "more.bin").write_bytes(b""),
        lambda model: (model / "weights.bin").rename(model / "w.bin"),
        lambda model: (model / "model.sig").write_text("{}"),
        lambda model: (model / "model.sig").write_text("nonsense"),
    ],
)
def test_any_change_is_refused(model, p256, change):
    change(model)
    with pytest.raises(SealBroken, match="does not hold"):
        verify_model_folder(model, model / "model.sig", trust=p256 / "mine.pub")


def test_the_key_of_another_is_refused(model, p256):
    with pytest.raises(SealBroken, match="does not hold"):
        verify_model_folder(model, model / "model.sig", trust=p256 / "other.pub")


def test_our_own_keys_are_not_for_this(model, p256, keys):
    with pytest.raises(BadOption, match="P-256"):
        sign_model_folder(model, model / "2.sig", key=keys / "ed25519.key")
    with pytest.raises(BadOption, match="P-256"):
        verify_model_folder(model, model / "model.sig", trust=keys / "ed25519.pub")
    with pytest.raises(UserError, match="which is none"):
        sign_model_folder(model / "weights.bin", model / "2.sig", key=p256 / "mine.key")
    with pytest.raises(UserError, match="cannot read the signature"):
        verify_model_folder(model, model / "3.sig", trust=p256 / "mine.pub")
