"""What is wrong with a data set, and which kind of imbalance it has: one check a file, each with a code.

A check answers found, clear, or not applicable and why; ``checkup`` runs them all. Each code has a page
in ``docs/checks``.
"""

from steelyard.diagnose.base import Check as Check
from steelyard.diagnose.checkup import check_by_code as check_by_code
from steelyard.diagnose.checkup import checks as checks
from steelyard.diagnose.checkup import checkup as checkup
from steelyard.diagnose.class_overlap import ClassOverlap as ClassOverlap
from steelyard.diagnose.class_ratio import ClassRatio as ClassRatio
from steelyard.diagnose.conflicting_duplicates import ConflictingDuplicates as ConflictingDuplicates
from steelyard.diagnose.constant_columns import ConstantColumns as ConstantColumns
from steelyard.diagnose.effective_sample_size import EffectiveSampleSize as EffectiveSampleSize
from steelyard.diagnose.evidence import Evidence as Evidence
from steelyard.diagnose.hidden_groups import HiddenGroups as HiddenGroups
from steelyard.diagnose.hidden_time import HiddenTime as HiddenTime
from steelyard.diagnose.joint_leak import JointLeak as JointLeak
from steelyard.diagnose.label_noise import LabelNoise as LabelNoise
from steelyard.diagnose.missing_by_class import MissingByClass as MissingByClass
from steelyard.diagnose.near_duplicates import NearDuplicates as NearDuplicates
from steelyard.diagnose.rare_levels import RareLevels as RareLevels
from steelyard.diagnose.regions import ClassRegions as ClassRegions
from steelyard.diagnose.row_ids import RowIds as RowIds
from steelyard.diagnose.row_kinds import RowKinds as RowKinds
from steelyard.diagnose.single_column_leak import SingleColumnLeak as SingleColumnLeak
from steelyard.diagnose.small_disjuncts import SmallDisjuncts as SmallDisjuncts

__all__ = [
    "Check",
    "ClassOverlap",
    "ClassRatio",
    "ClassRegions",
    "ConflictingDuplicates",
    "ConstantColumns",
    "EffectiveSampleSize",
    "Evidence",
    "HiddenGroups",
    "HiddenTime",
    "JointLeak",
    "LabelNoise",
    "MissingByClass",
    "NearDuplicates",
    "RareLevels",
    "RowIds",
    "RowKinds",
    "SingleColumnLeak",
    "SmallDisjuncts",
    "check_by_code",
    "checks",
    "checkup",
]
