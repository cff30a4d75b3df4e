"""What docs/scaling.md says a digest costs on Discord is what it costs."""

from __future__ import annotations

import re

import pytest

from adapters.discord.adapter import RATE
from bench.digests import digest
from bot.digests.parts import digest_parts
from bot.models import ChannelKey, ChannelSettings, Layout
from tests.support.needs import ROOT

PAGE = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
COSTS = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
TIMES = re.findall(r"^\| ([\d,]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def requests(layout: str, papers: int, *, seeded: bool) -> int:
    """A message is a request, an emoji is one, and so is the opening of a thread."""
    settings = ChannelSettings(layout=Layout(layout), seed_reactions=seeded)
    parts = digest_parts(digest(ChannelKey("discord", "1/2"), papers), settings)
    return len(parts) + any(part.in_thread for part in parts) + sum(len(part.seeds) for part in parts)


@pytest.mark.parametrize(("layout", "papers", "seeded", "bare"), COSTS)
def test_a_digest_costs_what_the_page_says(layout: str, papers: str, seeded: str, bare: str) -> None:
    assert requests(layout, int(papers), seeded=True) == int(seeded)
    assert requests(layout, int(papers), seeded=False) == int(bare)


def test_the_page_has_the_usual_digest() -> None:
    assert ("thread", "5", "22", "7") in COSTS
    assert len(TIMES) == 3


@pytest.mark.parametrize(("channels", "thread", "compact"), TIMES)
def test_the_last_channel_is_served_when_the_page_says(channels: str, thread: str, compact: str) -> None:
    count = int(channels.replace(",", ""))
    for said, each in ((thread, requests("thread", 5, seeded=False)), (compact, requests("compact", 5, seeded=False))):
        match = re.fullmatch(r"(?:(\d+) min ?)?(?:(\d+) s)?", said.strip())
        assert match
        seconds = int(match[1] or 0) * 60 + int(match[2] or 0)
        assert abs(seconds - count * each / RATE) < (60 if match[2] is None else 1)
