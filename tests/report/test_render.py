import dataclasses
import itertools
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from steelyard.records import Dataset, Estimate, Finding, Gain, Predictions, Row, Scorecard, Verdict
from steelyard.report import collect, render
from steelyard.report.write_numbers import figure

VOID = {"meta", "link", "br", "img", "input", "hr"}
LARGEST_PAGE = 1_500_000


class Page(HTMLParser):
    """Checks nesting and keeps every element with its attributes and text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a beginning"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(full_report):
    return render(full_report)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_page_asks_the_network_for_nothing(html, page):
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html
    for tag in ("script", "link", "img", "iframe", "object"):
        assert page.of(tag) == []
    assert all(a["href"].startswith("#") for a in page.of("a"))
    policy = next(m["content"] for m in page.of("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


def test_links_lead_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.of("a")} <= set(ids)
    for _, attributes in page.elements:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids


def test_the_page_is_small(html):
    assert len(html.encode()) < LARGEST_PAGE


def test_landmarks_captions_and_scopes_are_there(page):
    assert page.of("html")[0]["lang"] == "en"
    for tag in ("header", "nav", "main", "footer", "h1"):
        assert len(page.of(tag)) == 1
    assert len(page.of("caption")) == len(page.of("table"))
    assert all(th.get("scope") in ("row", "col", "rowgroup") for th in page.of("th"))
    for svg in page.of("svg"):
        inner = "viewbox" in svg and "class" not in svg
        assert svg.get("aria-hidden") == "true" or svg.get("role") == "img" or inner
    named = [svg for svg in page.of("svg") if svg.get("role") == "img"]
    assert len(page.of("desc")) == len(named) >= 5


def test_every_figure_of_the_scorecard_stands_in_the_table(binary, full_report, page):
    values = {data["value"] for data in page.of("data")}
    text = "".join(page.text)
    for row in binary["card"].to_dict()["rows"]:
        for name, value in row["metrics"].items():
            digits = full_report["systems"]["words"][name]["digits"]
            assert str(value["mean"]) in values
            assert figure(value["mean"], digits) in text
            assert f"{figure(value['low'], digits)} to {figure(value['high'], digits)}" in text


def test_a_hostile_name_stays_text_everywhere(sample):
    hostile = sample.HOSTILE
    y = np.array([hostile] * 12 + ["ok"] * 60)
    dataset = Dataset(
        np.random.default_rng(0).normal(size=(72, 2)), y, name=hostile, licence=hostile, hash=hostile
    )
    proba = np.tile([0.3, 0.7], (72, 1))
    rows = tuple(
        Row(hostile + kind, kind, {"average_precision": Estimate(0.5, 0.4, 0.6), hostile: Estimate(1, 0, 2)},
            {hostile: Estimate(0.5, 0.4, 0.6)}, {"rule": hostile, "sentence": hostile},
            note=hostile, status=status)
        for kind, status in (("plain", "kept"), ("remedy", "kept"), ("remedy", "failed"))
    )  # fmt: skip
    gain = Gain(rows[1].system, rows[0].system, hostile, Estimate(0.1, 0, 0.2), 0.5, 0.5, True)
    card = Scorecard(
        data={}, protocol={"metric": "average_precision", hostile: {hostile: [hostile]}}, rows=rows,
        gains=(gain,), verdict=Verdict(hostile, True, hostile, hostile), chosen=rows[0].system,
        notes=(hostile,),
        predictions={rows[0].system: Predictions(np.arange(72), np.zeros(72, int), proba, np.zeros(72, int))},
    )  # fmt: skip
    findings = [
        Finding(hostile, hostile, outcome, "critical", hostile, hostile, np.arange(3), (hostile,))
        for outcome in ("found", "clear", "not applicable")
    ]
    explanations = {
        "importance": [{"column": hostile, "mean": 0.1, "low": 0.0, "high": 0.2}],
        "reasons": [
            {"row": hostile, "proba": 0.5, "label": hostile, "decided": hostile,
             "reasons": [{"column": hostile, "value": hostile, "effect": 0.1}]}
        ],
    }  # fmt: skip
    html = render(
        collect(dataset, findings, card, explanations=explanations, seal=sample.seal_of(),
                settings={hostile: hostile, "created": hostile, "versions": {hostile: hostile}},
                announcements=[hostile])
    )  # fmt: skip
    assert "<script" not in html
    assert "<b>" not in html
    assert "alert('x')" not in html.replace("&#39;", "!")
    text = "".join(Page(html).text)
    assert text.count(hostile) > 20


@pytest.mark.parametrize(
    "explanations", [None, {}, {"importance": []}, {"reasons": [{"row": 3, "reasons": []}]}]
)
def test_a_diagnosis_needs_no_more_than_a_table(binary, sample, explanations):
    for findings, seal in itertools.product([(), binary["findings"]], [None, sample.seal_of()]):
        Page(render(collect(binary["dataset"], findings, explanations=explanations, seal=seal)))


@pytest.mark.parametrize(
    "change",
    [
        {"predictions": {}},
        {"gains": ()},
        {"verdict": None},
        {"corrected": None},
        {"chosen": ""},
        {"protocol": {}},
        {"rows": (), "gains": (), "predictions": {}, "chosen": "", "corrected": None},
    ],
    ids=lambda change: " ".join(change),
)
def test_parts_of_a_scorecard_may_be_missing(binary, change):
    Page(render(collect(binary["dataset"], [], dataclasses.replace(binary["card"], **change))))


def synthetic(k, systems, rows=400):
    """A comparison of many systems over k classes, with values that are not known among the known."""
    rng = np.random.default_rng(k)
    names = np.array([f"class {i} " + "with a very long name " * (i % 3) for i in range(k)])
    y = names[np.r_[np.arange(k), np.minimum(rng.geometric(0.2, rows) - 1, k - 1)]]
    dataset = Dataset(np.zeros((len(y), 1)), y, task="multiclass" if k > 2 else "binary")
    nan = float("nan")
    made = []
    for i in range(systems):
        value = Estimate(nan, nan, nan) if i % 7 == 3 else Estimate(0.5 + i / 500, 0.4, 0.7)
        kind = "plain" if i == 0 else "remedy"
        made.append(Row(f"system-{i}-" + "long" * (i % 5), kind, {"average_precision": value, "mcc": value}))
    proba = rng.dirichlet(np.ones(k), len(y))
    predictions = {
        row.system: Predictions(np.arange(len(y)), np.zeros(len(y), int), proba, proba.argmax(1))
        for row in made[:2]
    }
    gains = tuple(
        Gain(row.system, made[0].system, "average_precision", row.metrics["mcc"], nan, nan, False)
        for row in made[1:]
    )
    return dataset, Scorecard(
        data={}, protocol={"metric": "average_precision"}, rows=tuple(made), gains=gains,
        chosen=made[0].system,
        verdict=Verdict("So.", False, "average_precision", made[0].system), predictions=predictions,
    )  # fmt: skip


@pytest.mark.parametrize(("k", "systems"), [(2, 60), (5, 3), (30, 2), (40, 60)])
def test_many_classes_and_systems_fit(k, systems):
    dataset, card = synthetic(k, systems)
    html = render(collect(dataset, [], card))
    assert len(html.encode()) < LARGEST_PAGE
    text = "".join(Page(html).text)
    assert "nan" not in re.findall(r"[a-z]+", text.lower())
    assert "None" not in text
    assert "Infinity" not in text


def test_a_table_of_one_row_has_a_page():
    report = collect(Dataset(np.zeros((1, 1)), np.array(["only"])), [Finding("SY001", "One row", "found")])
    assert "only" in "".join(Page(render(report)).text)


def test_an_empty_table_has_a_page():
    Page(render(collect(Dataset(np.zeros((0, 1)), np.array([], dtype=str)))))


def test_the_same_records_make_the_same_page(sample, binary):
    pages = {render(collect(binary["dataset"], binary["findings"], binary["card"])) for _ in range(2)}
    assert len(pages) == 1


def test_an_unsigned_seal_says_what_it_is_good_for(html):
    assert "Unsigned: detects accidents, not an attacker." in html
