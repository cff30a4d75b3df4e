"""Answer the `/digest` commands that everybody may use: settings, preview, a paper's standing, the archive, help.

They change nothing that a channel gets, except that `forget-me` deletes a person's own digest. `bot.chat.overview` has
the sentences.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol, assert_never
from zoneinfo import ZoneInfo

from bot.chat import commands, overview
from bot.chat.archive import Archive
from bot.chat.registry import COMMANDS
from bot.chat.specs import CommandSpec, Group, Registry, settings_of
from bot.chat.why import standing
from bot.digests.digest import Explanation, Order
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Digest,
    Headline,
    NewDelivery,
    NextStep,
    Paper,
    PaperId,
    PaperRef,
    Part,
    Reply,
    Sentence,
    heading,
    say,
)
from bot.papers.lookup import Lookup
from bot.ports import ANYWHERE, Platforms
from bot.store.spend import Spent
from bot.store.store import Store
from bot.taste.votes import VOTES_LATELY, PaperVotes, ratings_of


class DigestMaker(Protocol):
    """The part of `bot.digests.digest.Digests` used here."""

    async def make(self, order: Order) -> Digest: ...

    async def explain(self, channel: Channel, paper: Paper, at: datetime) -> Explanation: ...


class Voting(Protocol):
    """The part of `bot.taste.votes.Votes` used here."""

    async def of_channel(self, channel: ChannelKey, since: datetime) -> Mapping[PaperId, PaperVotes]: ...

    async def forget_me(self, platform: str, user: str) -> int: ...


class Answers:
    """The use case behind the read-only commands. `parts` splits a digest into messages."""

    def __init__(  # noqa: PLR0913 (a port each)
        self,
        store: Store,
        digests: DigestMaker,
        parts: Callable[[Digest, ChannelSettings], Sequence[NewDelivery]],
        votes: Voting,
        lookup: Lookup,
        clock: Callable[[], datetime],
        registry: Registry = COMMANDS,
        *,
        platforms: Platforms = ANYWHERE,
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._digests = digests
        self._parts = parts
        self._votes = votes
        self._lookup = lookup
        self._clock = clock
        self._registry = registry
        self._platforms = platforms
        self._archive = Archive(store, votes.of_channel, clock)

    async def answer(
        self, asker: Asker, channel: Channel, command: commands.Reading, *, known: bool
    ) -> AsyncIterator[Reply]:
        """Answer the command. `known` is False for a channel that was never subscribed.

        Raises InputError or SourceError if a paper cannot be found, and any error of making a digest or of the store.
        """
        settings = channel.settings
        match command:
            case commands.Help():
                yield Reply.in_channel(settings, *self._help())
            case commands.Begin():
                yield self._beginning(channel, known=known)
            case commands.Show(name):
                yield Reply.in_channel(settings, *await self._shown(channel, name, known=known))
            case commands.ForgetMe():
                yield Reply.in_channel(settings, *await self._forgotten(asker.user, channel.key))
            case commands.Preview():
                yield replace(Reply.in_channel(settings, say("channels.preview.working")), working=True)
                yield await self._preview(channel)
            case commands.Why(ref):
                yield replace(Reply.in_channel(settings, say("channels.why.working")), working=True)
                yield Reply.in_channel(settings, *await self._explained(channel, ref))
            case commands.Top() | commands.Search() | commands.Export():
                yield await self._archive.answer(channel.key, settings, command)
            case _:
                assert_never(command)

    async def _forgotten(self, user: str, key: ChannelKey) -> list[Sentence]:
        """Delete all that is stored of a person, and tell what it was."""
        votes = await self._votes.forget_me(key.platform, user)
        place = self._platforms.direct(key, user)
        named, personal = await self._store.channels.forget_person(key.platform, user, self._platforms.personal, place)
        sentences = [say("channels.forgotten", n=votes)]
        if named:
            sentences.append(say("channels.forgotten.named", n=named))
        if personal:
            sentences.append(say("channels.forgotten.personal"))
        return sentences

    def _beginning(self, channel: Channel, *, known: bool) -> Reply:
        """Return the channel's state with the steps from there: to subscribe, or to change the settings; and help."""
        active = channel.state is ChannelState.ACTIVE and known
        state = overview.state(channel) if known else say("channels.begin")
        first = NextStep.SETTINGS if active else NextStep.SUBSCRIBE
        steps = tuple(dict.fromkeys((first, NextStep.SETTINGS, NextStep.HELP)))
        return replace(Reply.in_channel(channel.settings, state, say("channels.begin.help")), steps=steps)

    def _help(self) -> list[Sentence]:
        """Return one line for each command: what everybody may use, then what changes the channel, in its groups."""
        single = self._registry.members(None)
        lines = [heading("channels.help.everyone"), *(say(spec.help) for spec in single if spec.only_reads)]
        lines += [heading("channels.help.changing"), *(say(spec.help) for spec in single if not spec.only_reads)]
        for group in self._registry.groups:
            lines += [heading(group.help), *(say(spec.help) for spec in self._registry.members(group))]
        return lines

    async def _shown(self, channel: Channel, name: str, *, known: bool) -> list[Sentence]:
        """Return one setting, the settings of a group, or everything about the channel."""
        entry = self._registry.named(name)
        if isinstance(entry, Group):
            specs = self._registry.members(entry)
        else:
            specs = (entry,) if isinstance(entry, CommandSpec) and entry.setting else ()
        if specs:
            settings = overview.settings(channel.settings, settings_of(specs))
            return [*settings, *(say(spec.help) for spec in specs)]
        everything = overview.settings(channel.settings, self._registry.settings)
        if not known:
            return [say("channels.not_subscribed"), *everything]
        runs = await self._store.runs.latest(1, channel=channel.key)
        votes = await ratings_of(self._store, channel.key, self._clock() - VOTES_LATELY)
        people, papers = {vote.voter for vote in votes}, {vote.paper for vote in votes}
        counted = say("channels.votes", n=len(votes), people=len(people), papers=len(papers))
        told = [overview.state(channel), *await self._trouble(channel)]
        for run in runs:
            refused = await self._store.deliveries.missing(channel.key, run.day)
            told += [overview.last_run(run), *overview.missing(run.day, refused)]
        told.append(counted)
        told += [overview.spent(one.purpose, one.usd) for one in await self._spent_today(channel)]
        return [*told, *everything]

    async def _spent_today(self, channel: Channel) -> tuple[Spent, ...]:
        """Return what the channel has cost since its midnight, by purpose."""
        now = self._clock().astimezone(ZoneInfo(channel.settings.timezone))
        return await self._store.spend.of_channel(
            str(channel.key), now.replace(hour=0, minute=0, second=0, microsecond=0)
        )

    async def _trouble(self, channel: Channel) -> list[Sentence]:
        """Return what keeps everything from the channel although it is subscribed."""
        if channel.state is not ChannelState.ACTIVE:
            return []
        refusals = await self._store.deliveries.refusals()
        code = refusals.get(self._platforms.bucket(channel.key))
        return [overview.held(code)] if code else []

    async def _explained(self, channel: Channel, ref: PaperRef) -> tuple[Sentence, ...]:
        """Return the paper's standing. Raises InputError or SourceError if it cannot be found."""
        paper, now = await self._lookup.get(await self._lookup.named(ref)), self._clock()
        return standing(await self._digests.explain(channel, paper, now), channel, now)

    async def _preview(self, channel: Channel) -> Reply:
        """Return the digest that would be sent now, without storing it."""
        now = self._clock()
        today = now.astimezone(ZoneInfo(channel.settings.timezone)).date()
        digest = await self._digests.make(Order(channel, today, now, preview=True))
        # The asker should see why a day has no papers, even if the channel itself stays quiet.
        parts = self._parts(digest, replace(channel.settings, quiet=False))
        reply = Reply.in_channel(channel.settings, say("channels.preview.ready"))
        return replace(reply, parts=tuple(_previewed(item.content) for item in parts))


def _previewed(part: Part) -> Part:
    """Return the part without what it says of threads and votes, which a preview does not have."""
    return replace(part, preview=True) if isinstance(part, Headline) else part
