"""The Discord double as a process of its own, with a bot in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import discord
import pytest
import yarl

from tests.fakes.discord_process import DiscordProcess
from tests.support.discord_clients import at_once


@pytest.fixture(scope="module")
def serving() -> Iterator[DiscordProcess]:
    with DiscordProcess.serving() as process:
        yield process


@pytest.fixture
def process(serving: DiscordProcess, monkeypatch: pytest.MonkeyPatch) -> DiscordProcess:
    monkeypatch.setattr(discord.http.Route, "BASE", serving.api)
    address = yarl.URL(serving.url.replace("http", "ws") + "/gateway")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", address)
    return serving


async def test_a_bot_lives_in_another_process(process: DiscordProcess) -> None:
    guild = process.call("state.add_guild", name="Lab", locale="ja")["id"]
    papers = process.call("state.add_channel", guild=guild, name="papers")["id"]
    ada = process.call("state.add_user", name="ada", guilds=[guild])["id"]
    client = discord.Client(**at_once())
    told: asyncio.Queue[discord.RawReactionActionEvent] = asyncio.Queue()

    @client.event
    async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
        await told.put(event)

    async with client:
        running = asyncio.create_task(client.start(process.token))
        await asyncio.wait_for(asyncio.to_thread(process.until, lambda: process.log()["connected"] == 1), 300)
        await client.wait_until_ready()
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Details", custom_id="details:key1"))
        sent = await client.get_partial_messageable(papers).send("hello", view=view, nonce="key1")
        await asyncio.to_thread(process.call, "people.react", message=sent.id, emoji="👍", user=ada)
        assert (await asyncio.wait_for(told.get(), 300)).user_id == ada
        await client.close()
        await asyncio.wait([running])

    [message] = process.messages(papers)
    assert (message["id"], message["content"], message["custom_ids"]) == (sent.id, "hello", ["details:key1"])
    assert message["reactions"][0]["count"] == 1
    assert process.books(["key1", "key2"]) == {"lost": ["key2"], "duplicated": {}}
    log = process.log()
    assert (log["identified"], log["findings"], log["limited"]) == (1, [], 0)
    assert log["requests"]["POST /channels/{channel_id}/messages"] == 1
    assert "hello" in process.call("page", channel=papers)


def test_faults_rates_and_mistakes(process: DiscordProcess) -> None:
    process.call("faults.add", kind="lost_after", on="POST /channels/*/messages", times=2)
    process.call("faults.refuse", code=50001, on="GET /channels/*/messages")
    process.call("faults.clear")
    process.call("rates", pace=1.0, a_second=45)
    process.call("advance", seconds=10)
    process.call("gateway.silence")
    for name, arguments in (("nothing", {}), ("people.dm", {"user": 1, "text": "x"}), ("people.dm", {})):
        with pytest.raises(ValueError, match="error"):
            process.call(name, **arguments)
