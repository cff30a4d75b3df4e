"""Measure Discord votes that the bot could not hear: cast while it was down, or while its connection kept breaking.

The bot is the real `kawaraban run`. The reactions in the tests' Discord at the end are compared with the stored votes.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench import votes
from bench.discord_scene import Json, Scene, number, scene
from bench.votes import CARDS, HOUR, Vote
from bot.models import MessageRef
from bot.taste.emoji import normalised
from tests.support.bot_process import until

EMOJI = ("👍", "👎", "🔥", "❤️", "👀", "🎉")  # that people use on papers
NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣")
PATIENCE = 240.0  # seconds for the bot to catch up


@dataclass(frozen=True, slots=True, order=True)
class Put:
    """A reaction: one emoji of one person on one message."""

    channel: int  # or thread
    message: int
    emoji: str
    user: int
    burst: bool

    @property
    def vote(self) -> Vote:
        ref = MessageRef("discord", f"{self.channel}/{self.message}")
        return str(ref), votes.voter("discord", self.user), normalised(self.emoji)


@dataclass
class Heard(votes.Heard):
    """The votes that the bot has heard of, and the kinds of connections it made."""

    bursts: int = 0
    invalidated: int = 0
    resumed: int = 0
    identified: int = 0

    def away_line(self) -> str:
        return (
            f"reactions={self.reactions} (bursts {self.bursts}) removals={self.removals} messages={self.messages} "
            f"partial={self.partial} votes={self.stored} missing={self.missing} invented={self.invented}"
        )

    def drops_line(self) -> str:
        return (
            f"drops={self.drops} invalidated={self.invalidated} resumed={self.resumed} identified={self.identified} "
            f"reactions={self.reactions} (bursts {self.bursts}) removals={self.removals} votes={self.stored} "
            f"missing={self.missing} invented={self.invented}"
        )


class Crowd:
    """Simulated people who react at random, and the record of what they did."""

    def __init__(self, there: Scene, seed: int) -> None:
        self._there = there
        self._draw = Random(seed)
        self.messages: list[Json] = [one for channel in there.channels for one in there.messages(channel)]
        self.standing: set[Put] = set()
        self.reactions = self.bursts = self.removals = 0

    def react(self, times: int) -> None:
        """Add reactions, most of them on a few messages, every fifth a burst."""
        wanted = self.reactions + times
        channels = {number(one) for one in self._there.channels}
        while self.reactions < wanted:
            message = self.messages[int(len(self.messages) * self._draw.random() ** 2)]
            channel = int(message["channel_id"])
            offered = NUMBERS if channel in channels else EMOJI
            emoji = offered[int(len(offered) * self._draw.random() ** 2)]
            user, burst = self._draw.choice(self._there.people), self._draw.random() < 0.2
            # Discord allows a person both kinds; the bot counts one.
            if any(Put(channel, int(message["id"]), emoji, user, kind) in self.standing for kind in (False, True)):
                continue
            put = Put(channel, int(message["id"]), emoji, user, burst)
            self._there.discord.call("people.react", message=put.message, emoji=emoji, user=user, burst=burst)
            self.standing.add(put)
            self.reactions += 1
            self.bursts += burst

    def take_back(self, times: int) -> None:
        """Remove that many of the present reactions."""
        for put in self._draw.sample(sorted(self.standing), times):
            given = {"message": put.message, "emoji": put.emoji, "user": put.user, "burst": put.burst}
            self._there.discord.call("people.unreact", **given)
            self.standing.discard(put)
            self.removals += 1

    def vanish(self, people: int) -> set[int]:
        """Delete that many accounts: Discord still counts their reactions, but no longer names them."""
        gone = set(self._draw.sample(list(self._there.people), people))
        for user in gone:
            self._there.discord.call("vanish", user=user)
        return gone

    @property
    def votes(self) -> set[Vote]:
        return {put.vote for put in self.standing}


def stored(there: Scene) -> list[Vote]:
    """Return the stored votes that count, including duplicates."""
    return votes.stored(there.database, there.channels)


def missed(reactions: int = 1_000, removals: int = 150, channels: int = 8, people: int = 60) -> Heard:
    """React while the bot is down, in channels of five messages; some of the voters then delete their accounts."""
    found = Heard()
    with scene(people, channels) as there:
        asyncio.run(there.fill(CARDS))
        with there.bot():
            there.connected()
            _posted(there)
            crowd = Crowd(there, seed=1)
            found.messages = len(crowd.messages)
            crowd.react(reactions // 4)
            _heard(there, crowd.votes)
        before = {*stored(there)}
        if before != crowd.votes:
            found.wrong.append("what was cast before the bot went was not stored")
        crowd.react(reactions)
        crowd.take_back(removals)
        gone = crowd.vanish(max(people // 20, 1))
        told = {put.vote for put in crowd.standing if put.user not in gone}
        partial = {put.vote[0] for put in crowd.standing if put.user in gone}
        expected = told | {vote for vote in before if vote[0] in partial}
        with there.bot(at=datetime.now(UTC) + timedelta(seconds=HOUR)):
            _heard(there, expected)
        found.reactions, found.bursts = crowd.reactions, crowd.bursts
        found.removals, found.partial = crowd.removals, len(partial)
        found.compare(stored(there), expected)
        found.wrong += there.discord.log()["findings"]
    return found


def drops(times: int = 60, every: float = 1.0, invalid: int = 10, channels: int = 4, people: int = 30) -> Heard:
    """Cut the socket `times` times while people react; every `invalid`-th cut also ends the session."""
    found = Heard()
    with scene(people, channels) as there:
        asyncio.run(there.fill(CARDS))
        with there.bot():
            there.connected()
            _posted(there)
            crowd = Crowd(there, seed=2)
            for one in range(1, times + 1):
                crowd.react(4)
                there.connected()  # without a connection, a cut would test nothing
                if one % invalid == 0:
                    there.discord.call("gateway.invalidate")
                    found.invalidated += 1
                else:
                    there.discord.call("gateway.drop")
                    found.drops += 1
                for _ in range(4):
                    crowd.react(1)
                    time.sleep(every / 4)
                crowd.take_back(2)
            _heard(there, crowd.votes)
        counts = there.discord.counts()
        found.resumed, found.identified = counts["resumed"], counts["identified"]
        found.reactions, found.bursts, found.removals = crowd.reactions, crowd.bursts, crowd.removals
        found.messages = len(crowd.messages)
        found.compare(stored(there), crowd.votes)
        found.wrong += there.discord.log()["findings"]
    return found


def _posted(there: Scene) -> None:
    """Wait until everything is posted and recorded."""
    until(lambda: not asyncio.run(there.open_deliveries()), PATIENCE, every=0.2)


def _heard(there: Scene, expected: set[Vote]) -> None:
    """Wait until the expected votes are stored, or time is up; the caller counts those missing."""
    try:
        until(lambda: {*stored(there)} == expected, PATIENCE, every=0.5)
    except TimeoutError:
        return
