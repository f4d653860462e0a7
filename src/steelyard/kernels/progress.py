"""One progress bar: on standard error, with the time left, and silent when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

__all__ = ["Progress", "Step", "track", "watched"]

Item = TypeVar("Item")


@dataclass(frozen=True)
class Step:
    """How far a piece of work is: its label, units done and in all, and a word on the last one."""

    label: str
    done: int
    total: int
    note: str = ""


_WATCHER: ContextVar[Callable[[Step], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(tell: Callable[[Step], None]) -> Iterator[None]:
    """Tell every step of the bars made inside, drawn or not; for pages that show them elsewhere.

    Only this thread is watched, and work in worker processes is told by the bar that waits for it.

    Parameters
    ----------
    tell : callable
        Given a `Step` when a bar begins and whenever it advances.

    Examples
    --------
    >>> steps = []
    >>> with watched(steps.append), Progress(2, "folds", enabled=False) as bar:
    ...     bar.advance(note="plain")
    >>> [(step.label, step.done, step.total, step.note) for step in steps]
    [('folds', 0, 2, ''), ('folds', 1, 2, 'plain')]
    """
    token = _WATCHER.set(tell)
    try:
        yield
    finally:
        _WATCHER.reset(token)


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

    def _tell(self, note: str = "") -> None:
        tell = _WATCHER.get()
        if tell is not None:
            tell(Step(self.label, self.done, self.total, note))

    def __enter__(self) -> Progress:
        self._tell()
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
        self._tell(note)


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
