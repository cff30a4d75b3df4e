"""Votes from reactions: a person's emoji on a message is an opinion about the paper there.

The latest event for each (message, person, emoji) counts, by the platform's time of the event; at the same time, the
removal. Removals are kept, so events may arrive late, twice and in any order. No platform user id is stored, only its
HMAC. `bot.taste.emoji` has the value of each emoji.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.common.caches import Cache
from bot.errors import PlatformError, TransientError
from bot.models import ChannelKey, ChannelState, MessageRef, PaperId, Reaction, Tally
from bot.ports import Reactions
from bot.ranking.opinions import STRONGEST as STRONGEST_SUM
from bot.ranking.opinions import Opinion, Rating, opinions
from bot.store.store import Store
from bot.store.votes import StoredVote
from bot.taste.emoji import normalised, rank_of, value_of

KEPT = timedelta(days=730)
VOTES_LATELY = timedelta(days=30)  # the period of the votes in a status
READ_BACK = timedelta(days=7)  # votes on older messages are no longer read back
# A pick counts as a thumb up.
PICK_VALUE = 1.0
_BATCH_SECONDS = 0.01
_REMEMBERED = 2000  # messages; their papers never change
_PATIENCE_SECONDS = 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subject:
    """What reactions on a message are about: the paper of a card, or the papers of a headline by rank."""

    channel: ChannelKey
    paper: PaperId | None = None
    ranked: tuple[PaperId, ...] = ()

    def paper_of(self, emoji: str) -> PaperId | None:
        """Return the paper that the emoji refers to, or None."""
        rank = rank_of(emoji)
        if rank is None:
            return self.paper
        return self.ranked[rank - 1] if rank <= len(self.ranked) else None


@dataclass(frozen=True, slots=True)
class PaperVotes:
    """A channel's votes on a paper: the sum of everybody's values, and the number of people.

    `against` is how many of them do not like it: their own values come to nothing or less.
    """

    value: float
    voters: int
    against: int = field(default=0, compare=False)

    @property
    def likers(self) -> int:
        """The number of people who like the paper."""
        return self.voters - self.against


async def _at_once() -> None:
    """Let every caller proceed immediately."""


class Votes:
    """The use case of reactions. `secret` is the HMAC key for voters; `clock` returns the current instant in UTC.

    `turn` is awaited before a message's votes are read back, so that messages due to be sent go first.
    """

    def __init__(
        self,
        store: Store,
        secret: bytes,
        clock: Callable[[], datetime],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        turn: Callable[[], Awaitable[None]] = _at_once,
    ) -> None:
        self._store = store
        self._secret = secret
        self._turn = turn
        self._clock = clock
        self._sleep = sleep
        self._subjects: Cache[MessageRef, Subject] = Cache(_REMEMBERED)
        self._waiting: list[tuple[Sequence[Reaction], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self.ignored = 0  # reactions that do not refer to a paper of ours

    def voter(self, platform: str, user: str) -> str:
        """Return the pseudonym under which a person's votes are stored."""
        return hmac.new(self._secret, f"{platform}:{user}".encode(errors="replace"), hashlib.sha256).hexdigest()

    async def record(self, reactions: Sequence[Reaction]) -> None:
        """Store the reactions, and return once they are stored. On StoreError none of them is stored.

        Reactions of many callers are written together. One on a message that is not ours, or that does not refer to a
        paper, is counted in `ignored`. Raises ValueError for an instant without a time zone.
        """
        if any(reaction.at.utcoffset() is None for reaction in reactions):
            raise ValueError("a reaction's instant has no time zone")
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((reactions, stored))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await stored

    async def clear(self, message: MessageRef, at: datetime, emoji: str = "") -> None:
        """Record that every emoji, or every one of that emoji, was removed from a message. Raises StoreError.

        Votes cast after `at` stay.
        """
        await self.record([])  # reactions received earlier are stored first
        name = normalised(emoji)
        standing = [v for v in await self._store.votes.on_message(message) if v.present and v.at <= at]
        removals = [replace(vote, present=False, at=at) for vote in standing if not name or vote.emoji == name]
        await self._store.votes.put(removals)

    async def _write(self) -> None:
        while self._waiting:
            await self._sleep(_BATCH_SECONDS)
            batch, self._waiting = self._waiting, []
            error: Exception | None = None
            try:
                await self._store_all([reaction for reactions, _ in batch for reaction in reactions])
            except Exception as failed:  # noqa: BLE001 (raised to each caller)
                error = failed
            for _, stored in batch:
                if stored.done():
                    continue
                if error:
                    stored.set_exception(error)
                else:
                    stored.set_result(None)

    async def _store_all(self, reactions: Sequence[Reaction]) -> None:
        subjects = await self._subjects_of({reaction.message for reaction in reactions})
        votes = [vote for one in reactions if (vote := self._vote(one, subjects.get(one.message)))]
        await self._store.votes.put(votes)
        self.ignored += len(reactions) - len(votes)

    def _vote(self, reaction: Reaction, subject: Subject | None) -> StoredVote | None:
        emoji = normalised(reaction.emoji)
        paper = subject.paper_of(emoji) if subject and emoji and reaction.voter else None
        if subject is None or paper is None:
            return None
        voter = self.voter(reaction.message.platform, reaction.voter)
        return StoredVote(reaction.message, voter, emoji, subject.channel, paper, reaction.present, reaction.at)

    async def _subjects_of(self, messages: Collection[MessageRef]) -> dict[MessageRef, Subject]:
        """Return the subject of each message that we posted; others are left out."""
        subjects = {message: cached for message in messages if (cached := self._subjects.get(message))}
        unknown = [message for message in messages if message not in subjects]
        for message, delivery in (await self._store.deliveries.by_messages(unknown)).items():
            if delivery.paper:
                subject = Subject(delivery.channel, delivery.paper)
            elif delivery.part == "headline":
                digest = await self._store.digests.get(delivery.channel, delivery.day)
                subject = Subject(delivery.channel, None, tuple(e.paper.id for e in digest.entries) if digest else ())
            else:
                continue
            subjects[message] = subject
            self._subjects.put(message, subject)
        return subjects

    async def reconcile(self, reactions: Mapping[str, Reactions], *, unless_within: timedelta = timedelta()) -> int:
        """Read back the reactions on recent messages, by platform. Returns how many messages were read.

        Does nothing if another process did so within `unless_within`. A complete answer adds and removes votes, an
        incomplete one only adds; a message that is gone or unreadable changes nothing. Raises StoreError.
        """
        now = self._clock()
        if not await self._store.passes.begin("votes", now, unless_within):
            return 0
        read = 0
        for channel in await self._store.channels.listed((ChannelState.ACTIVE,)):
            platform = reactions.get(channel.key.platform)
            if platform is None:
                continue
            for delivery in await self._store.deliveries.sent_messages(channel.key, now - READ_BACK):
                if delivery.message and (delivery.paper or delivery.part == "headline"):
                    read += await self._read_back(platform, delivery.message)
        return read

    async def _read_back(self, platform: Reactions, message: MessageRef) -> bool:
        await self._turn()
        at = self._clock()  # anything that happens while the platform answers is newer
        try:
            tally = await self._read(platform, message)
        except (PlatformError, TimeoutError) as error:
            logger.info("the reactions on %s cannot be read: %s", message, error)
            return False
        reactions = {
            (self.voter(message.platform, user), normalised(emoji)): Reaction(message, user, emoji, present=True, at=at)
            for emoji, users in tally.reactions
            for user in users
        }
        standing = {(v.voter, v.emoji): v for v in await self._store.votes.on_message(message) if v.present}
        forgotten = await self._store.votes.forgotten({voter for voter, _ in reactions})
        added = [new for key, new in reactions.items() if key not in standing and key[0] not in forgotten]
        if added:
            await self._store_all(added)
        if tally.complete:
            gone = [replace(vote, present=False, at=at) for key, vote in standing.items() if key not in reactions]
            await self._store.votes.put(gone)
        return True

    async def _read(self, platform: Reactions, message: MessageRef) -> Tally:
        """Read the reactions, once more if the platform asks for a pause. Raises PlatformError and TimeoutError."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await platform.read(message)
        except TransientError as error:
            await self._sleep(min(max(error.seconds, 0.0), _PATIENCE_SECONDS))
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await platform.read(message)

    async def of_channel(self, channel: ChannelKey, since: datetime) -> dict[PaperId, PaperVotes]:
        """Return the channel's votes after `since`, by paper."""
        values: defaultdict[PaperId, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        for rating in await ratings_of(self._store, channel, since):
            values[rating.paper][rating.voter] += rating.value
        return {paper: _summed(voters) for paper, voters in values.items()}

    async def forget_me(self, platform: str, user: str) -> int:
        """Delete all of a person's votes, and do not read back what the platform still shows. What they asked for no
        longer names them. Returns how many votes there were.
        """
        voter = self.voter(platform, user)
        await self._store.spend.forget_asker(voter)
        await self._store.turns.forget_asker(voter)
        return await self._store.votes.forget_voter(voter, self._clock())

    async def forget_old(self) -> int:
        """Delete votes past their retention and return how many. Raises StoreError."""
        return await self._store.votes.forget(self._clock() - KEPT)


async def ratings_of(store: Store, channel: ChannelKey, since: datetime) -> list[Rating]:
    """Return the channel's standing votes cast after `since` with their values, leaving out those worth nothing.

    Raises StoreError.
    """
    stored = await store.channels.get(channel)
    own = {normalised(emoji): value for emoji, value in stored.settings.emoji} if stored else {}
    ratings = (
        Rating(vote.paper, vote.voter, PICK_VALUE if rank_of(vote.emoji) else value_of(vote.emoji, own), vote.at)
        for vote in await store.votes.present(channel, since)
    )
    return [rating for rating in ratings if rating.value]


async def opinions_of(store: Store, channel: ChannelKey, since: datetime) -> tuple[Opinion, ...]:
    """Return the opinions of the channel as a whole, from votes after `since` (`bot.ranking.opinions`)."""
    return opinions(await ratings_of(store, channel, since))


def _summed(voters: Mapping[str, float]) -> PaperVotes:
    value = sum(max(-STRONGEST_SUM, min(STRONGEST_SUM, value)) for value in voters.values())
    return PaperVotes(value, len(voters), sum(value <= 0 for value in voters.values()))
