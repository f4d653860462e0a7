"""A folder of sounds with labels, a table, and keys of every kind."""

import pytest

pytest.importorskip("cryptography")
pytest.importorskip("rfc8785")

from guard.seal.labelled import LABELS, write_labels
from steelyard.guard.seal import generate_key, save_keys
from steelyard.guard.seal.keys import KINDS


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A folder with KIND.key and KIND.pub of each kind, and a second Ed25519 pair named other."""
    place = tmp_path_factory.mktemp("keys")
    for name in (*KINDS, "other"):
        save_keys(
            generate_key("ed25519" if name == "other" else name), place / f"{name}.key", place / f"{name}.pub"
        )
    return place


@pytest.fixture
def sounds(tmp_path, monkeypatch):
    """A folder ``data`` with five files, and ``labels.csv`` beside it; the working folder."""
    monkeypatch.chdir(tmp_path)
    for place, name in enumerate(LABELS):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes([place]) * 50)
    write_labels(tmp_path / "labels.csv")
    return tmp_path


@pytest.fixture
def claims(tmp_path, monkeypatch):
    """A table ``claims.csv`` of six rows; the working folder."""
    monkeypatch.chdir(tmp_path)
    rows = [f"c{place},{place * 10},{'yes' if place == 5 else 'no'},train" for place in range(6)]
    (tmp_path / "claims.csv").write_text("\n".join(["id,amount,fraud,part", *rows, ""]))
    return tmp_path
