"""Find labels that are probably wrong: flipped by mistake, or on purpose.

Every detector answers with `Suspects`, rows in order of doubt with what speaks against their labels, and
with a ``note`` where it cannot work. None of them proves poison, and all of them fail where the poison has
become what most rows of a class say: read what they list, and audit.
"""

from steelyard.guard.detect.activation_clustering import activation_clustering as activation_clustering
from steelyard.guard.detect.audit import AuditResult as AuditResult
from steelyard.guard.detect.audit import FlipAudit as FlipAudit
from steelyard.guard.detect.class_recall_monitor import ClassRecallMonitor as ClassRecallMonitor
from steelyard.guard.detect.class_recall_monitor import RecallWatch as RecallWatch
from steelyard.guard.detect.neighbour_disagreement import neighbour_disagreement as neighbour_disagreement
from steelyard.guard.detect.pair_test import Pair as Pair
from steelyard.guard.detect.pair_test import PairTest as PairTest
from steelyard.guard.detect.pair_test import pair_test as pair_test
from steelyard.guard.detect.spectral_signatures import spectral_signatures as spectral_signatures
from steelyard.guard.detect.suspect_flips import suspect_flips as suspect_flips
from steelyard.guard.detect.suspects import Suspects as Suspects

__all__ = [
    "AuditResult",
    "ClassRecallMonitor",
    "FlipAudit",
    "Pair",
    "PairTest",
    "RecallWatch",
    "Suspects",
    "activation_clustering",
    "neighbour_disagreement",
    "pair_test",
    "spectral_signatures",
    "suspect_flips",
]
