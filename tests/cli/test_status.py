"""`kawaraban status`: what is running, when each source last answered, which summaries failed and why; as JSON too."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.models import Channel, ChannelKey, ChannelState, Failure, SourceName, SourceReport, Style
from bot.store.collects import Collect
from bot.store.location import sqlite_url
from bot.store.spend import Cause
from bot.store.store import Store
from tests.support.authors import paper
from tests.support.cli import kawaraban, offline

EARLIER = datetime.now(UTC) - timedelta(hours=2)


async def filled(folder: Path) -> None:
    """Store a living replica, two looks at the sources, a summary that failed and a channel that is stopped."""
    async with Store.open(sqlite_url(folder / "kawaraban.sqlite3")) as store:
        await store.workers.join("attic", timedelta(hours=1))
        await store.workers.join("dead", timedelta())
        good, bad = SourceReport(SourceName.ARXIV, 3), SourceReport(SourceName.ARXIV, 0, error="source.timeout")
        silent = SourceReport(SourceName.HUGGINGFACE, 0, error="source.timeout")
        await store.collects.add(Collect(EARLIER, None, ("cs.AI",), (good, silent)))
        await store.collects.add(Collect(EARLIER + timedelta(hours=1), None, ("cs.AI",), (bad, silent)))
        one = paper()
        await store.papers.save([one])
        await store.summaries.claim(one.id, "en", Style.BRIEF, "w", EARLIER, timedelta(hours=1))
        await store.summaries.fail(one.id, "en", Style.BRIEF, "w", Failure("model.credit"), EARLIER)
        today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
        for usd, purpose, channel in ((0.25, "question", "slack:T1/C1"), (0.5, "summary", "")):
            await store.spend.reserve(today, usd, [], Cause(datetime.now(UTC), "m", purpose, channel, "somebody"))
        gone = Channel(ChannelKey("slack", "T1:C1"), state=ChannelState.STOPPED, problem="platform.not_member")
        await store.channels.change(gone.key, lambda _: gone)


def test_the_operator_sees_what_runs_and_what_does_not(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path))
    result = kawaraban("status", environment=offline(tmp_path))

    assert result.status == 0
    assert "running as replica attic since" in result.out
    assert "dead" not in result.out
    lines = {line.split("  ")[0]: line for line in result.out.splitlines()}
    assert "last answered" in lines["arXiv"]
    assert "has not answered lately" in lines["Hugging Face"]
    assert "1 summary: no Anthropic credit left" in lines["failed summaries"]
    assert "$0.25 in 1 call (slack:T1/C1)" in lines["spent on questions"]
    assert "$0.50 in 1 call (-)" in lines["spent on summaries"]


def test_the_same_as_json(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path))
    state = json.loads(kawaraban("status", "--json", environment=offline(tmp_path)).out)

    assert [one["replica"] for one in state["running"]] == ["attic"]
    assert state["sources"] == {"arxiv": EARLIER.isoformat(), "huggingface": None}
    assert state["summaries"]["failures"] == {"model.credit": 1}
    assert state["spent"]["by_channel"] == [
        {"channel": None, "purpose": "summary", "usd": 0.5, "calls": 1},
        {"channel": "slack:T1/C1", "purpose": "question", "usd": 0.25, "calls": 1},
    ]
    (channel,) = state["channels"]
    assert (channel["state"], channel["code"]) == ("stopped", "platform.not_member")


def test_nothing_runs_in_a_new_database(tmp_path: Path) -> None:
    result = kawaraban("status", environment=offline(tmp_path))

    assert "not running: no digest is sent until it is started" in result.out
