"""Carry out the `/digest` commands that change what a channel gets: subscribe, unsubscribe, now, and all settings.

`bot.chat.permissions` decides who may use them; `bot.chat.changes` applies a change to the settings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.chat import commands, overview
from bot.chat.changes import all_changed
from bot.chat.language import settings_for
from bot.chat.registry import COMMANDS
from bot.chat.specs import Registry, Setting
from bot.digests.schedule import late_after, next_due
from bot.errors import InputError, SourceError
from bot.models import (
    Asker,
    Channel,
    ChannelKey,
    ChannelSettings,
    ChannelState,
    PaperId,
    PaperRef,
    PlannedRun,
    RefKind,
    Reply,
    RunState,
    Sentence,
    say,
)
from bot.papers.lookup import Lookup
from bot.ports import ANYWHERE, Platforms
from bot.store.store import Store


class Subscriptions:
    """The use case behind the commands that change what a channel gets.

    `lookup` finds papers by name; `defaults` are the settings of a new channel; `wake` is called after a digest was
    requested for now.
    """

    def __init__(
        self,
        store: Store,
        lookup: Lookup,
        defaults: ChannelSettings,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
        registry: Registry = COMMANDS,
        *,
        platforms: Platforms = ANYWHERE,
    ) -> None:
        self._store = store
        self._lookup = lookup
        self._defaults = defaults
        self._clock = clock
        self._wake = wake
        self._registry = registry
        self._platforms = platforms

    async def change(
        self, asker: Asker, key: ChannelKey, channel: Channel | None, command: commands.Changing
    ) -> AsyncIterator[Reply]:
        """Carry out the command. Everything that can fail is looked up before anything is written.

        `channel` is None if it was never subscribed. Raises InputError for an invalid value, InputError or SourceError
        if a paper cannot be found, and StoreError.
        """
        if isinstance(command, commands.RequestedChange):
            setting = self._registry.setting(type(command))
            async for reply in self._set(asker, channel, (command,), setting):
                yield reply
            return
        match command:
            case commands.Subscribe(language):
                wanted = () if language is None else (commands.SetLanguage(language),)
                yield await self._subscribe(asker, key, wanted)
            case commands.Unsubscribe():
                yield await self._unsubscribe(channel) if channel else self._not_subscribed(asker)
            case commands.Now():
                yield await self._now(channel) if channel else self._not_subscribed(asker)
            case commands.Configure(requested, subscribe=True):
                if _names_papers(requested):
                    yield self._looking(asker, channel)
                yield await self._subscribe(asker, key, await self._looked_up(requested))
            case commands.Configure(requested):
                async for reply in self._set(asker, channel, requested):
                    yield reply
            case _:
                assert_never(command)

    async def _subscribe(self, asker: Asker, key: ChannelKey, changes: Sequence[commands.Change]) -> Reply:
        now = self._clock()
        before: list[ChannelState] = []
        earlier: list[ChannelSettings] = []

        def edit(stored: Channel | None) -> Channel:
            before[:] = [stored.state] if stored else []
            first = self._fitting(key, settings_for(stored, asker, self._defaults))
            channel = stored or Channel(key, first, ChannelState.OFF, subscribed_by=asker.user)
            earlier[:] = [channel.settings]
            settings = self._postable(key, all_changed(channel.settings, changes))
            goes_on = channel.state is ChannelState.ACTIVE and settings == channel.settings
            due = channel.next_run_at if goes_on else next_due(now, settings)
            return replace(channel, settings=settings, state=ChannelState.ACTIVE, next_run_at=due, problem="")

        channel = await self._store.channels.change(key, edit) or Channel(key, self._defaults)
        saved = self._differing(earlier[0], channel.settings) if earlier and changes else ()
        today = await self._brought(channel)
        if before != [ChannelState.ACTIVE]:
            subscribed = say("channels.subscribed")
            return Reply.in_channel(channel.settings, subscribed, overview.state(channel), *today, *saved)
        already = () if saved else (say("channels.subscribed.already"),)
        return Reply.in_channel(channel.settings, *already, *saved, overview.state(channel), *today)

    def _fitting(self, key: ChannelKey, settings: ChannelSettings) -> ChannelSettings:
        """Return the settings of a new channel, with the usual layout of a place where the default one is none."""
        layouts = self._platforms.layouts(key)
        return settings if settings.layout in layouts else replace(settings, layout=layouts[0])

    def _postable(self, key: ChannelKey, settings: ChannelSettings) -> ChannelSettings:
        """Return the settings. Raises InputError `input.layout` for a layout that the platform cannot post."""
        layouts = self._platforms.layouts(key)
        if settings.layout not in layouts:
            raise InputError("input.layout", text=settings.layout.value, known=tuple(layouts))
        return settings

    async def _brought(self, channel: Channel) -> tuple[Sentence, ...]:
        """Send what the platform refused of today's digest, and only that; the sentence that says so, if anything."""
        now = self._clock()
        day = now.astimezone(ZoneInfo(channel.settings.timezone)).date()
        run = await self._store.runs.get(channel.key, day)
        if run and run.state is RunState.FAILED and run.problem.startswith("platform."):
            await self._store.runs.request(channel.key, PlannedRun(day, now, late_after(day, channel.settings)))
            self._wake()
            return (say("channels.now.begun", day=day),)
        missing = await self._store.deliveries.revive(channel.key, day) if run else 0
        if missing:
            self._wake()
        return (say("channels.now.missing", day=day, n=missing),) if missing else ()

    def _differing(self, before: ChannelSettings, after: ChannelSettings) -> tuple[Sentence, ...]:
        """Return the settings whose sentences are not what they were, as they are now."""
        return overview.settings(
            after, [setting for setting in self._registry.settings if setting.tell(before) != setting.tell(after)]
        )

    async def _unsubscribe(self, channel: Channel) -> Reply:
        def edit(stored: Channel | None) -> Channel | None:
            return replace(stored, state=ChannelState.OFF, next_run_at=None, problem="") if stored else None

        await self._store.channels.change(channel.key, edit)
        return Reply.in_channel(channel.settings, say("channels.unsubscribed"))

    async def _now(self, channel: Channel) -> Reply:
        if channel.state is not ChannelState.ACTIVE:
            return Reply.in_channel(channel.settings, overview.state(channel))
        now = self._clock()
        day = now.astimezone(ZoneInfo(channel.settings.timezone)).date()
        earlier = await self._store.runs.request(channel.key, PlannedRun(day, now, late_after(day, channel.settings)))
        self._wake()
        if earlier is RunState.DONE and (missing := await self._brought(channel)):
            return Reply.in_channel(channel.settings, *missing)
        code = _UNDER_WAY.get(earlier, "channels.now.begun") if earlier else "channels.now.begun"
        return Reply.in_channel(channel.settings, say(code, day=day))

    async def _set(
        self,
        asker: Asker,
        channel: Channel | None,
        requested: Sequence[commands.RequestedChange],
        only: Setting | None = None,
    ) -> AsyncIterator[Reply]:
        """Change a channel's settings, then describe the setting `only` or, without it, all settings."""
        if _names_papers(requested):
            yield self._looking(asker, channel)
        changes = await self._looked_up(requested)
        if channel is None:
            yield self._not_subscribed(asker)
            return
        now = self._clock()

        def edit(stored: Channel | None) -> Channel | None:
            """Apply the changes to the stored channel, which may be newer than `channel`."""
            if stored is None:
                return None
            settings = self._postable(stored.key, all_changed(stored.settings, changes))
            due = next_due(now, settings) if stored.state is ChannelState.ACTIVE else None
            return replace(stored, settings=settings, next_run_at=due)

        edited = await self._store.channels.change(channel.key, edit) or channel
        sentences = [*overview.settings(edited.settings, (only,) if only else self._registry.settings)]
        if only is None or only.moves_due or edited.state is not ChannelState.ACTIVE:
            sentences.append(overview.state(edited))
        yield Reply.in_channel(edited.settings, *sentences)

    async def _looked_up(self, requested: Sequence[commands.RequestedChange]) -> tuple[commands.Change, ...]:
        """Return the changes with their papers looked up. Raises InputError or SourceError if one cannot be found."""
        changes: list[commands.Change] = []
        for one in requested:
            if isinstance(one, commands.ChangeLikes):
                added = tuple([await self._lookup.named(ref) for ref in one.added])
                removed = tuple([await self._taken_back(ref) for ref in one.removed])
                changes.append(commands.SetLikes(added, removed, one.description, one.clear))
            else:
                changes.append(one)
        return tuple(changes)

    async def _taken_back(self, ref: PaperRef) -> PaperId:
        """Return the id of a paper that is to be an example no more: where nobody knows it, the one in its name.

        Raises InputError or SourceError for words of a title that find nothing.
        """
        try:
            return await self._lookup.named(ref)
        except (InputError, SourceError):
            if ref.kind is RefKind.TITLE:
                raise
            return PaperId(ref.kind.value, ref.value)

    def _looking(self, asker: Asker, channel: Channel | None) -> Reply:
        settings = settings_for(channel, asker, self._defaults)
        return replace(Reply.in_channel(settings, say("channels.like.working")), working=True)

    def _not_subscribed(self, asker: Asker) -> Reply:
        return Reply.in_channel(settings_for(None, asker, self._defaults), say("channels.not_subscribed"))


# The answers to `now` if the day's digest has been sent already, or is being made.
_UNDER_WAY = {
    RunState.DONE: "channels.now.sent",
    RunState.CLAIMED: "channels.now.under_way",
}


def _names_papers(requested: Sequence[commands.RequestedChange]) -> bool:
    return any(isinstance(one, commands.ChangeLikes) for one in requested)
