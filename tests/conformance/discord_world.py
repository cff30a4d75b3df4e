"""Discord as a world: the adapter over the real discord.py, against the tests' Discord in the test's event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import pytest
from discord.http import Route

from adapters.discord.platform import DiscordPlatform
from adapters.discord.reactions import DiscordReactions
from adapters.discord.rest import Rest
from bot.models import ChannelKey, MessageRef, Tally
from tests.conformance.world import Fault, Seen
from tests.fakes.discord import DiscordDouble
from tests.fakes.discord_model import Channel, Json, Message, Permission, User, flattened
from tests.fakes.discord_state import TOKEN
from tests.support.discord_reading import read

REFUSALS = {
    Fault.CHANNEL_GONE: 10003,
    Fault.NOT_MEMBER: 50001,
    Fault.ARCHIVED: 50083,
    Fault.FORBIDDEN: 50013,
    Fault.TOKEN: 40001,
    Fault.REJECTED: 50035,
    Fault.UNAVAILABLE: 130000,
}
BREAKS = {
    Fault.RATE_LIMITED: "limited",
    Fault.RATE_LIMITED_EVERYWHERE: "limited",
    Fault.SERVER_ERROR: "status",
    Fault.GARBLED: "html",
    Fault.LOST_BEFORE: "lost_before",
    Fault.LOST_AFTER: "lost_after",
    Fault.STALLED: "stalled",
    Fault.EDGE: "status",
}


class ImpatientRest(Rest):
    """Waits long for everything but the request that is to stall, so that a busy machine fails no test."""

    def __init__(self, double: DiscordDouble) -> None:
        self._double = double
        super().__init__(TOKEN)

    @property
    def timeout(self) -> float:
        stalls = any(rule.kind == "stalled" and not rule.met for rule in self._double.faults.rules)
        return 1.0 if stalls else 60.0

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        pass


class NamedReactions:
    """The adapter's reactions with the suite's names of people in the place of Discord's numbers."""

    def __init__(self, inner: DiscordReactions, people: dict[str, User]) -> None:
        self._inner = inner
        self._people = people

    async def seed(self, ref: MessageRef, emoji: str) -> None:
        await self._inner.seed(ref, emoji)

    async def read(self, ref: MessageRef) -> Tally:
        tally = await self._inner.read(ref)
        names = {str(user.id): name for name, user in self._people.items()}
        return Tally(tuple((emoji, tuple(names[one] for one in who)) for emoji, who in tally.reactions), tally.complete)


class DiscordWorld:
    def __init__(self, double: DiscordDouble, rest: Rest) -> None:
        self.double = double
        self.people: dict[str, User] = {}
        self.platform = DiscordPlatform(rest)
        self.reactions = NamedReactions(DiscordReactions(rest), self.people)
        self.guild = double.state.add_guild("Lab")

    async def channel(self) -> ChannelKey:
        made = self.double.state.add_channel(self.guild, f"channel-{len(self.double.state.channels)}")
        return ChannelKey("discord", f"{self.guild.id}/{made.id}")

    async def messages(self, channel: ChannelKey) -> Sequence[Seen]:
        top = self._channel(channel)
        places = [one for one in self.double.state.channels.values() if one is top or one.parent is top]
        ours = [message for one in places for message in one.shown if message.type == 0]
        return [self._seen(message) for message in sorted(ours, key=lambda one: one.id)]

    async def mentions(self) -> int:
        everything = [message for one in self.double.state.channels.values() for message in one.shown]
        return sum(len(message.mentions) + message.mentions_everyone for message in everything)

    async def break_next(self, fault: Fault, seconds: float = 1.0) -> None:
        if fault in REFUSALS:
            self.double.faults.refuse(REFUSALS[fault], times=1)
        else:
            everywhere = fault is Fault.RATE_LIMITED_EVERYWHERE
            taken = fault is Fault.SERVER_ERROR
            status = 403 if fault is Fault.EDGE else 500
            self.double.faults.add(
                BREAKS[fault], retry_after=seconds, everywhere=everywhere, taken=taken, status=status
            )

    async def forbid_lookups(self) -> None:
        self.guild.everyone.permissions &= ~Permission.READ_MESSAGE_HISTORY

    async def delete(self, ref: MessageRef) -> None:
        self.double.messages.delete(self._message(ref))

    async def react(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        for name in people:
            user = self.people.get(name) or self.double.state.add_user(name, self.guild)
            self.people[name] = user
            self.double.messages.react(self._message(ref), emoji, user)

    async def unreact(self, ref: MessageRef, emoji: str, people: Iterable[str]) -> None:
        for name in people:
            self.double.messages.unreact(self._message(ref), emoji, self.people[name])

    async def shown_reactions(self, ref: MessageRef) -> dict[str, int]:
        return {one.emoji: len({*one.normal, *one.burst}) for one in self._message(ref).reactions.values()}

    async def hide_voters(self) -> None:
        for user in [*self.people.values()][1:]:
            user.deleted = True

    def _channel(self, key: ChannelKey) -> Channel:
        return self.double.state.channels[int(key.name.partition("/")[2])]

    def _message(self, ref: MessageRef) -> Message:
        channel, _, message = ref.value.partition("/")
        return self.double.state.channels[int(channel)].messages[int(message)]

    def _seen(self, message: Message) -> Seen:
        texts, links, alive = shown(message)
        if alive:
            texts.insert(0, f"<alive> {alive}")
        key = next((one.split(":")[1] for one in message.custom_ids), "")
        thread = None
        if message.channel.parent:
            thread = MessageRef("discord", f"{message.channel.parent.id}/{message.channel.id}")
        return Seen(MessageRef("discord", f"{message.channel.id}/{message.id}"), "\n".join(texts), key, thread, links)


def shown(message: Message) -> tuple[list[str], list[str], list[str]]:
    """What is read in a message, from its top to its bottom; what opens when it is clicked; and the mentions, emoji and
    times in it."""
    texts: list[str] = []
    links: list[str] = []
    alive: list[str] = []

    def formatted(source: str) -> None:
        seen = read(source)
        texts.append(seen.text)
        links.extend(seen.links)
        alive.extend(seen.alive)

    formatted(message.content)
    for embed in message.embeds:
        texts.append(_plain(embed, "author", "name"))
        for source in (embed.get("title", ""), embed.get("description", "")):
            formatted(source)
        for one in embed.get("fields", ()):
            formatted(one["name"])
            formatted(one["value"])
        texts.append(_plain(embed, "footer", "text"))
        links += [url for url in (embed.get("url"), (embed.get("author") or {}).get("url")) if url]
    for one in flattened(message.components):
        texts.append(one.get("label", ""))
        links += [one["url"]] if "url" in one else []
    return [text for text in texts if text], links, alive


def _plain(embed: Json, part: str, name: str) -> str:
    return str((embed.get(part) or {}).get(name, ""))


@asynccontextmanager
async def discord_world() -> AsyncIterator[DiscordWorld]:
    double = DiscordDouble()
    double.rates.enforced = False
    with pytest.MonkeyPatch.context() as patch:
        async with double.running() as url:
            patch.setattr(Route, "BASE", url)
            rest = ImpatientRest(double)
            await rest.me()
            yield DiscordWorld(double, rest)
            await rest.close()
    assert double.findings == []
