"""HTML, Markdown, JSON and terminal show the same table, and nothing of the user's gets through unescaped."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources

import jsonschema
import pytest

from recipes import toy
from steelyard.errors import UserError
from steelyard.recipes.machinery.collect_page import headline
from steelyard.recipes.machinery.table_file import read_table_file, to_dict, write_table_file
from steelyard.recipes.machinery.to_html import to_html
from steelyard.recipes.machinery.to_markdown import to_markdown
from steelyard.recipes.machinery.verdict import RULE
from steelyard.recipes.table import Verdict

SCHEMA = json.loads((resources.files("steelyard.store") / "schemas" / "recipe_table.json").read_text("utf-8"))


class Tags(HTMLParser):
    """Every tag with its attributes, and the text of the page."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "path", "circle", "line"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in ("path", "circle", "line"):
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def page(toy_table):
    return Tags(to_html(toy_table))


def test_the_page_is_whole_and_needs_nothing_from_anywhere(page, toy_table):
    assert page.open == []
    assert not {tag for tag, _ in page.found} & {"script", "img", "iframe", "object", "embed", "base"}
    assert not [
        attrs for _, attrs in page.found if "src" in attrs or ("style" in attrs and "url(" in attrs["style"])
    ]
    (policy,) = [attrs["content"] for _, attrs in page.found if attrs.get("http-equiv")]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "url(" not in to_html(toy_table)
    targets = {attrs["href"][1:] for tag, attrs in page.found if tag == "a" and attrs["href"].startswith("#")}
    assert targets <= {attrs.get("id") for _, attrs in page.found}


def test_what_comes_from_outside_is_escaped(toy_table):
    evil = "<script>alert(1)</script>|*x*\n"
    verdicts = (Verdict(evil, "holds", words=evil),)
    table = replace(toy_table, title_note=evil, words=(evil,), about=evil, verdicts=verdicts)
    html, markdown = to_html(table), to_markdown(table)
    assert "<script" not in html
    assert "<script" not in markdown
    assert "&lt;script&gt;" in html
    claims = [line for line in markdown.splitlines() if "**holds**" in line]
    assert len(claims) == 1
    assert len(re.findall(r"(?<!\\)\|", claims[0])) == 4, "the cells of the table are still three"


def test_paper_cells_print_as_seen_not_seen_or_nothing(toy_table):
    lines = to_markdown(toy_table).splitlines()

    def cells(dataset, system):
        (line,) = [line for line in lines if line.startswith(f"| {dataset} | {system} | drawn | ")][:1]
        return [cell.strip() for cell in line.split("|")[1:-1]]

    assert cells("ash", "old")[3] == "not seen"
    assert cells("ash", "new")[3] == "0.700"
    assert cells("ash", "new")[6].startswith("−")
    assert cells("birch", "new")[3] == ""
    text = "".join(Tags(to_html(toy_table)).text)
    assert text.count("not seen") == 1
    assert str(toy_table).count("not seen") == 1


def test_every_face_tells_verdicts_rule_protocol_seeds_and_machine(toy_table):
    html = " ".join("".join(Tags(to_html(toy_table)).text).split())
    markdown = to_markdown(toy_table)
    for words in (
        *(verdict.text for verdict in toy_table.verdicts),
        "4 of 4 claims hold.",
        "drawn, not learned",
    ):
        assert words in html
        assert words.replace("<", "&lt;") in markdown
        assert words in str(toy_table)
    for words in (toy_table.machine, "0, 1, 2", "numpy", "steelyard recipe run toy --scale smoke"):
        assert words in html
        assert words in markdown
    assert all(paragraph in html for paragraph in RULE)


def test_the_difference_of_a_cell_is_ours_minus_the_papers(toy_table):
    (row,) = [row for row in toy_table.rows if row.paper is not None]
    assert row.difference == pytest.approx(row.mean - toy.PAPER.cells["ash", "new", "F1"])


def test_cells_of_the_paper_that_were_not_measured_are_counted(toy_table):
    cells = {**toy.PAPER.cells, ("elm", "new", "F1"): 0.5}
    table = replace(toy_table, paper=replace(toy.PAPER, cells=cells))
    assert "not measured at this scale: 1." in to_markdown(table)
    assert "not measured at this scale: 1." in to_html(table)


def test_json_follows_its_schema_and_comes_back_as_it_was(toy_table, tmp_path):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    path = tmp_path / "table.json"
    write_table_file(toy_table, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    assert content == to_dict(toy_table) == toy_table.to_dict()
    back = read_table_file(path)
    assert back == toy_table
    assert to_markdown(back) == to_markdown(toy_table)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: {**content, "format": "other"}, "not a recipe's table"),
        (lambda content: {**content, "version": 2}, "reads version 1"),
        (lambda content: {key: content[key] for key in content if key != "rows"}, "does not follow"),
        (lambda content: {**content, "rows": [{"dataset": "a"}]}, "does not follow"),
        (lambda content: {**content, "verdicts": [{"colour": "red"}]}, "does not follow"),
        (lambda content: [content], "not a recipe's table"),
    ],
)
def test_a_damaged_file_is_refused(toy_table, tmp_path, damage, message):
    path = tmp_path / "table.json"
    path.write_text(json.dumps(damage(to_dict(toy_table))))
    with pytest.raises(UserError, match=message):
        read_table_file(path)


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot read"):
        read_table_file(tmp_path / "nothing.json")
    (tmp_path / "half.json").write_text('{"format": ')
    with pytest.raises(UserError, match="not a JSON file"):
        read_table_file(tmp_path / "half.json")


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ([], "Nothing was claimed."),
        (["holds"], "1 of 1 claims holds."),
        (
            ["holds", "holds", "does not hold", "cannot tell"],
            "2 of 4 claims hold, 1 does not, 1 cannot be told.",
        ),
    ],
)
def test_the_headline_counts(toy_table, verdicts, words):
    table = replace(toy_table, verdicts=tuple(Verdict("c", verdict) for verdict in verdicts))
    assert headline(table) == words
