"""The catalogue says what is true of the sets in the package, and names resolve one way."""

import hashlib
import importlib.util
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from steelyard.data import catalogue, datasets, find_entry, load
from steelyard.data.catalogue import BUNDLED
from steelyard.errors import BadOption, BadTarget

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = [entry.name for entry in datasets() if entry.packaged]
FOLDER = os.environ.get("STEELYARD_DATA")
LARGE = [
    *(
        "tabular/fars",
        "tabular/flights",
        "tabular/diabetes130",
        "tabular/nsl_kdd",
        "tabular/vehicle_sounds_mfcc",
    ),
    *("tabular/mammography", "text/mtsamples", "text/topics_en_bn_fa", "text/support_tickets_topics"),
    *("text/hate_speech_tweets", "text/banglish_offensive", "tabular/keel_binary/zoo-3"),
    *("tabular/keel_binary/kddcup-land_vs_satan", "tabular/keel_multiclass/splice"),
    *("peptide/proinflammatory/multifeatvotpip", "peptide/proinflammatory/proin_fuse"),
    *("peptide/therapeutic/amp_iamp2l", "peptide/therapeutic/hiv_protease", "peptide/therapeutic/cpp_mixed"),
]


def check_against_entry(data, entry):
    counts = list(data.counts.values())
    assert len(data) == entry.rows
    assert data.X.shape[1] == entry.features
    assert len(counts) == entry.classes
    assert counts[-1] == entry.smallest
    assert round(counts[0] / counts[-1], 2) == pytest.approx(entry.ratio, abs=0.006)
    assert data.task == entry.task
    assert data.licence == entry.licence
    assert (data.part is not None) == (entry.part is not None)
    assert (data.groups is not None) == (entry.groups is not None)
    assert (data.time is not None) == (entry.time is not None)
    assert not set(entry.drop) & set(data.X.columns)
    assert set(data.schema.of_kind("text")) >= set(entry.text)


@pytest.mark.parametrize("name", PACKAGED)
def test_packaged_sets_are_what_the_catalogue_says(name, monkeypatch):
    monkeypatch.delenv("STEELYARD_DATA", raising=False)
    check_against_entry(load(name, rare="keep"), catalogue()[name])


def test_the_package_is_small_licensed_and_complete():
    index = json.loads((BUNDLED / "index.json").read_text())
    assert len(index) >= 8
    files = {path.name for path in BUNDLED.iterdir()} - {"index.json", "LICENCES.md"}
    assert files == {file["file"] for file in index.values()}
    assert sum((BUNDLED / file).stat().st_size for file in files) < 1_500_000
    licences = (BUNDLED / "LICENCES.md").read_text()
    for name, file in index.items():
        assert hashlib.sha256((BUNDLED / file["file"]).read_bytes()).hexdigest() == file["sha256"]
        assert catalogue()[name].licence_letter == "A"
        assert catalogue()[name].attribution in licences
    assert licences.count("Changed:") == len(index)


def test_adult_has_both_parts_and_no_weight_column():
    adult = load("adult")
    assert pd.Series(adult.part).value_counts().to_dict() == {"train": 32561, "test": 16281}
    assert not {"fnlwgt", "education", "part"} & set(adult.X.columns)
    assert adult.schema.left_out["fnlwgt"] == "a sampling weight, not a feature"
    assert load("adult", weight="fnlwgt").weight.min() > 0
    assert "education" in load("adult", keep="education").X.columns
    assert load("adult", part=False).part is None
    assert "part" not in load("adult", part=False).X.columns


@pytest.mark.parametrize(
    ("view", "source", "positive", "rare"),
    [
        ("yeast4", "yeast", "ME2", 51),
        ("yeast6", "yeast", "EXC", 35),
        ("abalone19", "abalone", 19, 32),
        ("glass5", "glass", 6, 9),
    ],
)
def test_views_are_one_class_against_the_rest(view, source, positive, rare):
    data = load(view)
    whole = load(source, rare="keep")
    assert data.rare_class == str(positive)
    assert data.counts[str(positive)] == rare
    assert np.array_equal(data.y == str(positive), whole.y == positive)
    assert data.X.equals(whole.X)


def test_names_resolve():
    assert find_entry("ecoli").name == "tabular/keel_multiclass/ecoli"
    assert find_entry("keel_multiclass/ecoli").name == "tabular/keel_multiclass/ecoli"
    assert find_entry("yeast4").name == "views/yeast4"
    assert find_entry("keel_binary/yeast4").name == "tabular/keel_binary/yeast4"
    assert find_entry("fars").name == "tabular/fars"
    assert find_entry("nothing here", missing_ok=True) is None
    with pytest.raises(BadOption, match="'adult'"):
        find_entry("adlut")
    with pytest.raises(BadOption, match="steelyard list datasets"):
        find_entry("qqqqqqqq")


def test_an_ambiguous_name_lists_its_candidates(monkeypatch):
    known = catalogue()
    known["text/fars"] = replace(known["tabular/fars"], name="text/fars")
    # The package exports a function of the module's name, which hides the module.
    monkeypatch.setattr(sys.modules["steelyard.data.catalogue"], "_all", lambda: known)
    with pytest.raises(BadOption, match=r"tabular/fars.*text/fars|text/fars.*tabular/fars"):
        find_entry("fars")


def test_listing():
    everything = datasets()
    assert len(everything) == len(catalogue()) > 140
    assert {entry.modality for entry in datasets("text")} == {"text"}
    assert datasets("peptide")[0].name == "peptide/proinflammatory/pip_el"
    assert len(datasets("peptide")) == 15
    assert {entry.name for entry in datasets("table")} == {entry.name for entry in datasets("tabular")}
    assert [entry.packaged is None for entry in everything] == sorted(
        entry.packaged is None for entry in everything
    )
    with pytest.raises(BadOption, match="'smell'"):
        datasets("smell")


def test_every_entry_is_whole():
    for entry in catalogue().values():
        assert entry.title, entry.name
        assert entry.licence, entry.name
        assert entry.licence_letter in ("A", "S", "N", "?"), entry.name
        assert entry.attribution, entry.name
        assert entry.rows > 0, entry.name
        assert entry.target or entry.other_targets, entry.name
        assert entry.packaged or entry.official or entry.by_hand, entry.name
        assert entry.task in ("binary", "multiclass", "multilabel", "segmentation"), entry.name
        assert set(entry.files) == set(entry.prepared_sha256), entry.name
        assert len(entry.parts) in (0, len(entry.files)), entry.name
        for digest in (*entry.prepared_sha256.values(), *filter(None, entry.official_sha256.values())):
            assert len(bytes.fromhex(digest)) == 32, entry.name


def test_what_may_not_be_shipped_is_not():
    for entry in datasets():
        if entry.licence_letter != "A":
            assert entry.packaged is None, entry.name


def test_the_page_is_current():
    spec = importlib.util.spec_from_file_location("page", ROOT / "scripts" / "build_datasets_page.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.main(["--check"]) == 0, "run python scripts/build_datasets_page.py"


needs_folder = pytest.mark.skipif(not FOLDER, reason="STEELYARD_DATA is not set")


@needs_folder
@pytest.mark.parametrize("name", LARGE)
def test_prepared_sets_are_what_the_catalogue_says(name):
    check_against_entry(load(name, rare="keep"), catalogue()[name])


@needs_folder
def test_the_small_keel_sets_are_what_the_catalogue_says():
    for entry in datasets("table"):
        if "keel_" in entry.name and entry.rows < 700:
            data = load(entry.name, rare="keep")
            counts = list(data.counts.values())
            assert (len(data), data.X.shape[1], len(counts), counts[-1]) == (
                entry.rows,
                entry.features,
                entry.classes,
                entry.smallest,
            ), entry.name
            if entry.nominal:
                assert {column.kind for column in data.schema.columns} == {"categorical"}, entry.name


@needs_folder
def test_the_peptide_sets_are_what_the_catalogue_says():
    for entry in datasets("peptide"):
        data = load(entry.name)
        assert list(data.X.columns) == ["sequence"], entry.name
        assert (len(data), list(data.counts.values())[-1]) == (entry.rows, entry.smallest), entry.name


def test_a_licence_that_wants_its_notice_has_it():
    told = (BUNDLED / "LICENCES.md").read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in told
    assert "Copyright (c) 2021 Sebastian" in told


@needs_folder
def test_a_multi_label_set_asks_which_label():
    with pytest.raises(BadTarget, match="'spam'"):
        load("bangla_cyberbullying")
    data = load("bangla_cyberbullying", target="spam")
    assert list(data.X.columns) == ["comment"]
    assert data.counts[1] == 1089
    assert data.schema.left_out["bully"] == "another label than 'spam'"


@needs_folder
def test_rows_that_the_catalogue_leaves_out_are_announced():
    data = load("diabetes130", positive="<30")
    assert "1,652 rows were left out" in data.X.attrs["notes"][0]
    assert data.counts["<30"] == 11357
    assert "None" in set(load("diabetes130").X["max_glu_serum"].dropna())


@needs_folder
def test_the_build_script_gives_the_committed_bytes():
    """The same input and libraries give the same files; CSV ones always."""
    spec = importlib.util.spec_from_file_location("bundled", ROOT / "scripts" / "build_bundled.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.licences() == (BUNDLED / "LICENCES.md").read_text()
    assert set(script.SETS) == set(json.loads((BUNDLED / "index.json").read_text()))


def test_a_file_named_after_a_part_is_that_part():
    """Files are taken for parts in the order in which they are listed."""
    named = 0
    for entry in catalogue().values():
        for file, part in zip(entry.files, entry.parts, strict=False):
            others = set(entry.parts) - {part}
            assert not any(other in Path(file).stem for other in others), f"{entry.name}: {file} is {part}"
            named += part in Path(file).stem
    assert named >= 6
