"""The shared options."""

import click
import pytest
from click.testing import CliRunner

from steelyard.cli.options import given, names
from steelyard.cli.source import label_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (None, ()),
        ((), ()),
        (("a,b", "c"), ("a", "b", "c")),
        ((" a , b ",), ("a", "b")),
        (("a,,b,",), ("a", "b")),
        (("two words",), ("two words",)),
    ],
)
def test_names_come_with_commas_or_repeated(values, expected):
    assert names(None, None, values) == expected


def test_only_what_was_given_is_handed_on():
    assert given({"a": None, "b": (), "c": 0, "d": False, "e": ""}) == {"c": 0, "d": False, "e": ""}


def test_a_label_is_found_by_how_it_reads():
    class Table:
        counts = {0: 5, 1: 2, "x": 1}

    assert label_of(Table, "1") == 1
    assert label_of(Table, "x") == "x"
    assert label_of(Table, "2") == "2"
    assert label_of(Table, None) is None


def test_options_are_listed_in_the_order_they_are_written():
    from steelyard.cli.options import reading_options

    @click.command()
    @reading_options(training=True)
    def command(**_):
        pass

    shown = CliRunner().invoke(command, ["--help"]).output
    assert shown.index("--groups") < shown.index("--drop") < shown.index("--positive") < shown.index("--rare")
