"""The process of a run: started, followed line by line, and stopped with all that it has started itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from steelyard.web.run import DONE, FAILED, STOPPED, Run

__all__ = ["PATIENCE", "begin", "end", "follow"]

LOG = "log.txt"
PATIENCE = 5.0  # seconds a process has to stop before it is killed
LOG_SHOWN = 300  # characters of the last line of a log that are shown
POSIX = os.name == "posix"


def begin(folder: Path) -> subprocess.Popen[str]:
    """Start a worker; its errors go to a file, so that a full pipe never stops it."""
    with (folder / LOG).open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "steelyard.web.fit_worker", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=POSIX,  # so that its own workers can be stopped with it
        )


def follow(run: Run) -> None:
    """Read what the worker says until it ends, and keep how it ended."""
    process = run.process
    if process is None or process.stdout is None:
        return
    with process.stdout:
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a library that prints
            if not isinstance(event, dict):
                continue
            run.step = event.get("step", run.step)
            run.done = event.get("done", run.done)
            run.sentence = run.told(event.get("error", run.sentence))
    process.wait()
    if run.status == STOPPED:
        return
    run.status = DONE if run.done else FAILED
    if run.status == FAILED and not run.sentence:
        run.sentence = f"The run ended without a result. {_last_words(run)}"


def _last_words(run: Run) -> str:
    lines = (run.folder / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return run.told(lines[-1])[:LOG_SHOWN] if lines else "It may have run out of memory; try fewer rows."


def end(process: subprocess.Popen[str]) -> None:
    """Ask a worker and its own workers to stop, then make them."""
    for mark in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if POSIX:
                os.killpg(process.pid, mark)
            else:
                process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
