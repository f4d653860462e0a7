"""Time and memory of a command and everything it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """Wall seconds, processor seconds of all processes, and the largest memory they held together."""

    wall: float
    cpu: float
    peak_mb: float


def _together(process: psutil.Process) -> float:
    """Proportional resident memory of a process tree, so that shared pages count once."""
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            total += member.memory_full_info().pss
        except psutil.Error:  # it ended in the meantime
            continue
    return total / 2**20


def _peak_until_end(child: subprocess.Popen[bytes]) -> float:
    """Watch a process tree until its root ends; the largest memory seen, in MB."""
    process = psutil.Process(child.pid)
    peak = 0.0
    while child.poll() is None:
        try:
            peak = max(peak, _together(process))
        except psutil.Error:
            break
        time.sleep(SAMPLE_SECONDS)
    return peak


def run(command: list[str], *, accept: tuple[int, ...] = (0,), **env: str) -> Cost:
    """Run ``command`` to its end; raise when its exit code is not one of ``accept``."""
    before = os.times()
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **env})
        peak = _peak_until_end(child)
        if child.wait() not in accept:
            log.seek(0)
            raise RuntimeError(f"{command} failed:\n{log.read()}")
    after = os.times()
    cpu = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Cost(time.monotonic() - start, cpu, peak)
