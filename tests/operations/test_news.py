"""`kawaraban run` tells what became of papers on Slack and Discord, once, though it is killed again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.models import DeliveryState, Digest, SourceName
from bot.store.location import sqlite_url
from bot.store.store import Store
from tests.conformance.slack_world import shown_texts
from tests.fakes.discord_process import DiscordProcess
from tests.fakes.slack_process import SlackProcess
from tests.support.bot_process import BotProcess, until
from tests.support.cli import online
from tests.support.discord_town import Guild, texts
from tests.support.standins import Claude, Upstream

pytestmark = pytest.mark.long

NOON = datetime(2026, 2, 27, 12, 0, tzinfo=UTC)  # a Friday
CARDS = 2
APPEARED, WITHDRAWN = "版が公開されました。", "この論文は取り下げられました。"
Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[SlackProcess]:
    with SlackProcess.serving() as serving:
        yield serving
        assert serving.log()["findings"] == []


@pytest.fixture
def discord() -> Iterator[DiscordProcess]:
    with DiscordProcess.serving() as serving:
        serving.call("advance", seconds=(NOON - datetime.now(UTC)).total_seconds())
        yield serving
        assert serving.log()["findings"] == []


def test_what_became_of_papers_is_told_once_in_both_chats(
    slack: SlackProcess, discord: DiscordProcess, upstream: Upstream, claude: Claude, tmp_path: Path
) -> None:
    database = sqlite_url(tmp_path / "kawaraban.sqlite3")
    app = slack.app()
    settings = online(upstream, claude, tmp_path) | {
        "DATABASE_URL": database,
        "SECRET_KEY": "an invented one, long enough",
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": app["token"],
        "SLACK_APP_TOKEN": app["app_token"],
        "DISCORD_API_URL": discord.api,
        "DISCORD_TOKEN": discord.token,
        "DIGEST_LANGUAGE": "ja",
        "DIGEST_SIZE": str(CARDS),
        "DIGEST_TOPICS": "cs.CL",
    }
    lab = Guild(discord, locale="ja")
    hana = slack.add_user("hana", locale="ja-JP", is_admin=True)
    on_slack, on_discord = slack.add_channel("論文", [hana]), lab.add_channel("論文")

    with BotProcess.running(settings, tmp_path, NOON) as bot:
        until(lambda: slack.log()["connections"])
        until(lambda: discord.counts()["connected"] and discord.counts()["overwrites"])
        for command in ("subscribe ja", "days mon", "now"):
            asked_on_slack(slack, command, on_slack, hana)
        lab.ask("digest subscribe", on_discord, lab.owner, language="ja")
        lab.ask("digest channel days", on_discord, lab.owner, days="mon")
        lab.ask("digest now", on_discord, lab.owner)
        until(lambda: len(slack.messages(on_slack)) == 1 + CARDS and bool(lab.digest(on_discord, CARDS)))
        until(lambda: read(database, nothing_open))
        bot.kill()

    with BotProcess.running(settings, tmp_path, NOON + timedelta(minutes=5)) as bot:
        until(lambda: len(read(database, seen_by_arxiv)) == CARDS)  # the first sight of them
        bot.kill()

    (digest, *_) = read(database, digests)
    first, second = (entry.paper.arxiv_id or "" for entry in digest.entries)
    upstream.revise(first)
    upstream.revise(second, withdrawn=True)
    discord.call("advance", seconds=timedelta(hours=25).total_seconds())

    def on_both() -> tuple[Sequence[str], Sequence[str]]:
        head = next(one for one in lab.messages(on_discord) if one.get("thread"))
        said = ["\n".join(texts(one)) for one in lab.messages(int(head["thread"]["id"]))]
        return news("\n".join(shown_texts(one["blocks"])) for one in slack.messages(on_slack)), news(said)

    tomorrow = NOON + timedelta(hours=25)
    with BotProcess.running(settings, tmp_path, tomorrow) as bot:
        until(lambda: any(on_both()))  # the first of four messages, and the others on their way
        bot.kill()
    for _ in range(2):
        with BotProcess.running(settings, tmp_path, tomorrow + timedelta(minutes=5)) as bot:
            until(lambda: [sorted(told) for told in on_both()] == [sorted([APPEARED, WITHDRAWN])] * 2)
            until(lambda: read(database, nothing_open))
            bot.kill()
    assert [sorted(told) for told in on_both()] == [sorted([APPEARED, WITHDRAWN])] * 2
    headline = next(one for one in slack.messages(on_slack) if not one["thread_ts"])
    assert {one["thread_ts"] for one in slack.messages(on_slack)} == {headline["thread_ts"], headline["ts"]}
    assert not any("Traceback" in log.read_text() for log in tmp_path.glob("run-*.log"))


def news(said: Iterator[str] | Sequence[str]) -> list[str]:
    """Return the news among the messages' texts, each by what it says."""
    return [what for text in said for what in (APPEARED, WITHDRAWN) if what in text]


def asked_on_slack(slack: SlackProcess, text: str, channel: str, user: str) -> None:
    before = len(slack.ask("ephemerals", user=user))
    assert slack.people("slash", command="/digest", text=text, channel=channel, user=user)["acked"]
    until(lambda: len(slack.ask("ephemerals", user=user)) > before)


def read(database: str, look: Callable[[Store], Any]) -> Any:
    """Return what the look at the store finds."""

    async def looked() -> Any:
        async with Store.open(database) as store:
            return await look(store)

    return asyncio.run(looked())


async def digests(store: Store) -> Sequence[Digest]:
    return await store.digests.latest(2)


async def seen_by_arxiv(store: Store) -> Any:
    (digest, *_) = await store.digests.latest(1)
    return await store.news.seen(SourceName.ARXIV, [entry.paper.id for entry in digest.entries])


async def nothing_open(store: Store) -> bool:
    states = await store.deliveries.counts()
    return not any(states[one] for one in (DeliveryState.DUE, DeliveryState.CLAIMED, DeliveryState.WAITING))
