"""How the report writes numbers: the same way in every table, picture and sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

__all__ = [
    "count",
    "digits_for",
    "figure",
    "interval",
    "mean_count",
    "one_in",
    "percent",
    "probability",
    "quantity",
    "signed",
]

MISSING = "–"
MINUS = "−"
EM_EXPONENT_BELOW = 1e-4
MANY = 1000
HUGE = 1e15
SIGNIFICANT, LEAST_DIGITS, MOST_DIGITS = 3, 3, 8
RAREST = 1e-9
LEAST_SHOWN = 0.05


def _known(value: Any) -> bool:
    """Whether ``value`` is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _typographic(text: str) -> str:
    """``text`` with a real minus sign."""
    return text.replace("-", MINUS)


def figure(value: Any, digits: int = 3) -> str:
    """Write a score with a fixed number of decimals.

    >>> figure(0.81234), figure(None), figure(-0.5, 1)
    ('0.812', '–', '−0.5')
    """
    if not _known(value):
        return MISSING
    text = f"{value:.{digits}f}"
    if abs(value) >= MANY:
        text = f"{value:,.0f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return _typographic(text)


def digits_for(values: Iterable[Any]) -> int:
    """Return how many decimals show three significant digits of the largest value, at least three.

    >>> digits_for([0.5, 0.91]), digits_for([0.0123, None]), digits_for([153.2]), digits_for([])
    (3, 4, 1, 3)
    """
    largest = max((abs(value) for value in values if _known(value)), default=0.0)
    if largest >= MANY:
        return 0
    if largest >= MANY / 10:
        return 1
    if largest == 0:
        return LEAST_DIGITS
    return min(max(SIGNIFICANT - 1 - math.floor(math.log10(largest)), LEAST_DIGITS), MOST_DIGITS)


def signed(value: Any, digits: int = 3) -> str:
    """Write a difference with its sign always shown.

    >>> signed(0.0123), signed(-0.0123), signed(0.0)
    ('+0.012', '−0.012', '0.000')
    """
    text = figure(value, digits)
    if text == MISSING or text.startswith(MINUS) or float(text.replace(",", "")) == 0:
        return text
    return f"+{text}"


def interval(low: Any, high: Any, digits: int = 3, *, sign: bool = False) -> str:
    """Write an interval.

    >>> interval(0.1, 0.25, 2), interval(None, 0.2)
    ('0.10 to 0.25', '–')
    """
    if not (_known(low) and _known(high)):
        return MISSING
    write = signed if sign else figure
    return f"{write(low, digits)} to {write(high, digits)}"


def count(value: Any) -> str:
    """Write a number of rows, thousands apart.

    >>> count(336776), count(12.4), count(float("nan"))
    ('336,776', '12', '–')
    """
    return _whole(value) if _known(value) else MISSING


def _whole(value: float) -> str:
    """``value`` without decimals; what no table holds is written with an exponent."""
    return _typographic(f"{round(value):,}" if abs(value) < HUGE else f"{value:.3g}")


def mean_count(value: Any) -> str:
    """Write a number of rows that is a mean over passes: with one decimal where it is not whole.

    >>> mean_count(12.0), mean_count(12.5), mean_count(0.25), mean_count(1234.5)
    ('12', '12.5', '0.2', '1,234')
    """
    if not _known(value):
        return MISSING
    if float(value).is_integer() or abs(value) >= MANY:
        return _whole(value)
    return _typographic(f"{value:.1f}") if abs(value) >= LEAST_SHOWN else "<0.1"


def quantity(value: Any) -> str:
    """Write a number of any size with about three significant digits.

    >>> quantity(12345.6), quantity(3.14159), quantity(0.0123456), quantity(7), quantity(2.5e-7)
    ('12,346', '3.14', '0.0123', '7', '2.5e−07')
    """
    if not _known(value):
        return MISSING
    if isinstance(value, int) or float(value).is_integer():
        return _whole(value)
    if abs(value) >= 100:
        return _whole(value)
    return _typographic(f"{value:.3g}")


def percent(share: Any) -> str:
    """Write a share as a percentage, with more decimals the smaller it is.

    >>> percent(0.5), percent(0.0123), percent(0.00337), percent(0.999), percent(0)
    ('50%', '1.2%', '0.34%', '99.9%', '0%')
    """
    if not _known(share):
        return MISSING
    value = 100.0 * share
    if value == 0 or value == 100:
        return f"{abs(value):.0f}%"
    if abs(value) < 0.995:
        return _typographic(f"{value:.2g}%") if abs(value) >= EM_EXPONENT_BELOW else "<0.0001%"
    if abs(value) < 10 or abs(value) > 99:
        text = f"{value:.1f}"
        return ">99.9%" if text == "100.0" else _typographic(f"{text.removesuffix('.0')}%")
    return _typographic(f"{value:.0f}%")


def probability(value: Any) -> str:
    """Write a p value.

    >>> probability(0.0412), probability(1e-9)
    ('0.041', '<0.001')
    """
    if not _known(value):
        return MISSING
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def one_in(share: Any) -> str:
    """Write a share as one in so many.

    >>> one_in(0.02325), one_in(0.5), one_in(0.3), one_in(0)
    ('1 in 43', '1 in 2', '1 in 3.3', 'none')
    """
    if not _known(share):
        return MISSING
    if share <= 0:
        return "none"
    if share < RAREST:
        return f"fewer than 1 in {round(1 / RAREST):,}"
    times = 1.0 / share
    if times < 9.95 and abs(times - round(times)) > 0.05:
        return f"1 in {times:.1f}"
    return f"1 in {round(times):,}"
