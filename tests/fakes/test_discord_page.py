"""The page that draws a channel of the Discord double: what people would see, and nothing that text could break."""

from __future__ import annotations

import random
import re
import struct
import subprocess
from pathlib import Path

import pytest
from lxml import html

from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_markdown import drawn
from tests.fakes.discord_model import Channel, Kind
from tests.fakes.discord_page import form, page
from tests.support.hostile_text import hostile
from tests.support.needs import chromium


def digest(double: DiscordDouble, title: str = "A paper", text: str = "What it found.") -> tuple[Channel, Channel]:
    """A channel with a headline, and its thread with a card."""
    state, messages = double.state, double.messages
    guild = state.add_guild("Lab")
    papers = state.add_channel(guild, "papers")
    headline = {
        "title": "2026-02-27",
        "description": f"1. [{title}](https://papers.example/1)\n{text}",
        "color": 0xCC3300,
    }
    first = messages.post(papers, state.bot, {"embeds": [headline]})
    thread = double.threads.under(first, state.bot, {"name": "Papers"})
    buttons = [
        {"type": 2, "style": 1, "label": "Details", "custom_id": "details:1"},
        {"type": 2, "style": 5, "label": "PDF", "url": "https://papers.example/1.pdf"},
    ]
    card = {
        "title": title, "url": "https://papers.example/1", "description": text, "footer": {"text": text[:2048]},
        "fields": [{"name": "Sources", "value": title, "inline": True}], "color": 0x0077CC,
        "thumbnail": {"url": "https://papers.example/1.png"},
    }  # fmt: skip
    posted = messages.post(thread, state.bot, {"embeds": [card], "components": [{"type": 1, "components": buttons}]})
    messages.react(posted, "👍", state.bot)
    messages.react(posted, "👍", state.add_user("ada", guild), burst=True)
    return papers, thread


def seen(document: str) -> str:
    return " ".join(" ".join(map(str, html.document_fromstring(document).itertext("*"))).split())


def test_what_people_see(discord_double: DiscordDouble) -> None:
    papers, thread = digest(discord_double)
    text = seen(page(discord_double.state, papers, thread))
    for part in ("# papers", "2026-02-27", "1. A paper", "🧵 Papers", "Details", "PDF ↗", "👍 2", "Sources"):
        assert part in text
    assert text.count("What it found.") == 3


def test_a_forum_shows_its_posts(discord_double: DiscordDouble) -> None:
    state = discord_double.state
    forum = state.add_channel(state.add_guild("Lab"), "papers", Kind.FORUM, "digest")
    body = {"name": "2026-02-27", "message": {"content": "**five** papers"}, "applied_tags": [forum.tags[0].id]}
    discord_double.threads.in_forum(forum, state.bot, body)
    assert "2026-02-27 [digest]" in seen(page(state, forum))
    assert "five papers" in seen(page(state, forum))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**a** *b* __c__ ~~d~~ `e*`", "<b>a</b> <i>b</i> <u>c</u> <s>d</s> <code>e*</code>"),
        (r"\*a\* \_b\_ \[c\](d)", "*a* _b_ [c](d)"),
        ("snake_case_name", "snake_case_name"),
        ("_it_", "<i>it</i>"),
        ("[a *b*](https://c.example/x_(y))", '<a href="https://c.example/x_(y)">a <i>b</i></a>'),
        ("see https://a.example/b.", 'see <a href="https://a.example/b">https://a.example/b</a>.'),
        ("<https://a.example>", '<a href="https://a.example">https://a.example</a>'),
        ("<@12> <#34> @everyone", "@ada #papers @everyone"),
        ("<script>", "&lt;script&gt;"),
        ("[a](javascript:alert)", "[a](javascript:alert)"),
        ("</digest channel time:12> </x>", "/digest channel time &lt;/x&gt;"),
        ("at <t:1772402400:F>", 'at <span class="time">2026-03-01 22:00</span>'),
        ("||hidden||", '<span class="spoiler">hidden</span>'),
    ],
)
def test_markdown(text: str, shown: str) -> None:
    found = drawn(text, {"12": "ada", "34": "papers"})
    assert re.sub(r'<span class="mention">(.*?)</span>', r"\1", found) == f"<div>{shown}</div>"


def test_menus_and_files_are_shown(discord_double: DiscordDouble) -> None:
    papers, _ = digest(discord_double)
    option = {"value": "1", "label": "A <paper>", "description": "by Ada"}
    menu = {"type": 3, "custom_id": "choose:-:", "placeholder": "Choose one", "options": [option]}
    body = {"components": [{"type": 1, "components": [menu]}], "attachments": [{"id": 0, "filename": "papers.csv"}]}
    discord_double.messages.post(papers, discord_double.state.bot, body)
    text = seen(page(discord_double.state, papers))
    for part in ("Choose one", "A <paper>", "by Ada", "papers.csv"):
        assert part in text


def test_a_form_shows_its_fields() -> None:
    select = {"type": 3, "custom_id": "l", "options": [{"label": "日本語", "value": "ja", "default": True}]}
    fields = [
        {"type": 18, "label": "Language", "component": select},
        {
            "type": 18,
            "label": "Time",
            "description": "<7:00>",
            "component": {"type": 4, "custom_id": "t", "value": "7"},
        },
        {"type": 18, "label": "Words", "component": {"type": 4, "custom_id": "w", "required": False, "style": 2}},
    ]
    shown = seen(form({"title": "Settings", "components": fields}))
    assert "Settings Language * 日本語 Time * <7:00> 7 Words Cancel Submit" in shown


def test_lines_of_their_own_kind() -> None:
    found = drawn("# A\n-# b\n> c\n- d\n```py\n**e**\n```")
    assert '<h1 class="heading">A</h1>' in found
    for part in ('class="small">b', 'class="quote">c', 'class="item">d', "<pre>**e**</pre>"):
        assert part in found
    assert "<a" not in drawn("[a](https://b.example)", links=False)


def test_text_stays_text(discord_double: DiscordDouble) -> None:
    source = random.Random(5)
    found: set[str] = set()
    for _ in range(150):
        papers, thread = digest(discord_double, hostile(source, 8)[:250], hostile(source, 40)[:2000])
        document = html.document_fromstring(page(discord_double.state, papers, thread))
        found |= {str(one.tag) for one in document.iter()}
        found |= {f"@{name!s}" for one in document.iter() for name in map(str, one.attrib)}
        assert all((one.get("href") or "").startswith("http") for one in document.iter("a"))
    assert found <= {
        "html", "head", "meta", "title", "style", "body", "main", "section", "header", "div", "span", "a", "b", "i",
        "u", "s", "code", "pre", "h1", "h2", "h3", "@class", "@style", "@href", "@lang", "@charset",
    }  # fmt: skip


@pytest.mark.needs("chromium")
def test_a_browser_draws_it(discord_double: DiscordDouble, tmp_path: Path) -> None:
    papers, thread = digest(discord_double, "注意機構は **まだ** 必要か", "要約です。" * 30)
    source, picture = tmp_path / "page.html", tmp_path / "page.png"
    source.write_text(page(discord_double.state, papers, thread), encoding="utf-8")
    command = [
        *(str(chromium()), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,800", f"--screenshot={picture}"),
    ]
    subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=300)
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1400, 800)
    assert picture.stat().st_size > 20_000
