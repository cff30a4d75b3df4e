"""The pictures of the README: what `kawaraban demo` prints, as a headless Chromium shows it. Run by `make pictures`.

Needs Chromium and Noto's CJK fonts (Debian: chromium, fonts-noto-cjk). The clock is fixed, so that the pictures only
change when the product does.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from bot.app import open_demo
from bot.settings import load_settings
from bot.words import words_for
from tests.needs import chromium

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 2, 26, 22, 0, tzinfo=UTC)  # 07:00 in Tokyo
COLUMNS = 96
PAPERS = 3
FONT_SIZE, LINE_HEIGHT, PADDING, SCALE = 14, 22, 24, 1.25
CELL = FONT_SIZE * 0.5  # of Noto Sans Mono CJK, whose wide characters are as wide as the font is high
PAPER = TerminalTheme(
    (250, 247, 240),
    (45, 42, 38),
    [(45, 42, 38), (168, 50, 38), (63, 110, 60), (158, 110, 20), (46, 84, 140), (120, 62, 120), (30, 110, 120),
     (110, 105, 98)],
)  # fmt: skip
PAGE = f"""<!DOCTYPE html>
<html lang="LANGUAGE">
<meta charset="utf-8">
<style>
{{stylesheet}}
body {{{{ margin: 0; background: {{background}}; color: {{foreground}}; }}}}
pre {{{{ margin: {PADDING}px; font: {FONT_SIZE}px/{LINE_HEIGHT}px "Noto Sans Mono CJK JP", monospace; }}}}
a {{{{ color: inherit; text-decoration: none; }}}}
</style>
<pre><code style="font-family:inherit">{{code}}</code></pre>
</html>
"""


async def printed(language: str) -> Console:
    """A recording of what the demo shows on a terminal."""
    console = Console(record=True, file=StringIO(), width=COLUMNS, force_terminal=True, highlight=False)
    words = words_for(language)
    async with open_demo(load_settings(Path(os.devnull)), clock=lambda: NOW) as app:
        digest = await app.digests.make(app.order(None, language, PAPERS))
        console.print(Text(f"$ DIGEST_SIZE={PAPERS} kawaraban demo --language {language}", style="bold green"))
        console.print(Text(words.say("cli.demo.invented"), style="dim"))
        console.print(app.shown_digest(digest))
    return console


def picture(browser: str, console: Console, language: str) -> None:
    lines = console.export_text(clear=False).count("\n")
    width, height = round(COLUMNS * CELL) + 2 * PADDING, lines * LINE_HEIGHT + 2 * PADDING
    page = console.export_html(theme=PAPER, code_format=PAGE.replace("LANGUAGE", language))
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(page, encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder}/profile", f"--window-size={width},{height}"]
        command += [f"--force-device-scale-factor={SCALE}", f"--screenshot={HERE / f'demo-{language}.png'}"]
        subprocess.run([*command, f"file://{folder}/page.html"], check=True, stderr=subprocess.DEVNULL)


def main() -> None:
    browser = chromium()
    if browser is None:
        sys.exit("Chromium is missing. Install it (Debian: apt-get install chromium fonts-noto-cjk).")
    for language in ("ja", "en"):
        picture(browser, asyncio.run(printed(language)), language)


if __name__ == "__main__":
    main()
