"""The main job in Python: fit, check, compare, balance, predict, score.

Each verb is a file, and each command of the command line is a thin layer over one verb.
"""

from __future__ import annotations

from steelyard.flow.attack import attack as attack
from steelyard.flow.balance import balance as balance
from steelyard.flow.balance_folder import balance_folder as balance_folder
from steelyard.flow.check import check as check
from steelyard.flow.compare import compare as compare
from steelyard.flow.fit import FitResult as FitResult
from steelyard.flow.fit import fit as fit
from steelyard.flow.listing import listing as listing
from steelyard.flow.predict import ModelWarning as ModelWarning
from steelyard.flow.predict import open_model as open_model
from steelyard.flow.predict import predict as predict
from steelyard.flow.score import ScoreResult as ScoreResult
from steelyard.flow.score import score as score
from steelyard.flow.settings import Settings as Settings
from steelyard.flow.suspects import SuspectReport as SuspectReport
from steelyard.flow.suspects import suspects as suspects
from steelyard.flow.systems import build_systems as build_systems
from steelyard.flow.systems import remedy_names as remedy_names

__all__ = [
    "FitResult",
    "ModelWarning",
    "ScoreResult",
    "Settings",
    "SuspectReport",
    "attack",
    "balance",
    "balance_folder",
    "build_systems",
    "check",
    "compare",
    "fit",
    "listing",
    "open_model",
    "predict",
    "remedy_names",
    "score",
    "suspects",
]
