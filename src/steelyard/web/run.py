"""One uploaded table and what became of it."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steelyard.web.run_files import OUT

__all__ = ["DONE", "ENDED", "FAILED", "RUNNING", "STOPPED", "UPLOADED", "WAITING", "Run"]

UPLOADED, WAITING, RUNNING = "uploaded", "waiting", "running"
DONE, FAILED, STOPPED = "done", "failed", "stopped"
ENDED = (DONE, FAILED, STOPPED)


@dataclass(eq=False)
class Run:
    """One uploaded table and what became of it."""

    id: str
    folder: Path
    shown: str
    file: str
    about: dict[str, Any] = field(default_factory=dict)
    status: str = UPLOADED
    sentence: str = ""
    step: dict[str, Any] | None = None
    done: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    touched: float = field(default_factory=time.monotonic)
    began: float | None = None
    ended: float | None = None
    process: subprocess.Popen[str] | None = None

    @property
    def table(self) -> Path:
        """The uploaded file."""
        return self.folder / self.file

    @property
    def result(self) -> Path:
        """The folder that `fit` wrote."""
        return self.folder / OUT

    def told(self, text: str) -> str:
        """A message about the stored file, as one about the file that was uploaded."""
        return text.replace(str(self.table), self.shown).replace(str(self.folder), "")

    def to_dict(self, ahead: int = 0) -> dict[str, Any]:
        """Return what the page shows."""
        until = time.monotonic() if self.ended is None else self.ended
        return {
            "id": self.id,
            "name": self.shown,
            "status": self.status,
            "sentence": self.sentence,
            "step": self.step,
            "ahead": ahead,
            "seconds": None if self.began is None else round(until - self.began, 1),
            "about": self.about,
            "done": self.done,
            "target": self.asked.get("target"),
        }
