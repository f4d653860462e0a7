"""Takes the pictures of a report that the README and the guide show.

Run it as ``python docs/pictures/take.py claims.steelyard/report.html``; it needs Debian's chromium.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
DESK = {"width": 1280, "height": 1120}
MARGIN = 32
PHONE = {"width": 390, "height": 844}


def take(report: Path) -> None:
    """Write the first screen on a desk and on a phone, and the section of curves."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, size, scheme in (("report", DESK, "light"), ("report-phone", PHONE, "dark")):
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            page.goto(report.resolve().as_uri())
            page.screenshot(path=HERE / f"{name}.png")
            if size is DESK:
                page.add_style_tag(content=".side { position: static !important }")
                box = page.locator("#curves").bounding_box()
                clip = {**box, "x": box["x"] - MARGIN, "width": box["width"] + 2 * MARGIN}
                page.screenshot(path=HERE / "report-curves.png", full_page=True, clip=clip)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
