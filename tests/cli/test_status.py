"""`kawaraban status`: what is running, when each source last answered, which summaries failed and why; as JSON too."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.secret import secret_key
from bot.common.health import Condition, Health, ProcessReport
from bot.models import Channel, ChannelKey, ChannelState, Failure, SourceName, SourceReport, Style
from bot.store.collects import Collect
from bot.store.location import sqlite_url
from bot.store.sealing import Sealer
from bot.store.spend import Cause
from bot.store.store import Store
from tests.support.authors import paper
from tests.support.cli import kawaraban, offline

EARLIER = datetime.now(UTC) - timedelta(hours=2)


async def filled(folder: Path) -> None:
    """Store a living replica, two looks at the sources, a summary that failed and a channel that is stopped."""
    async with Store.open(sqlite_url(folder / "kawaraban.sqlite3")) as store:
        owner = await store.workers.join("attic", timedelta(hours=1))
        parts = {
            "database": Health(),
            "slack": Health(last_success=EARLIER),
            "discord": Health(Condition.DOWN, "platform.unreachable", EARLIER),
            "model": Health(Condition.DEGRADED, "model.credit", EARLIER),
            "arxiv": Health(Condition.DEGRADED, "source.timeout", EARLIER),
        }
        report = ProcessReport("garret", 4711, "127.0.0.1:8080", ("slack", "discord"), parts, EARLIER)
        await store.workers.tell(owner, report)
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
        for usd, purpose, payer in ((0.25, "question", "slack:T1/C1"), (0.5, "summary", "")):
            await store.spend.reserve(today, usd, [], Cause(datetime.now(UTC), "m", purpose, payer, "somebody"))
        gone = Channel(ChannelKey("slack", "T1/C1"), state=ChannelState.STOPPED, problem="platform.not_member")
        later = EARLIER + timedelta(days=1)
        waiting = Channel(ChannelKey("discord", "G1/C1"), next_run_at=later)
        own = Channel(ChannelKey("slack", "T1/D1"), next_run_at=later)
        for channel, name in ((gone, "Lab #papers"), (waiting, "Attic #news"), (own, "Ada Example")):
            await store.channels.change(channel.key, lambda _, channel=channel: channel)  # type: ignore[misc]  # mypy infers no type for the bound default
            if channel is own:
                await store.channels.protect(Sealer(secret_key(None, folder / "kawaraban.sqlite3")))
            await store.channels.name(channel.key, name, personal=channel is own)


def test_the_operator_sees_what_runs_and_what_does_not(tmp_path: Path) -> None:
    asyncio.run(filled(tmp_path))
    result = kawaraban("status", environment=offline(tmp_path))

    assert result.status == 0
    assert "running as replica attic since" in result.out
    assert "on garret (process 4711, http://127.0.0.1:8080)" in result.out
    assert "dead" not in result.out
    lines = {line.split("  ")[0]: line for line in result.out.splitlines()}
    assert "last answered" in lines["arXiv"]
    assert "has not answered lately" in lines["Hugging Face"]
    assert "1 summary: no Anthropic credit left" in lines["failed summaries"]
    assert "$0.25 in 1 call (slack:T1/C1)" in lines["spent on questions"]
    assert "$0.50 in 1 call (-)" in lines["spent on summaries"]
    assert "in use" in lines["Slack"]
    assert "unreachable, since" in lines["Discord"]
    assert "no Anthropic credit left, since" in lines["Claude"]
    assert "database" in lines  # the place of the file, and nothing of the part that works
    assert sum(line.startswith("database") for line in result.out.splitlines()) == 1
    assert "the bot is not a member" in lines["Lab #papers (slack:T1/C1)"]
    assert "nothing was delivered lately (unreachable)" in lines["Attic #news (discord:G1/C1)"]
    assert "nothing was delivered" not in lines["Ada Example (slack:T1/D1)"]


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
    (process,) = state["running"]
    assert (process["host"], process["pid"], process["platforms"]) == ("garret", 4711, ["slack", "discord"])
    assert process["parts"]["discord"] == {
        "status": "down",
        "code": "platform.unreachable",
        "problem": "unreachable",
        "since": EARLIER.isoformat(),
        "last_success": None,
    }
    waiting, gone, own = state["channels"]
    assert (gone["name"], gone["state"], gone["code"]) == ("Lab #papers", "stopped", "platform.not_member")
    assert (waiting["name"], waiting["code"]) == ("Attic #news", None)
    assert waiting["silent"] == {"code": "platform.unreachable", "problem": "unreachable"}
    assert (own["name"], own["silent"]) == ("Ada Example", None)


def test_a_process_that_vanished_is_told(tmp_path: Path) -> None:
    async def left() -> None:
        async with Store.open(sqlite_url(tmp_path / "kawaraban.sqlite3")) as store:
            await store.workers.join("attic", timedelta())

    asyncio.run(left())

    assert "not running: replica attic was last alive at" in kawaraban("status", environment=offline(tmp_path)).out
    state = json.loads(kawaraban("status", "--json", environment=offline(tmp_path)).out)
    assert (state["running"], state["vanished"]["replica"]) == ([], "attic")


def test_nothing_runs_in_a_new_database(tmp_path: Path) -> None:
    result = kawaraban("status", environment=offline(tmp_path))

    assert "not running: no digest is sent until it is started" in result.out
