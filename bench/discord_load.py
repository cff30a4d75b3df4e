"""Measure people asking for papers on Discord all at once, while digests go out and the model hangs.

The bot is the real `kawaraban run`. Times are measured by the tests' Discord, from a command to its acknowledgement and
to the last edit of its answer, and so include transport and the queues of both programs.
"""

from __future__ import annotations

import asyncio

import aiohttp

from bench.chat import KNOWN, Load, Model, processor
from bench.digests import paper
from bench.discord_scene import Json, Scene, number, scene
from tests.support.bot_process import BotProcess, until

DIGEST_SIZE = 10
_LOOK = 0.05


def load(commands: int = 200, seconds: float = 10.0, hanging: int = 20, channels: int = 12) -> Load:
    """Send commands for cached papers, evenly over the seconds, and `hanging` ones that need the model."""
    with scene(hanging + 5, channels, 1, "--pace=1.0") as there:
        return asyncio.run(_load(there, commands, seconds, hanging))


async def _load(there: Scene, commands: int, seconds: float, hanging: int) -> Load:
    found = Load()
    await there.stock(commands, hanging)
    await there.fill(DIGEST_SIZE, channels=there.channels[1:])
    async with Model().running() as model, aiohttp.ClientSession(there.discord.url) as session:
        running = there.bot(ANTHROPIC_BASE_URL=model.url, ANTHROPIC_API_KEY="any", CLAUDE_DAILY_BUDGET_USD="1000")
        bot: BotProcess = await asyncio.to_thread(running.__enter__)
        try:
            await asyncio.to_thread(there.connected)
            await _answer(session, await _ask(session, there, "3105.00001", 0))  # let a first command do the imports
            before, sent = processor(bot.process.pid), _posted(there)
            gap = seconds / commands
            questions = [f"3105.{one:05d}" for one in range(1, commands + 1)]
            cached = [asyncio.create_task(_later(session, there, n * gap, text, n)) for n, text in enumerate(questions)]
            slow = [
                asyncio.create_task(_later(session, there, n * seconds / hanging, f"3105.{KNOWN + n}", 5 + n))
                for n in range(hanging)
            ]
            stuck = [await _told(session, one) for one in await asyncio.gather(*slow)]
            done = [await _answer(session, one) for one in await asyncio.gather(*cached)]
            await asyncio.to_thread(until, lambda: model.asked or not hanging)
            found.processor = processor(bot.process.pid) - before
            found.messages = _posted(there) - sent
            found.wrong += ["a command got no answer" for one in done if one["message"] is None]
            found.wrong += ["a command was not acknowledged" for one in stuck if one["seconds"] is None]
            found.wrong += ["a paper was not the one that was asked for" for n, one in enumerate(done)
                            if paper(n + 1).title not in str(one["message"])]  # fmt: skip
            found.acknowledged = [1_000 * one["seconds"] for one in done if one["seconds"] is not None]
            found.hanging = [1_000 * one["seconds"] for one in stuck if one["seconds"] is not None]
            found.answered = [1_000 * one["shown_after"][-1] for one in done if one["shown_after"]]
        finally:
            bot.kill()  # do not wait for the hanging requests
            await asyncio.to_thread(running.__exit__, None, None, None)
    found.wrong += (await asyncio.to_thread(there.discord.log))["findings"]
    return found


async def _later(session: aiohttp.ClientSession, there: Scene, seconds: float, text: str, who: int) -> Json:
    await asyncio.sleep(seconds)
    return await _ask(session, there, text, who)


async def _ask(session: aiohttp.ClientSession, there: Scene, text: str, who: int) -> Json:
    user, channel = there.people[who % len(there.people)], number(there.channels[0])
    asked = {"path": "paper", "channel": channel, "user": user, "options": {"query": text}}
    async with session.post("/_control/people.slash", json=asked) as answer:
        told: Json = await answer.json()
    return told


async def _told(session: aiohttp.ClientSession, one: Json, *, whole: bool = False) -> Json:
    """Return the command once it is acknowledged or, with `whole`, fully answered."""
    for _ in range(400):
        async with session.post("/_control/interaction", json={"interaction": one["id"]}) as answer:
            one = await answer.json()
        if one["seconds"] is not None and (not whole or (one["message"] and one["message"]["embeds"])):
            break
        await asyncio.sleep(_LOOK)
    return one


async def _answer(session: aiohttp.ClientSession, one: Json) -> Json:
    return await _told(session, one, whole=True)


def _posted(there: Scene) -> int:
    counts = there.discord.counts()["requests"]
    return int(counts.get("POST /channels/{channel_id}/messages", 0))
