"""Measure people asking for papers on Slack all at once, while digests go out and the model hangs.

The bot is the real `kawaraban run` in Socket Mode. Times are measured by the tests' Slack, from sending a command to
its acknowledgement and to the answer at its `response_url`, and so include transport and the queues of both programs.
"""

from __future__ import annotations

import asyncio

import aiohttp

from bench.chat import KNOWN, Load, Model, processor
from bench.digests import paper
from bench.slack_scene import Scene, scene
from tests.fakes.slack_process import Json, SlackProcess
from tests.support.bot_process import until

DIGEST_SIZE = 10
DEADLINE = 3_000.0  # milliseconds; Slack's own, for each command


def load(commands: int = 200, seconds: float = 10.0, hanging: int = 20, channels: int = 12) -> Load:
    """Send commands for cached papers, evenly over the seconds, and `hanging` ones that need the model."""
    with scene(people=hanging + 5, channels=channels) as there:
        return asyncio.run(_load(there, commands, seconds, hanging))


async def _load(there: Scene, commands: int, seconds: float, hanging: int) -> Load:
    found, slack = Load(), there.slack
    await there.fill(DIGEST_SIZE, there.channels[1:], cached=commands, known=hanging)
    async with Model().running() as model, aiohttp.ClientSession(slack.url) as session:
        running = there.bot(ANTHROPIC_BASE_URL=model.url, ANTHROPIC_API_KEY="any", CLAUDE_DAILY_BUDGET_USD="1000")
        bot = await asyncio.to_thread(running.__enter__)
        try:
            await asyncio.to_thread(until, lambda: slack.log()["connections"])
            await ask(session, there, "3105.00001", 0)  # let a first command do the imports
            before, sent = processor(bot.process.pid), posted(slack)
            questions = [f"3105.{number:05d}" for number in range(1, commands + 1)]
            gap = seconds / commands
            cached = [asyncio.create_task(_later(session, there, n * gap, text, n)) for n, text in enumerate(questions)]
            slow = [
                asyncio.create_task(_later(session, there, n * seconds / hanging, f"3105.{KNOWN + n}", 5 + n))
                for n in range(hanging)
            ]
            done = await asyncio.gather(*cached)
            stuck = await asyncio.gather(*slow)
            answers = [await _answered(session, one) for one in done]
            found.processor = processor(bot.process.pid) - before
            found.messages = posted(slack) - sent
            found.wrong += [f"{one['error']}" for one in (*done, *stuck) if not one["acked"]]
            found.wrong += [f"answered {len(one['posts'])} times" for one in answers if len(one["posts"]) != 1]
            found.wrong += ["a paper was not the one that was asked for" for n, one in enumerate(answers)
                            if paper(n + 1).title not in str(one["posts"])]  # fmt: skip
            found.acknowledged = [one["acked_in_ms"] for one in done if one["acked"]]
            found.hanging = [one["acked_in_ms"] for one in stuck if one["acked"]]
            found.answered = [one["posted_in_ms"][-1] for one in answers if one["posts"]]
            found.wrong += slack.log()["findings"]
            if hanging and not model.asked:
                found.wrong.append("the model was not asked")
        finally:
            bot.kill()  # do not wait for the hanging requests
            await asyncio.to_thread(running.__exit__, None, None, None)
    return found


async def _later(session: aiohttp.ClientSession, there: Scene, seconds: float, text: str, who: int) -> Json:
    await asyncio.sleep(seconds)
    return await ask(session, there, text, who)


async def ask(session: aiohttp.ClientSession, there: Scene, text: str, who: int) -> Json:
    user, channel = there.people[who % len(there.people)], there.channels[0]
    asked = {"act": "slash", "command": "/paper", "text": text, "channel": channel, "user": user}
    async with session.post("/_control/people", json=asked) as answer:
        told: Json = await answer.json()
    return told


async def _answered(session: aiohttp.ClientSession, done: Json) -> Json:
    """Return the command once its answer has arrived."""
    for _ in range(400):
        async with session.get("/_control/interaction", params={"number": done["number"]}) as answer:
            done = await answer.json()
        if done["posts"]:
            break
        await asyncio.sleep(0.05)
    return done


def posted(slack: SlackProcess) -> int:
    return int(slack.log()["calls"].get("chat.postMessage", 0))
