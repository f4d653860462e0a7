"""One progress bar: on standard error, with the time left, and silent when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, TypeVar

__all__ = ["Progress", "track"]

Item = TypeVar("Item")


class Progress:
    """A bar for work of known size.

    Parameters
    ----------
    total : int
        Units of work.
    label : str
        What is being done.
    enabled : bool, optional
        By default the bar is drawn only when standard error is a terminal.

    Examples
    --------
    >>> with Progress(3, "folds", enabled=False) as bar:
    ...     bar.advance(2, note="smote")
    >>> bar.done
    2
    """

    def __init__(self, total: int, label: str, *, enabled: bool | None = None) -> None:
        self.total = total
        self.label = label
        self.enabled = sys.stderr.isatty() if enabled is None else enabled
        self.done = 0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self.enabled:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[note]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(self.label, total=self.total, note="")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def advance(self, n: int = 1, note: str = "") -> None:
        """Count ``n`` more units as done and show ``note`` beside the bar."""
        self.done += n
        if self._bar is not None:
            self._bar.update(self._task, advance=n, note=note)


def track(items: Iterable[Item], label: str, *, enabled: bool | None = None) -> Iterator[Item]:
    """Go through ``items`` with a bar.

    Examples
    --------
    >>> list(track("ab", "letters", enabled=False))
    ['a', 'b']
    """
    known = list(items)
    with Progress(len(known), label, enabled=enabled) as bar:
        for item in known:
            yield item
            bar.advance()
