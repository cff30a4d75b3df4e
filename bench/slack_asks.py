"""Measure people asking about papers on Slack all at once, while digests go out and nothing answers.

The bot is the real `kawaraban run` in Socket Mode. arXiv cannot be reached and the model hangs, so that every question
takes as long as a question may; `LIMIT` leaves room for that. Slack's published limits for each method hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import aiohttp

from bench.chat import KNOWN, Model, part
from bench.slack_load import DIGEST_SIZE, ask, posted
from bench.slack_scene import Scene, scene
from tests.fakes.slack_process import Json
from tests.support.bot_process import until

ACKNOWLEDGED = 300.0  # milliseconds, 99th percentile
RATE = 20.0  # questions a second
LIMIT = 240.0  # seconds until every question has ended
_CANCEL = "answer.cancel"


@dataclass
class Asks:
    """Times of acknowledgements in milliseconds. `ended` counts the questions that ended in an answer."""

    acknowledged: list[float] = field(default_factory=list)
    asked: int = 0
    ended: int = 0
    messages: int = 0  # of digests and answers meanwhile
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        return (
            f"questions={self.asked} acknowledged p50={part(self.acknowledged, 0.5):.0f} "
            f"p99={part(self.acknowledged, 0.99):.0f} ms, ended={self.ended}; {self.messages} messages meanwhile"
        )

    def faults(self) -> list[str]:
        """Return a sentence for each figure that is out of bounds."""
        late = part(self.acknowledged, 0.99)
        slow = [f"acknowledging took {late:.0f} ms at p99, more than {ACKNOWLEDGED:.0f} ms"]
        return self.wrong + (slow if late > ACKNOWLEDGED else [])


def questions(each: int = 10, channels: int = 12) -> Asks:
    """Ask `each` questions by a command, by a mention and in direct messages, `RATE` a second."""
    with scene(people=each, channels=channels) as there:
        return asyncio.run(_asked(there, each))


async def _asked(there: Scene, each: int) -> Asks:
    found, slack = Asks(asked=3 * each), there.slack
    await there.fill(DIGEST_SIZE, there.channels[1:], known=each)
    bot_user = slack.app()["bot"]
    async with Model().running() as model, aiohttp.ClientSession(slack.url) as session:
        running = there.bot(ANTHROPIC_BASE_URL=model.url, ANTHROPIC_API_KEY="any", CLAUDE_DAILY_BUDGET_USD="1000")
        bot = await asyncio.to_thread(running.__enter__)
        try:
            await asyncio.to_thread(until, lambda: slack.log()["connections"])
            await ask(session, there, "help", 0)  # let a first command do the imports
            slack.tell("fault", keep_tiers={})
            before = posted(slack)
            room, texts = there.channels[0], [f"3105.{KNOWN + n} Why is it faster?" for n in range(each)]

            async def told(n: int) -> Json:
                return await ask(session, there, texts[n], n)

            async def said(act: str, n: int, **more: str) -> Json:
                asked = {"act": act, "user": there.people[n], "text": texts[n], **more}
                if act == "say":
                    asked["text"] = f"<@{bot_user}> {texts[n]}"
                async with session.post("/_control/people", json=asked) as answer:
                    heard: Json = await answer.json()
                return heard

            acts: list[asyncio.Task[Json]] = []
            for n in range(each):
                for work in (told(n), said("say", n, channel=room), said("dm", n)):
                    acts.append(asyncio.create_task(work))
                    await asyncio.sleep(1 / RATE)
            done = await asyncio.gather(*acts)
            commands, mentions, direct = done[0::3], done[1::3], done[2::3]
            found.acknowledged = [one["acked_in_ms"] for one in commands if one["acked"]]
            found.wrong += [f"{one['error']}" for one in commands if not one["acked"]]
            ended = [partial(_by_url, there, one) for one in commands]
            ended += [partial(_in_thread, there, one, bot_user) for one in (*mentions, *direct)]
            found.ended = await asyncio.to_thread(_count, ended)
            found.wrong += (
                [] if found.ended == found.asked else [f"{found.asked - found.ended} questions have no answer"]
            )
            found.wrong += [
                "a question has more than one message"
                for one in mentions
                if len([m for m in _answers(there, one, bot_user) if m["thread_ts"]]) > 1
            ]
            found.messages = posted(slack) - before
            found.wrong += slack.log()["findings"]
        finally:
            bot.kill()  # do not wait for the hanging requests
            await asyncio.to_thread(running.__exit__, None, None, None)
    return found


def _count(ended: Sequence[Callable[[], bool]]) -> int:
    """Wait until all of them are true, or the time is over, and return how many are."""
    waiting = list(ended)

    def left() -> bool:
        waiting[:] = [one for one in waiting if not one()]
        return not waiting

    with suppress(TimeoutError):
        until(left, LIMIT, every=1.0)
    return len(ended) - len(waiting)


def _by_url(there: Scene, done: Json) -> bool:
    """Return whether the command has its one answer."""
    return len(there.slack.ask("interaction", number=done["number"])["posts"]) == 1


def _answers(there: Scene, asked: Json, bot: str) -> list[Json]:
    """Return what the bot has written in answer to the message."""
    messages = there.slack.messages(asked["channel"])
    return [one for one in messages if one["user"] == bot and one["thread_ts"] in (asked["ts"], None)]


def _in_thread(there: Scene, asked: Json, bot: str) -> bool:
    """Return whether the message has an answer that grows no more, in its thread or to the person alone."""
    below = [one for one in _answers(there, asked, bot) if one["thread_ts"] == asked["ts"]]
    return bool(below) and not any(_grows(one) for one in below)


def _grows(answer: Json) -> bool:
    stream = answer["stream"]
    return _CANCEL in str(answer["blocks"]) or bool(stream and not stream["ended"])
