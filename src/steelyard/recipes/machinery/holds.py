"""Any other claim: a function of the table that says True, False, or None for "cannot tell"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Verdict

__all__ = ["Holds"]


@dataclass(frozen=True)
class Holds:
    """A claim that a function judges.

    Parameters
    ----------
    text : str
        The claim in words.
    check : callable
        Takes the `Table`, returns ``(True, False or None, words)``; None is "cannot tell", and the words
        hold the figures.

    Examples
    --------
    >>> from steelyard.recipes.machinery.paper import Paper
    >>> table = Table("toy", Paper("Toy", ""), "smoke", ())
    >>> Holds("nothing was measured", lambda table: (not table.rows, "0 rows.")).judge(table).verdict
    'holds'
    """

    text: str
    check: Callable[[Table], tuple[bool | None, str]]

    def judge(self, table: Table) -> Verdict:
        """Return what became of the claim in ``table``."""
        outcome, words = self.check(table)
        verdict = CANNOT_TELL if outcome is None else HOLDS if outcome else DOES_NOT_HOLD
        return Verdict(self.text, verdict, words=words)
