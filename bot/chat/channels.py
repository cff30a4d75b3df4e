"""`/digest`: what a channel gets, asked for and changed from the chat.

Reading is for everyone. Changing is for whom the platform lets manage the channel, whoever subscribed it, and those
whom they named; a refusal says so. `bot.chat.changes` has what a command makes of the settings, `bot.chat.overview`
the answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.chat import commands, overview
from bot.chat.archive import Archive
from bot.chat.changes import changed
from bot.chat.parser import COMMANDS
from bot.chat.permissions import may_change, refusal
from bot.chat.why import standing
from bot.delivery.outbox import Outbox
from bot.digests.digest import Explanation, Order
from bot.digests.schedule import late_after, next_due
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    Digest,
    Greeting,
    NewDelivery,
    Notice,
    Paper,
    PaperRef,
    PlannedRun,
    Reply,
    RunState,
    Sentence,
    Term,
    say,
)
from bot.papers.lookup import Lookup
from bot.store.store import Store
from bot.taste.votes import VOTES_LATELY

_NAMES = {
    commands.SetTime: "time",
    commands.SetDays: "days",
    commands.SetLanguage: "language",
    commands.SetSize: "size",
    commands.SetLayout: "layout",
    commands.SetTopics: "topics",
    commands.ChangeKeywords: "keywords",
    commands.ChangeAuthors: "authors",
    commands.SetQuiet: "quiet",
    commands.SetEmoji: "emoji",
    commands.ChangeManagers: "managers",
    commands.SetLikes: "like",
}
_NOW = {
    RunState.DONE: "channels.now.sent",
    RunState.CLAIMED: "channels.now.under_way",
}


class DigestMaker(Protocol):
    """`bot.digests.digest.Digests`."""

    async def make(self, order: Order) -> Digest: ...

    async def explain(self, channel: Channel, paper: Paper, at: datetime) -> Explanation: ...


class Channels:
    """The use case behind `/digest`.

    `digests` makes and explains, `parts` says which messages a digest has, `forget` is `Votes.forget_me`, `defaults`
    are what a new channel gets. `outbox` takes what the bot says by itself, `lookup` finds papers that somebody names,
    `archive` answers what is asked of the past; `wake` is called when a digest was asked for at once.
    """

    def __init__(  # noqa: PLR0913 (ports, some by keyword)
        self,
        store: Store,
        digests: DigestMaker,
        parts: Callable[[Digest, ChannelSettings], Sequence[NewDelivery]],
        forget: Callable[[str, str], Awaitable[int]],
        outbox: Outbox,
        lookup: Lookup,
        archive: Archive,
        *,
        defaults: ChannelSettings,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._digests = digests
        self._parts = parts
        self._forget = forget
        self._outbox = outbox
        self._lookup = lookup
        self._archive = archive
        self._defaults = defaults
        self._clock = clock
        self._wake = wake

    async def handle(self, asker: Asker, key: ChannelKey, command: commands.Command) -> AsyncIterator[Reply]:
        """Do what was asked, and tell the asker alone; each reply takes the place of the one before.

        A reply that takes time is announced by one that says so. Raises InputError for what cannot be done as it was
        typed, SourceError where a paper that is named cannot be looked for, and whatever making a digest and the store
        raise.
        """
        channel = await self._store.channels.get(key)
        settings = channel.settings if channel else self._defaults
        if isinstance(command, commands.READING):
            answers = self._read(asker, channel or Channel(key, settings), command, known=bool(channel))
        elif may_change(asker, channel):
            answers = self._change(asker, key, channel, command)
        else:
            yield _reply(settings, refusal(key, channel))
            return
        async for reply in answers:
            yield reply

    async def _read(
        self, asker: Asker, channel: Channel, command: commands.Reading, *, known: bool
    ) -> AsyncIterator[Reply]:
        """What everybody may ask; `known` where somebody ever subscribed the channel."""
        settings = channel.settings
        match command:
            case commands.Help():
                yield _reply(settings, *(say(f"channels.help.{name}") for name in COMMANDS))
            case commands.Show(name):
                yield _reply(settings, *await self._shown(channel if known else None, settings, name))
            case commands.ForgetMe():
                forgotten = await self._forget(channel.key.platform, asker.user)
                yield _reply(settings, say("channels.forgotten", n=forgotten))
            case commands.Preview():
                yield replace(_reply(settings, say("channels.preview.working")), working=True)
                yield await self._preview(channel)
            case commands.Why(ref):
                yield replace(_reply(settings, say("channels.why.working")), working=True)
                yield _reply(settings, *await self._explained(channel, ref))
            case commands.Top() | commands.Search() | commands.Export():
                yield await self._archive.answer(channel.key, settings, command)

    async def _change(
        self, asker: Asker, key: ChannelKey, channel: Channel | None, command: commands.Command
    ) -> AsyncIterator[Reply]:
        """What only some may do, done."""
        if _looks_up(command):
            settings = channel.settings if channel else self._defaults
            yield replace(_reply(settings, say("channels.like.working")), working=True)
            command = await _looked_up(self._lookup, command)
        match command:
            case commands.Subscribe(language):
                change = commands.SetLanguage(language) if language is not None else None
                yield await self._subscribe(asker, key, change)
            case commands.Configure(subscribe=True):
                yield await self._subscribe(asker, key, command)
            case _ if channel is None:
                yield _reply(self._defaults, say("channels.not_subscribed"))
            case commands.Unsubscribe():
                yield await self._unsubscribe(channel)
            case commands.Now():
                yield await self._now(channel)
            case _:
                yield await self._set(channel, command)

    # --- what adapters tell and ask -----------------------------------------------------------

    async def get(self, key: ChannelKey) -> Channel | None:
        """The channel, if anybody ever subscribed it. Raises StoreError."""
        return await self._store.channels.get(key)

    async def overview(self, platform: str, workspace: str) -> tuple[Channel, ...]:
        """The channels of one workspace that anybody ever subscribed, in whatever state. Raises StoreError."""
        return await self._store.channels.of_workspace(platform, workspace)

    async def invited(self, key: ChannelKey, language: str) -> None:
        """The bot was invited into the channel: it greets, once, unless digests come there already."""
        channel = await self._store.channels.get(key)
        if channel is None or channel.state is not ChannelState.ACTIVE:
            await self._outbox.send_first(key, NewDelivery("greeting", Greeting(language)))

    async def removed(self, key: ChannelKey, code: str) -> None:
        """The channel is closed to the bot, for the reason of that code: nothing more is sent there.

        Whoever subscribed it is told, once. A channel that gets nothing anyway stays as it is.
        """
        if not await self._store.channels.stop(key, code):
            return
        channel = await self._store.channels.get(key)
        if channel:
            why = Term(f"problem.{code}", code)
            notice = Notice("channels.told.stopped", channel.settings.language, (("problem", why),), about=key)
            await self._outbox.tell(key, channel.subscribed_by, NewDelivery(f"stopped:{key}", notice))

    async def forget_workspace(self, platform: str, workspace: str, at: datetime | None = None) -> None:
        """The app was uninstalled: everything of the workspace is deleted, its tokens included. Raises StoreError.

        `at` is when, where the platform says it: whoever installed the app again after that keeps everything.
        """
        await self._store.forget_workspace(platform, workspace, at)

    # --- the commands -------------------------------------------------------------------------

    async def _shown(self, channel: Channel | None, settings: ChannelSettings, name: str) -> tuple[Sentence, ...]:
        if name in overview.SETTINGS:
            return *overview.SETTINGS[name](settings), say(f"channels.help.{name}")
        if channel is None:
            return say("channels.not_subscribed"), *overview.settings(settings)
        runs = await self._store.runs.latest(1, channel=channel.key)
        votes = await self._store.votes.counted(self._clock() - VOTES_LATELY, channel.key)
        told = say("channels.votes", n=votes.votes, people=votes.voters, papers=votes.papers)
        return overview.state(channel), *map(overview.last_run, runs), told, *overview.settings(settings)

    async def _explained(self, channel: Channel, ref: PaperRef) -> tuple[Sentence, ...]:
        """Raises InputError and SourceError where the paper cannot be found."""
        paper, now = await self._lookup.get(await self._lookup.named(ref)), self._clock()
        return standing(await self._digests.explain(channel, paper, now), channel, now)

    async def _preview(self, channel: Channel) -> Reply:
        """The digest that would be sent now; it is stored nowhere."""
        now = self._clock()
        digest = await self._digests.make(Order(channel, _local_date(now, channel.settings), now, preview=True))
        # Whoever asks is to see why a day has no papers, also where the channel itself is to stay silent.
        parts = self._parts(digest, replace(channel.settings, quiet=False))
        reply = _reply(channel.settings, say("channels.preview.ready"))
        return replace(reply, parts=tuple(item.content for item in parts))

    async def _subscribe(self, asker: Asker, key: ChannelKey, change: commands.Command | None) -> Reply:
        now = self._clock()
        before: list[ChannelState] = []

        def edit(known: Channel | None) -> Channel:
            before[:] = [known.state] if known else []
            channel = known or Channel(key, self._defaults, ChannelState.OFF, subscribed_by=asker.user)
            settings = changed(channel.settings, change) if change else channel.settings
            goes_on = channel.state is ChannelState.ACTIVE and settings == channel.settings
            due = channel.next_run_at if goes_on else next_due(now, settings)
            return replace(channel, settings=settings, state=ChannelState.ACTIVE, next_run_at=due, problem="")

        channel = await self._store.channels.change(key, edit) or Channel(key, self._defaults)
        said = "channels.subscribed.already" if before == [ChannelState.ACTIVE] else "channels.subscribed"
        return _reply(channel.settings, say(said), overview.state(channel))

    async def _unsubscribe(self, channel: Channel) -> Reply:
        def edit(known: Channel | None) -> Channel | None:
            return replace(known, state=ChannelState.OFF, next_run_at=None, problem="") if known else None

        await self._store.channels.change(channel.key, edit)
        return _reply(channel.settings, say("channels.unsubscribed"))

    async def _now(self, channel: Channel) -> Reply:
        if channel.state is not ChannelState.ACTIVE:
            return _reply(channel.settings, overview.state(channel))
        now = self._clock()
        day = _local_date(now, channel.settings)
        earlier = await self._store.runs.request(channel.key, PlannedRun(day, now, late_after(day, channel.settings)))
        self._wake()
        said = _NOW.get(earlier, "channels.now.begun") if earlier else "channels.now.begun"
        return _reply(channel.settings, say(said, day=day))

    async def _set(self, channel: Channel, command: commands.Command) -> Reply:
        now = self._clock()

        def edit(known: Channel | None) -> Channel | None:
            """What is stored by now, which may be more than what was read above."""
            if known is None:
                return None
            settings = changed(known.settings, command)
            due = next_due(now, settings) if known.state is ChannelState.ACTIVE else None
            return replace(known, settings=settings, next_run_at=due)

        edited = await self._store.channels.change(channel.key, edit) or channel
        if isinstance(command, commands.Configure):
            return _reply(edited.settings, *overview.settings(edited.settings), overview.state(edited))
        name = _NAMES[type(command)]
        told = list(overview.SETTINGS[name](edited.settings))
        if name in ("time", "days") or edited.state is not ChannelState.ACTIVE:
            told.append(overview.state(edited))
        return _reply(edited.settings, *told)


def _local_date(now: datetime, settings: ChannelSettings) -> date:
    return now.astimezone(ZoneInfo(settings.timezone)).date()


def _reply(settings: ChannelSettings, *sentences: Sentence) -> Reply:
    return Reply(settings.language, settings.timezone, sentences)


def _looks_up(command: commands.Command) -> bool:
    """Whether papers are named in it that are to be found first."""
    if isinstance(command, commands.Configure):
        return any(map(_looks_up, command.changes))
    return isinstance(command, commands.ChangeLikes)


async def _looked_up(lookup: Lookup, command: commands.Command) -> commands.Command:
    """The command with the papers that it names. Raises InputError and SourceError where one cannot be found."""
    match command:
        case commands.Configure(changes, subscribe):
            return commands.Configure(tuple([await _looked_up(lookup, one) for one in changes]), subscribe)
        case commands.ChangeLikes(added, removed, description, clear):
            found = [tuple([await lookup.named(ref) for ref in refs]) for refs in (added, removed)]
            return commands.SetLikes(found[0], found[1], description, clear)
    return command
