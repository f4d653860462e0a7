"""A small made-up table for the tests of evaluation."""

import pytest

from evaluation_rows import made


@pytest.fixture
def table():
    return made()
