from pathlib import Path

import pytest

from contrast import CONTRAST
from steelyard.report import collect, render

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = 390, 1280
MM_PER_INCH, POINTS_PER_INCH = 25.4, 72

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
def pages(tmp_path_factory, full_report, many):
    folder = tmp_path_factory.mktemp("pages")
    reports = {"binary": full_report, "many": collect(many["dataset"], many["findings"], many["card"])}
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(render(report), encoding="utf-8")
    return folder


@pytest.fixture
def opened(browser, pages):
    """Opens a page; whatever the page says or asks for is kept, and only files are answered."""
    contexts = []

    def open_page(name, width, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))

        def answer(route):
            page.asked.append(route.request.url)
            if route.request.url.startswith("file://"):
                route.continue_()
            else:
                route.abort()

        context.route("**/*", answer)
        page.goto((pages / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("binary", PHONE, "light"), ("many", PHONE, "dark"), ("binary", DESK, "light")],
)
def test_it_opens_in_silence_and_never_scrolls_sideways(opened, name, width, scheme):
    page = opened(name, width, scheme)
    for details in page.locator("summary").all():
        details.click()
    assert page.said == []
    assert len(page.asked) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").is_visible()


def test_letters_in_pictures_keep_their_size_on_a_phone(opened):
    page = opened("binary", PHONE)
    heights = page.eval_on_selector_all(
        ".chart text", "nodes => nodes.map(node => node.getBoundingClientRect().height)"
    )
    assert len(heights) > 20
    assert min(heights) > 11


def test_marks_stay_inside_the_page(opened):
    for width in (PHONE, DESK):
        page = opened("binary", width)
        right = page.eval_on_selector_all(
            ".chart text, .chart path, .strip text",
            "nodes => Math.max(...nodes.map(node => node.getBoundingClientRect().right))",
        )
        assert right <= width + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(opened, scheme):
    page = opened("binary", DESK, scheme)
    weakest = page.evaluate(CONTRAST)
    assert weakest["ratio"] >= 4.5, weakest


def test_it_prints_with_everything_unfolded(opened, tmp_path):
    page = opened("binary", DESK, "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("dl.glossary").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
