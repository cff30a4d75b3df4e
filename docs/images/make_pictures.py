"""The pictures of the README, as a headless Chromium shows them: the sample digest in chats, and what `kawaraban demo`
prints. Run by `make pictures`.

The chats are those of the tests, which draw what the real renderers make. Needs Chromium and Noto's fonts (Debian:
chromium, fonts-noto-cjk, fonts-noto-color-emoji). The clock is fixed, so that the pictures only change when the product
does.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from adapters.common.emoji_names import name_of
from adapters.discord.render import message as discord_message
from adapters.slack.render import render as slack_message
from bot.app.opening import open_demo
from bot.app.rendering import shown_digest
from bot.digests.parts import digest_parts
from bot.models import ChannelSettings, Digest, Layout
from bot.settings import load_settings
from bot.words import words_for
from tests.fakes.discord_clock import Clock as DiscordClock
from tests.fakes.discord_messages import Messages
from tests.fakes.discord_page import page as discord_page
from tests.fakes.discord_state import DiscordState
from tests.fakes.slack_clock import Clock as SlackClock
from tests.fakes.slack_page import Page as SlackPage
from tests.fakes.slack_state import SlackState
from tests.fakes.slack_values import Message
from tests.support.needs import chromium

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 2, 26, 22, 0, tzinfo=UTC)  # 07:00 in Tokyo
TOKYO = ZoneInfo("Asia/Tokyo")
COLUMNS = 96
PAPERS = 3
FONT_SIZE, LINE_HEIGHT, PADDING, SCALE = 14, 22, 24, 1.25
CHAT_WIDTH, CHAT_HEIGHT, CHAT_SCALE = 560, 1040, 1.25  # of each of the two, side by side
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
        console.print(shown_digest(digest, app.zone))
    return console


async def digest_of(language: str) -> tuple[Digest, ChannelSettings]:
    """The sample's digest, and the settings that a channel has at first."""
    async with open_demo(load_settings(Path(os.devnull)), clock=lambda: NOW) as app:
        return await app.digests.make(app.order(None, language, PAPERS)), app.settings.channel


def in_slack(digest: Digest, settings: ChannelSettings) -> str:
    """The page of a channel where the digest is a headline with a thread, and somebody has voted."""
    state = SlackState(SlackClock(NOW.timestamp()))
    team = state.add_workspace("lab")
    bot, people = team.bot, [state.add_user(team, name) for name in ("hana", "ken", "mio")]
    channel = state.add_channel(team, "papers", people)
    above = None
    for part in digest_parts(digest, replace(settings, layout=Layout.THREAD)):
        shown = slack_message(part.content, words_for(digest.language))
        ts = state.new_ts()
        posted = Message(ts, channel.id, bot.id, shown.text, shown.blocks, above, bot_id=team.bot_id)
        channel.messages[ts] = posted
        above = above or ts
        for emoji, voters in votes(part.part, part.seeds).items():
            for person in [bot, *people[:voters]]:
                state.react(team, posted, name_of(emoji) or emoji, person.id)
    return SlackPage(state, pictures=True).channel(channel)


def in_discord(digest: Digest, settings: ChannelSettings) -> str:
    """The page of a channel where the cards stand below the headline, and somebody has voted."""
    clock = DiscordClock()
    clock.set(NOW.astimezone(TOKYO).replace(tzinfo=UTC))  # the page has no time zone, and shows UTC
    state = DiscordState(clock=clock)
    messages, guild = Messages(state), state.add_guild("Lab")
    channel = state.add_channel(guild, "papers")
    people = [state.add_user(name, guild) for name in ("hana", "ken", "mio")]
    for part in digest_parts(digest, replace(settings, layout=Layout.CHANNEL)):
        body = discord_message(part.content, words_for(digest.language), "-")
        posted = messages.post(channel, state.bot, body)
        for emoji, voters in votes(part.part, part.seeds).items():
            for person in [state.bot, *people[:voters]]:
                messages.react(posted, emoji, person)
    return discord_page(state, channel)


def votes(part: str, seeds: tuple[str, ...]) -> dict[str, int]:
    """How many people add theirs to the bot's own emoji."""
    given = {"headline": (2, 0, 1), "card:1": (3, 0)}.get(part, (1, 0))
    return dict(zip(seeds, given, strict=True))


def side_by_side(language: str, *pages: str) -> str:
    frame = f'<iframe width="{CHAT_WIDTH}" height="{CHAT_HEIGHT}" style="border:0" srcdoc="{{}}"></iframe>'
    frames = "".join(frame.format(escape(page)) for page in pages)
    style = "body { margin: 0; display: flex; background: #fff; }"
    return f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><style>{style}</style>{frames}</html>'


def screenshot(browser: str, page: str, name: str, width: int, height: int, scale: float) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(page, encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder}/profile", f"--window-size={width},{height}"]
        command += [f"--force-device-scale-factor={scale}", f"--screenshot={HERE / name}"]
        subprocess.run([*command, f"file://{folder}/page.html"], check=True, stderr=subprocess.DEVNULL)


def draw_terminal(browser: str, language: str) -> None:
    console = asyncio.run(printed(language))
    lines = console.export_text(clear=False).count("\n")
    width, height = round(COLUMNS * CELL) + 2 * PADDING, lines * LINE_HEIGHT + 2 * PADDING
    page = console.export_html(theme=PAPER, code_format=PAGE.replace("LANGUAGE", language))
    screenshot(browser, page, f"demo-{language}.png", width, height, SCALE)


def draw_chats(browser: str, language: str) -> None:
    digest, settings = asyncio.run(digest_of(language))
    page = side_by_side(language, in_slack(digest, settings), in_discord(digest, settings))
    screenshot(browser, page, f"chat-{language}.png", 2 * CHAT_WIDTH, CHAT_HEIGHT, CHAT_SCALE)


def main() -> None:
    browser = chromium()
    if browser is None:
        sys.exit(
            "Chromium is missing. Install it (Debian: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji)."
        )
    for language in ("ja", "en"):
        draw_chats(browser, language)
        draw_terminal(browser, language)


if __name__ == "__main__":
    main()
