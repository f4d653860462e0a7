"""Augmentation: modules that change a batch in training and leave it alone otherwise; one a file."""

from steelyard.deep.augment.crop_flip import CropFlip as CropFlip
from steelyard.deep.augment.crop_pair import CropPair as CropPair

__all__ = ["CropFlip", "CropPair"]
