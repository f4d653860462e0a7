"""Both tabs in a real browser, against a real server; the peptide model is a stand-in, the fit is not."""

import csv
import re
import threading
import time
from pathlib import Path

import pytest

from contrast import CONTRAST
from steelyard.data import load
from steelyard.web.app import create_app
from steelyard.web.model_keeper import ModelKeeper
from web import stand_in

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE, DESK = 390, 1280
PATIENCE = 20_000
FIT_PATIENCE = 180_000
FASTA = ">high\nLLLLLLLLAAAA\n>odd\nACDEFGHIKLBX\n>low\nAAAAAAAAAAAA\n>known\nMQIFVKTLTGKTITL\n"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}; install Debian's chromium package")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server that runs, and a switch: while it is set, training goes on."""
    import uvicorn

    home = tmp_path_factory.mktemp("home")
    go_on = threading.Event()
    go_on.set()

    def train(folder):
        from steelyard.kernels.progress import Progress

        with Progress(4, "training", enabled=False) as bar:
            bar.advance(3)
            go_on.wait(10)
        return stand_in.StandIn(made=str(time.monotonic()))

    keeper = ModelKeeper(home / "model", open_=lambda folder: stand_in.StandIn(), train=train)
    running = uvicorn.Server(uvicorn.Config(create_app(home, keeper=keeper), port=0, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/", go_on
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def opened(browser, server):
    """Opens the page as another user each time; what it says and whom it asks is kept."""
    contexts = []

    def open_page(tab="peptides", width=DESK, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{server[0]}#{tab}")
        if tab == "peptides":
            expect(page.locator("#predict")).to_be_enabled()
        return page

    from playwright.sync_api import expect

    yield open_page
    for context in contexts:
        context.close()


def predict(page, text):
    page.fill("#typed", text)
    page.click("#predict")
    page.wait_for_selector("#rows tr")


def probabilities(page):
    return page.locator("#rows .chance b").all_inner_texts()


def test_typed_peptides_get_a_row_each_and_refusals_keep_their_place(opened):
    page = opened()
    predict(page, FASTA)
    rows = page.locator("#rows tr").all_inner_texts()
    assert [row.split()[1] for row in rows] == ["high", "odd", "low", "known"]
    assert "letter 'B' at place 11" in rows[1]
    assert "in the training set: negative" in rows[3]
    assert probabilities(page) == ["67%", "0%", "13%"]
    assert page.inner_text("#count") == "4 lines: 1 called positive, 2 not, 1 refused."
    assert page.said == []
    assert all(url.startswith(page.url.split("#")[0]) or url.startswith("data:") for url in page.asked)


def test_prevalence_and_line_move_everything_and_the_download_agrees(opened, tmp_path):
    page = opened()
    predict(page, FASTA)
    assert page.inner_text("#ppv") != ""
    before = page.inner_text("#sens"), page.inner_text("#ppv")
    page.fill("#prevalence", "1")
    page.press("#prevalence", "Enter")
    assert probabilities(page) == ["5.7%", "0%", "0.46%"]
    assert page.inner_text("#sens") == before[0]
    assert page.inner_text("#ppv") != before[1]
    assert "Of 1,000 such peptides, 10 would be positive" in page.inner_text("#plainly")
    page.locator("#threshold-slide").focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    assert "called positive, 0 not" in page.inner_text("#count")
    with page.expect_download() as got:
        page.click("#download")
    got.value.save_as(tmp_path / "peptides.csv")
    with open(tmp_path / "peptides.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["high", "odd", "low", "known"]
    assert [row["call"] for row in rows] == ["positive", "", "positive", "positive"]
    assert float(rows[0]["probability"]) == pytest.approx(0.057, abs=5e-4)


def test_rows_can_be_narrowed_ordered_and_turned(opened):
    page = opened()
    predict(page, "\n".join(["L" * (i % 12) + "A" * (12 - i % 12) for i in range(120)] + ["X"]))
    assert page.locator("#rows tr").count() == 50
    page.click("#after")
    page.click("#after")
    assert page.locator("#rows tr").count() == 21
    page.select_option("#show", "refused")
    assert page.locator("#rows tr").count() == 1
    page.select_option("#show", "all")
    page.select_option("#order", "likely")
    assert probabilities(page)[0] == "91.7%"


def test_a_table_lets_its_columns_be_chosen(opened, tmp_path):
    table = tmp_path / "two.csv"
    table.write_text("code,first,second\na,LLLLLLLLAAAA,AAAAAAAAAAAA\nb,AAAAAAAAAAAA,LLLLLLLLAAAA\n")
    page = opened()
    page.set_input_files("#file", table)
    page.click("#predict")
    page.wait_for_selector("#rows tr")
    assert probabilities(page) == ["67%", "0%"]
    page.select_option("#column", "second")
    from playwright.sync_api import expect

    expect(page.locator("#rows .chance b").first).to_have_text("0%")
    page.select_option("#names", "code")
    expect(page.locator("#rows .name").first).to_have_text("a")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\x00\x01\x02", "binary file"), (b"A" * 1_000_001, "at most 1 MB"), (b'a,peptide\n"x,y\n', "quotes")],
)
def test_mistakes_are_told_beside_the_form(opened, tmp_path, content, says):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    page = opened()
    page.set_input_files("#file", path)
    page.click("#predict")
    page.wait_for_selector("#ask-error:not([hidden])")
    assert says in page.inner_text("#ask-error")


def test_nothing_typed_is_said_and_the_box_has_the_focus(opened):
    page = opened()
    page.click("#predict")
    assert "at least one peptide" in page.inner_text("#ask-error")
    assert page.evaluate("document.activeElement.id") == "typed"


def test_names_are_text_and_never_markup(opened):
    page = opened()
    predict(page, ">&lt;<img src=x onerror=alert(1)><b>bold</b>\nLLLLLLLLAAAA")
    assert page.inner_text("#rows .name") == "&lt;<img src=x onerror=alert(1)><b>bold</b>"
    assert page.locator("#rows img").count() == 0


def test_two_users_see_their_own(opened):
    one, two = opened(), opened()
    predict(one, ">mine\nLLLLLLLLAAAA")
    predict(two, ">yours\nAAAAAAAAAAAA")
    one.fill("#prevalence", "50")
    one.press("#prevalence", "Enter")
    assert one.inner_text("#rows .name") == "mine"
    assert (two.inner_text("#rows .name"), probabilities(two)) == ("yours", ["0%"])
    assert one.get_attribute("#download", "href") != two.get_attribute("#download", "href")


def test_training_anew_shows_how_far_it_is(opened, server):
    page = opened()
    server[1].clear()
    page.click("#again")
    page.wait_for_selector("#model-bar[aria-valuenow='75']")
    assert "training: 3 of 4" in page.inner_text("#model-words")
    server[1].set()
    page.wait_for_selector("#model-wait", state="hidden")
    predict(page, FASTA)


def test_tabs_work_by_keyboard(opened):
    page = opened()
    page.focus("#tab-peptides")
    page.keyboard.press("ArrowRight")
    assert page.locator("#tables").is_visible()
    assert not page.locator("#peptides").is_visible()
    assert page.evaluate("document.activeElement.id") == "tab-tables"
    assert page.get_attribute("#tab-tables", "aria-selected") == "true"


@pytest.mark.parametrize(
    ("width", "scheme"), [(PHONE, "dark"), (PHONE, "light"), (DESK, "dark"), (DESK, "light")]
)
def test_it_fits_its_width_and_stands_out(opened, width, scheme):
    page = opened(width=width, scheme=scheme)
    predict(page, FASTA)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    weakest = page.evaluate(CONTRAST)
    assert weakest["ratio"] >= 4.5, weakest
    page.click("#tab-tables")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.said == []


def test_every_field_has_a_name(opened):
    page = opened()
    predict(page, FASTA)
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, select, textarea')].filter(field => !field.labels.length"
        " && !field.ariaLabel).map(field => field.id)"
    )
    assert nameless == []


@pytest.mark.slow
def test_a_table_is_fitted_and_its_report_shown(opened, tmp_path):
    from playwright.sync_api import expect

    data = load("glass5")
    table = tmp_path / "glass & co.csv"
    data.X.assign(kind=data.y).to_csv(table, index=False)
    page = opened(tab="tables")
    page.set_input_files("#table-file", table)
    page.wait_for_selector("#choose:not([hidden])")
    assert page.input_value("#target") == "kind"
    assert "2 classes; the rarest is 4.2%" in page.inner_text("#target-words")
    page.click("#fit-go")
    expect(page.locator("#stages .now")).not_to_be_empty()
    page.wait_for_selector("#outcome:not([hidden])", timeout=FIT_PATIENCE)
    assert page.inner_text("#verdict-line") != ""
    frame = page.frame_locator("#report")
    expect(frame.locator("h1")).to_have_text("glass & co.csv")
    assert page.get_attribute("#report", "sandbox") == ""
    with page.expect_download() as got:
        page.click("[data-file='model.skops']")
    assert Path(got.value.path()).stat().st_size > 1000
    page.reload()
    expect(page.locator("#verdict-line")).not_to_be_empty()
    page.click("#remove")
    page.wait_for_selector("#outcome", state="hidden")
    assert [line for line in page.said if not re.search("scripts? in .*sandbox", line)] == []


def test_a_file_that_is_no_table_is_told(opened, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04")
    page = opened(tab="tables")
    page.set_input_files("#table-file", path)
    page.wait_for_selector("#upload-error:not([hidden])")
    assert "save a spreadsheet as CSV" in page.inner_text("#upload-error")
