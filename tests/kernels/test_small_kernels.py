"""Chunks, bars and optional packages."""

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import MissingExtra
from steelyard.kernels.batching import BYTES_PER_MB, row_chunks
from steelyard.kernels.optional import require
from steelyard.kernels.progress import Progress, track


@given(st.integers(0, 500), st.integers(0, 10**7), st.floats(0.1, 50))
def test_chunks_cover_every_row_once_within_the_budget(n, each, budget):
    chunks = list(row_chunks(n, each, budget))
    assert [row for chunk in chunks for row in range(chunk.start, chunk.stop)] == list(range(n))
    for chunk in chunks:
        size = chunk.stop - chunk.start
        assert size == 1 or size * each <= budget * BYTES_PER_MB


def test_bar_counts_and_is_silent_without_a_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Progress(4, "work") as bar:
        bar.advance()
        bar.advance(2)
    assert bar.done == 3
    assert stream.getvalue() == ""


def test_bar_is_drawn_when_asked_for(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert list(track([1, 2], "counting", enabled=True)) == [1, 2]
    assert "counting" in stream.getvalue()


def test_missing_package_names_the_install_line():
    with pytest.raises(MissingExtra, match=r"Focal needs the package 'no_such_pkg'.*steelyard\[deep\]"):
        require("no_such_pkg.sub", extra="deep", for_="Focal")
