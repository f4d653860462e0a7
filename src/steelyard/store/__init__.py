"""What is kept on disk: model file, seal, run folder and scorecard, each written whole.

Nothing that is read here executes code, and everything from outside is bounded in size before it is
read. The formats are described in ``docs/formats.md`` and, where they are JSON, by the schemas beside
this file.
"""

from __future__ import annotations

from steelyard.kernels.write_whole import write_whole as write_whole
from steelyard.store.model_file import Model as Model
from steelyard.store.model_file import load_model as load_model
from steelyard.store.model_file import read_about as read_about
from steelyard.store.model_file import save_model as save_model
from steelyard.store.run_folder import RunFolder as RunFolder
from steelyard.store.scorecard_file import read_scorecard as read_scorecard
from steelyard.store.scorecard_file import write_scorecard as write_scorecard
from steelyard.store.seal import UNSIGNED as UNSIGNED
from steelyard.store.seal import seal as seal
from steelyard.store.seal_file import read_seal as read_seal
from steelyard.store.seal_file import verify_seal as verify_seal
from steelyard.store.seal_file import write_seal as write_seal

__all__ = [
    "UNSIGNED",
    "Model",
    "RunFolder",
    "load_model",
    "read_about",
    "read_scorecard",
    "read_seal",
    "save_model",
    "seal",
    "verify_seal",
    "write_scorecard",
    "write_seal",
    "write_whole",
]
