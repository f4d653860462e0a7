"""Wall seconds of the parts of ``fit`` that are not the comparison: start-up, reading, diagnosis.

Run: python benchmarks/steps.py TABLE.parquet
"""

from __future__ import annotations

import subprocess
import sys
import time

start = time.monotonic()
subprocess.run([sys.executable, "-c", "import steelyard.flow"], check=True)
print(f"start-up\t{time.monotonic() - start:.2f}")

import steelyard as sy  # noqa: E402  (the start-up is measured in a process of its own)

start = time.monotonic()
dataset = sy.load(sys.argv[1], target="target")
print(f"reading\t{time.monotonic() - start:.2f}")
start = time.monotonic()
sy.diagnose.checkup(dataset, progress=False)
print(f"diagnosis\t{time.monotonic() - start:.2f}")
