"""Takes the pictures of the local page that the guide shows.

Run it as ``python docs/pictures/take_serve.py HOME``; HOME is a folder for the model, trained there when it
is not there yet. It needs Debian's chromium, and several seconds.
"""

import sys
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from steelyard.data import load
from steelyard.web import create_app

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
DESK = {"width": 1280, "height": 1000}
PHONE = {"width": 390, "height": 844}
MODEL_MS, FIT_MS = 300_000, 600_000
TABLE = "page-blocks"
MARGIN = 40


def serve(home: Path) -> tuple[uvicorn.Server, str]:
    """Start the server in a thread; returns it and its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(home), port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"


def predict(page: Page, address: str) -> None:
    """Show what the model says about the example."""
    page.goto(address)
    expect(page.locator("#predict")).to_be_enabled(timeout=MODEL_MS)
    page.click("#example")
    page.wait_for_selector("#rows tr")
    page.fill("#prevalence", "5")
    page.locator("#prevalence").blur()


def part(page: Page, where: str, name: str) -> None:
    """Take one section, with a little room around it."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": DESK["width"], "height": whole})  # frames are drawn only where seen
    page.evaluate("scrollTo(0, 0)")  # the box is told from the edge of the window
    box = page.locator(where).bounding_box()
    clip = {**box, "x": box["x"] - MARGIN, "width": box["width"] + 2 * MARGIN}
    page.screenshot(path=HERE / name, full_page=True, clip=clip)
    page.set_viewport_size(DESK)


def fit(page: Page, address: str, home: Path) -> None:
    """Fit a table and show its report."""
    data = load(TABLE)
    table = home / f"{TABLE}.csv"
    data.X.assign(kind=data.y).to_csv(table, index=False)
    page.goto(f"{address}#tables")
    page.set_input_files("#table-file", table)
    page.wait_for_selector("#choose:not([hidden])")
    page.click("#fit-go")
    expect(page.locator("#run-words")).to_contain_text("(plain)", timeout=FIT_MS)
    part(page, "#run", "serve-progress.png")
    page.wait_for_selector("#outcome:not([hidden])", timeout=FIT_MS)
    page.frame_locator("#report").locator("h1").wait_for()
    part(page, "#outcome", "serve-table.png")
    page.click("#remove")


def take(home: Path) -> None:
    """Write the pictures of both tabs."""
    home.mkdir(parents=True, exist_ok=True)
    server, address = serve(home)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        desk = browser.new_context(viewport=DESK).new_page()
        predict(desk, address)
        part(desk, "#answers", "serve-peptides.png")
        part(desk, "#card", "serve-card.png")
        phone = browser.new_context(viewport=PHONE, color_scheme="dark").new_page()
        predict(phone, address)
        phone.locator("#answers").scroll_into_view_if_needed()
        phone.evaluate("document.getElementById('answers').scrollIntoView()")
        phone.screenshot(path=HERE / "serve-phone.png")
        fit(browser.new_context(viewport=DESK).new_page(), address, home)
        browser.close()
    server.should_exit = True
    time.sleep(1)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
