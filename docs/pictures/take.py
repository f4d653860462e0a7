"""Takes the pictures of a report that the README and the guide show.

Run it as ``python docs/pictures/take.py claims.steelyard/report.html``; it needs Debian's chromium.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
DESK = {"width": 1280, "height": 1120}
PHONE = {"width": 390, "height": 844}


def take(report: Path) -> None:
    """Write the first screen on a desk and on a phone, and the section of curves."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, size, scheme in (("desk", DESK, "light"), ("phone", PHONE, "dark")):
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            page.goto(report.resolve().as_uri())
            page.screenshot(path=HERE / f"report-{name}.png")
            if name == "desk":
                page.add_style_tag(content=".side { position: static !important }")
                page.locator("#curves").screenshot(path=HERE / "report-curves.png")
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
