"""Takes the pictures of the README from the demo: `make screenshots`.

The demo is built for a fixed day, so the pictures change only when the product does.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
HOME = ROOT / "var" / "screenshots"
DAY = "2026-03-17"
WHO = ("ines@atelier-lumen.example", "a kind word")  # the English-speaking collector of `site/demo/company.py`
DESKTOP = {"width": 1280, "height": 860}
STARTS_WITHIN_SECONDS = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port: int) -> subprocess.Popen:
    """Start the demo's desk, building the demo where it does not stand yet, and wait until it answers."""
    surroundings = {**os.environ, "AMIABLE_HOME": str(HOME)}
    amiable = [sys.executable, "-m", "amiable.site", "demo", "--as-of", DAY, "--port", str(port)]
    subprocess.run([*amiable, "--no-serve"], env=surroundings, check=True)
    server = subprocess.Popen(amiable, env=surroundings, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=2).close()
            return server
        except OSError:
            time.sleep(0.3)
    server.terminate()
    raise SystemExit("The demo's desk did not answer.")


def sign_in(browser: Browser, address: str, *, scheme: str) -> Page:
    """Return a page of somebody who is signed in, in a light or dark scheme."""
    page = browser.new_page(viewport=DESKTOP, color_scheme=scheme, device_scale_factor=1, base_url=address)
    page.goto("/accounts/login/")
    page.fill("[name=login]", WHO[0])
    page.fill("[name=password]", WHO[1])
    page.click(".button--wide")
    page.wait_for_url("**/")
    return page


def take(page: Page) -> None:
    """Take the pictures: Today, the customer who owes most late, the outbox, the strategy."""
    for name, path in (("today", "/"), ("outbox", "/outbox/"), ("strategy", "/strategy/")):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{name}.png")
    page.goto("/customers/?state=late&sort=-late")
    page.locator("a.table__open").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "customer.png")


def main() -> None:
    """Build, serve, take, stop."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    port = free_port()
    server = serve(port)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            take(sign_in(browser, f"http://127.0.0.1:{port}", scheme="light"))
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    sys.stdout.write(json.dumps(sorted(path.name for path in PICTURES.glob("*.png"))) + "\n")


if __name__ == "__main__":
    main()
