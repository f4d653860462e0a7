"""A peptide model made of one rule, so that the page can be tested without training anything."""

from steelyard.data.read_fasta import validate_peptides
from steelyard.kernels.progress import Progress

PREVALENCE = 0.25
KNOWN = {"AAGLIMTAEPKTIVLKAGKNY": 1, "MQIFVKTLTGKTITL": 0}


def _estimate(mean, half=0.05):
    return {"mean": mean, "low": max(0.0, mean - half), "high": min(1.0, mean + half)}


def card(made="2026-01-01 10:00"):
    points = [
        {
            "cut": cut,
            "sensitivity": _estimate(1 - cut**0.5),
            "specificity": _estimate(1 - (1 - cut) ** 2 * 0.7),
        }
        for cut in (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
    ]
    row = [{"mean": 0.67, "low": 0.63, "high": 0.7}, {"mean": 0.4, "low": None, "high": None}]
    return {
        "made": made,
        "prevalence": PREVALENCE,
        "lengths": [11, 25],
        "points": points,
        "default_point": 4,
        "verdict": "A weak test.",
        "caption": "Out of fold.",
        "columns": ["AUC", "Average precision"],
        "rows": [
            {"system": "this model", "words": "three views", "ours": True, "values": row},
            {"system": "length alone", "words": "not 15 residues", "ours": False, "values": row},
        ],
        "notes": ["Labels are outcomes of assays."],
        "facts": [
            ["Peptides", "3,228"],
            ["Licence", "CC BY 4.0, and a line that is long enough to want the whole width"],
        ],
    }


class StandIn:
    """Scores a peptide by its share of leucine."""

    def __init__(self, made="2026-01-01 10:00"):
        self.card = card(made)

    def screen(self, sequences):
        told = validate_peptides(sequences, on_invalid="drop", shortest=11, longest=25)
        answers = [(None, None)] * len(sequences)
        for refusal in told.refused:
            answers[refusal.row] = (None, refusal.why)
        for row, sequence in zip(told.rows, told.sequences, strict=True):
            answers[row] = (self._one(sequence), None)
        return answers

    def _one(self, sequence):
        score = sequence.count("L") / len(sequence)
        return {
            "score": score,
            "low": max(0.0, score - 0.04),
            "high": min(1.0, score + 0.06),
            "seen": KNOWN.get(sequence),
            "nearest": {"sequence": "AAAWWWLLLLLL", "run": sequence[:3], "label": 1},
            "reasons": [
                {"kind": "k-mer", "words": sequence[:3], "effect": 0.5},
                {"kind": "descriptor", "words": "net charge", "effect": -0.25},
            ],
        }


def train(folder):
    """Makes a stand-in, with a bar."""
    with Progress(2, "training", enabled=False) as bar:
        bar.advance()
        bar.advance()
    return StandIn()
