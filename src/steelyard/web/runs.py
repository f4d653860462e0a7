"""Runs of the main job on uploaded tables: each in a folder and a process of its own, one at a time."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from steelyard.errors import UserError
from steelyard.store.lock import Lock
from steelyard.web.limits import MOST_RUNS, RESULT_SECONDS
from steelyard.web.run import ENDED, RUNNING, STOPPED, WAITING, Run
from steelyard.web.run_files import JOB
from steelyard.web.run_process import PATIENCE, begin, end, follow
from steelyard.web.shelf import new_id

__all__ = ["Runs"]

LOCK = "lock"


class Runs:
    """All runs of one server.

    Each server works in a locked folder of its own under ``folder``, which goes when it stops. What a
    server that was killed has left is removed when the next one starts.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_leftovers(folder)
        self.folder = folder / new_id()
        self.folder.mkdir(mode=0o700)
        self._server_lock = Lock(self.folder / LOCK)
        self._runs: dict[str, Run] = {}
        self._waiting: list[Run] = []
        self._running: Run | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
        self._thread.start()

    def add(self, shown: str, file: str) -> Run:
        """Make room for an upload.

        Raises
        ------
        UserError
            There are too many tables that are still needed.
        """
        with self._changed:
            self._tidy()
            ended = [run for run in self._runs.values() if run.status in ENDED]
            if len(self._runs) >= MOST_RUNS and ended:
                self._drop(min(ended, key=lambda run: run.touched))
            if len(self._runs) >= MOST_RUNS:
                raise UserError(f"{MOST_RUNS} tables are already here. Try again when one of them is done.")
            name = new_id()
            run = Run(name, self.folder / name, shown, file)
            run.folder.mkdir(mode=0o700)
            self._runs[name] = run
        return run

    def get(self, name: str) -> Run | None:
        """Return the run of that id, or None."""
        with self._changed:
            run = self._runs.get(name)
            if run is not None:
                run.touched = time.monotonic()
            return run

    def ahead(self, run: Run) -> int:
        """How many runs end before this one begins."""
        with self._changed:
            if run not in self._waiting:
                return 0
            return self._waiting.index(run) + (self._running is not None)

    def start(self, run: Run, asked: dict[str, Any]) -> None:
        """Put an uploaded table in the queue.

        Raises
        ------
        UserError
            It is being worked on.
        """
        with self._changed:
            if run.status in (WAITING, RUNNING):
                raise UserError("This table is being worked on already. Wait, or stop it first.")
            shutil.rmtree(run.result, ignore_errors=True)
            (run.folder / JOB).write_text(json.dumps({"file": run.file, **asked}), encoding="utf-8")
            run.status, run.sentence, run.step, run.done = WAITING, "", None, {}
            run.began = run.ended = None
            run.asked = asked
            self._waiting.append(run)
            self._changed.notify_all()

    def stop(self, run: Run) -> None:
        """Stop a run that waits or works; one that has ended stays as it is."""
        with self._changed:
            if run in self._waiting:
                self._waiting.remove(run)
                run.status = STOPPED
            elif run.status == RUNNING:
                run.status = STOPPED
        if run.process is not None:
            end(run.process)

    def remove(self, run: Run) -> None:
        """Stop a run and remove everything of it."""
        self.stop(run)
        with self._changed:
            self._drop(run)

    def close(self) -> None:
        """Stop everything and remove the folder of this server."""
        with self._changed:
            self._closed = True
            runs = list(self._runs.values())
            self._changed.notify_all()
        for run in runs:
            self.stop(run)
        self._thread.join(PATIENCE)
        self._server_lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop(self, run: Run) -> None:
        self._runs.pop(run.id, None)
        if run is not self._running:  # else its worker removes it when the process has ended
            shutil.rmtree(run.folder, ignore_errors=True)

    def _tidy(self) -> None:
        """Remove what nobody has looked at for a while."""
        oldest = time.monotonic() - RESULT_SECONDS
        for run in list(self._runs.values()):
            if run.touched < oldest and run.status not in (WAITING, RUNNING):
                self._drop(run)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                run = self._running = self._waiting.pop(0)
                run.status, run.began = RUNNING, time.monotonic()
                run.process = begin(run.folder)
            follow(run)
            with self._changed:
                run.ended = time.monotonic()
                if run.id not in self._runs:
                    shutil.rmtree(run.folder, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    """Remove the folders of servers that are gone; the lock of one that lives cannot be had."""
    for left in folder.iterdir():
        if not (left / LOCK).is_file():
            continue
        try:
            lock = Lock(left / LOCK)
        except UserError:
            continue
        lock.release()
        shutil.rmtree(left, ignore_errors=True)
