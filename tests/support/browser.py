"""Screenshots of pages in a real Chromium without a network."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.needs import chromium

_QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --virtual-time-budget=1000"
)


def picture(page: str, file: Path, width: int = 800, height: int = 1200) -> bytes:
    """Write a PNG of the HTML to `file`, and return it. The browser's own files go to the same folder.

    Mark the test with `needs("chromium")`.
    """
    source = file.with_suffix(".html")
    source.write_text(page, encoding="utf-8")
    profile = file.parent / "profile"
    command = [str(chromium()), *_QUIET.split(), f"--user-data-dir={profile}", f"--window-size={width},{height}"]
    subprocess.run([*command, f"--screenshot={file}", source.as_uri()], check=True, capture_output=True, timeout=300)
    return file.read_bytes()
