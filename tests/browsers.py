"""A real headless Chromium for the tests, or the reason why there is none."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

PROGRAM = next((path for name in NAMES if (path := shutil.which(name))), None)
REQUIRED = bool(os.environ.get("GRADTABLE_NEEDS_CHROMIUM"))

needs_chromium = pytest.mark.skipif(
    PROGRAM is None and not REQUIRED,
    reason="no Chromium on the PATH (apt-get install chromium): the page is not tried in a browser",
)


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser with a fresh profile; a failure, not a skip, if it is there and does not start."""
    from playwright.sync_api import sync_playwright

    assert PROGRAM, "GRADTABLE_NEEDS_CHROMIUM is set, and there is no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield browser
        browser.close()
