"""Draws ``docs/pictures/report.png``: the first screen of a real report, by headless Chromium.

Run: python scripts/picture_of_report.py
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import steelyard as sy

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "report.png"
DATA = "page-blocks"
WIDTH, HEIGHT = 1180, 1500
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Fit a packaged table and photograph the report."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("There is no chromium here. Install Debian's package of that name.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        run = Path(folder) / "run"
        settings = sy.flow.Settings(folds=3, repeats=1)
        result = sy.flow.fit(DATA, out=run, settings=settings, with_=["logistic", "random-under"])
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(result.report.as_uri())
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()
    if optimiser := shutil.which("pngquant"):
        subprocess.run([optimiser, "--force", "--output", str(PICTURE), str(PICTURE)], check=True)


if __name__ == "__main__":
    main()
