"""Headlines with their cards in the channel itself, where the channel or the permissions allow no threads."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from adapters.discord import render
from adapters.discord.rest import Json, Rest
from adapters.discord.rights import OPEN_THREADS, SEND_IN_THREADS, asked, named
from bot.common.caches import Cache
from bot.errors import PermanentError, PlatformError
from bot.models import ChannelKey, Headline, Layout, Part
from bot.words import Words, words_for

logger = logging.getLogger(__name__)

MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REMEMBERED = 5_000
_PATIENCE = 2.0  # seconds that a question may wait for its rate limit
_KEPT = ("title", "url", "description", "color")  # the fields of an embed that we send, besides its footer


class Headlines:
    """Knows which headlines have no thread. What a process forgets, Discord's next refusal tells again.

    Permissions are asked for only in channels where a thread was refused, or an interaction said that it would be: to
    ask before each digest would take three requests of the few that a bot has.
    """

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._doubted: Cache[str, bool] = Cache(_REMEMBERED)  # channels
        self._alone: Cache[str, bool] = Cache(_REMEMBERED)  # messages

    def doubt_threads(self, channel: str) -> None:
        """Note that threads are not allowed in a channel at present, so that the next headline asks first."""
        self._doubted.put(channel, True)

    def stand_alone(self, message: str) -> None:
        """Note that a headline's cards belong below it."""
        self._alone.put(message, True)

    def is_alone(self, message: str) -> bool:
        return message in self._alone

    async def unthreaded(self, channel: ChannelKey, part: Part) -> Sequence[str]:
        """Return the permissions for want of which a headline's cards cannot be in its thread, if that is known."""
        guild, _, name = channel.name.partition("/")
        if not _has_thread(part) or name not in self._doubted:
            return ()
        try:
            lacking = (await asked(self._rest, guild, name)).threads
        except PlatformError as error:  # a refusal will tell
            logger.info("the permissions in %s are not known: %s", channel, error)
            return ()
        if not lacking:
            self._doubted.forget(name)
        return lacking

    async def left_alone(self, channel: str, message: str, words: Words, lacking: Sequence[str]) -> None:
        """Note that a card had to stand below its headline, and let the headline say so, unless that fails.

        `lacking` are the permissions for want of which it had to, none if the channel has no threads.
        """
        self.stand_alone(message)
        if lacking:
            self.doubt_threads(channel)
        names = {"channel_id": channel, "message_id": message}
        try:
            await self._correct(names, render.hint_without_thread(words, lacking))
        except PlatformError as error:  # the card is there
            logger.info("a headline still speaks of its thread: %s", error)

    async def keep_hint(self, names: Mapping[str, str], part: Part, body: Json) -> None:
        """Let a headline that is about to be edited go on saying that its cards are below it.

        Raises TransientError and AmbiguousError.
        """
        if not _has_thread(part):
            return
        try:
            hint = _hint(await self._embed(names))
        except PermanentError:
            return
        if hint in _hints(words_for(part.digest.language)):
            body["embeds"][0]["footer"] = {"text": hint}

    async def _correct(self, names: Mapping[str, str], hint: str) -> None:
        embed = await self._embed(names)
        if _hint(embed) in ("", hint):
            return
        embeds = [{**{name: embed[name] for name in _KEPT if name in embed}, "footer": {"text": hint}}]
        await self._rest.ask("PATCH", MESSAGE, names, json={"embeds": embeds, "allowed_mentions": render.NOBODY})

    async def _embed(self, names: Mapping[str, str]) -> Json:
        """Return a message's first embed. Raises PlatformError."""
        message = await self._rest.ask("GET", MESSAGE, names, patience=_PATIENCE)
        embeds = message.get("embeds") if isinstance(message, Mapping) else None
        return dict(embeds[0]) if embeds and isinstance(embeds[0], Mapping) else {}


def _has_thread(part: Part) -> TypeGuard[Headline]:
    """Return whether the part is a headline whose cards belong in its thread."""
    return isinstance(part, Headline) and part.layout is Layout.THREAD and bool(part.digest.entries)


def _hint(embed: Mapping[str, Any]) -> str:
    footer = embed.get("footer")
    return str(footer.get("text", "")) if isinstance(footer, Mapping) else ""


def _hints(words: Words) -> set[str]:
    one, other = named(OPEN_THREADS), named(SEND_IN_THREADS)
    return {render.hint_without_thread(words, lacking) for lacking in ((), one, other, one + other)}
