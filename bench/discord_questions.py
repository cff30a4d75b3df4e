"""Measure people asking papers on Discord all at once, each another question, while digests go out.

The bot is the real `kawaraban run`, the model is the tests' Claude, and the papers' texts are their abstracts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp

from bench.chat import part
from bench.discord_scene import Json, Scene, number, scene
from tests.support.bot_process import BotProcess
from tests.support.standins import Claude, Upstream

DIGEST_SIZE = 10
ACKNOWLEDGED = 300.0  # milliseconds, 99th percentile
_LOOK = 0.2
_WITHIN = 240.0  # seconds
_UNLIMITED = ("CLAUDE_DAILY_BUDGET_USD", "QUESTION_PERSON_BUDGET_USD", "QUESTION_CHANNEL_BUDGET_USD")


@dataclass
class Asked:
    """Times of each question in milliseconds, to its acknowledgement and to the end of its answer."""

    acknowledged: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    explained: int = 0  # answers that say why there is none
    messages: int = 0  # of digests sent meanwhile
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"questions={len(self.acknowledged)} acknowledged p50={part(self.acknowledged, 0.5):.0f} "
            f"p99={part(self.acknowledged, 0.99):.0f} ms, answered p50={part(self.ended, 0.5):.0f} "
            f"p99={part(self.ended, 0.99):.0f} ms, {self.explained} of them only with a reason why not; "
            f"{self.messages} messages of digests meanwhile"
        )

    def faults(self) -> list[str]:
        late = part(self.acknowledged, 0.99)
        slow = [f"acknowledging took {late:.0f} ms at p99, more than {ACKNOWLEDGED:.0f} ms"]
        return [*self.wrong, *(slow if late > ACKNOWLEDGED else [])]


def questions(times: int = 100, a_second: float = 20.0, channels: int = 12) -> Asked:
    """Ask that many questions by `/paper` at an even pace, about as many papers."""
    with (
        scene(25, channels, 1, "--pace=1.0") as there,
        Claude.running("tests.fakes.claude_process") as model,
        Upstream.running("tests.fakes.sources_process", "--interval=0") as sources,
    ):
        return asyncio.run(_questions(there, model, sources, times, a_second))


async def _questions(there: Scene, model: Claude, sources: Upstream, times: int, a_second: float) -> Asked:
    found = Asked()
    await there.stock(times + 1, 0)
    settings = dict.fromkeys((*_UNLIMITED, "QUESTION_DAILY_BUDGET_USD"), "1000")
    settings |= {"ANTHROPIC_BASE_URL": model.url, "ANTHROPIC_API_KEY": "any", "ARXIV_INTERVAL_SECONDS": "0"}
    settings["ARXIV_API_URL"] = sources.url
    async with aiohttp.ClientSession(there.discord.url) as session:
        running = there.bot(None, **settings)
        bot: BotProcess = await asyncio.to_thread(running.__enter__)
        try:
            await asyncio.to_thread(there.connected)
            await _ended(session, await _ask(session, there, times + 1))  # let a first question do the imports
            await there.fill(DIGEST_SIZE, channels=there.channels[1:])
            sent = _posted(there)
            begun = [asyncio.create_task(_later(session, there, n / a_second, n + 1)) for n in range(times)]
            done = await asyncio.gather(*[_ended(session, one) for one in await asyncio.gather(*begun)])
            found.messages = _posted(there) - sent
            found.acknowledged = [1_000 * one["seconds"] for one in done if one["seconds"] is not None]
            found.ended = [1_000 * one["shown_after"][-1] for one in done if one["shown_after"]]
            found.explained = sum(_is_over(one) and not one["message"]["embeds"] for one in done)
            found.wrong += ["a question was not acknowledged" for one in done if one["seconds"] is None]
            found.wrong += ["a question got no answer" for one in done if not _is_over(one)]
        finally:
            bot.kill()
            await asyncio.to_thread(running.__exit__, None, None, None)
    found.wrong += (await asyncio.to_thread(there.discord.log))["findings"]
    return found


async def _later(session: aiohttp.ClientSession, there: Scene, seconds: float, paper: int) -> Json:
    await asyncio.sleep(seconds)
    return await _ask(session, there, paper)


async def _ask(session: aiohttp.ClientSession, there: Scene, paper: int) -> Json:
    options = {"query": f"3105.{paper:05d}", "question": "What do we print with?"}
    user, channel = there.people[paper % len(there.people)], number(there.channels[0])
    asked = {"path": "paper", "channel": channel, "user": user, "options": options}
    async with session.post("/_control/people.slash", json=asked) as answer:
        told: Json = await answer.json()
    return told


async def _ended(session: aiohttp.ClientSession, one: Json) -> Json:
    """Return the question once its answer has come to its end, or as it is after a while."""
    ends = asyncio.get_running_loop().time() + _WITHIN
    while not _is_over(one) and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(_LOOK)
        async with session.post("/_control/interaction", json={"interaction": one["id"]}) as answer:
            one = await answer.json()
    return one


def _is_over(one: Json) -> bool:
    message = one["message"]
    if not message or not (message["embeds"] or message["content"]):
        return False
    return not message["content"].endswith("…") and not any(each.startswith("cancel") for each in message["custom_ids"])


def _posted(there: Scene) -> int:
    counts = there.discord.counts()["requests"]
    return int(counts.get("POST /channels/{channel_id}/messages", 0))
