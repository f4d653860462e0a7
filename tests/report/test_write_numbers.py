import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.report import write_numbers as w

WRITERS = [w.figure, w.signed, w.count, w.mean_count, w.quantity, w.percent, w.probability, w.one_in]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("unknown", [None, float("nan"), float("inf"), "", True])
def test_what_is_not_a_number_is_a_dash(write, unknown):
    assert write(unknown) == "–"


@pytest.mark.parametrize("write", WRITERS)
@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_is_written_without_an_ascii_minus(write, value):
    text = write(value)
    assert text
    assert "-" not in text.replace("e-", "")


@given(st.floats(-999, 999))
def test_a_figure_reads_back_as_the_rounded_value(value):
    read = float(w.figure(value).replace("−", "-"))
    assert math.isclose(read, value, abs_tol=0.000501)


def test_a_difference_that_rounds_to_nothing_has_no_sign():
    assert w.signed(0.0001) == "0.000"
    assert w.signed(-0.0001) == "0.000"


@given(st.floats(0, 1))
def test_a_share_that_is_not_whole_never_reads_as_0_or_100_percent(share):
    text = w.percent(share)
    if 1e-12 < share < 1 - 1e-12:
        assert text not in ("0%", "100%")


def test_one_row_in_many_is_grouped():
    assert w.one_in(1 / 33676) == "1 in 33,676"
