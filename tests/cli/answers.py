"""Small records that the replaced verbs answer with."""

from steelyard.records import Estimate, Finding, Row, Scorecard, Seal, Verdict

HALF = Estimate(0.5, 0.25, 0.75, (0.5,))
CARD = Scorecard(
    data={"name": "claims"},
    protocol={"metric": "average_precision"},
    rows=(Row("plain", "plain", {"average_precision": HALF}, {"yes": HALF}),),
    verdict=Verdict("No evidence that resampling helps.", False, "average_precision", "plain"),
    chosen="plain",
)
SEAL = Seal(parts={"data": "sha256:" + "0" * 64}, root="sha256:" + "1" * 64)
CLEAR = Finding("SY001", "Class ratio", "clear")
INFO = Finding("SY002", "Effective sample size", "found", "info", "Few.", "Collect.")
WARNING = Finding("SY004", "Overlap", "found", "warning", "The classes overlap.", "Look at the rows.")
