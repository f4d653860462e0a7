import math
from dataclasses import replace

from steelyard.records import Estimate, Row
from steelyard.report import collect, render, summary, to_text
from steelyard.report.synthetic_words import synthetic_rows


def row(plausible=0.83, low=0.78, high=0.88, enemies=0.4, real=0.25, copies=0.0):
    figures = {"plausibility": Estimate(plausible, low, high)}
    for name, value in (("enemies", enemies), ("enemies_real", real), ("copies", copies)):
        figures[name] = Estimate(value, value, value)
    return Row("smote", "remedy", validity=figures)


def test_one_line_and_what_else_is_worth_one():
    said = synthetic_rows(row())
    assert said["words"] == "synthetic rows 83% as plausible as held-out real ones [78, 88]"
    assert said["detail"] == "nearest to a row of another class: 40% of them, 25% of real rows"
    assert synthetic_rows(row(copies=0.5))["detail"].endswith(
        "25% of real rows; 50% are copies of training rows"
    )
    assert synthetic_rows(Row("plain", "plain")) is None


def test_what_cannot_be_told_is_said():
    assert "too few held-out" in synthetic_rows(row(plausible=math.nan))["words"]
    assert synthetic_rows(row(high=math.inf))["words"].endswith("real ones")


def test_page_and_terminal_say_it_beside_the_row(binary):
    dataset, card = binary["dataset"], binary["card"]
    remedy = next(one for one in card.rows if one.kind == "remedy" and one.status == "kept")
    rows = tuple(replace(one, validity=row().validity) if one is remedy else one for one in card.rows)
    report = collect(dataset, [], replace(card, rows=rows))
    words = synthetic_rows(row())["words"]
    assert f"{remedy.system}: {words};" in " ".join(to_text(summary(report)).split())
    page = render(report)
    assert page.count(words) == 2
    assert words not in render(collect(dataset, [], card))
