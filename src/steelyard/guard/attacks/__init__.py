"""Attacks for testing one's own pipeline: what a few wrong labels or a trigger would do to a rare class."""

from __future__ import annotations

from steelyard.data.poison_marker import is_marked as is_marked
from steelyard.data.poison_marker import read_marker as read_marker
from steelyard.guard.attacks.label_flip import LabelFlip as LabelFlip
from steelyard.guard.attacks.marker import write_poisoned as write_poisoned
from steelyard.guard.attacks.patch_trigger import PatchTrigger as PatchTrigger
from steelyard.guard.attacks.trigger_columns import TriggerColumns as TriggerColumns

__all__ = ["LabelFlip", "PatchTrigger", "TriggerColumns", "is_marked", "read_marker", "write_poisoned"]
