"""Measure Slack votes that the bot could not hear: cast while it was down, or while its socket kept breaking.

The bot is the real `kawaraban run`. The reactions in the tests' Slack at the end are compared with the stored votes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from adapters.common.emoji_names import emoji_of
from bench import votes
from bench.slack_scene import Scene, scene
from bench.votes import CARDS, HOUR, Vote
from bot.models import MessageRef
from bot.store.store import Store
from bot.taste.emoji import normalised
from tests.fakes.slack_process import Json
from tests.support.bot_process import until

NAMES = ("+1", "-1", "fire", "heart", "eyes", "tada")  # emoji that people use on papers
NUMBERS = ("one", "two", "three", "four")
SHOWN = 12  # the most voters that Slack names for one emoji
PATIENCE = 300.0  # seconds for the bot to catch up


@dataclass
class Heard(votes.Heard):
    """The votes that the bot has heard of, and the events that Slack sent more than once."""

    redelivered: int = 0

    def away_line(self) -> str:
        return (
            f"reactions={self.reactions} removals={self.removals} messages={self.messages} partial={self.partial} "
            f"votes={self.stored} missing={self.missing} invented={self.invented}"
        )

    def drops_line(self) -> str:
        return (
            f"drops={self.drops} reactions={self.reactions} removals={self.removals} "
            f"redelivered={self.redelivered} votes={self.stored} missing={self.missing} invented={self.invented}"
        )


class Crowd:
    """Simulated people who react at random, and the record of what they did."""

    def __init__(self, there: Scene, seed: int) -> None:
        self._there = there
        self._draw = Random(seed)
        self.standing: set[tuple[str, str, str, str]] = set()  # channel, ts, name, user
        self.reactions = self.removals = 0

    def messages(self) -> list[tuple[str, Json]]:
        slack = self._there.slack
        return [(channel, one) for channel in self._there.channels for one in slack.messages(channel)]

    def react(self, times: int) -> None:
        """Add reactions, most of them on a few messages."""
        there, slack, wanted = self.messages(), self._there.slack, self.reactions + times
        while self.reactions < wanted:
            channel, message = there[int(len(there) * self._draw.random() ** 2)]
            names = NUMBERS if message["thread_ts"] is None else NAMES
            name = names[int(len(names) * self._draw.random() ** 2)]
            one = (channel, message["ts"], name, self._draw.choice(self._there.people))
            if one not in self.standing:
                slack.people("react", channel=channel, ts=message["ts"], name=name, user=one[3])
                self.standing.add(one)
                self.reactions += 1

    def take_back(self, times: int) -> None:
        """Remove that many of the present reactions."""
        for one in self._draw.sample(sorted(self.standing), times):
            channel, ts, name, user = one
            self._there.slack.people("unreact", channel=channel, ts=ts, name=name, user=user)
            self.standing.discard(one)
            self.removals += 1

    def votes(self, most: int | None = None) -> tuple[set[Vote], set[str]]:
        """Return the votes that Slack reports if it names at most `most` people per emoji, and the messages for which
        that leaves somebody out."""
        told, partial = set(), set()
        for channel, message in self.messages():
            ref = str(MessageRef("slack", f"{self._there.team}/{channel}/{message['ts']}"))
            for name, users in message["reactions"].items():
                if most is not None and len(users) > most:
                    partial.add(ref)
                told |= {(ref, votes.voter("slack", user), normalised(emoji_of(name))) for user in users[:most]}
        return told, partial


def stored(there: Scene) -> list[Vote]:
    """Return the stored votes that count, including duplicates."""
    return votes.stored(there.database, [there.key(one) for one in there.channels])


def missed(
    reactions: int = 1_000, removals: int = 150, channels: int = 8, people: int = 60, pace: float = 1.0
) -> Heard:
    """Reactions within an hour in which the bot is away, in channels of five messages; some voters are left out of
    what Slack tells afterwards."""
    found = Heard()
    with scene(people, channels, pace) as there:
        slack, crowd = there.slack, Crowd(there, seed=1)
        asyncio.run(there.fill(CARDS))
        with there.bot():
            found.messages = _posted(there)
            crowd.react(reactions // 4)
            _settled(there)
        before = stored(there)
        if {*before} != crowd.votes()[0]:
            found.wrong.append("what was cast before the bot went was not stored")
        crowd.react(reactions)
        crowd.take_back(removals)
        # After an hour, Slack has given up redelivering everything.
        slack.tell("pass_time", seconds=HOUR)
        slack.tell("set", voters_shown=SHOWN)
        told, partial = crowd.votes(SHOWN)
        expected = told | {vote for vote in before if vote[0] in partial}
        with there.bot(at=datetime.now(UTC) + timedelta(seconds=HOUR)):
            _until(lambda: slack.log()["calls"].get("reactions.get", 0) >= found.messages)
            _until(lambda: {*stored(there)} == expected, complain=False)
        found.reactions, found.removals, found.partial = crowd.reactions, crowd.removals, len(partial)
        found.compare(stored(there), expected)
        found.wrong += slack.log()["findings"]
    return found


def drops(times: int = 60, every: float = 1.0, channels: int = 4, people: int = 30, pace: float = 1.0) -> Heard:
    """Cut the socket `times` times while people react, ten times between two cuts."""
    found = Heard()
    with scene(people, channels, pace) as there:
        slack, crowd = there.slack, Crowd(there, seed=2)
        asyncio.run(there.fill(CARDS))
        with there.bot():
            _posted(there)
            for _ in range(times):
                crowd.react(4)
                _until(lambda: slack.log()["connections"])  # without a connection, a cut would test nothing
                slack.tell("socket", act="drop")
                for _ in range(4):
                    crowd.react(1)
                    time.sleep(every / 4)
                crowd.take_back(2)
            for seconds in (0, 61, 301):  # when Slack redelivers unacknowledged events
                slack.tell("pass_time", seconds=seconds)
                _until(lambda: slack.log()["connections"])
            _settled(there)
            log = slack.log()
            found.redelivered = log["attempts"] - sum(log["deliveries"].values())
            if log["opened"] <= times:
                found.wrong.append(f"only {log['opened']} connections for {times} drops")
            found.wrong += [f"lost: {event}" for event in log["lost"]] + log["findings"]
        found.drops, found.reactions, found.removals = times, crowd.reactions, crowd.removals
        found.compare(stored(there), crowd.votes()[0])
    return found


def _posted(there: Scene) -> int:
    """Wait until all messages are posted and recorded. Return their number."""
    _until(lambda: not asyncio.run(_open(there)))
    return len([one for channel in there.channels for one in there.slack.messages(channel)])


async def _open(there: Scene) -> bool:
    async with Store.open(there.database) as store:
        return await store.deliveries.any_open(["slack"])


def _settled(there: Scene) -> None:
    """Wait until the bot has taken every event that was not lost."""

    def all_taken() -> bool:
        log = there.slack.log()
        return bool(sum(log["taken"].values()) + len(log["lost"]) == sum(log["deliveries"].values()))

    _until(all_taken)


def _until(holds: Callable[[], object], *, complain: bool = True) -> None:
    try:
        until(holds, PATIENCE, every=0.2)
    except TimeoutError:
        if complain:
            raise
