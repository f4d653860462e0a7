"""The verdict in plain words: a headline and the answers to five questions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from steelyard.records import Estimate, Row, Scorecard
from steelyard.report.collect_systems import digits_of
from steelyard.report.metric_words import metric_words
from steelyard.report.write_numbers import count, figure, interval, probability, signed

__all__ = ["headline_of_findings", "verdict"]

KIND_SENTENCES = {
    "plain": "The learner as it comes: nothing resampled, nothing weighted.",
    "weights": "The learner told that errors on rare rows count more; no rows added or removed.",
    "threshold": "The plain learner, calibrated, with its own place to draw the line.",
    "learner": "Another learner on the rows as they are.",
    "remedy": "Training rows are resampled; probabilities are put right afterwards.",
    "constant": "Every row gets the same answer.",
    "model": "The model as it was saved.",
}
PHRASES = {
    "plain": "the plain learner",
    "weights": "class weights",
    "threshold": "the plain learner with a moved threshold",
    "model": "the model",
}
PROMISE_WORDS = {
    True: "On new rows the model keeps what was promised.",
    False: "On new rows the model does not keep what was promised.",
    None: "These rows cannot tell whether the model keeps what was promised.",
}
FIRST_FOLD = "in the first: "
OPENINGS = {
    "No evidence that resampling helps",
    "Resampling helps",
    "The promise held",
    "The promise did not hold",
    "Cannot tell whether the promise held",
}
FEW_RARE_ROWS = 50
SOME_RARE_ROWS = 500


def _answer(question: str, answer: str, *details: str) -> dict[str, Any]:
    return {"question": question, "answer": answer, "details": [d for d in details if d]}


def headline_of_findings(findings: dict[str, Any], name: str) -> str:
    """Return the headline of a page that holds a diagnosis only."""
    alarming, found = findings["alarming"], len(findings["found"])
    if alarming:
        verb = "finding needs" if alarming == 1 else "findings need"
        return f"{alarming} {verb} attention before a model of {name} can be trusted."
    if found:
        return f"Nothing alarming in {name}; {found} thing{'s' if found > 1 else ''} good to know."
    return f"No check found anything amiss in {name}."


def verdict(
    card: Scorecard,
    metric: str,
    rare_rows: int | None,
    chance: Mapping[str, float | None],
    promise: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the headline, the whole sentence and the answers to a few questions."""
    answers = []
    chosen = _chosen(card)
    if chosen is not None:
        answers.append(
            _answer("What to use", chosen.system, KIND_SENTENCES.get(chosen.kind, ""), chosen.note)
        )
        answers.append(_decision(chosen.decision))
    if card.gains:
        answers.append(_resampling(card))
    expected = card.corrected or (chosen.metrics.get(metric) if chosen else None)
    if expected is not None:
        answers.append(_expectation(expected, card, metric, chance.get(metric)))
    if rare_rows is not None and card.rows:
        answers.append(_certainty(rare_rows, expected, digits_of(card, metric)))
    return {
        "headline": PROMISE_WORDS[promise.get("held")] if promise else _headline(card, expected, metric),
        "sentence": _reasons(card, (promise or {}).get("sentence")),
        "answers": [a for a in answers if a],
    }


def _reasons(card: Scorecard, promised: Any) -> str:
    """Return the verdict's sentence without the opening that the headline has said already."""
    text = str(card.verdict.sentence if card.verdict else promised or "")
    opening, colon, rest = text.partition(": ")
    if not colon or opening not in OPENINGS:
        return text
    named = rest.split(" ")[0] in {row.system for row in card.rows}
    return rest if named else rest[:1].upper() + rest[1:]


def _chosen(card: Scorecard) -> Row | None:
    return next((row for row in card.rows if row.system == card.chosen), None)


def _headline(card: Scorecard, expected: Estimate | None, metric: str) -> str:
    """Return the verdict in a few words; the whole sentence stands below it."""
    chosen = _chosen(card)
    if chosen is None:
        return card.verdict.sentence if card.verdict else ""
    who = PHRASES.get(chosen.kind, chosen.system)
    if card.verdict is None:
        scored = "was measured"
        if expected is not None:
            value = figure(expected.mean, digits_of(card, metric))
            scored = f"scores {value} in {metric_words(metric).inline}"
        return f"{who[0].upper()}{who[1:]} {scored}."
    if chosen.kind == "constant":
        return "No model beats giving every row the same answer."
    if card.verdict.resampling_helps:
        return f"Resampling helps: use {who}."
    return f"No evidence that resampling helps. Use {who}."


def _decision(decision: Any) -> dict[str, Any] | None:
    threshold = decision.get("threshold")
    sentence = str(decision.get("sentence") or "")
    if isinstance(threshold, (int, float)) and not isinstance(threshold, bool):
        low, high = decision.get("threshold_low"), decision.get("threshold_high")
        moved = ""
        if low is None:  # the same in every fold, so one fold speaks for all
            sentence = sentence.partition(FIRST_FOLD)[2] or sentence
        else:
            moved = f"From fold to fold it lay between {figure(low)} and {figure(high)}."
        return _answer("Where to draw the line", f"At a probability of {figure(threshold)}", sentence, moved)
    rule = str(decision.get("rule") or "")
    if not (sentence or rule):
        return None
    return _answer("Where to draw the line", _rule_words(rule), sentence)


def _rule_words(rule: str) -> str:
    if rule in ("", "argmax"):
        return "The likeliest class"
    words = rule.replace("_", " ").replace("f1", "F1")
    return words[0].upper() + words[1:]


def _resampling(card: Scorecard) -> dict[str, Any]:
    best = max(card.gains, key=lambda gain: (gain.helps, gain.difference.mean))
    difference, digits = best.difference, digits_of(card, best.metric)
    if any(gain.helps for gain in card.gains):
        answer = "Yes"
    elif difference.high < 0:
        answer = "No: even the best remedy does worse"
    else:
        answer = "No evidence that it does"
    number = f", corrected for {len(card.gains)} remedies" if len(card.gains) > 1 else ""
    return _answer(
        "Does resampling help?",
        answer,
        f"{best.system} against {best.against}: a gain of {signed(difference.mean, digits)} in "
        f"{metric_words(best.metric).inline} "
        f"({interval(difference.low, difference.high, digits, sign=True)}; p "
        f"{_equals(best.p_corrected)}{number}).",
    )


def _equals(p: float) -> str:
    text = probability(p)
    return text if text.startswith("<") else f"= {text}"


def _expectation(expected: Estimate, card: Scorecard, metric: str, chance: float | None) -> dict[str, Any]:
    digits = digits_of(card, metric)
    words = metric_words(metric)
    details = [f"{words.title}, 95% interval {interval(expected.low, expected.high, digits)}."]
    if not words.higher:
        details.append("Lower is better.")
    if card.corrected is not None:
        details.append("The luck of having been chosen is taken out.")
    if chance is not None:
        details.append(f"Guessing scores {figure(chance, digits)}.")
    question = "What was measured" if card.verdict is None else "What to expect on new rows"
    return _answer(question, figure(expected.mean, digits), " ".join(details))


def _certainty(rare_rows: int, expected: Estimate | None, digits: int) -> dict[str, Any]:
    if rare_rows < FEW_RARE_ROWS:
        answer, why = "Not very", "so few that every figure here could move a lot on other data"
    elif rare_rows < SOME_RARE_ROWS:
        answer, why = "Of large differences only", "enough for those, not for small ones"
    else:
        answer, why = "Quite, if new rows resemble these", "enough to see small differences"
    width = ""
    if expected is not None and math.isfinite(expected.high - expected.low):
        width = f"The interval is {figure(expected.high - expected.low, digits)} wide."
    return _answer(
        "How sure is this?", answer, f"{count(rare_rows)} rows of the rarest class: {why}. {width}"
    )
