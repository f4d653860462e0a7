"""The exposure panel: its figures are the record's, and the page alone names the most exposed class."""

import dataclasses

import pytest
from sklearn.naive_bayes import GaussianNB

from steelyard.data import load
from steelyard.evaluate.exposure import exposure
from steelyard.report import collect, render, to_text
from steelyard.report.exposure_text import exposure_summary


@pytest.fixture(scope="module")
def dataset():
    return load("ecoli", rare="drop")


@pytest.fixture(scope="module")
def found(dataset):
    return exposure(GaussianNB(), dataset, seeds=1)


@pytest.fixture(scope="module")
def report(dataset, found):
    return collect(dataset, exposure=found, settings={"kind": "attack"})


def test_figures_are_the_records(report, found):
    panel = report["exposure"]
    assert [curve["target"] for curve in panel["curves"]] == [str(curve.target) for curve in found.curves]
    for shown, curve in zip(panel["curves"], found.curves, strict=True):
        assert shown["flips"] == curve.flips
        assert [p["recall"]["mean"] for p in shown["points"][1:]] == [p.recall.mean for p in curve.points]
        assert shown["points"][0]["asr"]["mean"] == curve.clean.asr.mean


def test_the_page_alone_tells_which_class_is_most_exposed(report, found):
    page = render(report)
    assert found.sentence in page.replace("&#39;", "'")
    assert (
        f'<bdi class="name">{found.most_exposed.target}</bdi> <span class="chosen">most exposed</span>'
        in page
    )
    assert page.count('class="line first"') >= 2
    assert "http://" not in page


def test_the_terminal_says_the_same(report, found):
    words = " ".join(to_text(exposure_summary(report)).split())
    assert found.sentence in words
    assert all(f"{curve.target} into {curve.to}" in words for curve in found.curves)


def test_without_an_exposure_there_is_no_panel(dataset):
    report = collect(dataset)
    assert report["exposure"] is None
    assert 'id="exposure"' not in render(report)


def test_names_in_the_page_are_escaped(dataset, found):
    curves = (dataclasses.replace(found.curves[0], target="<b>x</b>"),)
    page = render(collect(dataset, exposure=dataclasses.replace(found, curves=curves)))
    assert "<b>x" not in page
