"""Official sets of images by their names: what was downloaded is checked, then read in its own format."""

import gzip
import hashlib
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from steelyard.data import catalogue, load
from steelyard.data.catalogue import OfficialFile
from steelyard.data.entry_arrays import READERS
from steelyard.errors import BadTable

pytest.importorskip("PIL")


def made_by(name):
    """The fixtures of the format beside this file."""
    path = Path(__file__).with_name(f"test_{name}.py")
    spec = importlib.util.spec_from_file_location(f"made_by_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cifar10(folder):
    made = made_by("cifar")
    return [made.archive(folder / "cifar-10-binary.tar.gz", made.cifar10()[0])]


def cifar100(folder):
    made = made_by("cifar")
    return [made.archive(folder / "cifar-100-binary.tar.gz", made.cifar100()[0], "cifar-100-binary/")]


def stare(folder):
    made = made_by("stare")
    images, masks = made.drawn()
    return list(made.archives(folder, images, masks))


def ade20k(folder):
    made = made_by("ade20k")
    return [made.packed(folder / "ADEChallengeData2016.zip", made.content())]


CASES = {"image/cifar10": cifar10, "image/cifar100": cifar100, "image/stare": stare, "image/ade20k": ade20k}


def test_every_official_format_of_arrays_is_tested():
    known = catalogue().values()
    assert set(CASES) == {entry.name for entry in known if entry.official and entry.in_arrays}
    assert {entry.layout["read"] for entry in known if entry.in_arrays} == set(READERS)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Puts files where downloads are kept, under an entry that has their digests."""
    monkeypatch.setenv("STEELYARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STEELYARD_DATA", raising=False)

    def put(name):
        folder = tmp_path / "cache" / name
        folder.mkdir(parents=True)
        files = CASES[name](folder)
        official = tuple(
            OfficialFile(f"https://example.org/{f.name}", hashlib.sha256(f.read_bytes()).hexdigest())
            for f in files
        )
        entry = replace(catalogue()[name], official=official)
        known = {**catalogue(), name: entry}
        # The package exports a function of the module's name, which hides the module.
        monkeypatch.setattr(sys.modules["steelyard.data.catalogue"], "_all", lambda: known)
        return files

    return put


@pytest.mark.parametrize("name", CASES)
def test_it_loads_by_its_name(cached, name):
    cached(name)
    data = load(name, rare="keep")  # the fixtures are small
    entry = catalogue()[name]
    assert data.X.shape[1] == entry.shape[0]
    assert (data.name, data.modality, data.task) == (entry.short_name, "image", entry.task)
    assert (data.part is not None) == (entry.part is not None)
    assert len(data) == data.X.shape[0] > 2
    assert data.licence == entry.licence


def test_the_other_level_of_labels_is_a_target(cached):
    cached("image/cifar100")
    assert len(np.unique(load("cifar100", target="coarse", rare="keep").y)) <= 20


def test_a_download_that_was_changed_is_not_read(cached):
    (file,) = cached("image/cifar10")
    file.write_bytes(gzip.compress(b"other"))
    with pytest.raises(BadTable, match="Delete it"):
        load("image/cifar10")
