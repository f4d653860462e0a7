"""Batch samplers: which rows a net learns from together; one a file."""

from steelyard.deep.batches.base import Batches as Batches
from steelyard.deep.batches.base import DrawnBatches as DrawnBatches
from steelyard.deep.batches.class_aware import ClassAware as ClassAware
from steelyard.deep.batches.effective_number import EffectiveNumber as EffectiveNumber
from steelyard.deep.batches.natural import Natural as Natural
from steelyard.deep.batches.progressive import Progressive as Progressive
from steelyard.deep.batches.square_root import SquareRoot as SquareRoot

__all__ = [
    "Batches",
    "ClassAware",
    "DrawnBatches",
    "EffectiveNumber",
    "Natural",
    "Progressive",
    "SquareRoot",
]
