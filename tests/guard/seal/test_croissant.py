"""The metadata beside a seal is Croissant, and part of what is signed."""

import json
import socket

import pandas as pd
import pytest

from steelyard.errors import BadOption, SealBroken
from steelyard.guard.seal import create_seal, verify_data
from steelyard.kernels.hashing import sha256_file

croissant = pytest.importorskip("mlcroissant")


BESIDE = "data.seal.croissant.json"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    """Nothing may be fetched."""

    def refuse(*args, **words):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_folder(sounds):
    made = create_seal(
        "data", "data.seal", labels="labels.csv", croissant=True, licence="CC0", progress=False
    )
    content = json.loads((sounds / BESIDE).read_text())
    assert content["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert (content["@type"], content["name"], content["license"]) == ("sc:Dataset", "data", "CC0")
    files, table = content["distribution"]
    assert (files["@type"], files["includes"]) == ("cr:FileSet", "data/**")
    assert f"sha256:{table['sha256']}" == sha256_file("labels.csv")
    assert (table["contentUrl"], table["encodingFormat"]) == ("labels.csv", "text/csv")
    assert [field["name"] for field in content["recordSet"][0]["field"]] == ["path", "label", "split"]
    assert made.root.hex() in content["description"]
    assert f"sha256:{made.predicate['croissant']['sha256']}" == sha256_file(BESIDE)
    assert verify_data("data", "data.seal", unsigned=True, progress=False).holds


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_library_itself_reads_it(claims):
    create_seal("claims.csv", "data.seal", target="fraud", croissant=True)
    read = croissant.Dataset(jsonld=json.loads((claims / BESIDE).read_text()))
    assert not read.metadata.issues.errors
    assert read.metadata.distribution[0].sha256 == sha256_file("claims.csv").removeprefix("sha256:")


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text("{}")])
def test_changed_or_missing_metadata_is_seen(claims, change):
    create_seal("claims.csv", "data.seal", croissant=True)
    change(claims / BESIDE)
    with pytest.raises(SealBroken, match=r"the metadata .*croissant\.json"):
        verify_data("claims.csv", "data.seal", unsigned=True)


def test_a_frame_has_no_file_to_describe(claims):
    with pytest.raises(BadOption, match="in memory"):
        create_seal(pd.DataFrame({"a": [1]}), "data.seal", croissant=True)
    assert not (claims / "data.seal").exists()
