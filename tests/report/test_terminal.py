import io

from rich.console import Console

from steelyard.report import collect, findings_summary, summary, to_text


def test_the_terminal_says_what_the_page_says(full_report):
    text = to_text(summary(full_report))
    assert full_report["verdict"]["headline"] in text
    for group in full_report["systems"]["groups"]:
        for row in group["rows"]:
            assert row["system"] in text
    assert "SY006" in text
    assert "No evidence" in text


def test_plain_text_has_no_control_characters_and_keeps_to_its_width(full_report):
    text = to_text(summary(full_report), width=80)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_terminal_gets_colours(full_report):
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, color_system="standard", width=100).print(summary(full_report))
    assert "\x1b[" in screen.getvalue()


def test_markup_in_a_name_is_shown_not_obeyed(binary):
    card = binary["findings"][0]
    report = collect(binary["dataset"], [type(card)("SY001", "[bold]x[/bold] [red]", "found", "warning")])
    assert "[bold]x[/bold] [red]" in to_text(findings_summary(report))


def test_no_findings_is_said(binary):
    assert to_text(findings_summary(collect(binary["dataset"]))) == "No check was run."
