"""One run of the main job in a process of its own: settings in as a file, progress out as lines of JSON.

Started by the server as ``python -m steelyard.web.fit_worker FOLDER``; not meant for people.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

from steelyard.errors import SteelyardError
from steelyard.kernels.progress import Step, watched
from steelyard.web.run_files import JOB, OUT

__all__ = ["main"]


def _say(**event: Any) -> None:
    print(json.dumps(event), flush=True)  # noqa: T201 - the lines are the protocol


def main(folder: Path) -> int:
    """Fit the table that ``job.json`` in the folder names; returns the exit code."""
    from steelyard import flow

    job = json.loads((folder / JOB).read_text(encoding="utf-8"))

    def tell(step: Step) -> None:
        _say(step=vars(step))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            _say(step={"label": "reading", "done": 0, "total": 1, "note": ""})
            with watched(tell):
                result = flow.fit(
                    folder / job["file"],
                    job["target"],
                    out=folder / OUT,
                    with_=job["with"],
                    settings=flow.Settings(**job["settings"]),
                    reading=job["reading"],
                    progress=False,
                )
        except SteelyardError as error:
            _say(error=str(error))
            return 2
    own = [str(w.message) for w in caught if w.category.__module__.partition(".")[0] == "steelyard"]
    verdict = result.scorecard.verdict
    _say(
        done={
            "sentence": "" if verdict is None else verdict.sentence,
            "chosen": result.scorecard.chosen,
            "root": result.seal.root,
            "warnings": own,
        }
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
